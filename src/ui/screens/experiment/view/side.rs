//! What stands beside or below the form: what the values mean, and what the field under the cursor is.

use super::super::sections::{self, SECTIONS};
use super::super::{Mode, meaning};
use super::FormView;
use super::row::range;
use crate::hparam::Rule;
use crate::runs::Run;
use crate::text::{self, fit};
use crate::ui::draw_context::DrawContext;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Padding, Paragraph};

/// Cells of the labels.
const LABEL: usize = 10;
/// Cells of the name of a run to compare with.
const NAME: usize = 20;
/// Most runs whose values are listed beside a field.
pub const MOST: usize = 4;
/// Least lines of the pane of facts, its borders among them, so that what stands below seldom moves.
pub const FACTS: u16 = 13;
/// Lines by which it may grow.
pub const GROWS: u16 = 4;
/// Lines that the field under the cursor keeps beside pictures.
pub const FIELD: u16 = 10;
/// Lines of the pane of changes that large screens have room for beside pictures.
pub const CHANGED: u16 = 6;

impl FormView<'_> {
    /// The panes beside the form.
    pub fn side(&self, ctx: &mut DrawContext, area: Rect) {
        let room = usize::from(area.width.saturating_sub(6));
        let changes = self.changes(room);
        let meaning = self.facts(room);
        // The pictures have their height from the screen alone, so that they stay where they are while values change.
        let views = self.height_of_pictures(area.height);
        let rest = area.height - views;
        let field = if views > 0 { FIELD } else { 0 };
        // Where it would cost the field, the last line is cut.
        let most = rest.saturating_sub(field).clamp(FACTS, FACTS + GROWS);
        let height_of_facts = (meaning.len() as u16 + 3).clamp(FACTS, most);
        let rest = rest.saturating_sub(height_of_facts);
        let height = match changes.len() as u16 {
            0 => 0,
            lines if views > 0 => (lines + 3).min(rest.saturating_sub(field)),
            lines => (lines + 3).min(rest / 2),
        };
        // Each change is marked in the form too.
        let height = if height < 4 { 0 } else { height };
        let [facts, field, views, changed] = Layout::vertical([
            Constraint::Length(height_of_facts),
            Constraint::Fill(1),
            Constraint::Length(views),
            Constraint::Length(height),
        ])
        .areas(area);
        self.pane(ctx, facts, "what this means", meaning);
        let title = match self.form.heading() {
            Some(section) => SECTIONS[section].title,
            None => &self.form.nearest_field().path,
        };
        self.pane(ctx, field, title, self.field(room));
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
    pub fn verdict(&self) -> Option<(String, Style)> {
        let refusal = meaning::refusal(&self.objections).map(|r| (r, self.theme.warn));
        let large = || {
            let large = meaning::too_large(&self.form.experiment, self.shared);
            large.map(|l| (l.why, self.theme.warn))
        };
        let same = || {
            let same = meaning::same(&self.form.experiment, self.shared)?;
            Some((same, self.theme.good))
        };
        let chunks = || {
            let remark = self.form.experiment.remark_on_chunks()?;
            Some((remark, self.theme.dim))
        };
        refusal.or_else(large).or_else(same).or_else(chunks)
    }

    /// What is wrong with the field under the cursor, or with what is being typed.
    pub fn trouble(&self) -> Option<String> {
        if let Mode::Edit(prompt) = &self.screen.mode
            && let Some(error) = &prompt.error
        {
            return Some(format!("! {error}"));
        }
        let path = &self.form.field()?.path;
        let objection = self.objections.iter().find(|o| o.path == path)?;
        Some(format!("! {}", objection.why))
    }

    fn field(&self, room: usize) -> Vec<Line<'static>> {
        let Some(field) = self.form.field() else {
            return self.section(room);
        };
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

    /// What the section whose heading is under the cursor is about, and its values.
    fn section(&self, room: usize) -> Vec<Line<'static>> {
        let Some(section) = self.form.heading() else {
            return Vec::new();
        };
        let mut lines = paragraph(SECTIONS[section].help, room, self.theme.text);
        lines.push(Line::default());
        let label = NAME.min(room / 2);
        for nth in self.form.fields_of(section) {
            let field = &self.form.fields[nth];
            let changed = self.form.is_changed(nth);
            let mark = if changed { " *" } else { "" };
            let style = if changed {
                self.theme.accent
            } else {
                self.theme.text
            };
            let value = format!("{}{mark}", field.value);
            lines.push(Line::from(vec![
                Span::styled(fit::left(&sections::label(field), label), self.theme.dim),
                Span::styled(fit::shorten(&value, room - label), style),
            ]));
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

    /// The runs to compare with: those that are marked, else the chosen one.
    fn theirs_to_compare(&self) -> Vec<&Run> {
        let marked = self.shared.marked_runs();
        let chosen = self.shared.chosen.as_deref().filter(|_| marked.is_empty());
        let chosen = chosen.and_then(|id| self.shared.run(id));
        marked.into_iter().chain(chosen).collect()
    }

    /// The same, with what each of them had here.
    pub fn had(&self) -> Vec<(usize, &Run, String)> {
        let Some(field) = self.form.field() else {
            return Vec::new();
        };
        let path = &field.path;
        let value = |run: &Run| match run.experiment.as_ref()?.get(path)?.to_string() {
            nothing if nothing.is_empty() => Some("–".to_owned()),
            value => Some(value),
        };
        let all = self.theirs_to_compare().into_iter().enumerate();
        all.filter_map(|(nth, run)| Some((nth, run, value(run)?)))
            .collect()
    }

    /// Lines that `theirs` takes at most.
    pub fn lines_of_theirs(&self) -> u16 {
        self.theirs_to_compare().len().min(MOST) as u16
    }

    /// What the runs to compare with had, those that differ brighter.
    fn theirs(&self, room: usize) -> Vec<Line<'static>> {
        let value = self.form.nearest_field().value.to_string();
        let had = self.had();
        let titles: Vec<&str> = had.iter().map(|(_, run, _)| run.title()).collect();
        let titles = fit::apart(&titles, NAME - 3);
        let one = |((nth, _, theirs), title): ((usize, &Run, String), String)| {
            let name = format!("{} {title}", Theme::letter(nth));
            let style = if theirs == value {
                self.theme.dim
            } else {
                self.theme.bright
            };
            let label = fit::left(&name, NAME);
            Line::from(vec![
                Span::styled(label, self.theme.series(nth)),
                Span::styled(fit::shorten(&theirs, room.saturating_sub(NAME)), style),
            ])
        };
        had.into_iter().zip(titles).take(MOST).map(one).collect()
    }

    pub fn default(&self) -> Option<String> {
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
}

pub fn paragraph(words: &str, room: usize, style: Style) -> Vec<Line<'static>> {
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
