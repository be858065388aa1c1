//! The jobs of Slurm that train a sweep: `squeue`'s view of them, and orders to them.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The folder of what jobs print, in the runs folder.
pub const OUTPUT: &str = ".slurm";

/// One job: a training of a sweep, or a whole sweep with halving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// As Slurm names it, such as `123_4`, or `123` for a whole sweep.
    pub id: String,
    /// The sweep's name, with its scale.
    pub sweep: String,
    /// Which of the sweep's trainings it is, counted from 1, or none for the whole sweep.
    pub task: Option<usize>,
    /// How it stands, such as `pending`, `running` or `out of memory`.
    pub state: String,
    /// Why it waits or failed, in parentheses, or on which node it runs.
    pub why: String,
}

/// What a job may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// To stop, and not to come again.
    Cancel,
    /// To wait for [`Order::Release`].
    Hold,
    /// Not to wait any more.
    Release,
    /// To stop, and to come again.
    Requeue,
}

impl Job {
    /// From a line of `squeue` in [`FORMAT`], if it trains a sweep into this runs folder.
    fn parse(line: &str, comment: &str) -> Option<Self> {
        let mut parts = line.splitn(6, '|');
        let mut next = || parts.next().map(str::trim);
        let (array, task, state, why, sweep) = (next()?, next()?, next()?, next()?, next()?);
        (next()? == comment).then_some(())?;
        let (id, task) = match task {
            "N/A" => (array.to_owned(), None),
            nth => (format!("{array}_{nth}"), Some(nth.parse().ok()?)),
        };
        Some(Self {
            id,
            sweep: sweep.to_owned(),
            task,
            state: state.to_lowercase().replace('_', " "),
            why: why.to_owned(),
        })
    }

    /// Whether it is held by its user.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.why.contains("Held")
    }

    /// Whether it waits or runs.
    #[must_use]
    pub fn is_queued(&self) -> bool {
        [
            "pending",
            "running",
            "configuring",
            "suspended",
            "completing",
            "requeued",
        ]
        .contains(&self.state.as_str())
    }

    /// Where it prints.
    #[must_use]
    pub fn output(&self, runs: &Path) -> PathBuf {
        runs.join(OUTPUT).join(format!("{}.out", self.id))
    }
}

/// `ID|TASK|STATE|REASON OR NODES|NAME|COMMENT`; only the last may hold a bar.
const FORMAT: &str = "%F|%K|%T|%R|%j|%k";

/// What jobs have as their comment, by which those of other runs folders are told apart.
#[must_use]
pub fn comment(runs: &str) -> String {
    format!("simclr-tui {runs}")
}

/// Whether this machine has Slurm.
#[must_use]
pub fn is_here() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join("squeue").is_file())
}

/// The jobs of this user that train into a runs folder: those that wait or run, and for some minutes those that ended.
///
/// # Errors
/// What Slurm says.
pub fn jobs(runs: &str) -> Result<Vec<Job>, String> {
    let text = said(
        "squeue",
        &[
            "--me",
            "--states=all",
            "--array",
            "--noheader",
            "--format",
            FORMAT,
        ],
    )?;
    let comment = comment(runs);
    let all = text.lines().filter_map(|line| Job::parse(line, &comment));
    Ok(all.collect())
}

/// Gives jobs an order.
///
/// # Errors
/// What Slurm says.
pub fn tell(order: Order, ids: &[String]) -> Result<(), String> {
    let (program, word) = match order {
        Order::Cancel => ("scancel", None),
        Order::Hold => ("scontrol", Some("hold")),
        Order::Release => ("scontrol", Some("release")),
        Order::Requeue => ("scontrol", Some("requeue")),
    };
    let joined = ids.join(",");
    let ids = ids.iter().map(String::as_str);
    // scontrol takes one list, scancel several words.
    let args: Vec<&str> = match word {
        Some(word) => vec![word, &joined],
        None => ids.collect(),
    };
    said(program, &args).map(drop)
}

/// What one of Slurm's programs prints.
fn said(program: &str, args: &[&str]) -> Result<String, String> {
    let mut command = Command::new(program);
    let output: io::Result<Output> = command.args(args).stdin(Stdio::null()).output();
    let output = output.map_err(|e| format!("{program}: {e}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let why = text(&output.stderr);
    Err(format!(
        "{program}: {}",
        why.lines().last().unwrap_or("it failed")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_of_this_runs_folder_are_told_from_others() {
        let comment = comment("/shared/a|b");
        let line = "71|4|OUT_OF_MEMORY|(OutOfMemory)|warm th@small|simclr-tui /shared/a|b";
        let job = Job::parse(line, &comment).unwrap();
        assert_eq!(
            (
                job.id.as_str(),
                job.task,
                job.state.as_str(),
                job.sweep.as_str()
            ),
            ("71_4", Some(4), "out of memory", "warm th@small")
        );
        assert!(!job.is_queued());
        assert_eq!(job.output(Path::new("/r")), Path::new("/r/.slurm/71_4.out"));
        let held = "71|5|PENDING|(JobHeldUser)|warm th@small|simclr-tui /shared/a|b";
        assert!(Job::parse(held, &comment).is_some_and(|job| job.is_held() && job.is_queued()));
        let whole = "72|N/A|RUNNING|n01|halved|simclr-tui /shared/a|b";
        let whole = Job::parse(whole, &comment).unwrap();
        assert_eq!((whole.id.as_str(), whole.task), ("72", None));
        assert_eq!(whole.output(Path::new("/r")), Path::new("/r/.slurm/72.out"));
        for other in [
            "71|4|RUNNING|n01|x|simclr-tui /shared/b",
            "71|some|RUNNING|n01|x|simclr-tui /shared/a|b",
            "71|4|RUNNING|n01|bash|",
            "slurm_load_jobs error",
        ] {
            assert_eq!(Job::parse(other, &comment), None, "{other}");
        }
    }
}
