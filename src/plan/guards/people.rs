//! Guards about who can still manage the account: its Super Administrators, and the person who applies the plan.

use std::collections::BTreeSet;

use crate::access::{Held, Highest, Levels, may_make_super_administrators};
use crate::domain::{
    Access, Change, Collection, CredentialKind, GroupId, Member, MemberId, TwoFactor,
};
use crate::text;

use super::sight::{Sight, capped, taking as taking_group};
use super::{Asks, Guard, GuardName};

/// Fewer Super Administrators than this are too few: one may leave, or lose the second factor.
pub(super) const ENOUGH: usize = 2;

/// Whether a member counts as a Super Administrator, if it is one.
pub(super) fn counts(row: &Member) -> bool {
    row.status.is_full() && row.two_factor == TwoFactor::On
}

/// Stands where fewer than two accepted Super Administrators with 2FA are left, or still fewer than there are: who is
/// one directly and who is one through a group count alike, and 2FA that isn't known is none. Also where a group loses
/// something of which it can't be seen whether it makes Super Administrators.
pub(super) fn super_administrators(sight: &Sight<'_>) -> Option<Guard> {
    let (mut lost, mut won) = (Vec::new(), 0);
    let known = sight.touched.iter().filter_map(|id| sight.member(id));
    for row in known.filter(|row| counts(row)) {
        let holds = sight.altered.super_administrator(sight.directory, &row.id);
        match (holds.before, holds.after) {
            (true, false) => lost.push(row),
            (false, true) => won += 1,
            _ => {}
        }
    }
    let unseen = unseen_administrators(sight);
    if lost.len() <= won && unseen.is_empty() {
        return None;
    }
    let directory = sight.directory;
    let mut levels = Levels::new(directory);
    let mut is_one =
        |slot, row: &Member| counts(row) && levels.at_least(slot) == Highest::SuperAdministrator;
    let there = directory.members().iter().filter(|(slot, row)| is_one(*slot, row)).count();
    let left = (there + won).saturating_sub(lost.len());
    if left >= ENOUGH && unseen.is_empty() {
        return None;
    }
    let mut rows: Vec<String> = lost
        .iter()
        .map(|row| format!("{} is no longer Super Administrator", sight.email(&row.id)))
        .collect();
    rows.extend(unseen);
    if !directory.knows_all_groups() || !directory.coverage(&Collection::Members).is_complete() {
        rows.push("there may be others: not all members and groups have been read".to_owned());
    }
    let left_words = text::plural(left, "Super Administrator");
    Some(Guard {
        name: GuardName::SuperAdministrators,
        words: format!("leaves {left_words} with 2FA, of {}", text::count(there)),
        rows: capped(rows),
        asks: Asks::text(format!("leave {}", text::plural(left, "super administrator"))),
    })
}

/// The groups that lose something and may make Super Administrators, as far as that, or of whom, can't be seen.
fn unseen_administrators(sight: &Sight<'_>) -> Vec<String> {
    let may =
        |group: &&GroupId| may_make_super_administrators(sight.directory.groups().get(*group));
    let unseen = |group: &GroupId| {
        let name = sight.group(group);
        if !sight.policies_known(group) {
            Some(format!("not seen whether {name} makes any: its policies have not been read"))
        } else if !sight.is_read(group) && !only_leaves(sight, group) {
            Some(format!("not seen of whom {name} makes any: its members have not all been read"))
        } else {
            None
        }
    };
    let groups = sight.taking.iter().filter(may).filter_map(unseen);
    let mut levels = Levels::new(sight.directory);
    let unknown = |id: &&MemberId| {
        let slot = sight.directory.members().slot(id);
        slot.is_none_or(|slot| levels.highest(slot) == Highest::NotKnown)
    };
    let changed: BTreeSet<&MemberId> = sight.plan.ops().filter_map(|op| own(&op.change)).collect();
    let members = changed.into_iter().filter(unknown).map(|id| sight.email(id));
    let members = members.map(|email| format!("not seen whether {email} is one"));
    groups.chain(members.collect::<Vec<_>>()).collect()
}

/// The member of whom a change takes what is their own, or everything.
fn own(change: &Change) -> Option<&MemberId> {
    match change {
        Change::SetDirectPolicies { member, .. } | Change::RemoveMember { member, .. } => {
            Some(member)
        }
        _ => None,
    }
}

/// Whether all that a group loses is members who are named: then nobody else in it matters.
pub(super) fn only_leaves(sight: &Sight<'_>, group: &GroupId) -> bool {
    let mut taking = sight.plan.ops().map(|op| &op.change);
    taking.all(|change| {
        matches!(change, Change::Remove { .. } | Change::ReplaceMembers { .. })
            || taking_group(change).as_ref() != Some(group)
    })
}

/// Who the person is.
enum Me {
    /// These members: an e-mail may have two.
    Members(BTreeSet<MemberId>),
    /// No member of this account, in words.
    Nobody(&'static str),
    /// It can't be told, in words.
    NotKnown(&'static str),
}

fn me(sight: &Sight<'_>) -> Me {
    let Some(caller) = &sight.directory.caller else {
        return Me::NotKnown("who is calling could not be read");
    };
    if caller.kind == CredentialKind::AccountToken {
        return Me::Nobody("the token belongs to the account: no member is behind it");
    }
    let same = |row: &&Member| {
        let email = !caller.email.is_empty() && row.email.eq_ignore_ascii_case(&caller.email);
        caller.is(row) || email
    };
    let mut members: BTreeSet<MemberId> =
        sight.directory.members().values().filter(same).map(|row| row.id.clone()).collect();
    members.extend(caller.member.clone());
    if !members.is_empty() {
        return Me::Members(members);
    }
    let whole = sight.directory.coverage(&Collection::Members).is_complete();
    match (caller.user.is_some() || !caller.email.is_empty(), whole) {
        (true, true) => {
            Me::Nobody("you are no member of this account: your access is from elsewhere")
        }
        (true, false) => Me::NotKnown("which member you are isn't known: not all have been read"),
        (false, _) => {
            Me::NotKnown("which member you are isn't known: the token can't read its user")
        }
    }
}

/// The members that the person who applies the plan is, as far as that is known.
pub(super) fn own_members(sight: &Sight<'_>) -> BTreeSet<MemberId> {
    match me(sight) {
        Me::Members(members) => members,
        Me::Nobody(_) | Me::NotKnown(_) => BTreeSet::new(),
    }
}

/// Stands where the person who applies the plan loses access by it, which the right to go on is a part of. Where it
/// isn't known which member that is, it stands where anybody loses anything.
pub(super) fn own_access(sight: &Sight<'_>) -> Option<Guard> {
    match me(sight) {
        Me::Nobody(_) => None,
        Me::Members(members) => members.iter().find_map(|member| own_loss(sight, member)),
        Me::NotKnown(why) => anybody(sight, why),
    }
}

/// What is to be said of the person where no guard stands for them.
pub(super) fn own_note(sight: &Sight<'_>) -> Option<String> {
    match me(sight) {
        Me::Nobody(why) => Some(why.to_owned()),
        _ => None,
    }
}

fn own_loss(sight: &Sight<'_>, member: &MemberId) -> Option<Guard> {
    let directory = sight.directory;
    let mut rows = Vec::new();
    if sight.touched.contains(member) {
        let holds = sight.altered.super_administrator(directory, member);
        if holds.before && !holds.after {
            rows.push("you are no longer Super Administrator: you can't take this back".to_owned());
        }
        let losses = sight.altered.difference(directory, member).losses;
        rows.extend(losses.iter().filter(|held| held.access == Access::Allow).map(lost));
    }
    let blind = |group: &&GroupId| {
        let inside = directory.is_in(group, member);
        (inside && !sight.policies_known(group))
            || (!inside && !sight.is_read(group) && !only_leaves(sight, group))
    };
    let unseen = sight.taking.iter().filter(blind).map(|group| sight.group(group));
    rows.extend(unseen.map(|group| format!("not seen what you have through {group}")));
    let email = sight.email(member);
    let who = text::can_be_typed(&email).then(|| member.clone());
    let text = if who.is_some() { email.to_string() } else { "my own access".to_owned() };
    (!rows.is_empty()).then(|| Guard {
        name: GuardName::OwnAccess,
        words: "takes access away from you".to_owned(),
        rows: capped(rows),
        asks: Asks { text, who },
    })
}

fn lost(held: &Held) -> String {
    let what = match &*held.permission_group.name {
        "" => held.permission_group.id.to_string(),
        name => name.to_owned(),
    };
    format!("you lose {what}")
}

fn anybody(sight: &Sight<'_>, why: &str) -> Option<Guard> {
    let loses = |id: &&MemberId| !sight.altered.difference(sight.directory, id).losses.is_empty();
    let losers: Vec<&MemberId> = sight.touched.iter().filter(loses).collect();
    let blind = |group: &&GroupId| !sight.policies_known(group) || !sight.is_read(group);
    let unseen: Vec<&GroupId> = sight.taking.iter().filter(blind).collect();
    if losers.is_empty() && unseen.is_empty() {
        return None;
    }
    let mut rows = vec![why.to_owned()];
    rows.extend(losers.iter().map(|id| format!("{} loses access", sight.email(id))));
    rows.extend(
        unseen.iter().map(|group| format!("not seen who loses what in {}", sight.group(group))),
    );
    Some(Guard {
        name: GuardName::OwnAccess,
        words: "may take access away from you".to_owned(),
        rows: capped(rows),
        asks: Asks::text("none of them is me"),
    })
}
