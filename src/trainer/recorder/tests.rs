//! What the recorder does with commands and requests, without a loop that trains.

use super::*;
use crate::engine::report::{End, Outcome};
use crate::experiment::Experiment;
use crate::runs::control::send;
use crate::runs::log::Sink;
use crate::runs::{Environment, LogWriter, Request, Run, Status};
use std::io::{self, Write};
use std::sync::mpsc::channel;

/// A recorder of a new run, with both of its channels.
struct Bench {
    runs: tempfile::TempDir,
    commands: (Sender<Command>, Receiver<Command>),
    notices: (Sender<Notice>, Receiver<Notice>),
}

impl Bench {
    fn new() -> Self {
        Self {
            runs: tempfile::tempdir().unwrap(),
            commands: channel(),
            notices: channel(),
        }
    }

    fn recorder(&self) -> Recorder<'_> {
        let environment = Environment::default();
        let folder = RunFolder::create(self.runs.path(), Experiment::default(), &environment);
        Recorder::new(folder.unwrap(), &self.commands.1, &self.notices.0, 0)
    }
}

fn ask(recorder: &Recorder, requests: &[Request]) {
    for request in requests {
        send(recorder.folder.dir(), *request).unwrap();
    }
}

/// What the recorder wishes once it has looked into its mailbox again.
fn decided(recorder: &mut Recorder) -> (bool, Next) {
    loop {
        let mailbox = format!("{:?}", recorder.mailbox);
        let decision = recorder.decide();
        if mailbox != format!("{:?}", recorder.mailbox) {
            return (decision.checkpoint, decision.next);
        }
    }
}

fn status(recorder: &Recorder) -> Status {
    Run::open(recorder.folder.dir()).status
}

#[test]
fn another_process_pauses_checkpoints_and_goes_on() {
    let bench = Bench::new();
    let mut recorder = bench.recorder();
    ask(&recorder, &[Request::Pause, Request::Checkpoint]);
    // The checkpoint is written while the run is paused, not after.
    assert_eq!(decided(&mut recorder), (true, Next::Wait));
    assert_eq!(status(&recorder), Status::Paused);
    ask(&recorder, &[Request::Continue]);
    assert_eq!(decided(&mut recorder), (false, Next::Step));
    assert_eq!(status(&recorder), Status::Running);
    let said: Vec<Notice> = bench.notices.1.try_iter().collect();
    assert_eq!(said, [Notice::Paused, Notice::Continued]);
}

#[test]
fn a_pause_ends_by_a_stop_and_by_whoever_may_end_it() {
    let bench = Bench::new();
    let mut recorder = bench.recorder();
    ask(&recorder, &[Request::Pause, Request::Stop]);
    assert_eq!(decided(&mut recorder), (false, Next::Stop));
    let mut recorder = bench.recorder();
    ask(&recorder, &[Request::Pause]);
    bench.commands.0.send(Command::Ask(Request::Pause)).unwrap();
    bench.commands.0.send(Command::Ask(Request::Stop)).unwrap();
    assert_eq!(decided(&mut recorder).1, Next::Stop);
}

#[test]
fn a_paused_run_nobody_can_go_on_with_goes_on() {
    let (commands, received) = channel();
    let (said, _notices) = channel();
    let runs = tempfile::tempdir().unwrap();
    let environment = Environment::default();
    let folder = RunFolder::create(runs.path(), Experiment::default(), &environment).unwrap();
    let mut recorder = Recorder::new(folder, &received, &said, 0);
    commands.send(Command::Ask(Request::Pause)).unwrap();
    drop(commands);
    assert_eq!(recorder.decide().next, Next::Step);
}

#[test]
fn a_run_is_handed_over_once_its_checkpoint_is_on_disk() {
    let bench = Bench::new();
    let mut recorder = bench.recorder();
    ask(&recorder, &[Request::HandOver]);
    assert_eq!(decided(&mut recorder), (true, Next::Wait));
    assert_eq!(recorder.hand_over, HandOver::Asked);
    recorder.checkpoint(3, CheckpointKind::Newest, b"weights");
    assert_eq!(recorder.decide().next, Next::Leave);
    assert_eq!(recorder.hand_over, HandOver::Done);
}

#[test]
fn a_run_whose_checkpoint_can_t_be_written_stays_and_says_why() {
    let bench = Bench::new();
    let mut recorder = bench.recorder();
    std::fs::write(recorder.folder.dir().join("checkpoints"), "in the way").unwrap();
    ask(&recorder, &[Request::HandOver]);
    assert_eq!(decided(&mut recorder), (true, Next::Wait));
    recorder.checkpoint(3, CheckpointKind::Newest, b"weights");
    assert_eq!(recorder.decide().next, Next::Step);
    assert_eq!(recorder.hand_over, HandOver::No);
    let said = bench.notices.1.try_iter().next();
    assert!(
        matches!(&said, Some(Notice::Warning(why)) if why.contains("no checkpoint at step 3")),
        "{said:?}"
    );
}

#[test]
fn a_run_without_its_last_checkpoint_is_not_complete() {
    let bench = Bench::new();
    let mut recorder = bench.recorder().waiting(std::time::Duration::from_hours(1));
    let folder = recorder.folder.dir().join("checkpoints");
    std::fs::write(&folder, "in the way").unwrap();
    // What lies in the way does not go by itself: nobody waits for that.
    recorder.checkpoint(8, CheckpointKind::Last, b"weights");
    let end = recorder.verdict(Outcome::Completed);
    assert_eq!(end.outcome, Outcome::Failed);
    assert!(
        end.reason
            .unwrap()
            .starts_with("its last checkpoint, at step 8,")
    );
    std::fs::remove_file(folder).unwrap();
    recorder.checkpoint(8, CheckpointKind::Last, b"weights");
    assert_eq!(
        recorder.verdict(Outcome::Completed).outcome,
        Outcome::Completed
    );
}

#[test]
fn a_best_checkpoint_that_could_not_be_written_is_written_with_the_next() {
    let bench = Bench::new();
    let mut recorder = bench.recorder();
    let folder = recorder.folder.dir().join("checkpoints");
    std::fs::write(&folder, "in the way").unwrap();
    recorder.checkpoint(4, CheckpointKind::Best, b"best");
    recorder.checkpoint(4, CheckpointKind::Newest, b"newest");
    std::fs::remove_file(&folder).unwrap();
    recorder.checkpoint(8, CheckpointKind::Newest, b"newest");
    assert_eq!(
        std::fs::read(folder.join(BEST_CHECKPOINT)).unwrap(),
        b"best"
    );
}

#[test]
fn a_run_that_is_to_end_is_not_handed_over() {
    let bench = Bench::new();
    for requests in [
        [Request::HandOver, Request::Stop],
        [Request::Stop, Request::HandOver],
    ] {
        let mut recorder = bench.recorder();
        ask(&recorder, &requests);
        assert_eq!(decided(&mut recorder).1, Next::Stop);
        assert_eq!(recorder.hand_over, HandOver::No);
    }
}

/// A disk that is full.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink for Full {
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_run_whose_end_could_not_be_written_is_not_told_as_completed() {
    let bench = Bench::new();
    let mut recorder = bench.recorder().waiting(Duration::ZERO);
    *recorder.folder.log() = LogWriter::new(Box::new(Full));
    let end = recorder.end(End {
        outcome: Outcome::Completed,
        reason: None,
        fits: None,
        chunk: None,
    });
    assert_eq!(end.outcome, Outcome::Failed);
    let why = end.reason.unwrap();
    assert!(why.contains("end of its log could not be written"), "{why}");
}
