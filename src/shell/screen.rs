//! The screen: frames go out whole, and nothing goes out where nothing has changed.

use std::io::{self, Write};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::queue;
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType as Erase, EndSynchronizedUpdate,
};
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Cell, CellDiffOption, CellWidth};
use ratatui::layout::{Position, Rect, Size};
use ratatui::{Frame, Terminal};

use super::contain::{Contain, is_plain};

/// A screen that is painted frame by frame onto a writer.
#[derive(Debug)]
pub struct Screen<W: Write> {
    terminal: Terminal<Canvas<W>>,
    contain: Contain,
    /// Whether the terminal may have lost what it showed.
    lost: bool,
}

impl<W: Write> Screen<W> {
    /// A screen of a size, of which nothing is known yet: the first frame is painted whole.
    pub fn new(writer: W, size: Size) -> io::Result<Self> {
        let terminal = Terminal::new(Canvas::new(writer, size))?;
        Ok(Self { terminal, contain: Contain::default(), lost: false })
    }

    /// Paints a frame. What differs from the last one goes out, in one piece.
    pub fn paint<T>(&mut self, draw: impl FnOnce(&mut Frame<'_>) -> T) -> io::Result<Option<T>> {
        if std::mem::take(&mut self.lost) {
            self.forget()?;
        }
        let mut told = None;
        let contain = &mut self.contain;
        self.terminal.draw(|frame| {
            told = Some(draw(frame));
            contain.mark(frame.buffer_mut());
        })?;
        Ok(told)
    }

    /// Hands the terminal bytes that change nothing of what it shows.
    pub fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        let pen = &mut self.terminal.backend_mut().inner;
        pen.write_all(bytes)?;
        Write::flush(pen)
    }

    /// The terminal has another size; the next frame is painted whole, also where the size has changed back
    /// meanwhile: what was cut off does not come back.
    pub fn resize(&mut self, size: Size) {
        self.lost = true;
        self.terminal.backend_mut().size = size;
    }

    /// Nothing is known of what the terminal shows: the next frame is painted whole, also where the cursor is.
    pub fn forget(&mut self) -> io::Result<()> {
        self.contain.forget();
        let canvas = self.terminal.backend_mut();
        canvas.cursor = None;
        let size = canvas.size;
        self.terminal.resize(Rect::from((Position::ORIGIN, size)))
    }
}

/// The library's backend, but for three things: a frame is kept until it is whole, the cursor's bytes are sent only
/// where they change something, and the size is told from outside and not asked at each frame.
#[derive(Debug)]
struct Canvas<W: Write> {
    inner: CrosstermBackend<Pen<W>>,
    size: Size,
    /// What the terminal's cursor is known to be.
    cursor: Option<Cursor>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cursor {
    shown: bool,
    /// Where it is; not known after drawing.
    at: Option<Position>,
}

impl<W: Write> Canvas<W> {
    fn new(writer: W, size: Size) -> Self {
        let inner = CrosstermBackend::new(Pen { frame: Vec::new(), writer });
        Self { inner, size, cursor: None }
    }

    fn cursor_at(&self) -> Option<Position> {
        self.cursor.and_then(|cursor| cursor.at)
    }

    fn shown(&mut self, shown: bool) {
        self.cursor = Some(Cursor { shown, at: self.cursor_at() });
    }
}

/// Whether a row begins here that is to be written whole.
fn begins_whole_row((x, _, cell): &(u16, u16, &Cell)) -> bool {
    *x == 0 && cell.diff_option == CellDiffOption::AlwaysUpdate
}

/// Whether the sign before this cell takes its column too; `free` is the first column that none takes.
fn is_covered(free: &mut Position, &(x, y, cell): &(u16, u16, &Cell)) -> bool {
    let covered = y == free.y && x < free.x;
    if !covered {
        *free = Position { x: x.saturating_add(cell.cell_width()), y };
    }
    covered
}

impl<W: Write> Backend for Canvas<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut free = Position::ORIGIN;
        // The library writes a blank behind some emoji, where a terminal that takes them for wide has their other half.
        let cells: Vec<_> = content.filter(|cell| !is_covered(&mut free, cell)).collect();
        if let (Some(cursor), false) = (&mut self.cursor, cells.is_empty()) {
            cursor.at = None;
        }
        // The library addresses the first cell that it is given, and goes on from there as far as it can.
        for run in cells.chunk_by(|before, next| is_plain(before.2) && !begins_whole_row(next)) {
            if let Some(first) = run.first().filter(|first| begins_whole_row(first)) {
                queue!(self.inner, MoveTo(0, first.1), Clear(Erase::UntilNewLine))?;
            }
            self.inner.draw(run.iter().copied())?;
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.cursor.is_none_or(|cursor| cursor.shown) {
            queue!(self.inner, Hide)?;
            self.shown(false);
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.cursor.is_none_or(|cursor| !cursor.shown) {
            queue!(self.inner, Show)?;
            self.shown(true);
        }
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        // The terminal is never asked: its answer would come among the keys.
        Ok(self.cursor_at().unwrap_or(Position::ORIGIN))
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        if self.cursor_at() != Some(position) {
            queue!(self.inner, MoveTo(position.x, position.y))?;
            self.cursor = Some(Cursor { at: Some(position), ..self.cursor.unwrap_or_default() });
        }
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, _region: ClearType) -> io::Result<()> {
        // The whole screen is ours, and only ever cleared whole.
        queue!(self.inner, Clear(Erase::All))
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::ZERO })
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

/// Keeps a frame's bytes until it is whole, and sends them as one update, which the terminal shows at once.
#[derive(Debug)]
struct Pen<W: Write> {
    frame: Vec<u8>,
    writer: W,
}

impl<W: Write> Write for Pen<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.frame.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        let mut update = Vec::with_capacity(self.frame.len() + 16);
        queue!(update, BeginSynchronizedUpdate)?;
        update.append(&mut self.frame);
        queue!(update, EndSynchronizedUpdate)?;
        self.writer.write_all(&update)?;
        self.writer.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use ratatui::widgets::Paragraph;

    use super::*;

    struct Sent(Sender<Vec<u8>>);

    impl Write for Sent {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn screen() -> (Screen<Sent>, Receiver<Vec<u8>>) {
        let (sender, sent) = channel();
        (Screen::new(Sent(sender), Size::new(20, 3)).unwrap(), sent)
    }

    fn paint(screen: &mut Screen<Sent>, text: &str, cursor: Option<(u16, u16)>) {
        let draw = |frame: &mut Frame<'_>| {
            frame.render_widget(Paragraph::new(text.to_owned()), frame.area());
            if let Some(at) = cursor {
                frame.set_cursor_position(at);
            }
        };
        screen.paint(draw).unwrap().unwrap();
    }

    fn sent(sent: &Receiver<Vec<u8>>) -> Vec<String> {
        sent.try_iter().map(|bytes| String::from_utf8(bytes).unwrap()).collect()
    }

    #[test]
    fn a_frame_leaves_in_one_piece_inside_a_synchronized_update() {
        let (mut screen, out) = screen();
        paint(&mut screen, "hello", Some((2, 1)));
        let pieces = sent(&out);
        assert_eq!(pieces.len(), 1, "{pieces:?}");
        assert!(pieces[0].starts_with("\x1b[?2026h") && pieces[0].ends_with("\x1b[?2026l"));
        assert!(pieces[0].contains("hello") && pieces[0].contains("\x1b[?25h"));
    }

    #[test]
    fn an_equal_frame_sends_not_one_byte_with_the_cursor_shown_or_hidden() {
        for cursor in [None, Some((2, 1))] {
            let (mut screen, out) = screen();
            paint(&mut screen, "hello", cursor);
            sent(&out);
            paint(&mut screen, "hello", cursor);
            assert_eq!(sent(&out), Vec::<String>::new());
        }
    }

    #[test]
    fn a_change_sends_its_cells_and_puts_the_cursor_back() {
        let (mut screen, out) = screen();
        paint(&mut screen, "hello", Some((2, 1)));
        sent(&out);
        paint(&mut screen, "hellx", Some((2, 1)));
        let change = sent(&out).concat();
        assert!(change.contains("\x1b[1;5Hx") && !change.contains("hell"), "{change:?}");
        assert!(change.ends_with("\x1b[2;3H\x1b[?2026l"), "{change:?}");
    }

    /// What the last of these frames sends.
    fn wide_sent(frames: &[&str]) -> Vec<String> {
        let (mut screen, out) = screen();
        for frame in frames {
            sent(&out);
            paint(&mut screen, frame, None);
        }
        sent(&out)
    }

    #[test]
    fn t3_a_changed_row_with_a_wide_sign_now_or_before_is_written_whole_on_a_cleared_line() {
        for frames in [["山 a\nplain", "b c\nplain"], ["b c\nplain", "山 c\nplain"]] {
            let change = wide_sent(&frames).concat();
            assert!(change.contains("\x1b[1;1H\x1b[K"), "{change:?}");
            assert!(change.contains(if frames[1].starts_with('山') {
                "\x1b[1;3H c"
            } else {
                "b c"
            }));
            assert!(change.contains(&" ".repeat(16)), "the row's end too: {change:?}");
            assert!(!change.contains("plain"), "and no other row: {change:?}");
        }
    }

    #[test]
    fn t3_what_stands_behind_a_sign_of_doubtful_width_is_addressed_anew() {
        for (sign, width) in [("א", 1), ("👩‍💻", 2), ("☁", 1), ("क्ष", 2), ("山", 2), ("✈️", 2)]
        {
            let change = wide_sent(&["", &format!("{sign}z")]).concat();
            assert!(change.contains(&format!("\x1b[1;{}Hz", 1 + width)), "{sign}: {change:?}");
        }
    }

    #[test]
    fn t3_no_blank_is_written_over_the_second_half_of_an_emoji() {
        let change = wide_sent(&["abcd", "✈️cd"]).concat();
        assert!(change.contains("✈️") && !change.contains("\x1b[1;2H"), "{change:?}");
    }

    #[test]
    fn t3_a_row_with_a_wide_sign_that_did_not_change_sends_nothing_also_after_it_is_gone() {
        for frames in
            [&["山 a", "山 a"][..], &["山 a", "b", "b"], &["山", "b", "c", "c"], &["山", "", ""]]
        {
            assert_eq!(wide_sent(frames), Vec::<String>::new(), "{frames:?}");
        }
        let other_row = wide_sent(&["山 a\nx", "山 a\ny"]).concat();
        assert!(other_row.contains("\x1b[2;1Hy") && !other_row.contains('山'), "{other_row:?}");
    }

    #[test]
    fn t3_once_a_wide_sign_is_long_gone_only_what_changes_is_sent_again() {
        let change = wide_sent(&["山 a", "b a", "c a", "d a"]).concat();
        assert!(change.contains('d') && !change.contains('a'), "{change:?}");
    }

    #[test]
    fn t1_a_size_that_has_changed_back_before_the_next_frame_is_painted_whole() {
        let (mut screen, out) = screen();
        paint(&mut screen, "hello", None);
        sent(&out);
        screen.resize(Size::new(3, 1));
        screen.resize(Size::new(20, 3));
        paint(&mut screen, "hello", None);
        assert!(sent(&out).concat().contains("hello"));
    }

    #[test]
    fn after_another_size_or_a_suspension_the_next_frame_is_whole() {
        let (mut screen, out) = screen();
        paint(&mut screen, "hello", None);
        sent(&out);
        screen.resize(Size::new(30, 4));
        paint(&mut screen, "hello", None);
        assert!(sent(&out).concat().contains("hello"));
        screen.forget().unwrap();
        paint(&mut screen, "hello", None);
        let whole = sent(&out).concat();
        assert!(
            whole.contains("\x1b[2J") && whole.contains("hello") && whole.contains("\x1b[?25l")
        );
    }
}
