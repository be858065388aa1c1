//! The experiment that was open when the workbench was left comes back at its next start.

use super::form::{Form, Origin};
use crate::disk::path;
use crate::experiment::{file, load, parse, presets};
use crate::ui::saved_state::{Draft, Source};

/// The form as it is to be remembered.
#[must_use]
pub fn of(form: &Form) -> Draft {
    let from = match &form.origin {
        Origin::Preset(name, _) => Source::Preset((*name).to_owned()),
        Origin::File(path) => Source::File(path::whole(path)),
        Origin::Run(id) => Source::Run(id.clone()),
        Origin::Case(name) => Source::Case(name.clone()),
    };
    Draft {
        from,
        loaded: file::to_text(&form.loaded),
        edited: file::to_text(&form.experiment),
    }
}

/// The form that was remembered; nothing where it can't be read any more. Files and presets without changes are read anew.
#[must_use]
pub fn form(draft: &Draft) -> Option<Form> {
    match &draft.from {
        Source::File(path) if !draft.is_edited() => {
            let origin = Origin::File(path.clone());
            return Some(Form::new(load(path).ok()?, origin));
        }
        Source::Preset(name) if !draft.is_edited() => {
            return presets::find(name).map(Form::of_preset);
        }
        _ => {}
    }
    let origin = match &draft.from {
        Source::Preset(name) => {
            let preset = presets::find(name)?;
            Origin::Preset(preset.name, preset.text)
        }
        Source::File(path) => Origin::File(path.clone()),
        Source::Run(id) => Origin::Run(id.clone()),
        Source::Case(name) => Origin::Case(name.clone()),
    };
    let read = |text: &str| parse(text, "draft").ok();
    let loaded = read(&draft.loaded)?;
    Some(if draft.is_edited() {
        Form::resumed(loaded, read(&draft.edited)?, origin)
    } else {
        Form::new(loaded, origin)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::presets::PRESETS;

    #[test]
    fn changes_come_back_and_can_be_undone() {
        let mut left = Form::of_preset(&PRESETS[0]);
        let unchanged = form(&of(&left)).unwrap();
        assert!(unchanged.origin == left.origin && !unchanged.is_edited());
        left.go_to("loss.temperature");
        left.nudge(3, false);
        let mut back = form(&of(&left)).unwrap();
        assert_eq!(back.experiment, left.experiment);
        assert_eq!(back.origin, left.origin);
        assert_eq!(back.changes(), left.changes());
        assert!(back.undo() && !back.is_edited());
    }
}
