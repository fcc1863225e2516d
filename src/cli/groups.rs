//! `cfiam groups …`: groups made, renamed, deleted, with other policies or exactly these members.

use crate::config::Given;
use crate::plan::GroupPart;

use super::lists::{ListGroups, Show};
use super::offer::How;
use super::session::Session;
use super::wanted::{go_about, people, policies};
use super::{Refusal, Status};

/// List and show groups; create, rename and delete them, set their policies and their members
#[derive(clap::Subcommand, Debug)]
pub enum Groups {
    /// List them
    List(ListGroups),
    /// Show a group: its policies and its members
    Show(Show),
    /// Create a group
    Create(Create),
    /// Give a group another name
    Rename(Rename),
    /// Delete a group; made again, it has another id
    Delete(Delete),
    /// Make a group's policies exactly these
    SetPolicies(Policies),
    /// Make a group's members exactly those of a list
    SetMembers(SetMembers),
}

/// A group to be made.
#[derive(clap::Args, Debug)]
pub struct Create {
    /// Its name
    name: String,
    /// Its policies, from a file with [[policies]] as in a change file, or from stdin where it is -
    #[arg(short = 'f', long, value_name = "FILE")]
    file: Option<String>,
    #[command(flatten)]
    how: How,
}

/// A group, and another name.
#[derive(clap::Args, Debug)]
pub struct Rename {
    /// The group, by its exact name
    group: String,
    /// The name that it is to have
    name: String,
    #[command(flatten)]
    how: How,
}

/// A group to be deleted.
#[derive(clap::Args, Debug)]
pub struct Delete {
    /// The group, by its exact name
    group: String,
    #[command(flatten)]
    how: How,
}

/// A group, and policies.
#[derive(clap::Args, Debug)]
pub struct Policies {
    /// The group, by its exact name
    group: String,
    /// The policies, from a file with [[policies]] as in a change file, or from stdin where it is -
    #[arg(short = 'f', long, value_name = "FILE")]
    file: String,
    #[command(flatten)]
    how: How,
}

/// A group, and a list of members.
#[derive(clap::Args, Debug)]
pub struct SetMembers {
    /// The group, by its exact name
    group: String,
    /// Who is to be in it, from a file or from stdin where it is -: one a line, between commas, or as a mail program copies them; lines that begin with # are comments
    #[arg(short = 'f', long, value_name = "FILE")]
    file: String,
    /// Set them by one call that removes whoever is not in the list, and not one by one
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    how: How,
}

impl Groups {
    /// Whether it only reads, so that a snapshot can answer.
    pub(super) fn only_reads(&self) -> bool {
        matches!(self, Self::List(_) | Self::Show(_))
    }

    /// Prints what is asked for; of what is to be changed, makes a plan and goes about it as wished.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        match self {
            Self::List(args) => args.run(session),
            Self::Show(args) => args.group(session),
            Self::Create(args) => {
                let policies = args.file.as_deref().map(policies).transpose()?;
                let part = GroupPart::of(Given::new(args.name.clone(), "NAME"));
                go_about(session, GroupPart { create: true, policies, ..part }, &args.how)
            }
            Self::Rename(args) => {
                let rename = Some(Given::new(args.name.clone(), "NAME"));
                go_about(session, GroupPart { rename, ..part(&args.group) }, &args.how)
            }
            Self::Delete(args) => {
                go_about(session, GroupPart { delete: true, ..part(&args.group) }, &args.how)
            }
            Self::SetPolicies(args) => {
                let policies = Some(policies(&args.file)?);
                go_about(session, GroupPart { policies, ..part(&args.group) }, &args.how)
            }
            Self::SetMembers(args) => {
                let members = Some(people(&[], Some(&args.file))?);
                let part = GroupPart { members, replace: args.replace, ..part(&args.group) };
                go_about(session, part, &args.how)
            }
        }
    }
}

fn part(group: &str) -> GroupPart {
    GroupPart::of(Given::new(group.to_owned(), "GROUP"))
}
