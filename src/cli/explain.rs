//! `cfiam explain MEMBER`: everything that somebody may do, with every way by which they come by it; and why they may,
//! or may not, do one thing.

use serde_json::{Value, json};

use crate::access::{
    Asked, Grant, Highest, Proof, Question, Unseen, WhyNot, WouldGive, explained, held_words,
    highest, no_access_yet, permission_words, reaches, scope_words, why_not,
};
use crate::domain::{Directory, Member};
use crate::rows::{Cell, Head, Sheet, policy_words, status_words};
use crate::text;

use super::answer::{Answer, Facts, Form};
use super::ask::{self, Can, Where};
use super::named::{gone, member_named};
use super::session::Session;
use super::{Refusal, Status};

/// Say what a member may do, and why; or why they may, or may not, do one thing
///
/// -o json gives one object with every path and policy; README says what is in it.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The member, by e-mail or id
    #[arg(value_name = "MEMBER")]
    who: String,
    /// Whether they may do this, by name, label or id of the permission group; if not, what comes nearest
    #[arg(long, value_name = "PERMISSION")]
    permission: Option<String>,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    answer: Answer,
}

impl Args {
    /// Reads who holds what, and explains.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        if self.permission.is_none() && self.place.on.is_some() {
            return Err(Refusal::usage("--on says where, and needs --permission to say what"));
        }
        let mut missing = session.read_policies()?;
        let id = member_named(&session.directory, &self.who)?;
        let on = self.place.on.as_deref();
        let question = self.permission.as_deref();
        let question = question.map(|it| ask::question(&session.directory, it, on, &missing));
        let question = question.transpose()?;
        missing.extend(session.read_all_inside()?);
        let directory = &session.directory;
        let Some(member) = directory.members().get(&id) else { return Err(gone(&self.who)) };
        missing.extend(ask::untold(&Unseen { own: unknown_own(member), ..Unseen::of(directory) }));
        self.answer.allow(&missing)?;
        let status = match question {
            Some(question) => self.one(directory, member, &question, &missing),
            None => self.all(directory, member, &missing),
        };
        if self.answer.output != Form::Json {
            ask::tell_not_seen();
        }
        Ok(status)
    }

    /// Everything that they may do.
    fn all(&self, directory: &Directory, member: &Member, missing: &[String]) -> Status {
        let slot = directory.members().slot(&member.id);
        let level = match slot {
            _ if no_access_yet(member) => Highest::None,
            None => Highest::NotKnown,
            Some(slot) => highest(directory, slot),
        };
        let held = explained(directory, &member.id);
        let facts = who(member).with("highest access", level.words());
        let whole = json!({
            "account": ask::account_value(directory),
            "member": ask::member_value(member),
            "highest_access": match level {
                Highest::NotKnown => Value::Null,
                level => level.words().into(),
            },
            "grants": held.iter().map(|it| grant_value(directory, it)).collect::<Vec<_>>(),
            "not_seen": ask::not_seen(missing),
        });
        self.answer.one(facts, &[&grants_sheet(directory, &held)], &whole)
    }

    /// Why they may do one thing, or what comes nearest to it.
    fn one(
        &self,
        directory: &Directory,
        member: &Member,
        question: &Question,
        missing: &[String],
    ) -> Status {
        let why = why_not(directory, &member.id, question);
        let can = Can::of(why.as_ref().and_then(|why| why.can.as_ref()));
        let proofs = Asked::new(directory, question).proofs(&member.id);
        let near = why.filter(|_| can == Can::No);
        let mut facts =
            who(member).with("may", question.words(directory)).with("answer", can.word());
        if !can.why().is_empty() {
            facts = facts.with("", can.why());
        }
        let whole = json!({
            "account": ask::account_value(directory),
            "member": ask::member_value(member),
            "question": ask::question_value(directory, question),
            "can": can.word(),
            "proofs": proofs.iter().map(|it| ask::proof_value(directory, it)).collect::<Vec<_>>(),
            "nearest": near.as_ref().map(|near| near_value(directory, near)),
            "not_seen": ask::not_seen(missing),
        });
        let proved = ask::proofs_sheet(directory, &proofs);
        match &near {
            Some(near) if proofs.is_empty() => {
                self.answer.one(facts, &[&near_sheet(directory, near)], &whole)
            }
            Some(near) => self.answer.one(facts, &[&proved, &near_sheet(directory, near)], &whole),
            None => self.answer.one(facts, &[&proved], &whole),
        }
    }
}

/// Of the others it doesn't matter here what they hold directly.
fn unknown_own(member: &Member) -> usize {
    usize::from(member.policies.is_none() && member.roles.is_empty())
}

fn who(member: &Member) -> Facts {
    let mut facts = Facts::new()
        .with("e-mail", &*member.email)
        .with("name", &*member.name)
        .with("status", status_words(&member.status));
    if no_access_yet(member) {
        facts = facts.with("", Can::OnceAccepted.why());
    }
    facts.with("id", member.id.to_string())
}

fn grant_value(directory: &Directory, (grant, proofs): &(Grant, Vec<Proof>)) -> Value {
    let on = reaches(directory, &grant.resource_group);
    let on: Vec<Value> = on.iter().map(|on| ask::reach_value(directory, on)).collect();
    let paths = proofs.iter().map(|proof| {
        let Value::Object(mut proof) = ask::proof_value(directory, proof) else {
            return Value::Null;
        };
        proof.retain(|key, _| ["through", "policy", "resource_group"].contains(&key.as_str()));
        Value::Object(proof)
    });
    json!({
        "access": grant.access.as_wire(),
        "permission_group": ask::permission_value(&grant.permission_group),
        "scope": scope_words(directory, &grant.resource_group),
        "on": on,
        "paths": paths.collect::<Vec<_>>(),
    })
}

/// What is held, a row for each path to it.
fn grants_sheet(directory: &Directory, held: &[(Grant, Vec<Proof>)]) -> Sheet {
    let mut sheet = Sheet::new([
        Head::text("access", "ACCESS"),
        Head::text("permission_group", "WHAT"),
        Head::text("scope", "ON"),
        Head::text("through", "THROUGH"),
        Head::text("policy", "BY THE POLICY"),
        Head::id("permission_group_id"),
        Head::id("group_id"),
    ]);
    for (grant, proofs) in held {
        for proof in proofs {
            sheet.push([
                Cell::text(grant.access.as_wire()),
                Cell::text(permission_words(&grant.permission_group)),
                Cell::text(scope_words(directory, &proof.resource_group)),
                Cell::text(ask::path_words(directory, &proof.path)),
                Cell::text(policy_words(directory, &proof.policy)),
                Cell::text(grant.permission_group.id.to_string()),
                ask::path_id(&proof.path),
            ]);
        }
    }
    sheet
}

fn near_value(directory: &Directory, near: &WhyNot) -> Value {
    let held =
        |all: &[_]| -> Value { all.iter().map(|it| ask::held_value(directory, it)).collect() };
    let group = |would: &WouldGive| {
        let name = ask::group_name(directory, &would.group);
        json!({ "id": would.group.to_string(), "name": name, "beside": would.beside })
    };
    json!({
        "elsewhere": held(&near.elsewhere),
        "less": held(&near.less),
        "groups": near.groups.iter().map(group).collect::<Vec<_>>(),
    })
}

/// What comes nearest, a row for each.
fn near_sheet(directory: &Directory, near: &WhyNot) -> Sheet {
    let mut sheet = Sheet::new([
        Head::text("nearest", "NEAREST"),
        Head::text("what", "WHAT"),
        Head::text("note", "NOTE"),
        Head::id("group_id"),
    ]);
    for (key, words, all) in [
        ("elsewhere", "the same elsewhere", &near.elsewhere),
        ("less", "less of it here", &near.less),
    ] {
        for held in all {
            let what = Cell::text(held_words(directory, held));
            sheet.push([Cell::new(words, key), what, Cell::text(""), Cell::nothing()]);
        }
    }
    for would in &near.groups {
        let note = match would.beside {
            0 => "would give it, and nothing else".to_owned(),
            more => format!("would give it, and {} more", text::plural(more, "grant")),
        };
        sheet.push([
            Cell::new("a group", "group"),
            Cell::text(ask::group_name(directory, &would.group)),
            Cell::text(note),
            Cell::text(would.group.to_string()),
        ]);
    }
    sheet
}
