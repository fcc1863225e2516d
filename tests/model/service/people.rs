//! Who is in the account: invited, with policies of their own, removed.

use std::collections::{BTreeMap, BTreeSet};

use cfiam::domain::{ApiError, Change, Member, MemberId, MemberStatus, PolicyContent, PolicyDraft};
use cfiam::plan::{Call, Class, Made, Outcome, PolicySet, wanted};

use super::{MEMBERS, Other, Service, State, a_policy, content, member, outcome, read_policy};

/// The first of those who hold policies directly; nobody before does.
pub const HOLDERS: usize = 40;
/// The first of those who have not accepted their invitations; everybody before has.
pub const PENDING: usize = 44;

#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub email: String,
    pub pending: bool,
    pub policies: Vec<PolicyContent>,
}

pub type People = BTreeMap<MemberId, Person>;

/// By e-mail, what each holds directly.
pub type Direct = BTreeMap<String, BTreeSet<PolicyContent>>;

/// Those who are in the account at first.
pub fn at_first() -> People {
    let person = |n: usize| {
        let policies = (HOLDERS..PENDING).contains(&n).then(|| a_policy(n % 4)).into_iter();
        let (email, pending) = (email(n), n >= PENDING);
        (member(n), Person { email, pending, policies: policies.collect() })
    };
    (0..MEMBERS).map(person).collect()
}

pub fn email(n: usize) -> String {
    format!("m{n}@x.example")
}

/// The address of somebody who is not in the account at first.
pub fn newcomer(n: usize) -> String {
    format!("new{n}@x.example")
}

pub fn with_email<'a>(people: &'a People, email: &str) -> Option<(&'a MemberId, &'a Person)> {
    people.iter().find(|(_, person)| person.email == email)
}

pub fn row(id: &MemberId, person: &Person) -> Member {
    let status = if person.pending { MemberStatus::Pending } else { MemberStatus::Accepted };
    let mut row = Member::from_group(id.clone(), &person.email, status);
    row.listed = true;
    row.policies = Some(person.policies.iter().map(read_policy).collect());
    row
}

impl State {
    /// Takes somebody out of the account, and out of all groups.
    fn remove_member(&mut self, id: &MemberId) -> bool {
        for held in self.groups.values_mut() {
            held.members.remove(id);
        }
        self.people.remove(id).is_some()
    }

    pub fn direct(&self) -> Direct {
        let direct =
            |person: &Person| (person.email.clone(), person.policies.iter().cloned().collect());
        self.people.values().map(direct).collect()
    }
}

impl Service {
    /// Carries a write about a person out; `None` where it is about a group.
    pub(super) fn apply_to_people(&mut self, call: &Call) -> Option<Outcome> {
        let not_there = || outcome(Class::Rejected, Some(404));
        let done = || outcome(Class::Applied, Some(200));
        Some(match call {
            Call::Invite { email, .. } if with_email(&self.state.people, email).is_some() => {
                let mut refused = outcome(Class::Rejected, Some(400));
                let error = ApiError { code: Some(1004), message: "already exists".to_owned() };
                refused.fault.iter_mut().for_each(|fault| fault.errors.push(error.clone()));
                refused
            }
            Call::Invite { email, policies } => {
                let policies = policies.iter().map(PolicyDraft::content).collect();
                let id = self.invite(email, policies);
                Outcome { made: Some(Made::Member(id)), ..done() }
            }
            Call::SetDirectPolicies { member, to } => match self.state.people.get_mut(member) {
                Some(person) => {
                    person.policies = to.iter().map(content).collect();
                    done()
                }
                None => not_there(),
            },
            Call::RemoveMember { member } if self.state.remove_member(member) => done(),
            Call::RemoveMember { .. } => not_there(),
            _ => return None,
        })
    }

    fn invite(&mut self, email: &str, policies: Vec<PolicyContent>) -> MemberId {
        self.made += 1;
        let id = member(1000 + self.made);
        let person = Person { email: email.to_owned(), pending: true, policies };
        self.state.people.insert(id.clone(), person);
        id
    }

    /// Someone else invites somebody.
    pub(super) fn invited_by_others(&mut self, n: usize) {
        let (email, policies) = (newcomer(n), vec![a_policy(n + 5)]);
        if with_email(&self.state.people, &email).is_none() {
            self.invite(&email, policies.clone());
        }
        if with_email(&self.without_us.people, &email).is_none() {
            self.made += 1;
            let person = Person { email, pending: true, policies };
            self.without_us.people.insert(member(1000 + self.made), person);
        }
    }
}

/// What someone else does to a person; nothing where it is about a group.
pub(super) fn meddle(state: &mut State, other: &Other) {
    match other {
        Other::RemoveMember(m) => drop(state.remove_member(&member(*m))),
        Other::DirectPolicies(m, n) => {
            if let Some(person) = state.people.get_mut(&member(*m)) {
                person.policies = vec![a_policy(*n)];
            }
        }
        Other::Accept(m) => {
            if let Some(person) = state.people.get_mut(&member(*m)) {
                person.pending = false;
            }
        }
        Other::AcceptNew(n) => {
            let email = newcomer(*n);
            let new = state.people.values_mut().find(|person| person.email == email);
            if let Some(person) = new {
                person.pending = false;
            }
        }
        _ => {}
    }
}

/// Whether the account is as a change of people wants it; `None` where it is about a group.
pub fn holds(change: &Change, there: &People) -> Option<bool> {
    Some(match change {
        Change::Invite { email, policies } => {
            with_email(there, email).is_some_and(|(_, person)| {
                let contents: Vec<_> = policies.iter().map(PolicyDraft::content).collect();
                PolicySet::of(&contents) == PolicySet::of(&person.policies)
            })
        }
        Change::SetDirectPolicies { member, to, .. } => {
            there.get(member).is_some_and(|person| wanted(to) == PolicySet::of(&person.policies))
        }
        Change::RemoveMember { member, .. } => !there.contains_key(member),
        _ => return None,
    })
}
