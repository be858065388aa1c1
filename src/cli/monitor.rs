//! Following a training from its command to its end: notices from the trainer, points from the run's folder.

use super::Exit;
use crate::engine::report::Outcome;
use crate::experiment::{self, Experiment};
use crate::runs::{EVENTS, EXPERIMENT, Follower, Record, Request, Series, flat};
use crate::trainer::{Command, Handle, Notice};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

/// How often the run's folder is looked at.
const TICK: Duration = Duration::from_millis(100);

/// Where a training is shown.
pub trait Show {
    /// The trainer said something; the run's folder has been read up to there.
    fn notice(&mut self, notice: &Notice, series: &Series);
    /// The run's log has a new record, which the series holds already.
    fn record(&mut self, record: &Record, series: &Series);
    /// A moment has passed.
    fn tick(&mut self, _series: &Series) {}
    /// The user wants it to stop, and it will after the step.
    fn stopping(&mut self) {}
    /// The trainer is gone without a word.
    fn vanished(&mut self);
}

/// One training under watch.
pub struct Monitor<'a> {
    handle: &'a Handle,
    interrupted: &'a AtomicBool,
    show: &'a mut dyn Show,
    follower: Option<Follower>,
    series: Series,
    stopping: bool,
    trains: bool,
    /// The experiment, until something was said of its loss.
    experiment: Option<Experiment>,
    /// Steps up to which that was looked at.
    looked: u64,
}

impl<'a> Monitor<'a> {
    /// Follows the trainer behind `handle`; when `interrupted` rises, training is to stop after the step.
    pub fn new(handle: &'a Handle, interrupted: &'a AtomicBool, show: &'a mut dyn Show) -> Self {
        Self {
            handle,
            interrupted,
            show,
            follower: None,
            series: Series::default(),
            stopping: false,
            trains: false,
            experiment: None,
            looked: 0,
        }
    }

    /// Takes what a run's log says so far as known: only what comes is shown.
    pub fn after(mut self, dir: &Path) -> Self {
        let mut follower = Follower::open(&dir.join(EVENTS));
        for record in follower.poll() {
            self.series.apply(&record);
        }
        self.follower = Some(follower);
        self.experiment = experiment::load(&dir.join(EXPERIMENT)).ok();
        self
    }

    /// Gives the command and follows until the training is over.
    pub fn train(mut self, command: Command) -> Exit {
        // A trainer that is gone is met again below, where its notices end.
        let _ = self.handle.commands.send(command);
        loop {
            if self.interrupted.load(Ordering::Relaxed) && !self.stopping {
                self.stopping = true;
                let _ = self.handle.commands.send(Command::Ask(Request::Stop));
                if self.trains {
                    self.show.stopping();
                }
            }
            match self.handle.notices.recv_timeout(TICK) {
                Ok(notice) => {
                    if let Some(exit) = self.on_notice(&notice) {
                        return exit;
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.read_log(),
                Err(RecvTimeoutError::Disconnected) => {
                    self.read_log();
                    self.show.vanished();
                    return Exit::Failed;
                }
            }
            self.show.tick(&self.series);
        }
    }

    fn on_notice(&mut self, notice: &Notice) -> Option<Exit> {
        let starts = matches!(notice, Notice::Started { .. });
        self.trains |= starts;
        let exit = self.shown(notice);
        if starts && self.stopping {
            self.show.stopping();
        }
        exit
    }

    fn shown(&mut self, notice: &Notice) -> Option<Exit> {
        if let (Notice::Started { dir }, None) = (notice, &self.follower) {
            self.follower = Some(Follower::open(&dir.join(EVENTS)));
            self.experiment = experiment::load(&dir.join(EXPERIMENT)).ok();
            self.show.notice(notice, &self.series);
            self.read_log();
            return None;
        }
        self.read_log();
        self.show.notice(notice, &self.series);
        match notice {
            Notice::Refused(_) => Some(Exit::Refused),
            Notice::CalledOff => Some(Exit::Interrupted),
            Notice::HandedOver { .. } => Some(Exit::Done),
            Notice::Finished { outcome, .. } => Some(match outcome {
                Outcome::Completed => Exit::Done,
                Outcome::Stopped => Exit::Interrupted,
                Outcome::Failed => Exit::Failed,
            }),
            _ => None,
        }
    }

    fn read_log(&mut self) {
        let Some(follower) = &mut self.follower else {
            return;
        };
        let records = follower.poll();
        if follower.restarted() {
            self.series = Series::default();
        }
        for record in &records {
            self.series.apply(record);
            self.show.record(record, &self.series);
        }
        self.warn_of_flat();
    }

    /// Says once, at the end of an epoch and not too early, that the loss is where it would be without learning.
    fn warn_of_flat(&mut self) {
        let (Some(experiment), Some(begin)) = (&self.experiment, &self.series.begin) else {
            return;
        };
        let Some((done, steps)) = self.series.progress() else {
            return;
        };
        let epoch = begin.steps_per_epoch.max(1);
        let early = (experiment.train.warmup * epoch as f64).max(steps as f64 / 4.0);
        if (done as f64) < early || done / epoch == self.looked / epoch {
            return;
        }
        self.looked = done;
        if let Some(text) = flat(experiment, &self.series) {
            self.experiment = None;
            self.show.notice(&Notice::Warning(text), &self.series);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::report::{Begin, Point, Report};
    use crate::experiment::Experiment;
    use crate::runs::{Environment, RunFolder};
    use std::path::PathBuf;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::thread;

    /// Writes down all that is shown.
    #[derive(Default)]
    struct Diary(Vec<String>);

    impl Show for Diary {
        fn notice(&mut self, notice: &Notice, series: &Series) {
            let name = format!("{notice:?}");
            let name = name.split([' ', '(']).next().unwrap_or_default();
            let done = series.progress().map_or(0, |(done, _)| done);
            self.0.push(format!("{name} at {done}"));
        }
        fn record(&mut self, record: &Record, _: &Series) {
            self.0.push(match &record.report {
                Report::Point(point) => format!("point {}", point.step),
                Report::Begin(begin) => format!("begin {}", begin.step),
                other => format!("{other:?}"),
            });
        }
        fn stopping(&mut self) {
            self.0.push("stopping".to_owned());
        }
        fn vanished(&mut self) {
            self.0.push("vanished".to_owned());
        }
    }

    fn begin(step: u64) -> Report {
        Report::Begin(Begin {
            step,
            ..Begin::of(100, 10)
        })
    }

    fn point(step: u64) -> Report {
        Report::Point(Point::at(step, [("loss", 1.0)]))
    }

    /// A trainer thread that does as it is told by `script`.
    fn fake<F>(script: F) -> (Handle, thread::JoinHandle<()>)
    where
        F: FnOnce(&Receiver<Command>, &Sender<Notice>) + Send + 'static,
    {
        let (commands, received) = channel();
        let (said, notices) = channel();
        let thread = thread::spawn(move || script(&received, &said));
        (Handle { commands, notices }, thread)
    }

    fn start() -> Command {
        Command::Train(Box::default())
    }

    fn finished(dir: PathBuf, outcome: Outcome) -> Notice {
        Notice::Finished {
            dir,
            outcome,
            reason: None,
        }
    }

    #[test]
    fn each_record_is_shown_once_and_all_before_the_end() {
        let runs = tempfile::tempdir().unwrap();
        let path = runs.path().to_owned();
        let (handle, thread) = fake(move |commands, notices| {
            assert!(matches!(commands.recv(), Ok(Command::Train(_))));
            notices.send(Notice::Preparing("data".to_owned())).unwrap();
            let mut run =
                RunFolder::create(&path, Experiment::default(), &Environment::default()).unwrap();
            run.log().append(&begin(0)).unwrap();
            notices
                .send(Notice::Started {
                    dir: run.dir().to_owned(),
                })
                .unwrap();
            for step in 1..=50 {
                run.log().append(&point(step)).unwrap();
            }
            notices
                .send(finished(run.dir().to_owned(), Outcome::Completed))
                .unwrap();
        });
        let (calm, mut diary) = (AtomicBool::new(false), Diary::default());
        assert_eq!(
            Monitor::new(&handle, &calm, &mut diary).train(start()),
            Exit::Done
        );
        thread.join().unwrap();
        let mut wanted = vec![
            "Preparing at 0".to_owned(),
            "Started at 0".to_owned(),
            "begin 0".to_owned(),
        ];
        wanted.extend((1..=50).map(|step| format!("point {step}")));
        wanted.push("Finished at 50".to_owned());
        assert_eq!(diary.0, wanted);
    }

    #[test]
    fn a_loss_that_is_flat_at_chance_is_told_once_and_not_too_early() {
        assert_eq!([24, 60].map(warnings_of_flat), [0, 1]);
    }

    /// How often it is told in the first of 100 steps.
    fn warnings_of_flat(steps: u64) -> usize {
        let runs = tempfile::tempdir().unwrap();
        let path = runs.path().to_owned();
        let (handle, thread) = fake(move |commands, notices| {
            commands.recv().unwrap();
            let mut experiment = Experiment::default();
            experiment.train.warmup = 0.0;
            let chance = experiment.bounds().unwrap().chance;
            let mut run = RunFolder::create(&path, &experiment, &Environment::default()).unwrap();
            let dir = run.dir().to_owned();
            notices.send(Notice::Started { dir: dir.clone() }).unwrap();
            run.log().append(&begin(0)).unwrap();
            for step in 1..=steps {
                let mut point = point(step);
                if let Report::Point(point) = &mut point {
                    point.values.insert("loss".to_owned(), chance);
                }
                run.log().append(&point).unwrap();
            }
            notices.send(finished(dir, Outcome::Completed)).unwrap();
        });
        let (calm, mut diary) = (AtomicBool::new(false), Diary::default());
        Monitor::new(&handle, &calm, &mut diary).train(start());
        thread.join().unwrap();
        let lines = diary.0.iter();
        lines.filter(|line| line.starts_with("Warning")).count()
    }

    #[test]
    fn an_interrupt_asks_to_stop_once_and_waits_for_the_end() {
        let (handle, thread) = fake(|commands, notices| {
            assert!(matches!(commands.recv(), Ok(Command::Train(_))));
            assert!(matches!(commands.recv(), Ok(Command::Ask(Request::Stop))));
            let started = Notice::Started { dir: "none".into() };
            for notice in [started, Notice::Warning("still at it".to_owned())] {
                notices.send(notice).unwrap();
            }
            notices
                .send(finished(PathBuf::new(), Outcome::Stopped))
                .unwrap();
            assert!(commands.try_recv().is_err(), "asked once");
        });
        let (rung, mut diary) = (AtomicBool::new(true), Diary::default());
        assert_eq!(
            Monitor::new(&handle, &rung, &mut diary).train(start()),
            Exit::Interrupted
        );
        thread.join().unwrap();
        let wanted = ["Started at 0", "stopping", "Warning at 0", "Finished at 0"];
        assert_eq!(diary.0, wanted);
    }

    #[test]
    fn a_refusal_a_failure_and_a_trainer_that_is_gone_have_their_exits() {
        type End = fn(&Sender<Notice>);
        let ends: [(End, Exit); 4] = [
            (
                |n| n.send(Notice::Refused("no".to_owned())).unwrap(),
                Exit::Refused,
            ),
            (
                |n| n.send(finished(PathBuf::new(), Outcome::Failed)).unwrap(),
                Exit::Failed,
            ),
            (|n| n.send(Notice::CalledOff).unwrap(), Exit::Interrupted),
            (|_| {}, Exit::Failed),
        ];
        for (end, exit) in ends {
            let (handle, thread) = fake(move |commands, notices| {
                commands.recv().unwrap();
                end(notices);
            });
            let (calm, mut diary) = (AtomicBool::new(false), Diary::default());
            assert_eq!(
                Monitor::new(&handle, &calm, &mut diary).train(start()),
                exit,
                "{:?}",
                diary.0
            );
            thread.join().unwrap();
        }
    }

    #[test]
    fn a_resume_shows_what_is_new() {
        let runs = tempfile::tempdir().unwrap();
        let mut run =
            RunFolder::create(runs.path(), Experiment::default(), &Environment::default()).unwrap();
        for report in [begin(0), point(1), point(2), point(3)] {
            run.log().append(&report).unwrap();
        }
        let dir = run.dir().to_owned();
        drop(run);
        let resumed = dir.clone();
        let (handle, thread) = fake(move |commands, notices| {
            let Ok(Command::Resume(dir, None)) = commands.recv() else {
                panic!("not a resume")
            };
            let mut run = RunFolder::resume(&dir).unwrap();
            notices.send(Notice::Started { dir: dir.clone() }).unwrap();
            run.log().append(&begin(2)).unwrap();
            run.log().append(&point(3)).unwrap();
            notices.send(finished(dir, Outcome::Completed)).unwrap();
        });
        let (calm, mut diary) = (AtomicBool::new(false), Diary::default());
        let monitor = Monitor::new(&handle, &calm, &mut diary).after(&dir);
        assert_eq!(monitor.train(Command::Resume(resumed, None)), Exit::Done);
        thread.join().unwrap();
        let records: Vec<_> = diary
            .0
            .iter()
            .filter(|l| l.starts_with(['p', 'b']))
            .collect();
        assert_eq!(records, ["begin 2", "point 3"]);
    }
}
