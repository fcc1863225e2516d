//! `cfiam members …`: who is in which group.

use std::fs;
use std::io::{self, Read};

use crate::config::Given;
use crate::domain::{Change, Collection, GroupRef};
use crate::plan::{Known, Plan, Staging};
use crate::text;

use super::connect::words;
use super::offer::{How, offer};
use super::session::Session;
use super::{Refusal, Status};

/// Change who is in which group
#[derive(clap::Subcommand, Debug)]
pub enum Members {
    /// Add members to a group
    AddTo(Args),
    /// Remove members from a group
    RemoveFrom(Args),
}

/// Members, and a group.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The group, by its exact name
    group: String,
    /// The members, by e-mail
    #[arg(value_name = "E-MAIL", required_unless_present = "from")]
    emails: Vec<String>,
    /// More of them from a file, or from stdin where it is `-`: one a line, commas, `Name <e-mail>`
    #[arg(long, value_name = "FILE")]
    from: Option<String>,
    #[command(flatten)]
    how: How,
}

impl Members {
    /// Makes a plan of it, and goes about it as wished.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        let (Self::AddTo(args) | Self::RemoveFrom(args)) = self;
        let mut people: Vec<Given<String>> =
            args.emails.iter().map(|email| Given::new(email.clone(), "E-MAIL")).collect();
        if let Some(file) = &args.from {
            people.extend(listed(file)?);
        }
        session.identify()?;
        session.read([Collection::Members, Collection::Groups])?;
        let known = Known::of(&session.directory);
        let mut mistakes = Vec::new();
        let group = Given::new(args.group.clone(), "GROUP");
        let group = known.group(&group).map_err(|no| mistakes.push(no)).ok();
        let found =
            people.iter().filter_map(|who| known.member(who).map_err(|no| mistakes.push(no)).ok());
        let found: Vec<_> = found.cloned().collect();
        let Some(group) = group.filter(|_| mistakes.is_empty()).map(|group| group.id.clone())
        else {
            return Err(Refusal::usage(words(&mistakes)));
        };
        session.read_members_of(std::slice::from_ref(&group))?;
        let mut staging = Staging::new(session.account().clone());
        for member in found {
            let change = match self {
                Self::AddTo(_) => Change::Add { group: GroupRef::from(group.clone()), member },
                Self::RemoveFrom(_) => Change::Remove { group: group.clone(), member },
            };
            staging.stage(change, &session.directory);
        }
        let plan = Plan::build(&staging, &session.directory, session.clock.now());
        offer(session, plan, &args.how)
    }
}

/// The people that a file lists; `-` is stdin.
fn listed(file: &str) -> Result<Vec<Given<String>>, Refusal> {
    let text = read(file)?;
    let given = |entry: text::Entry<'_>| {
        Given::new(entry.address.to_owned(), format!("{file}:{}", entry.line))
    };
    Ok(text::entries(&text).map(given).collect())
}

/// A file's text; `-` is stdin.
pub(super) fn read(file: &str) -> Result<String, Refusal> {
    let read = match file {
        "-" => {
            let mut text = String::new();
            io::stdin().lock().read_to_string(&mut text).map(|_| text)
        }
        path => fs::read_to_string(path),
    };
    read.map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => error.to_string(),
        };
        Refusal::usage(format!("{file} can't be read: {why}"))
    })
}
