//! Doing what the screens want.

use super::App;
use crate::disk::path;
use crate::experiment::Experiment;
use crate::runs::{Evaluation, Request, Run};
use crate::trainer::Command;
use crate::ui::intent::{Intent, Question};
use crate::ui::live::Stage;
use crate::ui::overlay::Overlay;
use crate::ui::saved_state::HistoryColumns;
use crate::ui::screen_id::ScreenId;
use crate::ui::screens::help::Help;
use crate::ui::shared::Subject;
use crate::ui::task::{Running, Task};
use std::path::Path;

/// Whether an experiment is to wait in the queue while a run trains.
fn offer(running: &str, experiment: Experiment) -> Question {
    let name = &experiment.name;
    Question {
        title: "put it into the queue?".to_owned(),
        words: vec![
            format!("{running} is training; wait for it, or stop it on the Train screen."),
            format!(
                "From the queue, {name} trains in the background, even after you leave: after the run here and what waits already."
            ),
        ],
        yes: vec![Intent::Wait(Box::new(experiment))],
    }
}

impl App {
    pub(super) fn apply(&mut self, intents: Vec<Intent>) {
        for intent in intents {
            match intent {
                Intent::Go(screen) => self.screen = screen,
                Intent::Train(run) => self.train(Command::Train(run)),
                Intent::Resume(run) => self.train(Command::Resume(run, None)),
                Intent::Begin(task) => self.begin(task),
                Intent::Control(id, request) => self.control(&id, request),
                Intent::CallOff => self.shared.live.send(Command::Ask(Request::Stop)),
                Intent::AskToStop(id) => self.ask_to_stop(&id),
                Intent::Show(run) => self.shared.chosen = run,
                Intent::Mark(id) => self.mark(id),
                Intent::Unmark => self.shared.marked.clear(),
                Intent::Fork(id) => self.fork(&id),
                Intent::Edit(experiment, name) => self.edit(*experiment, name),
                Intent::Vary(base, name, vary) => self.sweep(&base, &name, &vary),
                Intent::Queue(change) => self.change_queue(&change),
                Intent::Slurm(order, ids) => self.shared.slurm.tell(order, ids),
                Intent::Enqueue(sweep, scale) => self.enqueue(&sweep, scale),
                Intent::Wait(experiment) => self.enqueue_alone(&experiment),
                Intent::Annotate(ids, words) => self.annotate(&ids, &words),
                Intent::Delete(ids) => self.delete(&ids),
                Intent::Undelete => self.undelete(),
                Intent::Opened(path) => self.opened(&path),
                Intent::Remember(history) => self.keep(history),
                Intent::Copy(text) => self.copied = Some(text),
                Intent::Write(text) => self.writes = Some(self.unread.take().unwrap_or(text)),
                Intent::Read(page) => self.overlay = Some(Overlay::Help(Help::of_text(page))),
                Intent::Ask(question) => self.overlay = Some(Overlay::Ask(question)),
                Intent::Say(text) => self.say(text, false),
                Intent::Refuse(text) => self.say(text, true),
            }
        }
    }

    /// Asks the trainer for a run, if it is free.
    fn train(&mut self, command: Command) {
        if self.shared.live.is_busy() {
            let own = self.shared.own();
            let running = own.map_or("a run", |r| r.title()).to_owned();
            if let Command::Train(run) = command {
                self.overlay = Some(Overlay::Ask(offer(&running, run.experiment)));
                return;
            }
            let of = Subject::Run(own.map_or_else(String::new, |r| r.id.clone()));
            let text =
                format!("{running} is training; wait for it, or stop it on the Train screen");
            return self.say_of(of, text, true);
        }
        if self.shared.live.stage == Stage::Gone {
            let text = "the trainer thread is gone; restart simclr-tui to train";
            return self.say(text.to_owned(), true);
        }
        self.shared.chosen = None;
        self.shared.live.dir = None;
        self.shared.live.send(command);
        self.launched = self.screen;
        self.screen = ScreenId::Train;
    }

    /// Begins what takes a while, one at a time.
    fn begin(&mut self, task: Task) {
        if let Some(running) = &self.running {
            let text = format!("{} comes first; wait for it", running.task.doing);
            return self.say(text, true);
        }
        let reads = task.reads.as_deref().and_then(|id| self.shared.run(id));
        if let Some(why) = reads.and_then(|run| self.shared.awaits_checkpoint(run)) {
            return self.say(why, true);
        }
        let doing = task.doing.clone();
        match Running::begin(&self.shared.listing.dir, task, self.start_task) {
            Ok(running) => {
                self.running = Some(running);
                self.shared.doing = Some((doing, String::new()));
            }
            Err(why) => self.say(format!("{doing} can't be started: {why}"), true),
        }
    }

    /// Looks how far that is.
    pub(super) fn look_at_task(&mut self) {
        let Some(running) = &mut self.running else {
            return;
        };
        let end = running.ended();
        let doing = Some((running.task.doing.clone(), running.said()));
        let Some(end) = end else {
            self.stale |= self.shared.doing != doing;
            self.shared.doing = doing;
            return;
        };
        self.stale = true;
        self.shared.doing = None;
        let done = running.done();
        let Some(Running { task, .. }) = self.running.take() else {
            return;
        };
        let figures = task.judges.map(|dir| {
            let brief = Evaluation::in_brief(&Evaluation::all(&dir))?;
            Some(format!("{}: {brief}", Run::open(&dir).title()))
        });
        match end {
            Ok(()) => self.say(figures.flatten().unwrap_or(done), false),
            Err(why) => self.say(format!("{} failed: {why}", task.doing), true),
        }
    }

    fn mark(&mut self, id: String) {
        let marked = &mut self.shared.marked;
        match marked.iter().position(|m| *m == id) {
            Some(at) => drop(marked.remove(at)),
            None => marked.push(id),
        }
    }

    fn fork(&mut self, id: &str) {
        let run = self.shared.run(id);
        let copy = |run: &Run| {
            let data = run.data_from_here()?;
            Some(Experiment {
                data,
                ..run.experiment.clone()?
            })
        };
        let Some(experiment) = run.and_then(copy) else {
            let text = "this run has no experiment that can be read".to_owned();
            return self.say(text, true);
        };
        let message = self.experiment.fork(experiment, id, &self.shared.keys);
        self.screen = ScreenId::Experiment;
        if let Some(message) = message {
            self.say(message, false);
        }
    }

    fn edit(&mut self, experiment: Experiment, name: String) {
        self.experiment.take_case(experiment, name);
        self.screen = ScreenId::Experiment;
    }

    /// Remembers that a file was opened; that it can't is no reason not to go on with it.
    pub(super) fn opened(&mut self, path: &Path) {
        let _ = self.saved.opened(&path::whole(path));
        self.experiment.recent.know(&self.saved.recent);
    }

    /// Remembers the list of runs as it is now.
    fn keep(&mut self, history: HistoryColumns) {
        if let Err(why) = self.saved.keep(history) {
            self.refuse(&why);
        }
    }
}
