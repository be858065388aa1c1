//! Which sweep a run belongs to: a small file in its folder, written when the run is made.

use super::{RunError, SWEEP};
use crate::disk::untrusted::{self, Links};
use crate::disk::write_own;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The newest format of `sweep.ron`.
pub const FORMAT: u64 = 1;
/// No such file of ours is larger than so many bytes.
const LARGEST: u64 = 1 << 16;

/// The sweep, case and seed of a run. Every field may be missing from a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// Version of the file's format.
    pub format: u64,
    /// Name of the sweep.
    pub sweep: String,
    /// Hash of what its cases share.
    pub fingerprint: String,
    /// Its scale, where it has any.
    pub scale: Option<String>,
    /// Name of the case.
    pub case: String,
    /// The seed.
    pub seed: u64,
    /// How often the sweep had been trained all over again.
    pub round: u64,
}

/// The name of a sweep with its scale.
#[must_use]
pub fn at_scale(name: &str, scale: Option<&String>) -> String {
    let scale = scale.map_or_else(String::new, |scale| format!(" at scale {scale}"));
    format!("{name}{scale}")
}

impl Default for Origin {
    fn default() -> Self {
        Self {
            format: FORMAT,
            sweep: String::new(),
            fingerprint: String::new(),
            scale: None,
            case: String::new(),
            seed: 0,
            round: 0,
        }
    }
}

impl Origin {
    /// The name of the sweep with its scale.
    #[must_use]
    pub fn title(&self) -> String {
        at_scale(&self.sweep, self.scale.as_ref())
    }

    /// That of the run in this folder, if it belongs to a sweep. One that can't be read must not hide the run.
    #[must_use]
    pub fn of(run: &Path) -> Option<Self> {
        let text = untrusted::text(&run.join(SWEEP), Links::Refuse, LARGEST).ok()?;
        let origin: Self = super::ron_options().from_str(&text).ok()?;
        (origin.format <= FORMAT).then_some(origin)
    }

    /// Writes it into a run's folder.
    ///
    /// # Errors
    /// A sentence with the path.
    pub fn save(&self, run: &Path) -> Result<(), RunError> {
        let path = run.join(SWEEP);
        write_own(&path, super::ron_text(self).as_bytes()).map_err(|e| RunError::io(&path, &e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_comes_back_and_what_cant_be_read_is_none() {
        let run = tempfile::tempdir().unwrap();
        assert_eq!(Origin::of(run.path()), None);
        let origin = Origin {
            sweep: "a \"b\"".to_owned(),
            scale: Some("quick".to_owned()),
            seed: 3,
            ..Origin::default()
        };
        origin.save(run.path()).unwrap();
        assert_eq!(Origin::of(run.path()), Some(origin));
        for text in ["(format: 2)", "(sweep: "] {
            std::fs::write(run.path().join(SWEEP), text).unwrap();
            assert_eq!(Origin::of(run.path()), None, "{text}");
        }
        std::fs::write(run.path().join(SWEEP), "(case: \"x\", colour: 1)").unwrap();
        assert_eq!(Origin::of(run.path()).unwrap().case, "x");
    }
}
