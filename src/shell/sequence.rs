//! Which key a control sequence stands for, as xterm and those who follow it send them.

use crate::keys::{Code, Key};

/// A byte below 0x80 alone.
pub(super) fn of_ascii(byte: u8) -> Key {
    let control = |offset: u8| Key::ctrl(char::from(byte + offset));
    match byte {
        b'\r' => Key::plain(Code::Enter),
        b'\t' => Key::plain(Code::Tab),
        0x7f => Key::plain(Code::Backspace),
        0x00 => Key::ctrl(' '),
        0x01..=0x1a => control(0x60),
        0x1b..=0x1f => control(0x40),
        _ => Key::char(char::from(byte)),
    }
}

/// The byte after `ESC O`.
pub(super) fn single(byte: u8) -> Option<Key> {
    let code = match byte {
        b'P'..=b'S' => Code::F(byte - b'P' + 1),
        b'M' => Code::Enter,
        _ => arrow(byte)?,
    };
    Some(Key::plain(code))
}

/// The byte after `ESC [ [`.
pub(super) fn console(byte: u8) -> Option<Key> {
    (b'A'..=b'E').contains(&byte).then(|| Key::plain(Code::F(byte - b'A' + 1)))
}

/// A whole control sequence: what stands between `ESC [` and its last byte, and that byte. `None` if it is no key:
/// a reply, a report, or one that is not known.
pub(super) fn key(parameters: &[u8], last: u8) -> Option<Key> {
    let text = std::str::from_utf8(parameters).ok()?;
    if text.starts_with(['?', '>', '<', '=']) {
        return None;
    }
    let numbers: Vec<&str> = if text.is_empty() { Vec::new() } else { text.split(';').collect() };
    match (numbers.as_slice(), last) {
        ([] | ["1", _], b'Z') => Some(Key::plain(Code::BackTab)),
        // With parameters `R` is the cursor's place, told to somebody who asked.
        ([], b'P' | b'Q' | b'R' | b'S') => single(last),
        (["1", held], b'P' | b'Q' | b'S') => with(held, single(last)?.code),
        ([], _) => arrow(last).map(Key::plain),
        (["1", held], _) if last != b'~' && last != b'u' => with(held, arrow(last)?),
        (["27", held, code], b'~') | ([code, held, ..], b'u') => typed(code, held),
        ([number], b'~') => Some(Key::plain(numbered(number)?)),
        ([number, held], b'~') => with(held, numbered(number)?),
        ([code], b'u') => typed(code, "1"),
        _ => None,
    }
}

fn arrow(byte: u8) -> Option<Code> {
    Some(match byte {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        _ => return None,
    })
}

fn numbered(number: &str) -> Option<Code> {
    let number: u8 = number.parse().ok()?;
    Some(match number {
        1 | 7 => Code::Home,
        2 => Code::Insert,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        11..=15 => Code::F(number - 10),
        17..=21 => Code::F(number - 11),
        23..=26 => Code::F(number - 12),
        28..=29 => Code::F(number - 13),
        31..=34 => Code::F(number - 14),
        _ => return None,
    })
}

/// A key by its character's number, as terminals send it when they are asked to tell more keys apart.
fn typed(code: &str, held: &str) -> Option<Key> {
    // What stands after a colon is the same key on another layout.
    let number: u32 = code.split(':').next()?.parse().ok()?;
    let code = match number {
        9 => Code::Tab,
        13 | 57414 => Code::Enter,
        27 => Code::Esc,
        127 => Code::Backspace,
        // Keys without a character: shift alone, volume and the like.
        57344..=63743 => return None,
        _ => Code::Char(char::from_u32(number).filter(|character| !character.is_control())?),
    };
    with(held, code)
}

/// A code with what was held. `None` where the key was let go: it was told when it went down.
fn with(held: &str, code: Code) -> Option<Key> {
    let mut parts = held.split(':');
    let bits = parts.next()?.parse::<u32>().ok()?.checked_sub(1)?;
    if parts.next() == Some("3") {
        return None;
    }
    let (shift, alt, ctrl) = (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0);
    let code = match code {
        Code::Tab if shift => Code::BackTab,
        Code::Char(character) if ctrl => Code::Char(character.to_ascii_lowercase()),
        Code::Char(character) if shift && character.is_alphabetic() => {
            Code::Char(character.to_uppercase().next().unwrap_or(character))
        }
        other => other,
    };
    Some(Key { code, ctrl, alt })
}
