//! Members of the account.

use std::sync::Arc;

use super::{MemberId, PermissionGroupId, Policy, UserId};

/// Where an invitation or a membership stands, in the service's own words. The set of words is open.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MemberStatus {
    /// `accepted`: a member of the account.
    Accepted,
    /// `active`: a member of the organization.
    Active,
    /// `pending`: invited, no access yet. Invitations lapse by themselves.
    Pending,
    /// `rejected`: the invitation was turned down.
    Rejected,
    /// `canceled`: no longer a member of the organization.
    Canceled,
    /// A word that is not known here, kept as it came.
    Other(Arc<str>),
    /// The answer had none.
    Unknown,
}

impl MemberStatus {
    /// Takes the API's word.
    pub fn from_wire(word: Option<&str>) -> Self {
        match word {
            None | Some("") => Self::Unknown,
            Some("accepted") => Self::Accepted,
            Some("active") => Self::Active,
            Some("pending") => Self::Pending,
            Some("rejected") => Self::Rejected,
            Some("canceled") => Self::Canceled,
            Some(other) => Self::Other(other.into()),
        }
    }

    /// The API's word; `None` where the answer had none.
    pub fn as_wire(&self) -> Option<&str> {
        match self {
            Self::Accepted => Some("accepted"),
            Self::Active => Some("active"),
            Self::Pending => Some("pending"),
            Self::Rejected => Some("rejected"),
            Self::Canceled => Some("canceled"),
            Self::Other(word) => Some(word),
            Self::Unknown => None,
        }
    }

    /// Whether it is a full membership, of the account or of the organization.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Accepted | Self::Active)
    }
}

/// Whether two-factor authentication is on. It does not cover API authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TwoFactor {
    /// On.
    On,
    /// Off.
    Off,
    /// The answer didn't say.
    Unknown,
}

impl TwoFactor {
    /// Takes the API's field.
    pub fn from_wire(on: Option<bool>) -> Self {
        match on {
            Some(true) => Self::On,
            Some(false) => Self::Off,
            None => Self::Unknown,
        }
    }
}

/// An account role as a member carries it: deprecated, and the account-wide half of its policies told again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Role {
    /// Its id; the same as the permission group's where one answers to it.
    pub id: PermissionGroupId,
    /// Its name; empty if the answer had none.
    pub name: Arc<str>,
}

/// An account membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The membership's id: what group calls take.
    pub id: MemberId,
    /// The person's id; a pending member has none.
    pub user: Option<UserId>,
    /// The e-mail; empty if the answer had none.
    pub email: Box<str>,
    /// Given and family name together; empty if neither is known. One text: it is what is shown, searched and
    /// sorted by, and 100,000 members are many texts.
    pub name: Box<str>,
    /// Where the invitation stands.
    pub status: MemberStatus,
    /// Two-factor authentication.
    pub two_factor: TwoFactor,
    /// The direct policies; `None` where the answer had no such field.
    pub policies: Option<Arc<[Arc<Policy>]>>,
    /// The roles: not counted again where there are policies.
    pub roles: Arc<[Role]>,
    /// Whether the account's own list has this member; a group may name one that the list has not (yet) shown.
    pub listed: bool,
}

impl Member {
    /// A member of whom only what a group's member list says is known.
    pub fn from_group(id: MemberId, email: &str, status: MemberStatus) -> Self {
        Self {
            id,
            user: None,
            email: email.into(),
            name: "".into(),
            status,
            two_factor: TwoFactor::Unknown,
            policies: None,
            roles: Arc::from([]),
            listed: false,
        }
    }

    /// A whole name of its parts, of which either may not be known.
    pub fn name_of(first: &str, last: &str) -> Box<str> {
        match (first.is_empty(), last.is_empty()) {
            (false, false) => format!("{first} {last}").into(),
            (false, true) => first.into(),
            _ => last.into(),
        }
    }

    /// Why the direct policies can't be edited; `None` if they can. Where only roles are told, policies that are
    /// written would take their place.
    pub fn policies_locked(&self) -> Option<&'static str> {
        match &self.policies {
            _ if !self.listed => Some("only a group speaks of this member"),
            None => Some("the answer had no policies"),
            Some(policies) if policies.is_empty() && !self.roles.is_empty() => {
                Some("the member has roles and no policies: change them in the dashboard")
            }
            Some(policies) => policies.iter().find_map(|policy| policy.unsendable()),
        }
    }

    /// The direct policies, none if the answer had no such field.
    pub fn direct_policies(&self) -> &[Arc<Policy>] {
        self.policies.as_deref().unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a19_a_status_keeps_the_services_own_word_whether_it_is_known_or_not() {
        for word in ["accepted", "active", "pending", "rejected", "canceled", "suspended"] {
            let status = MemberStatus::from_wire(Some(word));
            assert_eq!(status.as_wire(), Some(word));
            assert_eq!(matches!(status, MemberStatus::Other(_)), word == "suspended");
        }
        assert_eq!(MemberStatus::from_wire(None).as_wire(), None);
    }
}
