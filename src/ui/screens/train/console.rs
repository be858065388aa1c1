//! The console of the Train screen, and searching it.

use crate::engine::report::{Level, Note};
use crate::runs::Run;
use crate::text::{self, fit};
use crate::ui::draw_context::DrawContext;
use crate::ui::keymap::train::SearchAction;
use crate::ui::keys::Table;
use crate::ui::prompt::Prompt;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use crossterm::event::KeyEvent;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use std::cell::Cell;

/// The console's scrolling and search.
#[derive(Debug, Default)]
pub struct Console {
    /// Lines by which it is scrolled back.
    back: Cell<usize>,
    /// Words being typed.
    typing: Option<Prompt>,
    /// Words searched.
    words: String,
    /// The line of the current match.
    at: usize,
    /// Whether the next frame is to show the current match.
    jump: Cell<bool>,
    /// Whether the last frame had room for it.
    shown: Cell<bool>,
}

impl Console {
    /// Scrolls back by lines.
    pub fn scroll(&mut self, lines: isize) {
        self.back.set(self.back.get().saturating_add_signed(lines));
    }

    /// Begins a search, or says why that can't be.
    ///
    /// # Errors
    /// Where the run has said nothing, or the last frame had no room for it.
    pub fn search(&mut self, run: Option<&Run>) -> Result<(), &'static str> {
        if run.is_none_or(|run| run.series.notes.is_empty()) {
            return Err("the console is empty");
        }
        if !self.shown.get() {
            return Err("there is no room for the console; enlarge the window");
        }
        self.typing = Some(Prompt::new(self.words.clone()));
        Ok(())
    }

    /// Whether keys are text.
    pub const fn is_typing(&self) -> bool {
        self.typing.is_some()
    }

    /// Whether words are searched.
    pub const fn is_searched(&self) -> bool {
        !self.words.is_empty()
    }

    /// Takes a key while words are typed.
    pub fn type_key(&mut self, key: &KeyEvent, keys: &Table<bool>) {
        match (keys.action(key), &mut self.typing) {
            (Some(true), _) => self.typing = None,
            (Some(false), _) => self.clear(),
            (None, Some(prompt)) => {
                prompt.key(key);
                self.typed();
            }
            (None, None) => {}
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        if let Some(prompt) = &mut self.typing {
            prompt.paste(text);
        }
        self.typed();
    }

    /// The newest match is the first one.
    fn typed(&mut self) {
        if let Some(prompt) = &self.typing {
            prompt.text().clone_into(&mut self.words);
            self.at = usize::MAX;
            self.jump.set(true);
        }
    }

    fn clear(&mut self) {
        self.typing = None;
        self.words.clear();
    }

    /// Goes through the matches, or ends the search.
    pub fn find(&mut self, action: SearchAction, run: &Run) {
        if action == SearchAction::Clear {
            return self.clear();
        }
        let matches = self.matches(run);
        let Some(nth) = self.current(&matches) else {
            return;
        };
        let step = if action == SearchAction::Above {
            matches.len() - 1
        } else {
            1
        };
        self.at = matches[(nth + step) % matches.len()];
        self.jump.set(true);
    }

    /// The lines that have the words.
    fn matches(&self, run: &Run) -> Vec<usize> {
        let words = lower(&self.words);
        let notes = run.series.notes.iter().enumerate();
        let with = notes.filter(|(_, (_, note))| !places(&lower(&note.text), &words).is_empty());
        with.map(|(line, _)| line).collect()
    }

    /// Which of the matches is the current one: the newest, where another run is shown meanwhile.
    fn current(&self, matches: &[usize]) -> Option<usize> {
        let at = matches.iter().position(|line| *line == self.at);
        at.or(matches.len().checked_sub(1))
    }

    /// Draws it, where there is room.
    pub fn view(&self, run: &Run, ctx: &mut DrawContext, theme: &Theme, area: Rect) {
        self.shown.set(area.height >= 3);
        if area.height < 3 {
            return;
        }
        let notes = &run.series.notes;
        let matches = self.matches(run);
        let current = self.current(&matches);
        let block = popup::pane(theme, Line::styled(" console ", theme.bright));
        let inner = block.inner(area);
        ctx.frame.render_widget(block, area);
        self.title(current, matches.len(), ctx, theme, area);
        let height = usize::from(inner.height);
        let line = current.map(|nth| matches[nth]);
        if let Some(line) = line.filter(|_| self.jump.take()) {
            self.bring_to_sight(line, notes.len(), height);
        }
        let most = notes.len().saturating_sub(height);
        self.back.set(self.back.get().min(most));
        let last = notes.len() - self.back.get();
        let first = last.saturating_sub(height);
        let room = usize::from(inner.width).saturating_sub(11);
        let shown = notes.iter().enumerate().take(last).skip(first);
        let lines: Vec<Line> = shown
            .map(|(nth, (at, note))| {
                let found = self.found(note, line == Some(nth), room, theme);
                let time = fit::right(&offset(at - run.created), 8);
                let start = [Span::styled(time, theme.dim), sign(note, theme)];
                start.into_iter().chain(found).collect()
            })
            .collect();
        ctx.frame.render_widget(Paragraph::new(lines), inner);
    }

    /// Scrolls as little as it must.
    fn bring_to_sight(&self, line: usize, lines: usize, height: usize) {
        let lowest = lines.saturating_sub(line + height);
        let highest = lines.saturating_sub(line + 1);
        self.back
            .set(self.back.get().clamp(lowest.min(highest), highest));
    }

    /// The words and their count in the upper border.
    fn title(
        &self,
        current: Option<usize>,
        matches: usize,
        ctx: &mut DrawContext,
        theme: &Theme,
        area: Rect,
    ) {
        if !self.is_typing() && !self.is_searched() {
            return;
        }
        let count = match current {
            _ if !self.is_searched() => String::new(),
            Some(nth) => format!(" {} of {matches} ", nth + 1),
            None => " not found ".to_owned(),
        };
        let cells = text::width(&count) as u16;
        let start = area.x + 11;
        let end = area.right().saturating_sub(cells + 2);
        if end < start + 6 {
            return;
        }
        let style = if current.is_some() {
            theme.dim
        } else {
            theme.warn
        };
        let buffer = ctx.frame.buffer_mut();
        buffer.set_string(end, area.y, count, style);
        buffer.set_string(start - 1, area.y, "/", theme.accent);
        let room = end - start - 1;
        if let Some(prompt) = &self.typing {
            let line = Rect::new(start, area.y, 30.min(room), 1);
            prompt.view(ctx.frame, line, theme.bright);
        } else {
            let words = fit::shorten(&self.words, usize::from(room) - 1) + " ";
            buffer.set_string(start, area.y, words, theme.bright);
        }
    }

    /// A line's text with the words set off; of a long line the part that has them.
    fn found(&self, note: &Note, current: bool, room: usize, theme: &Theme) -> Vec<Span<'static>> {
        let plain = level(note, theme);
        let words = lower(&self.words);
        let shown = excerpt(&note.text, &words, room);
        let mark = if current {
            plain.add_modifier(Modifier::REVERSED | Modifier::BOLD)
        } else {
            theme.accent.add_modifier(Modifier::UNDERLINED)
        };
        let mut spans = Vec::new();
        let (chars, mut from) = (shown.chars().collect::<Vec<char>>(), 0);
        for place in places(&lower(&shown), &words) {
            let end = place + words.len();
            spans.push(Span::styled(
                chars[from..place].iter().collect::<String>(),
                plain,
            ));
            spans.push(Span::styled(
                chars[place..end].iter().collect::<String>(),
                mark,
            ));
            from = end;
        }
        spans.push(Span::styled(
            chars[from..].iter().collect::<String>(),
            plain,
        ));
        spans
    }
}

/// The characters in lower case, one for one.
fn lower(text: &str) -> Vec<char> {
    let one = |c: char| c.to_lowercase().next().unwrap_or(c);
    text.chars().map(one).collect()
}

/// Where the words begin in the text, none within another; nowhere without words.
fn places(text: &[char], words: &[char]) -> Vec<usize> {
    let (mut places, mut at) = (Vec::new(), 0);
    while !words.is_empty() && at + words.len() <= text.len() {
        if text[at..].starts_with(words) {
            places.push(at);
            at += words.len();
        } else {
            at += 1;
        }
    }
    places
}

/// As much of the text as there is room for; where the words come only later, the part around them.
fn excerpt(whole: &str, words: &[char], room: usize) -> String {
    let first = places(&lower(whole), words).first().copied().unwrap_or(0);
    if text::width(whole) <= room || first + words.len() < room {
        return fit::shorten(whole, room);
    }
    let before = room.saturating_sub(words.len()) / 2;
    let tail: String = whole.chars().skip(first.saturating_sub(before)).collect();
    fit::shorten(&format!("…{tail}"), room)
}

fn level(note: &Note, theme: &Theme) -> Style {
    if note.level == Level::Warning {
        theme.warn
    } else {
        theme.text
    }
}

fn sign(note: &Note, theme: &Theme) -> Span<'static> {
    let sign = if note.level == Level::Warning {
        " ! "
    } else {
        "   "
    };
    Span::styled(sign, level(note, theme))
}

/// Time since the run began, as m:ss or h:mm:ss.
fn offset(seconds: f64) -> String {
    let s = seconds.max(0.0) as u64;
    if s < 3600 {
        format!("{}:{:02}", s / 60, s % 60)
    } else {
        format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_line_the_part_with_the_words_is_shown() {
        let long = format!("{}needle{}", "a ".repeat(60), " b".repeat(60));
        let words = lower("Needle");
        let shown = excerpt(&long, &words, 30);
        assert!(
            shown.contains("needle") && text::width(&shown) <= 30,
            "{shown}"
        );
        assert!(shown.starts_with('…') && shown.ends_with('…'), "{shown}");
        assert_eq!(excerpt("short needle", &words, 30), "short needle");
        assert_eq!(excerpt(&long, &[], 5), "a a …");
        for room in 0..12 {
            assert!(text::width(&excerpt(&long, &words, room)) <= room);
        }
    }

    #[test]
    fn words_are_found_in_any_case_and_not_within_each_other() {
        assert_eq!(places(&lower("Aaaa aA"), &lower("aa")), [0, 2, 5]);
        assert_eq!(places(&lower("İx"), &lower("X")), [1]);
        assert!(places(&lower("abc"), &[]).is_empty());
    }
}
