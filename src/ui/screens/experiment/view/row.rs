//! One row of the form: name, value, slider, range.

use crate::experiment::Objection;
use crate::hparam::{Field, Rule};
use crate::text::{self, figures, fit};
use crate::ui::theme::Theme;
use crate::ui::widgets::slider;
use ratatui::text::{Line, Span};

const LABEL: usize = 16;
const VALUE: usize = 12;
/// Where the column of values begins.
pub const VALUE_AT: usize = 2 + LABEL + 1;

/// A hyperparameter as it stands in the form.
pub struct FieldRow<'a> {
    pub field: &'a Field,
    pub selected: bool,
    pub changed: bool,
    /// The values that it is to take in a sweep.
    pub varies: Option<String>,
    pub objection: Option<&'a Objection>,
    pub theme: &'a Theme,
}

impl FieldRow<'_> {
    /// The row in so many cells.
    pub fn line(&self, width: usize) -> Line<'static> {
        let theme = self.theme;
        let label = fit::left(&self.field.param.name.replace('_', " "), LABEL);
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

    /// The value at the right of its column; a long text begins there and takes what room there is.
    fn value(&self, width: usize) -> String {
        let value = self.field.value.to_string();
        match self.field.param.rule {
            _ if value.is_empty() => fit::right("–", VALUE),
            Rule::Text | Rule::Path if text::width(&value) > VALUE => {
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
        let share = rule.share(&self.field.value);
        let mut spans = Vec::new();
        let mut left = room;
        if let Some(share) = share.filter(|_| room >= slider::WIDTH) {
            spans.extend(slider::spans(share, theme, self.selected));
            spans.push(Span::raw("  "));
            left = left.saturating_sub(slider::WIDTH + 2);
        }
        let range = range(self.field);
        let fits = text::width(&range) <= left;
        match rule {
            Rule::Text | Rule::Path => {}
            // A list of choices is cut; a range is shown whole or not at all.
            Rule::OneOf(_) => spans.push(Span::styled(fit::shorten(&range, left), theme.dim)),
            _ if fits => spans.push(Span::styled(range, theme.dim)),
            _ => {}
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
