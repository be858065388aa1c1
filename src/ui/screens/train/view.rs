//! How the Train screen looks.

use super::{Panes, Train, sample_views};
use crate::engine::metric::{METRICS, Metric};
use crate::runs::{Evaluation, Run, Status};
use crate::text::{self, figures, fit};
use crate::ui::draw_context::DrawContext;
use crate::ui::live::Stage;
use crate::ui::screens::View;
use crate::ui::shared::Shared;
use crate::ui::status;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use crate::ui::{curves, run_remarks, welcome};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Cells of one number with its label.
const CELL: usize = 26;
/// Lines of a screen that has room for pictures below the charts.
const ENOUGH: u16 = 20;
/// Numbers that most runs come to have.
const NUMBERS: usize = 13;

impl View for Train {
    fn view(&self, ctx: &mut DrawContext, shared: &Shared) {
        draw(self, ctx, shared);
        self.write.view(ctx, shared);
    }
}

/// Draws the screen.
fn draw(screen: &Train, ctx: &mut DrawContext, shared: &Shared) {
    match shared.shown() {
        Some(run) => of_run(screen, run, ctx, shared),
        None => nothing(ctx, shared),
    }
    if let Some(run) = screen.to_stop(shared) {
        let (theme, area) = (&shared.theme, ctx.area);
        let keys = &shared.keys.train_stop.line();
        let inner = popup::open(ctx.frame, theme, area, (58, 8), "stop this run?", keys);
        let fitted = |words| fit::shorten(words, usize::from(inner.width));
        let names = [(run.title(), theme.bright), (&run.id, theme.dim)];
        let names = names.map(|(name, style)| Line::styled(fitted(name), style));
        let words = "It ends after this step and writes a checkpoint. What it learnt so far stays in the history.";
        let lines = fit::wrap(words, usize::from(inner.width));
        let lines = lines.into_iter().map(Line::raw);
        let lines: Vec<Line> = names.into_iter().chain(lines).collect();
        ctx.frame.render_widget(Paragraph::new(lines), inner);
    }
}

/// Without a run: what is being prepared, why nothing was started, or how to begin.
fn nothing(ctx: &mut DrawContext, shared: &Shared) {
    let theme = &shared.theme;
    let (head, style, words) = match (&shared.live.stage, &shared.live.refused) {
        (Stage::Preparing(what), _) => ("◌ preparing", theme.accent, what.clone()),
        (_, Some(why)) => ("not started", theme.bad, why.clone()),
        _ => {
            let head = "nothing has been trained yet";
            return welcome::view(ctx.frame, ctx.area, head, shared);
        }
    };
    status::centred(ctx.frame, ctx.area, (head, style), &words, theme);
}

fn of_run(screen: &Train, run: &Run, ctx: &mut DrawContext, shared: &Shared) {
    let area = ctx.area;
    let cells = numbers(run, shared);
    let columns = (usize::from(area.width) / CELL).max(1);
    // Those that come later have their place from the start, so that the charts don't shrink.
    let rows = cells
        .len()
        .max(NUMBERS)
        .div_ceil(columns)
        .min(if area.height >= 30 { 4 } else { 2 }) as u16;
    let reason = reason(run, shared, usize::from(area.width.saturating_sub(3)));
    let notice = reason.len() as u16;
    // The charts come first where there is little room.
    let pictures = screen.pictures && shared.pictures.possible() && area.height >= ENOUGH;
    let console = match area.height {
        height if pictures => sample_views::height(height),
        // One that stays empty leaves its lines to the charts; the first line would push them.
        18.. if run.series.notes.is_empty() && !run.status.is_live() => 0,
        40.. => 10,
        30..40 => 7,
        18..30 => 4,
        _ => 0,
    };
    let [head, charts, gauge, grid, words, bottom] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(rows),
        Constraint::Length(notice),
        Constraint::Length(console),
    ])
    .areas(area);
    ctx.frame
        .render_widget(header(run, shared, usize::from(head.width)), head);
    let theme = &shared.theme;
    self::charts(screen, run, ctx, theme, charts);
    ctx.frame
        .render_widget(progress(run, shared, usize::from(gauge.width)), gauge);
    ctx.frame
        .render_widget(Paragraph::new(table(&cells, columns, theme)), grid);
    ctx.frame.render_widget(Paragraph::new(reason), words);
    if pictures {
        sample_views::draw(run, ctx, shared, bottom);
    } else {
        screen.console.view(run, ctx, theme, bottom);
    }
}

/// Loss and kNN beside each other, one metric large, or all that fit.
fn charts(screen: &Train, run: &Run, ctx: &mut DrawContext, theme: &Theme, area: Rect) {
    let keys = match screen.panes {
        Panes::Pair => vec!["loss", "knn"],
        Panes::One => vec![screen.large(run)],
        Panes::All => Train::metrics(run),
    };
    let area = match screen.panes {
        Panes::One => explained(screen.large(run), ctx, theme, area),
        _ => area,
    };
    let charts = keys
        .iter()
        .map(|key| curves::chart(theme, run, key, &screen.chart_view));
    ctx.charts(charts.collect(), area);
}

/// What a metric means and which way is good, below its chart; returns the lines above.
fn explained(key: &str, ctx: &mut DrawContext, theme: &Theme, area: Rect) -> Rect {
    let Some(metric) = Metric::find(key) else {
        return area;
    };
    let good = match metric.higher_is_better {
        Some(true) => " Higher is better.",
        Some(false) => " Lower is better.",
        None => "",
    };
    let words = format!("{}{good}", metric.help);
    let lines = fit::lines(&words, usize::from(area.width.saturating_sub(4)), 2);
    let height = Constraint::Length(lines.len() as u16);
    let [charts, below] = Layout::vertical([Constraint::Fill(1), height]).areas(area);
    let lines = lines
        .into_iter()
        .map(|l| Line::styled(format!("  {l}"), theme.dim));
    ctx.frame
        .render_widget(Paragraph::new(lines.collect::<Vec<_>>()), below);
    charts
}

fn header(run: &Run, shared: &Shared, width: usize) -> Line<'static> {
    let theme = &shared.theme;
    let (glyph, style) = status::sign(run.status, theme);
    let mut word = run.status.name().to_owned();
    if run.status.is_live() && !shared.trains(run) {
        word += " in another process";
    }
    let state = format!("{glyph} {word}");
    let id = fit::shorten(
        &run.id,
        width.saturating_sub(text::width(run.title()) + text::width(&state) + 9),
    );
    let gap =
        width.saturating_sub(text::width(run.title()) + text::width(&state) + text::width(&id) + 6);
    Line::from(vec![
        Span::styled(
            format!("  {}   ", fit::shorten_middle(run.title(), width / 2)),
            theme.bright,
        ),
        Span::styled(state, style),
        Span::raw(" ".repeat(gap)),
        Span::styled(id, theme.dim),
    ])
}

fn progress(run: &Run, shared: &Shared, width: usize) -> Line<'static> {
    let theme = &shared.theme;
    let (done, total) = run.series.progress().unwrap_or((0, 0));
    let share = done as f64 / total.max(1) as f64;
    let time = match status::time_left(run, shared.clock.now()) {
        Some(left) if run.status.is_live() => left,
        None if run.status.is_live() && run.series.is_tuning() => "tuning kernels".to_owned(),
        None if run.status.is_live() => "estimating".to_owned(),
        _ => format!("took {}", figures::duration(run.series.elapsed())),
    };
    let end = format!(
        " {:>3} %   {} ",
        (share * 100.0).floor(),
        fit::right(&time, 17)
    );
    let bar = width.saturating_sub(text::width(&end) + 3);
    let filled = (share * bar as f64) as usize;
    Line::from(vec![
        Span::raw("  "),
        Span::styled("━".repeat(filled), theme.series(0)),
        Span::styled("─".repeat(bar - filled), theme.faint),
        Span::raw(end),
    ])
}

/// A number with its label.
struct Number {
    label: &'static str,
    value: String,
}

fn numbers(run: &Run, shared: &Shared) -> Vec<Number> {
    let series = &run.series;
    let (done, total) = series.progress().unwrap_or((0, 0));
    let per_epoch = series
        .begin
        .as_ref()
        .map_or(0, |b| b.steps_per_epoch)
        .max(1);
    let epochs = total / per_epoch;
    let mut cells = vec![
        Number {
            label: "epoch",
            value: format!("{:.1}/{epochs}", done as f64 / per_epoch as f64),
        },
        Number {
            label: "step",
            value: format!("{}/{}", figures::thousands(done), figures::thousands(total)),
        },
        Number {
            label: "elapsed",
            value: figures::duration(elapsed(run, shared)),
        },
    ];
    for metric in METRICS.iter().filter(|m| !matches!(m.key, "loss" | "knn")) {
        if let Some(sample) = series.last(metric.key) {
            let label = match metric.key {
                "rate" => "rate",
                "contrastive_top1" => "top-1",
                "h_rank" => "rank of h",
                "views_per_second" => "views/s",
                "few_1" => "h, 1 label",
                "few_2" => "h, 2 labels",
                "few_5" => "h, 5 labels",
                "few_10" => "h, 10 labels",
                _ => metric.label,
            };
            let unit = match metric.unit {
                "%" => " %",
                "GiB" => " GiB",
                _ => "",
            };
            let value = curves::value(metric.key, sample.value) + unit;
            cells.push(Number { label, value });
        }
    }
    cells
}

/// Seconds of training, going on between samples while the run does.
fn elapsed(run: &Run, shared: &Shared) -> f64 {
    let since = shared.clock.now() - run.series.last_at;
    let more = if run.status == Status::Running {
        since.clamp(0.0, 60.0)
    } else {
        0.0
    };
    run.series.elapsed() + more
}

fn table(cells: &[Number], columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let rows = cells.chunks(columns);
    rows.map(|row| {
        let mut spans = vec![Span::raw("  ")];
        for number in row {
            let label = fit::left(number.label, 12);
            let value = fit::right(&number.value, CELL - 15);
            spans.push(Span::styled(label, theme.dim));
            spans.push(Span::styled(value, theme.bright));
            spans.push(Span::raw("   "));
        }
        Line::from(spans)
    })
    .collect()
}

/// Why the run ended as it did, what is wrong with it, or what its curves say.
fn reason(run: &Run, shared: &Shared, room: usize) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let end = run.series.end.as_ref().and_then(|e| e.reason.clone());
    let (words, style) = if let Some(why) = &run.broken {
        (format!("broken: {why}"), theme.bad)
    } else if run.status == Status::Failed {
        (
            format!(
                "failed: {}",
                end.clone()
                    .unwrap_or_else(|| "no reason was recorded".to_owned())
            ),
            theme.bad,
        )
    } else if run.status == Status::Interrupted {
        (
            format!("interrupted: {}", status::interrupted(run)),
            theme.warn,
        )
    } else if let Some(why) = end.filter(|_| run.status == Status::Stopped) {
        (format!("stopped: {why}"), theme.warn)
    } else if run.damaged > 0 {
        (
            format!(
                "{} records of its log were damaged and left out.",
                run.damaged
            ),
            theme.warn,
        )
    } else {
        return remarks(run, shared, room);
    };
    indented(&words, room, 2, style).collect()
}

/// What its network is worth, and what its curves say: a warning always, other words where nothing else is said.
fn remarks(run: &Run, shared: &Shared, room: usize) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let figures = Evaluation::in_brief(shared.evaluations.of(run));
    let figures = figures.map(|figures| format!("evaluated: {figures}"));
    let known = usize::from(figures.is_some());
    let figures = figures.into_iter();
    let figures =
        figures.flat_map(|words| indented(&words, room, 1, theme.text).collect::<Vec<_>>());
    let remark = run_remarks::sentence(run).filter(|(_, warns)| *warns || known == 0);
    let Some((sentence, warns)) = remark else {
        let lines: Vec<Line> = figures.collect();
        return if lines.is_empty() {
            vec![Line::default()]
        } else {
            lines
        };
    };
    let style = if warns { theme.warn } else { theme.dim };
    figures
        .chain(indented(&sentence, room, 2 - known, style))
        .collect()
}

/// Words in a few lines.
fn indented(
    words: &str,
    room: usize,
    most: usize,
    style: Style,
) -> impl Iterator<Item = Line<'static>> + use<> {
    let lines = fit::lines(words, room, most).into_iter();
    lines.map(move |line| Line::styled(format!("  {line}"), style))
}
