//! One account: its members, groups, resource groups and zones, with the look-ups that lists need.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{Catalogue, Id, Moment, Person, Policy, ResourceGroup};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::emulator) enum Status {
    Accepted,
    Pending,
}

impl Status {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Pending => "pending",
        }
    }
}

/// A membership. Of a pending one the service knows the e-mail alone.
#[derive(Clone)]
pub(in crate::emulator) struct Member {
    pub id: Id,
    pub person: Person,
    pub status: Status,
    /// When it was invited.
    pub since: Moment,
    /// Has the feature that group membership needs ("domain-scoped roles"); nothing on the wire tells.
    pub dsr: bool,
    pub roles: Box<[Id]>,
    pub policies: Vec<Policy>,
}

/// One member of a group, and since when.
#[derive(Clone, Copy)]
pub(in crate::emulator) struct Joined {
    pub member: Id,
    pub at: Moment,
}

#[derive(Clone)]
pub(in crate::emulator) struct Group {
    pub id: Id,
    pub name: Box<str>,
    pub created: Moment,
    pub modified: Moment,
    /// Kept by an identity provider: refuses all edits but those of its policies. Nothing on the wire tells.
    pub kept_elsewhere: bool,
    pub policies: Vec<Policy>,
    /// By e-mail, then id.
    pub members: Vec<Joined>,
}

#[derive(Clone)]
pub(in crate::emulator) struct Zone {
    pub id: Id,
    pub name: Box<str>,
    pub created: Moment,
}

/// An order in which members are listed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::emulator) enum Order {
    Since,
    First,
    Last,
    Email,
    Status,
}

#[derive(Clone)]
pub(in crate::emulator) struct Account {
    pub id: Id,
    pub name: String,
    pub created: Moment,
    pub catalogue: Arc<Catalogue>,
    pub zones: Vec<Zone>,
    pub resource_groups: BTreeMap<Id, ResourceGroup>,
    pub groups: BTreeMap<Id, Group>,
    members: HashMap<Id, Arc<Member>>,
    by_email: HashMap<String, Id>,
    /// Pending members by the moment of their invitation.
    invited: BTreeSet<(Moment, Id)>,
    /// Orders that were asked for since the members last changed.
    orders: BTreeMap<Order, Arc<[Id]>>,
}

impl Account {
    pub fn new(id: Id, name: String, created: Moment, catalogue: Arc<Catalogue>) -> Self {
        Self {
            id,
            name,
            created,
            catalogue,
            zones: Vec::new(),
            resource_groups: BTreeMap::new(),
            groups: BTreeMap::new(),
            members: HashMap::new(),
            by_email: HashMap::new(),
            invited: BTreeSet::new(),
            orders: BTreeMap::new(),
        }
    }

    pub fn member(&self, id: Id) -> Option<&Arc<Member>> {
        self.members.get(&id)
    }

    pub fn member_by_email(&self, email: &str) -> Option<&Arc<Member>> {
        self.by_email.get(&email.to_lowercase()).and_then(|id| self.members.get(id))
    }

    pub fn put_member(&mut self, member: Arc<Member>) {
        self.drop_member_entry(member.id);
        self.by_email.insert(member.person.email.to_lowercase(), member.id);
        if member.status == Status::Pending {
            self.invited.insert((member.since, member.id));
        }
        self.members.insert(member.id, member);
    }

    fn drop_member_entry(&mut self, id: Id) {
        self.orders.clear();
        if let Some(old) = self.members.remove(&id) {
            self.by_email.remove(&old.person.email.to_lowercase());
            self.invited.remove(&(old.since, id));
        }
    }

    /// Removes a membership, and the member from all groups.
    pub fn drop_member(&mut self, id: Id) {
        for group in self.groups.values_mut() {
            group.members.retain(|joined| joined.member != id);
        }
        self.drop_member_entry(id);
    }

    /// The pending member who was invited first, if that was before `before`.
    pub fn lapsed(&self, before: Moment) -> Option<Id> {
        self.invited.first().filter(|(since, _)| *since < before).map(|(_, id)| *id)
    }

    /// Everyone's id in an order; those who are equal in it stand by id.
    pub fn ordered(&mut self, order: Order) -> Arc<[Id]> {
        if let Some(known) = self.orders.get(&order) {
            return Arc::clone(known);
        }
        let mut rows: Vec<&Member> = self.members.values().map(AsRef::as_ref).collect();
        let lower = |text: &str| text.to_lowercase();
        match order {
            Order::Since => rows.sort_by_key(|m| (m.since, m.id)),
            Order::First => rows.sort_by_cached_key(|m| (lower(&m.person.first), m.id)),
            Order::Last => rows.sort_by_cached_key(|m| (lower(&m.person.last), m.id)),
            Order::Email => rows.sort_by_cached_key(|m| (lower(&m.person.email), m.id)),
            Order::Status => rows.sort_by_key(|m| (m.status.word(), m.id)),
        }
        let ids: Arc<[Id]> = rows.into_iter().map(|member| member.id).collect();
        self.orders.insert(order, Arc::clone(&ids));
        ids
    }

    /// Where a member stands in a group, or where it would have to stand.
    fn place(&self, group: &Group, member: Id) -> Result<usize, usize> {
        let key = |id: Id| (self.members.get(&id).map_or("", |m| &*m.person.email), id);
        let wanted = key(member);
        group.members.binary_search_by(|joined| key(joined.member).cmp(&wanted))
    }

    /// The entry of a member in a group.
    pub fn joined(&self, group: Id, member: Id) -> Option<Joined> {
        let group = self.groups.get(&group)?;
        self.place(group, member).ok().and_then(|at| group.members.get(at).copied())
    }

    /// Puts a member into a group; one who is in keeps the old date.
    pub fn join(&mut self, group: Id, joined: Joined) {
        let place = self.groups.get(&group).map(|known| self.place(known, joined.member));
        if let (Some(Err(at)), Some(group)) = (place, self.groups.get_mut(&group)) {
            group.members.insert(at, joined);
        }
    }

    /// Takes a member out of a group.
    pub fn leave(&mut self, group: Id, member: Id) {
        let place = self.groups.get(&group).map(|known| self.place(known, member));
        if let (Some(Ok(at)), Some(group)) = (place, self.groups.get_mut(&group)) {
            group.members.remove(at);
        }
    }

    /// Fills a group in one go.
    pub fn fill(&mut self, group: Id, mut members: Vec<Joined>) {
        members.sort_by_cached_key(|j| {
            (self.members.get(&j.member).map_or("", |m| &*m.person.email).to_owned(), j.member)
        });
        members.dedup_by_key(|joined| joined.member);
        if let Some(group) = self.groups.get_mut(&group) {
            group.members = members;
        }
    }

    /// A group by its exact name.
    pub fn group_named(&self, name: &str) -> Option<&Group> {
        self.groups.values().find(|group| &*group.name == name)
    }

    /// The account's own resource group.
    pub fn whole(&self) -> Option<&ResourceGroup> {
        self.resource_groups.values().find(|group| group.built_in)
    }
}

impl Account {
    /// The roles that say what these policies allow on the whole account: the older view of the same grants.
    pub fn roles_of(&self, policies: &[Policy]) -> Box<[Id]> {
        let whole = |policy: &&Policy| {
            policy.access == super::Access::Allow
                && policy
                    .resource_groups
                    .iter()
                    .any(|id| self.resource_groups.get(id).is_some_and(|g| g.built_in))
        };
        let granted = policies
            .iter()
            .filter(whole)
            .flat_map(|policy| policy.permission_groups.iter().copied());
        self.catalogue.roles_of(granted)
    }
}
