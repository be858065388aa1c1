//! What stands beside or below the form: what the values mean, and what the field under the cursor is.

use super::super::{Mode, meaning};
use super::FormView;
use super::row::range;
use crate::hparam::{Field, Rule};
use crate::runs::Run;
use crate::text::{self, fit};
use crate::ui::draw_context::DrawContext;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Padding, Paragraph};

/// Cells of the labels.
const LABEL: usize = 10;
/// Cells of the name of a run to compare with.
const NAME: usize = 20;
/// Most runs whose values are listed beside a field.
const MOST: usize = 4;
/// Least lines of the pane of facts, its borders among them, so that what stands below seldom moves.
const FACTS: u16 = 13;

impl FormView<'_> {
    /// The panes beside the form.
    pub fn side(&self, ctx: &mut DrawContext, area: Rect) {
        let room = usize::from(area.width.saturating_sub(6));
        let changes = self.changes(room);
        let meaning = self.facts(room);
        // Where it would cost the pictures, the last line is cut.
        let most = area
            .height
            .saturating_sub(self.least_with_pictures())
            .max(FACTS);
        let height_of_facts = (meaning.len() as u16 + 3).clamp(FACTS, most.min(FACTS + 4));
        let rest = area.height.saturating_sub(height_of_facts);
        let height = match changes.len() as u16 {
            0 => 0,
            lines => (lines + 3).min(rest / 2),
        };
        // Who changes a value wants to see what it does: the list of changes gives way, and each is marked in the form.
        let crowds_out = self.height_of_pictures(rest) > 0
            && self.height_of_pictures(rest.saturating_sub(height)) == 0;
        let height = if crowds_out { 0 } else { height };
        let views = self.height_of_pictures(rest - height);
        let [facts, field, views, changed] = Layout::vertical([
            Constraint::Length(height_of_facts),
            Constraint::Fill(1),
            Constraint::Length(views),
            Constraint::Length(height),
        ])
        .areas(area);
        self.pane(ctx, facts, "what this means", meaning);
        let path = &self.form.field().path;
        self.pane(ctx, field, path, self.field(room));
        self.pictures(ctx, views);
        if height > 0 {
            self.pane(ctx, changed, "changed", changes);
        }
        if self.is_searching() {
            let y = field.bottom().saturating_sub(2);
            let width = area.width.saturating_sub(2);
            self.search(ctx, Rect::new(area.x + 1, y, width, 1));
        }
    }

    fn pane(&self, ctx: &mut DrawContext, area: Rect, title: &str, lines: Vec<Line>) {
        let title = Line::styled(format!(" {title} "), self.theme.bright);
        let block: Block = popup::pane(self.theme, title).padding(Padding::new(2, 2, 1, 0));
        let inner = block.inner(area);
        ctx.frame.render_widget(block, area);
        ctx.frame.render_widget(Paragraph::new(lines), inner);
    }

    fn fact(&self, label: &str, text: &str, room: usize) -> Line<'static> {
        Line::from(vec![
            Span::styled(fit::left(label, LABEL), self.theme.dim),
            Span::raw(fit::shorten(text, room.saturating_sub(LABEL))),
        ])
    }

    /// A fact in as many lines as it takes.
    fn whole_fact(&self, label: &str, words: &str, room: usize) -> Vec<Line<'static>> {
        let words = fit::wrap(words, room.saturating_sub(LABEL).max(1)).into_iter();
        let line = |(nth, words)| {
            let label = if nth == 0 { label } else { "" };
            self.fact(label, words, room)
        };
        let words: Vec<String> = words.collect();
        let numbered = words.iter().map(String::as_str).enumerate();
        numbered.map(line).collect()
    }

    fn facts(&self, room: usize) -> Vec<Line<'static>> {
        let facts = meaning::facts(&self.form.experiment, self.shared);
        let facts = facts.iter().map(|f| self.fact(f.label, &f.text, room));
        let mut lines: Vec<Line> = facts.collect();
        lines.push(Line::default());
        let (words, style) = self.verdict().unwrap_or_else(|| {
            let press = match self.screen.vary.count() {
                _ if self.screen.vary.is_empty() => "t trains it".to_owned(),
                count => format!("t trains the sweep of {count} experiments"),
            };
            (press, self.theme.dim)
        });
        lines.extend(paragraph(&words, room, style));
        lines
    }

    /// What stands against training it, or the run that was the same.
    fn verdict(&self) -> Option<(String, Style)> {
        let refusal = meaning::refusal(&self.objections).map(|r| (r, self.theme.warn));
        let large = || {
            let large = meaning::too_large(&self.form.experiment, self.shared);
            large.map(|l| (l, self.theme.warn))
        };
        refusal.or_else(large).or_else(|| {
            let same = meaning::same(&self.form.experiment, self.shared)?;
            Some((same, self.theme.good))
        })
    }

    /// What is wrong with the field under the cursor, or with what is being typed.
    fn trouble(&self) -> Option<String> {
        if let Mode::Edit(prompt) = &self.screen.mode
            && let Some(error) = &prompt.error
        {
            return Some(format!("! {error}"));
        }
        let path = &self.form.field().path;
        let objection = self.objections.iter().find(|o| o.path == path)?;
        Some(format!("! {}", objection.why))
    }

    fn field(&self, room: usize) -> Vec<Line<'static>> {
        let field = self.form.field();
        let mut lines = paragraph(field.param.help, room, self.theme.text);
        lines.push(Line::default());
        if let Some(trouble) = self.trouble() {
            lines.extend(paragraph(&trouble, room, self.theme.bad));
            lines.push(Line::default());
        }
        if self.screen.chooses_device() {
            lines.extend(self.devices(room));
            lines.push(Line::default());
        } else if let Rule::OneOf(choices) = field.param.rule {
            let value = field.value.to_string();
            for choice in choices {
                let one = (choice.name, choice.help);
                lines.extend(choice_lines(one, choice.name == value, room, self.theme));
            }
            lines.push(Line::default());
        } else {
            lines.extend(self.whole_fact("range", &range(field), room));
        }
        if let Some(default) = self.default() {
            lines.extend(self.whole_fact("default", &default, room));
        }
        if let Some(source) = field.param.source {
            lines.extend(self.whole_fact("source", source, room));
        }
        lines.extend(self.theirs(room));
        if field.param.free {
            let note = "runs that differ only here are the same experiment";
            lines.extend(self.whole_fact("note", note, room));
        }
        lines
    }

    /// The devices to choose among, with what they have.
    fn devices(&self, room: usize) -> Vec<Line<'static>> {
        let chosen = &self.form.experiment.machine.device;
        let all = self.shared.devices.all.iter();
        let lines = all.flat_map(|device| {
            choice_lines(
                (&device.name, &device.words),
                device.name == *chosen,
                room,
                self.theme,
            )
        });
        lines.collect()
    }

    /// The runs to compare with, and what each of them had here.
    fn had(&self) -> Vec<(usize, &Run, String)> {
        let path = &self.form.field().path;
        let chosen = self
            .shared
            .chosen
            .as_deref()
            .and_then(|id| self.shared.run(id));
        let mut runs = self.shared.marked_runs();
        if runs.is_empty() {
            runs.extend(chosen);
        }
        let value = |run: &Run| Some(run.experiment.as_ref()?.get(path)?.to_string());
        let all = runs.into_iter().enumerate();
        all.filter_map(|(nth, run)| Some((nth, run, value(run)?)))
            .collect()
    }

    /// Lines that `theirs` takes.
    pub fn lines_of_theirs(&self) -> u16 {
        self.had().len().min(MOST) as u16
    }

    /// What the runs to compare with had, those that differ brighter.
    fn theirs(&self, room: usize) -> Vec<Line<'static>> {
        let value = self.form.field().value.to_string();
        let one = |(nth, run, theirs): (usize, &Run, String)| {
            let name = format!("{} {}", Theme::letter(nth), run.title());
            let style = if theirs == value {
                self.theme.dim
            } else {
                self.theme.bright
            };
            let label = fit::left(&fit::shorten(&name, NAME - 1), NAME);
            Line::from(vec![
                Span::styled(label, self.theme.series(nth)),
                Span::styled(fit::shorten(&theirs, room.saturating_sub(NAME)), style),
            ])
        };
        self.had().into_iter().take(MOST).map(one).collect()
    }

    fn default(&self) -> Option<String> {
        let default = self.form.default_here()?.to_string();
        Some(default).filter(|d| !d.is_empty())
    }

    fn changes(&self, room: usize) -> Vec<Line<'static>> {
        let changes = self.form.changes();
        let change = |(path, from, to): (String, String, String)| {
            // A number that lost its last digits would be another number: the path is shortened first.
            let to = fit::shorten(&to, room * 2 / 3);
            let left = room.saturating_sub(text::width(&to) + 3);
            let from = fit::shorten(&from, left / 2);
            let path = fit::left(&path, left.saturating_sub(text::width(&from)).max(1));
            Line::from(vec![
                Span::styled(path, self.theme.text),
                Span::styled(from, self.theme.dim),
                Span::styled(" → ", self.theme.dim),
                Span::styled(to, self.theme.accent),
            ])
        };
        changes.into_iter().map(change).collect()
    }

    /// The lines below the form on narrow screens: help, place and range of the field, and what it all means.
    pub fn below(&self, ctx: &mut DrawContext, area: Rect) {
        let room = usize::from(area.width.saturating_sub(4));
        let mut lines = match self.trouble() {
            Some(trouble) => paragraph(&trouble, room, self.theme.bad),
            None => paragraph(&help(self.form.field()), room, self.theme.text),
        };
        lines.truncate(2);
        let about = fit::shorten(&self.about(), room);
        lines.push(Line::styled(about, self.theme.dim));
        lines.resize(3, Line::default());
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
            self.search(ctx, Rect { height: 1, ..area });
        }
    }

    /// Where the field stands, its range, its default, its source.
    fn about(&self) -> String {
        let field = self.form.field();
        let mut parts = vec![field.path.clone(), range(field)];
        if self.screen.chooses_device() {
            let chosen = &self.form.experiment.machine.device;
            let device = self.shared.devices.all.iter().find(|o| o.name == *chosen);
            parts = vec![field.path.clone()];
            parts.extend(device.map(|o| format!("{}: {}", o.name, o.words)));
        }
        parts.extend(self.default().map(|d| format!("default {d}")));
        let theirs = self.had().into_iter().take(MOST);
        parts.extend(theirs.map(|(nth, _, value)| format!("{} {value}", Theme::letter(nth))));
        parts.extend(field.param.source.map(str::to_owned));
        parts.join(" · ")
    }

    fn is_searching(&self) -> bool {
        matches!(self.screen.mode, Mode::Search(..))
    }

    fn search(&self, ctx: &mut DrawContext, area: Rect) {
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
            None => (self.form.field().path.as_str(), self.theme.dim),
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

fn paragraph(words: &str, room: usize, style: Style) -> Vec<Line<'static>> {
    let lines = fit::wrap(words, room).into_iter();
    lines.map(|line| Line::styled(line, style)).collect()
}

fn choice_lines(
    (name, help): (&str, &str),
    chosen: bool,
    room: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let (sign, style) = if chosen {
        ("● ", theme.accent)
    } else {
        ("○ ", theme.text)
    };
    let words = fit::wrap(help, room.saturating_sub(13));
    let head = format!("{sign}{}", fit::left(name, 11));
    let mut head = Some(Span::styled(head, style));
    words
        .into_iter()
        .map(|word| {
            let head = head.take().unwrap_or_else(|| Span::raw(" ".repeat(13)));
            Line::from(vec![head, Span::styled(word, theme.dim)])
        })
        .collect()
}
