//! The boxes over the form: presets, and the paths of files.

use super::super::Mode;
use super::FormView;
use crate::experiment::presets::{PRESETS, Preset};
use crate::text::{self, fit};
use crate::ui::draw_context::DrawContext;
use crate::ui::keys;
use crate::ui::prompt::{self, Prompt};
use crate::ui::widgets::popup;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use std::path::Path;

/// Lines below the list of presets for all of what is said of the chosen one.
const ABOUT: u16 = 3;

/// What is said below a path.
const PATHS: &str =
    "Tab completes; ~ is your home; a relative path starts where you started the program.";
/// What is said below the name of another experiment.
const OTHERS: &str = "A file, a preset or a run; leave it empty to compare with what was loaded.";
/// What is said below the values that a field is to take.
const VALUES: &str =
    "Two or more make a sweep, which t trains; leave it empty to have one value again.";

impl FormView<'_> {
    /// The keys of a box for a path, where taking it is called so.
    fn accepting(&self, word: &'static str) -> String {
        let mut hints = prompt::hints(&self.shared.keys.experiment_text);
        hints[0].name = word;
        keys::line(&hints)
    }

    /// The box that is open, if one is.
    pub fn popups(&self, ctx: &mut DrawContext) {
        match &self.screen.mode {
            Mode::Presets(at) => self.presets(*at, ctx),
            Mode::Open(prompt) => {
                let keys = self.accepting("open");
                let list = "opened before";
                self.path(prompt, "open an experiment file", (&keys, PATHS, list), ctx);
            }
            Mode::Compare(prompt) => {
                let keys = self.accepting("compare");
                let list = "files, runs and presets";
                self.path(prompt, "compare with", (&keys, OTHERS, list), ctx);
            }
            Mode::Save(prompt) => {
                self.asked(prompt, "save as", &self.accepting("save"), PATHS, ctx);
            }
            Mode::Vary(prompt) => {
                let path = &self.form.nearest_field().path;
                let title = format!("values of {path}, with commas between them");
                self.asked(prompt, &title, &self.accepting("vary"), VALUES, ctx);
            }
            Mode::Overwrite(file) => self.overwrite(file, ctx),
            Mode::Refused => self.refused(ctx),
            Mode::Browse | Mode::Edit(_) | Mode::Search(..) => {}
        }
    }

    fn open(&self, ctx: &mut DrawContext, size: (u16, u16), title: &str, keys: &str) -> Rect {
        popup::open(ctx.frame, self.theme, ctx.area, size, title, keys)
    }

    fn overwrite(&self, file: &Path, ctx: &mut DrawContext) {
        let keys = &self.shared.keys.experiment_overwrite.line();
        let inner = self.open(ctx, (66, 6), "overwrite?", keys);
        let file = file.display().to_string();
        let file = fit::shorten_start(&file, usize::from(inner.width));
        let lines = vec![
            Line::styled(file, self.theme.bright),
            Line::raw("already exists."),
        ];
        ctx.frame.render_widget(Paragraph::new(lines), inner);
    }

    /// All that forbids the launch, and what would fit.
    fn refused(&self, ctx: &mut DrawContext) {
        let objections = self.screen.all_objections(self.shared);
        let keys = &self.shared.keys.experiment_refused;
        let width = 78.min(popup::widest(ctx.area));
        // The frame, and room beside the words.
        let room = usize::from(width.saturating_sub(6)).max(1);
        let mut lines = Vec::new();
        for objection in &objections {
            if !lines.is_empty() {
                lines.push(Line::default());
            }
            lines.push(Line::styled(objection.path, self.theme.bright));
            let why = fit::wrap(&objection.why, room).into_iter();
            lines.extend(why.map(Line::raw));
            if let Some(value) = &objection.fits {
                let key = keys.key(true);
                let text = format!("{key} sets {value}");
                lines.push(Line::styled(text, self.theme.accent));
            }
        }
        let title = match objections.len() {
            1 => "this can't be trained yet".to_owned(),
            several => format!("this can't be trained yet, for {several} reasons"),
        };
        let line = keys::line(&self.screen.refusal_hints(self.shared));
        // With its frame, and a line above and below.
        if lines.len() + 4 > usize::from(ctx.area.height) {
            lines.retain(|line| line.width() > 0);
        }
        let height = lines.len() as u16 + 4;
        let inner = self.open(ctx, (width, height), &title, &line);
        ctx.frame.render_widget(Paragraph::new(lines), inner);
    }

    fn presets(&self, at: usize, ctx: &mut DrawContext) {
        let height = PRESETS.len() as u16 + 4 + ABOUT;
        let keys = self.shared.keys.experiment_presets.line();
        let inner = self.open(ctx, (96, height), "presets", &keys);
        let width = PRESETS
            .iter()
            .map(|p| text::width(p.name))
            .max()
            .unwrap_or(0);
        let list = inner.height.saturating_sub(ABOUT).max(1);
        let top = (at + 1).saturating_sub(usize::from(list));
        ctx.rows.clear();
        let presets = PRESETS.iter().enumerate().skip(top);
        for (y, (i, preset)) in (inner.y..inner.bottom().min(inner.y + list)).zip(presets) {
            let row = Rect::new(inner.x, y, inner.width, 1);
            ctx.rows.push((row, i));
            let line = self.preset(preset, i == at, width, usize::from(row.width));
            ctx.frame.render_widget(line, row);
        }
        let about = fit::wrap(PRESETS[at].about, usize::from(inner.width));
        let about: Vec<Line> = about.into_iter().map(Line::raw).collect();
        let below = Rect {
            y: inner.y + list + 1,
            height: ABOUT - 1,
            ..inner
        };
        ctx.frame
            .render_widget(Paragraph::new(about), below.intersection(inner));
    }

    fn preset(&self, preset: &Preset, chosen: bool, width: usize, room: usize) -> Line<'static> {
        let (sign, style) = if chosen {
            ("▸ ", self.theme.selected)
        } else {
            ("  ", self.theme.bright)
        };
        let about = fit::shorten(preset.about, room.saturating_sub(width + 4));
        Line::from(vec![
            Span::styled(format!("{sign}{}  ", fit::left(preset.name, width)), style),
            Span::styled(about, self.theme.dim),
        ])
    }

    /// Asks for a path, with a list below of what was opened before.
    fn path(
        &self,
        prompt: &Prompt,
        title: &str,
        (keys, hint, list_of): (&str, &str, &str),
        ctx: &mut DrawContext,
    ) {
        let recent = self.screen.recent.there();
        let rows = if recent.is_empty() {
            0
        } else {
            recent.len() as u16 + 1
        };
        let inner = self.open(ctx, (78, 8 + rows), title, keys);
        let style = self.theme.accent.add_modifier(Modifier::UNDERLINED);
        let [asked, list] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(rows)]).areas(inner);
        prompt::ask(prompt, hint, ctx.frame, self.theme, asked, style);
        ctx.rows.clear();
        let heading = Line::styled(format!("{list_of} (↑↓)"), self.theme.dim);
        let lines = recent.iter().map(|file| {
            let chosen = file == prompt.text();
            let style = if chosen {
                self.theme.selected
            } else {
                self.theme.bright
            };
            Line::styled(fit::shorten_start(file, usize::from(inner.width)), style)
        });
        let lines = std::iter::once(heading).chain(lines);
        for ((y, nth), line) in (list.y..list.bottom()).zip(0..).zip(lines) {
            let row = Rect {
                y,
                height: 1,
                ..list
            };
            ctx.rows
                .extend(usize::checked_sub(nth, 1).map(|file| (row, file)));
            ctx.frame.render_widget(line, row);
        }
    }

    fn asked(&self, prompt: &Prompt, title: &str, keys: &str, hint: &str, ctx: &mut DrawContext) {
        let inner = self.open(ctx, (78, 8), title, keys);
        let style = self.theme.accent.add_modifier(Modifier::UNDERLINED);
        prompt::ask(prompt, hint, ctx.frame, self.theme, inner, style);
    }
}
