//! The rules file: what a team has decided about findings, in a file that it keeps and reviews like code.
//!
//! ```toml
//! [settings]
//! most_super_administrators = 5       # more are a finding
//! group_in_waiting_from = 3           # so many people with the same direct policies are a group in waiting
//!
//! [off]                               # rules that are not looked at, and why
//! only-minimal = "whoever signs in for the first time has nothing else"
//!
//! [[waivers]]
//! rule = "no-2fa"
//! about = "ci@northwind.example"      # an e-mail, a group's name, or a list of them
//! reason = "signs in with a hardware key"
//! owner = "platform team"
//! expires = 2027-01-31                # the last day on which it holds, in UTC
//! ```

use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use toml::de::DeTable;

use super::rules::{OVERDUE, RULES, Rule, rule};
use crate::config::{Mistake, Reading, Value};

/// A rule that is not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Off {
    /// The rule.
    pub rule: &'static Rule,
    /// Why.
    pub reason: Arc<str>,
}

/// What of a rule is not counted, until a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Where it stands: `rules.toml:12`.
    pub at: String,
    /// The rule.
    pub rule: &'static Rule,
    /// E-mails of members and names of groups, or their ids.
    pub about: Vec<String>,
    /// Why.
    pub reason: Arc<str>,
    /// Who has decided it.
    pub owner: Arc<str>,
    /// The last day on which it holds.
    pub expires: Date,
}

/// What a team has decided about findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesFile {
    /// More Super Administrators than this are a finding.
    pub most_super_administrators: usize,
    /// So many people with the same direct policies are a group in waiting.
    pub group_in_waiting_from: usize,
    /// The rules that are not looked at.
    pub off: Vec<Off>,
    /// What is not counted.
    pub waivers: Vec<Waiver>,
}

impl Default for RulesFile {
    fn default() -> Self {
        Self {
            most_super_administrators: 5,
            group_in_waiting_from: 3,
            off: Vec::new(),
            waivers: Vec::new(),
        }
    }
}

const KNOWN: [&str; 3] = ["settings", "off", "waivers"];
const SETTINGS: [&str; 2] = ["most_super_administrators", "group_in_waiting_from"];
const OF_WAIVER: [&str; 5] = ["rule", "about", "reason", "owner", "expires"];

impl RulesFile {
    /// Reads a file's text; `name` is what mistakes call it.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<Mistake>> {
        let mut reading = Reading::of(name, text);
        let mut file = Self::default();
        for (key, value) in &reading.parse() {
            match key.get_ref().as_ref() {
                "settings" => file.settings(&mut reading, value),
                "off" => file.off = off(&mut reading, value),
                "waivers" => file.waivers = waivers(&mut reading, value),
                _ => reading.not_known(key, "", &KNOWN),
            }
        }
        reading.end(file)
    }

    /// Whether a rule is not to be looked at.
    pub fn is_off(&self, rule: &Rule) -> bool {
        self.off.iter().any(|off| off.rule.id == rule.id)
    }

    fn settings(&mut self, reading: &mut Reading<'_>, value: &Value<'_>) {
        let Some(table) = reading.table("settings", value) else { return };
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let (place, from) = match name {
                "most_super_administrators" => (&mut self.most_super_administrators, 2),
                "group_in_waiting_from" => (&mut self.group_in_waiting_from, 2),
                _ => {
                    reading.not_known(key, " in settings", &SETTINGS);
                    continue;
                }
            };
            if let Some(number) = reading.number(name, value, from..100_001) {
                *place = number as usize;
            }
        }
    }
}

fn off(reading: &mut Reading<'_>, value: &Value<'_>) -> Vec<Off> {
    let Some(table) = reading.table("off", value) else { return Vec::new() };
    let mut all = Vec::new();
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let rule = known(reading, name, &key.span());
        let reason = reading.text("the reason", value);
        if let (Some(rule), Some(reason)) = (rule, reason) {
            all.push(Off { rule, reason: reason.value.into() });
        }
    }
    all
}

fn waivers(reading: &mut Reading<'_>, value: &Value<'_>) -> Vec<Waiver> {
    let tables = reading.tables("waivers", value).unwrap_or_default();
    tables.into_iter().filter_map(|(place, table)| waiver(reading, &place, table)).collect()
}

fn waiver(reading: &mut Reading<'_>, place: &Range<usize>, table: &DeTable<'_>) -> Option<Waiver> {
    let (mut rule, mut about, mut reason, mut owner, mut expires) = (None, None, None, None, None);
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        match name {
            "rule" => {
                let given = reading.text(name, value);
                rule = given.and_then(|given| known(reading, &given.value, &value.span()));
            }
            "about" => about = names(reading, value),
            "reason" => reason = reading.text(name, value),
            "owner" => owner = reading.text(name, value),
            "expires" => expires = date(reading, value),
            _ => reading.not_known(key, " in a waiver", &OF_WAIVER),
        }
    }
    for key in OF_WAIVER {
        if !table.iter().any(|(known, _)| known.get_ref() == key) {
            reading.wrong(place, format!("a waiver has {key}: this one has not"));
        }
    }
    if rule.is_some_and(|rule: &Rule| rule.id == OVERDUE) {
        reading.wrong(place, format!("{OVERDUE} can't be waived"));
    }
    Some(Waiver {
        at: reading.at(place),
        rule: rule?,
        about: about?,
        reason: reason?.value.into(),
        owner: owner?.value.into(),
        expires: expires?,
    })
}

/// One name, or a list of them.
fn names(reading: &mut Reading<'_>, value: &Value<'_>) -> Option<Vec<String>> {
    if value.get_ref().is_array() {
        let names = reading.list("about", value)?;
        let blank = names.iter().any(|name| name.value.trim().is_empty());
        if names.is_empty() || blank {
            reading.wrong(&value.span(), "about names at least one, and none that is empty");
            return None;
        }
        return Some(names.into_iter().map(|name| name.value.trim().to_owned()).collect());
    }
    reading.text("about", value).map(|name| vec![name.value])
}

fn date(reading: &mut Reading<'_>, value: &Value<'_>) -> Option<Date> {
    let day = match (value.get_ref().as_datetime(), value.get_ref().as_str()) {
        (Some(at), _) if at.time.is_none() => Some(at.to_string()),
        (_, text) => text.map(|text| text.trim().to_owned()),
    };
    // Only a whole day as it is written: what else could be meant by more is not guessed.
    let day = day.filter(|day| day.len() == "2027-01-31".len());
    let date = day.and_then(|day| day.parse().ok());
    if date.is_none() {
        reading.wrong(&value.span(), "expires is a day, such as 2027-01-31");
    }
    date
}

fn known(reading: &mut Reading<'_>, id: &str, place: &Range<usize>) -> Option<&'static Rule> {
    let found = rule(id);
    if found.is_none() {
        let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
        reading.wrong(place, format!("there is no rule {id:?}; there are: {}", ids.join(", ")));
    }
    found
}
