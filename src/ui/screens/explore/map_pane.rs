//! The pane of the map, and beside it the chosen image, what it is taken for and its neighbours.

use super::canvas::{self, Window};
use super::legend::{self, Legend};
use super::state::{Explore, Pane};
use super::thumbs;
use super::tiles::{self, Grid};
use crate::runs::Run;
use crate::runs::map::Map;
use crate::text::figures::{decimal, thousands};
use crate::text::{self, fit};
use crate::ui::curves;
use crate::ui::draw_context::DrawContext;
use crate::ui::pictures::Scene;
use crate::ui::screens::gallery;
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// Cells of the pane beside the map, at least and where there is much room.
const BESIDE: (u16, u16) = (30, 44);

/// Draws the map and, beside it, the chosen image.
pub fn draw(screen: &Explore, (run, map): (&Run, &Map), ctx: &mut DrawContext, shared: &Shared) {
    let wide = if ctx.area.width >= 120 {
        BESIDE.1
    } else {
        BESIDE.0
    };
    let [left, right] = Layout::horizontal([
        Constraint::Fill(1),
        Constraint::Length(wide.min(ctx.area.width / 2)),
    ])
    .areas(ctx.area);
    let seen = (screen.window, screen.chosen(map), screen.layout());
    let near = draw_map((screen, seen), (&[run], 0, map), ctx, shared, left);
    draw_point(screen, (run, map), ctx, shared, right);
    ctx.scene = near;
}

/// Cells of a run's name above its map, at least.
const NAME: usize = 12;

/// What stands above a map: whose it is, a word on it, and of which checkpoint, where there is room for that beside the name.
pub fn title(run: usize, (labels, word): (&[String], &str), map: &Map, room: usize) -> String {
    let (space, step) = (&map.space, thousands(map.step));
    let tails = [
        format!(" · {word} in {space} · step {step}"),
        format!(" · {word} in {space}"),
        format!(" · {space}"),
    ];
    let left = |tail: &String| room.saturating_sub(text::width(tail) + 2);
    let widest = labels.iter().map(|label| text::width(label)).max();
    let least = widest.unwrap_or(0).min(NAME);
    let tail = tails.iter().find(|tail| left(tail) >= least);
    let tail = tail.unwrap_or(&tails[2]);
    let names = fit::apart(labels, left(tail));
    format!(" {}{tail} ", names[run])
}

/// Draws the part of a map that is in a window, with one of its images chosen and a word on it; it is that of one of the runs that
/// stand beside each other. Where the terminal has pictures and the window is near, what it shows as a picture is returned.
pub fn draw_map(
    (screen, (window, chosen, word)): (&Explore, (Window, usize, &str)),
    (runs, at, map): (&[&Run], usize, &Map),
    ctx: &mut DrawContext,
    shared: &Shared,
    area: Rect,
) -> Option<Scene> {
    let theme = &shared.theme;
    let labels = curves::labels(runs);
    let room = usize::from(area.width.saturating_sub(2));
    let title = title(at, (&labels, word), map, room);
    let block = popup::pane(theme, Line::styled(title, theme.bright)).title_bottom(
        Line::styled(
            format!(" {} ", foot(map, usize::from(area.width.saturating_sub(6)))),
            theme.dim,
        )
        .right_aligned(),
    );
    let inner = block.inner(area);
    ctx.frame.render_widget(block, area);
    let colour = screen.colour(map);
    let groups = colour.groups(map);
    let legend = Legend::of(colour, &groups, groups[chosen], theme);
    let below = legend.lines(map, inner.width);
    let most = usize::from(inner.height / 3);
    let below = legend::cut(below, most, inner.width, theme);
    let high = below.len() as u16;
    let [place, words] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(high)]).areas(inner);
    ctx.frame.render_widget(Paragraph::new(below), words);
    let places = screen.places(map);
    let dots = window.dots(&places, place);
    let style = |group: Option<u32>| match group {
        None => theme.dim,
        Some(group) => legend.style(group),
    };
    let near = (screen.pane == Pane::Map && window.is_near() && shared.pictures.graphics())
        .then(|| {
            let of = format!("{} {} {word}", runs[at].id, map.space);
            let style = |nth: usize| style(groups[nth]);
            thumbs::near(of, (map, chosen), (&dots, place), style, theme)
        })
        .flatten();
    let buffer = ctx.frame.buffer_mut();
    let drawn = near
        .as_ref()
        .filter(|near| shared.pictures.draw_scene(&near.scene, place, buffer));
    if drawn.is_none() {
        canvas::draw(&dots, &groups, place, style, buffer);
        signs(
            (map, chosen),
            (&dots, place),
            |nth| style(groups[nth]),
            buffer,
        );
    }
    // A click chooses the point that was drawn last in a cell.
    for (nth, dot) in dots.iter().enumerate() {
        if let Some(at) = canvas::cell(*dot, place) {
            ctx.rows.push((Rect::new(at.x, at.y, 1, 1), nth));
        }
    }
    ctx.rows
        .extend(drawn.iter().flat_map(|near| near.cells(place)));
    near.map(|near| near.scene)
}

/// Signs of the chosen point and its nearest.
fn signs(
    (map, chosen): (&Map, usize),
    (dots, place): (&[(f32, f32)], Rect),
    style: impl Fn(usize) -> Style,
    buffer: &mut Buffer,
) {
    let near = map.points[chosen].nearest.iter();
    let near = near.map(|(nth, _)| (*nth as usize, "o"));
    for (nth, sign) in near.chain([(chosen, "@")]) {
        if let Some(at) = canvas::cell(dots[nth], place) {
            let mut style = style(nth).add_modifier(Modifier::BOLD);
            if nth == chosen {
                style = style.add_modifier(Modifier::REVERSED);
            }
            buffer[at].set_symbol(sign).set_style(style);
        }
    }
}

/// How good the whole is, as far as there is room.
fn foot(map: &Map, room: usize) -> String {
    let knn = map
        .accuracy()
        .map(|v| format!("kNN {} %", decimal(100.0 * v, 1)));
    let clusters = map
        .cluster_class_ami
        .map(|v| format!("clusters {}", decimal(v, 2)));
    let rank = format!("rank {}", decimal(map.effective_rank, 1));
    let count = format!("{} images", thousands(map.points.len() as u64));
    let parts = [knn, clusters, Some(rank), Some(count)];
    let mut parts: Vec<String> = parts.into_iter().flatten().collect();
    while parts.len() > 1 && parts.join(" · ").chars().count() > room {
        parts.pop();
    }
    parts.join(" · ")
}

fn draw_point(
    screen: &Explore,
    (run, map): (&Run, &Map),
    ctx: &mut DrawContext,
    shared: &Shared,
    area: Rect,
) {
    let theme = &shared.theme;
    let nth = screen.chosen(map);
    let point = &map.points[nth];
    let inner = gallery::pane(ctx, theme, area, "chosen image", "");
    let wide = usize::from(inner.width);
    let mut lines = facts(map, nth, (wide, theme));
    lines.push(Line::styled("nearest, by cosine", theme.dim));
    let head = lines.len() as u16;
    for (other, cosine) in &point.nearest {
        let near = &map.points[*other as usize];
        let name = near
            .class
            .map_or_else(|| near.name.clone(), |class| map.class(class).to_owned());
        let style = if near.class == point.class {
            theme.text
        } else {
            theme.bad
        };
        let name = fit::left(
            &fit::shorten(&name, wide.saturating_sub(7)),
            wide.saturating_sub(7),
        );
        lines.push(Line::from(vec![
            Span::styled(name, style),
            Span::styled(format!("  {}", decimal(f64::from(*cosine), 3)), theme.dim),
        ]));
    }
    let words = lines.len() as u16;
    let [above, below] = Layout::vertical([
        Constraint::Length(words.min(inner.height)),
        Constraint::Fill(1),
    ])
    .areas(inner);
    // Where there is little room, the picture comes before the last neighbours.
    let room = inner.height.saturating_sub(head + 2);
    let (above, below) = if below.height < 7 && room >= 7 && shared.pictures.possible() {
        let parts = Layout::vertical([Constraint::Fill(1), Constraint::Length(room.min(8))]);
        let [above, below] = parts.areas(inner);
        (above, below)
    } else {
        (above, below)
    };
    ctx.frame.render_widget(Paragraph::new(lines), above);
    pictures((run, map), nth, ctx, shared, below);
}

/// What is known of an image.
pub fn facts(map: &Map, nth: usize, (wide, theme): (usize, &Theme)) -> Vec<Line<'static>> {
    let point = &map.points[nth];
    let mut lines = vec![Line::styled(
        fit::shorten_start(&point.name, wide),
        theme.dim,
    )];
    if let Some(class) = point.class {
        lines.push(pair("class", map.class(class), theme.bright, (wide, theme)));
    }
    if let Some(taken) = point.taken_for {
        let votes = decimal(100.0 * point.votes.unwrap_or(0.0), 0);
        let words = format!("{} {votes} %", map.class(taken));
        let style = match point.right() {
            Some(true) => theme.good,
            Some(false) => theme.bad,
            None => theme.text,
        };
        lines.push(pair("kNN", &words, style, (wide, theme)));
    }
    let wrong = map.mistakes();
    if let Some(at) = wrong.iter().position(|one| *one == nth) {
        let words = format!(
            "{} of {}",
            thousands(at as u64 + 1),
            thousands(wrong.len() as u64)
        );
        lines.push(pair("mistake", &words, theme.text, (wide, theme)));
    }
    lines.push(pair(
        "cluster",
        &(point.cluster + 1).to_string(),
        theme.text,
        (wide, theme),
    ));
    lines
}

/// A label with its value.
fn pair(label: &str, value: &str, style: Style, (wide, theme): (usize, &Theme)) -> Line<'static> {
    let value = fit::shorten(value, wide.saturating_sub(9));
    Line::from(vec![
        Span::styled(fit::left(label, 9), theme.dim),
        Span::styled(value, style),
    ])
}

/// The chosen image and, where there is room, its neighbours.
fn pictures(
    (run, map): (&Run, &Map),
    chosen: usize,
    ctx: &mut DrawContext,
    shared: &Shared,
    area: Rect,
) {
    let near = map.points[chosen].nearest.iter();
    let near = near.map(|(other, _)| *other as usize);
    let class = map.points[chosen].class;
    let name = |nth: usize| {
        let of = map.points[nth].class;
        let style = if of == class {
            shared.theme.dim
        } else {
            shared.theme.bad
        };
        Span::styled(of.map_or("", |class| map.class(class)).to_owned(), style)
    };
    let shown = std::iter::once(chosen).chain(near).collect();
    let grid = grid(area, map.points[chosen].nearest.len());
    tiles::draw((run, map), shown, (area, grid), name, ctx, shared);
}

/// One picture where there is little room, else three beside each other.
fn grid(area: Rect, nearest: usize) -> Grid {
    let one = (area.height.saturating_sub(1)).min(area.width / 2).max(1);
    if area.height < 12 || nearest == 0 {
        return Grid {
            columns: 1,
            high: one,
        };
    }
    let columns = 3;
    let high = (area.width / columns / 2).min((area.height / 3).saturating_sub(1));
    Grid {
        columns,
        high: high.max(2),
    }
}
