//! A painted screen as a picture: the cells of a buffer on a dark card, as text that can be selected.

use std::fmt::Write;

use cfiam::text;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// A cell's size, and what is left empty around the screen.
const WIDE: f32 = 8.4;
const HIGH: f32 = 18.0;
const EDGE: f32 = 14.0;
const BASE: f32 = 13.5;

const TEXT: &str = "#d4d7dd";
const CARD: &str = "#16181d";

/// The sixteen colours of the terminal in the picture.
const SIXTEEN: [&str; 16] = [
    "#1e1e1e", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4",
    "#6b7280", "#ff7a85", "#b5e890", "#ffd68a", "#82c7ff", "#e29bff", "#7fdfe9", "#ffffff",
];

/// What one run of cells looks like.
#[derive(Clone, PartialEq)]
struct Look {
    text: String,
    ground: Option<String>,
    /// What of bold, dim, underlined and crossed out it is.
    how: Modifier,
}

/// A run of cells that look alike.
struct Run {
    x: u16,
    width: u16,
    words: String,
    look: Look,
}

/// The buffer as an SVG picture.
pub fn picture(buffer: &Buffer, title: &str) -> String {
    let (width, height) =
        (f32::from(buffer.area.width) * WIDE, f32::from(buffer.area.height) * HIGH);
    let (outer_width, outer_height) = (width + 2.0 * EDGE, height + 2.0 * EDGE);
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {outer_width} {outer_height}\" width=\"{outer_width}\" \
         height=\"{outer_height}\" role=\"img\">\n<title>{}</title>\n\
         <style>text{{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;\
         white-space:pre}}.b{{font-weight:700}}.d{{opacity:.55}}</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"9\" fill=\"{CARD}\"/>",
        escaped(title)
    );
    for y in 0..buffer.area.height {
        for run in runs(buffer, y) {
            paint(&mut svg, &run, y);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn paint(svg: &mut String, run: &Run, y: u16) {
    let (x, top) = (EDGE + f32::from(run.x) * WIDE, EDGE + f32::from(y) * HIGH);
    let width = f32::from(run.width) * WIDE;
    if let Some(ground) = &run.look.ground {
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{HIGH}\" fill=\"{ground}\"/>"
        );
    }
    let words = run.words.trim_end();
    if words.is_empty() {
        return;
    }
    let blank = words.len() - words.trim_start().len();
    let words = words.trim_start();
    let x = x + WIDE * f32::from(u16::try_from(blank).unwrap_or(0));
    let length = WIDE * f32::from(u16::try_from(text::width(words)).unwrap_or(0));
    let mut classes = Vec::new();
    classes.extend(run.look.how.contains(Modifier::BOLD).then_some("b"));
    classes.extend(run.look.how.contains(Modifier::DIM).then_some("d"));
    let mut more = String::new();
    if !classes.is_empty() {
        let _ = write!(more, " class=\"{}\"", classes.join(" "));
    }
    if run.look.how.contains(Modifier::UNDERLINED) {
        more.push_str(" text-decoration=\"underline\"");
    } else if run.look.how.contains(Modifier::CROSSED_OUT) {
        more.push_str(" text-decoration=\"line-through\"");
    }
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{:.1}\" textLength=\"{length:.1}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{}\"{more}>{}</text>",
        top + BASE,
        run.look.text,
        escaped(words)
    );
}

/// The cells of a row, those that look alike together. Words part at wide gaps, so that a font of another width
/// moves no column.
fn runs(buffer: &Buffer, y: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut x = 0;
    while x < buffer.area.width {
        let cell = &buffer[(x, y)];
        let width = u16::try_from(text::width(cell.symbol())).unwrap_or(1).max(1);
        let look = look(cell);
        match runs.last_mut() {
            Some(last) if last.look == look && !gap(last, cell) => {
                last.words.push_str(cell.symbol());
                last.width += width;
            }
            _ => runs.push(Run { x, width, words: cell.symbol().to_owned(), look }),
        }
        x += width;
    }
    runs
}

fn gap(last: &Run, next: &Cell) -> bool {
    last.words.ends_with("  ") && next.symbol() != " " && last.look.ground.is_none()
}

fn look(cell: &Cell) -> Look {
    let (mut text, mut ground) = (colour(cell.fg), colour(cell.bg));
    let mut how = cell.modifier;
    if how.contains(Modifier::REVERSED) {
        (text, ground) = (
            Some(ground.unwrap_or_else(|| CARD.to_owned())),
            Some(text.unwrap_or_else(|| TEXT.to_owned())),
        );
    }
    if cell.symbol() == " " {
        // A line under a blank would join two words.
        how.remove(Modifier::UNDERLINED);
    }
    how.remove(Modifier::REVERSED);
    Look { text: text.unwrap_or_else(|| TEXT.to_owned()), ground, how }
}

fn colour(colour: Color) -> Option<String> {
    let place = match colour {
        Color::Reset => return None,
        Color::Rgb(r, g, b) => return Some(format!("#{r:02x}{g:02x}{b:02x}")),
        Color::Indexed(place @ 16..=231) => {
            let step = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
            let place = place - 16;
            let (r, g, b) = (step(place / 36), step(place / 6 % 6), step(place % 6));
            return Some(format!("#{r:02x}{g:02x}{b:02x}"));
        }
        Color::Indexed(place @ 232..) => {
            let grey = 8 + 10 * (place - 232);
            return Some(format!("#{grey:02x}{grey:02x}{grey:02x}"));
        }
        Color::Indexed(place) => usize::from(place),
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    Some(SIXTEEN[place].to_owned())
}

fn escaped(words: &str) -> String {
    // Not every painter keeps blanks that stand side by side; all keep those that don't break.
    let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    words.replace(' ', "\u{a0}")
}
