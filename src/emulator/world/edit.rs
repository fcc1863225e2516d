//! What a write does to the world, as data.

use std::sync::Arc;

use super::{Group, Id, Joined, Member, Moment, OrgMember, ResourceGroup, World};

/// One change; the first id is the account's.
#[derive(Clone)]
pub(in crate::emulator) enum Edit {
    PutMember(Id, Arc<Member>),
    DropMember(Id, Id),
    /// Everything about a group but its members, which stay as they are.
    PutGroup(Id, Box<Group>),
    DropGroup(Id, Id),
    Join(Id, Id, Joined),
    Leave(Id, Id, Id),
    PutResourceGroup(Id, ResourceGroup),
    DropResourceGroup(Id, Id),
    PutOrgMember(OrgMember),
    DropOrgMember(String),
}

impl World {
    /// Carries an edit out. One that no longer fits (its group has gone) does nothing.
    pub fn apply(&mut self, edit: &Edit) {
        match edit {
            Edit::PutMember(account, member) => {
                self.within(*account, |a| a.put_member(Arc::clone(member)));
            }
            Edit::DropMember(account, member) => self.within(*account, |a| a.drop_member(*member)),
            Edit::PutGroup(account, group) => self.within(*account, |a| {
                let mut group = (**group).clone();
                if let Some(old) = a.groups.remove(&group.id) {
                    group.members = old.members;
                }
                a.groups.insert(group.id, group);
            }),
            Edit::DropGroup(account, group) => self.within(*account, |a| {
                a.groups.remove(group);
            }),
            Edit::Join(account, group, joined) => {
                self.within(*account, |a| a.join(*group, *joined));
            }
            Edit::Leave(account, group, member) => {
                self.within(*account, |a| a.leave(*group, *member));
            }
            Edit::PutResourceGroup(account, group) => self.within(*account, |a| {
                a.resource_groups.insert(group.id, group.clone());
            }),
            Edit::DropResourceGroup(account, group) => self.within(*account, |a| {
                a.resource_groups.remove(group);
            }),
            Edit::PutOrgMember(member) => {
                let members = &mut self.organization.members;
                match members.iter_mut().find(|known| known.id == member.id) {
                    Some(known) => *known = member.clone(),
                    None => members.push(member.clone()),
                }
            }
            Edit::DropOrgMember(id) => self.organization.members.retain(|member| member.id != *id),
        }
    }

    fn within(&mut self, account: Id, change: impl FnOnce(&mut super::Account)) {
        if let Some(account) = self.account_mut(account) {
            change(account);
        }
    }

    /// Lets pending invitations that were sent before `before` vanish, as they do on the service.
    pub fn lapse(&mut self, before: Moment) {
        for account in &mut self.accounts {
            while let Some(member) = account.lapsed(before) {
                account.drop_member(member);
            }
        }
    }
}
