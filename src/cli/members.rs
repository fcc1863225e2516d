//! `cfiam members …`: who is in the account, in which group, and with which policies of their own.

use crate::config::Given;
use crate::plan::{ChangeFile, GroupPart, MemberPart};

use super::lists::{ListMembers, Show};
use super::offer::How;
use super::session::Session;
use super::wanted::{go_about, people, policies};
use super::{Refusal, Status};

/// List and show members; change who is in the account, in which groups, and with which policies of their own
#[derive(clap::Subcommand, Debug)]
pub enum Members {
    /// List them
    List(ListMembers),
    /// Show a member: everything that they hold, and how
    Show(Show),
    /// Add members to a group
    AddTo(Membership),
    /// Remove members from a group
    RemoveFrom(Membership),
    /// Invite people to the account
    Invite(Invitation),
    /// Remove members from the account, or take invitations back; nothing but a new invitation brings them back
    Remove(Removal),
    /// Make the policies that a member holds directly exactly these
    SetPolicies(Policies),
}

/// People, each named or in a list.
#[derive(clap::Args, Debug)]
struct People {
    /// The members, by e-mail
    #[arg(value_name = "E-MAIL", required_unless_present = "from")]
    emails: Vec<String>,
    /// More of them from a file, or from stdin where it is -: one a line, between commas, or as a mail program copies them; lines that begin with # are comments
    #[arg(long, value_name = "FILE")]
    from: Option<String>,
}

/// Members, and a group.
#[derive(clap::Args, Debug)]
pub struct Membership {
    /// The group, by its exact name
    group: String,
    #[command(flatten)]
    people: People,
    #[command(flatten)]
    how: How,
}

/// People to be invited.
#[derive(clap::Args, Debug)]
pub struct Invitation {
    /// Whom, by e-mail
    #[arg(value_name = "E-MAIL", required = true)]
    emails: Vec<String>,
    /// The policies that the invitation gives, from a file with [[policies]] as in a change file
    #[arg(short = 'f', long, value_name = "FILE")]
    file: Option<String>,
    #[command(flatten)]
    how: How,
}

/// Members to be removed from the account.
#[derive(clap::Args, Debug)]
pub struct Removal {
    #[command(flatten)]
    people: People,
    #[command(flatten)]
    how: How,
}

/// A member, and policies.
#[derive(clap::Args, Debug)]
pub struct Policies {
    /// The member, by e-mail
    #[arg(value_name = "E-MAIL")]
    email: String,
    /// The policies, from a file with [[policies]] as in a change file, or from stdin where it is -
    #[arg(short = 'f', long, value_name = "FILE")]
    file: String,
    #[command(flatten)]
    how: How,
}

impl Members {
    /// Whether it only reads, so that a snapshot can answer.
    pub(super) fn only_reads(&self) -> bool {
        matches!(self, Self::List(_) | Self::Show(_))
    }

    /// Prints what is asked for; of what is to be changed, makes a plan and goes about it as wished.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        match self {
            Self::List(args) => args.run(session),
            Self::Show(args) => args.member(session),
            Self::AddTo(args) => {
                let add = args.people.read()?;
                go_about(session, GroupPart { add, ..args.part() }, &args.how)
            }
            Self::RemoveFrom(args) => {
                let remove = args.people.read()?;
                go_about(session, GroupPart { remove, ..args.part() }, &args.how)
            }
            Self::Invite(args) => {
                let policies = args.file.as_deref().map(policies).transpose()?;
                let invited = |who| MemberPart {
                    invite: true,
                    policies: policies.clone(),
                    ..MemberPart::of(who)
                };
                go_about(session, all(people(&args.emails, None)?, invited), &args.how)
            }
            Self::Remove(args) => {
                let removed = |who| MemberPart { remove: true, ..MemberPart::of(who) };
                let who = args.people.read()?;
                go_about(session, all(who, removed), &args.how)
            }
            Self::SetPolicies(args) => {
                let policies = Some(policies(&args.file)?);
                let part = MemberPart::of(Given::new(args.email.clone(), "E-MAIL"));
                go_about(session, MemberPart { policies, ..part }, &args.how)
            }
        }
    }
}

impl People {
    fn read(&self) -> Result<Vec<Given<String>>, Refusal> {
        people(&self.emails, self.from.as_ref())
    }
}

impl Membership {
    fn part(&self) -> GroupPart {
        GroupPart::of(Given::new(self.group.clone(), "GROUP"))
    }
}

fn all(people: Vec<Given<String>>, part: impl Fn(Given<String>) -> MemberPart) -> ChangeFile {
    ChangeFile { members: people.into_iter().map(part).collect(), ..ChangeFile::default() }
}
