//! One table of columns and rows, written for people and for other programs: plain text, Markdown, CSV, JSON. What
//! others wrote is made safe in all of them, each in its own way; nothing here knows what the rows are about.

use serde_json::{Map, Value};

use super::column::Align;
use crate::text;

/// What stands above a column of a sheet, for people and for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its name for programs: the key in JSON, the head in CSV.
    pub key: &'static str,
    /// Its title for people, in capitals.
    pub title: &'static str,
    /// On which side its texts stand.
    pub align: Align,
    /// Who gets to see it.
    pub seen_by: SeenBy,
}

/// Who gets to see a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeenBy {
    /// Everybody.
    All,
    /// CSV and JSON alone: ids.
    Programs,
}

/// One cell: what people read, and what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    words: String,
    value: Value,
}

/// A table to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    heads: Vec<Head>,
    rows: Vec<Vec<Cell>>,
}

impl Head {
    /// Text for everybody.
    pub const fn text(key: &'static str, title: &'static str) -> Self {
        Self { key, title, align: Align::Left, seen_by: SeenBy::All }
    }

    /// Numbers for everybody.
    pub const fn number(key: &'static str, title: &'static str) -> Self {
        Self { key, title, align: Align::Right, seen_by: SeenBy::All }
    }

    /// What only programs need.
    pub const fn id(key: &'static str) -> Self {
        Self { key, title: "", align: Align::Left, seen_by: SeenBy::Programs }
    }
}

impl Cell {
    /// A cell whose words for people are others than its value.
    pub fn new(words: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { words: words.into(), value: value.into() }
    }

    /// A text, which may be foreign.
    pub fn text(text: impl Into<String>) -> Self {
        let words = text.into();
        Self { value: Value::String(words.clone()), words }
    }

    /// A number.
    pub fn number(number: usize) -> Self {
        Self::new(text::count(number), number)
    }

    /// A moment, to the second for people; nothing where it is not known.
    pub fn moment(moment: Option<jiff::Timestamp>) -> Self {
        moment.map_or_else(Self::nothing, |at| {
            let words = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
            Self::new(words.clone(), words)
        })
    }

    /// Nothing is known.
    pub fn nothing() -> Self {
        Self::new("", Value::Null)
    }

    /// What CSV holds: the value where it is a text or a number, for `1,312` and `—` are for people.
    fn plain(&self) -> String {
        match &self.value {
            Value::String(text) => text::safe(text).into_owned(),
            Value::Number(number) => number.to_string(),
            _ => text::safe(&self.words).into_owned(),
        }
    }
}

impl Sheet {
    /// A table without rows.
    pub fn new(heads: impl Into<Vec<Head>>) -> Self {
        Self { heads: heads.into(), rows: Vec::new() }
    }

    /// Takes a row in, a cell for each column.
    pub fn push(&mut self, row: impl Into<Vec<Cell>>) {
        self.rows.push(row.into());
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// For a terminal: titles above rows. The last column takes what room it needs.
    pub fn table(&self) -> String {
        let lines = self.for_people(|cell| text::safe(&cell.words).into_owned());
        let heads: Vec<&Head> = self.shown().map(|(_, head)| head).collect();
        let mut widths = vec![0; heads.len()];
        for line in &lines {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = text::width(cell).max(*width);
            }
        }
        let mut out = String::new();
        for line in &lines {
            let cells =
                line.iter().zip(&widths).zip(&heads).map(|((cell, width), head)| {
                    match head.align {
                        Align::Left => text::pad(cell, *width),
                        Align::Right => text::pad_left(cell, *width),
                    }
                });
            out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            out.push('\n');
        }
        out
    }

    /// For a page: a table in Markdown, in which no text is more than text.
    pub fn markdown(&self) -> String {
        let mut lines = self.for_people(|cell| escaped(&text::safe(&cell.words))).into_iter();
        let mut out = String::new();
        let mut put = |cells: Vec<String>| {
            out.push_str("| ");
            out.push_str(&cells.join(" | "));
            out.push_str(" |\n");
        };
        lines.next().into_iter().for_each(&mut put);
        let rules = self.shown().map(|(_, head)| match head.align {
            Align::Left => "---".to_owned(),
            Align::Right => "---:".to_owned(),
        });
        put(rules.collect());
        lines.for_each(put);
        out
    }

    /// For a spreadsheet, quoted as RFC 4180 has it: a cell that a spreadsheet would calculate has a `'` before it.
    pub fn csv(&self) -> String {
        let mut out = csv::Writer::from_writer(Vec::new());
        // Writing to memory fails only where records differ in length, and each has all cells.
        let _written = out.write_record(self.heads.iter().map(|head| head.key));
        for row in &self.rows {
            let cells = self.heads.iter().enumerate();
            let cells = cells.map(|(at, _)| row.get(at).map_or_else(String::new, Cell::plain));
            let _written = out.write_record(cells.map(|cell| disarmed(&cell)));
        }
        String::from_utf8(out.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    /// For other programs: an object for each row, with the values as they are.
    pub fn json(&self) -> Value {
        let object = |row: &Vec<Cell>| {
            let heads = self.heads.iter().zip(row);
            let heads = heads.map(|(head, cell)| (head.key.to_owned(), cell.value.clone()));
            Value::Object(heads.collect::<Map<_, _>>())
        };
        self.rows.iter().map(object).collect()
    }

    fn shown(&self) -> impl Iterator<Item = (usize, &Head)> {
        self.heads.iter().enumerate().filter(|(_, head)| head.seen_by == SeenBy::All)
    }

    /// Titles and rows of the columns that people see.
    fn for_people(&self, words: impl Fn(&Cell) -> String) -> Vec<Vec<String>> {
        let titles = self.shown().map(|(_, head)| head.title.to_owned()).collect();
        let cells = |row: &Vec<Cell>| {
            self.shown().map(|(at, _)| row.get(at).map_or_else(String::new, &words)).collect()
        };
        std::iter::once(titles).chain(self.rows.iter().map(cells)).collect()
    }
}

/// A text as Markdown shows it and does nothing else with it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '!' | '&' | '$')
        {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A cell that no spreadsheet takes for a formula. What looks as if it had been through here already gets a second
/// `'`, so that taking one away always gives back what was there.
fn disarmed(cell: &str) -> String {
    let begins = cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r']);
    if begins { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests;
