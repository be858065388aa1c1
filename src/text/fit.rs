//! Texts fitted to a width in cells, never cut without an ellipsis.

use super::{drawn, head, letters, tail, width};
use std::collections::{BTreeMap, HashSet};

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

/// The text, cut to so many cells before its last word where that is short and the second, as a value behind its name is;
/// else within.
fn shorten_before_value(text: &str, room: usize) -> String {
    let text = drawn(text);
    match text.rsplit_once(' ') {
        Some((name, value))
            if width(&text) > room && 2 * width(value) < room && !name.contains(' ') =>
        {
            format!("{} {value}", shorten(name, room - width(value) - 1))
        }
        _ => shorten_middle(&text, room),
    }
}

/// How a text is cut to so many cells.
type Cut = fn(&str, usize) -> String;

/// Names that stand beside each other, each cut to so many cells: what they have in common goes first, so that what tells them
/// apart is seen.
#[must_use]
pub fn apart<T: AsRef<str>>(names: &[T], room: usize) -> Vec<String> {
    let names: Vec<String> = names
        .iter()
        .map(|n| drawn(n.as_ref()).into_owned())
        .collect();
    if names.iter().all(|name| width(name) <= room) {
        return names;
    }
    let bare = without_common(&names, room);
    let ways: [(&[String], Cut); 5] = [
        (&bare, shorten_before_value),
        (&bare, shorten_middle),
        (&bare, shorten_start),
        (&bare, shorten),
        (&names, shorten_middle),
    ];
    let told = |(names, cut): (&[String], Cut)| -> Vec<String> {
        names.iter().map(|name| cut(name, room)).collect()
    };
    let distinct = |names: &Vec<String>| names.iter().collect::<HashSet<_>>().len();
    // The first of those that tell most of them apart.
    let all = ways.into_iter().map(told);
    let best = all.reduce(|best, next| {
        if distinct(&next) > distinct(&best) {
            next
        } else {
            best
        }
    });
    told_apart(best.unwrap_or_default(), &names, room)
}

/// Cuts that came out the same, made again of these names alone, which have more in common.
fn told_apart(mut cut: Vec<String>, names: &[String], room: usize) -> Vec<String> {
    let mut twins = BTreeMap::<String, Vec<usize>>::new();
    for (nth, text) in cut.iter().enumerate() {
        twins.entry(text.clone()).or_default().push(nth);
    }
    let some = 2..names.len();
    for places in twins.into_values().filter(|of| some.contains(&of.len())) {
        let own: Vec<&str> = places.iter().map(|nth| names[*nth].as_str()).collect();
        for (nth, text) in places.iter().zip(apart(&own, room)) {
            cut[*nth] = text;
        }
    }
    cut
}

/// How many letters stand before the word that begins to differ and behind the one that ends it, of those that are common.
fn words_apart(name: &[&str], before: usize, after: usize) -> (usize, usize) {
    let within = |letter: &&&str| letter.chars().all(|c| c.is_alphanumeric() || c == '.');
    let begun = name[..before].iter().rev().take_while(within).count();
    let ended = name[name.len() - after..].iter().take_while(within).count();
    (before - begun, after - ended)
}

/// The names without the letters that all begin and end with, but for as many of these as have room.
fn without_common(names: &[String], room: usize) -> Vec<String> {
    let split: Vec<Vec<&str>> = names
        .iter()
        .map(|name| letters(name).map(|(letter, _)| letter).collect())
        .collect();
    let shortest = split.iter().map(Vec::len).min().unwrap_or(0);
    let same = |at: &dyn Fn(&[&str]) -> usize| {
        let mut all = split.iter().map(|name| name.get(at(name)));
        let first = all.next();
        all.all(|letter| Some(letter) == first)
    };
    let before = (0..shortest).take_while(|nth| same(&|_| *nth)).count();
    let after = (0..shortest - before)
        .take_while(|nth| same(&|name| name.len() - 1 - nth))
        .count();
    let widest = |before: usize, after: usize| {
        let differs = |name: &Vec<&str>| -> usize {
            let middle = &name[before..name.len() - after];
            middle.iter().map(|letter| width(letter)).sum()
        };
        split.iter().map(differs).max().unwrap_or(0)
    };
    // What differs within a word or a number is all of it, where that has room.
    let (before, after) = match words_apart(&split[0], before, after) {
        (b, a) if widest(b, a) + 2 <= room => (b, a),
        _ => (before, after),
    };
    let widest = widest(before, after);
    // An ellipsis at each end that is cut; the beginning says more than the end.
    let ends = usize::from(before > 0) + usize::from(after > 0);
    let left = room.saturating_sub(widest + ends);
    let kept_before = left.min(before);
    let kept_after = (left - kept_before).min(after);
    let one = |name: Vec<&str>| {
        let cut = (before - kept_before, after - kept_after);
        // One letter is no wider than the ellipsis in its place.
        let (from, start) = if cut.0 > 1 { (cut.0, "…") } else { (0, "") };
        let (to, end) = if cut.1 > 1 { (cut.1, "…") } else { (0, "") };
        let inner = &name[from..name.len() - to];
        let inner = inner.concat();
        let inner = if from > 0 {
            inner.trim_start_matches(['-', '_', ' ', ','])
        } else {
            &inner
        };
        format!("{start}{inner}{end}")
    };
    split.into_iter().map(one).collect()
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
    fn a_value_behind_a_name_stays_whole() {
        let names = ["quick", "temperature 0.2", "strength 0.5"];
        assert_eq!(apart(&names, 11), ["quick", "temper… 0.2", "streng… 0.5"]);
    }

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
    fn names_beside_each_other_lose_what_they_share_first() {
        let long = |end: &str| format!("20261123-201500-quick-crop-colour-{end}");
        let ends = [long("7f3a"), long("81c0")];
        assert_eq!(apart(&ends, 40), ends);
        assert_eq!(apart(&ends, 17), ["…crop-colour-7f3a", "…crop-colour-81c0"]);
        assert_eq!(apart(&ends, 5), ["…7f3a", "…81c0"]);
        let middle = [
            "sweep of temperature, t 0.1, seed 1",
            "sweep of temperature, t 0.5, seed 1",
        ];
        for room in [7, 12, 20] {
            let told = apart(&middle, room);
            assert!(told.iter().all(|name| width(name) <= room), "{told:?}");
            assert!(told[0].contains('1') && told[1].contains('5'), "{told:?}");
        }
        assert_eq!(
            apart(&["alpha-and-a-long-name", "beta"], 8),
            ["al…-name", "beta"]
        );
        assert_eq!(apart(&["one-long-name", "one-long-name"], 6).len(), 2);
        let cut = apart(&["rate 0.5, seed 1", "rate 0.05, seed 1"], 10);
        assert_eq!(cut, ["rate 0.5…", "rate 0.05…"]);
        // What stands beside them has nothing in common with them.
        let cases = ["sweep rate 0.1, seed 1", "sweep rate 0.2, seed 1", "base"];
        let cut = apart(&cases, 9);
        assert!(cut[0].contains("0.1") && cut[1].contains("0.2"), "{cut:?}");
        assert_eq!(apart(&["one-long-name-alone"], 8).len(), 1);
        assert!(apart::<&str>(&[], 8).is_empty());
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
                for name in apart(&[name, "❤\u{fe0f}❤"], room) {
                    assert!(width(&name) <= room, "{name:?} in {room}");
                }
            }
        }
        assert_eq!(left("❤\u{fe0f}❤\u{fe0f}", 3), "❤\u{fe0f}…");
        assert_eq!(hard_wrap("ab❤\u{fe0f}c", 3), ["ab", "❤\u{fe0f}c"]);
        assert_eq!(left("a\tb", 5), "a\\tb ");
    }
}
