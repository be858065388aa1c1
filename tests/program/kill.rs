//! A run that is killed at any moment goes on as if nothing had been: what it printed is on disk, its lock is free, no
//! step is doubled or missing, and every number is that of the run that was left alone.

#![allow(clippy::print_stdout, reason = "it tells how far it is")]

use crate::headless::{Home, assert_swept, assert_twins, experiment, log};
use simclr_tui::disk::{CRASH_POINTS, random};
use simclr_tui::engine::checkpoint::Checkpoint;
use simclr_tui::runs::folder::stored;
use simclr_tui::runs::{BEST_CHECKPOINT, CHECKPOINTS, Run, Status, step_checkpoint};
use std::os::unix::process::ExitStatusExt;

/// Four steps an epoch, a checkpoint after each.
fn tiny(epochs: u32) -> String {
    experiment(epochs, "checkpoint_every: 1, keep_every: 5")
}

/// A run that is left alone.
fn twin(experiment: &str) -> (Home, Run) {
    let home = Home::new(experiment);
    assert!(home.train().end().success());
    let run = home.run().unwrap();
    assert_eq!(run.status, Status::Completed);
    (home, run)
}

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn seeded() -> Self {
        let given = std::env::var("SIMCLR_TUI_SEED").ok();
        let seed = given.map_or_else(random, |seed| seed.parse().unwrap());
        println!("to repeat this: SIMCLR_TUI_SEED={seed}");
        Self(seed)
    }

    /// From 0 to below `bound`, by SplitMix64.
    fn roll(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// Trains and kills after so many lines; whether the run was done before that.
fn killed_after(home: &Home, lines: u64) -> bool {
    let before = home.run().map_or(0, |run| log(&run).len());
    let mut training = home.train();
    for _ in 0..lines {
        if training.next().is_none() {
            break;
        }
    }
    training.kill();
    let said: Vec<_> = training.acknowledged().collect();
    let Some(run) = home.run() else {
        assert!(said.is_empty(), "killed before there was a run");
        return false;
    };
    let kept = log(&run);
    assert!(kept.len() >= before, "{} records of {before}", kept.len());
    for (nth, said) in said.into_iter().enumerate() {
        assert_eq!(
            kept.get(before + nth),
            Some(said),
            "record {nth} of this life"
        );
    }
    let ended = kept
        .last()
        .is_some_and(|last| last["event"]["kind"] == "end");
    let wanted = if ended {
        Status::Completed
    } else {
        Status::Interrupted
    };
    assert_eq!(run.status, wanted, "after {lines} lines");
    ended
}

/// The names of the checkpoints on disk.
fn kept(run: &Run) -> Vec<String> {
    stored(&run.dir).into_iter().map(|(name, _)| name).collect()
}

/// The best, each fifth epoch's, and the last two.
fn wanted(epochs: u64) -> Vec<String> {
    let epochs = (1..=epochs).filter(|e| e % 5 == 0 || e + 1 >= epochs);
    let steps = epochs.map(|epoch| step_checkpoint(4 * epoch));
    std::iter::once(BEST_CHECKPOINT.to_owned())
        .chain(steps)
        .collect()
}

/// Kills runs so often, each again and again until it is done.
fn survives(kills: u32, epochs: u32) {
    let mut dice = Dice::seeded();
    let (_kept, twin) = twin(&tiny(epochs));
    let (mut done, mut runs, mut resumed) = (0, 0, 0);
    while done < kills {
        runs += 1;
        let home = Home::new(&tiny(epochs));
        while done < kills && !killed_after(&home, dice.roll(40)) {
            done += 1;
        }
        if home.run().is_none_or(|run| run.status != Status::Completed) {
            assert!(home.train().end().success());
        }
        let run = home.run().unwrap();
        assert_eq!(run.status, Status::Completed);
        resumed += run.series.gaps.len();
        assert_twins(&run, &twin);
        assert_swept(&run);
        assert_eq!(kept(&run), wanted(epochs.into()));
    }
    println!("{done} kills of {runs} runs, gone on with {resumed} times");
    assert!(resumed > 0);
}

#[test]
fn a_run_that_is_killed_20_times_is_the_run_that_was_left_alone() {
    survives(20, 12);
}

/// Some minutes long; continuous integration runs it with `--ignored`.
#[test]
#[ignore = "takes minutes"]
fn a_run_that_is_killed_200_times_is_the_run_that_was_left_alone() {
    survives(200, 40);
}

#[test]
fn a_crash_between_any_two_steps_of_writing_a_checkpoint_costs_no_more_than_the_steps_since_the_last_one()
 {
    let (_kept, twin) = twin(&tiny(4));
    // The last one is of step 16: whoever goes on from there has nothing left to write.
    let files = [
        (8, step_checkpoint(8)),
        (16, step_checkpoint(16)),
        (0, BEST_CHECKPOINT.to_owned()),
    ];
    for (step, file) in files {
        for point in CRASH_POINTS {
            let home = Home::new(&tiny(4));
            let at = format!("{file}:{point}");
            let mut first = home.train_with(&[("SIMCLR_TUI_CRASH", &at)]);
            assert!(first.end().signal().is_some(), "it crashed at {at}");
            let run = home.run().unwrap();
            assert_eq!(run.status, Status::Interrupted, "{at}");
            for (name, _) in stored(&run.dir)
                .into_iter()
                .filter(|(n, _)| !n.starts_with('.'))
            {
                let bytes = std::fs::read(run.dir.join(CHECKPOINTS).join(&name)).unwrap();
                assert!(
                    Checkpoint::from_bytes(&bytes).is_ok(),
                    "{name} is not whole after {at}"
                );
            }

            let mut second = home.train();
            assert!(second.end().success(), "{at}: {:?}", second.said);
            let whole = ["renamed", "lasting"].contains(&point);
            let from = match (file == BEST_CHECKPOINT, whole) {
                (true, _) => 0,
                (false, true) => step,
                (false, false) => step - 4,
            };
            assert_eq!(second.began_at(), Some(from), "{at}");
            let run = home.run().unwrap();
            assert_twins(&run, &twin);
            assert_swept(&run);
            assert_eq!(kept(&run), kept(&twin), "{at}");
        }
    }
}

#[test]
fn a_checkpoint_cut_short_is_passed_over_with_a_note() {
    let (_kept, twin) = twin(&tiny(4));
    for cut in ["empty", "half", "a byte", "a flipped byte"] {
        let home = Home::new(&tiny(4));
        let at = format!("{}:lasting", step_checkpoint(12));
        home.train_with(&[("SIMCLR_TUI_CRASH", &at)]).end();
        let path = home
            .run()
            .unwrap()
            .dir
            .join("checkpoints")
            .join(step_checkpoint(12));
        let mut bytes = std::fs::read(&path).unwrap();
        let half = bytes.len() / 2;
        match cut {
            "empty" => bytes.clear(),
            "half" => bytes.truncate(half),
            "a byte" => bytes.truncate(2 * half - 1),
            _ => bytes[half] ^= 1,
        }
        std::fs::write(&path, bytes).unwrap();

        let mut second = home.train();
        assert!(second.end().success());
        assert_eq!(second.began_at(), Some(8), "{cut}");
        let said = second.warnings().join("\n");
        let named = format!("{} was skipped", step_checkpoint(12));
        assert!(said.contains(&named), "{cut}: {said}");
        let run = home.run().unwrap();
        assert!(path.is_file() && path.with_extension("damaged").is_file());
        assert_twins(&run, &twin);
    }
}
