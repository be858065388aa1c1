//! Doing what the screens want.

use super::App;
use crate::experiment::Experiment;
use crate::runs::{Evaluation, Run};
use crate::trainer::Command;
use crate::ui::evaluator::Evaluator;
use crate::ui::intent::Intent;
use crate::ui::live::Stage;
use crate::ui::overlay::Overlay;
use crate::ui::saved_state::HistoryColumns;
use crate::ui::screen_id::ScreenId;
use crate::ui::shared::Subject;

impl App {
    pub(super) fn apply(&mut self, intents: Vec<Intent>) {
        for intent in intents {
            match intent {
                Intent::Go(screen) => self.screen = screen,
                Intent::Train(run) => self.train(Command::Train(run)),
                Intent::Resume(run) => self.train(Command::Resume(run, None)),
                Intent::Evaluate(id) => self.evaluate(&id),
                Intent::Control(id, request) => self.control(&id, request),
                Intent::AskToStop(id) => self.ask_to_stop(&id),
                Intent::Show(run) => self.shared.chosen = run,
                Intent::Mark(id) => self.mark(id),
                Intent::Unmark => self.shared.marked.clear(),
                Intent::Fork(id) => self.fork(&id),
                Intent::Edit(experiment, name) => self.edit(*experiment, name),
                Intent::Vary(base, name, vary) => self.sweep(&base, &name, &vary),
                Intent::Queue(change) => self.change_queue(&change),
                Intent::Enqueue(sweep, scale) => self.enqueue(&sweep, scale),
                Intent::Annotate(ids, words) => self.annotate(&ids, &words),
                Intent::Delete(ids) => self.delete(&ids),
                Intent::Undelete => self.undelete(),
                Intent::Remember(history) => self.keep(history),
                Intent::Copy(text) => self.copied = Some(text),
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

    /// Evaluates a run, one at a time.
    fn evaluate(&mut self, id: &str) {
        let Some(run) = self.shared.run(id) else {
            return;
        };
        let title = run.title().to_owned();
        if self.evaluator.is_some() {
            return self.refuse("a run is being evaluated; wait for it");
        }
        match Evaluator::begin(&run.dir, self.start_evaluation) {
            Ok(evaluator) => {
                self.evaluator = Some(evaluator);
                let text = format!("evaluating {title}: its figures come to the history");
                self.say(text, false);
            }
            Err(why) => self.say(format!("the evaluation can't be started: {why}"), true),
        }
    }

    /// Looks whether the evaluation has ended.
    pub(super) fn look_at_evaluation(&mut self) {
        let Some(evaluator) = &mut self.evaluator else {
            return;
        };
        let Some(end) = evaluator.ended() else {
            return;
        };
        let dir = std::mem::take(&mut evaluator.dir);
        self.evaluator = None;
        let title = Run::open(&dir).title().to_owned();
        match (end, Evaluation::in_brief(&Evaluation::all(&dir))) {
            (Ok(()), Some(figures)) => self.say(format!("{title}: {figures}"), false),
            (Ok(()), None) => self.say(format!("{title} was evaluated"), false),
            (Err(why), _) => self.say(format!("{title} was not evaluated: {why}"), true),
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

    /// Remembers the list of runs as it is now.
    fn keep(&mut self, history: HistoryColumns) {
        if let Err(why) = self.saved.keep(history) {
            self.refuse(&why);
        }
    }
}
