//! Rows of pictures: an original with its name below, and its views with what was done to them.

use crate::text::fit;
use crate::ui::draw_context::DrawContext;
use crate::ui::pictures::{Drawn, PictureRequest};
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// A pane for pictures with its border; the place within.
pub fn pane(ctx: &mut DrawContext, theme: &Theme, area: Rect, title: &str, foot: &str) -> Rect {
    let title = Line::styled(format!(" {title} "), theme.bright);
    let mut block = popup::pane(theme, title);
    if !foot.is_empty() {
        let foot = Line::styled(format!(" {foot} "), theme.dim).right_aligned();
        block = block.title_bottom(foot);
    }
    let inner = block.inner(area);
    ctx.frame.render_widget(block, area);
    Rect {
        x: inner.x + 1,
        width: inner.width.saturating_sub(2),
        ..inner
    }
}

/// Says that a place is too small.
pub fn no_room(ctx: &mut DrawContext, theme: &Theme, place: Rect) {
    let line = Line::styled("there is too little room for pictures", theme.dim);
    ctx.frame.render_widget(line, place);
}

/// Draws the pictures as far as they have come, and has those that are missing drawn: `name` says what stands below the
/// first picture of a row.
pub fn show(
    ctx: &mut DrawContext,
    place: Rect,
    request: PictureRequest,
    shared: &Shared,
    labels: bool,
    name: impl Fn(usize, &Drawn) -> Span<'static>,
) {
    fetch(ctx, place, request, shared, |ctx, request, drawn| {
        let name = |row: usize| name(row, drawn);
        draw(ctx, place, request, drawn, (&shared.theme, labels), name);
    });
}

/// Has `draw` draw what has come, else says why nothing is there yet, and has what is missing drawn.
pub fn fetch(
    ctx: &mut DrawContext,
    place: Rect,
    request: PictureRequest,
    shared: &Shared,
    draw: impl FnOnce(&mut DrawContext, &PictureRequest, &Drawn),
) {
    let theme = &shared.theme;
    match shared.pictures.panel(&request).map(|panel| &panel.drawn) {
        Some(Ok(drawn)) => draw(ctx, &request, drawn),
        Some(Err(why)) => {
            let lines = fit::wrap(why, usize::from(place.width)).into_iter();
            let lines = lines.map(|line| Line::styled(line, theme.dim));
            let words = Paragraph::new(lines.collect::<Vec<_>>());
            ctx.frame.render_widget(words, place);
        }
        None => {
            let line = Line::styled("drawing …", theme.dim);
            ctx.frame.render_widget(line, place);
        }
    }
    ctx.picture_request = Some(request);
}

/// Draws them; `name` says what stands below the first picture of a row, and goes on below the others where those have
/// no labels.
fn draw(
    ctx: &mut DrawContext,
    place: Rect,
    request: &PictureRequest,
    drawn: &Drawn,
    (theme, labels): (&Theme, bool),
    name: impl Fn(usize) -> Span<'static>,
) {
    let Size { width, height } = request.tile;
    let gap =
        ((place.width - request.columns * width) / request.columns.max(2).saturating_sub(1)).min(2);
    let rows = request.rows.len() as u16;
    // Two lines of words where there is room for them below each row.
    let lines = (place.height / rows.max(1))
        .saturating_sub(height)
        .clamp(1, 2);
    for row in 0..rows {
        let top = place.y + row * (height + lines);
        let done = |view: u16| done(drawn, row * request.columns + view, width, lines);
        let views = (1..request.columns).map(done);
        let views = views.map(|words| Span::styled(words, theme.dim));
        let names = std::iter::once(name(usize::from(row))).chain(views);
        for (column, name) in names.enumerate() {
            let x = place.x + column as u16 * (width + gap);
            let at = Rect::new(x, top, width, height).intersection(place);
            let nth = usize::from(row * request.columns) + column;
            drawn.tile(nth, theme.depth, at, ctx.frame.buffer_mut());
            if column > 0 && !labels {
                continue;
            }
            let width = if labels { width } else { place.width };
            let below = Rect::new(x, top + height, width, lines).intersection(place);
            let mut words = fit::wrap(&name.content, usize::from(width));
            if words.len() > usize::from(lines) {
                words = vec![fit::shorten(&name.content, usize::from(width))];
            }
            let words = words.into_iter().map(|line| Line::styled(line, name.style));
            let words: Vec<Line> = words.collect();
            ctx.frame.render_widget(Paragraph::new(words), below);
        }
    }
}

/// What was done to a picture: in words, in shortened ones where those don't fit, and as many as there is room for.
fn done(drawn: &Drawn, nth: u16, width: u16, lines: u16) -> String {
    let words = drawn
        .descriptions
        .get(usize::from(nth))
        .map_or(&[][..], Vec::as_slice);
    if words.is_empty() {
        return fit::shorten("as it is", usize::from(width));
    }
    let width = usize::from(width);
    let whole = words.join(" ");
    if fit::wrap(&whole, width).len() <= usize::from(lines) {
        return whole;
    }
    let shorter = |letters: usize| words.iter().map(|word| short(word, letters)).collect();
    let spellings: [Vec<String>; 3] = [words.to_vec(), shorter(usize::MAX), shorter(3)];
    let length = |words: &[String]| words.iter().map(|word| word.len() + 1).sum::<usize>();
    let fits = spellings.iter().find(|words| length(words) <= width + 1);
    let words = fits.unwrap_or(&spellings[2]);
    let mut line = String::new();
    for (nth, word) in words.iter().enumerate() {
        let gap = if line.is_empty() { "" } else { " " };
        // Room for the sign that there is more.
        let more = if nth + 1 < words.len() { 2 } else { 0 };
        if line.len() + gap.len() + word.len() + more > width && nth > 0 {
            return line + " …";
        }
        line = line + gap + word;
    }
    fit::shorten(&line, width)
}

/// `crop 84 %` is `84%`, `blur 1.2` is `blur`, and of words so many letters stay.
fn short(word: &str, letters: usize) -> String {
    if let Some(part) = word.strip_prefix("crop ") {
        return part.replace(' ', "");
    }
    let name = word.split(' ').next().unwrap_or(word);
    name.chars().take(letters).collect()
}
