//! What a plan does to people's access: who gains, who loses, who keeps exactly what they have, and of whom it
//! can't be told. Computed from the plan and the account as it is known; what is not known is said, never guessed.

mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::access::{Altered, Cause, Difference, Missing, no_access_yet};
use crate::domain::{Directory, GroupId, MemberId};

use super::build::Plan;

/// What a plan does to one person's access, the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Gains some and loses none.
    Gains,
    /// Gains some and loses some.
    Changes,
    /// Loses some and gains none.
    Loses,
    /// It can't be told: something is not known, or a deny has a part in it.
    NotKnown,
    /// The invitation has not been accepted: what changes is what it will give.
    OnceAccepted,
    /// Keeps exactly what is held.
    Keeps,
}

/// A person whom a plan touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Who.
    pub member: MemberId,
    /// The e-mail of one who is only to be invited, of whom the account knows nothing else.
    pub invited: Option<Arc<str>>,
    /// What it does.
    pub effect: Effect,
    /// What is gained, lost and kept, as far as it is known.
    pub difference: Arc<Difference>,
    /// Why.
    pub causes: Vec<Cause>,
    /// What is missing for a sure answer.
    pub doubts: Vec<Missing>,
}

/// How many people there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Who gain some and lose none.
    pub gain: usize,
    /// Who gain some and lose some.
    pub change: usize,
    /// Who lose some and gain none.
    pub lose: usize,
    /// Of whom it can't be told.
    pub not_known: usize,
    /// Who have no access yet.
    pub once_accepted: usize,
    /// Who are invited to nothing.
    pub to_nothing: usize,
    /// Who keep exactly what they have.
    pub keep: usize,
}

/// What a plan does to people's access.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Impact {
    /// Everybody whom it touches, as far as it is known; by effect, then by e-mail.
    pub people: Vec<Touched>,
    /// What is missing for an answer that is whole.
    pub missing: Vec<Missing>,
    /// How many people there are of each kind.
    pub totals: Totals,
    /// Where each person stands among them.
    places: HashMap<MemberId, usize>,
    /// What the plan calls groups, also those that it makes.
    names: BTreeMap<GroupId, Arc<str>>,
}

impl Impact {
    /// The impact of a plan on the account as it is known now.
    pub fn of(plan: &Plan, directory: &Directory) -> Self {
        let mut reckoning = Reckoning::new(plan, directory);
        loop {
            if let Some(impact) = reckoning.step(directory, usize::MAX) {
                return impact;
            }
        }
    }

    /// The person with this id, if the plan touches them.
    pub fn person(&self, member: &MemberId) -> Option<&Touched> {
        self.places.get(member).and_then(|place| self.people.get(*place))
    }

    /// What a group is called, also one that the plan makes; its id where it has no name. Foreign text.
    pub fn group(&self, group: &GroupId, directory: &Directory) -> Arc<str> {
        let there = directory.groups().get(group).map(|known| known.name.clone());
        let there = there.filter(|name| !name.is_empty());
        let known = there.or_else(|| self.names.get(group).cloned());
        known.unwrap_or_else(|| group.to_string().into())
    }
}

impl Touched {
    /// The e-mail; the id where none is known. Foreign text: make it safe before showing it.
    pub fn email(&self, directory: &Directory) -> Arc<str> {
        let row = directory.members().get(&self.member).filter(|row| !row.email.is_empty());
        let known = row.map(|row| Arc::from(&*row.email)).or_else(|| self.invited.clone());
        known.unwrap_or_else(|| self.member.to_string().into())
    }

    /// Whether the person's access really changes, or could.
    pub fn is_real(&self) -> bool {
        match self.effect {
            Effect::OnceAccepted => !self.difference.is_none(),
            effect => effect != Effect::Keeps,
        }
    }
}

/// By what two people are the same to a plan: their own policies, their roles, their groups before and after.
type Alike = (usize, usize, BTreeSet<GroupId>, BTreeSet<GroupId>);

/// An impact that is being computed, some people at a time. All of it takes one version of the directory.
#[derive(Clone, Debug)]
pub struct Reckoning {
    altered: Altered,
    waiting: Vec<MemberId>,
    people: Vec<Touched>,
    /// In a large account many people have the same policies and groups.
    known: HashMap<Alike, Arc<Difference>>,
    names: BTreeMap<GroupId, Arc<str>>,
}

impl Reckoning {
    /// Begins with a plan.
    pub fn new(plan: &Plan, directory: &Directory) -> Self {
        let altered = Altered::of(directory, plan.ops().map(|op| &op.change));
        let waiting = altered.touched(directory).into_iter().collect();
        let made = plan.names.drafts.iter();
        let made = made.map(|(draft, name)| (GroupId::draft(*draft), name.clone()));
        let names = plan.names.groups.iter().map(|(id, name)| (id.clone(), name.clone()));
        let names = names.filter(|(_, name)| !name.is_empty()).chain(made).collect();
        Self { altered, waiting, people: Vec::new(), known: HashMap::new(), names }
    }

    /// How many people are done, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.people.len(), self.people.len() + self.waiting.len())
    }

    /// Goes on with so many people; gives the impact when all are done.
    pub fn step(&mut self, directory: &Directory, people: usize) -> Option<Impact> {
        for _ in 0..people {
            let Some(member) = self.waiting.pop() else { break };
            let touched = self.touched(directory, member);
            self.people.push(touched);
        }
        if !self.waiting.is_empty() {
            return None;
        }
        let mut people = std::mem::take(&mut self.people);
        people.sort_by_cached_key(|touched| {
            let row = directory.members().get(&touched.member);
            let email = row
                .map(|row| row.email.clone())
                .or_else(|| Some((**touched.invited.as_ref()?).into()));
            (touched.effect, email, touched.member.clone())
        });
        let mut missing: BTreeSet<Missing> = self.altered.missing().cloned().collect();
        missing.extend(people.iter().flat_map(|touched| &touched.doubts).cloned());
        // Each may be in doubt for other groups: told once, by the most.
        let most = missing.iter().rev().find(|it| matches!(it, Missing::Lists(_))).cloned();
        missing.retain(|it| !matches!(it, Missing::Lists(_)) || Some(it) == most.as_ref());
        let totals = Totals::of(&people);
        let places =
            people.iter().zip(0..).map(|(touched, at)| (touched.member.clone(), at)).collect();
        let (missing, names) = (missing.into_iter().collect(), std::mem::take(&mut self.names));
        Some(Impact { people, missing, totals, places, names })
    }

    fn touched(&mut self, directory: &Directory, member: MemberId) -> Touched {
        let difference = self.difference(directory, &member);
        let row = directory.members().get(&member);
        let mut doubts = self.altered.doubts(directory, &member, &difference);
        if difference.has_unknown_reach() {
            doubts.push(Missing::Scopes);
        }
        let causes = self.altered.causes(directory, &member);
        let invited = self.altered.invited(&member).cloned();
        // What a group grants that isn't known matters only where the plan changes something of it.
        let blind = causes
            .iter()
            .filter_map(Cause::group)
            .any(|group| doubts.contains(&Missing::Policies(group.clone())));
        // Who is no longer in the account keeps nothing, also where nothing is known to be lost.
        let removed = causes.contains(&Cause::Removed);
        let effect = match (difference.gains.is_empty(), difference.losses.is_empty()) {
            (true, true) if !blind && !removed && invited.is_none() => Effect::Keeps,
            _ if !doubts.is_empty() || difference.is_unsettled() => Effect::NotKnown,
            _ if invited.is_some() || row.is_some_and(no_access_yet) => Effect::OnceAccepted,
            (true, _) => Effect::Loses,
            (_, true) => Effect::Gains,
            _ => Effect::Changes,
        };
        // What is kept is kept whatever else may be missing.
        if effect == Effect::Keeps {
            doubts.clear();
        }
        Touched { member, invited, effect, difference, causes, doubts }
    }

    fn difference(&mut self, directory: &Directory, member: &MemberId) -> Arc<Difference> {
        if self.altered.changes_own(member) {
            return Arc::new(self.altered.difference(directory, member));
        }
        let row = directory.members().get(member);
        let policies = row.and_then(|row| row.policies.as_ref());
        let policies = policies.map_or(0, |list| list.as_ptr().addr());
        let roles = row.map_or(0, |row| row.roles.as_ptr().addr());
        let (was, is) = self.altered.groups(directory, member);
        let Self { altered, known, .. } = self;
        known
            .entry((policies, roles, was, is))
            .or_insert_with(|| Arc::new(altered.difference(directory, member)))
            .clone()
    }
}

impl Totals {
    fn of(people: &[Touched]) -> Self {
        let mut totals = Self::default();
        for touched in people {
            *match touched.effect {
                Effect::Gains => &mut totals.gain,
                Effect::Changes => &mut totals.change,
                Effect::Loses => &mut totals.lose,
                Effect::NotKnown => &mut totals.not_known,
                Effect::OnceAccepted if !touched.is_real() => &mut totals.to_nothing,
                Effect::OnceAccepted => &mut totals.once_accepted,
                Effect::Keeps => &mut totals.keep,
            } += 1;
        }
        totals
    }
}

#[cfg(test)]
mod tests;
