//! How each list is asked for, and how a page of it becomes rows.

use serde_json::value::RawValue;

use super::call::{Call, Right};
use super::list::{Direction, List, MemberOrder};
use super::rules::{Pager, Sheet, print};
use super::wire::{self, Bad, Decoded, Envelope};
use crate::domain::{FaultKind, Page, Urgency};

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// By number, from 1.
    Number(u64),
    /// By the token of the page before; `None` for the first.
    Token(Option<String>),
}

impl Cursor {
    /// The first page.
    pub fn first(pager: Pager) -> Self {
        if pager == Pager::Tokens { Self::Token(None) } else { Self::Number(1) }
    }
}

impl List {
    pub(super) fn pager(&self) -> Pager {
        match self {
            Self::ResourceGroups { .. } => Pager::Whole,
            Self::OrganizationMembers { .. } => Pager::Tokens,
            _ => Pager::Numbers,
        }
    }

    /// The most items that the service gives in one page; a page is never asked for without saying so.
    pub(super) fn per_page(&self) -> u32 {
        match self {
            Self::Groups { .. } | Self::GroupMembers { .. } => 500,
            Self::OrganizationMembers { .. } => 1_000,
            _ => 50,
        }
    }

    /// The call for one page.
    pub(super) fn call(&self, cursor: &Cursor, urgency: Urgency) -> Call {
        let call = self.unpaged(urgency);
        match (self.pager(), cursor) {
            (Pager::Numbers, Cursor::Number(page)) => {
                call.with("page", page).with("per_page", self.per_page())
            }
            (Pager::Tokens, Cursor::Token(token)) => {
                let call = call.with("page_size", self.per_page());
                match token {
                    Some(token) => call.with("page_token", token),
                    None => call,
                }
            }
            _ => call,
        }
    }

    fn unpaged(&self, urgency: Urgency) -> Call {
        let get = |what, right, path| Call::get(what, right, path, urgency);
        match self {
            Self::Members { account, status, order } => {
                let path = format!("/accounts/{account}/members");
                let call = get("reading the members", Right::Read, path).about(account);
                let (order, direction) = order.wire();
                given(
                    call.with("order", order).with("direction", direction),
                    "status",
                    status.as_deref(),
                )
            }
            Self::Groups { account, fuzzy_name, name, id, direction } => {
                let path = format!("/accounts/{account}/iam/user_groups");
                let mut call = get("reading the groups", Right::Read, path).about(account);
                // An account without user groups answers as if the address were not there.
                call.purpose.missing = FaultKind::NotEnabled;
                let call = call.with("direction", direction.wire());
                let call = given(call, "fuzzyName", fuzzy_name.as_deref());
                let call = given(call, "name", name.as_deref());
                given(call, "id", id.as_ref().map(ToString::to_string).as_deref())
            }
            Self::GroupMembers { account, group, fuzzy_email, direction } => {
                let path = format!("/accounts/{account}/iam/user_groups/{group}/members");
                let call = get("reading the members of a group", Right::Read, path).about(account);
                let call = call.with("direction", direction.wire());
                given(call, "fuzzyEmail", fuzzy_email.as_deref())
            }
            Self::PermissionGroups { account } => {
                let path = format!("/accounts/{account}/iam/permission_groups");
                get("reading the permission groups", Right::Read, path).about(account)
            }
            Self::ResourceGroups { account } => {
                let path = format!("/accounts/{account}/iam/resource_groups");
                get("reading the resource groups", Right::Read, path).about(account)
            }
            Self::Zones { account } => get("reading the zones", Right::Zones, "/zones".to_owned())
                .about(account)
                .with("account.id", account)
                .with("order", "name")
                .with("direction", "asc"),
            Self::OrganizationMembers { organization, status, email_contains } => {
                let path = format!("/organizations/{organization}/members");
                let what = "reading the members of the organization";
                let mut call = get(what, Right::Organizations, path);
                for status in status {
                    call = call.with("status", status);
                }
                given(call, "user.email.contains", email_contains.as_deref())
            }
        }
    }

    /// Makes rows of a page. A filter is applied again: a server that doesn't know it ignores it without a word.
    pub(super) fn page(&self, envelope: &Envelope<'_>) -> Result<(Page, Sheet), &'static str> {
        let items = envelope.list()?;
        let mut sheet = Sheet { info: envelope.info(), ..Sheet::default() };
        let page = match self {
            Self::Members { status, .. } => Page::Members(rows(
                &items,
                &mut sheet,
                wire::member,
                |m| print(&m.id),
                |m| {
                    status
                        .as_deref()
                        .is_none_or(|s| m.status == crate::domain::MemberStatus::from_wire(Some(s)))
                },
            )),
            Self::Groups { fuzzy_name, name, id, .. } => Page::Groups(rows(
                &items,
                &mut sheet,
                wire::group,
                |g| print(&g.id),
                |g| {
                    contains(&g.name, fuzzy_name.as_deref())
                        && name.as_deref().is_none_or(|n| *g.name == *n)
                        && id.as_ref().is_none_or(|id| g.id == *id)
                },
            )),
            Self::GroupMembers { group, fuzzy_email, .. } => {
                let rows = rows(
                    &items,
                    &mut sheet,
                    wire::group_member,
                    |m| print(&m.member),
                    |m| contains(&m.email, fuzzy_email.as_deref()),
                );
                Page::GroupMembers(group.clone(), rows)
            }
            Self::PermissionGroups { .. } => Page::PermissionGroups(rows(
                &items,
                &mut sheet,
                wire::permission_group,
                |p| print(&p.id),
                all,
            )),
            Self::ResourceGroups { .. } => Page::ResourceGroups(rows(
                &items,
                &mut sheet,
                wire::resource_group,
                |r| print(&r.id),
                all,
            )),
            Self::Zones { .. } => {
                Page::Zones(rows(&items, &mut sheet, wire::zone, |z| print(&z.id), all))
            }
            Self::OrganizationMembers { email_contains, .. } => Page::OrganizationMembers(rows(
                &items,
                &mut sheet,
                wire::organization_member,
                |m| print(&m.id),
                |m| contains(&m.email, email_contains.as_deref()),
            )),
        };
        Ok((page, sheet))
    }
}

/// Decodes the items of a page one by one; one that can't be read is set aside, and told apart by its text.
pub fn rows<T>(
    items: &[&RawValue],
    sheet: &mut Sheet,
    decode: impl Fn(&RawValue) -> Result<Decoded<T>, Bad>,
    key: impl Fn(&T) -> u64,
    wanted: impl Fn(&T) -> bool,
) -> Vec<T> {
    let mut rows = Vec::with_capacity(items.len().min(1_000));
    for item in items {
        if let Ok(Decoded { row, set_aside }) = decode(item) {
            sheet.keys.push(key(&row));
            sheet.set_aside += set_aside;
            rows.extend(wanted(&row).then_some(row));
        } else {
            sheet.keys.push(print(item.get()));
            sheet.set_aside += 1;
        }
    }
    rows
}

/// Wants every row.
pub fn all<T>(_: &T) -> bool {
    true
}

fn contains(text: &str, part: Option<&str>) -> bool {
    part.is_none_or(|part| text.to_lowercase().contains(&part.to_lowercase()))
}

fn given(call: Call, name: &'static str, value: Option<&str>) -> Call {
    match value {
        Some(value) => call.with(name, value),
        None => call,
    }
}

impl Direction {
    fn wire(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }
}

impl MemberOrder {
    fn wire(self) -> (&'static str, &'static str) {
        match self {
            Self::Email => ("user.email", "asc"),
            Self::EmailDescending => ("user.email", "desc"),
            Self::FirstName => ("user.first_name", "asc"),
            Self::LastName => ("user.last_name", "asc"),
            Self::Status => ("status", "asc"),
        }
    }
}

#[cfg(test)]
mod tests;
