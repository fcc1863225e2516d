//! What tests do and see without HTTP: a second administrator's edits, and the truth behind the answers. All
//! of it is about the first account, as it is and not as readers may still see it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::Emulator;
use super::fault::{Armed, FaultRule, Shift};
use super::log::Seen;
use super::request::Request;
use super::state::State;
use super::world::{Account, Edit, Group, Id, Joined, Member, Order, Person, Policy, Status};

impl Emulator {
    fn edit(&self, edit: impl FnOnce(&mut State, Id) -> Option<Edit>) -> bool {
        self.hub.with(|state| {
            state.settle();
            let Some(account) = state.front().accounts.first().map(|account| account.id) else {
                return false;
            };
            let edit = edit(state, account);
            let done = edit.is_some();
            if let Some(edit) = edit {
                state.commit(edit);
            }
            done
        })
    }

    fn look<T>(&self, look: impl FnOnce(&mut Account) -> Option<T>) -> Option<T> {
        self.hub.with(|state| {
            state.settle();
            state.front().accounts.first_mut().and_then(look)
        })
    }

    /// Ids of the members who are in a group, by e-mail. Empty where there is no such group.
    pub fn memberships(&self, group: &str) -> Vec<String> {
        let members = self.look(|account| {
            let group = account.groups.get(&Id::parse(group)?)?;
            Some(group.members.iter().map(|joined| joined.member.to_string()).collect())
        });
        members.unwrap_or_default()
    }

    /// A group's id by its exact name.
    pub fn group_id(&self, name: &str) -> Option<String> {
        self.look(|account| account.group_named(name).map(|group| group.id.to_string()))
    }

    /// Id and name of every group, by id.
    pub fn groups(&self) -> Vec<(String, String)> {
        let name = |group: &Group| (group.id.to_string(), group.name.to_string());
        self.look(|account| Some(account.groups.values().map(name).collect())).unwrap_or_default()
    }

    /// A member's id by the e-mail.
    pub fn member_id(&self, email: &str) -> Option<String> {
        self.look(|account| account.member_by_email(email).map(|member| member.id.to_string()))
    }

    /// Id and e-mail of every member who can be in a group, by e-mail.
    pub fn people(&self) -> Vec<(String, String)> {
        let people = self.look(|account| {
            let ids = account.ordered(Order::Email);
            let members = ids.iter().filter_map(|id| account.member(*id));
            let fit = members.filter(|member| member.status == Status::Accepted && member.dsr);
            Some(
                fit.map(|member| (member.id.to_string(), member.person.email.to_string()))
                    .collect(),
            )
        });
        people.unwrap_or_default()
    }

    /// Id and e-mail of everyone in the account, also of those who have not accepted yet, by e-mail.
    pub fn everyone(&self) -> Vec<(String, String)> {
        self.listed(|_| true)
    }

    /// Id and e-mail of those whose invitations wait to be accepted, by e-mail.
    pub fn invited(&self) -> Vec<(String, String)> {
        self.listed(|member| member.status == Status::Pending)
    }

    fn listed(&self, wanted: impl Fn(&Member) -> bool) -> Vec<(String, String)> {
        let listed = self.look(|account| {
            let ids = account.ordered(Order::Email);
            let members = ids.iter().filter_map(|id| account.member(*id));
            let row = |member: &std::sync::Arc<Member>| {
                (member.id.to_string(), member.person.email.to_string())
            };
            Some(members.filter(|member| wanted(member)).map(row).collect())
        });
        listed.unwrap_or_default()
    }

    /// The names of the permission groups that a group's policies grant.
    pub fn group_grants(&self, group: &str) -> Vec<String> {
        let grants = self.look(|account| {
            Some(grants(account, &account.groups.get(&Id::parse(group)?)?.policies))
        });
        grants.unwrap_or_default()
    }

    /// The names of the permission groups that a member's direct policies grant.
    pub fn direct_grants(&self, member: &str) -> Vec<String> {
        let grants = self
            .look(|account| Some(grants(account, &account.member(Id::parse(member)?)?.policies)));
        grants.unwrap_or_default()
    }

    /// Puts a member into a group behind the client's back. False: there is no such group or member.
    pub fn grant(&self, group: &str, member: &str) -> bool {
        self.edit(|state, account| {
            let (group, member) = (Id::parse(group)?, Id::parse(member)?);
            let at = state.now();
            let known = state.front().account(account)?;
            known.groups.get(&group)?;
            known.member(member)?;
            Some(Edit::Join(account, group, Joined { member, at }))
        })
    }

    /// Takes a member out of a group behind the client's back. False: the member isn't in it.
    pub fn revoke(&self, group: &str, member: &str) -> bool {
        self.edit(|state, account| {
            let (group, member) = (Id::parse(group)?, Id::parse(member)?);
            state.front().account(account)?.joined(group, member)?;
            Some(Edit::Leave(account, group, member))
        })
    }

    /// Renames a group behind the client's back.
    pub fn rename_group(&self, group: &str, name: &str) -> bool {
        self.change_group(group, |group| group.name = name.into())
    }

    /// Puts a key that means nothing to the server into every policy of a group.
    pub fn mark_policies(&self, group: &str, key: &str, value: &Value) -> bool {
        self.change_group(group, |group| mark(&mut group.policies, key, value))
    }

    /// Puts a key that means nothing to the server into every direct policy of a member.
    pub fn mark_direct_policies(&self, member: &str, key: &str, value: &Value) -> bool {
        self.change_member(member, |member| mark(&mut member.policies, key, value))
    }

    /// Takes all direct policies of a member away behind the client's back.
    pub fn clear_direct_policies(&self, member: &str) -> bool {
        self.change_member(member, |member| {
            member.policies.clear();
            member.roles = Box::default();
        })
    }

    fn change_member(&self, member: &str, change: impl FnOnce(&mut Member)) -> bool {
        self.edit(|state, account| {
            let known = state.front().account(account)?.member(Id::parse(member)?)?;
            let mut member = Member::clone(known);
            change(&mut member);
            Some(Edit::PutMember(account, std::sync::Arc::new(member)))
        })
    }

    fn change_group(&self, group: &str, change: impl FnOnce(&mut Group)) -> bool {
        self.edit(|state, account| {
            let now = state.now();
            let known = state.front().account(account)?.groups.get(&Id::parse(group)?)?;
            let mut group = known.clone();
            change(&mut group);
            group.modified = now;
            Some(Edit::PutGroup(account, Box::new(group)))
        })
    }

    /// Deletes a group behind the client's back.
    pub fn delete_group(&self, group: &str) -> bool {
        self.edit(|state, account| {
            let id = Id::parse(group)?;
            state.front().account(account)?.groups.get(&id)?;
            Some(Edit::DropGroup(account, id))
        })
    }

    /// Removes a member from the account behind the client's back.
    pub fn remove_member(&self, member: &str) -> bool {
        self.edit(|state, account| {
            let id = Id::parse(member)?;
            state.front().account(account)?.member(id)?;
            Some(Edit::DropMember(account, id))
        })
    }

    /// Gives a member another name, however hostile.
    pub fn rename_member(&self, member: &str, first: &str, last: &str) -> bool {
        self.change_member(member, |member| {
            (member.person.first, member.person.last) = (first.into(), last.into());
        })
    }

    /// Lets a pending member accept the invitation.
    pub fn accept(&self, member: &str) -> bool {
        self.change_member(member, |member| member.status = Status::Accepted)
    }

    /// What was asked so far, in the order of receipt; of very many, the last.
    pub fn requests(&self) -> Vec<Seen> {
        self.log()()
    }

    /// [`Self::requests`], for who has no server at hand.
    pub fn log(&self) -> impl Fn() -> Vec<Seen> + Send + use<> {
        let hub = Arc::clone(&self.hub);
        move || hub.with(|state| state.log.rows().cloned().collect())
    }

    /// Makes trouble from now on, after the rules that are there.
    pub fn add_fault(&self, rule: FaultRule) {
        self.hub.with(|state| state.faults.push(Armed::new(rule)));
    }

    /// Ends all trouble.
    pub fn clear_faults(&self) {
        self.hub.with(|state| state.faults.clear());
    }

    /// Lets time pass at once: lags end, late writes land, invitations lapse, blocks are lifted.
    pub fn advance(&self, by: Duration) {
        self.hub.with(|state| {
            state.advance(by);
            state.settle();
        });
    }
}

fn grants(account: &Account, policies: &[Policy]) -> Vec<String> {
    let ids = policies.iter().flat_map(|policy| policy.permission_groups.iter());
    let known = ids.filter_map(|id| account.catalogue.permission_group(*id));
    known.map(|group| group.name.to_owned()).collect()
}

fn mark(policies: &mut [Policy], key: &str, value: &Value) {
    for policy in policies {
        let mut extra = policy.extra.take().map_or_else(Map::new, |extra| *extra);
        extra.insert(key.to_owned(), value.clone());
        policy.extra = Some(Box::new(extra));
    }
}

impl State {
    /// Name of the credential of a request, if it is one of the server's.
    pub fn named(&self, request: &Request) -> Option<&'static str> {
        super::credentials::who(request, &self.credentials, self.shapes)
            .ok()
            .map(|known| known.shown.name)
    }

    /// Adds a row to the start of the list that is asked for, or takes the first one away.
    pub fn shift(&mut self, request: &Request, shift: Shift) {
        let parts: Vec<&str> = request.segments.iter().map(String::as_str).collect();
        let ["accounts", account, below @ ..] = parts.as_slice() else { return };
        let Some(account) = Id::parse(account) else { return };
        let stamp = self.fresh_id("row");
        let edits = match (below, shift) {
            (["members"], Shift::Insert) => {
                Some(vec![Edit::PutMember(account, self.early_member(stamp))])
            }
            (["members"], Shift::Delete) => {
                let id = self
                    .front()
                    .account_mut(account)
                    .and_then(|a| a.ordered(Order::Email).first().copied());
                id.map(|id| vec![Edit::DropMember(account, id)])
            }
            (["iam", "user_groups"], Shift::Insert) => {
                let now = self.now();
                let name = format!("!{stamp}").into();
                let group = Group {
                    id: stamp,
                    name,
                    created: now,
                    modified: now,
                    kept_elsewhere: false,
                    policies: Vec::new(),
                    members: Vec::new(),
                };
                Some(vec![Edit::PutGroup(account, Box::new(group))])
            }
            (["iam", "user_groups"], Shift::Delete) => {
                let first = self.front().account(account).and_then(|a| {
                    a.groups.values().min_by_key(|g| (g.name.to_lowercase(), g.id)).map(|g| g.id)
                });
                first.map(|id| vec![Edit::DropGroup(account, id)])
            }
            (["iam", "user_groups", group, "members"], shift) => {
                self.shift_members(account, group, stamp, shift)
            }
            _ => None,
        };
        for edit in edits.unwrap_or_default() {
            self.commit(edit);
        }
    }

    fn shift_members(
        &mut self,
        account: Id,
        group: &str,
        stamp: Id,
        shift: Shift,
    ) -> Option<Vec<Edit>> {
        let group = Id::parse(group)?;
        if shift == Shift::Delete {
            let member = self.front().account(account)?.groups.get(&group)?.members.first()?.member;
            return Some(vec![Edit::Leave(account, group, member)]);
        }
        let member = self.early_member(stamp);
        let joined = Joined { member: member.id, at: self.now() };
        Some(vec![Edit::PutMember(account, member), Edit::Join(account, group, joined)])
    }

    /// A new member who stands before all others by e-mail.
    fn early_member(&mut self, stamp: Id) -> std::sync::Arc<Member> {
        let person = Person {
            user: self.fresh_id("user"),
            email: format!("0{stamp}@northwind.example").into(),
            first: "New".into(),
            last: "Comer".into(),
            two_factor: true,
        };
        let since = self.now();
        std::sync::Arc::new(Member {
            id: stamp,
            person,
            status: Status::Accepted,
            since,
            dsr: true,
            roles: Box::default(),
            policies: Vec::new(),
        })
    }
}
