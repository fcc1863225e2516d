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
//!
//! [members."new@northwind.example"]
//! invite = true                        # with the policies that the invitation gives
//!
//! [[members."new@northwind.example".policies]]
//! permission_groups = ["Administrator Read Only"]
//! scopes = ["account"]
//!
//! [members."gone@northwind.example"]
//! remove = true                        # from the account
//! ```

mod bind;
mod notes;
mod of;
mod policies;
mod read;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeSet;

use crate::config::{Given, Mistake};
use crate::domain::Access;

/// Changes by name, each with its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeFile {
    /// `account`: the only account that it is for.
    pub account: Option<Given<String>>,
    /// `[groups.NAME]`, in the file's order.
    pub groups: Vec<GroupPart>,
    /// `[members.E-MAIL]`, in the file's order.
    pub members: Vec<MemberPart>,
    /// What is wrong with it by itself, in the order of the lines; [`ChangeFile::bind`] tells it with the rest.
    pub mistakes: Vec<Mistake>,
    /// Where tables begin that have mistakes: whether their groups and members are to be there isn't certain.
    pub doubtful: BTreeSet<String>,
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
    /// Whether the members are set by one call that removes whoever is not named, and not one by one. No file says this:
    /// it is asked for where the command is given.
    pub replace: bool,
    /// `add`: who is to be added.
    pub add: Vec<Given<String>>,
    /// `remove`: who is to be removed.
    pub remove: Vec<Given<String>>,
}

/// What is wanted of one person: a table `[members.E-MAIL]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberPart {
    /// The e-mail, or the member's id where an e-mail says too little.
    pub member: Given<String>,
    /// `invite`: the person is to be invited to the account.
    pub invite: bool,
    /// `remove`: the member is to be removed from the account.
    pub remove: bool,
    /// `policies`: all the policies that the member is to hold directly.
    pub policies: Option<Vec<PolicyPart>>,
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
            replace: false,
            add: Vec::new(),
            remove: Vec::new(),
        }
    }
}

impl MemberPart {
    /// Nothing wanted of a person yet.
    pub fn of(member: Given<String>) -> Self {
        Self { member, invite: false, remove: false, policies: None }
    }
}

impl From<GroupPart> for ChangeFile {
    /// What is wanted of one group, and nothing else.
    fn from(part: GroupPart) -> Self {
        Self { groups: vec![part], ..Self::default() }
    }
}

impl From<MemberPart> for ChangeFile {
    /// What is wanted of one person, and nothing else.
    fn from(part: MemberPart) -> Self {
        Self { members: vec![part], ..Self::default() }
    }
}

impl ChangeFile {
    /// Whether it speaks of people.
    pub fn names_people(&self) -> bool {
        let joins = |part: &GroupPart| {
            part.members.is_some() || !part.add.is_empty() || !part.remove.is_empty()
        };
        !self.members.is_empty() || self.groups.iter().any(joins)
    }

    /// Whether it speaks of policies.
    pub fn names_policies(&self) -> bool {
        self.groups.iter().any(|part| part.policies.is_some())
            || self.members.iter().any(|part| part.policies.is_some())
    }

    /// Whether somebody may lose something by it.
    pub fn may_take(&self) -> bool {
        let group = |part: &GroupPart| {
            part.delete
                || part.members.is_some()
                || !part.remove.is_empty()
                || part.policies.is_some() && !part.create
        };
        let member = |part: &MemberPart| part.remove || part.policies.is_some() && !part.invite;
        self.groups.iter().any(group) || self.members.iter().any(member)
    }
}
