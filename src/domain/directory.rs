//! An account as it is known here: its rows, who is in which group, and how far each list can be trusted.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::few::Few;
use super::load::{Load, Membership, Page, WalkId};
use super::shared::Shared;
use super::{
    Account, AccountId, Caller, Collection, Coverage, Fault, FaultKind, Gap, Group, GroupId, HasId,
    Member, MemberId, Now, Organization, OrganizationMember, OrganizationMemberId, PermissionGroup,
    PermissionGroupId, Progress, ResourceGroup, ResourceGroupId, Slot, Standing, Table, Zone,
    ZoneId,
};

/// Rows that a walk has brought so far.
#[derive(Clone, Debug, Default)]
struct Walk {
    id: Option<WalkId>,
    seen: HashSet<Slot>,
    set_aside: u32,
}

/// An account as it is known here. Console and command line both fill it through [`Directory::absorb`].
#[derive(Clone, Debug)]
pub struct Directory {
    /// The account.
    pub account: Account,
    /// Who is calling, as far as it is known.
    pub caller: Option<Caller>,
    /// The organization above the account, if there is one that can be read.
    pub organization: Option<Organization>,
    members: Table<MemberId, Member>,
    groups: Table<GroupId, Group>,
    permission_groups: Table<PermissionGroupId, Arc<PermissionGroup>>,
    resource_groups: Table<ResourceGroupId, Arc<ResourceGroup>>,
    zones: Table<ZoneId, Zone>,
    organization_members: Table<OrganizationMemberId, OrganizationMember>,
    /// By the group's slot: its members' slots, sorted.
    in_group: Vec<Vec<Slot>>,
    /// By the member's slot: its groups' slots, sorted.
    of_member: Vec<Few>,
    since: HashMap<(Slot, Slot), Timestamp>,
    coverage: HashMap<Collection, Coverage>,
    walks: HashMap<Collection, Walk>,
    shared: Shared,
    version: u64,
    counts: Counts,
}

/// What would be counted for every frame.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    /// Members that the account's list has.
    listed: usize,
    /// Groups that are staged to be created.
    drafts: usize,
    /// Groups whose member list has been read to its end.
    read: usize,
}

impl Directory {
    /// An account of which only the id is known.
    pub fn new(account: AccountId) -> Self {
        Self {
            account: Account { id: account, name: Arc::from(""), parent: None },
            caller: None,
            organization: None,
            members: Table::default(),
            groups: Table::default(),
            permission_groups: Table::default(),
            resource_groups: Table::default(),
            zones: Table::default(),
            organization_members: Table::default(),
            in_group: Vec::new(),
            of_member: Vec::new(),
            since: HashMap::new(),
            coverage: HashMap::new(),
            walks: HashMap::new(),
            shared: Shared::default(),
            version: 0,
            counts: Counts::default(),
        }
    }

    /// Grows with every row that is absorbed: what was computed from another version is out of date.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// All members that are known; those of whom only a group speaks are not `listed`.
    pub fn members(&self) -> &Table<MemberId, Member> {
        &self.members
    }

    /// All groups.
    pub fn groups(&self) -> &Table<GroupId, Group> {
        &self.groups
    }

    /// The catalogue of permission groups.
    pub fn permission_groups(&self) -> &Table<PermissionGroupId, Arc<PermissionGroup>> {
        &self.permission_groups
    }

    /// The catalogue of resource groups.
    pub fn resource_groups(&self) -> &Table<ResourceGroupId, Arc<ResourceGroup>> {
        &self.resource_groups
    }

    /// The zones that can be read.
    pub fn zones(&self) -> &Table<ZoneId, Zone> {
        &self.zones
    }

    /// The organization's members.
    pub fn organization_members(&self) -> &Table<OrganizationMemberId, OrganizationMember> {
        &self.organization_members
    }

    /// What is known of a list.
    pub fn coverage(&self, collection: &Collection) -> &Coverage {
        static UNREAD: Coverage = Coverage {
            standing: Standing::Unread,
            as_of: None,
            walk: None,
            failed: None,
            set_aside: 0,
        };
        self.coverage.get(collection).unwrap_or(&UNREAD)
    }

    /// The members of a group, sorted by slot.
    pub fn members_of(&self, group: &GroupId) -> &[Slot] {
        self.groups.slot(group).map_or(&[], |slot| self.members_at(slot))
    }

    /// The members of the group at a slot, sorted by slot.
    pub fn members_at(&self, group: Slot) -> &[Slot] {
        self.in_group.get(group.index()).map_or(&[], Vec::as_slice)
    }

    /// The groups of a member, sorted by slot. Whole only where every group's member list is.
    pub fn groups_of(&self, member: &MemberId) -> &[Slot] {
        self.members.slot(member).map_or(&[], |slot| self.groups_at(slot))
    }

    /// The groups of the member at a slot, sorted by slot.
    pub fn groups_at(&self, member: Slot) -> &[Slot] {
        self.of_member.get(member.index()).map_or(&[], Few::as_slice)
    }

    /// Whether the member is known to be in the group.
    pub fn is_in(&self, group: &GroupId, member: &MemberId) -> bool {
        self.members
            .slot(member)
            .is_some_and(|slot| self.members_of(group).binary_search(&slot).is_ok())
    }

    /// Since when a member is in a group, where it was asked for.
    pub fn since(&self, group: &GroupId, member: &MemberId) -> Option<Timestamp> {
        let key = (self.groups.slot(group)?, self.members.slot(member)?);
        self.since.get(&key).copied()
    }

    /// How many groups' member lists have been read to their end, and how many groups there are.
    pub fn group_members_read(&self) -> (usize, usize) {
        (self.counts.read, self.groups_there())
    }

    /// The groups whose member list can't be read, in the order of their ids, each with the reason.
    pub fn failed_member_lists(&self) -> Vec<(&GroupId, &Fault)> {
        let failed = self.coverage.iter().filter_map(|(collection, known)| match collection {
            Collection::GroupMembers(group) if known.is_given_up() => {
                Some((group, known.failed.as_ref()?))
            }
            _ => None,
        });
        let mut failed: Vec<_> = failed.collect();
        failed.sort_unstable_by_key(|(group, _)| *group);
        failed
    }

    /// How many members the account's list has.
    pub fn members_listed(&self) -> usize {
        self.counts.listed
    }

    /// How many groups there are, without those that are staged to be created.
    pub fn groups_there(&self) -> usize {
        self.groups.len().saturating_sub(self.counts.drafts)
    }

    /// Whether a member's groups are all known: every group's member list has been read to its end.
    pub fn knows_all_groups(&self) -> bool {
        let (read, all) = self.group_members_read();
        read == all && self.coverage(&Collection::Groups).is_whole()
    }

    /// The ids of all groups.
    pub fn group_ids(&self) -> impl Iterator<Item = GroupId> {
        self.groups.values().map(|group| group.id.clone())
    }

    /// Makes the groups that are staged to be created exactly these, so that lists and pickers show them.
    pub fn set_drafts(&mut self, drafts: Vec<Group>) {
        self.version += 1;
        let stale = self
            .groups
            .iter()
            .filter(|(_, group)| group.id.as_draft().is_some())
            .map(|(slot, _)| slot);
        for slot in stale.collect::<Vec<_>>() {
            self.groups.remove(slot);
        }
        self.counts.drafts = drafts.len();
        for draft in drafts {
            self.put_group(draft);
        }
    }

    /// Takes in what reading has brought. Pages of a walk that another has replaced are dropped.
    pub fn absorb(&mut self, load: Load, now: Now) {
        self.version += 1;
        match load {
            Load::Begun { collection, walk } => self.begin(collection, walk),
            Load::Page { walk, page, of, set_aside } => self.page(walk, page, of, set_aside),
            Load::Ended { collection, walk, gaps } => self.end(&collection, walk, gaps, now),
            Load::Failed { collection, walk, fault } => self.fail(&collection, walk, fault),
            Load::Rows(page) => {
                self.put_page(page);
            }
            Load::GroupGone(group) => self.remove_group(&group),
            Load::MemberGone(member) => self.remove_member(&member),
            Load::Membership { group, member, present, since } => {
                self.membership(&group, &member, present, since);
            }
        }
    }

    fn begin(&mut self, collection: Collection, walk: WalkId) {
        let coverage = self.coverage.entry(collection.clone()).or_default();
        coverage.walk = Some(Progress { rows: 0, of: None });
        self.walks.insert(collection, Walk { id: Some(walk), ..Walk::default() });
    }

    fn page(&mut self, walk: WalkId, page: Page, of: Option<u32>, set_aside: u32) {
        let collection = page.collection();
        if self.walks.get(&collection).and_then(|w| w.id) != Some(walk) {
            return;
        }
        let slots = self.put_page(page);
        let Some(state) = self.walks.get_mut(&collection) else { return };
        state.seen.extend(slots);
        state.set_aside += set_aside;
        let rows = u32::try_from(state.seen.len()).unwrap_or(u32::MAX);
        let coverage = self.coverage.entry(collection).or_default();
        coverage.walk = Some(Progress { rows, of });
        if coverage.standing == Standing::Unread {
            coverage.standing = Standing::Begun;
        }
    }

    fn end(&mut self, collection: &Collection, walk: WalkId, gaps: Vec<Gap>, now: Now) {
        if self.walks.get(collection).and_then(|w| w.id) != Some(walk) {
            return;
        }
        let Some(state) = self.walks.remove(collection) else { return };
        // A walk that is known to have missed rows proves no absence.
        if gaps.is_empty() || gaps.iter().all(|gap| matches!(gap, Gap::SetAside(_))) {
            self.keep_only(collection, &state.seen);
        }
        let standing = if gaps.is_empty() { Standing::Complete } else { Standing::Partial(gaps) };
        self.stand(collection, standing);
        let coverage = self.coverage.entry(collection.clone()).or_default();
        coverage.as_of = Some(now);
        coverage.walk = None;
        coverage.failed = None;
        coverage.set_aside = state.set_aside;
    }

    fn fail(&mut self, collection: &Collection, walk: WalkId, fault: Fault) {
        if self.walks.get(collection).and_then(|w| w.id) != Some(walk) {
            return;
        }
        self.walks.remove(collection);
        if matches!(fault.kind, FaultKind::Permission(_) | FaultKind::NotEnabled) {
            self.stand(collection, Standing::Forbidden(fault.clone()));
        }
        let coverage = self.coverage.entry(collection.clone()).or_default();
        coverage.walk = None;
        coverage.failed = Some(fault);
    }

    /// How far a list can be trusted from now on.
    fn stand(&mut self, collection: &Collection, standing: Standing) {
        let coverage = self.coverage.entry(collection.clone()).or_default();
        let was_whole = coverage.is_whole();
        coverage.standing = standing;
        let is_whole = coverage.is_whole();
        // A group that is gone has no list.
        if let Collection::GroupMembers(group) = collection
            && self.groups.get(group).is_some()
        {
            self.counts.read = self.counts.read + usize::from(is_whole) - usize::from(was_whole);
        }
    }

    fn put_page(&mut self, page: Page) -> Vec<Slot> {
        match page {
            Page::Members(rows) => rows.into_iter().filter_map(|m| self.put_member(m)).collect(),
            Page::Groups(rows) => rows.into_iter().filter_map(|g| self.put_group(g)).collect(),
            Page::GroupMembers(group, rows) => {
                rows.into_iter().filter_map(|m| self.put_edge(&group, m)).collect()
            }
            Page::PermissionGroups(rows) => {
                rows.into_iter().filter_map(|p| self.permission_groups.put(Arc::new(p))).collect()
            }
            Page::ResourceGroups(rows) => {
                rows.into_iter().filter_map(|r| self.resource_groups.put(Arc::new(r))).collect()
            }
            Page::Zones(rows) => rows.into_iter().filter_map(|z| self.zones.put(z)).collect(),
            Page::OrganizationMembers(rows) => {
                rows.into_iter().filter_map(|m| self.organization_members.put(m)).collect()
            }
        }
    }

    fn put_member(&mut self, mut member: Member) -> Option<Slot> {
        member.policies = member.policies.map(|list| self.shared.policies(&list));
        member.roles = self.shared.roles(member.roles);
        member.listed = true;
        let known = self.members.get(&member.id).is_some_and(|known| known.listed);
        self.counts.listed += usize::from(!known);
        self.members.put(member)
    }

    fn put_group(&mut self, mut group: Group) -> Option<Slot> {
        group.policies = group.policies.map(|list| self.shared.policies(&list));
        if self.groups.get(&group.id).is_none() {
            let members = self.coverage(&Collection::GroupMembers(group.id.clone()));
            self.counts.read += usize::from(members.is_whole());
        }
        self.groups.put(group)
    }

    fn put_edge(&mut self, group: &GroupId, row: Membership) -> Option<Slot> {
        let group = self.groups.slot(group)?;
        let known = self.members.slot(&row.member).filter(|slot| self.members.at(*slot).is_some());
        let member = known
            .or_else(|| self.members.put(Member::from_group(row.member, &row.email, row.status)))?;
        self.link(group, member);
        Some(member)
    }

    fn link(&mut self, group: Slot, member: Slot) {
        insert(list_at(&mut self.in_group, group), member);
        list_at(&mut self.of_member, member).insert(group);
    }

    fn unlink(&mut self, group: Slot, member: Slot) {
        take(list_at(&mut self.in_group, group), member);
        list_at(&mut self.of_member, member).remove(group);
        self.since.remove(&(group, member));
    }

    fn keep_only(&mut self, collection: &Collection, seen: &HashSet<Slot>) {
        match collection {
            Collection::Members => self.drop_unlisted(seen),
            Collection::Groups => {
                for slot in unseen(&self.groups, seen) {
                    if self.groups.at(slot).is_some_and(|group| group.id.as_draft().is_none()) {
                        self.remove_group_at(slot);
                    }
                }
            }
            Collection::GroupMembers(group) => {
                let Some(group) = self.groups.slot(group) else { return };
                let gone: Vec<Slot> =
                    self.members_at(group).iter().copied().filter(|m| !seen.contains(m)).collect();
                for member in gone {
                    self.unlink(group, member);
                }
            }
            Collection::PermissionGroups => drop_unseen(&mut self.permission_groups, seen),
            Collection::ResourceGroups => drop_unseen(&mut self.resource_groups, seen),
            Collection::Zones => drop_unseen(&mut self.zones, seen),
            Collection::OrganizationMembers => drop_unseen(&mut self.organization_members, seen),
        }
    }

    /// A member whom the account's list no longer has is gone, unless a group still speaks of it.
    fn drop_unlisted(&mut self, seen: &HashSet<Slot>) {
        for slot in unseen(&self.members, seen) {
            let listed = self.members.at(slot).is_some_and(|member| member.listed);
            self.counts.listed -= usize::from(listed);
            if self.groups_at(slot).is_empty() {
                self.members.remove(slot);
            } else if let Some(member) = self.members.at_mut(slot) {
                member.listed = false;
            }
        }
    }

    /// Nobody who is not in the account is in its groups.
    fn remove_member(&mut self, member: &MemberId) {
        let Some(slot) = self.members.slot(member) else { return };
        for group in self.groups_at(slot).to_vec() {
            self.unlink(group, slot);
        }
        if let Some(gone) = self.members.remove(slot) {
            self.counts.listed -= usize::from(gone.listed);
        }
    }

    fn remove_group(&mut self, group: &GroupId) {
        if let Some(slot) = self.groups.slot(group) {
            self.remove_group_at(slot);
        }
    }

    fn remove_group_at(&mut self, group: Slot) {
        for member in self.members_at(group).to_vec() {
            self.unlink(group, member);
        }
        if let Some(group) = self.groups.remove(group) {
            let coverage = self.coverage.remove(&Collection::GroupMembers(group.id.clone()));
            self.counts.read -= usize::from(coverage.is_some_and(|known| known.is_whole()));
            self.walks.remove(&Collection::GroupMembers(group.id));
        }
    }

    fn membership(
        &mut self,
        group: &GroupId,
        member: &MemberId,
        present: bool,
        since: Option<Timestamp>,
    ) {
        let (Some(group), Some(member)) = (self.groups.slot(group), self.members.slot(member))
        else {
            return;
        };
        if !present {
            self.unlink(group, member);
            return;
        }
        self.link(group, member);
        if let Some(since) = since {
            self.since.insert((group, member), since);
        }
    }
}

fn unseen<K: Eq + std::hash::Hash + Clone, R: HasId<K>>(
    table: &Table<K, R>,
    seen: &HashSet<Slot>,
) -> Vec<Slot> {
    table.iter().map(|(slot, _)| slot).filter(|slot| !seen.contains(slot)).collect()
}

fn drop_unseen<K: Eq + std::hash::Hash + Clone, R: HasId<K>>(
    table: &mut Table<K, R>,
    seen: &HashSet<Slot>,
) {
    for slot in unseen(table, seen) {
        table.remove(slot);
    }
}

fn list_at<L: Default>(lists: &mut Vec<L>, slot: Slot) -> &mut L {
    if lists.len() <= slot.index() {
        lists.resize_with(slot.index() + 1, L::default);
    }
    // The list is there: the line above has made it.
    #[expect(clippy::indexing_slicing, reason = "the list has just been made long enough")]
    &mut lists[slot.index()]
}

fn insert(list: &mut Vec<Slot>, slot: Slot) {
    if let Err(place) = list.binary_search(&slot) {
        list.insert(place, slot);
    }
}

fn take(list: &mut Vec<Slot>, slot: Slot) {
    if let Ok(place) = list.binary_search(&slot) {
        list.remove(place);
    }
}
