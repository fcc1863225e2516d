//! What the terminal sends, as keys and pasted text. Never a guess: a sequence that is no key (a reply to a question
//! that an earlier program asked, a mouse report, anything unknown) is swallowed whole, so that none of its letters
//! is taken for a key.
//!
//! The library's own reader takes the letters of such replies for keys, and waits for the end of some of them for
//! ever, with every later key lost; hence this one.

use std::mem;
use std::time::Duration;

use crate::keys::{Code, Key};

use super::sequence;

/// The longest paste that is taken, in bytes. A longer one comes cut, and longer than this, so that it can be told.
pub const LONGEST_PASTE: usize = 1024 * 1024;

/// How long a lone escape may be the head of a sequence.
const ESCAPE_PAUSE: Duration = Duration::from_millis(30);
/// How long a begun sequence, reply or character may stay without its next byte: over a slow line they come in pieces.
const PIECE_PAUSE: Duration = Duration::from_millis(250);
/// How long a begun paste may stay without its next byte.
const PASTE_PAUSE: Duration = Duration::from_secs(2);
/// Longer than any sequence that is a key.
const LONGEST_SEQUENCE: usize = 64;
/// A burst as long, and of as many lines, is no typing: a terminal without bracketed paste sends pasted text so.
const BURST_BYTES: usize = 128;
const BURST_LINES: usize = 3;

const ESC: u8 = 0x1b;
const PASTE_END: &[u8] = b"\x1b[201~";

/// What a person did at the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key.
    Key(Key),
    /// Text that was pasted, with line breaks as `\n`.
    Paste(String),
}

/// Where in the terminal's bytes the reader is.
#[derive(Debug, Default)]
enum At {
    #[default]
    Ground,
    /// In a character of more than one byte.
    Character { bytes: Vec<u8>, of: usize, alt: bool },
    /// After an escape.
    Escape,
    /// After `ESC O`.
    Single,
    /// In a control sequence, after `ESC [`.
    Sequence(Vec<u8>),
    /// In a string for programs (a reply): after `ESC` and this byte, until its end.
    Reply { opener: u8, empty: bool, escape: bool },
    /// In an old mouse report: so many bytes to go.
    Mouse(u8),
    /// In pasted text.
    Paste(Vec<u8>),
}

/// Turns the terminal's bytes into keys and pasted text.
#[derive(Debug, Default)]
pub struct Decoder {
    at: At,
    out: Vec<Input>,
}

impl Decoder {
    /// Takes bytes as they came.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Input> {
        if matches!(self.at, At::Ground)
            && let Some(text) = burst(bytes)
        {
            return vec![Input::Paste(text)];
        }
        for byte in bytes {
            self.byte(*byte);
        }
        mem::take(&mut self.out)
    }

    /// How long to wait for the rest of what has begun; `None` if nothing has.
    pub fn pause(&self) -> Option<Duration> {
        match self.at {
            At::Ground => None,
            At::Escape => Some(ESCAPE_PAUSE),
            At::Paste(_) => Some(PASTE_PAUSE),
            _ => Some(PIECE_PAUSE),
        }
    }

    /// The rest does not come. What has begun is a key after all, or nothing.
    pub fn give_up(&mut self) -> Vec<Input> {
        match mem::take(&mut self.at) {
            At::Escape => self.key(Key::plain(Code::Esc)),
            At::Single => self.key(alt(Code::Char('O'))),
            At::Sequence(bytes) if bytes.is_empty() => self.key(alt(Code::Char('['))),
            At::Reply { opener, empty: true, escape: false } => {
                self.key(alt(Code::Char(char::from(opener))));
            }
            At::Paste(text) => self.pasted(&text),
            _ => {}
        }
        mem::take(&mut self.out)
    }

    fn key(&mut self, key: Key) {
        self.out.push(Input::Key(key));
    }

    fn pasted(&mut self, text: &[u8]) {
        self.out.push(Input::Paste(lines(text)));
    }

    fn byte(&mut self, byte: u8) {
        self.at = match mem::take(&mut self.at) {
            At::Ground => self.ground(byte, false),
            At::Character { bytes, of, alt } => self.character(bytes, of, alt, byte),
            At::Escape => self.escape(byte),
            At::Single => {
                self.out.extend(sequence::single(byte).map(Input::Key));
                At::Ground
            }
            At::Sequence(bytes) => self.sequence(bytes, byte),
            At::Reply { opener, escape, .. } => reply(opener, escape, byte),
            At::Mouse(left) => left.checked_sub(2).map_or(At::Ground, |left| At::Mouse(left + 1)),
            At::Paste(text) => self.paste(text, byte),
        };
    }

    fn ground(&mut self, byte: u8, alt: bool) -> At {
        let of = match byte {
            ESC => return At::Escape,
            0x9b => return At::Sequence(Vec::new()),
            0x90 | 0x98 | 0x9d..=0x9f => {
                return At::Reply { opener: byte, empty: false, escape: false };
            }
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            0x80..=0xff => return At::Ground,
            _ => {
                self.key(Key { alt, ..sequence::of_ascii(byte) });
                return At::Ground;
            }
        };
        At::Character { bytes: vec![byte], of, alt }
    }

    fn character(&mut self, mut bytes: Vec<u8>, of: usize, alt: bool, byte: u8) -> At {
        if !(0x80..=0xbf).contains(&byte) {
            return self.ground(byte, false);
        }
        bytes.push(byte);
        if bytes.len() < of {
            return At::Character { bytes, of, alt };
        }
        let character = std::str::from_utf8(&bytes).ok().and_then(|text| text.chars().next());
        if let Some(character) = character.filter(|character| !character.is_control()) {
            self.key(Key { alt, ..Key::char(character) });
        }
        At::Ground
    }

    fn escape(&mut self, byte: u8) -> At {
        match byte {
            b'[' => At::Sequence(Vec::new()),
            b'O' => At::Single,
            b']' | b'P' | b'X' | b'^' | b'_' => {
                At::Reply { opener: byte, empty: true, escape: false }
            }
            ESC => {
                self.key(Key::plain(Code::Esc));
                At::Escape
            }
            _ => self.ground(byte, true),
        }
    }

    fn sequence(&mut self, mut bytes: Vec<u8>, byte: u8) -> At {
        match byte {
            ESC => return At::Escape,
            // Cancelled.
            0x18 | 0x1a => return At::Ground,
            // The Linux console's function keys have one letter more.
            b'[' if bytes.is_empty() => {}
            0x40..=0x7e if bytes == b"[" => {
                self.out.extend(sequence::console(byte).map(Input::Key));
                return At::Ground;
            }
            0x40..=0x7e => {
                if byte == b'~' && bytes == b"200" {
                    return At::Paste(Vec::new());
                }
                if byte == b'M' && bytes.is_empty() {
                    return At::Mouse(3);
                }
                self.out.extend(sequence::key(&bytes, byte).map(Input::Key));
                return At::Ground;
            }
            _ => {}
        }
        if bytes.len() < LONGEST_SEQUENCE {
            bytes.push(byte);
        }
        At::Sequence(bytes)
    }

    fn paste(&mut self, mut text: Vec<u8>, byte: u8) -> At {
        text.push(byte);
        if text.ends_with(PASTE_END) {
            text.truncate(text.len() - PASTE_END.len());
            self.pasted(&text);
            return At::Ground;
        }
        // Beyond the longest only the end is kept, which may be the paste's own.
        if text.len() > LONGEST_PASTE + 2 * PASTE_END.len() {
            text.remove(LONGEST_PASTE + 1);
        }
        At::Paste(text)
    }
}

fn reply(opener: u8, escape: bool, byte: u8) -> At {
    match byte {
        b'\\' if escape => At::Ground,
        0x07 | 0x18 | 0x1a | 0x9c => At::Ground,
        _ => At::Reply { opener, empty: false, escape: byte == ESC },
    }
}

fn alt(code: Code) -> Key {
    Key { code, ctrl: false, alt: true }
}

/// Text that came all at once, as no hand types it.
fn burst(bytes: &[u8]) -> Option<String> {
    let typed = |byte: &u8| *byte >= 0x20 || b"\t\r\n".contains(byte);
    let ends = bytes.iter().filter(|byte| b"\r\n".contains(byte)).count();
    let burst = bytes.len() >= BURST_BYTES && ends >= BURST_LINES && bytes.iter().all(typed);
    burst.then(|| lines(bytes))
}

/// Terminals send a pasted line break as a return.
fn lines(text: &[u8]) -> String {
    String::from_utf8_lossy(text).replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(bytes: &[u8]) -> Vec<Input> {
        let mut decoder = Decoder::default();
        let mut out = decoder.feed(bytes);
        out.extend(decoder.give_up());
        out
    }

    fn names(bytes: &[u8]) -> String {
        let name = |input| match input {
            Input::Key(key) => key.to_string(),
            Input::Paste(text) => format!("{text:?}"),
        };
        all(bytes).into_iter().map(name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn keys_are_known_by_what_terminals_send_for_them() {
        for (bytes, name) in [
            (&b"aZ?"[..], "a Z ?"),
            (b" \r\t\x7f", "space enter tab backspace"),
            (b"\x03\x04\x1a\x13\x00", "ctrl-c ctrl-d ctrl-z ctrl-s ctrl-space"),
            (b"\x1c\x1d\x1e\x1f", "ctrl-\\ ctrl-] ctrl-^ ctrl-_"),
            (b"\x1b", "esc"),
            (b"\x1b\x1b", "esc esc"),
            (b"\x1b[A\x1bOB\x1b[C\x1bOD", "up down right left"),
            (b"\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~\x1b[8~", "home end home end home end"),
            (b"\x1b[2~\x1b[3~\x1b[5~\x1b[6~", "insert delete pgup pgdn"),
            (b"\x1bOP\x1b[[A\x1b[11~\x1b[15~\x1b[17~\x1b[24~", "F1 F1 F1 F5 F6 F12"),
            (b"\x1b[Z\x1b[1;2Z", "shift-tab shift-tab"),
            (b"\x1b[1;5C\x1b[1;3A\x1b[3;5~\x1b[1;2B", "ctrl-right alt-up ctrl-delete down"),
            (b"\x1bx\x1b\r\x1b\x7f", "alt-x alt-enter alt-backspace"),
            ("é漢🦀".as_bytes(), "é 漢 🦀"),
            ("\x1bé".as_bytes(), "alt-é"),
            (
                b"\x1b[97u\x1b[97;2u\x1b[99;5u\x1b[67;6u\x1b[27u\x1b[9;2u",
                "a A ctrl-c ctrl-c esc shift-tab",
            ),
            (b"\x1b[97;1:1u\x1b[97;1:3u", "a"),
            (b"\x1b[27;5;46~", "ctrl-."),
        ] {
            assert_eq!(names(bytes), name, "{bytes:?}");
        }
    }

    #[test]
    fn a_begun_sequence_that_is_left_alone_is_the_key_it_began_with() {
        for (bytes, name) in [(&b"\x1b["[..], "alt-["), (b"\x1bO", "alt-O"), (b"\x1b]", "alt-]")] {
            assert_eq!(names(bytes), name);
        }
    }

    #[test]
    fn a_sequence_that_comes_in_pieces_is_one_key() {
        let mut decoder = Decoder::default();
        assert!(decoder.feed(b"\x1b").is_empty());
        assert_eq!(decoder.pause(), Some(ESCAPE_PAUSE));
        assert!(decoder.feed(b"[1;").is_empty());
        assert_eq!(decoder.feed(b"5Aj").len(), 2);
        assert_eq!(decoder.pause(), None);
    }

    /// What terminals answer to questions that an earlier program may have asked.
    const REPLIES: [&[u8]; 24] = [
        b"\x1b[?62;22c",
        b"\x1b[?1;2c",
        b"\x1b[>41;354;0c",
        b"\x1b[12;40R",
        b"\x1b[1;5R",
        b"\x1b[?12;40R",
        b"\x1b[0n",
        b"\x1b[8;24;80t",
        b"\x1b[4;600;800t",
        b"\x1b[?2026;2$y",
        b"\x1b[4;1$y",
        b"\x1b[?0u",
        b"\x1b[?1;1;256S",
        b"\x1b[I\x1b[O",
        b"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
        b"\x1b]10;rgb:ffff/ffff/ffff\x07",
        b"\x1b]4;0;rgb:0000/0000/0000\x1b\\",
        b"\x1b]lrm -rf; q\x1b\\",
        b"\x1bP>|xterm(370)\x1b\\",
        b"\x1bP1+r544e=787465726d\x1b\\",
        b"\x1bP!|00000000\x1b\\",
        b"\x1b_Gi=31;OK\x1b\\",
        b"\x1b[<0;12;40M\x1b[<0;12;40m",
        b"\x1b[M xq",
    ];

    #[test]
    fn t17_no_letter_of_a_terminal_s_reply_is_a_key_and_the_next_key_works() {
        for reply in REPLIES {
            assert_eq!(names(&[reply, b"q"].concat()), "q", "{:?}", String::from_utf8_lossy(reply));
            let mut decoder = Decoder::default();
            let mut out = Vec::new();
            for byte in reply.iter().chain(b"q") {
                out.extend(decoder.feed(&[*byte]));
            }
            assert_eq!(out, [Input::Key(Key::char('q'))], "byte by byte: {reply:?}");
        }
    }

    #[test]
    fn t17_a_reply_that_never_ends_does_not_take_the_keyboard_along() {
        for begun in [
            &b"\x1b]11;rgb:1e"[..],
            b"\x1b[?2026;2",
            b"\x1bP>|x",
            b"\x1b[M",
            "é".as_bytes().split_at(1).0,
        ] {
            let mut decoder = Decoder::default();
            assert!(decoder.feed(begun).is_empty());
            assert!(decoder.pause().is_some());
            assert!(decoder.give_up().is_empty(), "{begun:?}");
            assert_eq!(decoder.feed(b"q"), [Input::Key(Key::char('q'))]);
        }
    }

    #[test]
    fn t16_a_paste_is_one_text_and_no_key() {
        assert_eq!(
            names(b"\x1b[200~D\ry\r\nx\x1b[A\x03\x1b[201~q"),
            "\"D\\ny\\nx\\u{1b}[A\\u{3}\" q"
        );
        let mut decoder = Decoder::default();
        assert!(decoder.feed(b"\x1b[200~one").is_empty());
        assert!(decoder.feed(b" two\x1b[20").is_empty());
        assert_eq!(decoder.feed(b"1~"), [Input::Paste("one two".into())]);
        assert!(decoder.feed(b"\x1b[201~").is_empty());
    }

    #[test]
    fn t16_a_megabyte_comes_whole_and_more_comes_cut_and_longer_than_that() {
        let text =
            |length| [b"\x1b[200~".to_vec(), vec![b'x'; length], b"\x1b[201~j".to_vec()].concat();
        let length = |length| match all(&text(length)).as_slice() {
            [Input::Paste(text), Input::Key(_)] => text.len(),
            other => panic!("{} inputs", other.len()),
        };
        assert_eq!(length(LONGEST_PASTE), LONGEST_PASTE);
        let cut = length(2 * LONGEST_PASTE);
        assert!((LONGEST_PASTE + 1..LONGEST_PASTE + 32).contains(&cut), "{cut}");
    }

    #[test]
    fn t16_a_paste_whose_end_is_lost_is_taken_after_a_pause() {
        let mut decoder = Decoder::default();
        assert!(decoder.feed(b"\x1b[200~ana").is_empty());
        assert_eq!(decoder.give_up(), [Input::Paste("ana".into())]);
    }

    #[test]
    fn t16_lines_that_come_all_at_once_without_brackets_are_a_paste_too() {
        let burst = "ana@example.com\r".repeat(20);
        assert_eq!(all(burst.as_bytes()), [Input::Paste("ana@example.com\n".repeat(20))]);
        assert_eq!(all(&b"j".repeat(500)).len(), 500);
        assert_eq!(all(b":members ana\rjjjx\r").len(), 18);
    }

    proptest! {
        #[test]
        fn f6_any_bytes_in_any_pieces_end_and_the_next_key_works(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..12),
        ) {
            let mut decoder = Decoder::default();
            for piece in pieces {
                decoder.feed(&piece);
            }
            decoder.give_up();
            prop_assert_eq!(decoder.pause(), None);
            prop_assert_eq!(decoder.feed(b"q"), [Input::Key(Key::char('q'))]);
        }

        #[test]
        fn f6_no_control_character_is_ever_typed(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            for input in all(&bytes) {
                if let Input::Key(key) = input {
                    prop_assert!(key.typed().is_none_or(|typed| !typed.is_control()));
                }
            }
        }
    }
}
