//! The run under the cursor of the History screen.

use super::cells;
use super::rows::Row;
use crate::experiment::{Experiment, presets};
use crate::hparam::{Field, Group};
use crate::runs::{Evaluation, Run, Status};
use crate::text::{figures, fit};
use crate::ui::chart_view::ChartView;
use crate::ui::curves;
use crate::ui::draw_context::DrawContext;
use crate::ui::shared::Shared;
use crate::ui::status;
use crate::ui::theme::Theme;
use crate::ui::widgets::chart::Chart;
use crate::ui::widgets::popup;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Padding, Paragraph};
use std::borrow::Cow;

/// What there is to say of a run that has no column.
fn remark(run: &Run, theme: &Theme) -> Option<(String, ratatui::style::Style)> {
    let end = run.series.end.as_ref().and_then(|e| e.reason.clone());
    match (&run.broken, run.status, end) {
        (Some(why), _, _) => Some((why.clone(), theme.bad)),
        (None, Status::Failed, why) => Some((
            why.unwrap_or_else(|| "no reason was recorded".to_owned()),
            theme.bad,
        )),
        (None, Status::Interrupted, _) => Some((status::interrupted(run), theme.warn)),
        (None, _, Some(why)) => Some((why, theme.dim)),
        (None, _, None) if run.damaged > 0 => Some((
            format!("{} records of its log were damaged", run.damaged),
            theme.warn,
        )),
        _ => None,
    }
}

/// Two lines about the row under the cursor.
pub fn lines(row: &Row, ctx: &mut DrawContext, shared: &Shared, area: Rect) {
    let theme = &shared.theme;
    let room = usize::from(area.width.saturating_sub(4));
    let (first, (second, style)) = match row.run() {
        None => {
            let facts = of_sweep(row, shared)
                .into_iter()
                .map(|(label, value)| format!("{label} {value}"));
            let words = facts.collect::<Vec<_>>();
            (words[0].clone(), (words[1..].join(" · "), theme.dim))
        }
        Some(run) => {
            let words = [run.notes.tags.join(", "), run.notes.note.clone()];
            let words = words.into_iter().filter(|w| !w.is_empty());
            let first: Vec<String> = std::iter::once(run.id.clone()).chain(words).collect();
            let recipe = || (cells::recipe(row, shared), theme.dim);
            (first.join(" · "), remark(run, theme).unwrap_or_else(recipe))
        }
    };
    let lines = vec![
        Line::styled(format!("  {}", fit::shorten(&first, room)), theme.dim),
        Line::styled(format!("  {}", fit::shorten(&second, room)), style),
    ];
    ctx.frame.render_widget(Paragraph::new(lines), area);
}

/// What there is to say of a sweep by those of its runs that are in the list.
fn of_sweep(row: &Row, shared: &Shared) -> Vec<(&'static str, String)> {
    let sweep = row.sweep.as_deref().unwrap_or_default();
    let best = best(row).and_then(|run| {
        let origin = run.origin.as_ref()?;
        let knn = curves::value("knn", run.best_knn()?);
        Some(format!(
            "kNN {knn} %, {}, seed {}",
            origin.case, origin.seed
        ))
    });
    vec![
        ("runs", format!("{}: {}", row.runs.len(), row.statuses())),
        ("varied", shared.varied(sweep).join(", ")),
        ("best", best.unwrap_or_default()),
    ]
}

/// The run with the best kNN accuracy.
fn best<'a>(row: &Row<'a>) -> Option<&'a Run> {
    let knn = |run: &Run| run.best_knn().unwrap_or(f64::NEG_INFINITY);
    let runs = row.runs.iter().copied();
    runs.max_by(|a, b| knn(a).total_cmp(&knn(b)))
}

/// The row under the cursor with the curves of its run, or of its best one.
pub fn pane(row: &Row, ctx: &mut DrawContext, shared: &Shared, area: Rect) {
    let theme = &shared.theme;
    let [left, right] = Layout::horizontal([Constraint::Fill(5), Constraint::Fill(6)]).areas(area);
    let (title, facts, remark, run) = match row.run() {
        None => {
            let Some(best) = best(row) else { return };
            let sweep = row.sweep.clone().unwrap_or_default();
            (sweep, of_sweep(row, shared), None, best)
        }
        Some(run) => {
            let evaluated = Evaluation::in_brief(shared.evaluations.of(run));
            let varied = row
                .sweep
                .as_ref()
                .map_or(&[][..], |sweep| shared.varied(sweep));
            let facts = facts(run, evaluated, varied);
            (run.title().to_owned(), facts, remark(run, theme), run)
        }
    };
    let title = Line::styled(format!(" {title} "), theme.bright);
    let block = popup::pane(theme, title).padding(Padding::new(2, 2, 1, 0));
    let inner = block.inner(left);
    ctx.frame.render_widget(block, left);
    let room = usize::from(inner.width);
    let mut lines: Vec<Line> = Vec::new();
    for (label, value) in facts {
        let wide = room.saturating_sub(10);
        let most = if ["changed", "varied"].contains(&label) {
            3
        } else {
            1
        };
        for (nth, words) in fit::lines(&value, wide, most).into_iter().enumerate() {
            let label = if nth == 0 { label } else { "" };
            lines.push(Line::from(vec![
                Span::styled(fit::left(label, 10), theme.dim),
                Span::raw(words),
            ]));
        }
    }
    if let Some((words, style)) = remark {
        lines.push(Line::default());
        lines.extend(
            fit::wrap(&words, room)
                .into_iter()
                .map(|l| Line::styled(l, style)),
        );
    }
    ctx.frame.render_widget(Paragraph::new(lines), inner);
    let chart_view = ChartView::default();
    if right.width >= 84 {
        let [a, b] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(right);
        let loss = curves::chart(theme, run, "loss", &chart_view);
        let knn = curves::chart(theme, run, "knn", &chart_view);
        let mut both = [(loss, a), (knn, b)];
        Chart::align(&mut both);
        for (chart, area) in both {
            ctx.frame.render_widget(chart, area);
        }
    } else {
        ctx.frame
            .render_widget(curves::chart(theme, run, "knn", &chart_view), right);
    }
}

/// What an experiment changes in the shipped one of its name, or in the defaults where none has it; the hyperparameters
/// that its sweep varies come first.
fn changed(experiment: &Experiment, varied: &[String]) -> String {
    let shipped = presets::known(&experiment.name);
    let base = shipped.map_or_else(|| Cow::Owned(Experiment::default()), Cow::Borrowed);
    let counts =
        |field: &&Field| !field.param.free && base.get(&field.path).as_ref() != Some(&field.value);
    let fields = experiment.fields();
    let is_varied = |field: &&Field| varied.contains(&field.path);
    let first = fields.iter().filter(is_varied);
    let others = fields
        .iter()
        .filter(|field| counts(field) && !is_varied(field));
    let changes: Vec<String> = first
        .chain(others)
        .map(|f| format!("{} {}", f.path, f.value))
        .collect();
    match changes.as_slice() {
        [] if shipped.is_some() => format!("nothing (same as the included {})", base.name),
        [] => "nothing (all defaults)".to_owned(),
        _ => changes.join(", "),
    }
}

fn facts(run: &Run, evaluated: Option<String>, varied: &[String]) -> Vec<(&'static str, String)> {
    let device = run.environment.as_ref().map(|e| e.device.clone());
    let device = device.filter(|d| !d.is_empty());
    let begin = run.series.begin.as_ref();
    let network = begin.map_or_else(String::new, |b| {
        format!("{:.2} M parameters", b.parameters as f64 / 1e6)
    });
    let experiment = run.experiment.as_ref();
    let data = experiment.map_or_else(String::new, |e| {
        let images = begin.map_or_else(String::new, |b| {
            format!(" · {} training images", figures::thousands(b.train_images))
        });
        format!("{}{images}", e.data.source.name())
    });
    let train = experiment.map_or_else(String::new, |e| {
        format!(
            "{} pairs · T {} · {} {}",
            e.train.batch,
            e.loss.temperature,
            e.train.optimizer.name(),
            e.train.rate
        )
    });
    let model = experiment.map_or_else(String::new, |e| {
        format!("{} w{} · {network}", e.model.encoder.name(), e.model.width)
    });
    vec![
        ("run", run.id.clone()),
        ("data", data),
        ("model", model),
        ("training", train),
        (
            "device",
            device
                .or(begin.map(|b| b.device.clone()))
                .unwrap_or_default(),
        ),
        ("evaluated", evaluated.unwrap_or_default()),
        (
            "changed",
            experiment.map_or_else(String::new, |e| changed(e, varied)),
        ),
        ("tags", run.notes.tags.join(", ")),
        ("note", run.notes.note.clone()),
    ]
}
