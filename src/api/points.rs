//! Single reads, and short lists that are read whole.

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::call::{Call, Right};
use super::rules::{Next, Pager, Rules, Sheet, print};
use super::sheet::{Cursor, all, rows};
use super::wire::{self, Bad, Decoded, Envelope};
use super::{Client, List, RawPolicies};
use crate::domain::{
    Account, AccountId, Fault, FaultKind, Group, GroupId, Member, MemberId, MemberStatus,
    Organization, OrganizationId, OrganizationMember, OrganizationMemberId, Page, Urgency,
};

/// A group read afresh, and its policies as they came.
#[derive(Clone, Debug)]
pub struct GroupRead {
    /// The group.
    pub group: Group,
    /// Its policies as they came, for editing.
    pub raw: RawPolicies,
}

/// A member of the account read afresh, and its direct policies as they came.
#[derive(Clone, Debug)]
pub struct MemberRead {
    /// The member.
    pub member: Member,
    /// Its direct policies as they came, for editing.
    pub raw: RawPolicies,
}

/// A member of a group, read afresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipRead {
    /// The member; always the one that was asked for.
    pub member: MemberId,
    /// When the member was added to the group (`created_at`), if the answer said.
    pub since: Option<Timestamp>,
    /// The e-mail; empty if the answer had none.
    pub email: Box<str>,
    /// Where the invitation stands.
    pub status: MemberStatus,
}

const OTHER: &str = "it speaks of something else than was asked for";
const UNREADABLE: &str = "it lacks what it must hold";

impl Client {
    /// The accounts that the credential reaches. Some tokens reach an account and are refused the list, or are given
    /// an empty one: then the account's id must come from the person.
    ///
    /// # Errors
    /// See [`Fault`]; being refused the list is one.
    pub async fn accounts(&self) -> Result<Vec<Account>, Fault> {
        let call = |cursor: &Cursor| {
            let call =
                Call::get("reading the accounts", Right::Any, "/accounts".into(), Urgency::Screen);
            let Cursor::Number(page) = cursor else { return call };
            call.with("page", page).with("per_page", 50)
        };
        self.short_list(Pager::Numbers, 50, call, wire::account, |a| print(&a.id)).await
    }

    /// One account; `None` if there is no such account.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn account(&self, account: &AccountId) -> Result<Option<Account>, Fault> {
        let path = format!("/accounts/{account}");
        let call =
            Call::get("reading the account", Right::Read, path, Urgency::Screen).about(account);
        self.one(&call, wire::account, |a| a.id == *account).await
    }

    /// The organizations that the credential reaches; none where organizations are refused or not enabled.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn organizations(&self) -> Result<Vec<Organization>, Fault> {
        let call = |cursor: &Cursor| {
            let path = "/organizations".to_owned();
            let call =
                Call::get("reading the organizations", Right::Organizations, path, Urgency::Screen)
                    .with("page_size", 100);
            match cursor {
                Cursor::Token(Some(token)) => call.with("page_token", token),
                _ => call,
            }
        };
        let list =
            self.short_list(Pager::Tokens, 100, call, wire::organization, |o| print(&o.id)).await;
        match list {
            Err(fault)
                if matches!(
                    fault.kind,
                    FaultKind::NotEnabled | FaultKind::Permission(_) | FaultKind::NotFound
                ) =>
            {
                Ok(Vec::new())
            }
            other => other,
        }
    }

    /// One organization; `None` if there is no such organization.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn organization(
        &self,
        organization: &OrganizationId,
    ) -> Result<Option<Organization>, Fault> {
        let path = format!("/organizations/{organization}");
        let call =
            Call::get("reading the organization", Right::Organizations, path, Urgency::Screen);
        self.one(&call, wire::organization, |o| o.id == *organization).await
    }

    /// One member of an organization; `None` if there is no such member.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn organization_member(
        &self,
        organization: &OrganizationId,
        member: &OrganizationMemberId,
    ) -> Result<Option<OrganizationMember>, Fault> {
        let path = format!("/organizations/{organization}/members/{member}");
        let what = "reading a member of the organization";
        let call = Call::get(what, Right::Organizations, path, Urgency::Screen);
        self.one(&call, wire::organization_member, |m| m.id == *member).await
    }

    /// One member of an account, read for editing; `None` if there is no such member.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn member(
        &self,
        account: &AccountId,
        member: &MemberId,
        urgency: Urgency,
    ) -> Result<Option<MemberRead>, Fault> {
        let path = format!("/accounts/{account}/members/{member}");
        let call = Call::get("reading a member", Right::Read, path, urgency).about(account);
        let read = self
            .read(&call, |answer, envelope| {
                let read = result(envelope, wire::member)?;
                if read.id != *member {
                    return Err(OTHER);
                }
                Ok(MemberRead { member: read, raw: RawPolicies::read(&answer.body) })
            })
            .await;
        none_if_missing(read)
    }

    /// One group, read for editing; `None` if there is no such group.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn group(
        &self,
        account: &AccountId,
        group: &GroupId,
        urgency: Urgency,
    ) -> Result<Option<GroupRead>, Fault> {
        let path = format!("/accounts/{account}/iam/user_groups/{group}");
        let call = Call::get("reading a group", Right::Read, path, urgency).about(account);
        let read = self
            .read(&call, |answer, envelope| {
                let read = result(envelope, wire::group)?;
                if read.id != *group {
                    return Err(OTHER);
                }
                Ok(GroupRead { group: read, raw: RawPolicies::read(&answer.body) })
            })
            .await;
        none_if_missing(read)
    }

    /// Whether a member is in a group, and since when. `None` says "not there" only if the group is: read it too.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn membership(
        &self,
        account: &AccountId,
        group: &GroupId,
        member: &MemberId,
        urgency: Urgency,
    ) -> Result<Option<MembershipRead>, Fault> {
        let path = format!("/accounts/{account}/iam/user_groups/{group}/members/{member}");
        let call =
            Call::get("reading a member of a group", Right::Read, path, urgency).about(account);
        let decode = |raw: &RawValue| wire::membership(raw).map(Decoded::whole);
        self.one(&call, decode, |m| m.member == *member).await
    }

    /// The groups with exactly this name.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn groups_named(
        &self,
        account: &AccountId,
        name: &str,
        urgency: Urgency,
    ) -> Result<Vec<Group>, Fault> {
        let mut list = List::groups(account.clone());
        if let List::Groups { name: wanted, .. } = &mut list {
            *wanted = Some(name.to_owned());
        }
        let mut rules = Rules::new(list.pager(), list.per_page());
        let mut groups = Vec::new();
        for number in 1.. {
            let call = list.call(&Cursor::Number(number), urgency);
            let (page, sheet) = self.read(&call, |_, envelope| list.page(envelope)).await?;
            let next = rules.take(&sheet);
            if let (Page::Groups(rows), true) = (page, next != Next::NoProgress) {
                groups.extend(rows);
            }
            if next != Next::More {
                break;
            }
        }
        Ok(groups)
    }

    /// Reads one thing; `None` if it is not there. The answer must speak of the thing that was asked for: one that
    /// doesn't is an answer to another request.
    pub(super) async fn one<T>(
        &self,
        call: &Call,
        decode: impl Fn(&RawValue) -> Result<Decoded<T>, Bad>,
        is_it: impl Fn(&T) -> bool,
    ) -> Result<Option<T>, Fault> {
        let read = self
            .read(call, |_, envelope| {
                let row = result(envelope, &decode)?;
                if is_it(&row) { Ok(row) } else { Err(OTHER) }
            })
            .await;
        none_if_missing(read)
    }

    async fn short_list<T>(
        &self,
        pager: Pager,
        per_page: u32,
        call: impl Fn(&Cursor) -> Call,
        decode: impl Fn(&RawValue) -> Result<Decoded<T>, Bad>,
        key: impl Fn(&T) -> u64,
    ) -> Result<Vec<T>, Fault> {
        let mut rules = Rules::new(pager, per_page);
        let mut cursor = Cursor::first(pager);
        let mut list = Vec::new();
        loop {
            let call = call(&cursor);
            let read = self.read(&call, |_, envelope| {
                let items = envelope.list()?;
                let mut sheet = Sheet { info: envelope.info(), ..Sheet::default() };
                let rows = rows(&items, &mut sheet, &decode, &key, all);
                Ok((rows, sheet))
            });
            let (rows, sheet) = read.await?;
            let next = rules.take(&sheet);
            if next != Next::NoProgress {
                list.extend(rows);
            }
            if next != Next::More {
                return Ok(list);
            }
            cursor = match cursor {
                Cursor::Number(number) => Cursor::Number(number + 1),
                Cursor::Token(_) => Cursor::Token(sheet.info.next_token),
            };
        }
    }
}

fn result<T>(
    envelope: &Envelope<'_>,
    decode: impl Fn(&RawValue) -> Result<Decoded<T>, Bad>,
) -> Result<T, &'static str> {
    let raw = envelope.result.ok_or(UNREADABLE)?;
    decode(raw).map(|decoded| decoded.row).ok().ok_or(UNREADABLE)
}

/// A thing that is not there is no failure of its read.
fn none_if_missing<T>(read: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(fault) if fault.kind == FaultKind::NotFound => Ok(None),
        Err(fault) => Err(fault),
    }
}
