//! Walking a TOML table by hand, so that every mistake is found in one reading and has its line.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::{Given, Mistake};

/// A value, and where in its file it stands.
pub type Value<'i> = Spanned<DeValue<'i>>;

/// A file that is being read, and what was found wrong with it.
pub struct Reading<'i> {
    source: &'i str,
    name: &'i str,
    /// What was found wrong so far.
    pub mistakes: Vec<Mistake>,
}

impl<'i> Reading<'i> {
    /// What was read, where nothing is wrong with it.
    ///
    /// # Errors
    /// Everything that is, in the order of the lines.
    pub fn end<T>(mut self, read: T) -> Result<T, Vec<Mistake>> {
        if self.mistakes.is_empty() {
            return Ok(read);
        }
        self.mistakes.sort_by_key(Mistake::line);
        Err(self.mistakes)
    }

    /// Nothing read yet; `name` is what mistakes call the file.
    pub fn of(name: &'i str, source: &'i str) -> Self {
        Self { source, name, mistakes: Vec::new() }
    }

    /// The table that the file is. What can't be read as TOML is told, and the rest is read all the same.
    pub fn parse(&mut self) -> DeTable<'i> {
        let (table, errors) = DeTable::parse_recoverable(self.source);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            // Only the parser's own first line: what follows may quote the file.
            let words = error.message().lines().next().unwrap_or("not TOML").to_owned();
            self.wrong(&span, words);
        }
        table.into_inner()
    }

    /// The line that something stands in, from 1.
    pub fn line(&self, span: &Range<usize>) -> usize {
        1 + self.source.bytes().take(span.start).filter(|byte| *byte == b'\n').count()
    }

    /// Where something stands, as mistakes say it.
    pub fn at(&self, span: &Range<usize>) -> String {
        format!("{}:{}", self.name, self.line(span))
    }

    /// Takes note of a mistake.
    pub fn wrong(&mut self, span: &Range<usize>, words: impl Into<String>) {
        let at = self.at(span);
        self.mistakes.push(Mistake::new(at, words));
    }

    pub(super) fn unknown(&mut self, key: &Spanned<DeString<'_>>, place: &str, known: &[&str]) {
        let name = key.get_ref();
        let secret = ["token", "key", "secret", "password", "email", "credential"];
        let words = if secret.iter().any(|part| name.to_lowercase().contains(part)) {
            format!(
                "{name:?} is not read{place}, and a credential does not belong in this file: set \
                 CLOUDFLARE_API_TOKEN, or name a token_command in a profile"
            )
        } else {
            return self.not_known(key, place, known);
        };
        self.wrong(&key.span(), words);
    }

    /// Takes note of a key that means nothing here.
    pub fn not_known(&mut self, key: &Spanned<DeString<'_>>, place: &str, known: &[&str]) {
        let name = key.get_ref();
        let words = format!("{name:?} is not known{place}; known: {}", known.join(", "));
        self.wrong(&key.span(), words);
    }

    fn kind(&mut self, key: &str, wanted: &str, value: &Value<'_>) {
        let found = value.get_ref().type_str();
        self.wrong(&value.span(), format!("{key} is {wanted}, not {}", article(found)));
    }

    /// A text that is not empty, without blanks around it.
    pub fn text(&mut self, key: &str, value: &Value<'_>) -> Option<Given<String>> {
        match value.get_ref().as_str().map(str::trim) {
            Some("") => self.wrong(&value.span(), format!("{key} is empty")),
            Some(text) => return Some(Given::new(text.to_owned(), self.at(&value.span()))),
            None => self.kind(key, "a text", value),
        }
        None
    }

    /// A list of texts as they are.
    pub(super) fn texts(&mut self, key: &str, value: &Value<'_>) -> Option<Vec<String>> {
        let texts = self.list(key, value)?;
        Some(texts.into_iter().map(|text| text.value).collect())
    }

    /// A list of texts as they are, each with its place.
    pub fn list(&mut self, key: &str, value: &Value<'_>) -> Option<Vec<Given<String>>> {
        let Some(list) = value.get_ref().as_array() else {
            self.kind(key, "a list of texts, such as [\"one\", \"two\"]", value);
            return None;
        };
        let mut texts = Vec::new();
        for item in list {
            match item.get_ref().as_str() {
                Some(text) => texts.push(Given::new(text.to_owned(), self.at(&item.span()))),
                None => self.kind(key, "a list of texts", item),
            }
        }
        (texts.len() == list.len()).then_some(texts)
    }

    /// A whole number of a range.
    pub fn number(&mut self, key: &str, value: &Value<'_>, range: Range<u32>) -> Option<u32> {
        let Some(number) = value.get_ref().as_integer() else {
            self.kind(key, "a whole number", value);
            return None;
        };
        let parsed = u32::from_str_radix(number.as_str(), number.radix());
        let found = parsed.ok().filter(|number| range.contains(number));
        if found.is_none() {
            let last = range.end.saturating_sub(1);
            self.wrong(
                &value.span(),
                format!("{key} is a whole number from {} to {last}", range.start),
            );
        }
        found
    }

    /// Yes or no.
    pub fn flag(&mut self, key: &str, value: &Value<'_>) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.kind(key, "true or false", value);
        }
        flag
    }

    /// A list of tables.
    pub fn tables<'v, 't>(
        &mut self,
        key: &str,
        value: &'v Value<'t>,
    ) -> Option<Vec<(Range<usize>, &'v DeTable<'t>)>> {
        let Some(list) = value.get_ref().as_array() else {
            self.kind(key, "a list of tables", value);
            return None;
        };
        let each = |item: &'v Value<'t>| Some((item.span(), self.table(key, item)?));
        let tables: Vec<_> = list.iter().filter_map(each).collect();
        (tables.len() == list.len()).then_some(tables)
    }

    /// A table.
    pub fn table<'v, 't>(&mut self, key: &str, value: &'v Value<'t>) -> Option<&'v DeTable<'t>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.kind(key, "a table", value);
        }
        table
    }
}

fn article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if vowel { "an" } else { "a" })
}
