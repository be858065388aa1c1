//! Single trainings of a sweep, as other schedulers start them.

use crate::scratch::{Says, Scratch, said};
use crate::sweep::{heads, runs, with};
use simclr_tui::runs::Status;
use std::process::{Command, Output, Stdio};

const FOUR: &str =
    r#"(name: "warm th", base: "base.ron", grid: {"loss.temperature": [0.1, 0.5]}, seeds: [0, 1])"#;

fn shell(line: &str) -> Output {
    let mut command = Command::new("bash");
    command
        .args(["-c", line])
        .current_dir("/")
        .stdin(Stdio::null());
    command.output().unwrap()
}

#[test]
fn each_training_can_be_started_alone_and_none_twice() {
    let scratch = with(FOUR);
    let text = scratch.prints(&["sweep", "s.ron", "--task", "2"]);
    text.says("[2/4] temperature 0.5, seed 0");
    assert_eq!(heads(&text), 1, "{text}");
    let again = scratch.prints(&["sweep", "s.ron", "--task", "2"]);
    again.says("temperature 0.5, seed 0: complete");
    let lines = scratch.prints(&["sweep", "s.ron", "--shell"]);
    assert_eq!(lines.lines().count(), 3, "{lines}");
    // Each from any folder, as it stands.
    for line in lines.lines() {
        let output = shell(line);
        assert!(output.status.success(), "{line}: {}", said(&output));
    }
    let all = runs(&scratch);
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|run| run.status == Status::Completed));
    assert_eq!(
        scratch
            .prints(&["sweep", "s.ron", "--shell"])
            .lines()
            .next(),
        Some("nothing is left to train")
    );
    scratch
        .refuses(&["sweep", "s.ron", "--task", "5"])
        .says("from 1 to 4, not 5");
    scratch
        .refuses(&["sweep", "s.ron", "--task", "0"])
        .says("from 1 to 4, not 0");
}

#[test]
fn a_job_array_has_what_is_left() {
    let scratch = with(FOUR);
    scratch.prints(&["sweep", "s.ron", "--task", "2"]);
    let script = scratch.prints(&[
        "sweep",
        "s.ron",
        "--slurm-print",
        "--sbatch=--partition=gpu",
        "--sbatch",
        "--time=4:00:00",
        "--setup",
        "module load cuda",
        "--array-limit",
        "2",
        "--set",
        "machine.device=cpu",
    ]);
    for line in [
        "#SBATCH --job-name='warm th'\n",
        "#SBATCH --array=1,3-4%2\n",
        "#SBATCH --partition=gpu\n",
        "#SBATCH --time=4:00:00\n",
        "\nmodule load cuda\n",
        " --set 'machine.device=cpu' --task \"$SLURM_ARRAY_TASK_ID\" &\n",
    ] {
        script.says(line);
    }
    // One of the jobs, as Slurm starts it.
    let job = format!(
        "export SLURM_ARRAY_TASK_ID=3\n{}",
        script.replace("module load cuda", "")
    );
    let output = shell(&job);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(runs(&scratch).len(), 2);
    scratch
        .refuses(&["sweep", "s.ron", "--slurm-print", "--sbatch", "--a\nrm"])
        .says("in one line");
    let settings = r#"(slurm: "--account=mine --qos=low", slurm_setup: "source env")"#;
    std::fs::write(scratch.path("c.ron"), settings).unwrap();
    let mut own = vec!["--config", "c.ron"];
    own.extend(["sweep", "s.ron", "--slurm-print", "--sbatch=--qos=high"]);
    let script = scratch.prints(&own);
    script.says("#SBATCH --account=mine --qos=low\n#SBATCH --qos=high\n\nsource env\n");
    let halving = with(
        r#"(format: 2, name: "h", base: "base.ron", grid: {"loss.temperature": [0.1, 0.5]}, halving: (first: 1, factor: 2))"#,
    );
    halving
        .refuses(&["sweep", "s.ron", "--shell"])
        .says("give the whole sweep to one command");
    let script = halving.prints(&["sweep", "s.ron", "--slurm-print", "--jobs", "2"]);
    script.says(" sweep ");
    script.says(" --jobs 2 &\n");
    script.says("scontrol requeue \"$SLURM_JOB_ID\"\n");
    assert!(
        !script.contains("--array") && !script.contains("--task"),
        "{script}"
    );
}

/// A stand-in for sbatch that keeps each script; `refuse` in the script is what it says no to.
#[cfg(unix)]
fn with_sbatch(sweep: &str) -> Scratch {
    use std::os::unix::fs::PermissionsExt;
    const SBATCH: &str = "#!/bin/bash\ncat > script\nif grep -q refuse script; then echo 'invalid account' >&2; exit 1; fi\n\
                          mv script job-$(ls | grep -c '^job-')\necho Submitted batch job 7\n";
    let scratch = with(sweep);
    let sbatch = scratch.path("sbatch");
    std::fs::write(&sbatch, SBATCH).unwrap();
    let run = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(sbatch, run).unwrap();
    scratch
}

#[cfg(unix)]
fn submitted(scratch: &Scratch, more: &[&str]) -> Output {
    let mut command = scratch.command(&["queue", "work", "--slurm"]);
    let path = std::env::var("PATH").unwrap();
    let here = scratch.path("").display().to_string();
    let command = command.args(more).env("PATH", format!("{here}:{path}"));
    command.output().unwrap()
}

#[cfg(unix)]
#[test]
fn what_waits_in_the_queue_is_given_to_slurm() {
    let scratch = with_sbatch(FOUR);
    scratch.prints(&["queue", "add", "s.ron"]);
    scratch.prints(&["queue", "add", "base.ron"]);
    let refused = submitted(&scratch, &["--sbatch=--account=refuse"]);
    assert_eq!(refused.status.code(), Some(1));
    String::from_utf8_lossy(&refused.stdout).says("sbatch: invalid account");
    let waiting = scratch.json(&["queue", "--json"]);
    assert_eq!(waiting["items"].as_array().unwrap().len(), 2, "{waiting}");
    for item in waiting["items"].as_array().unwrap() {
        scratch.prints(&["queue", "retry", item["id"].as_str().unwrap()]);
    }
    scratch.prints(&["queue", "pause"]);
    submitted(&scratch, &[]);
    assert!(!scratch.path("job-0").exists(), "it is paused");
    scratch.prints(&["queue", "continue"]);
    let output = submitted(&scratch, &["--sbatch=--partition=gpu"]);
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8_lossy(&output.stdout).says("Submitted batch job 7");
    let left = scratch.json(&["queue", "--json"]);
    assert!(left["items"].as_array().unwrap().is_empty(), "{left}");
    assert!(runs(&scratch).is_empty(), "nothing is trained here");
    let job = |name: &str| std::fs::read_to_string(scratch.path(name)).unwrap();
    job("job-0").says("#SBATCH --array=1-4\n");
    job("job-0").says("#SBATCH --partition=gpu\n");
    // The experiment is a sweep of one case, which a job can name.
    let single = format!("export SLURM_ARRAY_TASK_ID=1\n{}", job("job-1"));
    single.says("#SBATCH --array=1\n");
    for _ in 0..2 {
        let output = shell(&single);
        assert!(output.status.success(), "{}", said(&output));
        let all = runs(&scratch);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].status, Status::Completed);
    }
}
