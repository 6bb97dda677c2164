//! crossterm's keys to docket's: only what terminals agree on over SSH and tmux.

use crossterm::event::{
    KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

use crate::app::event::Event;
use crate::app::key::{Code, Key};

/// A key press as the core knows it; `None` for releases, for Alt and for keys that docket does not use.
///
/// Alt is left out because a terminal sends it as Esc and the key: taken apart, `Alt-x` would close a form and then
/// act on the desk.
pub(super) fn key(event: KeyEvent) -> Option<Key> {
    let foreign = KeyModifiers::ALT | KeyModifiers::SUPER | KeyModifiers::HYPER | KeyModifiers::META;
    if event.kind == KeyEventKind::Release || event.modifiers.intersects(foreign) {
        return None;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let code = match event.code {
        KeyCode::Char(c) if c.is_control() => return None,
        KeyCode::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => Code::BackTab,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        _ => return None,
    };
    Some(Key { code, ctrl })
}

/// A click or a turn of the wheel; `None` for everything else the mouse does.
pub(super) fn mouse(event: MouseEvent) -> Option<Event> {
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => Some(Event::Clicked(event.column, event.row)),
        MouseEventKind::ScrollDown => Some(Event::Wheel { down: true }),
        MouseEventKind::ScrollUp => Some(Event::Wheel { down: false }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Option<String> {
        key(KeyEvent::new(code, modifiers)).map(|key| key.to_string())
    }

    #[test]
    fn keys_arrive_as_help_writes_them() {
        let none = KeyModifiers::NONE;
        for (code, modifiers, text) in [
            (KeyCode::Char('j'), none, "j"),
            (KeyCode::Char('G'), KeyModifiers::SHIFT, "G"),
            (KeyCode::Char('$'), none, "$"),
            (KeyCode::Char('d'), KeyModifiers::CONTROL, "ctrl-d"),
            (KeyCode::Char('R'), KeyModifiers::CONTROL | KeyModifiers::SHIFT, "ctrl-r"),
            (KeyCode::Char(' '), none, "Space"),
            (KeyCode::BackTab, KeyModifiers::SHIFT, "Shift-Tab"),
            (KeyCode::Tab, KeyModifiers::SHIFT, "Shift-Tab"),
            (KeyCode::PageDown, none, "PgDn"),
            (KeyCode::Esc, none, "Esc"),
        ] {
            assert_eq!(pressed(code, modifiers).as_deref(), Some(text));
        }
    }

    #[test]
    fn releases_alt_and_unknown_keys_are_nothing() {
        let release = KeyEvent::new_with_kind(KeyCode::Char('x'), KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(key(release), None);
        assert_eq!(pressed(KeyCode::Char('x'), KeyModifiers::ALT), None);
        assert_eq!(pressed(KeyCode::F(5), KeyModifiers::NONE), None);
        assert_eq!(pressed(KeyCode::Char('\u{1}'), KeyModifiers::NONE), None);
    }
}
