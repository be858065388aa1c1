//! The line above the footer: what was said last, what is being done, or which run trains; and the meters.

use crate::runs::Run;
use crate::text::{self, figures, fit};
use crate::ui::live::Stage;
use crate::ui::screen_id::ScreenId;
use crate::ui::shared::Shared;
use crate::ui::status;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};
use std::borrow::Cow;

/// Cells that the meters leave to it at least.
const STATUS: usize = 40;

/// Lines of a message at most: the sentence and what it is about, on the smallest screen.
const LINES: usize = 5;

/// Draws it, over the last lines of the screen above it where a message is longer than a line.
pub fn draw(shared: &Shared, screen: ScreenId, frame: &mut Frame, (content, area): (Rect, Rect)) {
    let Some((sign, words, style)) = message(shared) else {
        let area = meters(shared, 0, frame, area);
        return frame.render_widget(line(shared, screen, usize::from(area.width)), area);
    };
    let lines = wrapped(&words, usize::from(area.width.saturating_sub(4)));
    if lines.len() > 1 {
        return over(&lines, (sign, style), frame, content.union(area));
    }
    // As it was wrapped: nothing in it can steer the terminal.
    let said = format!(" {sign} {}", lines.concat());
    let area = meters(shared, text::width(&said) + 1, frame, area);
    frame.render_widget(Line::styled(said, style), area);
}

/// What was said or warned of last.
fn message(shared: &Shared) -> Option<(char, Cow<'_, str>, Style)> {
    let theme = &shared.theme;
    let (sign, text, style) = match (&shared.message, shared.live.warnings.last()) {
        (Some(message), _) if message.refusal => ('!', &message.text, theme.warn),
        (Some(message), _) => ('·', &message.text, theme.good),
        (None, warning) => ('!', warning?, theme.warn),
    };
    Some((sign, theme.symbols.spell(text), style))
}

/// A message's lines, the last cut where there are too many.
fn wrapped(words: &str, room: usize) -> Vec<String> {
    let mut lines = fit::wrap(words, room);
    if lines.len() > LINES {
        let rest = lines.split_off(LINES - 1).join(" ");
        lines.push(fit::shorten(&rest, room));
    }
    lines
}

/// Draws a message's lines at the end of an area.
fn over(lines: &[String], (sign, style): (char, Style), frame: &mut Frame, area: Rect) {
    let height = (lines.len() as u16).min(area.height);
    let place = Rect::new(area.x, area.bottom() - height, area.width, height);
    let first = std::iter::once(sign).chain(std::iter::repeat(' '));
    let lines = first
        .zip(lines)
        .map(|(sign, words)| Line::styled(format!(" {sign} {words}"), style));
    frame.render_widget(Clear, place);
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()), place);
}

/// Draws the meters at the right, unless a message of so many cells needs the room; returns what is left.
fn meters(shared: &Shared, said: usize, frame: &mut Frame, area: Rect) -> Rect {
    let line = shared
        .meters
        .as_ref()
        .map(|meters| meters.line(&shared.theme));
    let line = line.filter(|line| line.width() + said.max(STATUS) <= usize::from(area.width));
    let cells = line.as_ref().map_or(0, Line::width) as u16;
    let [rest, place] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(cells)]).areas(area);
    frame.render_widget(line.unwrap_or_default(), place);
    rest
}

fn line(shared: &Shared, screen: ScreenId, width: usize) -> Line<'static> {
    let room = width.saturating_sub(4);
    match &shared.live.stage {
        Stage::Preparing(what) => working(shared, "preparing", what, room),
        Stage::Stopping => working(
            shared,
            "stopping",
            "after this step, with a checkpoint",
            room,
        ),
        _ => match &shared.doing {
            Some((doing, said)) => working(shared, doing, said, room),
            None => at_rest(shared, screen, width),
        },
    }
}

fn working(shared: &Shared, word: &str, what: &str, room: usize) -> Line<'static> {
    Line::from(vec![
        Span::styled(format!(" ◌ {word}  "), shared.theme.accent),
        Span::styled(
            fit::shorten(what, room.saturating_sub(text::width(word) + 2)),
            shared.theme.dim,
        ),
    ])
}

fn at_rest(shared: &Shared, screen: ScreenId, width: usize) -> Line<'static> {
    let theme = &shared.theme;
    let runs = &shared.listing.runs;
    let live = shared.own().filter(|r| r.status.is_live());
    let live = live.or_else(|| runs.iter().find(|r| r.status.is_live()));
    // One bar is enough.
    let seen = shared.shown().filter(|_| screen == ScreenId::Train);
    if let Some(run) = live.filter(|run| seen.is_none_or(|seen| seen.id != run.id)) {
        return running(shared, run, width);
    }
    let place = shared.listing.dir.display().to_string();
    let count = match runs.len() {
        0 => "no runs yet".to_owned(),
        1 => "1 run".to_owned(),
        n => format!("{} runs", figures::thousands(n as u64)),
    };
    let room = width.saturating_sub(text::width(&count) + 6);
    Line::styled(
        format!(" {count} in {}", fit::shorten_start(&place, room)),
        theme.dim,
    )
}

fn running(shared: &Shared, run: &Run, width: usize) -> Line<'static> {
    let theme = &shared.theme;
    let (done, total) = run.series.progress().unwrap_or((0, 0));
    let share = done as f64 / total.max(1) as f64;
    let mut end = format!(" {:>3} %", (share * 100.0).floor());
    if let Some(left) = status::time_left(run, shared.clock.now()) {
        end += &format!("  {left}");
    }
    let state = if run.status == crate::runs::Status::Paused {
        "‖"
    } else {
        "●"
    };
    let bar = if width >= 60 { 20 } else { 8 };
    let name_room = width.saturating_sub(bar + text::width(&end) + 6);
    let filled = (share * bar as f64) as usize;
    Line::from(vec![
        Span::styled(format!(" {state} "), theme.accent),
        Span::styled(fit::shorten_middle(run.title(), name_room), theme.bright),
        Span::raw("  "),
        Span::styled("━".repeat(filled), theme.accent),
        Span::styled("─".repeat(bar - filled.min(bar)), theme.faint),
        Span::styled(end, theme.dim),
    ])
}
