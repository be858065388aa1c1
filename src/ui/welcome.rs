//! What an empty screen says at the first start: how to begin, in three lines.

use crate::text::{self, fit};
use crate::ui::keymap::everywhere::Global;
use crate::ui::keymap::experiment::Action;
use crate::ui::screen_id::ScreenId;
use crate::ui::shared::Shared;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// A heading and the three lines, in the middle.
pub fn view(frame: &mut Frame, area: Rect, head: &str, shared: &Shared) {
    let (theme, keys) = (&shared.theme, &shared.keys);
    let everywhere = |action| keys.everywhere.key(action);
    let on_form = |act| keys.experiment.key(act);
    let steps = [
        (
            everywhere(Global::Screen(ScreenId::Experiment)),
            "edits every hyperparameter in one form; there",
            on_form(Action::Presets),
            "chooses a preset",
        ),
        (
            on_form(Action::Train),
            "trains it;",
            everywhere(Global::Screen(ScreenId::Train)),
            "shows its curves as they grow",
        ),
        (
            everywhere(Global::Palette),
            "finds any action by its words;",
            everywhere(Global::Help),
            "lists the keys of a screen",
        ),
    ];
    let keys = steps.iter().map(|s| text::width(s.0)).max().unwrap_or(1);
    let lines = steps.map(|(key, does, other, then)| {
        Line::from(vec![
            Span::styled(fit::right(key, keys), theme.accent),
            Span::styled(format!("  {does} "), theme.dim),
            Span::styled(other, theme.accent),
            Span::styled(format!(" {then}"), theme.dim),
        ])
    });
    let width = lines.iter().map(Line::width).max().unwrap_or(0) as u16;
    let place = crate::ui::widgets::popup::centred(area, width, lines.len() as u16 + 2);
    let head = Line::styled(fit::shorten(head, usize::from(place.width)), theme.bright);
    let all = [head, Line::default()].into_iter().chain(lines);
    for (y, line) in (place.y..place.bottom()).zip(all) {
        let row = Rect {
            y,
            height: 1,
            ..place
        };
        frame.render_widget(line, row);
    }
}
