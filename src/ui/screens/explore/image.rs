//! One image: its nearest of the bank, and where its own views fall among them.

use super::map_pane::{facts, title};
use super::state::Explore;
use crate::explore::views::EPOCH;
use crate::runs::Run;
use crate::runs::map::{BankImage, Map};
use crate::text::figures::{decimal, thousands};
use crate::text::fit;
use crate::ui::draw_context::DrawContext;
use crate::ui::pictures::{Drawn, Part, PictureRequest, Views};
use crate::ui::screens::gallery;
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use ratatui::layout::{Constraint, Layout, Rect, Size};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

/// Cells of what is known of the image, and images beside each other.
const FACTS: u16 = 22;
const COLUMNS: u16 = 4;
/// Lines of words below a picture.
const WORDS: u16 = 2;

/// An image beside the chosen one: what stands below its picture.
struct Entry {
    words: String,
    style: Style,
    below: String,
}

/// How the images are laid out: rows of each kind, the cells of a picture, and those from one to the next.
#[derive(Clone, Copy)]
struct Grid {
    rows: u16,
    tile: Size,
    step: Size,
}

/// Draws it.
pub fn draw(screen: &Explore, (run, map): (&Run, &Map), ctx: &mut DrawContext, shared: &Shared) {
    let theme = &shared.theme;
    let nth = screen.chosen(map);
    let point = &map.points[nth];
    let room = usize::from(ctx.area.width.saturating_sub(2));
    let title = title(0, (&[run.title().to_owned()], "chosen image"), map, room);
    let inner = gallery::pane(ctx, theme, ctx.area, title.trim(), "");
    let [left, right] =
        Layout::horizontal([Constraint::Length(FACTS), Constraint::Fill(1)]).areas(inner);
    let data = shared.pictures.possible().then(|| run.data_from_here());
    let data = data.flatten();
    let grid = grid(right, data.is_some());
    let [picture, words] = Layout::vertical([
        Constraint::Length(grid.tile.height + u16::from(data.is_some())),
        Constraint::Fill(1),
    ])
    .areas(left);
    let facts = facts(map, nth, (usize::from(FACTS) - 1, theme));
    ctx.frame.render_widget(Paragraph::new(facts), words);
    let columns = 1 + point.views.len() as u16;
    let bank = format!("nearest of {} in the bank", thousands(map.bank_images));
    let of_views = if point.views.is_empty() {
        let seen = map.points.iter().filter(|point| !point.views.is_empty());
        let seen = thousands(seen.count() as u64);
        format!("no views: they were made of {seen} images")
    } else {
        "its views: cosine · how many of the bank are nearer".to_owned()
    };
    let parts = [
        (bank.as_str(), beside(map, nth, theme), usize::from(columns)),
        (of_views.as_str(), views(map, nth, theme), 1),
    ];
    let draw_all = |ctx: &mut DrawContext, drawn: Option<&Drawn>| {
        if let Some(drawn) = drawn {
            let place = at(picture, grid.tile);
            drawn.tile(0, theme.depth, place, ctx.frame.buffer_mut());
        }
        let heights = [Constraint::Length(1 + grid.rows * grid.step.height); 2];
        let places: [Rect; 2] = Layout::vertical(heights).areas(right);
        for ((head, entries, first), place) in parts.iter().zip(places) {
            let head = Line::styled(fit::shorten(head, usize::from(place.width)), theme.dim);
            ctx.frame.render_widget(head, place);
            draw_part((entries, *first), drawn, ctx, theme, (grid, place));
        }
    };
    // The figures are there before the pictures, and without them.
    draw_all(ctx, None);
    let Some(data) = data else {
        return;
    };
    let seed = run.experiment.as_ref().map_or(0, |e| e.train.seed);
    let augment = run.experiment.as_ref().map(|e| e.augment.clone());
    let shown = usize::from(COLUMNS * grid.rows);
    let name = vec![point.name.clone()];
    let request = PictureRequest {
        data,
        part: Part::of(map.tested, name),
        roll: EPOCH,
        sees: None,
        rows: vec![Views {
            augment: augment.unwrap_or_default(),
            seed,
            image: point.index,
        }],
        bank: near(map, nth)
            .take(shown)
            .map(|(image, _)| (image.index, image.name.clone()))
            .collect(),
        columns,
        tile: grid.tile,
    };
    gallery::fetch(ctx, picture, request, shared, |ctx, _, drawn| {
        draw_all(ctx, Some(drawn));
    });
}

/// Rows of pictures, as large as there is room for: two of each kind, else one; words alone where there are no pictures.
fn grid(area: Rect, pictures: bool) -> Grid {
    let wide = area.width / COLUMNS;
    let rows_of = |rows: u16| {
        let each = area.height.saturating_sub(2) / (2 * rows);
        let high = each.saturating_sub(WORDS).min(wide.saturating_sub(1) / 2);
        let high = if pictures { high } else { 0 };
        Grid {
            rows,
            tile: Size::new(2 * high, high),
            step: Size::new(wide, (high + WORDS).min(each)),
        }
    };
    let two = rows_of(2);
    if pictures && two.tile.height < 4 {
        rows_of(1)
    } else {
        two
    }
}

/// Pictures of one kind with their words, the first of which is the drawn one with that number.
fn draw_part(
    (entries, first): (&[Entry], usize),
    drawn: Option<&Drawn>,
    ctx: &mut DrawContext,
    theme: &Theme,
    (grid, place): (Grid, Rect),
) {
    let shown = usize::from(COLUMNS * grid.rows);
    for (nth, entry) in entries.iter().take(shown).enumerate() {
        let (row, column) = (nth as u16 / COLUMNS, nth as u16 % COLUMNS);
        let cell = Rect {
            x: place.x + column * grid.step.width,
            y: place.y + 1 + row * grid.step.height,
            width: grid.step.width.saturating_sub(1),
            height: grid.step.height,
        };
        let mut below = entry.below.clone();
        if let Some(drawn) = drawn {
            drawn.tile(
                first + nth,
                theme.depth,
                at(cell, grid.tile),
                ctx.frame.buffer_mut(),
            );
            let done = drawn.descriptions.get(first + nth);
            below = match done {
                Some(done) if done.is_empty() => "as it is".to_owned(),
                Some(done) => done.join(" "),
                None => below,
            };
        }
        let room = usize::from(cell.width);
        let words = [(&entry.words, entry.style), (&below, theme.dim)];
        let words = words.map(|(text, style)| Line::styled(fit::shorten(text, room), style));
        let below = Rect {
            y: cell.y + grid.tile.height,
            height: cell.height.saturating_sub(grid.tile.height),
            ..cell
        };
        ctx.frame
            .render_widget(Paragraph::new(words.to_vec()), below);
    }
}

/// The upper left of a place.
fn at(place: Rect, size: Size) -> Rect {
    Rect::new(place.x, place.y, size.width, size.height).intersection(place)
}

/// The nearest images of the bank with their cosines.
fn near(map: &Map, nth: usize) -> impl Iterator<Item = (&BankImage, f64)> {
    let near = map.points[nth].bank.iter();
    near.map(|(place, cosine)| (&map.bank[*place as usize], f64::from(*cosine)))
}

fn beside(map: &Map, nth: usize, theme: &Theme) -> Vec<Entry> {
    let entry = |(image, cosine): (&BankImage, f64)| {
        let class = image.class.map(|class| map.class(class).to_owned());
        Entry {
            words: class.unwrap_or_else(|| image.name.clone()),
            style: if image.class == map.points[nth].class {
                theme.text
            } else {
                theme.bad
            },
            below: decimal(cosine, 3),
        }
    };
    near(map, nth).map(entry).collect()
}

fn views(map: &Map, nth: usize, theme: &Theme) -> Vec<Entry> {
    let views = map.points[nth].views.iter().zip(1..);
    let entry = |((cosine, nearer), view): (&(f32, u32), usize)| Entry {
        words: format!(
            "{} · {}",
            decimal(f64::from(*cosine), 2),
            thousands(u64::from(*nearer))
        ),
        // Within the reach of the neighbours that are shown it is one of them.
        style: if (*nearer as usize) < map.points[nth].bank.len() {
            theme.good
        } else {
            theme.text
        },
        below: format!("view {view}"),
    };
    views.map(entry).collect()
}
