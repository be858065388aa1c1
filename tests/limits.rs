//! Limits of the system: few threads slow a run down, and what can't go on with fewer says so.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_simclr-tui");
/// A user that has no other process: limits count all that a user has.
const USER: &str = "64123";

/// The program with so many threads at most; nothing where this process may not set that.
fn with_threads(most: u32, home: &Path, args: &[&str]) -> Option<Output> {
    let ids = ["--reuid", USER, "--regid", USER, "--clear-groups"];
    let limit = format!("--nproc={most}:{most}");
    let mut command = Command::new("setpriv");
    command
        .args(ids)
        .args(["prlimit", &limit, PROGRAM])
        .args(args);
    command
        .current_dir(home)
        .env("RAYON_NUM_THREADS", "6")
        .env("SIMCLR_TUI_RUNS", home.join("runs"));
    let output = command.output().ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let refused = ["setpriv: ", "prlimit: "]
        .iter()
        .any(|who| said.starts_with(who));
    (!refused).then_some(output)
}

#[test]
fn few_threads_make_a_run_slow_and_are_told() {
    let home = tempfile::tempdir().unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let args: Vec<&str> = "run quick --device cpu --epochs 1 --set data.train_limit=64 --set data.test_limit=32 --set data.threads=4 \
        --set data.image_size=16 --set model.width=4 --set train.batch=16 --set train.warmup=0 --set knn.k=5"
        .split_whitespace()
        .collect();
    if with_threads(100, home.path(), &["--version"]).is_none() {
        let why = "SKIPPED: no other user may be become here; run this as root\n";
        std::io::stderr().write_all(why.as_bytes()).unwrap();
        return;
    }
    let (mut trained, mut warned, mut loads) = (0, 0, 0);
    for most in [1, 2, 3, 4, 5, 6, 8, 11, 60] {
        let output = with_threads(most, home.path(), &args).unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let both = format!("{most}: {text}\n{errors}");
        assert!(
            !both.contains("panicked") && !both.contains("internal error"),
            "{both}"
        );
        let fewer = both.contains("the system allows no more threads");
        if output.status.success() {
            trained += 1;
            warned += u32::from(fewer);
            loads += u32::from(
                both.contains("none loads images") || both.contains("load images instead"),
            );
            assert_eq!(fewer, most < 60, "{both}");
        } else {
            assert_eq!(output.status.code(), Some(1), "{both}");
            assert!(
                errors.contains("can't be started") && errors.contains("ulimit -u"),
                "{both}"
            );
        }
    }
    assert!(
        trained >= 7 && warned >= 6 && loads >= 4,
        "{trained} {warned} {loads}"
    );
}
