//! What stands below the form on narrow screens, and the line of a search.

use super::super::sections::SECTIONS;
use super::super::{Mode, meaning};
use super::FormView;
use super::row::range;
use super::side::MOST;
use crate::hparam::{Field, Rule};
use crate::text::fit;
use crate::ui::draw_context::DrawContext;
use crate::ui::keymap::experiment::Action;
use crate::ui::theme::Theme;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph};

impl FormView<'_> {
    /// The lines below the form on narrow screens: help, place and range of the field, and what it all means.
    pub fn below(&self, ctx: &mut DrawContext, area: Rect) {
        let room = usize::from(area.width.saturating_sub(4));
        let (help, style) = match self.trouble() {
            Some(trouble) => (trouble, self.theme.bad),
            None => (self.help(), self.theme.text),
        };
        // Range and default keep their line.
        let most = usize::from(area.height.saturating_sub(2)).min(2);
        let help = fit::lines(&help, room, most).into_iter();
        let mut lines: Vec<Line> = help.map(|line| Line::styled(line, style)).collect();
        let about = fit::shorten(&self.about(), room);
        lines.push(Line::styled(about, self.theme.dim));
        lines.resize(usize::from(area.height.saturating_sub(1)), Line::default());
        let (words, style) = self.verdict().unwrap_or_else(|| {
            let summary = meaning::summary(&self.form.experiment, self.shared);
            (summary, self.theme.dim)
        });
        lines.push(Line::styled(fit::shorten(&words, room), style));
        let inner = Rect {
            x: area.x + 2,
            width: area.width.saturating_sub(4),
            ..area
        };
        ctx.frame.render_widget(Paragraph::new(lines), inner);
        if self.is_searching() {
            // What it finds stays in sight.
            let y = area.bottom().saturating_sub(1);
            let last = Rect {
                y,
                height: 1,
                ..area
            };
            self.search(ctx, last);
        }
    }

    /// What the field or the section under the cursor is.
    fn help(&self) -> String {
        match (self.form.field(), self.form.heading()) {
            (Some(field), _) => help(field),
            (None, Some(section)) => SECTIONS[section].help.to_owned(),
            (None, None) => String::new(),
        }
    }

    /// Where the field stands, its range, its default, its source.
    fn about(&self) -> String {
        let Some(field) = self.form.field() else {
            return self.about_section();
        };
        let mut parts = vec![field.path.clone(), range(field)];
        if self.screen.chooses_device() {
            let chosen = &self.form.experiment.machine.device;
            let device = self.shared.devices.all.iter().find(|o| o.name == *chosen);
            parts = vec![field.path.clone()];
            parts.extend(device.map(|o| format!("{}: {}", o.name, o.words)));
        }
        parts.extend(self.default().map(|d| format!("default {d}")));
        parts.extend(field.param.source.map(str::to_owned));
        parts.extend(self.their_values());
        parts.join(" · ")
    }

    /// What the runs to compare with had, where it was not the same: each value with the letters of its runs.
    fn their_values(&self) -> Vec<String> {
        let mut values: Vec<(String, String)> = Vec::new();
        for (nth, _, value) in self.had().into_iter().take(MOST) {
            match values.iter_mut().find(|(known, _)| *known == value) {
                Some((_, letters)) => letters.push(Theme::letter(nth)),
                None => values.push((value, Theme::letter(nth).to_string())),
            }
        }
        let alike = values.len() < 2;
        let each = values.into_iter().filter(|_| !alike);
        each.map(|(value, of)| format!("{of} {value}")).collect()
    }

    /// How the section under the cursor opens or closes.
    fn about_section(&self) -> String {
        let open = self.form.heading().is_some_and(|s| self.form.is_open(s));
        let key = self.shared.keys.experiment.key(Action::Edit);
        format!("{key} {} the group", if open { "closes" } else { "opens" })
    }

    pub fn is_searching(&self) -> bool {
        matches!(self.screen.mode, Mode::Search(..))
    }

    pub fn search(&self, ctx: &mut DrawContext, area: Rect) {
        let Mode::Search(prompt, _) = &self.screen.mode else {
            return;
        };
        let frame = &mut *ctx.frame;
        frame.render_widget(Clear, area);
        frame.render_widget(Line::styled(" / ", self.theme.accent), area);
        let width = area.width.saturating_sub(3).min(30);
        let at = Rect::new(area.x + 3, area.y, width, 1);
        prompt.view(frame, at.intersection(area), self.theme.bright);
        // Which of several of one name was found.
        let (words, style) = match &prompt.error {
            Some(error) => (error.as_str(), self.theme.bad),
            None if prompt.text().is_empty() => ("", self.theme.dim),
            None => (self.form.nearest_field().path.as_str(), self.theme.dim),
        };
        let several = self.form.matches(prompt.text()).len();
        let words = if prompt.error.is_none() && !words.is_empty() && several > 1 {
            format!("{words}, {several} match: ↑↓")
        } else {
            words.to_owned()
        };
        let rest = area.width.saturating_sub(4 + width);
        let at = Rect::new(area.x + 4 + width, area.y, rest, 1);
        let line = Line::styled(words, style);
        frame.render_widget(line, at.intersection(area));
    }
}

/// The help of the field; for a choice, that of the value too.
fn help(field: &Field) -> String {
    let mut help = field.param.help.trim().to_owned();
    if let Rule::OneOf(choices) = field.param.rule {
        let value = field.value.to_string();
        if let Some(choice) = choices.iter().find(|c| c.name == value) {
            help += &format!(" {}: {}", choice.name, choice.help.trim());
        }
    }
    help
}
