//! What the person typed in the filter line, read. Words are fuzzy and all must match; `'exact`, `^start`,
//! `end$`, `!not`; `field:value`; double quotes keep spaces.

use std::fmt;

use nucleo_matcher::Utf32Str;
use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};

use crate::domain::TwoFactor;
use crate::text;

use super::list::{List, Of};

/// A field that a filter can name. Of a group, what only people have is asked of its members: one is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Where the invitation stands.
    Status,
    /// Two-factor authentication.
    TwoFactor,
    /// A group that the member is in.
    Group,
    /// A role, or a permission group held for the whole account.
    Role,
    /// A permission group, held on anything.
    Permission,
    /// A zone or another scope that a policy names.
    Zone,
    /// The name.
    Name,
    /// The e-mail.
    Email,
}

impl Field {
    /// All of them, in the order in which they are named to the person.
    pub const ALL: [Self; 8] = [
        Self::Status,
        Self::TwoFactor,
        Self::Group,
        Self::Role,
        Self::Permission,
        Self::Zone,
        Self::Name,
        Self::Email,
    ];

    /// How it is written before the colon.
    pub fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::TwoFactor => "2fa",
            Self::Group => "group",
            Self::Role => "role",
            Self::Permission => "permission",
            Self::Zone => "zone",
            Self::Name => "name",
            Self::Email => "email",
        }
    }

    /// The fields that a list's rows have.
    pub fn of(list: &List) -> &'static [Self] {
        match list.of() {
            Of::Members => &Self::ALL,
            Of::Groups => &[
                Self::Name,
                Self::Role,
                Self::Permission,
                Self::Zone,
                Self::Status,
                Self::TwoFactor,
            ],
            Of::Organization => &[Self::Status, Self::TwoFactor, Self::Name, Self::Email],
        }
    }
}

/// A filter that can't be read, in words for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFilter(String);

impl fmt::Display for BadFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadFilter {}

/// A filter, read. The default lets everything through.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    pub(super) terms: Vec<Term>,
    /// The plain words as one text, for telling a whole match from a start and from the rest.
    pub(super) phrase: String,
}

/// One word of a filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    pub negative: bool,
    pub test: Test,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// Against everything that the row shows of who or what it is.
    Word(Atom),
    /// Against one field.
    Field(Field, Atom),
    /// The start of a status, in lower case.
    Status(String),
    /// Exactly this.
    TwoFactor(TwoFactor),
    /// Of a group: one of its members is so.
    Member(Box<Self>),
}

impl Filter {
    /// Reads a filter for a list. Nothing but white space is the filter that lets everything through.
    ///
    /// # Errors
    /// What can't be read, in words, naming the fields of this list where one is wrong.
    pub fn parse(list: &List, text: &str) -> Result<Self, BadFilter> {
        let tokens = tokens(text)?;
        let terms = tokens.iter().map(|token| term(list, token)).collect::<Result<Vec<_>, _>>()?;
        let words: Vec<&str> = terms
            .iter()
            .zip(&tokens)
            .filter(|(term, _)| !term.negative && matches!(term.test, Test::Word(_)))
            .map(|(_, token)| bare(&token.text))
            .collect();
        Ok(Self { phrase: words.join(" "), terms })
    }

    /// Whether everything is let through.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether it asks for something that a member may come by through a group, so that its outcome is whole
    /// only once every group's member list has been read.
    pub fn asks_for_groups(&self) -> bool {
        self.terms.iter().any(|term| {
            matches!(
                term.test,
                Test::Field(Field::Group | Field::Role | Field::Permission | Field::Zone, _)
                    | Test::Member(_)
            )
        })
    }

    /// Whether every row that this filter lets through is let through by `wider` too, as far as can be told from
    /// the words alone: then only the rows that `wider` left need to be tried.
    pub fn narrows(&self, wider: &Self) -> bool {
        wider.terms.iter().all(|wide| self.terms.iter().any(|term| term.narrows(wide)))
    }
}

impl Term {
    /// What only people have, asked of the members of a group.
    fn of_members(self) -> Self {
        match self.test {
            Test::Status(_) | Test::TwoFactor(_) => {
                Self { test: Test::Member(Box::new(self.test)), ..self }
            }
            _ => self,
        }
    }

    fn narrows(&self, wide: &Self) -> bool {
        if self == wide {
            return true;
        }
        if self.negative || wide.negative {
            return false;
        }
        match (&self.test, &wide.test) {
            (Test::Word(atom), Test::Word(wide)) => extends(atom, wide),
            (Test::Field(field, atom), Test::Field(other, wide)) => {
                field == other && extends(atom, wide)
            }
            (Test::Status(word), Test::Status(wide)) => word.starts_with(wide.as_str()),
            _ => false,
        }
    }
}

/// Whether an atom is a longer one of the same kind: it can only match less.
fn extends(atom: &Atom, wide: &Atom) -> bool {
    let kind = atom.kind;
    // A fuzzy word with accents is held to another measure than one without.
    let is_plain = |atom: &Atom| matches!(atom.needle_text(), Utf32Str::Ascii(_));
    kind == wide.kind
        && (kind != AtomKind::Fuzzy || is_plain(atom) == is_plain(wide))
        && matches!(kind, AtomKind::Fuzzy | AtomKind::Substring | AtomKind::Prefix)
        && atom.needle_text().to_string().starts_with(&wide.needle_text().to_string())
}

/// A word as it was typed, without its quotes.
struct Token {
    text: String,
}

fn tokens(text: &str) -> Result<Vec<Token>, BadFilter> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                if !word.is_empty() {
                    out.push(Token { text: std::mem::take(&mut word) });
                }
            }
            c => word.push(c),
        }
    }
    if quoted {
        return Err(BadFilter("a quote \" is not closed".to_owned()));
    }
    if !word.is_empty() {
        out.push(Token { text: word });
    }
    Ok(out)
}

fn term(list: &List, token: &Token) -> Result<Term, BadFilter> {
    let (negative, rest) = match token.text.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, token.text.as_str()),
    };
    if let Some((word, value)) = rest.split_once(':')
        && is_field_like(word)
    {
        let field = field(list, word)?;
        let term = field_term(field, value, negative)?;
        return Ok(if list.of() == Of::Groups { term.of_members() } else { term });
    }
    let loose = if negative { AtomKind::Substring } else { AtomKind::Fuzzy };
    Ok(Term { negative, test: Test::Word(atom(rest, loose, &token.text)?) })
}

/// Whether what stands before a colon is meant as a field's name: `'a:b` and `10.0.0.1:80` are not.
fn is_field_like(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn field(list: &List, word: &str) -> Result<Field, BadFilter> {
    let fields = Field::of(list);
    let lower = word.to_ascii_lowercase();
    let named = |field: &&Field| {
        field.word() == lower
            // In a list of groups a row's own name is the group's.
            || (lower == "group" && **field == Field::Name && list.of() == Of::Groups)
    };
    fields.iter().find(named).copied().ok_or_else(|| {
        let there_are: Vec<&str> = fields.iter().map(|field| field.word()).collect();
        let word = text::safe_capped(word);
        BadFilter(format!(
            "no field {word}: here, only {}; to search for the text itself write '{word}:…",
            there_are.join(", ")
        ))
    })
}

fn field_term(field: Field, value: &str, negative: bool) -> Result<Term, BadFilter> {
    let (negative, value) = match value.strip_prefix('!') {
        Some(value) => (!negative, value),
        None => (negative, value),
    };
    if value.is_empty() {
        return Err(BadFilter(format!("{}: what? Write a value behind it", field.word())));
    }
    let test = match field {
        Field::Status => Test::Status(value.to_lowercase()),
        Field::TwoFactor => Test::TwoFactor(two_factor(value)?),
        field => Test::Field(field, atom(value, AtomKind::Substring, value)?),
    };
    Ok(Term { negative, test })
}

fn two_factor(value: &str) -> Result<TwoFactor, BadFilter> {
    match value.to_ascii_lowercase().as_str() {
        "on" | "yes" | "true" => Ok(TwoFactor::On),
        "off" | "no" | "false" => Ok(TwoFactor::Off),
        "?" | "unknown" => Ok(TwoFactor::Unknown),
        _ => Err(BadFilter("2fa is on, off or unknown".to_owned())),
    }
}

/// Reads the signs around a word; `loose` is how it is matched without any.
fn atom(word: &str, loose: AtomKind, whole: &str) -> Result<Atom, BadFilter> {
    let (kind, needle) = if let Some(exact) = word.strip_prefix('\'') {
        (AtomKind::Substring, exact)
    } else {
        match (word.strip_prefix('^'), word.strip_suffix('$')) {
            (Some(start), Some(_)) if word.len() > 1 => {
                (AtomKind::Exact, start.strip_suffix('$').unwrap_or(start))
            }
            (Some(start), _) => (AtomKind::Prefix, start),
            (None, Some(end)) => (AtomKind::Postfix, end),
            (None, None) => (loose, word),
        }
    };
    if needle.is_empty() {
        let whole = text::safe_capped(whole);
        return Err(BadFilter(format!("{whole} stands alone: write a word with it")));
    }
    Ok(Atom::new(needle, CaseMatching::Ignore, Normalization::Smart, kind, false))
}

/// A word without the signs around it.
fn bare(word: &str) -> &str {
    let word = word.strip_prefix('\'').or_else(|| word.strip_prefix('^')).unwrap_or(word);
    word.strip_suffix('$').unwrap_or(word)
}

#[cfg(test)]
mod tests;
