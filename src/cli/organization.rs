//! `cfiam organization …`: who belongs to the organization above the account.

use super::lists::{ListOrganization, Show};
use super::session::Session;
use super::{Refusal, Status};

/// List and show the members of the organization above the account
#[derive(clap::Subcommand, Debug)]
pub enum Organization {
    /// List them
    List(ListOrganization),
    /// Show one with everything it holds
    Show(Show),
}

impl Organization {
    /// Prints what is asked for.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        match self {
            Self::List(args) => args.run(session),
            Self::Show(args) => args.organization_member(session),
        }
    }
}
