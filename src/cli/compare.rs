//! `cfiam compare A B`: what two members hold in common, and what one of them holds alone.

use serde_json::{Value, json};

use crate::access::{
    Compared, Held, Holding, Unseen, compare, no_access_yet, permission_words, reaches_words,
};
use crate::domain::{Directory, GroupId, MemberId};
use crate::rows::{Cell, Head, Sheet};
use crate::text;

use super::answer::{Answer, Facts, Form};
use super::ask;
use super::named::{group_named, member_named};
use super::session::Session;
use super::{Refusal, Status};

/// What stands before the name of a group.
const GROUP: &str = "group:";

/// Compare what two members hold, or a member with what all members of a group hold
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A member by e-mail or id, or group:NAME for what each accepted member of a group holds
    #[arg(value_name = "A")]
    here: String,
    /// The other
    #[arg(value_name = "B")]
    there: String,
    #[command(flatten)]
    answer: Answer,
}

/// Somebody, or what the members of a group have in common.
enum Side {
    Member(MemberId),
    Group(GroupId),
}

impl Args {
    /// Reads who holds what, and tells the difference.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        let mut missing = session.read_policies()?;
        let here = Side::named(&session.directory, &self.here)?;
        let there = Side::named(&session.directory, &self.there)?;
        missing.extend(session.read_all_inside()?);
        let directory = &session.directory;
        missing.extend(ask::untold(&Unseen::of(directory)));
        self.answer.allow(&missing)?;
        let compared = compare(&here.holding(directory), &there.holding(directory));
        let names = (here.words(directory), there.words(directory));
        let facts = Facts::new()
            .with("A", &*names.0)
            .with("B", &*names.1)
            .with("both hold", text::count(compared.same.len()))
            .with("only A", text::count(compared.only_here.len()))
            .with("only B", text::count(compared.only_there.len()));
        let whole = json!({
            "account": ask::account_value(directory),
            "here": here.value(directory),
            "there": there.value(directory),
            "same": values(directory, &compared.same),
            "only_here": values(directory, &compared.only_here),
            "only_there": values(directory, &compared.only_there),
            "not_seen": ask::not_seen(&missing),
        });
        let status = self.answer.one(facts, &[&sheet(directory, &compared)], &whole);
        if self.answer.output != Form::Json {
            ask::tell_not_seen();
        }
        Ok(status)
    }
}

impl Side {
    fn named(directory: &Directory, who: &str) -> Result<Self, Refusal> {
        match who.strip_prefix(GROUP) {
            Some(name) => group_named(directory, name).map(Self::Group),
            None => member_named(directory, who).map(Self::Member),
        }
    }

    fn holding(&self, directory: &Directory) -> Holding {
        match self {
            Self::Member(id) => Holding::of(directory, id),
            Self::Group(id) => Holding::common(directory, id),
        }
    }

    fn words(&self, directory: &Directory) -> String {
        match self {
            Self::Member(id) => {
                let pending = directory.members().get(id).is_some_and(no_access_yet);
                let note = if pending { " (invited: no access before it is accepted)" } else { "" };
                format!("{}{note}", ask::member_words(directory, id))
            }
            Self::Group(id) => {
                format!("what every accepted member of {} holds", ask::group_name(directory, id))
            }
        }
    }

    fn value(&self, directory: &Directory) -> Value {
        match self {
            Self::Member(id) => {
                let member = directory.members().get(id).map(ask::member_value);
                json!({ "kind": "member", "member": member, "group": null })
            }
            Self::Group(id) => {
                let group = json!({ "id": id.to_string(), "name": ask::group_name(directory, id) });
                json!({ "kind": "group", "member": null, "group": group })
            }
        }
    }
}

fn values(directory: &Directory, held: &[Held]) -> Value {
    held.iter().map(|held| ask::held_value(directory, held)).collect()
}

/// A row for each permission group that is held by both, or by one of them.
fn sheet(directory: &Directory, compared: &Compared) -> Sheet {
    let mut sheet = Sheet::new([
        Head::text("who", "WHO"),
        Head::text("access", "ACCESS"),
        Head::text("permission_group", "WHAT"),
        Head::text("on", "ON"),
        Head::id("permission_group_id"),
    ]);
    for (who, words, all) in [
        ("only_here", "only A", &compared.only_here),
        ("only_there", "only B", &compared.only_there),
        ("same", "both", &compared.same),
    ] {
        for held in all {
            sheet.push([
                Cell::new(words, who),
                Cell::text(held.access.as_wire()),
                Cell::text(permission_words(&held.permission_group)),
                Cell::text(reaches_words(directory, &held.on)),
                Cell::text(held.permission_group.id.to_string()),
            ]);
        }
    }
    sheet
}
