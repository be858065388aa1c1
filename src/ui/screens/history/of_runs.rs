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

/// Marks some runs, or unmarks them where all are marked.
pub fn mark(runs: &[&Run], shared: &Shared) -> Vec<Intent> {
    let sound = runs.iter().filter(|run| run.status != Status::Broken);
    let sound: Vec<&str> = sound.map(|run| run.id.as_str()).collect();
    if sound.is_empty() {
        let why = "a broken run has nothing to compare".to_owned();
        return vec![Intent::Refuse(why)];
    }
    let marked = |id: &str| shared.marked.iter().any(|known| known == id);
    let all = sound.iter().all(|id| marked(id));
    let changed = sound.into_iter().filter(|id| all || !marked(id));
    changed.map(|id| Intent::Mark(id.to_owned())).collect()
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
    let names: Vec<String> = runs.iter().map(|run| run.full()).collect();
    Intent::Ask(Question {
        title: format!("{verb} these {} runs?", runs.len()),
        words: vec![format!("{}.", fit::shorten(&names.join(", "), NAMES)), then],
        yes: vec![intent],
    })
}

pub fn of_run(act: Action, run: &Run, shared: &Shared) -> Vec<Intent> {
    let id = run.id.clone();
    match act {
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
            vec![shared.resume(run, rerun)]
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
