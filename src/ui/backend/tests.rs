//! What is written, byte by byte, and what a terminal then shows.

use super::*;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

fn written(cells: &[(&'static str, Style)]) -> String {
    let mut bytes = Vec::new();
    let cells: Vec<Cell> = cells
        .iter()
        .map(|(symbol, style)| {
            let mut cell = Cell::new(symbol);
            cell.set_style(*style);
            cell
        })
        .collect();
    let at = cells.iter().zip(0..).map(|(cell, x)| (x, 0, cell));
    CompactBackend::new(&mut bytes).draw(at).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn blanks_cost_no_colour_and_keep_what_shows_on_them() {
    let red = Style::new().fg(Color::Rgb(255, 0, 0)).bold();
    let plain = Style::new();
    let told = written(&[("a", red), (" ", plain), ("b", red)]);
    assert_eq!(told, "\x1b[1;1H\x1b[1;38;2;255;0;0ma b\x1b[0m");
    for shown in [plain.bg(Color::Blue), plain.underlined(), plain.reversed()] {
        let told = written(&[("a", red), (" ", shown), ("b", red)]);
        assert!(!told.contains("a b"), "{told:?}");
        let told = written(&[("a", shown), (" ", plain), ("b", shown)]);
        assert!(!told.contains("a b"), "{told:?}");
    }
}

#[test]
fn bold_and_dim_go_together_and_the_one_that_stays_is_set_again() {
    let (bold, dim) = (Style::new().bold(), Style::new().dim());
    let told = written(&[
        ("a", bold.dim()),
        ("b", dim),
        ("c", bold),
        ("d", Style::new()),
    ]);
    assert_eq!(
        told,
        "\x1b[1;1H\x1b[1;2ma\x1b[22;2mb\x1b[22;1mc\x1b[22md\x1b[0m"
    );
}

#[test]
fn gaps_are_stepped_over_unless_a_sign_may_be_wider_than_thought() {
    let cell = Cell::new("a");
    let wide = Cell::new("▁");
    let draw = |cells: &[(u16, u16, &Cell)]| {
        let mut bytes = Vec::new();
        CompactBackend::new(&mut bytes)
            .draw(cells.iter().copied())
            .unwrap();
        String::from_utf8(bytes).unwrap()
    };
    assert_eq!(
        draw(&[(0, 0, &cell), (5, 0, &cell)]),
        "\x1b[1;1Ha\x1b[4Ca\x1b[0m"
    );
    assert_eq!(
        draw(&[(0, 0, &wide), (5, 0, &cell)]),
        "\x1b[1;1H▁\x1b[1;6Ha\x1b[0m"
    );
    assert_eq!(
        draw(&[(0, 0, &cell), (0, 1, &cell)]),
        "\x1b[1;1Ha\x1b[2;1Ha\x1b[0m"
    );
    // The sequence of a picture in the first of its cells.
    let picture = Cell::new("\x1b]1337;File=inline=1:AAAA\x07");
    let drawn = draw(&[(0, 0, &picture), (5, 0, &cell)]);
    assert!(drawn.ends_with("\x07\x1b[1;6Ha\x1b[0m"), "{drawn:?}");
    let drawn = draw(&[(0, 0, &picture), (1, 0, &cell)]);
    assert!(drawn.ends_with("\x07\x1b[1;2Ha\x1b[0m"), "{drawn:?}");
    assert_eq!(draw(&[]), "");
}

/// Columns of the lines that are drawn.
const COLUMNS: u16 = 24;

/// Two frames of one line, one after the other, and the terminal after them.
fn drawn(texts: [&str; 2]) -> (Buffer, vt100::Parser) {
    let one = |n| std::num::NonZeroU16::new(n).unwrap();
    let mut terminal = vt100::Parser::new(one(1), one(COLUMNS), 0);
    let mut last = Buffer::empty(Rect::new(0, 0, COLUMNS, 1));
    let mut bytes = Vec::new();
    let mut backend = CompactBackend::new(&mut bytes);
    for text in texts {
        let mut next = Buffer::empty(last.area);
        next.set_string(0, 0, text, Style::new());
        backend.draw(last.diff(&next).into_iter()).unwrap();
        last = next;
    }
    terminal.process(&bytes);
    (last, terminal)
}

/// Holds that each letter stands in its cells, and nothing else anywhere.
fn assert_alike(texts: [&str; 2]) {
    let (buffer, terminal) = drawn(texts);
    let mut x = 0;
    while x < COLUMNS {
        let symbol = buffer[(x, 0)].symbol();
        let cells = buffer[(x, 0)].cell_width().max(1);
        let letter = text::drawable(symbol, cells.into());
        let shown: String = (x..x + cells)
            .filter_map(|x| terminal.screen().cell(0, x))
            .map(vt100::Cell::contents)
            .collect();
        let (shown, letter) = (shown.trim_end(), letter.trim_end());
        // This terminal keeps only so many accents.
        let cut = !shown.is_empty() && letter.starts_with(shown);
        assert!(
            shown == letter || cut,
            "{texts:?} at {x}: {shown:?}, not {letter:?}"
        );
        x += cells;
    }
}

#[test]
fn letters_that_terminals_disagree_on_leave_nothing_beside_them() {
    let family = "👨\u{200d}👩\u{200d}👧";
    for text in [
        "❤\u{fe0f}|",
        "ｶﾞ|",
        "ﾞ|",
        family,
        "👍🏽|",
        "🇩🇪|",
        "क्ष|",
        "⌚\u{fe0e}|",
        "e\u{301}|",
    ] {
        assert_alike(["", text]);
        assert_alike(["||||||||||", text]);
        assert_alike([text, "||||||||||"]);
        assert_alike([text, &format!("{text}{text}")]);
    }
}

/// Texts with all that letters are made of. The replacement character is left out: this terminal shows none.
const ANY: &str =
    "([a-c❤👍表é🏽🇩\u{fe0f}\u{fe0e}\u{200d}\u{301}ｶﾞ\t\u{1b}]|[^\\p{C}\u{fffd}]){0,12}";

proptest! {
    #[test]
    fn any_text_is_shown_in_its_cells(texts in (ANY, ANY)) {
        assert_alike([&texts.0, &texts.1]);
    }

    #[test]
    fn ratatui_measures_as_we_do(text in ANY) {
        let text = text::drawn(&text);
        for (letter, cells) in text::letters(&text).filter(|(letter, _)| !letter.contains(char::is_control)) {
            prop_assert_eq!(usize::from(letter.cell_width()), cells, "{:?}", letter);
        }
    }
}

proptest::proptest! {
    /// What ratatui takes for the width of a text, and what it draws, are what was measured.
    #[test]
    fn what_stands_behind_a_text_stands_where_it_was_measured(name in "(\\PC|[ｶﾞﾟ❤لا\u{fe0f}\u{200d}\u{1b}\t]){0,10}", room in 0..16_usize) {
        let area = ratatui::layout::Rect::new(0, 0, 20, 1);
        let mut buffer = ratatui::buffer::Buffer::empty(area);
        let line = ratatui::text::Line::from_iter([crate::text::fit::left(&name, room), "|".to_owned()]);
        ratatui::widgets::Widget::render(line, area, &mut buffer);
        proptest::prop_assert_eq!(buffer[(room as u16, 0)].symbol(), "|");
        proptest::prop_assert!(buffer.content.iter().all(|cell| !cell.symbol().contains(crate::text::steers)));
    }
}
