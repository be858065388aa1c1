//! How the Sweeps screen looks: the list, what the sweep is, its matrix or curve, and its cases.

use super::entry::Progress;
use super::{Sweeps, curve, figures, jobs, list, queue, table};
use crate::sweep::{Results, Sweep};
use crate::text::fit;
use crate::ui::draw_context::DrawContext;
use crate::ui::prompt;
use crate::ui::screens::View;
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use crate::ui::widgets::heat::Heat;
use crate::ui::widgets::popup;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Padding, Paragraph};

/// Cells of a screen below which a sweep's cases stand in place of the list.
const NARROW: u16 = 60;
/// Least and most cells of the list of sweeps.
const LIST: (u16, u16) = (28, 40);

impl View for Sweeps {
    fn view(&self, ctx: &mut DrawContext, shared: &Shared) {
        draw(self, ctx, shared);
        self.write.view(ctx, shared);
    }
}

/// Draws the screen.
fn draw(screen: &Sweeps, ctx: &mut DrawContext, shared: &Shared) {
    let area = ctx.area;
    // Cases and list have no room beside each other there.
    let width = match screen.case {
        Some(_) if area.width < NARROW => 0,
        _ => (area.width / 5).clamp(LIST.0, LIST.1),
    };
    let [left, right] =
        Layout::horizontal([Constraint::Length(width), Constraint::Fill(1)]).areas(area);
    let queue = queue::height(shared, left.height);
    let [above, below] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(queue)]).areas(left);
    let plan = shared.plan();
    list::draw(screen, ctx, shared, &plan, above);
    queue::draw(screen, ctx, shared, below);
    match &screen.entry().sweep {
        Ok(sweep) => {
            let progress = screen.entry().progress(&plan);
            screen.with_results(shared, &plan, |results| {
                of_sweep(screen, sweep, (results, progress), ctx, shared, right);
            });
        }
        Err(why) => trouble(why, ctx, &shared.theme, right),
    }
    if screen.typing.is_some() {
        file(screen, ctx, shared);
    }
}

fn trouble(why: &str, ctx: &mut DrawContext, theme: &Theme, area: Rect) {
    let block =
        popup::pane(theme, Line::styled(" sweep ", theme.bright)).padding(Padding::new(2, 2, 1, 0));
    let inner = block.inner(area);
    ctx.frame.render_widget(block, area);
    let lines = fit::wrap(why, usize::from(inner.width)).into_iter();
    let lines: Vec<Line> = lines.map(|line| Line::styled(line, theme.bad)).collect();
    ctx.frame.render_widget(Paragraph::new(lines), inner);
}

fn of_sweep(
    screen: &Sweeps,
    sweep: &Sweep,
    (results, progress): (&Results, Progress),
    ctx: &mut DrawContext,
    shared: &Shared,
    area: Rect,
) {
    let theme = &shared.theme;
    let room = usize::from(area.width.saturating_sub(4));
    let mut about = about(screen, sweep, (results, progress), shared, room);
    if area.height < 30 {
        about.truncate(2);
    }
    let head = about.len() as u16 + 2;
    let rows = (results.rows.len() as u16 + 3).min(area.height / 2);
    let heat = heat(screen, sweep, results, theme);
    let curve = curve::of(sweep, results, theme);
    let spare = area.height.saturating_sub(head + rows);
    let picture = match (&heat, &curve) {
        (Some(heat), _) => heat.height(spare.saturating_sub(2)) + 2,
        (None, Some(_)) if spare >= 8 => spare,
        _ => 0,
    };
    let [top, middle, bottom] = Layout::vertical([
        Constraint::Length(head),
        Constraint::Length(picture),
        Constraint::Fill(1),
    ])
    .areas(area);
    let title = Line::styled(format!(" {} ", sweep.name), theme.bright);
    let block = popup::pane(theme, title).padding(Padding::horizontal(1));
    let inner = block.inner(top);
    ctx.frame.render_widget(block, top);
    ctx.frame.render_widget(Paragraph::new(about), inner);
    let what = figures::label(results.metric);
    if let Some(heat) = heat.filter(|_| picture > 3) {
        let title = Line::styled(format!(" {what} "), theme.bright);
        let block = popup::pane(theme, title).padding(Padding::horizontal(1));
        let inner = block.inner(middle);
        ctx.frame.render_widget(block, middle);
        ctx.frame.render_widget(heat, inner);
    } else if let Some(curve) = curve.filter(|_| picture > 3) {
        curve.draw(ctx, theme, middle);
    }
    table::draw(screen, sweep, results, ctx, shared, bottom);
}

/// What the sweep is, how far it is, and what all of its cases share.
fn about(
    screen: &Sweeps,
    sweep: &Sweep,
    (results, progress): (&Results, Progress),
    shared: &Shared,
    room: usize,
) -> Vec<Line<'static>> {
    let (theme, entry) = (&shared.theme, screen.entry());
    let about = Some(&sweep.about).filter(|about| !about.is_empty());
    let about = about.map(|about| Line::styled(fit::shorten(about, room), theme.text));
    let mut lines: Vec<Line> = about.into_iter().collect();
    let mut parts = vec![format!("{} of {} trained", progress.done, progress.all)];
    let cut = results.rows.iter().filter(|row| row.cut.is_some()).count() * sweep.seeds.len();
    for (count, word) in [
        (progress.live, "running"),
        (progress.failed, "failed"),
        (cut, "cut"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    let job = jobs::words(&jobs::of(sweep, None, shared));
    parts.extend((!job.is_empty()).then(|| format!("job {job}")));
    let seeds = match sweep.seeds.len() {
        1 => "1 seed".to_owned(),
        seeds => format!("{seeds} seeds"),
    };
    parts.push(format!("{} cases x {seeds}", sweep.cases.len()));
    parts.extend(entry.scale().map(|scale| format!("scale {scale}")));
    let count = fit::shorten(&parts.join(" · "), room);
    lines.push(Line::styled(count, theme.dim));
    lines.push(Line::styled(
        fit::shorten(&in_common(sweep), room),
        theme.dim,
    ));
    if let Some(paper) = &sweep.paper {
        let words = format!("the paper: {}, {}", paper.section, paper.what);
        lines.push(Line::styled(fit::shorten(&words, room), theme.dim));
    }
    lines
}

/// The recipe without what differs between cases.
fn in_common(sweep: &Sweep) -> String {
    let recipe = sweep.shared.recipe();
    let cases: Vec<String> = sweep.cases.iter().map(|c| c.experiment.recipe()).collect();
    let has = |case: &String, part: &str| case.split(" · ").any(|own| own == part);
    let all = |part: &&str| cases.iter().all(|case| has(case, part));
    recipe
        .split(" · ")
        .filter(all)
        .collect::<Vec<_>>()
        .join(" · ")
}

fn heat<'a>(
    screen: &Sweeps,
    sweep: &'a Sweep,
    results: &Results,
    theme: &'a Theme,
) -> Option<Heat<'a>> {
    let cell = |mean: Option<f64>| mean.map(|mean| (mean, figures::value(results.metric, mean)));
    let pair = screen.case.and_then(|case| sweep.cases.get(case)?.pair);
    (!sweep.pairs.is_empty()).then(|| Heat {
        names: &sweep.pairs,
        cells: results
            .matrix(sweep)
            .into_iter()
            .map(|row| row.into_iter().map(cell).collect())
            .collect(),
        // Either half of the matrix.
        cursor: pair
            .into_iter()
            .flat_map(|(i, j)| [(i, j), (j, i)])
            .collect(),
        theme,
    })
}

/// The box in which a file's name is typed.
fn file(screen: &Sweeps, ctx: &mut DrawContext, shared: &Shared) {
    let Some(prompt) = &screen.typing else {
        return;
    };
    let theme = &shared.theme;
    let keys = &shared.keys.sweeps_file.line();
    let inner = popup::open(ctx.frame, theme, ctx.area, (76, 7), "a sweep's file", keys);
    prompt::ask(prompt, "", ctx.frame, theme, inner, theme.accent);
}
