//! The real program without a screen, on a tiny experiment, and what it leaves on disk.

use serde_json::{Value as Json, json};
use simclr_tui::engine::checkpoint::Checkpoint;
use simclr_tui::runs::folder::checkpoints;
use simclr_tui::runs::{EVENTS, Follower, Listing, Run};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

/// The line that tells a tiny experiment from another: what is set besides.
pub fn experiment(epochs: u32, machine: &str) -> String {
    format!(
        r#"(format: 1, name: "tiny", data: (source: shapes, train_limit: 64, test_limit: 32, image_size: 16),
        model: (encoder: resnet10, width: 4), head: (out: 16), loss: (temperature: 0.2),
        train: (batch: 16, epochs: {epochs}, optimizer: adamw, rate: 1e-3, scaling: none, warmup: 0.0), knn: (k: 5),
        machine: (device: "cpu", {machine}))"#
    )
}

/// A folder with an experiment and its runs.
pub struct Home {
    folder: PathBuf,
    /// Looks after the folder, where nobody else does.
    keeper: Option<tempfile::TempDir>,
}

impl Home {
    pub fn new(experiment: &str) -> Self {
        let kept = tempfile::tempdir().unwrap();
        let mut home = Self::at(kept.path(), experiment);
        home.keeper = Some(kept);
        home
    }

    /// In a folder that somebody else looks after.
    pub fn at(folder: &Path, experiment: &str) -> Self {
        std::fs::write(folder.join("tiny.ron"), experiment).unwrap();
        Self {
            folder: folder.to_owned(),
            keeper: None,
        }
    }

    pub fn runs(&self) -> PathBuf {
        self.folder.join("runs")
    }

    /// The only run, if it has got so far.
    pub fn run(&self) -> Option<Run> {
        let mut runs = Listing::open(&self.runs()).runs;
        assert!(runs.len() <= 1);
        runs.pop()
    }

    /// Trains the experiment, or goes on with its run if there is one.
    pub fn train(&self) -> Training {
        self.train_with(&[])
    }

    pub fn train_with(&self, variables: &[(&str, &str)]) -> Training {
        let mut command = Command::new(env!("CARGO_BIN_EXE_simclr-tui"));
        command
            .arg("run")
            .arg("--json")
            .arg("--runs")
            .arg(self.runs());
        match self.run() {
            Some(run) => command.arg("--resume").arg(run.id),
            None => command.arg(self.folder.join("tiny.ron")),
        };
        let mut child = command
            .current_dir(&self.folder)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Training {
            child,
            lines,
            said: Vec::new(),
        }
    }
}

/// The program at work.
pub struct Training {
    child: Child,
    lines: BufReader<ChildStdout>,
    /// The whole lines that it printed so far.
    pub said: Vec<Json>,
}

impl Training {
    /// The next line, or nothing after the last; half a line that a killed program leaves is none.
    pub fn next(&mut self) -> Option<&Json> {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        let line = line.strip_suffix('\n')?;
        self.said.push(serde_json::from_str(line).unwrap());
        self.said.last()
    }

    /// Reads on until a line is as wanted.
    pub fn wait_for(&mut self, what: &str, is: impl Fn(&Json) -> bool) {
        while let Some(line) = self.next() {
            if is(line) {
                return;
            }
        }
        let errors = std::io::read_to_string(self.child.stderr.take().unwrap()).unwrap();
        panic!("no {what}: {:?} {errors}", self.said);
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it as nothing can be caught, and waits for its end.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        while self.next().is_some() {}
    }

    /// Waits for its end.
    pub fn end(&mut self) -> ExitStatus {
        while self.next().is_some() {}
        self.child.wait().unwrap()
    }

    /// The records of the log that it printed.
    pub fn acknowledged(&self) -> impl Iterator<Item = &Json> {
        self.said.iter().filter(|line| line.get("event").is_some())
    }

    /// The step at which it began or went on.
    pub fn began_at(&self) -> Option<u64> {
        let begin = self
            .acknowledged()
            .find(|l| l["event"]["kind"] == "begin")?;
        begin["event"]["step"].as_u64()
    }

    /// What it warned of, in the log or besides it.
    pub fn warnings(&self) -> Vec<String> {
        let of = |line: &Json| {
            let (notice, event) = (&line["notice"], &line["event"]);
            let text = match () {
                () if notice == "warning" => &line["text"],
                () if event["level"] == "warning" => &event["text"],
                () => return None,
            };
            text.as_str().map(str::to_owned)
        };
        self.said.iter().filter_map(of).collect()
    }

    /// Why the run failed.
    pub fn failure(&self) -> Option<&str> {
        let last = self
            .said
            .last()
            .filter(|line| line["outcome"] == "failed")?;
        last["reason"].as_str()
    }
}

/// The records in a run's log as `run --json` prints them.
pub fn log(run: &Run) -> Vec<Json> {
    let records = Follower::open(&run.dir.join(EVENTS)).poll();
    let line = |r: &simclr_tui::runs::Record| json!({"at": r.at, "event": r.report});
    records.iter().map(line).collect()
}

type Bits = BTreeMap<String, Vec<(u64, u64)>>;

/// What training gave: every curve bit for bit but those of time, and the weights of the newest checkpoint.
pub fn result(run: &Run) -> (Bits, Checkpoint) {
    let timed = ["views_per_second", "data_wait", "cpu_util", "memory"];
    let timeless = |key: &&str| !timed.contains(key);
    let bits = |key: &str| {
        let curve = run.series.curve(key).iter();
        let bits = curve.map(|s| (s.step, s.value.to_bits())).collect();
        (key.to_owned(), bits)
    };
    let curves = run.series.keys().filter(timeless).map(bits).collect();
    let bytes = std::fs::read(&checkpoints(&run.dir)[0]).unwrap();
    let mut checkpoint = Checkpoint::from_bytes(&bytes).unwrap();
    checkpoint.progress.elapsed = 0.0;
    (curves, checkpoint)
}

/// The run is the one that was never interrupted: each step once, every number and weight to the bit.
pub fn assert_twins(run: &Run, twin: &Run) {
    let steps: Vec<u64> = run.series.curve("loss").iter().map(|s| s.step).collect();
    let all = run.series.progress().unwrap().1;
    assert_eq!(steps, (1..=all).collect::<Vec<_>>(), "each step once");
    let ((curves, checkpoint), (wanted, whole)) = (result(run), result(twin));
    for (key, curve) in &wanted {
        assert_eq!(curves.get(key), Some(curve), "{key}");
    }
    assert_eq!(curves.len(), wanted.len());
    assert_eq!(checkpoint.progress, whole.progress);
    assert!(checkpoint.network == whole.network, "weights differ");
}

/// No half-written file is left among the checkpoints.
pub fn assert_swept(run: &Run) {
    let names = simclr_tui::runs::folder::stored(&run.dir);
    assert!(
        names.iter().all(|(name, _)| !name.starts_with('.')),
        "{names:?}"
    );
}
