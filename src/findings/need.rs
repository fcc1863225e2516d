//! What must have been read for a rule to be sure, and what is missing of it.

use crate::domain::{Collection, Directory, Standing, TwoFactor};
use crate::text;

/// Something that a rule rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The account's members.
    Members,
    /// Its groups.
    Groups,
    /// Who is in which group.
    Lists,
    /// What each group grants.
    GroupPolicies,
    /// What each member holds directly.
    Own,
    /// Whether each accepted member has 2FA.
    TwoFactor,
    /// The catalogue of permission groups.
    PermissionGroups,
    /// The catalogue of resource groups.
    ResourceGroups,
    /// The zones.
    Zones,
}

impl Need {
    /// What is missing of it, in words; `None` where nothing is.
    pub(super) fn missing(self, directory: &Directory) -> Option<String> {
        match self {
            Self::Members => of_list(directory, &Collection::Members, "the members"),
            Self::Groups => of_list(directory, &Collection::Groups, "the groups"),
            Self::PermissionGroups => {
                of_list(directory, &Collection::PermissionGroups, "the permission groups")
            }
            Self::ResourceGroups => {
                of_list(directory, &Collection::ResourceGroups, "the resource groups")
            }
            Self::Zones => of_list(directory, &Collection::Zones, "the zones"),
            Self::Lists => {
                let groups = directory.groups().values().filter(|g| g.id.as_draft().is_none());
                let list = |id| directory.coverage(&Collection::GroupMembers(id)).is_complete();
                let unread = groups.filter(|group| !list(group.id.clone())).count();
                some(unread, |n| format!("who is in {} has not been read whole", groups_(n)))
            }
            Self::GroupPolicies => {
                let unread = directory.groups().values().filter(|g| g.policies.is_none()).count();
                some(unread, |n| format!("what {} grant could not be read", groups_(n)))
            }
            Self::Own => {
                let members = directory.members().values();
                let unread =
                    members.filter(|member| member.policies.is_none() && member.roles.is_empty());
                some(unread.count(), |n| format!("what {} directly could not be read", hold(n)))
            }
            Self::TwoFactor => {
                let members = directory.members().values();
                let unknown = members.filter(|member| {
                    member.listed
                        && member.status.is_full()
                        && member.two_factor == TwoFactor::Unknown
                });
                some(unknown.count(), |n| {
                    format!(
                        "whether {} 2FA is not told",
                        if n == 1 {
                            "1 member has".to_owned()
                        } else {
                            format!("{} have", text::plural(n, "member"))
                        }
                    )
                })
            }
        }
    }
}

fn hold(number: usize) -> String {
    if number == 1 {
        "1 member holds".to_owned()
    } else {
        format!("{} hold", text::plural(number, "member"))
    }
}

fn groups_(number: usize) -> String {
    text::plural(number, "group")
}

fn some(number: usize, words: impl Fn(usize) -> String) -> Option<String> {
    (number > 0).then(|| words(number))
}

fn of_list(directory: &Directory, list: &Collection, what: &str) -> Option<String> {
    match &directory.coverage(list).standing {
        Standing::Complete => None,
        Standing::Unread => Some(format!("{what} have not been read")),
        Standing::Begun => Some(format!("{what} have not been read to the end")),
        Standing::Partial(_) => Some(format!("not all of {what} could be read")),
        Standing::Forbidden(_) => Some(format!("{what} may not be read with this credential")),
    }
}
