//! Who can do something somewhere, and the proof of it.
//!
//! What policy lists have in common is looked at once: the members of a large account share a few lists among them,
//! so that a question over 10,000 members asks a few hundred lists and then looks their holders up. The account's own
//! look-ups, which every page keeps up to date, are the index.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::difference::{Reach, covers, reaches};
use super::grant::{Grant, Path, direct_policies, grants, no_access_yet};
use super::implied::{Rests, gives};
use super::scope::Place;
use crate::domain::{
    Access, Collection, Directory, Group, GroupId, Member, MemberId, PermissionGroup, Policy,
    ResourceGroup, Slot,
};

/// What is asked: who may do this, here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The permission group.
    pub permission: Arc<PermissionGroup>,
    /// Where; `None` for anywhere.
    pub on: Option<Place>,
}

/// How sure it is that a path gives what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sure {
    /// What the granted scope covers isn't known, so that it may be this.
    Perhaps,
    /// It covers it.
    Yes,
}

/// One policy that gives what is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How the member comes by the policy.
    pub path: Path,
    /// The policy.
    pub policy: Arc<Policy>,
    /// What it grants.
    pub permission_group: Arc<PermissionGroup>,
    /// What it is granted on.
    pub resource_group: Arc<ResourceGroup>,
    /// Which part of that covers what is asked about.
    pub reach: Reach,
    /// Why what is granted is what is asked for.
    pub rests: Rests,
    /// Whether it covers it.
    pub sure: Sure,
}

/// What is told of one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Person {
    /// The member.
    pub member: Slot,
    /// By how many independent paths: their own policies are one, each group another.
    pub paths: u32,
    /// Whether one path grants the very thing.
    pub itself: bool,
    /// How sure the surest path is.
    pub sure: Sure,
    /// Whether a deny of it stands as well: how deny and allow combine is not documented.
    pub denied: bool,
    /// Whether the invitation has not been accepted, so that they have no access yet.
    pub pending: bool,
}

/// Everybody who can, and what the answer doesn't see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoCan {
    /// By their slots.
    pub people: Vec<Person>,
    /// What has not been read, so that there may be more.
    pub unseen: Unseen,
}

/// What an answer over the whole account rests on and has not been read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unseen {
    /// The members' list.
    pub members: bool,
    /// The groups' list.
    pub groups: bool,
    /// So many groups' member lists.
    pub lists: usize,
    /// Groups of which it isn't known what they grant.
    pub policies: Vec<GroupId>,
    /// So many members of whom it isn't known what they hold directly.
    pub own: usize,
}

impl Unseen {
    /// What has not been read of an account.
    pub fn of(directory: &Directory) -> Self {
        let (read, all) = directory.group_members_read();
        let groups = directory.groups().values().filter(|group| group.id.as_draft().is_none());
        let unread = groups.filter(|group| group.policies.is_none());
        let own = |member: &&Member| member.policies.is_none() && member.roles.is_empty();
        Self {
            members: !directory.coverage(&Collection::Members).is_complete(),
            groups: !directory.coverage(&Collection::Groups).is_complete(),
            lists: all.saturating_sub(read),
            policies: unread.map(|group| group.id.clone()).collect(),
            own: directory.members().values().filter(own).count(),
        }
    }

    /// Whether everything has been read.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What a list of policies says to a question.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    sure: Option<Sure>,
    itself: bool,
    denied: bool,
}

impl Said {
    fn and(self, other: Self) -> Self {
        Self {
            sure: self.sure.max(other.sure),
            itself: self.itself || other.itself,
            denied: self.denied || other.denied,
        }
    }
}

/// One question to one account, asked of any number of members.
#[derive(Debug)]
pub struct Asked<'d, 'q> {
    directory: &'d Directory,
    question: &'q Question,
    /// By the address of a policy list.
    of_list: HashMap<usize, Said>,
    /// By the address of a permission group.
    of_permission: HashMap<usize, Option<Rests>>,
    /// By the address of a resource group.
    of_resource: HashMap<usize, Option<Sure>>,
}

impl<'d, 'q> Asked<'d, 'q> {
    /// Of one account.
    pub fn new(directory: &'d Directory, question: &'q Question) -> Self {
        Self {
            directory,
            question,
            of_list: HashMap::new(),
            of_permission: HashMap::new(),
            of_resource: HashMap::new(),
        }
    }

    /// Everybody who can.
    pub fn who_can(&mut self) -> WhoCan {
        let directory = self.directory;
        let groups = self.groups_that_say();
        let unread = groups.iter().filter(|(slot, _)| !is_read(directory, **slot)).count();
        let unseen = Unseen::of(directory);
        // Who is in a group of which it is known that it says nothing to the question doesn't matter; of those of
        // which it isn't known, their policies are missing.
        let unseen = Unseen { lists: unread, ..unseen };
        let people = directory.members().iter().filter_map(|(slot, row)| {
            let own = self.own(row);
            let through = directory.groups_at(slot).iter().filter_map(|group| groups.get(group));
            person(slot, row, own, through)
        });
        WhoCan { people: people.collect(), unseen }
    }

    /// The groups of which it matters to the answer who is in them: those that give or deny what is asked for, and
    /// those of which it isn't known what they grant.
    pub fn groups_that_matter(&mut self) -> Vec<GroupId> {
        let said = self.groups_that_say();
        let groups = self.directory.groups().iter().filter(|(slot, group)| {
            group.id.as_draft().is_none() && (group.policies.is_none() || said.contains_key(slot))
        });
        groups.map(|(_, group)| group.id.clone()).collect()
    }

    /// The groups that give or deny what is asked for.
    fn groups_that_say(&mut self) -> HashMap<Slot, Said> {
        let groups = self.directory.groups().iter().filter_map(|(slot, group)| {
            let said = self.list(group.policies.as_ref()?);
            (said.sure.is_some() || said.denied).then_some((slot, said))
        });
        groups.collect()
    }

    /// Whether one member can.
    pub fn can(&mut self, member: Slot) -> Option<Person> {
        let directory = self.directory;
        let row = directory.members().at(member)?;
        let own = self.own(row);
        let groups = directory.groups_at(member).iter();
        let groups = groups.filter_map(|slot| directory.groups().at(*slot)?.policies.as_ref());
        let through: Vec<Said> = groups.map(|list| self.list(list)).collect();
        person(member, row, own, through.iter())
    }

    /// What gives it to one member: directly first, then groups by name.
    pub fn proofs(&self, member: &MemberId) -> Vec<Proof> {
        let sources = sources(self.directory, member).into_iter();
        sources.flat_map(|(path, policies)| self.proofs_of(&path, &policies)).collect()
    }

    /// What a group gives of it to whoever joins.
    pub fn proofs_of_group(&self, group: &Group) -> Vec<Proof> {
        self.proofs_of(&Path::Group(group.id.clone()), group.policies())
    }

    fn proofs_of(&self, path: &Path, policies: &[Arc<Policy>]) -> Vec<Proof> {
        let mut proofs = Vec::new();
        for policy in policies {
            for permission_group in &policy.permission_groups {
                let Some(rests) = gives(permission_group, &self.question.permission) else {
                    continue;
                };
                for resource_group in &policy.resource_groups {
                    let Some((sure, reach)) = self.covering(resource_group) else { continue };
                    proofs.push(Proof {
                        path: path.clone(),
                        policy: policy.clone(),
                        permission_group: permission_group.clone(),
                        resource_group: resource_group.clone(),
                        reach,
                        rests,
                        sure,
                    });
                }
            }
        }
        proofs
    }

    fn own(&mut self, row: &'d Member) -> Said {
        match &row.policies {
            Some(list) if !list.is_empty() => self.list(list),
            _ if row.roles.is_empty() => Said::default(),
            // Roles without policies are few, and hold on the whole account.
            _ => {
                let policies = direct_policies(self.directory, row);
                let said = policies.iter().map(|policy| self.policy_anew(policy));
                said.fold(Said::default(), Said::and)
            }
        }
    }

    fn list(&mut self, list: &'d Arc<[Arc<Policy>]>) -> Said {
        let address = list.as_ptr().addr();
        if let Some(said) = self.of_list.get(&address) {
            return *said;
        }
        let said = list.iter().map(|policy| self.policy(policy)).fold(Said::default(), Said::and);
        self.of_list.insert(address, said);
        said
    }

    fn policy(&mut self, policy: &'d Arc<Policy>) -> Said {
        let mut rests = None;
        for group in &policy.permission_groups {
            rests = best(rests, self.permission(group));
        }
        let Some(rests) = rests else { return Said::default() };
        let mut sure = None;
        for group in &policy.resource_groups {
            sure = sure.max(self.resource(group));
        }
        said(&policy.access, rests, sure)
    }

    /// As [`Self::policy`], for one that is gone when this returns: nothing is kept by its address.
    fn policy_anew(&self, policy: &Policy) -> Said {
        let wanted = &self.question.permission;
        let rests = policy.permission_groups.iter().map(|group| gives(group, wanted));
        let Some(rests) = rests.fold(None, best) else { return Said::default() };
        let sure = policy.resource_groups.iter().filter_map(|group| self.covering(group));
        said(&policy.access, rests, sure.map(|(sure, _)| sure).max())
    }

    /// Whether a policy gives it, as far as it is known what its scopes cover.
    pub(super) fn allows(&self, policy: &Policy) -> bool {
        self.policy_anew(policy).sure.is_some()
    }

    fn permission(&mut self, group: &'d Arc<PermissionGroup>) -> Option<Rests> {
        let wanted = &self.question.permission;
        *self.of_permission.entry(Arc::as_ptr(group).addr()).or_insert_with(|| gives(group, wanted))
    }

    fn resource(&mut self, group: &'d Arc<ResourceGroup>) -> Option<Sure> {
        let address = Arc::as_ptr(group).addr();
        if let Some(known) = self.of_resource.get(&address) {
            return *known;
        }
        let sure = self.covering(group).map(|(sure, _)| sure);
        self.of_resource.insert(address, sure);
        sure
    }

    /// What of a resource group covers the place that is asked about.
    fn covering(&self, group: &ResourceGroup) -> Option<(Sure, Reach)> {
        let all = reaches(self.directory, group);
        let Some(on) = &self.question.on else {
            // What is granted on a scope of which nothing is known is held somewhere.
            return all.into_iter().next().map(|reach| (Sure::Yes, reach));
        };
        let on = Reach::Place(on.clone());
        let covering = all.iter().find(|reach| covers(reach, &on));
        let perhaps = || all.iter().find(|reach| matches!(reach, Reach::Unknown(_)));
        covering
            .map(|reach| (Sure::Yes, reach.clone()))
            .or_else(|| perhaps().map(|reach| (Sure::Perhaps, reach.clone())))
    }
}

/// Whether it is known who is in a group. Nobody is in one that is only staged.
fn is_read(directory: &Directory, group: Slot) -> bool {
    directory.groups().at(group).is_none_or(|group| {
        let list = || Collection::GroupMembers(group.id.clone());
        group.id.as_draft().is_some() || directory.coverage(&list()).is_complete()
    })
}

/// Everything that a member holds, each grant with the policies that prove it: those of each of its paths.
pub fn explained(directory: &Directory, member: &MemberId) -> Vec<(Grant, Vec<Proof>)> {
    let grants = grants(directory, member);
    let key = |access: &Access, permission: &PermissionGroup, on: Vec<Reach>| {
        (access.clone(), permission.id.clone(), on)
    };
    let places = grants.iter().enumerate().map(|(place, grant)| {
        let on = reaches(directory, &grant.resource_group);
        (key(&grant.access, &grant.permission_group, on), place)
    });
    let places: HashMap<_, usize> = places.collect();
    let mut all: Vec<(Grant, Vec<Proof>)> =
        grants.into_iter().map(|grant| (grant, Vec::new())).collect();
    for (path, policies) in sources(directory, member) {
        for policy in policies.iter() {
            for resource_group in &policy.resource_groups {
                let on = reaches(directory, resource_group);
                for permission_group in &policy.permission_groups {
                    let place = places.get(&key(&policy.access, permission_group, on.clone()));
                    let Some((_, proofs)) = place.and_then(|place| all.get_mut(*place)) else {
                        continue;
                    };
                    proofs.extend(on.first().map(|reach| Proof {
                        path: path.clone(),
                        policy: policy.clone(),
                        permission_group: permission_group.clone(),
                        resource_group: resource_group.clone(),
                        reach: reach.clone(),
                        rests: Rests::Itself,
                        sure: Sure::Yes,
                    }));
                }
            }
        }
    }
    all
}

/// The policies that a member holds, with how: directly first, then groups by name.
fn sources(directory: &Directory, member: &MemberId) -> Vec<(Path, Arc<[Arc<Policy>]>)> {
    let Some(row) = directory.members().get(member) else { return Vec::new() };
    let groups = directory.groups_of(member).iter();
    let mut groups: Vec<&Group> = groups.filter_map(|slot| directory.groups().at(*slot)).collect();
    groups.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    let through = groups
        .into_iter()
        .filter_map(|group| Some((Path::Group(group.id.clone()), group.policies.clone()?)));
    std::iter::once((Path::Direct, direct_policies(directory, row))).chain(through).collect()
}

fn best(one: Option<Rests>, other: Option<Rests>) -> Option<Rests> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn said(access: &Access, rests: Rests, sure: Option<Sure>) -> Said {
    match (access, sure) {
        (_, None) => Said::default(),
        (Access::Allow, sure) => Said { sure, itself: rests == Rests::Itself, denied: false },
        // An effect that isn't known may be a deny.
        (Access::Deny | Access::Other(_), _) => Said { denied: true, ..Said::default() },
    }
}

fn person<'s>(
    member: Slot,
    row: &Member,
    own: Said,
    through: impl Iterator<Item = &'s Said> + Clone,
) -> Option<Person> {
    let gives = |said: &Said| usize::from(said.sure.is_some());
    let paths = gives(&own) + through.clone().map(gives).sum::<usize>();
    let all = through.fold(own, |all, said| all.and(*said));
    Some(Person {
        member,
        paths: u32::try_from(paths).unwrap_or(u32::MAX),
        itself: all.itself,
        sure: all.sure?,
        denied: all.denied,
        pending: no_access_yet(row),
    })
}

/// The groups that give what is asked for, with how many of its paths each has; for who can't.
pub fn groups_that_give<'d>(directory: &'d Directory, question: &Question) -> Vec<&'d Group> {
    let mut asked = Asked::new(directory, question);
    let groups = directory.groups().values();
    let gives = groups.filter(|group| {
        group.policies.as_ref().is_some_and(|list| asked.list(list).sure == Some(Sure::Yes))
    });
    gives.collect()
}

/// Every place that something in the account is granted on, for completion: the account, zones by name, and what else
/// policies speak of.
pub fn places_known(directory: &Directory) -> BTreeSet<Place> {
    let mut known = BTreeSet::from([Place::Account]);
    known.extend(directory.zones().values().map(|zone| Place::Zone(zone.id.clone())));
    let groups = directory.resource_groups().values();
    known.extend(groups.flat_map(|group| super::scope::places(directory, group)));
    known
}

#[cfg(test)]
mod tests;
