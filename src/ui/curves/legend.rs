//! What the faint lines of a chart are, in its lower border.

use crate::ui::widgets::chart::Chart;
use ratatui::text::{Line, Span};

/// What the faint lines are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Faint {
    /// The values as measured, behind the smoothed line.
    Raw,
    /// A standard error below and above.
    Error,
}

impl Faint {
    const fn words(self) -> &'static str {
        match self {
            Self::Raw => "line: smoothed, faint: as measured",
            Self::Error => "faint: one standard error",
        }
    }
}

/// Says in the lower border what is faint, where there is room beside what it says already.
pub fn explain(chart: &mut Chart, faint: Faint) {
    let style = chart.theme.dim;
    let before = chart.foot.first().cloned().unwrap_or_default();
    let joint = if before.spans.is_empty() { " " } else { "· " };
    let mut line: Line = before;
    line.push_span(Span::styled(format!("{joint}{} ", faint.words()), style));
    chart.foot.insert(0, line);
}
