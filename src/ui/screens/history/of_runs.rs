//! What the keys of the History screen do to runs.

use crate::runs::{NewRun, Request, Run, Status};
use crate::text::fit;
use crate::ui::intent::{Intent, NoteChange, Question};
use crate::ui::keymap::history::Action;
use crate::ui::screen_id::ScreenId;
use crate::ui::screens::confusion;
use crate::ui::shared::Shared;
use crate::ui::task::Task;

/// Most cells of the names of runs in a question.
const NAMES: usize = 200;

/// The runs that an action on a run is for: it, or all that are marked where it is one of them.
pub fn meant<'a>(run: &'a Run, shared: &'a Shared) -> Vec<&'a Run> {
    let marked = shared.marked_runs();
    if marked.iter().any(|one| one.id == run.id) {
        marked
    } else {
        vec![run]
    }
}

/// Archives or deletes some runs, of several asks first.
pub fn put_away(act: Action, runs: &[&Run], shared: &Shared) -> Intent {
    let delete = act == Action::Delete;
    if delete && let Some(live) = runs.iter().find(|run| run.status.is_live()) {
        let title = live.title();
        return Intent::Refuse(format!(
            "{title} is being trained; stop it before deleting it"
        ));
    }
    let ids: Vec<String> = runs.iter().map(|run| run.id.clone()).collect();
    let archive = runs.iter().any(|run| !run.notes.archived);
    let (verb, then, intent) = if delete {
        let undo = shared.keys.history.key(Action::Undo);
        let then = format!("They go to the trash; {undo} brings them back.");
        ("delete", then, Intent::Delete(ids))
    } else {
        let verb = if archive { "archive" } else { "bring back" };
        let intent = Intent::Annotate(ids, NoteChange::Archived(archive));
        (verb, String::new(), intent)
    };
    let [_, _, ..] = runs else { return intent };
    let names: Vec<&str> = runs.iter().map(|run| run.title()).collect();
    Intent::Ask(Question {
        title: format!("{verb} the {} marked runs?", runs.len()),
        words: vec![format!("{}.", fit::shorten(&names.join(", "), NAMES)), then],
        yes: vec![intent],
    })
}

pub fn of_run(act: Action, run: &Run, shared: &Shared) -> Vec<Intent> {
    let id = run.id.clone();
    match act {
        Action::Mark if run.status == Status::Broken => {
            let why = "a broken run has nothing to compare".to_owned();
            vec![Intent::Refuse(why)]
        }
        Action::Mark => vec![Intent::Mark(id)],
        Action::Open => vec![Intent::Show(Some(id)), Intent::Go(ScreenId::Train)],
        Action::Rerun => match &run.experiment {
            Some(experiment) => vec![Intent::Train(Box::new(NewRun {
                from: Some(run.dir.clone()),
                ..experiment.into()
            }))],
            None => vec![Intent::Refuse("its experiment can't be read".to_owned())],
        },
        Action::Resume => {
            let rerun = shared.keys.history.key(Action::Rerun);
            let why = shared.resume_refusal(run, rerun);
            vec![why.map_or_else(|| Intent::Resume(run.dir.clone()), Intent::Refuse)]
        }
        Action::Evaluate => vec![Intent::Begin(Task::evaluate(run))],
        Action::Confusion => {
            let evaluate = shared.keys.history.key(Action::Evaluate);
            vec![confusion::of(run, shared, evaluate)]
        }
        _ => vec![Intent::Fork(id)],
    }
}

/// Asking the run's trainer for something, or why that can't be.
pub fn control(act: Action, run: &Run, shared: &Shared) -> Intent {
    let id = run.id.clone();
    match (shared.control_refusal(run), act) {
        (Some(why), _) => Intent::Refuse(why.to_owned()),
        (None, Action::Pause) => Intent::Control(id, shared.pause_or_continue(run)),
        (None, Action::Checkpoint) => Intent::Control(id, Request::Checkpoint),
        (None, _) => Intent::AskToStop(id),
    }
}

pub fn compare(shared: &Shared) -> Vec<Intent> {
    if shared.marked.len() < 2 {
        let key = shared.keys.history.key(Action::Mark);
        let text = format!("mark two runs or more with {key} first");
        return vec![Intent::Refuse(text)];
    }
    vec![Intent::Go(ScreenId::Compare)]
}
