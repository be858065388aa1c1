//! How the Experiment screen looks.

mod below;
mod pictures;
mod popups;
mod row;
mod side;

use super::form::place::Row;
use super::form::{Form, Origin};
use super::sections::SECTIONS;
use super::{ExperimentScreen, Mode};
use crate::experiment::Objection;
use crate::text::fit;
use crate::ui::draw_context::DrawContext;
use crate::ui::prompt::Prompt;
use crate::ui::screens::View;
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Padding};
use row::{FieldRow, Heading};

/// From this width there is room for what the values mean beside the form.
const WIDE: u16 = 108;

/// Lines below the form on narrow screens.
const HELP: u16 = 4;

/// What is drawn, and what is wrong with it.
struct FormView<'a> {
    screen: &'a ExperimentScreen,
    form: &'a Form,
    objections: Vec<Objection>,
    shared: &'a Shared,
    theme: &'a Theme,
}

impl View for ExperimentScreen {
    fn view(&self, ctx: &mut DrawContext, shared: &Shared) {
        draw(self, ctx, shared);
    }
}

/// Draws the screen.
fn draw(screen: &ExperimentScreen, ctx: &mut DrawContext, shared: &Shared) {
    let form = &screen.form;
    let view = FormView {
        screen,
        form,
        objections: screen.objections(shared),
        shared,
        theme: &shared.theme,
    };
    let area = ctx.area;
    if area.width >= WIDE {
        let width = (area.width * 3 / 5).clamp(70, 90);
        let [left, right] =
            Layout::horizontal([Constraint::Length(width), Constraint::Fill(1)]).areas(area);
        view.rows(ctx, left);
        view.side(ctx, right);
    } else {
        let views = if screen.views.shown == Some(true) {
            (area.height.saturating_sub(4) / 2).min(12)
        } else {
            0
        };
        // A line less of help, where the last line of the form would be below the edge for it.
        let rows = usize::from(area.height.saturating_sub(views + HELP + 2));
        let help = HELP - u16::from(form.lines().len() == rows + 1);
        let [top, views, help] = Layout::vertical([
            Constraint::Fill(1),
            Constraint::Length(views),
            Constraint::Length(help),
        ])
        .areas(area);
        view.rows(ctx, top);
        view.pictures(ctx, views);
        view.below(ctx, help);
    }
    view.popups(ctx);
}

impl FormView<'_> {
    fn title(&self) -> Line<'static> {
        let name = format!(" {} ", fit::shorten(&self.form.experiment.name, 40));
        let mut spans = vec![Span::styled(name, self.theme.bright)];
        if self.form.is_edited() {
            spans.push(Span::styled("* edited ", self.theme.accent));
        }
        Line::from(spans)
    }

    fn origin(&self, room: usize) -> Line<'static> {
        let text = match &self.form.origin {
            Origin::Preset(name, _) => format!("preset {name}"),
            Origin::File(path) => path.display().to_string(),
            Origin::Run(id) => format!("copy of {id}"),
            Origin::Case(name) => format!("case {name}"),
        };
        let text = format!(" {} ", fit::shorten_start(&text, room));
        Line::styled(text, self.theme.dim).right_aligned()
    }

    fn rows(&self, ctx: &mut DrawContext, area: Rect) {
        let title = self.title();
        let room = usize::from(area.width).saturating_sub(title.width() + 6);
        let block = popup::pane(self.theme, title)
            .title_top(self.origin(room))
            .padding(Padding::horizontal(1));
        let inner = block.inner(area);
        ctx.frame.render_widget(block, area);
        let height = usize::from(inner.height);
        self.form.set_room(height);
        let lines = self.form.lines();
        let cursor = self.form.line_of_cursor(&lines);
        let top = self.screen.scroll.fit(cursor, lines.len(), height);
        for (y, nth) in (inner.y..inner.bottom()).zip(top..lines.len()) {
            let area = Rect::new(inner.x, y, inner.width, 1);
            ctx.rows.push((area, nth));
            match lines[nth] {
                Row::Heading(section) => self.heading(section, ctx, area),
                Row::Field(field) => {
                    let slider = self.row(field, ctx, area);
                    ctx.sliders.extend(slider.map(|slider| (slider, nth)));
                }
            }
        }
        self.more(ctx, area, (top > 0, top + height < lines.len()));
    }

    fn heading(&self, section: usize, ctx: &mut DrawContext, area: Rect) {
        let form = self.form;
        let fields = form.fields_of(section);
        let within = |path: &str| fields.clone().any(|nth| form.fields[nth].path == path);
        let varied = fields
            .clone()
            .filter(|nth| self.screen.vary.has(&form.fields[*nth].path));
        let heading = Heading {
            title: SECTIONS[section].title,
            open: form.is_open(section),
            selected: form.heading() == Some(section),
            parts: form.summary(section),
            varied: varied.count(),
            objection: self.objections.iter().find(|o| within(o.path)),
            theme: self.theme,
        };
        let line = heading.line(usize::from(area.width));
        ctx.frame.render_widget(line, area);
    }

    /// Draws the row of a field; the place of its slider, where it can be dragged.
    fn row(&self, nth: usize, ctx: &mut DrawContext, area: Rect) -> Option<Rect> {
        let form = self.form;
        let field = &form.fields[nth];
        let selected = form.place.at == Row::Field(nth);
        let row = FieldRow {
            field,
            selected,
            changed: form.is_changed(nth),
            varies: self.screen.vary.words(&field.path),
            objection: self.objections.iter().find(|o| o.path == field.path),
            below: form.folds(form.section(nth)),
            theme: self.theme,
        };
        ctx.frame
            .render_widget(row.line(usize::from(area.width)), area);
        if let (true, Mode::Edit(prompt)) = (selected, &self.screen.mode) {
            self.edit(prompt, ctx, area);
        }
        row.slider(area)
            .filter(|_| matches!(self.screen.mode, Mode::Browse))
    }

    /// Says at the border that there is more above or below.
    fn more(&self, ctx: &mut DrawContext, area: Rect, (above, below): (bool, bool)) {
        let up = if above { "↑" } else { " " };
        let down = if below { "↓" } else { " " };
        if (above || below) && area.width > 12 {
            let at = Rect::new(area.right() - 6, area.bottom() - 1, 4, 1);
            let line = Line::styled(format!(" {up}{down} "), self.theme.dim);
            ctx.frame.render_widget(line, at);
        }
    }

    /// The value being typed, over value, slider and range.
    fn edit(&self, prompt: &Prompt, ctx: &mut DrawContext, row: Rect) {
        let start = row.x + row::VALUE_AT as u16;
        if start + 4 > row.right() {
            return;
        }
        let width = row.right() - start;
        let clear = Rect::new(start, row.y, width, 1);
        ctx.frame.render_widget(Clear, clear);
        let style = self.theme.accent.add_modifier(Modifier::UNDERLINED);
        let field = width.min(if prompt.error.is_some() { 14 } else { 40 });
        prompt.view(ctx.frame, Rect::new(start, row.y, field, 1), style);
        if let Some(error) = &prompt.error {
            let room = (width - field).saturating_sub(2);
            let error = fit::shorten(&format!("! {error}"), usize::from(room));
            let at = Rect::new(start + field + 2, row.y, room, 1);
            let line = Line::styled(error, self.theme.bad);
            ctx.frame.render_widget(line, at);
        }
    }
}
