//! The sweeps that ship: the paper's ablations, embedded so that the binary needs no file beside it.

/// One shipped sweep.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// Its name, that of its file without the ending.
    pub name: &'static str,
    /// The text of its `.ron` file, comments and all.
    pub text: &'static str,
}

macro_rules! sweeps {
    ($($name:literal),* $(,)?) => {
        &[$( Shipped { name: $name, text: include_str!(concat!("../../experiments/paper/", $name, ".ron")) } ),*]
    };
}

/// Every shipped sweep, in the order of the paper.
pub const SWEEPS: &[Shipped] = sweeps![
    "colour-strength",
    "composition",
    "leave-one-out",
    "head",
    "h-against-z",
    "batch-epochs",
    "losses",
    "normalization",
    "temperature",
    "rate-scaling",
];

impl Shipped {
    /// One line on what it is for: the file's first comment.
    #[must_use]
    pub fn about(&self) -> &'static str {
        let line = self.text.lines().next().unwrap_or_default();
        line.trim_start_matches('/').trim()
    }
}

/// The sweep with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Shipped> {
    SWEEPS.iter().find(|sweep| sweep.name == name)
}
