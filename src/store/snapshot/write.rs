//! A snapshot, written.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};
use std::sync::Arc;

use super::lines::Out;
use super::rows::{
    AccountRow, GroupRow, Key, Known, MemberRow, OrganizationMemberRow, OrganizationRow,
    PermissionGroupRow, PolicyRow, ResourceGroupRow, ZoneRow, keys,
};
use super::{FIRST, LISTS, VERSION};
use crate::domain::{Collection, Directory, Group, Member, Policy, Slot, Snapshot};

/// The keys of policies, by where each is kept: many members share one.
type Keys = HashMap<*const Policy, Key>;

/// Writes all of a snapshot.
pub(super) fn write<W: Write>(to: W, snapshot: &Snapshot) -> io::Result<W> {
    let directory = &snapshot.directory;
    let mut out = Out::new(to);
    out.first(FIRST, VERSION)?;
    out.value("taken", &snapshot.taken)?;
    out.value("account", &AccountRow::from(&directory.account))?;
    let organization = directory.organization.as_ref();
    out.value("organization", &organization.map(OrganizationRow::from))?;
    let read = LISTS.iter().map(|(name, list)| (*name, Known::from(directory.coverage(list))));
    out.value("read", &read.collect::<BTreeMap<_, _>>())?;
    catalogue(&mut out, directory)?;
    let (keys, policies) = policies(directory)?;
    out.list("policies", policies.into_values())?;
    out.list("members", members(directory, &keys))?;
    out.list("groups", groups(directory, &keys))?;
    let people = sorted(directory.organization_members().iter(), |member| member.id.clone());
    let people = people.into_iter().filter_map(|slot| directory.organization_members().at(slot));
    out.list("organization_members", people.map(OrganizationMemberRow::from))?;
    out.end()
}

fn catalogue<W: Write>(out: &mut Out<W>, directory: &Directory) -> io::Result<()> {
    let (permissions, resources) = (directory.permission_groups(), directory.resource_groups());
    let slots = sorted(permissions.iter(), |group| group.id.clone());
    let rows = slots.into_iter().filter_map(|slot| permissions.at(slot));
    out.list("permission_groups", rows.map(|group| PermissionGroupRow::from(&**group)))?;
    let slots = sorted(resources.iter(), |group| group.id.clone());
    let rows = slots.into_iter().filter_map(|slot| resources.at(slot));
    out.list("resource_groups", rows.map(|group| ResourceGroupRow::from(&**group)))?;
    let slots = sorted(directory.zones().iter(), |zone| zone.id.clone());
    let rows = slots.into_iter().filter_map(|slot| directory.zones().at(slot));
    out.list("zones", rows.map(ZoneRow::from))
}

/// The policies that members and groups hold, each once, by its content.
fn policies(directory: &Directory) -> io::Result<(Keys, BTreeMap<Key, PolicyRow>)> {
    let own = directory.members().values().flat_map(Member::direct_policies);
    let groups = directory.groups().values().flat_map(Group::policies);
    let (mut keys, mut rows) = (Keys::new(), BTreeMap::new());
    for policy in own.chain(groups) {
        if let Entry::Vacant(unseen) = keys.entry(Arc::as_ptr(policy)) {
            let row = PolicyRow::of(policy)?;
            unseen.insert(row.key.clone());
            rows.insert(row.key.clone(), row);
        }
    }
    Ok((keys, rows))
}

fn members<'d>(directory: &'d Directory, known: &'d Keys) -> impl Iterator<Item = MemberRow> + 'd {
    let slots = sorted(directory.members().iter(), |member| member.id.clone());
    slots.into_iter().filter_map(move |slot| {
        let member = directory.members().at(slot)?;
        let policies = keys(member.policies.as_ref(), |one| known.get(&Arc::as_ptr(one)).cloned());
        Some(MemberRow::of(member, policies))
    })
}

/// Groups that are only staged to be created are not the account's.
fn groups<'d>(directory: &'d Directory, known: &'d Keys) -> impl Iterator<Item = GroupRow> + 'd {
    let there = directory.groups().iter().filter(|(_, group)| group.id.as_draft().is_none());
    let slots = sorted(there, |group| group.id.clone());
    slots.into_iter().filter_map(move |slot| {
        let group = directory.groups().at(slot)?;
        let policies = keys(group.policies.as_ref(), |one| known.get(&Arc::as_ptr(one)).cloned());
        let inside = directory.members_at(slot).iter();
        let inside = inside.filter_map(|slot| directory.members().at(*slot));
        let mut inside: Vec<_> = inside.map(|member| member.id.clone()).collect();
        inside.sort();
        let read = directory.coverage(&Collection::GroupMembers(group.id.clone()));
        Some(GroupRow::of(group, policies, Known::from(read), inside))
    })
}

/// The places of rows, by their ids.
fn sorted<'r, R: 'r, K: Ord>(
    rows: impl Iterator<Item = (Slot, &'r R)>,
    id: impl Fn(&R) -> K,
) -> Vec<Slot> {
    let mut rows: Vec<(K, Slot)> = rows.map(|(slot, row)| (id(row), slot)).collect();
    rows.sort();
    rows.into_iter().map(|(_, slot)| slot).collect()
}
