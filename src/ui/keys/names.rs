//! Keys as the settings write them: `d`, `ctrl-x`, `shift-left`, `space`.

use super::Key;
use crate::hparam::nearest;
use crossterm::event::{KeyCode as Code, KeyModifiers as Modifiers};
use std::fmt;
use std::str::FromStr;

/// Keys that have a name rather than a character.
const NAMED: [(&str, Code); 17] = [
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("shift-tab", Code::BackTab),
    ("space", Code::Char(' ')),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("insert", Code::Insert),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
    ("home", Code::Home),
    ("end", Code::End),
    ("pageup", Code::PageUp),
    ("pagedown", Code::PageDown),
    ("menu", Code::Menu),
];

const MODIFIERS: [(&str, Modifiers); 3] = [
    ("ctrl-", Modifiers::CONTROL),
    ("alt-", Modifiers::ALT),
    ("shift-", Modifiers::SHIFT),
];

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut rest = text;
        let mut modifiers = Modifiers::NONE;
        let code = loop {
            if let Some(code) = code(rest) {
                break code;
            }
            let strip = |(prefix, modifier)| rest.strip_prefix(prefix).map(|rest| (rest, modifier));
            let Some((after, modifier)) = MODIFIERS.into_iter().find_map(strip) else {
                return Err(unknown(text, rest));
            };
            (rest, modifiers) = (after, modifiers | modifier);
        };
        plausible(text, Self { code, modifiers })
    }
}

fn code(text: &str) -> Option<Code> {
    if let Some((_, code)) = NAMED.iter().find(|(name, _)| *name == text) {
        return Some(*code);
    }
    let number = text.strip_prefix('f').and_then(|n| n.parse().ok());
    if let Some(number @ 1..=12) = number {
        return Some(Code::F(number));
    }
    let mut chars = text.chars();
    let c = chars.next().filter(|c| !c.is_control() && *c != ' ')?;
    chars.next().is_none().then_some(Code::Char(c))
}

fn unknown(text: &str, rest: &str) -> String {
    let names = NAMED.iter().map(|(name, _)| *name);
    let before = text.strip_suffix(rest).unwrap_or("");
    match nearest(rest, names).filter(|_| !rest.is_empty()) {
        Some(name) => format!("there is no key {text:?}; did you mean {before}{name}?"),
        None => format!(
            "there is no key {text:?}; keys are written d, D, ctrl-x, alt-1, shift-left, space, f5"
        ),
    }
}

/// The key as a terminal sends it, or why none does.
fn plausible(text: &str, mut key: Key) -> Result<Key, String> {
    if let Code::Char(c) = &mut key.code
        && key.modifiers.contains(Modifiers::SHIFT)
    {
        if !c.is_lowercase() {
            return Err(format!(
                "no terminal sends {text:?}; write the character that it types with Shift"
            ));
        }
        // Shift is in the letter's case.
        *c = c.to_uppercase().next().unwrap_or(*c);
        key.modifiers -= Modifiers::SHIFT;
    }
    let twin = match (key.code, key.modifiers) {
        (Code::Char('i'), Modifiers::CONTROL) => "tab",
        (Code::Char('m'), Modifiers::CONTROL) => "enter",
        (Code::Char('['), Modifiers::CONTROL) => "esc",
        _ => return Ok(key),
    };
    Err(format!("terminals send {twin} for {text:?}; write {twin}"))
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (prefix, modifier) in MODIFIERS {
            if self.modifiers.contains(modifier) {
                f.write_str(prefix)?;
            }
        }
        match (NAMED.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, Code::F(number)) => write!(f, "f{number}"),
            (None, Code::Char(c)) => write!(f, "{c}"),
            (None, _) => f.write_str("?"),
        }
    }
}

impl Key {
    /// As footer and help print it: short.
    #[must_use]
    pub(super) fn label(self) -> String {
        let long = self.to_string();
        let signs = [
            ("shift-", "⇧"),
            ("ctrl-", "^"),
            ("enter", "⏎"),
            ("left", "←"),
            ("right", "→"),
            ("backspace", "bksp"),
            ("pageup", "PgUp"),
            ("pagedown", "PgDn"),
            ("up", "↑"),
            ("down", "↓"),
            ("delete", "del"),
        ];
        signs
            .iter()
            .fold(long, |label, (name, sign)| label.replace(name, sign))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_terminals_send_them() {
        assert_eq!("shift-a".parse(), Ok(Key::char('A')));
        assert_eq!("ctrl--".parse(), Ok(Key::ctrl('-')));
        assert_eq!("-".parse(), Ok(Key::char('-')));
        let why = |text: &str| text.parse::<Key>().unwrap_err();
        assert!(why("ctrl-i").contains("tab"));
        assert!(why("entr").contains("did you mean enter"));
        assert!(
            why("ctrl-entr").contains("did you mean ctrl-enter"),
            "{}",
            why("ctrl-entr")
        );
        assert!(why("").contains("written") && why("shift-1").contains("Shift"));
    }
}
