//! Rules about who is in the account.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Case, Told};
use crate::access::Highest;
use crate::domain::{Member, MemberStatus, Slot, TwoFactor};
use crate::findings::Subject;
use crate::findings::check::{Inputs, row};
use crate::findings::survey::Survey;
use crate::text;

fn nothing(_: &Inputs<'_>) -> String {
    String::new()
}

fn sign_in(_: &Inputs<'_>) -> String {
    "who signs in through an identity provider may have a second factor there that is not told here"
        .to_owned()
}

pub(super) const NO_2FA_ADMIN: Told = Told {
    one: |who| format!("{who} may change the whole account and has no two-factor authentication"),
    many: |who| format!("{who} may change the whole account and have no two-factor authentication"),
    detail: sign_in,
};

pub(super) const NO_2FA: Told = Told {
    one: |who| format!("{who} has no two-factor authentication"),
    many: |who| format!("{who} have no two-factor authentication"),
    detail: sign_in,
};

pub(super) const PENDING: Told = Told {
    one: |who| format!("the invitation of {who} has not been accepted"),
    many: |who| format!("the invitations of {who} have not been accepted"),
    detail: |_| {
        "invitations lapse by themselves after some days; nobody has access by one before it is accepted".to_owned()
    },
};

pub(super) const ONLY_MINIMAL: Told = Told {
    one: |who| format!("{who} may enter the account and do nothing in it"),
    many: |who| format!("{who} may enter the account and do nothing in it"),
    detail: nothing,
};

fn without_2fa(survey: &Survey<'_>, is_meant: impl Fn(Highest) -> bool) -> Vec<Case> {
    let off = survey.accepted().filter(|(_, member)| member.two_factor == TwoFactor::Off);
    let mut notes = Notes::default();
    off.map(|(slot, member)| (survey.least(slot), member))
        .filter(|(least, _)| is_meant(*least))
        .map(|(least, member)| Case::row(subject(member), notes.of(least)))
        .collect()
}

pub(super) fn admins_without_2fa(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    without_2fa(survey, is_admin)
}

pub(super) fn others_without_2fa(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    without_2fa(survey, |least| !is_admin(least))
}

fn is_admin(least: Highest) -> bool {
    least >= Highest::Administrator
}

/// The words for each level, once.
#[derive(Default)]
struct Notes(Vec<(Highest, Arc<str>)>);

impl Notes {
    fn of(&mut self, level: Highest) -> Arc<str> {
        if let Some((_, words)) = self.0.iter().find(|(known, _)| *known == level) {
            return words.clone();
        }
        let words: Arc<str> = match level {
            Highest::SuperAdministrator | Highest::Administrator => level.words().into(),
            // What is certain may not be all.
            Highest::NotKnown | Highest::None => "".into(),
            level => format!("{} access", level.words()).into(),
        };
        self.0.push((level, words.clone()));
        words
    }
}

fn super_administrators<'d>(survey: &Survey<'d>) -> Vec<(Slot, &'d Member)> {
    let accepted = survey.accepted();
    accepted.filter(|(slot, _)| survey.least(*slot) == Highest::SuperAdministrator).collect()
}

pub(super) fn few_super_administrators(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    let found = super_administrators(survey);
    let words = match found.as_slice() {
        [] => "no accepted member is Super Administrator".to_owned(),
        [(_, only)] => {
            format!("{} is the only Super Administrator", subject(only).words(survey.directory))
        }
        _ => return Vec::new(),
    };
    let rows = found.iter().map(|(_, member)| row(subject(member))).collect();
    let detail = "administrators of an organization above the account are not seen here".to_owned();
    vec![Case { rows, words, detail, ..Case::default() }]
}

pub(super) fn many_super_administrators(survey: &Survey<'_>, inputs: &Inputs<'_>) -> Vec<Case> {
    let found = super_administrators(survey);
    let most = inputs.rules.most_super_administrators;
    if found.len() <= most {
        return Vec::new();
    }
    let words =
        format!("there are {} Super Administrators, and at most {most} are wanted", found.len());
    let direct: Arc<str> = "by a policy of their own".into();
    let through: Arc<str> = "through a group".into();
    let rows = found.iter().map(|(_, member)| {
        let own = member.direct_policies().iter().flat_map(|policy| &policy.permission_groups);
        let is_own = own
            .into_iter()
            .any(|what| crate::access::level_of(what) == Highest::SuperAdministrator)
            || member.direct_policies().is_empty() && !member.roles.is_empty();
        let note = if is_own { &direct } else { &through };
        crate::findings::Row { subject: subject(member), note: note.clone() }
    });
    let detail =
        "those who are it through a group are counted; the number is a setting of the rules file"
            .to_owned();
    vec![Case { rows: rows.collect(), words, detail, ..Case::default() }]
}

pub(super) fn pending(survey: &Survey<'_>, inputs: &Inputs<'_>) -> Vec<Case> {
    let unknown: Arc<str> = "age not known".into();
    let open = survey.members().filter(|(_, member)| member.status == MemberStatus::Pending);
    open.map(|(_, member)| {
        let since = inputs.invited.get(&member.id);
        let note = since.map_or_else(|| unknown.clone(), |since| since_words(*since, inputs.now));
        Case::row(subject(member), note)
    })
    .collect()
}

/// What tells the age has seen the invitation then: it may be older.
fn since_words(since: Timestamp, now: Timestamp) -> Arc<str> {
    let age = now.duration_since(since).unsigned_abs();
    format!("invited {} or earlier", text::age(age)).into()
}

pub(super) fn only_minimal(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    let (none, minimal): (Arc<str>, Arc<str>) = ("no policy at all".into(), "".into());
    survey
        .accepted()
        .filter_map(|(slot, member)| match survey.least(slot) {
            Highest::Minimal => Some(Case::row(subject(member), minimal.clone())),
            Highest::None => Some(Case::row(subject(member), none.clone())),
            _ => None,
        })
        .collect()
}

fn subject(member: &Member) -> Subject {
    Subject::Member(member.id.clone())
}
