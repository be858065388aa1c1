//! A box over the screen.

use crate::text::drawn;
use crate::ui::theme::Theme;
use ratatui::Frame;
use ratatui::buffer::CellWidth;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Padding};

/// The middle of `area`, `width` by `height` cells or as much of that as there is.
#[must_use]
pub fn centred(area: Rect, width: u16, height: u16) -> Rect {
    let width = width.min(area.width);
    let height = height.min(area.height);
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}

/// Cells of the widest box: beside the frame of what lies below, a column stays free.
#[must_use]
pub const fn widest(area: Rect) -> u16 {
    area.width.saturating_sub(4)
}

/// Clears the middle of the screen, draws a box there, and returns the room inside.
pub fn open(
    frame: &mut Frame,
    theme: &Theme,
    area: Rect,
    (width, height): (u16, u16),
    title: &str,
    keys: &str,
) -> Rect {
    let area = centred(area, width.min(widest(area)), height);
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.accent.remove_modifier(ratatui::style::Modifier::BOLD))
        .padding(Padding::symmetric(2, u16::from(area.height > 6)))
        .title(Line::styled(format!(" {} ", drawn(title)), theme.bright))
        .title_bottom(Line::styled(format!(" {keys} "), theme.dim).right_aligned());
    let inner = block.inner(area);
    frame.render_widget(Clear, area);
    close_off(frame, area);
    frame.render_widget(block, area);
    inner
}

/// Takes away letters that the box cuts in two.
fn close_off(frame: &mut Frame, area: Rect) {
    let Some(before) = area.x.checked_sub(1) else {
        return;
    };
    for y in area.top()..area.bottom() {
        let cell = &mut frame.buffer_mut()[(before, y)];
        if cell.cell_width() > 1 {
            cell.set_symbol(" ");
        }
    }
}

/// A box with a title, as every part of a screen has one.
#[must_use]
pub fn pane<'a>(theme: &Theme, mut title: Line<'a>) -> Block<'a> {
    for span in &mut title.spans {
        span.content = drawn(&span.content).into_owned().into();
    }
    Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.faint)
        .title(title)
}
