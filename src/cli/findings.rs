//! `cfiam findings`: what a careful administrator would want to know, worst first.

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::access::no_access_yet;
use crate::app::finding_rows;
use crate::domain::{Directory, DraftId, MemberId, Snapshot, StagedFor};
use crate::findings::{
    Checked, Finding, Inputs, Mend, RULES, Rule, RulesFile, Severity, Subject, check,
};
use crate::plan::{ChangeFile, Staging};
use crate::rows::{Cell, Head, Sheet};
use crate::store::snapshot::read_snapshot;
use crate::text;

use super::answer::{Answer, Form};
use super::connect::words;
use super::json;
use super::print::{out, told};
use super::session::Session;
use super::wanted::{called, text_of};
use super::{Refusal, Status};

/// Show what a careful administrator would want to know, worst first
///
/// Ends with status 3 where anything stands, so that a script can wait for nothing to.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// End with status 3 only where something stands that matters so much or more
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = Bar::Notice)]
    fail_on: Bar,
    /// What the team has decided about findings, instead of the file that the profile names
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Print the change file that mends what stands with this key, as -o json shows it, for cfiam apply
    #[arg(long, value_name = "KEY")]
    mend: Option<String>,
    /// List the rules, and not what they find; needs no account
    #[arg(long)]
    list_rules: bool,
    #[command(flatten)]
    answer: Answer,
}

/// A severity, by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Bar {
    /// The whole account is at stake
    High,
    /// Somebody may have more than is meant, or what they have can't be told
    Medium,
    /// Untidy
    Low,
    /// Worth knowing
    Notice,
}

impl From<Bar> for Severity {
    fn from(bar: Bar) -> Self {
        match bar {
            Bar::High => Self::High,
            Bar::Medium => Self::Medium,
            Bar::Low => Self::Low,
            Bar::Notice => Self::Notice,
        }
    }
}

impl Args {
    /// Whether only the rules by themselves are asked for, and how they are to be written.
    pub(super) fn only_rules(&self) -> Option<Form> {
        self.list_rules.then_some(self.answer.output)
    }

    /// Reads what the rules look at, and says what they find.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        let rules = self.rules_file(session)?;
        // What is missing is told rule by rule.
        session.read_access()?;
        session.read_names()?;
        let directory = &session.directory;
        let invited = invited(session);
        let now = session.clock.now().wall;
        let checked = check(Inputs { directory, rules: &rules, invited: &invited, now });
        if let Some(key) = &self.mend {
            return print_mend(&checked, directory, key);
        }
        match self.answer.output {
            Form::Json => drop(json::print(&as_json(&checked, directory))),
            Form::Table => drop(out(&as_text(&checked, directory))),
            Form::Csv | Form::Md => {
                self.answer.rows(&finding_rows(checked.findings.iter(), directory));
            }
        }
        if !checked.not_checked.is_empty() && !self.answer.allow_partial {
            told(
                "not everything could be read, so that there may be more: --allow-partial goes by what could",
            );
            return Ok(Status::Incomplete);
        }
        let stands = checked.count(self.fail_on.into()) > 0;
        Ok(if stands { Status::Stopped } else { Status::Done })
    }

    fn rules_file(&self, session: &Session) -> Result<RulesFile, Refusal> {
        decided(self.rules.as_ref().or(session.rules_file.as_ref()))
    }
}

/// Since when open invitations are known to stand, by the account's own snapshots: back from the latest, as long as they
/// have the same invitation open. One that can't be read tells nothing.
fn invited(session: &Session) -> HashMap<MemberId, Timestamp> {
    let members = session.directory.members().values();
    let mut open: Vec<MemberId> =
        members.filter(|member| no_access_yet(member)).map(|member| member.id.clone()).collect();
    let mut since = HashMap::new();
    if open.is_empty() {
        return since;
    }
    for kept in session.store().snapshots(Some(session.account())).unwrap_or_default() {
        let Ok(Snapshot { directory, taken }) = read_snapshot(&kept.path) else { continue };
        open.retain(|id| directory.members().get(id).is_some_and(no_access_yet));
        if open.is_empty() {
            break;
        }
        since.extend(open.iter().map(|id| (id.clone(), taken)));
    }
    since
}

/// What the team has decided about findings, as a file says it; nothing where there is none.
pub(super) fn decided(path: Option<&PathBuf>) -> Result<RulesFile, Refusal> {
    let Some(path) = path else { return Ok(RulesFile::default()) };
    let path = path.display().to_string();
    RulesFile::parse(called(&path), &text_of(&path)?)
        .map_err(|mistakes| Refusal::usage(words(&mistakes)))
}

/// How many rows of a finding are shown to people before the others are counted.
const SHOWN: usize = 8;

fn as_text(checked: &Checked, directory: &Directory) -> String {
    let mut lines = Vec::new();
    for finding in &checked.findings {
        lines.extend(in_lines(finding, directory));
        lines.push(String::new());
    }
    for unsure in &checked.not_checked {
        let how = unsure.how();
        lines.push(format!("{how}: {}: {}", unsure.rule.id, unsure.missing.join("; ")));
    }
    lines.push(totals(checked));
    lines.join("\n") + "\n"
}

fn in_lines(finding: &Finding, directory: &Directory) -> Vec<String> {
    let severity = finding.severity().word();
    let id = finding.rule.id;
    let mut lines = vec![format!("{severity:<8}{} ({id})", text::sentence(&finding.words))];
    let mut say = |words: String| lines.push(format!("        {words}"));
    if let Some(waived) = &finding.waived {
        let (owner, reason) = (text::safe(&waived.owner), text::safe(&waived.reason));
        say(format!("Waived until {} by {owner}: {reason}", waived.expires));
        return lines;
    }
    say(text::sentence(finding.rule.why));
    if !finding.detail.is_empty() {
        say(text::sentence(&finding.detail));
    }
    for row in finding.rows.iter().take(SHOWN) {
        let name = row.subject.words(directory);
        say(if row.note.is_empty() {
            format!("- {name}")
        } else {
            format!("- {name}: {}", row.note)
        });
    }
    if let Some(more) = finding.rows.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        say(format!("and {} more; -o json shows all", text::count(more)));
    }
    if let Some(mend) = Mend::of(finding, directory, DraftId(0)) {
        say(format!("To mend it: {}", mend.words));
        say(text::sentence(&mend.effect.words(directory)));
    }
    lines
}

fn totals(checked: &Checked) -> String {
    match checked.waived() {
        0 => checked.words(),
        waived => format!("{}; {} waived", checked.words(), text::count(waived)),
    }
}

/// The whole answer as one JSON object; README documents it.
fn as_json(checked: &Checked, directory: &Directory) -> Value {
    let counts = checked.by_severity();
    let counts: serde_json::Map<String, Value> =
        counts.map(|(severity, number)| (severity.word().to_owned(), number.into())).collect();
    let not_checked = checked.not_checked.iter().map(|unsure| {
        json!({ "rule": unsure.rule.id, "in_part": unsure.in_part, "missing": unsure.missing })
    });
    json!({
        "account": { "id": directory.account.id.to_string(), "name": directory.account.name },
        "findings": checked.findings.iter().map(|it| one(it, directory)).collect::<Vec<_>>(),
        "counts": counts,
        "not_checked": not_checked.collect::<Vec<_>>(),
    })
}

fn one(finding: &Finding, directory: &Directory) -> Value {
    let about = finding.rows.iter().map(|row| {
        let kind = match &row.subject {
            Subject::Member(_) => "member",
            Subject::Group(_) => "group",
        };
        json!({ "kind": kind, "id": row.subject.id(), "name": row.subject.name(directory), "note": row.note })
    });
    json!({
        "rule": finding.rule.id,
        "severity": finding.severity().word(),
        "key": finding.key,
        "words": finding.words,
        "why": finding.rule.why,
        "detail": finding.detail,
        "about": about.collect::<Vec<_>>(),
        "mend": mend(finding, directory),
        "waived": finding.waived.as_ref().map(|waived| json!({
            "reason": waived.reason,
            "owner": waived.owner,
            "expires": waived.expires.to_string(),
        })),
    })
}

fn mend(finding: &Finding, directory: &Directory) -> Option<Value> {
    let mend = Mend::of(finding, directory, DraftId(0)).filter(|_| finding.waived.is_none())?;
    let changed = mend.effect.changed.iter().map(|(id, _)| id.to_string());
    Some(json!({
        "words": mend.words,
        "effect": {
            "words": mend.effect.words(directory),
            "same": mend.effect.same,
            "changed": changed.collect::<Vec<_>>(),
            "not_known": mend.effect.not_known.iter().map(ToString::to_string).collect::<Vec<_>>(),
        },
        "change_file": change_file(directory, &mend),
    }))
}

/// The changes as a change file, for `cfiam apply`.
fn change_file(directory: &Directory, mend: &Mend) -> String {
    let account = directory.account.id.clone();
    let staging = Staging::restore(StagedFor { account, changes: mend.changes.clone() });
    ChangeFile::of(&staging, directory).to_text()
}

fn print_mend(checked: &Checked, directory: &Directory, key: &str) -> Result<Status, Refusal> {
    let Some(finding) = checked.standing().find(|finding| finding.key == *key) else {
        return Err(Refusal::usage(format!("nothing stands with the key {key}")));
    };
    let Some(mend) = Mend::of(finding, directory, DraftId(0)) else {
        let words = format!("{}: no change that cfiam could make mends it", finding.words);
        return Err(Refusal::new(Status::Failed, words));
    };
    told(&format!("{}: {}", mend.words, mend.effect.words(directory)));
    out(&change_file(directory, &mend));
    Ok(Status::Done)
}

/// The rules by themselves.
pub(super) fn list_rules(form: Form) -> Status {
    let heads = ["severity", "rule", "what", "why", "mends"];
    let mut sheet = Sheet::new(heads.map(|key| Head::text(key, key)));
    for rule in &RULES {
        let (severity, mends) = (rule.severity.word(), rule.mends.unwrap_or_default());
        sheet.push([severity, rule.id, rule.what, rule.why, mends].map(Cell::text));
    }
    if form == Form::Table {
        let line =
            |rule: &Rule| format!("{:<8}{:<24}{}\n", rule.severity.word(), rule.id, rule.what);
        out(&RULES.iter().map(line).collect::<String>());
        return Status::Done;
    }
    Answer { output: form, allow_partial: false }.rows(&sheet)
}
