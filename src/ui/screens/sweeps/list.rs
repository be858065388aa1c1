//! The list of sweeps with how far each is.

use super::Sweeps;
use super::entry::{Entry, Progress};
use crate::runs::Run;
use crate::sweep::Plan;
use crate::text::{self, fit};
use crate::ui::draw_context::DrawContext;
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Padding;

/// Draws it.
pub fn draw(
    screen: &Sweeps,
    ctx: &mut DrawContext,
    shared: &Shared,
    plan: &Plan<&Run>,
    area: Rect,
) {
    let theme = &shared.theme;
    let block =
        popup::pane(theme, Line::styled(" sweeps ", theme.bright)).padding(Padding::horizontal(1));
    let inner = block.inner(area);
    ctx.frame.render_widget(block, area);
    let height = usize::from(inner.height);
    let lines = listed(&screen.entries);
    let cursor = lines
        .iter()
        .position(|row| *row == Listed::Sweep(screen.cursor));
    let first = screen.scroll.fit(cursor.unwrap_or(0), lines.len(), height);
    for (y, row) in (inner.y..inner.bottom()).zip(&lines[first..]) {
        let at = Rect {
            y,
            height: 1,
            ..inner
        };
        let nth = match row {
            Listed::Sweep(nth) => *nth,
            Listed::Heading(words) => {
                ctx.frame.render_widget(Line::styled(*words, theme.dim), at);
                continue;
            }
        };
        let entry = &screen.entries[nth];
        let here = nth == screen.cursor;
        let progress = entry.progress(plan);
        let line = list_line(
            entry,
            progress,
            here,
            screen.case.is_none(),
            theme,
            at.width,
        );
        ctx.frame.render_widget(line, at);
        ctx.rows.push((at, nth));
    }
}

/// A line of the list.
#[derive(Debug, PartialEq)]
enum Listed {
    Heading(&'static str),
    /// The sweep at this place.
    Sweep(usize),
}

/// The lines of the list: the user's own sweeps apart from those that ship, where there are any.
fn listed(entries: &[Entry]) -> Vec<Listed> {
    let own = entries.iter().take_while(|entry| !entry.ships()).count();
    let sweeps = |range: std::ops::Range<usize>| range.map(Listed::Sweep);
    if own == 0 {
        return sweeps(0..entries.len()).collect();
    }
    let mine = std::iter::once(Listed::Heading("yours")).chain(sweeps(0..own));
    let shipped = std::iter::once(Listed::Heading("included"));
    mine.chain(shipped)
        .chain(sweeps(own..entries.len()))
        .collect()
}

fn list_line(
    entry: &Entry,
    progress: Progress,
    here: bool,
    focus: bool,
    theme: &Theme,
    width: u16,
) -> Line<'static> {
    let (sign, style) = match progress {
        Progress { live: 1.., .. } => ("●", theme.accent),
        Progress { failed: 1.., .. } => ("✗", theme.bad),
        Progress { done, all, .. } if done == all && all > 0 => ("✓", theme.good),
        _ => (" ", theme.dim),
    };
    let count = format!("{}/{}", progress.done, progress.all);
    let room = usize::from(width).saturating_sub(text::width(&count) + 5);
    let name = entry.name.rsplit('/').next().unwrap_or_default();
    let (cursor, plain) = match (here, focus) {
        (true, true) => ("▸", theme.selected),
        (true, false) => ("▸", theme.bright),
        (false, _) => (" ", theme.text),
    };
    Line::from(vec![
        Span::styled(format!("{cursor} "), plain),
        Span::styled(fit::left(&fit::shorten(name, room), room), plain),
        Span::styled(format!(" {count} "), theme.dim),
        Span::styled(sign, style),
    ])
}
