//! Where everything is painted: whatever lies outside is left out, and no text is wider than the room it has.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Span;
use unicode_segmentation::UnicodeSegmentation;

use super::theme::Theme;
use crate::app::Line;
use crate::text;

/// The screen's buffer, with the theme that it is painted in. Texts that come here are safe to show already.
pub struct Canvas<'c> {
    buffer: &'c mut Buffer,
    /// What each part looks like.
    pub theme: &'c Theme,
    /// Where the terminal's cursor is to stand; nowhere if no line is being typed.
    pub caret: Option<Position>,
}

impl<'c> Canvas<'c> {
    /// A canvas over the whole of a buffer.
    pub fn new(buffer: &'c mut Buffer, theme: &'c Theme) -> Self {
        Self { buffer, theme, caret: None }
    }

    /// Paints a text that starts at `x` and takes at most `room` columns; cuts it with `…`. Gives the column
    /// behind it.
    pub fn text(&mut self, x: u16, y: u16, room: u16, content: &str, style: Style) -> u16 {
        let area = self.buffer.area;
        let room = room.min(area.right().saturating_sub(x));
        if room == 0 || x < area.left() || y < area.top() || y >= area.bottom() {
            return x;
        }
        let shown = text::cut(content, room.into());
        self.buffer.set_stringn(x, y, shown, room.into(), style).0
    }

    /// Paints texts one behind the other; gives the column behind the last.
    pub fn spans(&mut self, row: Rect, spans: &[Span<'_>]) -> u16 {
        let mut x = row.x;
        if row.height == 0 {
            return x;
        }
        for span in spans {
            let room = row.right().saturating_sub(x);
            x = self.text(x, row.y, room, &span.content, span.style);
        }
        x
    }

    /// Paints texts from the left and texts to the right end of a row. Where there is no room for both, the
    /// right ones keep at most half of it.
    pub fn both(&mut self, row: Rect, left: &[Span<'_>], right: &[Span<'_>]) {
        let (wants, needs) = (columns_of(left), columns_of(right));
        let gap = if needs == 0 { 0 } else { 2 };
        let room = row.width;
        let right_width = if wants.saturating_add(gap).saturating_add(needs) <= room {
            needs
        } else {
            needs.min((room / 2).max(room.saturating_sub(wants.saturating_add(gap))))
        };
        let left_width = room.saturating_sub(right_width.saturating_add(gap));
        self.spans(Rect { width: left_width, ..row }, left);
        let x = row.right().saturating_sub(right_width);
        self.spans(Rect { x, width: right_width, ..row }, right);
    }

    /// Lays a style over an area, as far as it is on the screen.
    pub fn style(&mut self, area: Rect, style: Style) {
        let area = area.intersection(self.buffer.area);
        self.buffer.set_style(area, style);
    }

    /// Makes the row of a list the one under the cursor.
    pub fn cursor(&mut self, row: Rect) {
        self.style(row, self.theme.cursor);
    }

    /// Empties an area.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                }
            }
        }
        self.style(area, self.theme.text);
        // Half of a wide sign may stick out of what was emptied.
        let edge = Rect { x: area.x.saturating_sub(1), width: 1, ..area };
        for y in edge.top()..edge.bottom() {
            if let Some(cell) = self.buffer.cell_mut((edge.x, y))
                && text::width(cell.symbol()) > 1
            {
                cell.set_char(' ');
            }
        }
    }

    /// A rule along a row.
    pub fn rule(&mut self, row: Rect) {
        let rule = "─".repeat(row.width.into());
        self.text(row.x, row.y, row.width, &rule, self.theme.rule);
    }

    /// Joins the rule above a row to a rule down a column.
    pub fn joined(&mut self, x: u16, top: u16) {
        self.text(x, top.saturating_sub(1), 1, "┬", self.theme.rule);
    }

    /// A rule down a column.
    pub fn upright(&mut self, x: u16, top: u16, height: u16) {
        for y in top..top.saturating_add(height) {
            self.text(x, y, 1, "│", self.theme.rule);
        }
    }

    /// Marks the letters of a text painted at `x` that a filter has matched.
    pub fn hits(&mut self, x: u16, y: u16, shown: &str, graphemes: &[u32]) {
        let mut x = x;
        for (place, grapheme) in (0_u32..).zip(shown.graphemes(true)) {
            let width = columns(grapheme);
            if graphemes.binary_search(&place).is_ok() {
                self.style(Rect { x, y, width, height: 1 }, self.theme.hit);
            }
            x = x.saturating_add(width);
        }
    }

    /// Paints a line that is typed, and puts the terminal's cursor into it where it has the keys. A line longer
    /// than its room shows the part around the cursor.
    pub fn typed(&mut self, x: u16, y: u16, room: u16, line: &Line, has_keys: bool) -> u16 {
        let before = text::safe(&line.before_cursor()).into_owned();
        let rest: String = line.text().chars().skip(line.cursor()).collect();
        let rest = text::safe(&rest).into_owned();
        let room_before = usize::from(room.saturating_sub(1));
        let before = tail(&before, room_before);
        let style = if line.is_selected() && has_keys { self.theme.hit } else { self.theme.text };
        let at = self.text(x, y, room, before, style);
        let left = room.saturating_sub(at.saturating_sub(x));
        let end = self.text(at, y, left, &rest, self.theme.text);
        if has_keys {
            self.caret = Some(Position { x: at, y });
        }
        end
    }

    /// Paints text in as many rows as it takes, broken between words; gives the number of rows.
    pub fn wrapped(&mut self, area: Rect, content: &str, style: Style) -> u16 {
        let mut used = 0;
        for line in wrap(content, area.width.into()) {
            if used >= area.height {
                break;
            }
            self.text(area.x, area.y.saturating_add(used), area.width, &line, style);
            used += 1;
        }
        used
    }
}

/// The end of a text, in at most `room` columns.
fn tail(content: &str, room: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in content.grapheme_indices(true).rev() {
        used += text::width(grapheme);
        if used > room {
            return content.get(at + grapheme.len()..).unwrap_or_default();
        }
    }
    content
}

/// A text in lines of at most `room` columns, broken between words where that can be.
pub fn wrap(content: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in content.split(' ').filter(|word| !word.is_empty()) {
        let mut word = Cow::Borrowed(word);
        if !line.is_empty() && text::width(&line) + 1 + text::width(&word) <= room {
            line.push(' ');
        } else if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        while text::width(&word) > room && room > 0 {
            let (head, rest) = split(&word, room);
            if head.is_empty() {
                break;
            }
            lines.push(head);
            word = Cow::Owned(rest);
        }
        line.push_str(&word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

fn split(word: &str, room: usize) -> (String, String) {
    let mut used = 0;
    for (at, grapheme) in word.grapheme_indices(true) {
        used += text::width(grapheme);
        if used > room {
            let (head, rest) = word.split_at_checked(at).unwrap_or((word, ""));
            return (head.to_owned(), rest.to_owned());
        }
    }
    (word.to_owned(), String::new())
}

/// How many columns a text takes.
pub fn columns(content: &str) -> u16 {
    u16::try_from(text::width(content)).unwrap_or(u16::MAX)
}

/// How many columns texts take one behind the other.
pub fn columns_of(spans: &[Span<'_>]) -> u16 {
    spans.iter().fold(0, |sum, span| sum.saturating_add(columns(&span.content)))
}

/// One row of an area, counted from its top; of no height where the area has no such row.
pub fn row(area: Rect, at: u16) -> Rect {
    let y = area.y.saturating_add(at);
    Rect { y, height: u16::from(at < area.height), ..area }
}

/// An area without its first rows.
pub fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

/// The first rows of an area.
pub fn top(area: Rect, rows: u16) -> Rect {
    Rect { height: rows.min(area.height), ..area }
}

/// An area without its first and last columns.
pub fn inset(area: Rect, by: u16) -> Rect {
    let by = by.min(area.width / 2);
    Rect { x: area.x + by, width: area.width - 2 * by, ..area }
}

/// A text in a style; shorter to write where many stand in a row.
pub fn span<'s>(content: impl Into<Cow<'s, str>>, style: Style) -> Span<'s> {
    Span::styled(content, style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_between_words_and_a_word_without_room_within() {
        assert_eq!(wrap("the token lacks a right", 10), ["the token", "lacks a", "right"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("山田太郎", 4), ["山田", "太郎"]);
        assert!(wrap("", 4).is_empty());
        assert_eq!(wrap("山", 1), ["山"]);
    }

    #[test]
    fn nothing_painted_outside_the_screen_panics() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 3, 2));
        let theme = Theme::default();
        let mut canvas = Canvas::new(&mut buffer, &theme);
        canvas.text(9, 9, 9, "far away", Style::new());
        canvas.text(1, 1, 99, "山田", Style::new());
        canvas.clear(Rect::new(2, 1, 50, 50));
        canvas.style(Rect::new(2, 1, 50, 50), Style::new());
        canvas.typed(2, 0, 0, &Line::of("abc"), true);
        canvas.both(Rect::new(0, 0, 3, 1), &[Span::raw("abc")], &[Span::raw("def")]);
    }
}
