//! Numbers, times and texts as the screens print them: fitted to a width, never cut without an ellipsis.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Cells that the text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text, cut to `width` cells with an ellipsis at the end where it is longer.
#[must_use]
pub fn fit(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = head(text, width.saturating_sub(1));
    if width > 0 {
        out.push('…');
    }
    out
}

/// The text, cut to `width` cells with an ellipsis at the start: the end of a path says more.
#[must_use]
pub fn fit_end(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let reversed: String = text.chars().rev().collect();
    let tail: String = head(&reversed, width.saturating_sub(1))
        .chars()
        .rev()
        .collect();
    if width > 0 {
        format!("…{tail}")
    } else {
        tail
    }
}

/// The text, cut to `width` cells with an ellipsis within: names that begin alike differ in their ends, of which most is
/// kept.
#[must_use]
pub fn fit_within(text: &str, width: usize) -> String {
    if text.width() <= width || width < 8 {
        return fit(text, width);
    }
    let end = 3 * width / 4;
    let tail = fit_end(text, end);
    format!("{}{tail}", head(text, width - tail.width()))
}

fn head(text: &str, width: usize) -> String {
    let mut left = width;
    text.chars()
        .take_while(|c| {
            let cells = c.width().unwrap_or(0);
            let fits = cells <= left;
            left = left.saturating_sub(cells);
            fits
        })
        .collect()
}

/// The text in exactly `width` cells, at the left.
#[must_use]
pub fn left(text: &str, width: usize) -> String {
    let text = fit(text, width);
    let gap = width - text.width();
    text + &" ".repeat(gap)
}

/// The text in exactly `width` cells, at the right.
#[must_use]
pub fn right(text: &str, width: usize) -> String {
    let text = fit(text, width);
    " ".repeat(width - text.width()) + &text
}

/// Breaks a text into lines of at most `width` cells, between words; a number keeps its percent sign.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let number = words
            .last_mut()
            .filter(|last| last.ends_with(|c: char| c.is_ascii_digit()))
            .filter(|last| word.starts_with('%') && last.width() + 1 + word.width() <= width);
        match number {
            Some(number) => *number = format!("{number} {word}"),
            None => words.push(word.to_owned()),
        }
    }
    for word in &words {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if line.is_empty() {
            line.push_str(&fit(word, width));
        } else if line.width() + 1 + word.width() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(fit(word, width));
        }
    }
    lines
}

/// Breaks a text into lines of at most `width` cells wherever they are full, so that no blank is lost.
#[must_use]
pub fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for c in text.chars() {
        let last = lines.len() - 1;
        if lines[last].width() + c.width().unwrap_or(0) > width && !lines[last].is_empty() {
            lines.push(c.to_string());
        } else {
            lines[last].push(c);
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
