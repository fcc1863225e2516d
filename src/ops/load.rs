//! Reading lists and single rows. Whatever comes is given to `sink` as [`Load`]s, to be absorbed in order.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;

use super::fan::{Flow, side_by_side};
use crate::api::{Client, List};
use crate::domain::{
    AccountId, Collection, Fault, FaultKind, GroupId, Load, MemberId, OrganizationId,
    OrganizationMemberId, Page, Urgency, WalkId,
};

/// A walk's id, never given twice while the program runs: pages of a walk that another has replaced are told
/// apart by it.
pub(super) fn next_walk() -> WalkId {
    static LAST: AtomicU64 = AtomicU64::new(0);
    WalkId(LAST.fetch_add(1, Ordering::Relaxed) + 1)
}

/// Reads a whole list. A list of an organization needs the organization.
///
/// # Errors
/// Why the walk failed; it was given to `sink` too.
pub async fn list(
    client: &Client,
    account: &AccountId,
    organization: Option<&OrganizationId>,
    collection: Collection,
    urgency: Urgency,
    sink: impl FnMut(Load) + Send,
) -> Result<(), Fault> {
    let list = match (collection, organization) {
        (Collection::Members, _) => List::members(account.clone()),
        (Collection::Groups, _) => List::groups(account.clone()),
        (Collection::GroupMembers(group), _) => List::group_members(account.clone(), group),
        (Collection::PermissionGroups, _) => List::PermissionGroups { account: account.clone() },
        (Collection::ResourceGroups, _) => List::ResourceGroups { account: account.clone() },
        (Collection::Zones, _) => List::Zones { account: account.clone() },
        (Collection::OrganizationMembers, Some(organization)) => {
            List::organization_members(organization.clone())
        }
        (Collection::OrganizationMembers, None) => {
            return Err(Fault::new(
                FaultKind::Config,
                "reading the organization's members: there is no organization",
                "name one with --organization",
            ));
        }
    };
    walk(client, &list, urgency, sink).await
}

/// Reads a part of a list, as the service filters it. What is left out counts as gone where it is absorbed.
///
/// # Errors
/// Why the walk failed; it was given to `sink` too.
pub async fn part(
    client: &Client,
    list: &List,
    sink: impl FnMut(Load) + Send,
) -> Result<(), Fault> {
    walk(client, list, Urgency::Screen, sink).await
}

/// Walks a list, and gives back why it failed.
pub(super) async fn walk(
    client: &Client,
    list: &List,
    urgency: Urgency,
    mut sink: impl FnMut(Load) + Send,
) -> Result<(), Fault> {
    let mut failed = None;
    let watched = |load: Load| {
        failed = match &load {
            Load::Failed { fault, .. } => Some(fault.clone()),
            _ => None,
        };
        sink(load);
    };
    client.walk(list, urgency, next_walk, watched).await;
    failed.map_or(Ok(()), Err)
}

/// Reads the member lists of groups, several side by side: no call lists the groups of a member. A group whose
/// list can't be read fails by itself; a credential that is refused, or may not read, ends it for all.
///
/// # Errors
/// The first failure; the others were given to `sink` too.
pub async fn all_group_members(
    client: &Client,
    account: &AccountId,
    groups: &[GroupId],
    mut sink: impl FnMut(Load) + Send,
) -> Result<(), Fault> {
    let (tell, mut told) = mpsc::unbounded_channel();
    let start = move |group: GroupId| {
        let (client, tell) = (client.clone(), tell.clone());
        let list = List::group_members(account.clone(), group);
        async move { walk(&client, &list, Urgency::Bulk, |load| drop(tell.send(load))).await }
    };
    let (mut first, mut refused) = (None::<Fault>, None::<Fault>);
    let each = |result: Result<(), Fault>| {
        let Err(fault) = result else { return Flow::GoOn };
        first.get_or_insert_with(|| fault.clone());
        if !is_for_all(&fault) {
            return Flow::GoOn;
        }
        refused = Some(fault);
        Flow::Enough
    };
    let walks = side_by_side(groups.to_vec(), start, each);
    let absorb = async {
        while let Some(load) = told.recv().await {
            sink(load);
        }
    };
    let (left, ()) = tokio::join!(walks, absorb);
    if let Some(fault) = refused {
        for group in left {
            refuse(group, &fault, &mut sink);
        }
    }
    first.map_or(Ok(()), Err)
}

/// Whether a failure says the same of every other list of its kind, so that asking on is of no use.
fn is_for_all(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::Credential | FaultKind::Permission(_) | FaultKind::NotEnabled)
}

fn refuse(group: GroupId, fault: &Fault, sink: &mut impl FnMut(Load)) {
    let (collection, walk) = (Collection::GroupMembers(group), next_walk());
    sink(Load::Begun { collection: collection.clone(), walk });
    sink(Load::Failed { collection, walk, fault: fault.clone() });
}

/// A membership whose date is asked for.
pub type Since = (GroupId, MemberId);

/// Reads since when members are in groups, one request for each.
///
/// # Errors
/// The first failure.
pub async fn since(
    client: &Client,
    account: &AccountId,
    pairs: &[Since],
    mut sink: impl FnMut(Load) + Send,
) -> Result<(), Fault> {
    let start = |(group, member): Since| {
        let (client, account) = (client.clone(), account.clone());
        async move {
            let read = client.membership(&account, &group, &member, Urgency::Screen).await?;
            let present = read.is_some();
            let since = read.and_then(|read| read.since);
            Ok(Load::Membership { group, member, present, since })
        }
    };
    let mut first = None;
    let each = |result: Result<Load, Fault>| match result {
        // That someone is not in a group counts only where the group is known to be there; the lists tell that.
        Ok(Load::Membership { present: false, .. }) => Flow::GoOn,
        Ok(load) => {
            sink(load);
            Flow::GoOn
        }
        Err(fault) => {
            let enough = is_for_all(&fault);
            first.get_or_insert(fault);
            if enough { Flow::Enough } else { Flow::GoOn }
        }
    };
    side_by_side(pairs.to_vec(), start, each).await;
    first.map_or(Ok(()), Err)
}

/// Reads one group afresh.
///
/// # Errors
/// Why it could not be read. A group that is not there is none: `sink` is told.
pub async fn group(
    client: &Client,
    account: &AccountId,
    group: &GroupId,
    mut sink: impl FnMut(Load) + Send,
) -> Result<(), Fault> {
    match client.group(account, group, Urgency::Screen).await? {
        Some(read) => sink(Load::Rows(Page::Groups(vec![read.group]))),
        None => sink(Load::GroupGone(group.clone())),
    }
    Ok(())
}

/// Reads one member of the organization with everything it holds.
///
/// # Errors
/// Why it could not be read, or that it is not there.
pub async fn organization_member(
    client: &Client,
    organization: &OrganizationId,
    member: &OrganizationMemberId,
    mut sink: impl FnMut(Load) + Send,
) -> Result<(), Fault> {
    let Some(read) = client.organization_member(organization, member).await? else {
        return Err(Fault::new(
            FaultKind::NotFound,
            "reading the organization's member: it is no longer there",
            "refresh",
        ));
    };
    sink(Load::Rows(Page::OrganizationMembers(vec![read])));
    Ok(())
}
