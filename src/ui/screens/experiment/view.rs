//! How the Experiment screen looks.

use super::form::{Form, Origin};
use super::{ExperimentScreen, Mode, meaning};
use crate::experiment::Objection;
use crate::experiment::presets::PRESETS;
use crate::hparam::{Field, Rule};
use crate::ui::prompt::Prompt;
use crate::ui::screens::Canvas;
use crate::ui::shared::Shared;
use crate::ui::text;
use crate::ui::theme::Theme;
use crate::ui::widgets::{popup, slider};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Padding, Paragraph};

/// From this width there is room for what the values mean beside the form.
const WIDE: u16 = 108;
const LABEL: usize = 18;
const VALUE: usize = 12;

/// Draws the screen.
pub fn draw(screen: &ExperimentScreen, canvas: &mut Canvas, shared: &Shared) {
    let form = &screen.form;
    let objections = form.objections(shared.train_images(&form.experiment));
    let area = canvas.area;
    if area.width >= WIDE {
        let [left, right] =
            Layout::horizontal([Constraint::Fill(6), Constraint::Fill(5)]).areas(area);
        rows(screen, &objections, canvas, shared, left);
        let [top, bottom] =
            Layout::vertical([Constraint::Length(13), Constraint::Fill(1)]).areas(right);
        facts_pane(form, &objections, canvas, shared, top);
        field_pane(screen, &objections, canvas, shared, bottom);
    } else {
        let [top, help] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(4)]).areas(area);
        rows(screen, &objections, canvas, shared, top);
        help_lines(screen, &objections, canvas, shared, help);
    }
    popups(screen, canvas, shared);
}

fn title(form: &Form, theme: &Theme) -> Line<'static> {
    let mut spans = vec![Span::styled(
        format!(" {} ", form.experiment.name),
        theme.bright,
    )];
    if form.is_edited() {
        spans.push(Span::styled("* edited ", theme.accent));
    }
    Line::from(spans)
}

fn origin(form: &Form, room: usize) -> String {
    let text = match &form.origin {
        Origin::Preset(name, _) => format!("preset {name}"),
        Origin::File(path) => path.display().to_string(),
        Origin::Run(id) => format!("copy of {id}"),
    };
    format!(" {} ", text::fit_end(&text, room))
}

/// A line of the form: a heading or a field.
enum Row<'a> {
    Space,
    Heading(&'static str),
    Field(usize, &'a Field),
}

fn lines(form: &Form) -> Vec<Row<'_>> {
    let mut lines = Vec::new();
    let mut group = "";
    for (i, field) in form.fields.iter().enumerate() {
        // The experiment's own fields are its name: the pane's title says it all.
        if field.group != group && i > 0 {
            lines.push(Row::Space);
            lines.push(Row::Heading(field.group));
        }
        group = field.group;
        lines.push(Row::Field(i, field));
    }
    lines
}

fn rows(
    screen: &ExperimentScreen,
    objections: &[Objection],
    canvas: &mut Canvas,
    shared: &Shared,
    area: Rect,
) {
    let (form, theme) = (&screen.form, &shared.theme);
    let room = usize::from(area.width).saturating_sub(text::width(&form.experiment.name) + 18);
    let block = popup::pane(theme, title(form, theme))
        .title_top(Line::styled(origin(form, room), theme.dim).right_aligned())
        .padding(Padding::horizontal(1));
    let inner = block.inner(area);
    canvas.frame.render_widget(block, area);
    let lines = lines(form);
    let at = |row: &Row| matches!(row, Row::Field(i, _) if *i == form.cursor);
    let cursor = lines.iter().position(at).unwrap_or(0);
    let top = screen
        .scroll
        .fit(cursor, lines.len(), usize::from(inner.height));
    for (y, row) in (inner.y..inner.bottom()).zip(&lines[top..]) {
        let area = Rect::new(inner.x, y, inner.width, 1);
        match row {
            Row::Space => {}
            Row::Heading(title) => {
                canvas
                    .frame
                    .render_widget(Line::styled(*title, theme.dim), area);
            }
            Row::Field(index, field) => {
                canvas.rows.push((area, *index));
                let objection = objections.iter().find(|o| o.path == field.path);
                let selected = *index == form.cursor;
                let row = FieldRow {
                    field,
                    selected,
                    changed: form.is_changed(*index),
                    objection,
                    theme,
                };
                canvas
                    .frame
                    .render_widget(row.line(usize::from(area.width)), area);
                if let (true, Mode::Edit(prompt)) = (selected, &screen.mode) {
                    edit(prompt, canvas, theme, area);
                }
            }
        }
    }
    more(
        canvas,
        theme,
        area,
        (top, usize::from(inner.height), lines.len()),
    );
}

/// Says at the border that there is more above or below.
fn more(canvas: &mut Canvas, theme: &Theme, area: Rect, (top, height, len): (usize, usize, usize)) {
    let up = if top > 0 { "↑" } else { " " };
    let down = if top + height < len { "↓" } else { " " };
    if (up, down) != (" ", " ") && area.width > 12 {
        let at = Rect::new(area.right() - 7, area.bottom() - 1, 5, 1);
        canvas
            .frame
            .render_widget(Line::styled(format!(" {up}{down}  "), theme.dim), at);
    }
}

/// The value being typed, over the value, slider and range.
fn edit(prompt: &Prompt, canvas: &mut Canvas, theme: &Theme, row: Rect) {
    let start = row.x + (2 + LABEL + 2) as u16;
    if start + 4 > row.right() {
        return;
    }
    let width = row.right() - start;
    let style = theme
        .accent
        .add_modifier(ratatui::style::Modifier::UNDERLINED);
    let error = prompt.error.as_deref().map(|e| format!("! {e}"));
    let field = if error.is_some() {
        width.min(14)
    } else {
        width.min(40)
    };
    canvas
        .frame
        .render_widget(ratatui::widgets::Clear, Rect::new(start, row.y, width, 1));
    prompt.view(canvas.frame, Rect::new(start, row.y, field, 1), style);
    if let Some(error) = error {
        let room = usize::from(width - field).saturating_sub(2);
        let at = Rect::new(start + field + 2, row.y, room as u16, 1);
        canvas
            .frame
            .render_widget(Line::styled(text::fit(&error, room), theme.bad), at);
    }
}

struct FieldRow<'a> {
    field: &'a Field,
    selected: bool,
    changed: bool,
    objection: Option<&'a Objection>,
    theme: &'a Theme,
}

impl FieldRow<'_> {
    fn line(&self, width: usize) -> Line<'static> {
        let theme = self.theme;
        let label = text::left(&self.field.param.name.replace('_', " "), LABEL);
        let (sign, style) = if self.selected {
            ("▸ ", theme.selected)
        } else {
            ("  ", theme.text)
        };
        let value_style = if self.selected {
            theme.selected
        } else {
            theme.bright
        };
        let mark = if self.changed { "*" } else { " " };
        let mut spans = vec![
            Span::styled(format!("{sign}{label}  "), style),
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
            _ if value.is_empty() => text::right("–", VALUE),
            Rule::Text | Rule::Path if text::width(&value) > VALUE => {
                text::fit_end(&value, width.saturating_sub(LABEL + 8).max(VALUE))
            }
            _ => text::right(&value, VALUE),
        }
    }

    /// What stands after the value: an objection, or slider and range.
    fn tail(&self, room: usize) -> Vec<Span<'static>> {
        let theme = self.theme;
        if let Some(objection) = self.objection {
            return vec![Span::styled(
                text::fit(&format!("! {}", objection.why), room),
                theme.bad,
            )];
        }
        let mut spans = Vec::new();
        let rule = &self.field.param.rule;
        let share = rule
            .share(&self.field.value)
            .filter(|_| room >= slider::WIDTH);
        let mut room = room;
        if let Some(share) = share {
            spans.extend(slider::spans(share, theme, self.selected));
            spans.push(Span::raw("  "));
            room = room.saturating_sub(slider::WIDTH + 2);
        }
        let range = range(self.field);
        // A range is shown whole or not at all; a list of choices is cut.
        if !matches!(rule, Rule::Text | Rule::Path)
            && (text::width(&range) <= room || (share.is_none() && room > 12))
        {
            spans.push(Span::styled(text::fit(&range, room), theme.dim));
        }
        spans
    }
}

fn range(field: &Field) -> String {
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
        _ => field.param.rule.range() + &unit,
    }
}

/// Where the hyperparameter stands, its range, its default, its source.
fn about(form: &Form) -> String {
    let field = form.field();
    let mut parts = vec![field.path.clone(), range(field)];
    if let Some(default) = form
        .default_here()
        .map(|d| d.to_string())
        .filter(|d| !d.is_empty())
    {
        parts.push(format!("default {default}"));
    }
    parts.extend(field.param.source.map(str::to_owned));
    parts.join(" · ")
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

fn search_line(prompt: &Prompt, canvas: &mut Canvas, theme: &Theme, area: Rect) {
    canvas.frame.render_widget(ratatui::widgets::Clear, area);
    canvas
        .frame
        .render_widget(Line::styled(" /", theme.accent), area);
    let width = area.width.saturating_sub(3).min(36);
    prompt.view(
        canvas.frame,
        Rect::new(area.x + 3, area.y, width, 1),
        theme.bright,
    );
    let error = prompt.error.clone().unwrap_or_default();
    let at = Rect::new(
        area.x + 3 + width,
        area.y,
        area.width.saturating_sub(3 + width),
        1,
    );
    canvas
        .frame
        .render_widget(Line::styled(error, theme.bad), at);
}

/// Below the form on narrow screens: help, facts of the field, and of the experiment.
fn help_lines(
    screen: &ExperimentScreen,
    objections: &[Objection],
    canvas: &mut Canvas,
    shared: &Shared,
    area: Rect,
) {
    let (form, theme) = (&screen.form, &shared.theme);
    let room = usize::from(area.width.saturating_sub(4));
    let here = objections.iter().find(|o| o.path == form.field().path);
    let mut lines: Vec<Line> = match here {
        Some(objection) => text::wrap(&format!("! {}", objection.why), room)
            .into_iter()
            .map(|l| Line::styled(l, theme.bad))
            .collect(),
        None => text::wrap(&help(form.field()), room)
            .into_iter()
            .map(Line::raw)
            .collect(),
    };
    lines.truncate(2);
    lines.push(Line::styled(text::fit(&about(form), room), theme.dim));
    lines.resize(3, Line::default());
    let last = meaning::refusal(objections)
        .map(|r| Line::styled(text::fit(&r, room), theme.warn))
        .or_else(|| {
            meaning::same(&form.experiment, shared)
                .map(|s| Line::styled(text::fit(&s, room), theme.good))
        })
        .unwrap_or_else(|| {
            Line::styled(
                text::fit(&meaning::summary(&form.experiment, shared), room),
                theme.dim,
            )
        });
    lines.push(last);
    let inner = Rect {
        x: area.x + 2,
        width: area.width.saturating_sub(4),
        ..area
    };
    canvas.frame.render_widget(Paragraph::new(lines), inner);
    if let Mode::Search(prompt, _) = &screen.mode {
        search_line(prompt, canvas, theme, Rect { height: 1, ..area });
    }
}

fn facts_pane(
    form: &Form,
    objections: &[Objection],
    canvas: &mut Canvas,
    shared: &Shared,
    area: Rect,
) {
    let theme = &shared.theme;
    let block = popup::pane(theme, Line::styled(" what this means ", theme.bright))
        .padding(Padding::new(2, 2, 1, 0));
    let inner = block.inner(area);
    canvas.frame.render_widget(block, area);
    let room = usize::from(inner.width);
    let mut lines: Vec<Line> = meaning::facts(&form.experiment, shared)
        .into_iter()
        .map(|fact| {
            Line::from(vec![
                Span::styled(text::left(fact.label, 8), theme.dim),
                Span::raw(text::fit(&fact.text, room.saturating_sub(8))),
            ])
        })
        .collect();
    lines.push(Line::default());
    let (words, style) = match (
        meaning::refusal(objections),
        meaning::same(&form.experiment, shared),
    ) {
        (Some(refusal), _) => (refusal, theme.warn),
        (None, Some(same)) => (same, theme.good),
        (None, None) => ("press t to train it".to_owned(), theme.dim),
    };
    lines.extend(
        text::wrap(&words, room)
            .into_iter()
            .map(|l| Line::styled(l, style)),
    );
    canvas.frame.render_widget(Paragraph::new(lines), inner);
}

fn field_pane(
    screen: &ExperimentScreen,
    objections: &[Objection],
    canvas: &mut Canvas,
    shared: &Shared,
    area: Rect,
) {
    let (form, theme) = (&screen.form, &shared.theme);
    let field = form.field();
    let block = popup::pane(
        theme,
        Line::styled(format!(" {} ", field.path), theme.bright),
    )
    .padding(Padding::new(2, 2, 1, 0));
    let inner = block.inner(area);
    canvas.frame.render_widget(block, area);
    let room = usize::from(inner.width);
    let mut lines: Vec<Line> = Vec::new();
    let help = text::wrap(field.param.help.trim(), room);
    lines.extend(help.into_iter().map(Line::raw));
    lines.push(Line::default());
    let default = form
        .default_here()
        .map(|d| d.to_string())
        .unwrap_or_default();
    let mut fact = |label, text: &str| {
        if !text.is_empty() {
            lines.push(Line::from(vec![
                Span::styled(text::left(label, 8), theme.dim),
                Span::raw(text::fit(text, room.saturating_sub(8))),
            ]));
        }
    };
    if !matches!(field.param.rule, Rule::OneOf(_)) {
        fact("range", &range(field));
    }
    fact("default", &default);
    fact("source", field.param.source.unwrap_or_default());
    if field.param.free {
        fact("note", "leaves the numbers of a run alone");
    }
    if let Rule::OneOf(choices) = field.param.rule {
        lines.push(Line::default());
        let value = field.value.to_string();
        for choice in choices {
            lines.extend(choice_lines(
                choice.name,
                choice.help,
                choice.name == value,
                room,
                theme,
            ));
        }
    }
    if let Some(objection) = objections.iter().find(|o| o.path == field.path) {
        lines.push(Line::default());
        let words = text::wrap(&format!("! {}", objection.why), room);
        lines.extend(words.into_iter().map(|l| Line::styled(l, theme.bad)));
    }
    canvas.frame.render_widget(Paragraph::new(lines), inner);
    if let Mode::Search(prompt, _) = &screen.mode {
        let row = Rect {
            y: area.bottom().saturating_sub(2),
            height: 1,
            x: area.x + 1,
            width: area.width.saturating_sub(2),
        };
        search_line(prompt, canvas, theme, row);
    }
}

fn choice_lines(
    name: &str,
    help: &str,
    chosen: bool,
    room: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let (sign, style) = if chosen {
        ("● ", theme.accent)
    } else {
        ("○ ", theme.text)
    };
    let words = text::wrap(help.trim(), room.saturating_sub(13));
    let mut head = Some(Span::styled(
        format!("{sign}{}", text::left(name, 11)),
        style,
    ));
    words
        .into_iter()
        .map(|word| {
            let head = head.take().unwrap_or_else(|| Span::raw(" ".repeat(13)));
            Line::from(vec![head, Span::styled(word, theme.dim)])
        })
        .collect()
}

fn popups(screen: &ExperimentScreen, canvas: &mut Canvas, shared: &Shared) {
    match &screen.mode {
        Mode::Presets(at) => presets(*at, canvas, &shared.theme),
        Mode::Open(prompt) => path(
            prompt,
            "open an experiment file",
            "⏎ open · esc cancel",
            canvas,
            &shared.theme,
        ),
        Mode::Save(prompt) => path(
            prompt,
            "save as",
            "⏎ save · esc cancel",
            canvas,
            &shared.theme,
        ),
        Mode::Overwrite(file) => {
            let keys = "y overwrite · esc another name";
            let (theme, area) = (&shared.theme, canvas.area);
            let inner = popup::open(canvas.frame, theme, area, (66, 6), "overwrite?", keys);
            let room = usize::from(inner.width);
            let lines = vec![
                Line::styled(
                    text::fit_end(&file.display().to_string(), room),
                    theme.bright,
                ),
                Line::raw("is there already."),
            ];
            canvas.frame.render_widget(Paragraph::new(lines), inner);
        }
        Mode::Browse | Mode::Edit(_) | Mode::Search(..) => {}
    }
}

fn presets(at: usize, canvas: &mut Canvas, theme: &Theme) {
    let area = canvas.area;
    let height = (PRESETS.len() as u16 + 4).min(area.height);
    let width = 96.min(area.width.saturating_sub(2));
    let keys = "⏎ take · esc close";
    let inner = popup::open(canvas.frame, theme, area, (width, height), "presets", keys);
    let label = PRESETS
        .iter()
        .map(|p| text::width(p.name))
        .max()
        .unwrap_or(0);
    let rows = usize::from(inner.height).max(1);
    let top = (at + 1).saturating_sub(rows);
    canvas.rows.clear();
    for (y, (i, preset)) in (inner.y..inner.bottom()).zip(PRESETS.iter().enumerate().skip(top)) {
        let row = Rect::new(inner.x, y, inner.width, 1);
        canvas.rows.push((row, i));
        let (sign, style) = if i == at {
            ("▸ ", theme.selected)
        } else {
            ("  ", theme.bright)
        };
        let room = usize::from(inner.width).saturating_sub(label + 4);
        let line = Line::from(vec![
            Span::styled(format!("{sign}{}  ", text::left(preset.name, label)), style),
            Span::styled(text::fit(preset.about, room), theme.dim),
        ]);
        canvas.frame.render_widget(line, row);
    }
}

fn path(prompt: &Prompt, title: &str, keys: &str, canvas: &mut Canvas, theme: &Theme) {
    let area = canvas.area;
    let width = 78.min(area.width.saturating_sub(2));
    let inner = popup::open(canvas.frame, theme, area, (width, 8), title, keys);
    let line = Rect {
        height: 1.min(inner.height),
        ..inner
    };
    let style = theme
        .accent
        .add_modifier(ratatui::style::Modifier::UNDERLINED);
    prompt.view(canvas.frame, line, style);
    let words = match &prompt.error {
        Some(error) => (text::wrap(error, usize::from(inner.width)), theme.bad),
        None => (
            vec!["~ is your home; a relative path starts where you started.".to_owned()],
            theme.dim,
        ),
    };
    let lines: Vec<Line> = words
        .0
        .into_iter()
        .map(|l| Line::styled(l, words.1))
        .collect();
    let below = Rect {
        y: inner.y + 1.min(inner.height),
        height: inner.height.saturating_sub(1),
        ..inner
    };
    canvas.frame.render_widget(Paragraph::new(lines), below);
}
