//! The organization above the accounts, and its members.

use super::Moment;

#[derive(Clone)]
pub(in crate::emulator) struct Organization {
    /// Letters and digits, not hex: a client that insists on hex ids fails here.
    pub id: String,
    pub name: String,
    pub created: Moment,
    /// In the order of their creation.
    pub members: Vec<OrgMember>,
}

#[derive(Clone)]
pub(in crate::emulator) struct OrgMember {
    pub id: String,
    pub user: Option<super::Id>,
    pub email: String,
    pub name: String,
    pub two_factor: bool,
    /// An open string: `active`, `pending`, `rejected`, `canceled`.
    pub status: &'static str,
    pub created: Moment,
    pub updated: Moment,
}

impl Organization {
    pub fn member(&self, id: &str) -> Option<&OrgMember> {
        self.members.iter().find(|member| member.id == id)
    }
}
