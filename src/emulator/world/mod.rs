//! The made-up company: what the server knows. Never looks at a request, an answer's shape or a clock.
//!
//! Writes reach it only as [`Edit`]s, so that the same write can be carried out now, later, or twice: once on
//! the world as it is and once, after a lag, on the world as readers see it.

mod account;
mod catalogue;
pub(super) mod dice;
mod edit;
mod id;
mod organization;
mod policy;

pub(super) use account::{Account, Group, Joined, Member, Order, Status, Zone};
pub(super) use catalogue::{Catalogue, Kind, PermissionGroup, Role};
pub(super) use edit::Edit;
pub(super) use id::{Id, Moment};
pub(super) use organization::{OrgMember, Organization};
pub(super) use policy::{Access, Policy, ResourceGroup, Scope};

/// Who a person is, apart from any account.
#[derive(Clone)]
pub(super) struct Person {
    pub user: Id,
    pub email: Box<str>,
    pub first: Box<str>,
    pub last: Box<str>,
    pub two_factor: bool,
}

/// Everything the server knows.
#[derive(Clone)]
pub(super) struct World {
    pub accounts: Vec<Account>,
    pub organization: Organization,
    /// The person to whom the user tokens and the key belong.
    pub owner: Person,
}

impl World {
    pub fn account(&self, id: Id) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    pub fn account_mut(&mut self, id: Id) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.id == id)
    }
}
