//! Answers to questions: in which form, and whether they may be given where something is missing.

use serde_json::Value;

use crate::rows::{Cell, Head, Sheet};

use super::print::{out, told};
use super::{Refusal, Status, json};

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Form {
    /// For people
    #[default]
    Table,
    /// For other programs, with every value as the service says it
    Json,
    /// For spreadsheets; what one would calculate has a ' before it
    Csv,
    /// For pages, as a table in Markdown
    Md,
}

/// How an answer is given.
#[derive(clap::Args, Clone, Copy, Debug, Default)]
pub struct Answer {
    /// How the answer is written
    #[arg(short, long, value_enum, default_value_t)]
    pub output: Form,
    /// Answer also where something could not be read, and say what is missing
    #[arg(long)]
    pub allow_partial: bool,
}

impl Answer {
    /// Prints rows.
    pub(super) fn rows(self, sheet: &Sheet) -> Status {
        let _somebody_reads = match self.output {
            Form::Table => out(&sheet.table()),
            Form::Json => json::print(&sheet.json()),
            Form::Csv => out(&sheet.csv()),
            Form::Md => out(&sheet.markdown()),
        };
        Status::Done
    }

    /// Prints one thing: what it is, and the rows that belong to it. CSV holds the rows alone, JSON everything.
    pub(super) fn one(self, facts: Facts, rows: &[&Sheet], whole: &Value) -> Status {
        let facts = facts.0;
        let all = |head: String, write: fn(&Sheet) -> String| {
            let rows = rows.iter().filter(|sheet| !sheet.is_empty()).map(|sheet| write(sheet));
            std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\n")
        };
        let _somebody_reads = match self.output {
            Form::Table => out(&all(untitled(&facts.table()), Sheet::table)),
            Form::Md => out(&all(facts.markdown(), Sheet::markdown)),
            Form::Csv => out(&rows.iter().map(|sheet| sheet.csv()).collect::<Vec<_>>().join("\n")),
            Form::Json => json::print(whole),
        };
        Status::Done
    }

    /// Refuses where something is missing, unless that is allowed; then it is said beside the answer.
    pub(super) fn allow(self, missing: &[String]) -> Result<(), Refusal> {
        if missing.is_empty() {
            return Ok(());
        }
        let words = format!("not everything could be read: {}", missing.join("; "));
        if self.allow_partial {
            told(&words);
            return Ok(());
        }
        let words = format!("{words}. --allow-partial answers with what is there");
        Err(Refusal::new(Status::Incomplete, words))
    }
}

/// What one thing is, line by line.
pub(super) struct Facts(Sheet);

impl Facts {
    pub(super) fn new() -> Self {
        Self(Sheet::new([Head::text("what", ""), Head::text("value", "")]))
    }

    /// With a line more.
    pub(super) fn with(mut self, what: &str, value: impl Into<String>) -> Self {
        self.0.push([Cell::text(what), Cell::text(value)]);
        self
    }
}

/// A table without its empty line of titles.
fn untitled(table: &str) -> String {
    table.strip_prefix('\n').unwrap_or(table).to_owned()
}
