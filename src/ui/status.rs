//! How a run's status looks, and what an empty screen says.

use crate::runs::folder::{checkpoints, step_of};
use crate::runs::{Run, Status};
use crate::text::{figures, fit};
use crate::ui::theme::Theme;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

/// The sign of a status and its colour.
#[must_use]
pub fn sign(status: Status, theme: &Theme) -> (&'static str, Style) {
    match status {
        Status::Running => ("●", theme.accent),
        Status::Paused => ("‖", theme.accent),
        Status::Completed => ("✓", theme.good),
        Status::Stopped => ("■", theme.dim),
        Status::Failed => ("✗", theme.bad),
        Status::Interrupted => ("○", theme.warn),
        Status::Broken => ("!", theme.bad),
    }
}

/// What became of an interrupted run, and where it would go on.
#[must_use]
pub fn interrupted(run: &Run) -> String {
    let Some(step) = checkpoints(&run.dir).first().and_then(|path| step_of(path)) else {
        return "its process ended before its first checkpoint; it resumes from the start"
            .to_owned();
    };
    let per_epoch = run
        .series
        .begin
        .as_ref()
        .map_or(0, |begin| begin.steps_per_epoch);
    let epoch = step as f64 / per_epoch.max(1) as f64;
    format!(
        "its process ended before the run did; it resumes from its last checkpoint, of epoch {epoch:.1}"
    )
}

/// How long a live run still takes, or what it does before that is known; `now` in seconds since 1970.
#[must_use]
pub fn time_left(run: &Run, now: f64) -> Option<String> {
    let series = &run.series;
    if series.is_at_its_end() {
        return Some("evaluating".to_owned());
    }
    let left = series.eta(now)?;
    Some(format!("{} left", figures::duration(left)))
}

/// A heading and a sentence in the middle of an empty screen.
pub fn centred(
    frame: &mut Frame,
    area: Rect,
    (head, style): (&str, Style),
    words: &str,
    theme: &Theme,
) {
    let room = usize::from(area.width.saturating_sub(4)).min(64);
    let lines = fit::wrap(words, room);
    let top = area.y + area.height.saturating_sub(lines.len() as u16 + 2) / 2;
    let head = Line::styled(fit::shorten(head, room), style);
    let rest = lines.into_iter().map(|l| Line::styled(l, theme.dim));
    let all = [head, Line::default()].into_iter().chain(rest);
    for (y, line) in (top..area.bottom()).zip(all) {
        frame.render_widget(line.centered(), Rect::new(area.x, y, area.width, 1));
    }
}
