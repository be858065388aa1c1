//! A rail with a knob: where a value lies in its range.

use crate::ui::theme::Theme;
use ratatui::text::Span;

/// Cells that the rail takes.
pub const WIDTH: usize = 17;

/// The rail with the knob at `share` of its length.
#[must_use]
pub fn spans(share: f64, theme: &Theme, selected: bool) -> Vec<Span<'static>> {
    let inner = WIDTH - 2;
    let at = (share.clamp(0.0, 1.0) * (inner - 1) as f64).round() as usize;
    let knob = if selected { theme.accent } else { theme.text };
    vec![
        Span::styled(format!("├{}", "─".repeat(at)), theme.faint),
        Span::styled("●", knob),
        Span::styled(format!("{}┤", "─".repeat(inner - 1 - at)), theme.faint),
    ]
}

/// The share of the rail that a cell of it stands for.
#[must_use]
pub fn share(cell: u16) -> f64 {
    let last = WIDTH - 3;
    f64::from(cell.saturating_sub(1)).min(last as f64) / last as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::Depth;

    #[test]
    fn the_rail_keeps_its_width() {
        let theme = Theme::new(Depth::True);
        for share in [-1.0, 0.0, 0.37, 1.0, 9.0] {
            let cells: usize = spans(share, &theme, false).iter().map(Span::width).sum();
            assert_eq!(cells, WIDTH, "at {share}");
        }
        for cell in 1..WIDTH - 1 {
            let before = &spans(share(cell as u16), &theme, false)[0];
            assert_eq!(before.width(), cell);
        }
    }
}
