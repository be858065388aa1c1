//! Texts fitted to a width in cells, never cut without an ellipsis.

use super::{drawn, head, letters, tail, width};

/// The text, cut to so many cells with an ellipsis at the end where it is longer.
#[must_use]
pub fn shorten(text: &str, room: usize) -> String {
    let text = drawn(text);
    if width(&text) <= room {
        return text.into_owned();
    }
    let ellipsis = if room > 0 { "…" } else { "" };
    format!("{}{ellipsis}", head(&text, room.saturating_sub(1)))
}

/// The text, cut to so many cells with an ellipsis at the start: the end of a path says more.
#[must_use]
pub fn shorten_start(text: &str, room: usize) -> String {
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
pub fn shorten_middle(text: &str, room: usize) -> String {
    let text = drawn(text);
    if width(&text) <= room || room < 8 {
        return shorten(&text, room);
    }
    let end = shorten_start(&text, 3 * room / 4);
    format!("{}{end}", head(&text, room - width(&end)))
}

/// The text in exactly so many cells, at the left.
#[must_use]
pub fn left(text: &str, room: usize) -> String {
    let text = shorten(text, room);
    let gap = room.saturating_sub(width(&text));
    text + &" ".repeat(gap)
}

/// The text in exactly so many cells, at the right.
#[must_use]
pub fn right(text: &str, room: usize) -> String {
    let text = shorten(text, room);
    " ".repeat(room.saturating_sub(width(&text))) + &text
}

/// Breaks a text into lines of at most so many cells, between words where that can be; a number keeps its percent sign.
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
    for word in words.iter().flat_map(|word| hard_wrap(word, room)) {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if line.is_empty() {
            line.push_str(&word);
        } else if width(line) + 1 + width(&word) <= room {
            line.push(' ');
            line.push_str(&word);
        } else {
            lines.push(word);
        }
    }
    lines
}

/// Breaks a text into lines of at most so many cells wherever they are full, so that no blank is lost.
#[must_use]
pub fn hard_wrap(text: &str, room: usize) -> Vec<String> {
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
pub fn lines(words: &str, width: usize, most: usize) -> Vec<String> {
    if words.is_empty() {
        return Vec::new();
    }
    let mut lines = wrap(words, width);
    if lines.len() > most {
        let rest = lines.split_off(most.saturating_sub(1)).join(" ");
        lines.push(shorten(&rest, width));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit_their_cells() {
        assert_eq!(shorten("temperature", 6), "tempe…");
        assert_eq!(shorten_start("/data/cifar", 6), "…cifar");
        assert_eq!(shorten("wide 字字", 6), "wide …");
        assert_eq!(
            (left("ab", 4), right("ab", 4)),
            ("ab  ".into(), "  ab".into())
        );
        assert_eq!(
            (shorten("abc", 0), shorten_start("abc", 0)),
            (String::new(), String::new())
        );
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("crop 84 % flip", 8), ["crop", "84 %", "flip"]);
        assert_eq!(wrap("100 %", 4), ["100", "%"]);
        assert_eq!(wrap("hundred % 1", 8), ["hundred", "% 1"]);
        let (path, room) = ("/a/very/long/path/that/no/line/holds", 20);
        let lines = wrap(&format!("runs lie in {path}, 1.0 GiB free"), room);
        assert!(lines.iter().all(|line| width(line) <= room), "{lines:?}");
        let joined = lines.concat().replace(' ', "");
        assert_eq!(joined, format!("runsliein{path},1.0GiBfree"));
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
                assert!(width(&shorten_start(name, room)) <= room);
                assert!(width(&shorten_middle(name, room)) <= room);
            }
        }
        assert_eq!(left("❤\u{fe0f}❤\u{fe0f}", 3), "❤\u{fe0f}…");
        assert_eq!(hard_wrap("ab❤\u{fe0f}c", 3), ["ab", "❤\u{fe0f}c"]);
        assert_eq!(left("a\tb", 5), "a\\tb ");
    }
}
