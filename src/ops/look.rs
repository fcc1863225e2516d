//! Carrying out a look: the fewest reads that answer it.

mod people;

use std::collections::BTreeMap;

use super::fan::{Flow, side_by_side};
use super::load;
use crate::api::{Client, GroupRead, List, RawPolicies};
use crate::domain::{
    AccountId, Fault, FaultKind, Group, GroupId, Load, MemberId, MemberStatus, Page, Target,
    Urgency,
};
use crate::plan::{Look, Presence, Purpose, Seen, Sight};

/// What a look has brought, beside its answer.
pub(super) struct Looked {
    pub(super) seen: Seen,
    /// The same, for the directory.
    pub(super) loads: Vec<Load>,
    /// What a group or a member holds as it came, for writing it.
    pub(super) came: Option<(Target, Came)>,
}

/// What a group or a member holds, as it came with a look.
pub(super) struct Came {
    pub(super) policies: RawPolicies,
    /// A member's status, which goes back with its policies; a group has none.
    pub(super) status: MemberStatus,
}

/// Carries out a look.
pub(super) async fn look(client: Client, account: AccountId, look: Look) -> Looked {
    let mut eye = Eye { client, account, purpose: look.purpose, loads: Vec::new(), came: None };
    let seen = eye.see(look.sight).await.unwrap_or_else(Seen::Failed);
    #[cfg(debug_assertions)]
    match look.purpose {
        Purpose::Preflight => {}
        Purpose::Verify => crate::crash::at("verify"),
        Purpose::Resolve => crate::crash::at("resolve"),
    }
    Looked { seen, loads: eye.loads, came: eye.came }
}

struct Eye {
    client: Client,
    account: AccountId,
    purpose: Purpose,
    loads: Vec<Load>,
    came: Option<(Target, Came)>,
}

impl Eye {
    fn urgency(&self) -> Urgency {
        match self.purpose {
            Purpose::Preflight => Urgency::Preflight,
            Purpose::Verify | Purpose::Resolve => Urgency::Resolve,
        }
    }

    async fn see(&mut self, sight: Sight) -> Result<Seen, Fault> {
        let (id, present, since, by_list, group_too) = match sight {
            Sight::Named(name) => {
                let found = self.client.groups_named(&self.account, &name, self.urgency()).await?;
                return Ok(Seen::Named(found));
            }
            Sight::Members { group, twice } => return self.all_members(&group, twice).await,
            Sight::Member(member) => return self.member(&member).await,
            Sight::WithEmail { email, everyone } => return self.with_email(&email, everyone).await,
            Sight::Group { group, present, since, by_list, group_too } => {
                (group, present, since, by_list, group_too)
            }
        };
        let mut group = if group_too { self.group(&id).await? } else { None };
        if group_too && group.is_none() {
            return Ok(Seen::GroupGone);
        }
        let members = self.members(&id, present, since, by_list).await?;
        // A member who is not found is out of the group only if the group is there.
        if group.is_none() && members.values().any(|p| !matches!(p, Presence::In { .. })) {
            group = self.group(&id).await?;
            if group.is_none() {
                return Ok(Seen::GroupGone);
            }
        }
        self.tell_members(&id, &members);
        Ok(Seen::Group { group, members })
    }

    async fn members(
        &mut self,
        id: &GroupId,
        present: Vec<MemberId>,
        since: Vec<MemberId>,
        by_list: bool,
    ) -> Result<BTreeMap<MemberId, Presence>, Fault> {
        let (mut members, mut one_by_one) = (BTreeMap::new(), since);
        if by_list {
            one_by_one.extend(self.by_list(id, present, &mut members).await?);
        } else {
            one_by_one.extend(present);
        }
        self.one_by_one(id, one_by_one, &mut members).await?;
        Ok(members)
    }

    async fn group(&mut self, id: &GroupId) -> Result<Option<Group>, Fault> {
        let read = self.client.group(&self.account, id, self.urgency()).await?;
        let Some(GroupRead { group, raw }) = read else {
            self.loads.push(Load::GroupGone(id.clone()));
            return Ok(None);
        };
        let came = Came { policies: raw, status: MemberStatus::Unknown };
        self.came = Some((id.clone().into(), came));
        self.loads.push(Load::Rows(Page::Groups(vec![group.clone()])));
        Ok(Some(group))
    }

    /// Walks the group's list; gives back those of whom it proves nothing, as not everything has come.
    async fn by_list(
        &mut self,
        id: &GroupId,
        wanted: Vec<MemberId>,
        members: &mut BTreeMap<MemberId, Presence>,
    ) -> Result<Vec<MemberId>, Fault> {
        let list = List::group_members(self.account.clone(), id.clone());
        let (mut listed, mut whole) = (std::collections::HashSet::new(), false);
        let urgency = self.urgency();
        let loads = &mut self.loads;
        load::walk(&self.client, &list, urgency, |load| {
            match &load {
                Load::Begun { .. } => listed.clear(),
                Load::Page { page: Page::GroupMembers(_, rows), .. } => {
                    listed.extend(rows.iter().map(|row| row.member.clone()));
                }
                Load::Ended { gaps, .. } => whole = gaps.is_empty(),
                _ => {}
            }
            loads.push(load);
        })
        .await?;
        let mut left = Vec::new();
        for member in wanted {
            if listed.contains(&member) {
                members.insert(member, Presence::In { since: None });
            } else if whole {
                members.insert(member, Presence::Out);
            } else {
                left.push(member);
            }
        }
        Ok(left)
    }

    async fn one_by_one(
        &self,
        id: &GroupId,
        wanted: Vec<MemberId>,
        members: &mut BTreeMap<MemberId, Presence>,
    ) -> Result<(), Fault> {
        let start = |member: MemberId| {
            let (client, account, group) = (self.client.clone(), self.account.clone(), id.clone());
            let urgency = self.urgency();
            async move {
                let presence = presence(&client, &account, &group, &member, urgency).await?;
                Ok::<_, Fault>((member, presence))
            }
        };
        let mut failed = None;
        let each = |result: Result<(MemberId, Presence), Fault>| match result {
            Ok((member, presence)) => {
                members.insert(member, presence);
                Flow::GoOn
            }
            Err(fault) => {
                failed.get_or_insert(fault);
                Flow::Enough
            }
        };
        side_by_side(wanted, start, each).await;
        failed.map_or(Ok(()), Err)
    }

    fn tell_members(&mut self, group: &GroupId, members: &BTreeMap<MemberId, Presence>) {
        for (member, presence) in members {
            let (present, since) = match presence {
                Presence::In { since } => (true, *since),
                Presence::Out | Presence::Left => (false, None),
            };
            let (group, member) = (group.clone(), member.clone());
            self.loads.push(Load::Membership { group, member, present, since });
        }
    }
}

/// One membership. The service answers a read about someone who has left the account with a refusal.
async fn presence(
    client: &Client,
    account: &AccountId,
    group: &GroupId,
    member: &MemberId,
    urgency: Urgency,
) -> Result<Presence, Fault> {
    match client.membership(account, group, member, urgency).await {
        Ok(Some(read)) => Ok(Presence::In { since: read.since }),
        Ok(None) => Ok(Presence::Out),
        Err(fault) if matches!(fault.kind, FaultKind::Refused | FaultKind::NotFound) => {
            match client.member(account, member, urgency).await? {
                None => Ok(Presence::Left),
                Some(_) => Err(fault),
            }
        }
        Err(fault) => Err(fault),
    }
}
