//! Single trainings of a sweep for other schedulers: a command line each, or a job array of Slurm.

use crate::cli::output::Screen;
use crate::cli::{CliError, Result};
use crate::disk::path::whole;
use crate::disk::untrusted::own_folder;
use crate::sweep::slurm::{OUTPUT, comment};
use crate::sweep::{State, Sweep, Training, at_scale};
use crate::ui::config::Config;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Seconds before its end at which Slurm signals a job.
const NOTICE: u32 = 120;

/// Who trains instead of this process.
#[derive(Debug, clap::Args)]
pub struct Elsewhere {
    /// Trains only training N, as numbered by --dry-run; does nothing if it is complete or another process trains it
    #[arg(long, value_name = "N", conflicts_with_all = ["jobs", "again", "dry_run", "results"])]
    pub task: Option<usize>,
    /// Prints a command for each training that is left, for xargs, GNU parallel or any scheduler
    #[arg(long, conflicts_with_all = ["task", "again", "dry_run", "results"])]
    shell: bool,
    /// Submits what is left to Slurm as a job array, one training per job; a sweep with halving as one job
    #[arg(long, conflicts_with_all = ["task", "shell", "again", "dry_run", "results"])]
    slurm: bool,
    /// Prints the job script that --slurm submits
    #[arg(long, conflicts_with_all = ["task", "shell", "again", "dry_run", "results"])]
    slurm_print: bool,
    #[command(flatten)]
    array: Array,
}

/// How jobs of Slurm are
#[derive(Debug, clap::Args)]
pub struct Array {
    /// An option of sbatch for the jobs, such as --sbatch=--gres=gpu:1
    #[arg(long, value_name = "OPTION", allow_hyphen_values = true)]
    sbatch: Vec<String>,
    /// A line of the job script before the training, such as 'module load cuda'
    #[arg(long, value_name = "LINE")]
    setup: Vec<String>,
    /// Jobs of the array that run at once
    #[arg(long = "array-limit", value_name = "N")]
    limit: Option<u32>,
}

impl Elsewhere {
    const fn is_asked(&self) -> bool {
        self.shell || self.slurm || self.slurm_print
    }

    /// Hands what is left of the sweep that these words name to others, if that is asked; tells whether it was.
    pub fn hand_over(
        &self,
        words: &[String],
        (sweep, states): (&Sweep, &[(Training, State)]),
        (settings, runs): (Option<&Path>, &Path),
        out: &mut Screen,
    ) -> Result<bool> {
        if !self.is_asked() {
            return Ok(false);
        }
        let tasks = left(states);
        if tasks.is_empty() {
            out.tell("nothing is left to train");
        } else if self.shell {
            alone(sweep)?;
            for task in tasks {
                out.line(&command(words, runs, Some(&task.to_string()))?)?;
            }
        } else {
            let config = Config::read(settings)?;
            let script = self.array.script(words, sweep, &tasks, (&config, runs))?;
            if self.slurm_print {
                script.lines().try_for_each(|line| out.line(line))?;
            } else {
                out.line(&submit(&script, runs)?)?;
            }
        }
        Ok(true)
    }
}

impl Array {
    /// Submits what is left of the sweep that these words name; what Slurm answers, or nothing where nothing is left.
    pub fn submit(
        &self,
        words: &[String],
        (sweep, states): (&Sweep, &[(Training, State)]),
        (config, runs): (&Config, &Path),
    ) -> Result<Option<String>> {
        let tasks = left(states);
        if tasks.is_empty() {
            return Ok(None);
        }
        let script = self.script(words, sweep, &tasks, (config, runs))?;
        submit(&script, runs).map(Some)
    }

    /// The job script: of an array, or of one job for a sweep that compares its cases while it trains.
    fn script(
        &self,
        words: &[String],
        sweep: &Sweep,
        tasks: &[usize],
        (config, runs): (&Config, &Path),
    ) -> Result<String> {
        let name = at_scale(&sweep.name, sweep.scale.as_ref());
        let limit = self.limit.map_or_else(String::new, |n| format!("%{n}"));
        let array = sweep.halving.is_none();
        let (output, id) = if array {
            ("%A_%a.out", "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID")
        } else {
            ("%j.out", "$SLURM_JOB_ID")
        };
        let output = whole(runs).join(OUTPUT).join(output);
        let mut head = vec![format!("--job-name={}", shell_words::quote(&name))];
        head.extend(array.then(|| format!("--array={}{limit}", ranges(tasks))));
        head.extend([
            format!("--output={}", shell_words::quote(&text(&output)?)),
            "--open-mode=append --requeue".to_owned(),
            format!("--signal=B:USR1@{NOTICE}"),
            format!(
                "--comment={}",
                shell_words::quote(&comment(&text(&whole(runs))?))
            ),
        ]);
        // What the command line says comes last, and so counts.
        let own = config.slurm.iter().flat_map(|lines| lines.lines());
        head.extend(own.map(str::to_owned).chain(self.sbatch.iter().cloned()));
        let count = head.len();
        let head = head.join("\n#SBATCH ");
        if head.lines().count() != count {
            let why = "--sbatch takes one option, in one line";
            return Err(CliError::Input(why.to_owned()));
        }
        let setup: Vec<&str> = config
            .slurm_setup
            .iter()
            .chain(&self.setup)
            .map(String::as_str)
            .collect();
        let setup = setup.join("\n");
        let command = command(words, runs, array.then_some("TASK"))?;
        let command = command.replace("--task TASK", "--task \"$SLURM_ARRAY_TASK_ID\"");
        Ok(format!(
            "#!/bin/bash\n#SBATCH {head}\n\n{setup}\n\
             # Slurm signals this shell before the time is up. The program then stops with a checkpoint, and the job is put\n\
             # back into the queue; there it resumes. A job that is cancelled only stops with a checkpoint.\n\
             {command} &\n\
             training=$!\n\
             trap 'requeue=yes; kill -TERM $training' USR1\n\
             trap 'kill -TERM $training' TERM\n\
             # A trap ends the wait before the program ends.\n\
             while wait $training; code=$?; kill -0 $training 2>/dev/null; do :; done\n\
             if [ \"$requeue\" ] && [ $code = 130 ]; then\n    \
             scontrol requeue \"{id}\"\n\
             fi\n\
             exit $code\n"
        ))
    }
}

/// Refuses a sweep whose trainings can't be had one by one.
fn alone(sweep: &Sweep) -> Result<()> {
    if sweep.halving.is_none() {
        return Ok(());
    }
    let why = "a sweep with halving compares its cases while it trains; give the whole sweep to one command, or to Slurm with --slurm";
    Err(CliError::Input(why.to_owned()))
}

/// The numbers of the trainings that are left, from 1 on.
fn left(states: &[(Training, State)]) -> Vec<usize> {
    let left = states
        .iter()
        .zip(1..)
        .filter(|((_, state), _)| !state.is_over());
    left.map(|(_, nth)| nth).collect()
}

/// Ascending numbers as Slurm writes them: `1,3-7`.
fn ranges(numbers: &[usize]) -> String {
    let runs = numbers.chunk_by(|a, b| a + 1 == *b);
    let ranges = runs.map(|run| match run {
        [first, .., last] => format!("{first}-{last}"),
        _ => run[0].to_string(),
    });
    ranges.collect::<Vec<_>>().join(",")
}

/// The command that trains one training of the sweep that these words name, or all, from any folder.
fn command(sweep: &[String], runs: &Path, task: Option<&str>) -> Result<String> {
    let program = std::env::current_exe();
    let program =
        program.map_err(|e| CliError::Failed(format!("this program can't be found: {e}")))?;
    let first = [text(&program)?, "--runs".to_owned(), text(&whole(runs))?];
    let last: Vec<String> = task
        .iter()
        .flat_map(|task| ["--task", task])
        .map(str::to_owned)
        .collect();
    Ok(shell_words::join(
        first
            .iter()
            .chain(["sweep".to_owned()].iter())
            .chain(sweep)
            .chain(&last),
    ))
}

/// A path as a script names it.
pub fn text(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        let path = path.display();
        CliError::Input(format!(
            "{path}: a script can't name this path, as it isn't UTF-8"
        ))
    })
}

/// Gives the script to Slurm; what it answers.
fn submit(script: &str, runs: &Path) -> Result<String> {
    let failed = |why: String| CliError::Failed(format!("sbatch: {why}"));
    let folder = runs.join(OUTPUT);
    let made = std::fs::create_dir_all(runs).and_then(|()| own_folder(&folder));
    made.map_err(|e| CliError::Failed(format!("{}: {e}", folder.display())))?;
    let mut command = Command::new("sbatch");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let started = command.spawn();
    let mut child = started.map_err(|e| {
        failed(format!(
            "{e}; is this a login node of Slurm? --slurm-print prints the script"
        ))
    })?;
    if let Some(mut stdin) = child.stdin.take() {
        // Where it reads no more, it says why not.
        let _ = stdin.write_all(script.as_bytes());
    }
    let output = child
        .wait_with_output()
        .map_err(|e| failed(e.to_string()))?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        return Ok(said(&output.stdout));
    }
    Err(failed(said(&output.stderr)))
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn numbers_are_written_as_slurm_has_them() {
        assert_eq!(ranges(&[1, 3, 4, 5, 7, 8]), "1,3-5,7-8");
        assert_eq!(ranges(&[2]), "2");
    }
}
