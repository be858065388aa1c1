//! What a sequence means: termina reads it, and the screens know crossterm's events.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use termina::event::{self as theirs, Modifiers};

/// The event of a whole sequence; none where it means nothing to us.
pub fn of(bytes: &[u8]) -> Option<Event> {
    let mut parser = termina::Parser::default();
    parser.parse(bytes, false);
    match parser.pop()? {
        termina::Event::Key(event) => Some(Event::Key(key(event)?)),
        termina::Event::Mouse(event) => Some(Event::Mouse(mouse(event))),
        termina::Event::FocusIn => Some(Event::FocusGained),
        termina::Event::FocusOut => Some(Event::FocusLost),
        _ => None,
    }
}

/// That of bytes after which nothing came: Esc, or a key with Alt that could have begun a sequence.
pub fn of_cut(bytes: &[u8]) -> Option<Event> {
    match bytes {
        [0x1b] => of(bytes),
        [0x1b, byte @ b' '..=b'~'] => {
            let code = KeyCode::Char(char::from(*byte));
            Some(Event::Key(KeyEvent::new(code, KeyModifiers::ALT)))
        }
        _ => None,
    }
}

fn key(event: theirs::KeyEvent) -> Option<KeyEvent> {
    use theirs::KeyCode as Code;
    let code = match event.code {
        Code::Char(c) => KeyCode::Char(c),
        Code::Enter => KeyCode::Enter,
        Code::Backspace => KeyCode::Backspace,
        Code::Tab => KeyCode::Tab,
        Code::BackTab => KeyCode::BackTab,
        Code::Escape => KeyCode::Esc,
        Code::Left => KeyCode::Left,
        Code::Right => KeyCode::Right,
        Code::Up => KeyCode::Up,
        Code::Down => KeyCode::Down,
        Code::Home => KeyCode::Home,
        Code::End => KeyCode::End,
        Code::PageUp => KeyCode::PageUp,
        Code::PageDown => KeyCode::PageDown,
        Code::Insert => KeyCode::Insert,
        Code::Delete => KeyCode::Delete,
        Code::Function(number) => KeyCode::F(number),
        // No action has one of the others.
        _ => return None,
    };
    let kind = match event.kind {
        theirs::KeyEventKind::Press => KeyEventKind::Press,
        theirs::KeyEventKind::Release => KeyEventKind::Release,
        theirs::KeyEventKind::Repeat => KeyEventKind::Repeat,
    };
    Some(KeyEvent::new_with_kind(
        code,
        modifiers(event.modifiers),
        kind,
    ))
}

fn modifiers(theirs: Modifiers) -> KeyModifiers {
    let pairs = [
        (Modifiers::SHIFT, KeyModifiers::SHIFT),
        (Modifiers::ALT, KeyModifiers::ALT),
        (Modifiers::CONTROL, KeyModifiers::CONTROL),
        (Modifiers::SUPER, KeyModifiers::SUPER),
        (Modifiers::HYPER, KeyModifiers::HYPER),
        (Modifiers::META, KeyModifiers::META),
    ];
    let held = pairs.iter().filter(|(one, _)| theirs.contains(*one));
    held.map(|(_, ours)| *ours).collect()
}

fn mouse(event: theirs::MouseEvent) -> MouseEvent {
    use theirs::MouseEventKind as Kind;
    let kind = match event.kind {
        Kind::Down(which) => MouseEventKind::Down(button(which)),
        Kind::Up(which) => MouseEventKind::Up(button(which)),
        Kind::Drag(which) => MouseEventKind::Drag(button(which)),
        Kind::Moved => MouseEventKind::Moved,
        Kind::ScrollDown => MouseEventKind::ScrollDown,
        Kind::ScrollUp => MouseEventKind::ScrollUp,
        Kind::ScrollLeft => MouseEventKind::ScrollLeft,
        Kind::ScrollRight => MouseEventKind::ScrollRight,
    };
    MouseEvent {
        kind,
        column: event.column,
        row: event.row,
        modifiers: modifiers(event.modifiers),
    }
}

const fn button(theirs: theirs::MouseButton) -> MouseButton {
    match theirs {
        theirs::MouseButton::Left => MouseButton::Left,
        theirs::MouseButton::Right => MouseButton::Right,
        theirs::MouseButton::Middle => MouseButton::Middle,
    }
}
