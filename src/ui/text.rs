//! Numbers, times and texts as the screens print them: fitted to a width, never cut without an ellipsis.

pub use crate::text::width;
use crate::text::{drawn, head, letters, tail};

/// The text, cut to so many cells with an ellipsis at the end where it is longer.
#[must_use]
pub fn fit(text: &str, room: usize) -> String {
    let text = drawn(text);
    if width(&text) <= room {
        return text.into_owned();
    }
    let ellipsis = if room > 0 { "…" } else { "" };
    format!("{}{ellipsis}", head(&text, room.saturating_sub(1)))
}

/// The text, cut to so many cells with an ellipsis at the start: the end of a path says more.
#[must_use]
pub fn fit_end(text: &str, room: usize) -> String {
    let text = drawn(text);
    if width(&text) <= room {
        return text.into_owned();
    }
    let ellipsis = if room > 0 { "…" } else { "" };
    format!("{ellipsis}{}", tail(&text, room.saturating_sub(1)))
}

/// The text, cut to so many cells with an ellipsis within: names that begin alike differ in their ends, of which most is
/// kept.
#[must_use]
pub fn fit_within(text: &str, room: usize) -> String {
    let text = drawn(text);
    if width(&text) <= room || room < 8 {
        return fit(&text, room);
    }
    let end = fit_end(&text, 3 * room / 4);
    format!("{}{end}", head(&text, room - width(&end)))
}

/// The text in exactly so many cells, at the left.
#[must_use]
pub fn left(text: &str, room: usize) -> String {
    let text = fit(text, room);
    let gap = room.saturating_sub(width(&text));
    text + &" ".repeat(gap)
}

/// The text in exactly so many cells, at the right.
#[must_use]
pub fn right(text: &str, room: usize) -> String {
    let text = fit(text, room);
    " ".repeat(room.saturating_sub(width(&text))) + &text
}

/// Breaks a text into lines of at most so many cells, between words; a number keeps its percent sign.
#[must_use]
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace().map(drawn) {
        let number = words
            .last_mut()
            .filter(|last| last.ends_with(|c: char| c.is_ascii_digit()))
            .filter(|last| word.starts_with('%') && width(last) + 1 + width(&word) <= room);
        match number {
            Some(number) => *number = format!("{number} {word}"),
            None => words.push(word.into_owned()),
        }
    }
    for word in &words {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if line.is_empty() {
            line.push_str(&fit(word, room));
        } else if width(line) + 1 + width(word) <= room {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(fit(word, room));
        }
    }
    lines
}

/// Breaks a text into lines of at most so many cells wherever they are full, so that no blank is lost.
#[must_use]
pub fn broken(text: &str, room: usize) -> Vec<String> {
    let text = drawn(text);
    let (mut lines, mut taken) = (vec![String::new()], 0);
    for (letter, cells) in letters(&text) {
        let last = lines.len() - 1;
        if taken + cells > room && taken > 0 {
            lines.push(letter.to_owned());
            taken = cells;
        } else {
            lines[last].push_str(letter);
            taken += cells;
        }
    }
    lines
}

/// Words in lines of so many cells, in `most` of them at most; the last one is cut.
#[must_use]
pub fn in_lines(words: &str, width: usize, most: usize) -> Vec<String> {
    if words.is_empty() {
        return Vec::new();
    }
    let mut lines = wrap(words, width);
    if lines.len() > most {
        let rest = lines.split_off(most.saturating_sub(1)).join(" ");
        lines.push(fit(&rest, width));
    }
    lines
}

/// A whole number with thousands separated: 12,345.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A real number with so many decimals; `nan` and `inf` as such.
#[must_use]
pub fn decimal(number: f64, decimals: usize) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else {
        format!("{number:.decimals$}")
    }
}

/// A real number with about so many significant digits, short: 0.00133, 2e-5, 12.4.
#[must_use]
pub fn significant(number: f64, digits: usize) -> String {
    if number == 0.0 || !number.is_finite() {
        return decimal(number, 0);
    }
    let magnitude = number.abs().log10().floor();
    if !(-4.0..6.0).contains(&magnitude) {
        return format!("{number:.*e}", digits.saturating_sub(1));
    }
    let decimals = (digits as f64 - 1.0 - magnitude).max(0.0);
    format!("{number:.*}", decimals as usize)
}

/// A difference with its sign, the true minus among them.
#[must_use]
pub fn signed(number: f64, decimals: usize) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    let text = format!("{:.decimals$}", number.abs());
    let zero = text.chars().all(|c| matches!(c, '0' | '.'));
    let sign = if zero { "±" } else { sign(number) };
    format!("{sign}{text}")
}

/// The sign of a difference.
#[must_use]
pub fn sign(number: f64) -> &'static str {
    match number {
        0.0 => "±",
        n if n < 0.0 => "−",
        _ => "+",
    }
}

/// A span of time in two units: 45 s, 3 min 05 s, 1 h 04 min, 2 d 03 h.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "?".to_owned();
    }
    let s = seconds.round() as u64;
    match s {
        0..60 => format!("{s} s"),
        60..3600 => format!("{} min {:02} s", s / 60, s % 60),
        3600..86_400 => format!("{} h {:02} min", s / 3600, s / 60 % 60),
        _ => format!("{} d {:02} h", s / 86_400, s / 3600 % 24),
    }
}

/// How long ago, in one unit: now, 5 min, 3 h, 12 d.
#[must_use]
pub fn age(seconds: f64) -> String {
    let s = seconds.max(0.0) as u64;
    match s {
        0..60 => "now".to_owned(),
        60..3600 => format!("{} min", s / 60),
        3600..86_400 => format!("{} h", s / 3600),
        86_400..31_536_000 => format!("{} d", s / 86_400),
        _ => format!("{} y", s / 31_536_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit_their_cells() {
        assert_eq!(fit("temperature", 6), "tempe…");
        assert_eq!(fit_end("/data/cifar", 6), "…cifar");
        assert_eq!(fit("wide 字字", 6), "wide …");
        assert_eq!(
            (left("ab", 4), right("ab", 4)),
            ("ab  ".into(), "  ab".into())
        );
        assert_eq!(
            (fit("abc", 0), fit_end("abc", 0)),
            (String::new(), String::new())
        );
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("crop 84 % flip", 8), ["crop", "84 %", "flip"]);
        assert_eq!(wrap("100 %", 4), ["100", "%"]);
        assert_eq!(wrap("hundred % 1", 8), ["hundred", "% 1"]);
    }

    #[test]
    fn letters_of_several_characters_fit_their_cells() {
        for name in [
            "❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}",
            "ｶﾞｶﾞｶﾞ",
            "a\tb\tc",
            "👨\u{200d}👩\u{200d}👧 résumé",
        ] {
            for room in 0..24 {
                for text in [left(name, room), right(name, room)] {
                    assert_eq!(width(&text), room, "{text:?}");
                }
                assert!(width(&fit_end(name, room)) <= room);
                assert!(width(&fit_within(name, room)) <= room);
            }
        }
        assert_eq!(left("❤\u{fe0f}❤\u{fe0f}", 3), "❤\u{fe0f}…");
        assert_eq!(broken("ab❤\u{fe0f}c", 3), ["ab", "❤\u{fe0f}c"]);
        assert_eq!(left("a\tb", 5), "a\\tb ");
    }

    proptest::proptest! {
        /// What ratatui takes for the width of a text, and what it draws, are what was measured.
        #[test]
        fn what_stands_behind_a_text_stands_where_it_was_measured(name in "(\\PC|[ｶﾞﾟ❤لا\u{fe0f}\u{200d}\u{1b}\t]){0,10}", room in 0..16_usize) {
            let area = ratatui::layout::Rect::new(0, 0, 20, 1);
            let mut buffer = ratatui::buffer::Buffer::empty(area);
            let line = ratatui::text::Line::from_iter([left(&name, room), "|".to_owned()]);
            ratatui::widgets::Widget::render(line, area, &mut buffer);
            proptest::prop_assert_eq!(buffer[(room as u16, 0)].symbol(), "|");
            proptest::prop_assert!(buffer.content.iter().all(|cell| !cell.symbol().contains(crate::text::steers)));
        }
    }

    #[test]
    fn numbers_and_times_are_short() {
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(significant(0.001_333, 3), "0.00133");
        assert_eq!(significant(2e-5, 2), "2.0e-5");
        assert_eq!(significant(1812.4, 3), "1812");
        assert_eq!(signed(-21.44, 1), "−21.4");
        assert_eq!(signed(0.01, 1), "±0.0");
        assert_eq!(duration(185.0), "3 min 05 s");
        assert_eq!(duration(3840.0), "1 h 04 min");
        assert_eq!(age(7300.0), "2 h");
    }
}
