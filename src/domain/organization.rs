//! Accounts, organizations, zones, and who is calling.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    AccountId, Fault, Member, MemberId, MemberStatus, OrganizationId, OrganizationMemberId,
    TokenId, TwoFactor, UserId, ZoneId,
};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its name; empty if it could not be read.
    pub name: Arc<str>,
    /// The organization that owns it (`managed_by.parent_org_id`).
    pub parent: Option<OrganizationId>,
}

/// An organization: owns accounts. Its administrators act on each of them without being listed as members there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: Arc<str>,
}

/// A member of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationMember {
    /// Its id.
    pub id: OrganizationMemberId,
    /// The person's id.
    pub user: Option<UserId>,
    /// The e-mail; empty if the answer had none.
    pub email: Box<str>,
    /// The whole name; empty if the answer had none.
    pub name: Box<str>,
    /// Where the membership stands (`active`, `pending`, `canceled` …).
    pub status: MemberStatus,
    /// Two-factor authentication.
    pub two_factor: TwoFactor,
    /// When the membership was made (`create_time`).
    pub since: Option<Timestamp>,
    /// When it was last changed (`update_time`).
    pub updated: Option<Timestamp>,
    /// The free map `meta`, as it came.
    pub meta: Value,
}

/// A zone, for its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Its id.
    pub id: ZoneId,
    /// Its name, such as `shop.example`.
    pub name: Arc<str>,
}

/// What kind of credential is calling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// A token that belongs to a user.
    UserToken,
    /// A token that belongs to the account: no person and no member stands behind it.
    AccountToken,
    /// E-mail and global key.
    Key,
    /// A token of which it is not known whose it is.
    Token,
}

/// Who is calling, as far as the service tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The kind of credential.
    pub kind: CredentialKind,
    /// The token's id; a key has none.
    pub token: Option<TokenId>,
    /// When the token expires.
    pub expires: Option<Timestamp>,
    /// The user; `None` where it can't be read.
    pub user: Option<UserId>,
    /// The user's e-mail; empty where it can't be read.
    pub email: Box<str>,
    /// The member of this account that is the caller; `None` where it can't be known.
    pub member: Option<MemberId>,
}

impl Caller {
    /// Whether a member is the caller: the same membership, or the same user behind it. A token of the account is
    /// nobody, and where the user can't be read nobody is known to be the caller.
    pub fn is(&self, member: &Member) -> bool {
        self.member.as_ref() == Some(&member.id)
            || (self.user.is_some() && self.user == member.user)
    }
}

/// Whose doing a run is, in ids alone, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct By {
    /// The token's id. Not the token.
    pub token: Option<TokenId>,
    /// The user.
    pub user: Option<UserId>,
    /// The member of the account.
    pub member: Option<MemberId>,
}

impl From<&Caller> for By {
    fn from(caller: &Caller) -> Self {
        let Caller { token, user, member, .. } = caller.clone();
        Self { token, user, member }
    }
}

/// What opening an account brings; each part may have failed by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The account.
    pub account: Result<Account, Fault>,
    /// Who is calling.
    pub caller: Result<Caller, Fault>,
    /// The organizations above it: none, the one to show, or several to choose from.
    pub organizations: Result<Vec<Organization>, Fault>,
}
