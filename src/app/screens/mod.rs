//! The screens as machines: each says what an action does there and which lists it shows. A screen never names
//! its parent; what it wants of the router it returns as a [`Turn`](super::Turn).

mod access;
mod accounts;
mod changes;
mod compare;
mod cost;
mod effective;
mod findings;
mod group;
mod impact;
mod member;
mod only_here;
mod organization_member;
mod plan;
mod proof;
mod requests;
mod run;

pub use access::{AccessScreen, Totals};
pub use accounts::AccountsScreen;
pub use changes::{ChangeRow, ChangesScreen};
pub use compare::{CompareLine, CompareScreen, Share, Side};
pub use cost::{CostLine, CostView};
pub use effective::EffectiveScreen;
pub use findings::{FindingRow, FindingScreen, FindingsScreen};
pub use group::{GroupPane, GroupScreen};
pub use impact::{ImpactLine, ImpactView};
pub use member::{MemberPane, MemberScreen};
pub use only_here::OnlyHereScreen;
pub use organization_member::OrganizationMemberScreen;
pub use plan::{PlanLine, PlanScreen, PlanView};
pub use proof::{Near, ProofLine, ProofScreen, proof_lines};
pub use requests::RequestsScreen;
pub use run::RunScreen;

/// A screen that is opened above a tab's list.
#[derive(Clone, Debug)]
pub enum Screen {
    /// A member.
    Member(MemberScreen),
    /// A group.
    Group(GroupScreen),
    /// A member of the organization.
    OrganizationMember(OrganizationMemberScreen),
    /// The proof that a member can do what was asked.
    Proof(ProofScreen),
    /// What a member may do where.
    Effective(EffectiveScreen),
    /// Two members, or a member and what all of a group hold.
    Compare(CompareScreen),
    /// Who has what only through a group, or one of its policies.
    OnlyHere(OnlyHereScreen),
    /// A finding.
    Finding(FindingScreen),
    /// What is staged, as a plan.
    Plan(PlanScreen),
    /// A run.
    Run(RunScreen),
    /// Requests as they happened.
    Requests(RequestsScreen),
    /// The accounts to choose from.
    Accounts(AccountsScreen),
}
