//! The rules, one row each.

mod covered;
mod groups;
mod people;
mod policies;
mod team;
mod twice;

use std::fmt;
use std::sync::Arc;

pub(super) use covered::covered;
pub(super) use groups::without_minimal;

use super::check::Inputs;
use super::mend::Way;
use super::need::Need;
use super::survey::Survey;
use super::{Row, Severity, Subject};

/// Something that is looked for.
pub struct Rule {
    /// What the rules file, scripts and people call it.
    pub id: &'static str,
    /// How much it matters where it is found.
    pub severity: Severity,
    /// What is looked for, in a few words.
    pub what: &'static str,
    /// Why it matters, in a sentence.
    pub why: &'static str,
    /// Which change mends it, in a few words; `None` where no change that the program could stage does.
    pub mends: Option<&'static str>,
    /// What must be whole for the rule to say anything: it rests on something not being there.
    pub(super) rests_on: &'static [Need],
    /// What it looks at: where that is not whole, there may be more than is found.
    pub(super) looks_at: &'static [Need],
    /// Whether all that it finds is told as one.
    pub(super) gathered: Gathered,
    pub(super) find: fn(&Survey<'_>, &Inputs<'_>) -> Vec<Case>,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({})", self.id)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

/// What a rule has found.
#[derive(Debug, Default)]
pub(super) struct Case {
    /// What tells it from the rule's other cases, made of ids; empty where there is only one.
    pub key: String,
    pub rows: Vec<Row>,
    pub words: String,
    pub detail: String,
    pub way: Option<Way>,
}

impl Case {
    /// A row of a rule whose cases are gathered.
    fn row(subject: Subject, note: Arc<str>) -> Self {
        Self { rows: vec![Row { subject, note }], ..Self::default() }
    }

    fn mended(self, way: Way) -> Self {
        Self { way: Some(way), ..self }
    }
}

/// Whether what a rule finds is told one by one or all as one.
#[derive(Clone, Copy)]
pub(super) enum Gathered {
    /// Each by itself.
    Apart,
    /// All as one: what is to be said of a single row, and of many.
    Together(Told),
}

/// What is said of gathered rows: of a single one by its name, of many by how many they are (`4 members and 1 group`).
#[derive(Clone, Copy)]
pub(super) struct Told {
    pub one: fn(&str) -> String,
    pub many: fn(&str) -> String,
    pub detail: fn(&Inputs<'_>) -> String,
}

/// The rule with this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// The rule that tells of waivers that hold no longer. It can't be waived.
pub(super) const OVERDUE: &str = "waiver-expired";

const PEOPLE: &[Need] = &[Need::Members, Need::TwoFactor];
const LEVELS: &[Need] = &[Need::Members, Need::Groups, Need::Lists, Need::GroupPolicies, Need::Own];
const ADMINS: &[Need] =
    &[Need::Members, Need::TwoFactor, Need::Groups, Need::Lists, Need::GroupPolicies, Need::Own];
const POLICIES: &[Need] = &[Need::Members, Need::Groups, Need::GroupPolicies, Need::Own];
const GROUPS: &[Need] = &[Need::Groups, Need::GroupPolicies];
const LISTS: &[Need] = &[Need::Groups, Need::Lists];

/// What the program knows to look for. Within a severity this is the order in which it is told.
pub static RULES: [Rule; 21] = [
    Rule {
        id: "no-2fa-admin",
        severity: Severity::High,
        what: "administrators without two-factor authentication",
        why: "one stolen password is enough to take the whole account",
        mends: None,
        rests_on: &[],
        looks_at: ADMINS,
        gathered: Gathered::Together(people::NO_2FA_ADMIN),
        find: people::admins_without_2fa,
    },
    Rule {
        id: "few-super-admins",
        severity: Severity::High,
        what: "fewer than two Super Administrators",
        why: "when the only one leaves or loses the second factor, nobody can manage members any more",
        mends: None,
        rests_on: LEVELS,
        looks_at: &[],
        gathered: Gathered::Apart,
        find: people::few_super_administrators,
    },
    Rule {
        id: "many-super-admins",
        severity: Severity::Medium,
        what: "more Super Administrators than the team has settled on",
        why: "each of them can do everything, remove the others included",
        mends: None,
        rests_on: &[],
        looks_at: LEVELS,
        gathered: Gathered::Apart,
        find: people::many_super_administrators,
    },
    Rule {
        id: "no-2fa",
        severity: Severity::Medium,
        what: "members without two-factor authentication",
        why: "a stolen password is enough to act as one of them",
        mends: None,
        rests_on: &[],
        looks_at: PEOPLE,
        gathered: Gathered::Together(people::NO_2FA),
        find: people::others_without_2fa,
    },
    Rule {
        id: "group-wide-and-narrow",
        severity: Severity::Medium,
        what: "groups that grant on the whole account what they also grant on single zones",
        why: "the narrow grant has no effect beside the wide one, so one of the two is not meant",
        mends: None,
        rests_on: &[],
        looks_at: GROUPS,
        gathered: Gathered::Together(policies::WIDE_GROUP),
        find: policies::wide_groups,
    },
    Rule {
        id: "deny",
        severity: Severity::Medium,
        what: "policies that deny",
        why: "how deny and allow combine is not documented, so what the holder may do can't be told for sure",
        mends: None,
        rests_on: &[],
        looks_at: POLICIES,
        gathered: Gathered::Together(policies::DENY),
        find: policies::denies,
    },
    Rule {
        id: "unknown-permission",
        severity: Severity::Medium,
        what: "policies that grant a permission group that the account doesn't have",
        why: "what such a policy allows can't be told",
        mends: None,
        rests_on: &[Need::PermissionGroups],
        looks_at: POLICIES,
        gathered: Gathered::Together(policies::UNKNOWN_PERMISSION),
        find: policies::unknown_permissions,
    },
    Rule {
        id: "unknown-scope",
        severity: Severity::Medium,
        what: "policies on a resource group of which nothing tells what it covers",
        why: "where such a policy holds can't be told",
        mends: None,
        rests_on: &[Need::ResourceGroups],
        looks_at: POLICIES,
        gathered: Gathered::Together(policies::UNKNOWN_SCOPE),
        find: policies::unknown_scopes,
    },
    Rule {
        id: "empty-scope",
        severity: Severity::Low,
        what: "policies that hold on nothing",
        why: "such a policy looks like access and gives none",
        mends: None,
        rests_on: &[Need::ResourceGroups],
        looks_at: POLICIES,
        gathered: Gathered::Together(policies::EMPTY_SCOPE),
        find: policies::empty_scopes,
    },
    Rule {
        id: "unseen-zone",
        severity: Severity::Low,
        what: "policies on a zone that can't be found",
        why: "the zone is gone from the account, or this credential may not see it",
        mends: None,
        rests_on: &[Need::Zones],
        looks_at: POLICIES,
        gathered: Gathered::Together(policies::UNSEEN_ZONE),
        find: policies::unseen_zones,
    },
    Rule {
        id: "member-wide-and-narrow",
        severity: Severity::Low,
        what: "members who hold on the whole account what they also hold on single zones",
        why: "the narrow grant has no effect beside the wide one, so one of the two is not meant",
        mends: None,
        rests_on: &[],
        looks_at: LEVELS,
        gathered: Gathered::Together(policies::WIDE_MEMBER),
        find: policies::wide_members,
    },
    Rule {
        id: "covered-grant",
        severity: Severity::Low,
        what: "direct grants that a group gives as well",
        why: "who leaves the group keeps the access, and nobody expects it",
        mends: Some("take the direct policies away that a group covers"),
        rests_on: &[],
        looks_at: LEVELS,
        gathered: Gathered::Together(covered::COVERED),
        find: covered::covered_grants,
    },
    Rule {
        id: "same-policies",
        severity: Severity::Low,
        what: "groups with the same policies",
        why: "a change to one of them is easily forgotten in the other",
        mends: Some("move everybody into one of them and delete the others"),
        rests_on: &[],
        looks_at: GROUPS,
        gathered: Gathered::Apart,
        find: groups::same_policies,
    },
    Rule {
        id: "empty-group",
        severity: Severity::Low,
        what: "groups without members",
        why: "it gives nobody anything now, and everything it grants to whoever is added by mistake",
        mends: Some("delete them"),
        rests_on: &[],
        looks_at: LISTS,
        gathered: Gathered::Together(groups::EMPTY),
        find: groups::empty,
    },
    Rule {
        id: "group-without-policies",
        severity: Severity::Low,
        what: "groups without policies",
        why: "being in such a group gives nothing, which its members may not expect",
        mends: None,
        rests_on: &[],
        looks_at: GROUPS,
        gathered: Gathered::Together(groups::WITHOUT_POLICIES),
        find: groups::without_policies,
    },
    Rule {
        id: "same-person",
        severity: Severity::Low,
        what: "people who seem to be here under two addresses",
        why: "when the person leaves, the second address is easily forgotten",
        mends: None,
        rests_on: &[],
        looks_at: &[Need::Members],
        gathered: Gathered::Apart,
        find: twice::same_person,
    },
    Rule {
        id: OVERDUE,
        severity: Severity::Low,
        what: "waivers that hold no longer",
        why: "what was waived for a time is to be decided anew",
        mends: None,
        rests_on: &[],
        looks_at: &[],
        gathered: Gathered::Apart,
        find: team::overdue,
    },
    Rule {
        id: "group-in-waiting",
        severity: Severity::Notice,
        what: "people who hold the same policies directly",
        why: "a group would let one change reach all of them",
        mends: Some(
            "put them into a group that grants the same, and take the direct policies away",
        ),
        rests_on: &[],
        looks_at: LEVELS,
        gathered: Gathered::Apart,
        find: groups::in_waiting,
    },
    Rule {
        id: "single-member-group",
        severity: Severity::Notice,
        what: "groups with a single member",
        why: "what hangs on one person is not shared by anybody when that person is away",
        mends: None,
        rests_on: &[],
        looks_at: LISTS,
        gathered: Gathered::Together(groups::SINGLE),
        find: groups::single_member,
    },
    Rule {
        id: "pending",
        severity: Severity::Notice,
        what: "invitations that have not been accepted",
        why: "whoever reads that mailbox can still accept",
        mends: None,
        rests_on: &[],
        looks_at: &[Need::Members],
        gathered: Gathered::Together(people::PENDING),
        find: people::pending,
    },
    Rule {
        id: "only-minimal",
        severity: Severity::Notice,
        what: "members who may enter the account and do nothing in it",
        why: "they may no longer need to be members, or wait for access",
        mends: None,
        rests_on: LEVELS,
        looks_at: &[],
        gathered: Gathered::Together(people::ONLY_MINIMAL),
        find: people::only_minimal,
    },
];
