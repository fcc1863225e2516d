//! `cfiam diff A B`: what differs between two snapshots, or a snapshot and the account as it is now, in people and
//! permissions.

use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::access::{AccessChange, Changed, Part, Reason, Row, Sign, changed, held_words};
use crate::domain::{Directory, GroupId, MemberId, Policy, Snapshot};
use crate::rows::{Cell, Head, Sheet, policy_words, status_words, two_factor_words};
use crate::store::snapshot::read_snapshot;

use super::answer::{Answer, Form};
use super::reading::missing;
use super::session::Session;
use super::snapshot::{everything, now};
use super::{Refusal, Status, json as as_json};

/// What stands for the account as it is now.
const LIVE: &str = "live";

/// Say what differs between two snapshots, or a snapshot and the account as it is now
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The earlier snapshot: a file
    #[arg(value_name = "A")]
    before: String,
    /// The later one: a file, or live for the account as it is now
    #[arg(value_name = "B|live")]
    after: String,
    #[command(flatten)]
    answer: Answer,
}

impl Args {
    /// Whether the account is to be asked.
    pub(super) fn asks_the_service(&self) -> bool {
        self.after == LIVE
    }

    /// Tells the difference of two files.
    pub(super) fn offline(&self) -> Result<Status, Refusal> {
        let (before, after) = (read(&self.before)?, read(&self.after)?);
        self.tell(&before, &after)
    }

    /// Tells the difference of a file and the account as it is now.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        let before = read(&self.before)?;
        // Before everything is read, and so that the right account is.
        self.same_account(&before.directory, &session.directory)?;
        session.read_everything()?;
        self.tell(&before, &now(session))
    }

    fn same_account(&self, before: &Directory, after: &Directory) -> Result<(), Refusal> {
        let (one, other) = (&before.account.id, &after.account.id);
        if one == other {
            return Ok(());
        }
        let words = format!("{} is of account {one}, {} of {other}", self.before, self.after);
        Err(Refusal::usage(words))
    }

    fn tell(&self, before: &Snapshot, after: &Snapshot) -> Result<Status, Refusal> {
        self.same_account(&before.directory, &after.directory)?;
        let side = |name: &str, directory: &Directory| {
            let all = missing(directory, &everything(directory));
            all.into_iter().map(|words| format!("{name}: {words}")).collect::<Vec<_>>()
        };
        let mut lacking = side(&self.before, &before.directory);
        lacking.extend(side(&self.after, &after.directory));
        self.answer.allow(&lacking)?;
        let changed = changed(&before.directory, &after.directory);
        let words = Words { before: &before.directory, after: &after.directory };
        let lines = words.lines(&changed);
        match self.answer.output {
            Form::Json => {
                let lines: Value = lines.iter().map(Line::value).collect();
                as_json::print(&json!({
                    "account": { "id": after.directory.account.id, "name": after.directory.account.name },
                    "before": { "taken": before.taken.to_string(), "missing": side("", &before.directory) },
                    "after": { "taken": after.taken.to_string(), "missing": side("", &after.directory) },
                    "differs": !changed.is_none(),
                    "changes": lines,
                }));
            }
            Form::Table => {
                let since = |at: Timestamp| at.to_string();
                let head = format!("from {} to {}\n", since(before.taken), since(after.taken));
                let lines: Vec<String> = lines.iter().map(Line::words).collect();
                super::print::out(&super::print::safe_lines(&format!("{head}{}", told(&lines))));
            }
            Form::Csv | Form::Md => drop(self.answer.rows(&sheet(&lines))),
        }
        Ok(if changed.is_none() { Status::Done } else { Status::Stopped })
    }
}

fn told(lines: &[String]) -> String {
    if lines.is_empty() { "nothing differs\n".to_owned() } else { lines.concat() }
}

fn read(file: &str) -> Result<Snapshot, Refusal> {
    Ok(read_snapshot(Path::new(file))?)
}

/// One difference.
struct Line {
    sign: Sign,
    kind: &'static str,
    id: String,
    name: String,
    /// The group that a membership is in.
    group: Option<(GroupId, String)>,
    what: String,
    why: Vec<String>,
}

impl Line {
    fn mark(&self) -> &'static str {
        match self.sign {
            Sign::Came => "+",
            Sign::Went => "-",
            Sign::Altered => "~",
        }
    }

    fn change(&self) -> &'static str {
        match self.sign {
            Sign::Came => "added",
            Sign::Went => "removed",
            Sign::Altered => "changed",
        }
    }

    fn words(&self) -> String {
        let why =
            if self.why.is_empty() { String::new() } else { format!(" ({})", self.why.join(", ")) };
        format!("{} {} {}{why}\n", self.mark(), self.name, self.what)
    }

    fn value(&self) -> Value {
        let group = self.group.as_ref();
        json!({
            "change": self.change(),
            "kind": self.kind,
            "id": self.id,
            "name": self.name,
            "group": group.map(|(id, name)| json!({ "id": id, "name": name })),
            "what": self.what,
            "why": self.why,
        })
    }
}

fn sheet(lines: &[Line]) -> Sheet {
    let mut sheet = Sheet::new([
        Head::text("change", "CHANGE"),
        Head::text("kind", "KIND"),
        Head::text("name", "WHO OR WHICH"),
        Head::text("what", "WHAT"),
        Head::text("why", "WHY"),
        Head::id("id"),
    ]);
    for line in lines {
        sheet.push([
            Cell::text(line.change()),
            Cell::text(line.kind),
            Cell::text(line.name.clone()),
            Cell::text(line.what.clone()),
            Cell::text(line.why.join(", ")),
            Cell::text(line.id.clone()),
        ]);
    }
    sheet
}

/// What things are called: as they are now, or were last.
struct Words<'d> {
    before: &'d Directory,
    after: &'d Directory,
}

impl Words<'_> {
    fn lines(&self, changed: &Changed) -> Vec<Line> {
        let members = changed.members.iter().map(|row| self.of_member(row));
        let groups = changed.groups.iter().map(|row| self.of_group(row));
        let memberships = changed.memberships.iter().map(|(sign, group, member)| {
            let name = self.group(group);
            let verb = if *sign == Sign::Came { "joined" } else { "left" };
            Line {
                group: Some((group.clone(), name.clone())),
                ..self.line(*sign, "membership", member, format!("{verb} {name}"))
            }
        });
        let access = changed.access.iter().map(|change| self.of_access(change));
        members.chain(groups).chain(memberships).chain(access).collect()
    }

    fn line(&self, sign: Sign, kind: &'static str, member: &MemberId, what: String) -> Line {
        let (id, name) = (member.to_string(), self.member(member));
        Line { sign, kind, id, name, group: None, what, why: Vec::new() }
    }

    fn of_member(&self, row: &Row<MemberId>) -> Line {
        let what = match row.sign {
            Sign::Came => {
                let member = self.after.members().get(&row.id);
                let status = member.map(|member| status_words(&member.status));
                format!("came into the account: {}", status.unwrap_or_default())
            }
            Sign::Went => "left the account".to_owned(),
            Sign::Altered => {
                let parts = row.parts.iter().map(|part| self.member_part(&row.id, part));
                parts.collect::<Vec<_>>().join("; ")
            }
        };
        self.line(row.sign, "member", &row.id, what)
    }

    fn member_part(&self, id: &MemberId, part: &Part) -> String {
        let (Some(before), Some(after)) =
            (self.before.members().get(id), self.after.members().get(id))
        else {
            return String::new();
        };
        match part {
            Part::Name => format!("name {} → {}", before.name, after.name),
            Part::Email => format!("e-mail {} → {}", before.email, after.email),
            Part::Status => {
                format!("{} → {}", status_words(&before.status), status_words(&after.status))
            }
            Part::TwoFactor => format!(
                "2FA {} → {}",
                two_factor_words(before.two_factor),
                two_factor_words(after.two_factor)
            ),
            Part::Roles => "other roles".to_owned(),
            Part::Policies(came, went) => format!("own policies: {}", self.policies(came, went)),
        }
    }

    fn of_group(&self, row: &Row<GroupId>) -> Line {
        let what = match row.sign {
            Sign::Came => "was created".to_owned(),
            Sign::Went => "was deleted".to_owned(),
            Sign::Altered => {
                let part = |part: &Part| {
                    if let Part::Policies(came, went) = part {
                        return format!("policies: {}", self.policies(came, went));
                    }
                    let before = self.before.groups().get(&row.id);
                    format!("renamed from {}", before.map_or("", |group| &group.name))
                };
                row.parts.iter().map(part).collect::<Vec<_>>().join("; ")
            }
        };
        let (id, name) = (row.id.to_string(), self.group(&row.id));
        Line { sign: row.sign, kind: "group", id, name, group: None, what, why: Vec::new() }
    }

    fn policies(&self, came: &[std::sync::Arc<Policy>], went: &[std::sync::Arc<Policy>]) -> String {
        let came = came.iter().map(|policy| format!("+ {}", policy_words(self.after, policy)));
        let went = went.iter().map(|policy| format!("- {}", policy_words(self.before, policy)));
        came.chain(went).collect::<Vec<_>>().join(", ")
    }

    fn of_access(&self, change: &AccessChange) -> Line {
        let (verb, directory) = match change.sign {
            Sign::Went => ("no longer holds", self.before),
            _ => ("now holds", self.after),
        };
        let what = format!("{verb} {}", held_words(directory, &change.held));
        let why = change.why.iter().map(|reason| self.reason(change.sign, reason)).collect();
        Line { why, ..self.line(change.sign, "access", &change.member, what) }
    }

    fn reason(&self, sign: Sign, reason: &Reason) -> String {
        let came = sign == Sign::Came;
        let one = |yes: &str, no: &str| if came { yes.to_owned() } else { no.to_owned() };
        match reason {
            Reason::Status => one("accepted the invitation", "no longer a member"),
            Reason::Member => one("came into the account", "left the account"),
            Reason::Own => "by policies of their own".to_owned(),
            Reason::Membership(group) => {
                format!("{} {}", one("joined", "left"), self.group(group))
            }
            Reason::Group(group) => {
                format!("{} {}", self.group(group), one("was created", "was deleted"))
            }
            Reason::Policies(group) => format!("{} was changed", self.group(group)),
        }
    }

    fn member(&self, id: &MemberId) -> String {
        let member = self.after.members().get(id).or_else(|| self.before.members().get(id));
        match member {
            Some(member) if !member.email.is_empty() => member.email.to_string(),
            _ => id.to_string(),
        }
    }

    fn group(&self, id: &GroupId) -> String {
        let group = self.after.groups().get(id).or_else(|| self.before.groups().get(id));
        group.map_or_else(|| id.to_string(), |group| group.name.to_string())
    }
}
