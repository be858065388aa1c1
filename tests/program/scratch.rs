//! A scratch folder, and the binary run in it.

#[path = "../common/says.rs"]
mod says;

pub use says::Says;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

/// Trains two epochs of four steps each.
pub const TINY: &str = "run quick --device cpu --set name=tiny --set train.epochs=2 --set data.train_limit=64 --set data.test_limit=40 \
    --set data.image_size=16 --set model.encoder=resnet10 --set model.width=4 --set model.stem=cifar --set head.out=16 \
    --set train.batch=16 --set train.warmup=0 --set knn.k=5";

/// A command line as a shell would read it, or its words.
pub trait Line {
    fn words(&self) -> Vec<String>;
}

impl Line for str {
    fn words(&self) -> Vec<String> {
        shell_words::split(self).unwrap()
    }
}

impl Line for String {
    fn words(&self) -> Vec<String> {
        self.as_str().words()
    }
}

impl Line for [&str] {
    fn words(&self) -> Vec<String> {
        self.iter().map(|word| (*word).to_owned()).collect()
    }
}

impl<const N: usize> Line for [&str; N] {
    fn words(&self) -> Vec<String> {
        self.as_slice().words()
    }
}

impl Line for Vec<&str> {
    fn words(&self) -> Vec<String> {
        self.as_slice().words()
    }
}

/// That docs/json.md describes every key in a value.
#[track_caller]
pub fn is_described(value: &Value) {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/json.md");
    let page = fs::read_to_string(page).unwrap();
    for key in keys(value) {
        let described = page.contains(&format!("`{key}`"));
        assert!(described, "docs/json.md does not describe {key}");
    }
}

/// Every key in a value, those that are names of metrics or hyperparameters left out.
fn keys(value: &Value) -> Vec<String> {
    let named = ["experiment", "metrics", "curves", "settings", "also"];
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, value)| {
                let inner = match value {
                    Value::Object(inner) if named.contains(&key.as_str()) => {
                        inner.values().flat_map(keys).collect()
                    }
                    value => keys(value),
                };
                std::iter::once(key.clone()).chain(inner)
            })
            .collect(),
        Value::Array(values) => values.iter().flat_map(keys).collect(),
        _ => Vec::new(),
    }
}

/// A new run whose lock is held.
#[cfg(target_os = "linux")]
pub fn living(runs: &Path, name: &str) -> simclr_tui::runs::RunFolder {
    use simclr_tui::experiment::Experiment;
    use simclr_tui::runs::{Environment, RunFolder};
    let experiment = Experiment::named(name);
    RunFolder::create(runs, &experiment, &Environment::default()).unwrap()
}

/// Two classes of squares to learn from and to test on, so many each.
pub fn squares(home: &Path, count: u8) {
    for part in ["train", "test"] {
        for (class, gray) in [("dark", 10), ("light", 200)] {
            let folder = home.join(part).join(class);
            fs::create_dir_all(&folder).unwrap();
            for i in 0..count {
                let image = image::RgbImage::from_pixel(16, 16, image::Rgb([gray + i; 3]));
                image.save(folder.join(format!("{i}.bmp"))).unwrap();
            }
        }
    }
}

/// What a command complained of.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[cfg(unix)]
pub fn link(to: &Path, at: &Path) {
    std::os::unix::fs::symlink(to, at).unwrap();
}

/// Sends a signal, such as `-TERM`, to a process.
#[cfg(unix)]
pub fn signal(pid: u32, name: &str) {
    let pid = pid.to_string();
    let sent = Command::new("kill").args([name, &pid]).status();
    assert!(sent.unwrap().success());
}

/// The only process that a process started.
#[cfg(unix)]
pub fn child_of(pid: u32) -> u32 {
    let pid = pid.to_string();
    let found = Command::new("pgrep").args(["-P", &pid]).output().unwrap();
    let found = String::from_utf8(found.stdout).unwrap();
    found.trim().parse().unwrap()
}

/// A scratch folder with a runs folder in it.
pub struct Scratch(tempfile::TempDir);

impl Scratch {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
    pub fn runs(&self) -> PathBuf {
        self.path("runs")
    }
    /// The binary, in this folder.
    pub fn command(&self, line: &(impl Line + ?Sized)) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_simclr-tui"));
        command
            .args(line.words())
            .current_dir(self.0.path())
            .env("SIMCLR_TUI_RUNS", self.runs())
            .stdin(Stdio::null());
        command
    }
    pub fn output(&self, line: &(impl Line + ?Sized)) -> Output {
        self.command(line).output().unwrap()
    }
    /// The binary at work, and the lines that it prints.
    pub fn start(&self, line: &(impl Line + ?Sized)) -> (Child, Lines<BufReader<ChildStdout>>) {
        let mut command = self.command(line);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        (child, lines)
    }
    /// What a command prints that succeeds.
    pub fn prints(&self, line: &(impl Line + ?Sized)) -> String {
        let output = self.output(line);
        let (line, said) = (line.words(), said(&output));
        assert!(output.status.success(), "{line:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }
    pub fn json(&self, line: &(impl Line + ?Sized)) -> Value {
        serde_json::from_str(&self.prints(line)).unwrap()
    }
    /// What a command says that is refused as wrong input.
    pub fn refuses(&self, line: &(impl Line + ?Sized)) -> String {
        let output = self.output(line);
        let line = line.words();
        assert_eq!(output.status.code(), Some(2), "{line:?}");
        assert!(output.stdout.is_empty(), "{line:?} prints nothing");
        String::from_utf8(output.stderr).unwrap()
    }
}
