//! All rules over one account.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use super::need::Need;
use super::rules::{Case, Gathered, RULES, Rule};
use super::rules_file::{RulesFile, Waiver};
use super::survey::{Seen, Survey};
use super::{Finding, Row, Severity, Subject, Waived};
use crate::domain::{Directory, MemberId};
use crate::text;

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'i> {
    /// The account.
    pub directory: &'i Directory,
    /// What the team has decided.
    pub rules: &'i RulesFile,
    /// Since when invitations are known to stand, where something tells it.
    pub invited: &'i HashMap<MemberId, Timestamp>,
    /// The time.
    pub now: Timestamp,
}

/// A rule that could not look at everything that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotChecked {
    /// The rule.
    pub rule: &'static Rule,
    /// Whether it looked at what there is, so that there may be more than was found; else it looked at nothing.
    pub in_part: bool,
    /// What is missing, in words.
    pub missing: Vec<String>,
}

impl NotChecked {
    /// How much it looked at, in words.
    pub fn how(&self) -> &'static str {
        if self.in_part { "checked in part" } else { "not checked" }
    }
}

/// What all rules say to an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// What was found: the worst first, then in the order of the rules, then by name. Waived ones stand among them.
    pub findings: Vec<Finding>,
    /// The rules that could not look at everything.
    pub not_checked: Vec<NotChecked>,
}

impl Checked {
    /// What was found and is not waived.
    pub fn standing(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.waived.is_none())
    }

    /// How many findings are waived.
    pub fn waived(&self) -> usize {
        self.findings.len() - self.standing().count()
    }

    /// How many findings stand of each severity, the worst first.
    pub fn by_severity(&self) -> impl Iterator<Item = (Severity, usize)> {
        let of = |severity| self.standing().filter(|it| it.severity() == severity).count();
        Severity::ALL.into_iter().map(move |severity| (severity, of(severity)))
    }

    /// How many findings stand, in words: `9 findings: 2 high, 7 low`.
    pub fn words(&self) -> String {
        let counts = self.by_severity().filter(|(_, number)| *number > 0);
        let counts: Vec<String> = counts
            .map(|(severity, number)| format!("{} {severity}", text::count(number)))
            .collect();
        let all = text::plural(self.standing().count(), "finding");
        if counts.is_empty() { all } else { format!("{all}: {}", counts.join(", ")) }
    }

    /// How many findings stand that matter so much or more.
    pub fn count(&self, from: Severity) -> usize {
        self.standing().filter(|finding| finding.severity() >= from).count()
    }
}

/// Looks at an account by all rules that are not turned off.
pub fn check(inputs: Inputs<'_>) -> Checked {
    let mut checking = Checking::begin(inputs.directory);
    while checking.step(inputs) {}
    checking.end(inputs)
}

/// A look at an account rule by rule, so that a key can be answered between two of them. It holds for the version of
/// the directory that it was begun with, and no other.
#[derive(Clone, Debug)]
pub struct Checking {
    seen: Seen,
    /// How many rules have been gone by.
    done: usize,
    checked: Checked,
}

impl Checking {
    /// Looks an account over, before the first rule.
    pub fn begin(directory: &Directory) -> Self {
        Self { seen: Seen::of(directory), done: 0, checked: Checked::default() }
    }

    /// Goes by the next rule; whether there is another.
    pub fn step(&mut self, inputs: Inputs<'_>) -> bool {
        let Some(rule) = RULES.get(self.done) else { return false };
        self.done += 1;
        if !inputs.rules.is_off(rule) {
            self.go_by(rule, &inputs);
        }
        self.done < RULES.len()
    }

    fn go_by(&mut self, rule: &'static Rule, inputs: &Inputs<'_>) {
        let missing = |needs: &[Need]| -> Vec<String> {
            needs.iter().filter_map(|need| need.missing(inputs.directory)).collect()
        };
        let mut lacks = missing(rule.rests_on);
        let in_part = lacks.is_empty();
        lacks.extend(missing(rule.looks_at));
        if !lacks.is_empty() {
            self.checked.not_checked.push(NotChecked { rule, in_part, missing: lacks });
        }
        if in_part {
            let today = inputs.now.to_zoned_datetime(TimeZone::UTC).date();
            let cases = (rule.find)(&Survey::of(inputs.directory, &self.seen), inputs);
            self.checked.findings.extend(findings(rule, cases, inputs, today));
        }
    }

    /// What was found, in order.
    pub fn end(self, inputs: Inputs<'_>) -> Checked {
        let mut checked = self.checked;
        let place = |rule: &Rule| RULES.iter().position(|known| known.id == rule.id);
        checked.findings.sort_by_cached_key(|finding| {
            let first = finding.rows.first().and_then(|row| row.subject.name(inputs.directory));
            let (severity, waived) = (Reverse(finding.severity()), finding.waived.is_some());
            let first = first.map(str::to_lowercase);
            (severity, place(finding.rule), waived, first, finding.key.clone())
        });
        checked
    }
}

/// The cases of one rule as findings: one for all where they are gathered, and those that are waived apart.
fn findings(
    rule: &'static Rule,
    cases: Vec<Case>,
    inputs: &Inputs<'_>,
    today: Date,
) -> Vec<Finding> {
    let waivers = Waivers::of(inputs.rules, rule, today);
    let Gathered::Together(told) = rule.gathered else {
        return cases.into_iter().map(|case| alone(rule, case, &waivers, inputs)).collect();
    };
    let mut by: BTreeMap<Option<usize>, Vec<Row>> = BTreeMap::new();
    let way = cases.iter().find_map(|case| case.way.clone());
    for row in cases.into_iter().flat_map(|case| case.rows) {
        by.entry(waivers.of_row(inputs.directory, &row.subject)).or_default().push(row);
    }
    let gathered = by.into_iter().map(|(waiver, mut rows)| {
        sort(&mut rows, inputs.directory);
        let words = match rows.as_slice() {
            [only] => (told.one)(&only.subject.words(inputs.directory)),
            many => (told.many)(&counted(many)),
        };
        let waived = waiver.and_then(|place| waivers.waived(place));
        let key = waiver
            .map_or_else(|| rule.id.to_owned(), |place| format!("{}:waived:{place}", rule.id));
        let detail = (told.detail)(inputs);
        Finding { rule, key, rows, words, detail, way: way.clone(), waived }
    });
    gathered.collect()
}

/// How many members and groups there are: `4 members and 1 group`.
fn counted(rows: &[Row]) -> String {
    let groups = rows.iter().filter(|row| matches!(row.subject, Subject::Group(_))).count();
    let parts = [(rows.len() - groups, "member"), (groups, "group")];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, noun)| text::plural(*number, noun)).collect();
    parts.join(" and ")
}

fn alone(rule: &'static Rule, case: Case, waivers: &Waivers<'_>, inputs: &Inputs<'_>) -> Finding {
    let Case { key, mut rows, words, detail, way } = case;
    sort(&mut rows, inputs.directory);
    // What was not looked at by whoever waived the rest stands.
    let by: Option<Vec<usize>> =
        rows.iter().map(|row| waivers.of_row(inputs.directory, &row.subject)).collect();
    let waived = by.and_then(|by| waivers.waived(*by.first()?));
    let key = if key.is_empty() { rule.id.to_owned() } else { format!("{}:{key}", rule.id) };
    Finding { rule, key, rows, words, detail, way, waived }
}

fn sort(rows: &mut [Row], directory: &Directory) {
    rows.sort_by_cached_key(|row| {
        (row.subject.name(directory).map(str::to_lowercase), row.subject.clone())
    });
}

/// The waivers of one rule that hold today, by what they name.
struct Waivers<'r> {
    all: &'r [Waiver],
    by_name: HashMap<String, usize>,
}

impl<'r> Waivers<'r> {
    fn of(rules: &'r RulesFile, rule: &Rule, today: Date) -> Self {
        let mut by_name = HashMap::new();
        for (place, waiver) in rules.waivers.iter().enumerate() {
            if waiver.rule.id == rule.id && waiver.expires >= today {
                by_name.extend(waiver.about.iter().map(|name| (name.to_lowercase(), place)));
            }
        }
        Self { all: &rules.waivers, by_name }
    }

    fn of_row(&self, directory: &Directory, subject: &Subject) -> Option<usize> {
        if self.by_name.is_empty() {
            return None;
        }
        let name = subject.name(directory).map(str::to_lowercase);
        name.and_then(|name| self.by_name.get(&name))
            .or_else(|| self.by_name.get(&subject.id()))
            .copied()
    }

    fn waived(&self, place: usize) -> Option<Waived> {
        let Waiver { reason, owner, expires, .. } = self.all.get(place)?;
        Some(Waived { reason: reason.clone(), owner: owner.clone(), expires: *expires })
    }
}

/// A row that says nothing of its own.
pub(super) fn row(subject: Subject) -> Row {
    Row { subject, note: Arc::from("") }
}
