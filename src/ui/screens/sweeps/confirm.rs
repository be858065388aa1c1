//! What is asked before much is begun, or ended.

use super::entry::Entry;
use crate::queue::{Item, ItemState};
use crate::runs::Run;
use crate::sweep::Plan;
use crate::ui::intent::{IN_BACKGROUND, Intent, Question, QueueChange};
use crate::ui::screen_id::ScreenId;
use crate::ui::shared::Shared;

/// Whether to train what is missing of a sweep; why not, where nothing is.
pub fn train(entry: &Entry, plan: &Plan<&Run>, shared: &Shared) -> Result<Question, String> {
    let scale = entry.scale().map(str::to_owned);
    let missing = entry.missing(plan);
    if missing.is_empty() {
        return Err(if entry.progress(plan).live > 0 {
            "the rest of it is being trained".to_owned()
        } else {
            "all of it is trained; ⏎ shows its cases".to_owned()
        });
    }
    let name = entry.name.rsplit('/').next().unwrap_or(&entry.name);
    let title = scale
        .as_ref()
        .map_or_else(|| name.to_owned(), |s| format!("{name} {s}"));
    let takes = match entry.halved(plan, |experiment| shared.seconds(experiment)) {
        Some(range) => {
            Shared::takes_between(missing.len(), Some(range)) + ", as all but the best are cut"
        }
        None => shared.takes(&missing),
    };
    Ok(Question {
        title: "train this sweep?".to_owned(),
        words: vec![format!("{title}: {takes}."), IN_BACKGROUND.to_owned()],
        yes: vec![Intent::Enqueue(entry.name.clone(), scale)],
    })
}

/// Marks runs and goes to compare them; asks first where others are marked, which would stand among them.
pub fn compare(runs: &[&Run], shared: &Shared) -> Vec<Intent> {
    let these = |id: &&String| runs.iter().any(|run| run.id == **id);
    let others: Vec<&String> = shared.marked.iter().filter(|id| !these(id)).collect();
    let new = runs.iter().map(|run| &run.id);
    let new = new.filter(|id| !shared.marked.contains(id));
    let change = others.iter().copied().chain(new);
    let mut compare: Vec<Intent> = change.map(|id| Intent::Mark(id.clone())).collect();
    compare.push(Intent::Go(ScreenId::Compare));
    let words = match others.len() {
        0 => return compare,
        1 => "Another run is marked, and is marked no longer.".to_owned(),
        n => format!("{n} other runs are marked, and are marked no longer."),
    };
    vec![Intent::Ask(Question {
        title: format!("compare these {} runs?", runs.len()),
        words: vec![words],
        yes: compare,
    })]
}

/// Whether to take an item out of the queue, if that needs asking.
pub fn remove(item: &Item, paused: bool) -> Option<Question> {
    let state = if paused {
        "is held by its worker while the queue is paused, or one of its runs is training to its end."
    } else {
        "is being trained."
    };
    matches!(item.state, ItemState::Working { .. }).then(|| Question {
        title: "stop it and remove it?".to_owned(),
        words: vec![
            format!("{} {state}", item.title),
            "Its run stops after its step and writes a checkpoint; completed runs stay in the history.".to_owned(),
        ],
        yes: vec![Intent::Queue(QueueChange::Remove(item.id.clone(), true))],
    })
}
