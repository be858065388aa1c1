//! One row of the form: name, value, slider, range; or the heading of a section, with its values where it is folded.

use super::super::sections::{self, Part};
use crate::experiment::Objection;
use crate::hparam::{Field, Rule};
use crate::text::{self, figures, fit};
use crate::ui::theme::Theme;
use crate::ui::widgets::slider;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

const LABEL: usize = 19;
const VALUE: usize = 12;
/// Where the column of values begins.
pub const VALUE_AT: usize = 2 + LABEL + 1;

/// Where sliders begin: behind the value and the mark of a change.
pub const SLIDER_AT: usize = VALUE_AT + VALUE + 4;

/// A hyperparameter as it stands in the form.
pub struct FieldRow<'a> {
    pub field: &'a Field,
    pub selected: bool,
    pub changed: bool,
    /// The values that it is to take in a sweep.
    pub varies: Option<String>,
    pub objection: Option<&'a Objection>,
    /// Whether it stands below a heading.
    pub below: bool,
    pub theme: &'a Theme,
}

impl FieldRow<'_> {
    /// The row in so many cells.
    pub fn line(&self, width: usize) -> Line<'static> {
        let theme = self.theme;
        let indent = if self.below { "  " } else { "" };
        let label = format!("{indent}{}", sections::label(self.field));
        let label = fit::left(&label, LABEL);
        let (sign, style, value_style) = if self.selected {
            ("▸ ", theme.selected, theme.selected)
        } else {
            ("  ", theme.text, theme.bright)
        };
        let mark = if self.changed { "*" } else { " " };
        let mut spans = vec![
            Span::styled(format!("{sign}{label} "), style),
            Span::styled(self.value(width), value_style),
            Span::styled(format!(" {mark}  "), theme.accent),
        ];
        let used: usize = spans.iter().map(Span::width).sum();
        spans.extend(self.tail(width.saturating_sub(used)));
        Line::from(spans)
    }

    /// Where the knob of its slider stands, where it has one in so many cells behind the value.
    fn share(&self, room: usize) -> Option<f64> {
        let free = self.objection.is_none() && self.varies.is_none() && room >= slider::WIDTH;
        self.field
            .param
            .rule
            .share(&self.field.value)
            .filter(|_| free)
    }

    /// The place of its slider in the row's.
    pub fn slider(&self, row: Rect) -> Option<Rect> {
        let room = usize::from(row.width).saturating_sub(SLIDER_AT);
        self.share(room)?;
        Some(Rect {
            x: row.x + SLIDER_AT as u16,
            width: slider::WIDTH as u16,
            ..row
        })
    }

    /// The value at the right of its column; a long text begins there and takes what room there is.
    fn value(&self, width: usize) -> String {
        let value = self.field.value.to_string();
        match self.field.param.rule {
            _ if value.is_empty() => fit::right("–", VALUE),
            Rule::Text | Rule::Path | Rule::ShareOrPath { .. } if text::width(&value) > VALUE => {
                fit::shorten_start(&value, width.saturating_sub(VALUE_AT + 4).max(VALUE))
            }
            _ => fit::right(&value, VALUE),
        }
    }

    /// What stands after the value: an objection, or slider and range.
    fn tail(&self, room: usize) -> Vec<Span<'static>> {
        let theme = self.theme;
        if let Some(objection) = self.objection {
            let why = fit::shorten(&format!("! {}", objection.why), room);
            return vec![Span::styled(why, theme.bad)];
        }
        if let Some(values) = &self.varies {
            let values = fit::shorten(&format!("sweeps {values}"), room);
            return vec![Span::styled(values, theme.accent)];
        }
        let rule = &self.field.param.rule;
        let mut spans = Vec::new();
        let mut left = room;
        if let Some(share) = self.share(room) {
            spans.extend(slider::spans(share, theme, self.selected));
            spans.push(Span::raw("  "));
            left = left.saturating_sub(slider::WIDTH + 2);
        }
        let range = range(self.field);
        let fits = text::width(&range) <= left;
        match rule {
            Rule::Text | Rule::Path => {}
            Rule::ShareOrPath { .. } if self.share(room).is_none() && !fits => {}
            // A list of choices is cut; a range is shown whole or not at all.
            Rule::OneOf(_) => spans.push(Span::styled(fit::shorten(&range, left), theme.dim)),
            _ if fits => spans.push(Span::styled(range, theme.dim)),
            _ => {}
        }
        spans
    }
}

/// The heading of a section as it stands in the form.
pub struct Heading<'a> {
    pub title: &'static str,
    pub open: bool,
    pub selected: bool,
    /// What it says where it is folded.
    pub parts: Vec<Part>,
    /// How many of its fields are to take several values.
    pub varied: usize,
    /// What is wrong in it.
    pub objection: Option<&'a Objection>,
    pub theme: &'a Theme,
}

impl Heading<'_> {
    /// The heading in so many cells.
    pub fn line(self, width: usize) -> Line<'static> {
        let theme = self.theme;
        let sign = match (self.selected, self.open) {
            (true, _) => "▸ ",
            (false, true) => "- ",
            (false, false) => "+ ",
        };
        let style = match (self.selected, self.open) {
            (true, _) => theme.selected,
            (false, true) => theme.dim,
            (false, false) => theme.text,
        };
        let title = format!("{sign}{}", fit::left(self.title, LABEL));
        let mut spans = vec![Span::styled(title, style)];
        if self.open {
            return Line::from(spans);
        }
        spans.push(Span::raw(" "));
        let room = width.saturating_sub(VALUE_AT);
        if let Some(objection) = self.objection {
            let name = objection.path.rsplit('.').next().unwrap_or_default();
            let why = format!("! {}: {}", name.replace('_', " "), objection.why);
            spans.push(Span::styled(fit::shorten(&why, room), theme.bad));
        } else {
            spans.extend(self.values(room));
        }
        Line::from(spans)
    }

    /// As many values as fit: those that were changed stay longest, those that are as ever go first.
    fn values(self, room: usize) -> Vec<Span<'static>> {
        let theme = self.theme;
        let swept = match self.varied {
            0 => String::new(),
            1 => "sweeps 1 field".to_owned(),
            several => format!("sweeps {several} fields"),
        };
        let mut parts = self.parts;
        let cells = |parts: &[Part]| {
            parts
                .iter()
                .map(|p| text::width(&p.text) + 3)
                .sum::<usize>()
        };
        let all = parts.len();
        let room = room.saturating_sub(if swept.is_empty() { 0 } else { swept.len() + 3 });
        while parts.len() > 1 {
            let more = if parts.len() < all { 2 } else { 0 };
            if cells(&parts) + more <= room + 3 {
                break;
            }
            let usual = parts.iter().rposition(|p| p.usual && !p.changed);
            let kept = || parts.iter().rposition(|p| !p.changed);
            let last = usual.or_else(kept).unwrap_or(parts.len() - 1);
            parts.remove(last);
        }
        let cut = parts.len() < all;
        let mut spans = Vec::new();
        if !swept.is_empty() {
            spans.push(Span::styled(swept, theme.accent));
            spans.push(Span::styled(" · ", theme.faint));
        }
        for (nth, part) in parts.into_iter().enumerate() {
            if nth > 0 {
                spans.push(Span::styled(" · ", theme.faint));
            }
            let style = if part.changed {
                theme.accent
            } else {
                theme.dim
            };
            let text = fit::shorten(&part.text, room);
            spans.push(Span::styled(text, style));
        }
        if cut {
            spans.push(Span::styled(" …", theme.dim));
        }
        spans
    }
}

/// What a hyperparameter takes, in a few characters.
pub fn range(field: &Field) -> String {
    let unit = field
        .param
        .unit
        .map_or_else(String::new, |u| format!(" {u}"));
    match field.param.rule {
        Rule::OneOf(choices) => {
            let names: Vec<_> = choices.iter().map(|c| c.name).collect();
            names.join(" · ")
        }
        Rule::Toggle => "on · off".to_owned(),
        Rule::Whole { min, max, .. } | Rule::Doubling { min, max } => {
            format!(
                "{} to {}{unit}",
                figures::thousands(min),
                figures::thousands(max)
            )
        }
        _ => field.param.rule.range() + &unit,
    }
}
