//! The queue below the list of sweeps: what is trained now, what waits, what failed.

use super::Sweeps;
use crate::queue::{Item, ItemState};
use crate::text::fit;
use crate::ui::draw_context::DrawContext;
use crate::ui::keymap::sweeps::Action;
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Padding;

/// Lines that the pane takes of `room`, its borders among them.
#[must_use]
pub fn height(shared: &Shared, room: u16) -> u16 {
    let items = shared.queue.items.len().max(1) as u16;
    (items + 2).min(room / 2)
}

/// Draws it.
pub fn draw(screen: &Sweeps, ctx: &mut DrawContext, shared: &Shared, area: Rect) {
    let theme = &shared.theme;
    let queue = &shared.queue;
    let begun = |item: &Item| matches!(item.state, ItemState::Working { .. });
    let held = !queue.items.iter().any(begun);
    let state = match (queue.paused, queue.workers.is_empty(), queue.items.len()) {
        (true, _, _) => Span::styled(" paused ", theme.warn),
        (false, true, 1..) => Span::styled(" no worker ", theme.warn),
        (false, false, 1..) if held => Span::styled(" waits for a run ", theme.dim),
        (false, false, _) => Span::styled(" running ", theme.good),
        (false, true, _) => Span::raw(""),
    };
    let block = popup::pane(theme, Line::styled(" queue ", theme.bright))
        .title_top(Line::from(state).right_aligned())
        .padding(Padding::horizontal(1));
    let block = if queue.works() || queue.items.is_empty() {
        block
    } else {
        let keys = &shared.keys.sweeps;
        let go = screen.item.map_or_else(
            || format!("{} ", keys.key(Action::Queue)),
            |_| String::new(),
        );
        let start = format!(" {go}{} starts it ", keys.key(Action::Train));
        block.title_bottom(Line::styled(start, theme.dim))
    };
    let inner = block.inner(area);
    ctx.frame.render_widget(block, area);
    if queue.items.is_empty() {
        let line = Line::styled("nothing is waiting", theme.dim);
        return ctx.frame.render_widget(line, inner);
    }
    let cursor = screen.item.unwrap_or(0);
    let height = usize::from(inner.height);
    let first = (cursor + 1).saturating_sub(height);
    for (y, (nth, item)) in
        (inner.y..inner.bottom()).zip(queue.items.iter().enumerate().skip(first))
    {
        let at = Rect {
            y,
            height: 1,
            ..inner
        };
        let line = line(
            item,
            (screen.item == Some(nth), queue.paused),
            theme,
            at.width,
        );
        ctx.frame.render_widget(line, at);
    }
}

fn line(item: &Item, (here, paused): (bool, bool), theme: &Theme, width: u16) -> Line<'static> {
    let (sign, style) = match item.state {
        ItemState::Working { .. } if paused => ("‖", theme.warn),
        ItemState::Working { .. } => ("●", theme.accent),
        ItemState::Waiting => ("·", theme.dim),
        ItemState::Failed { .. } => ("✗", theme.bad),
    };
    let (cursor, plain) = if here {
        ("▸", theme.selected)
    } else {
        (" ", theme.text)
    };
    let room = usize::from(width).saturating_sub(4);
    Line::from(vec![
        Span::styled(format!("{cursor} "), plain),
        Span::styled(format!("{sign} "), style),
        Span::styled(fit::shorten(&item.title, room), plain),
    ])
}
