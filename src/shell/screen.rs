//! The screen: frames go out whole, and nothing goes out where nothing has changed.

use std::io::{self, Write};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::queue;
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType as Erase, EndSynchronizedUpdate,
};
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Rect, Size};
use ratatui::{Frame, Terminal};

/// A screen that is painted frame by frame onto a writer.
#[derive(Debug)]
pub struct Screen<W: Write> {
    terminal: Terminal<Canvas<W>>,
}

impl<W: Write> Screen<W> {
    /// A screen of a size, of which nothing is known yet: the first frame is painted whole.
    pub fn new(writer: W, size: Size) -> io::Result<Self> {
        Ok(Self { terminal: Terminal::new(Canvas::new(writer, size))? })
    }

    /// Paints a frame. What differs from the last one goes out, in one piece.
    pub fn paint<T>(&mut self, draw: impl FnOnce(&mut Frame<'_>) -> T) -> io::Result<Option<T>> {
        let mut told = None;
        self.terminal.draw(|frame| told = Some(draw(frame)))?;
        Ok(told)
    }

    /// The terminal has another size; the next frame is painted whole.
    pub fn resize(&mut self, size: Size) {
        self.terminal.backend_mut().size = size;
    }

    /// Nothing is known of what the terminal shows: the next frame is painted whole, also where the cursor is.
    pub fn forget(&mut self) -> io::Result<()> {
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

impl<W: Write> Backend for Canvas<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        // The library resets the colours at the end of every frame, one without a cell too.
        let mut content = content.peekable();
        if content.peek().is_none() {
            return Ok(());
        }
        if let Some(cursor) = &mut self.cursor {
            cursor.at = None;
        }
        self.inner.draw(content)
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
