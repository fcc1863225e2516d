//! Change files: changes as people write and review them, by the names of groups and the e-mails of members. A file has
//! no ids and no age; [`ChangeFile::bind`] makes changes of it for the account as it is, and [`ChangeFile::of`] makes it
//! of what is staged.
//!
//! ```toml
//! account = "0123456789abcdef0123456789abcdef"    # refused for any other; may be left out
//!
//! [groups.prod-dns]                    # a group that is there, by its exact name
//! rename = "dns-production"
//! add = ["ana@northwind.example"]
//! remove = ["leo@northwind.example"]
//!
//! [groups."On call"]
//! members = ["mia@northwind.example"]  # exactly these: everybody else is removed
//!
//! [groups.zone-readers]
//! create = true
//! add = ["ana@northwind.example"]
//!
//! [[groups.zone-readers.policies]]     # all that the group is to have
//! permission_groups = ["Zone Read"]
//! scopes = ["shop.example"]            # `account`, a zone, a resource group, by name or id
//!
//! [groups.contractors]
//! delete = true
//! ```

mod bind;
mod of;
mod policies;
mod read;
#[cfg(test)]
mod tests;
mod write;

use crate::config::Given;
use crate::domain::Access;

/// Changes by name, each with its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeFile {
    /// `account`: the only account that it is for.
    pub account: Option<Given<String>>,
    /// `[groups.NAME]`, in the file's order.
    pub groups: Vec<GroupPart>,
}

/// What is wanted of one group: a table `[groups.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupPart {
    /// The group's name, or its id where a name says too little.
    pub group: Given<String>,
    /// `create`: it is to be made.
    pub create: bool,
    /// `delete`: it is to be deleted.
    pub delete: bool,
    /// `rename`: the name that it is to have.
    pub rename: Option<Given<String>>,
    /// `policies`: all the policies that it is to have.
    pub policies: Option<Vec<PolicyPart>>,
    /// `members`: all who are to be in it.
    pub members: Option<Vec<Given<String>>>,
    /// `add`: who is to be added.
    pub add: Vec<Given<String>>,
    /// `remove`: who is to be removed.
    pub remove: Vec<Given<String>>,
}

/// One policy: a table of `policies`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyPart {
    /// Where it stands.
    pub at: String,
    /// `access`: allow, where nothing else is said.
    pub access: Access,
    /// `permission_groups`, by name or id.
    pub permission_groups: Vec<Given<String>>,
    /// `scopes`, by name or id.
    pub scopes: Vec<Given<String>>,
}

impl GroupPart {
    /// Nothing wanted of a group yet.
    pub fn of(group: Given<String>) -> Self {
        Self {
            group,
            create: false,
            delete: false,
            rename: None,
            policies: None,
            members: None,
            add: Vec::new(),
            remove: Vec::new(),
        }
    }
}

impl ChangeFile {
    /// What is wanted of one group.
    pub fn about(part: GroupPart) -> Self {
        Self { account: None, groups: vec![part] }
    }

    /// Whether nothing is wanted.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Whether it speaks of members.
    pub fn names_members(&self) -> bool {
        let names = |part: &GroupPart| {
            part.members.iter().chain([&part.add, &part.remove]).any(|l| !l.is_empty())
        };
        self.groups.iter().any(names)
    }

    /// Whether it speaks of policies.
    pub fn names_policies(&self) -> bool {
        self.groups.iter().any(|part| part.policies.is_some())
    }
}
