//! Looks at people of the account, and at whole lists of members.

use std::collections::BTreeSet;

use super::{Came, Eye, load};
use crate::api::{List, MemberOrder, MemberRead};
use crate::domain::{Fault, FaultKind, GroupId, Load, Member, MemberId, Page};
use crate::plan::Seen;

impl Eye {
    /// One member of the account.
    pub(super) async fn member(&mut self, id: &MemberId) -> Result<Seen, Fault> {
        let Some(MemberRead { member, raw }) =
            self.client.member(&self.account, id, self.urgency()).await?
        else {
            self.loads.push(Load::MemberGone(id.clone()));
            return Ok(Seen::Member(None));
        };
        let came = Came { policies: raw, status: member.status.clone() };
        self.came = Some((id.clone().into(), came));
        self.loads.push(Load::Rows(Page::Members(vec![member.clone()])));
        Ok(Seen::Member(Some(member)))
    }

    /// Those whom the account knows by an e-mail. The service can't be asked for one: the list is walked.
    pub(super) async fn with_email(&mut self, email: &str, everyone: bool) -> Result<Seen, Fault> {
        let status = (!everyone).then(|| "pending".to_owned());
        let list =
            List::Members { account: self.account.clone(), status, order: MemberOrder::default() };
        let wanted = email.to_lowercase();
        let (mut found, mut whole) = (Vec::<Member>::new(), false);
        load::walk(&self.client, &list, self.urgency(), |load| match load {
            Load::Begun { .. } => found.clear(),
            Load::Page { page: Page::Members(rows), .. } => {
                found.extend(rows.into_iter().filter(|row| row.email.to_lowercase() == wanted));
            }
            Load::Ended { gaps, .. } => whole = gaps.is_empty(),
            _ => {}
        })
        .await?;
        if found.is_empty() && !whole {
            return Err(incomplete("looking for one who is invited: the list of members"));
        }
        self.loads.push(Load::Rows(Page::Members(found.clone())));
        Ok(Seen::WithEmail(found))
    }

    /// A group with all of its members; a list that is read twice must be the same both times.
    pub(super) async fn all_members(&mut self, id: &GroupId, twice: bool) -> Result<Seen, Fault> {
        let Some(group) = self.group(id).await? else { return Ok(Seen::GroupGone) };
        let members = self.whole_list(id).await?;
        if twice && self.whole_list(id).await? != members {
            return Err(incomplete("reading all members of a group twice: the list"));
        }
        Ok(Seen::Members { group, members })
    }

    async fn whole_list(&mut self, id: &GroupId) -> Result<BTreeSet<MemberId>, Fault> {
        let list = List::group_members(self.account.clone(), id.clone());
        let (mut members, mut whole) = (BTreeSet::new(), false);
        let urgency = self.urgency();
        let loads = &mut self.loads;
        load::walk(&self.client, &list, urgency, |load| {
            match &load {
                Load::Begun { .. } => members.clear(),
                Load::Page { page: Page::GroupMembers(_, rows), .. } => {
                    members.extend(rows.iter().map(|row| row.member.clone()));
                }
                Load::Ended { gaps, .. } => whole = gaps.is_empty(),
                _ => {}
            }
            loads.push(load);
        })
        .await?;
        if whole {
            Ok(members)
        } else {
            Err(incomplete("reading all members of a group: the list"))
        }
    }
}

fn incomplete(what: &str) -> Fault {
    Fault::new(
        FaultKind::Unreadable,
        format!("{what} changed while it was read, or could not be read to its end"),
        "try again when nobody else is changing it",
    )
}
