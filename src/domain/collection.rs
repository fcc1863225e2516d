//! What is known of each list, so that partial is never called complete.

use super::{Fault, GroupId, Now};

/// A list that is read from the service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Collection {
    /// The account's members.
    Members,
    /// Its groups.
    Groups,
    /// The members of one group.
    GroupMembers(GroupId),
    /// Its permission groups.
    PermissionGroups,
    /// Its resource groups.
    ResourceGroups,
    /// Its zones, for their names.
    Zones,
    /// The members of the organization.
    OrganizationMembers,
}

/// Why a list that was read to its end is not complete.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Gap {
    /// This many items could not be read and were set aside.
    SetAside(u32),
    /// Ids came twice or counts disagree: the list changed while it was read, twice over.
    Shifted,
    /// The service sent the same page again and again.
    NoProgress,
    /// The walk was cut short by the cap on pages.
    Capped,
}

/// How far a list can be trusted.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Standing {
    /// Never asked for.
    #[default]
    Unread,
    /// Some rows are here and none of the words below is true yet: the first walk goes on, or failed on its way.
    Begun,
    /// Everything is here.
    Complete,
    /// Read to its end, but not everything is here.
    Partial(Vec<Gap>),
    /// The service refuses it to this credential.
    Forbidden(Fault),
}

/// What is known of one list.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Coverage {
    /// How far the rows that are here can be trusted.
    pub standing: Standing,
    /// When the last whole walk ended.
    pub as_of: Option<Now>,
    /// A walk that goes on.
    pub walk: Option<Progress>,
    /// Why the last walk failed; `None` since one succeeded.
    pub failed: Option<Fault>,
    /// How many items of the last walk were set aside because they could not be read.
    pub set_aside: u32,
}

/// How far a walk has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Rows that have come.
    pub rows: u32,
    /// Rows that the service has promised, if it said.
    pub of: Option<u32>,
}

impl Coverage {
    /// Whether everything is here.
    pub fn is_complete(&self) -> bool {
        self.standing == Standing::Complete
    }

    /// Whether no walk has ever ended, the last one failed, and none is on.
    pub fn is_given_up(&self) -> bool {
        !self.is_whole() && self.walk.is_none() && self.failed.is_some()
    }

    /// Whether a whole walk has ended at least once, so that an absence means something.
    pub fn is_whole(&self) -> bool {
        matches!(self.standing, Standing::Complete | Standing::Partial(_))
    }
}
