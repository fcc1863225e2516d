//! What questions about access have in common on the command line: what they read, and how people, places, policies
//! and what proves an answer are told.

use serde_json::{Value, json};

use crate::access::{
    Asked, Held, Path, Person, Place, Proof, Question, Reach, Rests, Sure, Unseen, held_words,
    no_access_yet, permission_words, place_words, scope_words,
};
use crate::domain::{
    Collection, Directory, GroupId, Member, MemberId, PermissionGroup, ResourceGroup,
};
use crate::rows::{Cell, Head, Sheet, policy_value, policy_words};
use crate::text;

use super::print::told;
use super::session::Session;
use super::{Refusal, Status};

/// Who may act in the account and is in none of its lists.
const NOT_SEEN: &str = "administrators of the organization and API tokens are not seen here";

/// What is asked.
#[derive(clap::Args, Debug)]
pub struct Where {
    /// Where: account, a zone by name or id, or a key as policies write it; anywhere if left out
    #[arg(long, value_name = "RESOURCE")]
    pub on: Option<String>,
}

impl Session {
    /// Reads what tells what policies say, and not yet who is in which group; what of it is missing.
    pub fn read_policies(&mut self) -> Result<Vec<String>, Refusal> {
        self.read([Collection::Members, Collection::Groups])?;
        let missing = self.read_what_can([
            Collection::Members,
            Collection::Groups,
            Collection::PermissionGroups,
            Collection::ResourceGroups,
        ])?;
        self.read_names()?;
        Ok(missing)
    }

    /// Reads who is in the groups that matter to a question; what of it is missing.
    pub fn read_what_matters(&mut self, question: &Question) -> Result<Vec<String>, Refusal> {
        let groups = Asked::new(&self.directory, question).groups_that_matter();
        self.read_inside(&groups)
    }
}

/// The question that is meant. Where not everything could be read, what isn't known may be what is missing.
pub(super) fn question(
    directory: &Directory,
    permission: &str,
    on: Option<&str>,
    missing: &[String],
) -> Result<Question, Refusal> {
    Question::of(directory, permission, on).map_err(|unclear| {
        if missing.is_empty() {
            return Refusal::usage(unclear.to_string());
        }
        let missing = missing.join("; ");
        let words = format!("{unclear}, and not everything could be read: {missing}");
        Refusal::new(Status::Incomplete, words)
    })
}

/// What lists that have been read whole don't tell.
pub(super) fn untold(unseen: &Unseen) -> Vec<String> {
    let mut untold = Vec::new();
    if !unseen.policies.is_empty() {
        let groups = text::plural(unseen.policies.len(), "group");
        untold.push(format!("what {groups} may do: not told"));
    }
    if unseen.own > 0 {
        untold
            .push(format!("what {} may do directly: not told", text::plural(unseen.own, "member")));
    }
    untold
}

/// What an answer doesn't see: what is missing, and who is in no list.
pub(super) fn not_seen(missing: &[String]) -> Value {
    missing.iter().map(String::as_str).chain([NOT_SEEN]).collect()
}

/// Says beside an answer what it doesn't see.
pub(super) fn tell_not_seen() {
    told(NOT_SEEN);
}

/// Whether somebody can, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Can {
    Yes,
    Perhaps,
    NotSettled,
    OnceAccepted,
    No,
}

impl Can {
    pub const ALL: [Self; 4] = [Self::Yes, Self::Perhaps, Self::NotSettled, Self::OnceAccepted];

    pub fn of(person: Option<&Person>) -> Self {
        match person {
            None => Self::No,
            Some(person) if person.pending => Self::OnceAccepted,
            Some(person) if person.denied => Self::NotSettled,
            Some(Person { sure: Sure::Perhaps, .. }) => Self::Perhaps,
            Some(_) => Self::Yes,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Perhaps => "perhaps",
            Self::NotSettled => "not settled",
            Self::OnceAccepted => "once accepted",
            Self::No => "no",
        }
    }

    /// Why it is no plain yes.
    pub fn why(self) -> &'static str {
        match self {
            Self::Yes | Self::No => "",
            Self::Perhaps => "what the scope covers is not known",
            Self::NotSettled => {
                "a deny stands as well: how it combines with allow is not documented"
            }
            Self::OnceAccepted => "invited: no access before the invitation is accepted",
        }
    }
}

pub(super) fn account_value(directory: &Directory) -> Value {
    json!({ "id": directory.account.id.to_string(), "name": directory.account.name })
}

pub(super) fn question_value(directory: &Directory, question: &Question) -> Value {
    let on = question.on.as_ref().map(|on| place_value(directory, on));
    json!({
        "permission_group": permission_value(&question.permission),
        "on": on,
        "words": question.words(directory),
    })
}

pub(super) fn member_value(member: &Member) -> Value {
    json!({
        "id": member.id.to_string(),
        "email": member.email,
        "name": member.name,
        "status": member.status.as_wire(),
        "pending": no_access_yet(member),
    })
}

pub(super) fn permission_value(permission: &PermissionGroup) -> Value {
    json!({ "id": permission.id.to_string(), "name": permission.name })
}

fn place_value(directory: &Directory, place: &Place) -> Value {
    let (kind, id) = match place {
        Place::Account => ("account", directory.account.id.to_string()),
        Place::Zone(id) => ("zone", id.to_string()),
        Place::Other(key) => ("other", key.to_string()),
    };
    json!({ "kind": kind, "id": id, "name": place_words(directory, place) })
}

pub(super) fn reach_value(directory: &Directory, reach: &Reach) -> Value {
    match reach {
        Reach::Place(place) => place_value(directory, place),
        Reach::Unknown(id) => {
            json!({ "kind": "unknown", "id": id.as_ref().map(ToString::to_string), "name": null })
        }
    }
}

/// The group that a path goes through; `null` for a policy of one's own.
fn path_value(directory: &Directory, path: &Path) -> Value {
    match path {
        Path::Direct => Value::Null,
        Path::Group(id) => json!({ "id": id.to_string(), "name": group_name(directory, id) }),
    }
}

pub(super) fn proof_value(directory: &Directory, proof: &Proof) -> Value {
    json!({
        "through": path_value(directory, &proof.path),
        "policy": policy_value(&proof.policy),
        "permission_group": permission_value(&proof.permission_group),
        "resource_group": resource_value(directory, &proof.resource_group),
        "covers": reach_value(directory, &proof.reach),
        "rests_on": rests_value(proof.rests),
        "sure": proof.sure == Sure::Yes,
    })
}

fn resource_value(directory: &Directory, group: &ResourceGroup) -> Value {
    let id = group.id.as_ref().map(ToString::to_string);
    json!({ "id": id, "name": group.name, "words": scope_words(directory, group) })
}

/// `null` where the permission itself is granted; else the words of the table that says why it gives the other.
fn rests_value(rests: Rests) -> Value {
    match rests {
        Rests::Itself => Value::Null,
        Rests::Table(words) => words.into(),
    }
}

pub(super) fn held_value(directory: &Directory, held: &Held) -> Value {
    let on = held.on.iter().map(|on| reach_value(directory, on));
    json!({
        "access": held.access.as_wire(),
        "permission_group": permission_value(&held.permission_group),
        "on": on.collect::<Vec<_>>(),
        "words": held_words(directory, held),
    })
}

pub(super) fn group_name(directory: &Directory, id: &GroupId) -> String {
    directory.groups().get(id).map_or_else(|| id.to_string(), |group| group.name.to_string())
}

pub(super) fn path_words(directory: &Directory, path: &Path) -> String {
    match path {
        Path::Direct => "directly".to_owned(),
        Path::Group(id) => group_name(directory, id),
    }
}

pub(super) fn path_id(path: &Path) -> Cell {
    match path {
        Path::Direct => Cell::nothing(),
        Path::Group(id) => Cell::text(id.to_string()),
    }
}

pub(super) fn member_words(directory: &Directory, id: &MemberId) -> String {
    let email = directory.members().get(id).map(|member| &member.email);
    email.filter(|email| !email.is_empty()).map_or_else(|| id.to_string(), ToString::to_string)
}

/// What proves an answer, a row for each.
pub(super) fn proofs_sheet(directory: &Directory, proofs: &[Proof]) -> Sheet {
    let mut sheet = Sheet::new([
        Head::text("through", "THROUGH"),
        Head::text("access", "ACCESS"),
        Head::text("permission_group", "WHAT"),
        Head::text("scope", "ON"),
        Head::text("policy", "BY THE POLICY"),
        Head::text("rests_on", "RESTS ON"),
        Head::id("permission_group_id"),
        Head::id("resource_group_id"),
        Head::id("group_id"),
    ]);
    for proof in proofs {
        let rests = match proof.rests {
            Rests::Itself => "the permission itself",
            Rests::Table(words) => words,
        };
        let resource_group = proof.resource_group.id.as_ref();
        sheet.push([
            Cell::text(path_words(directory, &proof.path)),
            Cell::text(proof.policy.access.as_wire()),
            Cell::text(permission_words(&proof.permission_group)),
            Cell::text(scope_words(directory, &proof.resource_group)),
            Cell::text(policy_words(directory, &proof.policy)),
            Cell::text(rests),
            Cell::text(proof.permission_group.id.to_string()),
            resource_group.map_or_else(Cell::nothing, |id| Cell::text(id.to_string())),
            path_id(&proof.path),
        ]);
    }
    sheet
}
