//! What a command wants, as a change file of its own, and the plan that it comes to.

use std::fs;
use std::io::{self, Read};

use crate::config::{Given, Mistake};
use crate::domain::{Change, Collection, GroupId, StagedFor, Standing};
use crate::plan::{ChangeFile, Known, Plan, PolicyPart, Staging};
use crate::text;

use super::connect::words;
use super::offer::{How, offer};
use super::session::Session;
use super::{Refusal, Status};

/// Makes a plan of what is wanted, and goes about it as wished.
pub(super) fn go_about(
    session: &mut Session,
    wanted: impl Into<ChangeFile>,
    how: &How,
) -> Result<Status, Refusal> {
    let plan = plan(session, &wanted.into(), how.is_shown())?;
    offer(session, plan, how)
}

/// The plan that a change file comes to now. What is so already is left out of it, and stands beside it.
pub(super) fn plan(session: &mut Session, file: &ChangeFile, shown: bool) -> Result<Plan, Refusal> {
    let sound = file.mistakes.is_empty();
    // What is wrong with the file itself is told also where the account can't be read.
    read(session, file, shown && sound)
        .map_err(|refusal| if sound { refusal } else { wrong(&file.mistakes) })?;
    let mut staging = Staging::new(session.account().clone());
    let bound = file.bind(&mut staging, &session.directory);
    let mistaken = |told: Vec<_>| if sound { mistaken(session, &told) } else { wrong(&told) };
    let changes = bound.map_err(mistaken)?;
    Ok(plan_of(session, changes))
}

/// The plan that changes come to now.
pub(super) fn plan_of(session: &Session, changes: Vec<Change>) -> Plan {
    let staging = Staging::restore(StagedFor { account: session.account().clone(), changes });
    Plan::build(&staging, &session.directory, session.clock.now())
}

/// Reads what binding needs, what guards look at, and, where somebody looks, what tells the impact.
fn read(session: &mut Session, file: &ChangeFile, shown: bool) -> Result<(), Refusal> {
    session.identify()?;
    let (people, takes) = (file.names_people(), file.may_take());
    if takes || shown && (people || file.names_policies()) {
        return session.read_for_impact();
    }
    session.read([Collection::Groups])?;
    if people {
        session.read([Collection::Members])?;
    }
    if file.names_policies() {
        session.read([
            Collection::PermissionGroups,
            Collection::ResourceGroups,
            Collection::Zones,
        ])?;
    }
    let known = Known::of(&session.directory);
    let named = file.groups.iter().filter_map(|part| known.group(&part.group).ok());
    let groups: Vec<GroupId> = named.filter(|_| people).map(|group| group.id.clone()).collect();
    session.read_members_of(&groups)
}

/// Names that could not be found prove a mistake only where all names have come.
fn mistaken(session: &Session, mistakes: &[Mistake]) -> Refusal {
    let lists = [
        Collection::Members,
        Collection::Groups,
        Collection::PermissionGroups,
        Collection::ResourceGroups,
    ];
    let groups = session.directory.groups().values();
    let inside = groups.map(|group| Collection::GroupMembers(group.id.clone()));
    let partial = |list: Collection| {
        matches!(session.directory.coverage(&list).standing, Standing::Partial(_))
    };
    let status = if lists.into_iter().chain(inside).any(partial) {
        Status::Incomplete
    } else {
        Status::Usage
    };
    Refusal::new(status, words(mistakes))
}

fn wrong(mistakes: &[Mistake]) -> Refusal {
    Refusal::usage(words(mistakes))
}

/// Reads a change file; `-` is stdin. What is wrong with it is told with the names that it has wrong, or here where it
/// names nothing.
pub(super) fn change_file(file: &str) -> Result<ChangeFile, Refusal> {
    let text = text_of(file)?;
    let read = ChangeFile::read(called(file), &text);
    let names_nothing = read.groups.is_empty() && read.members.is_empty();
    if names_nothing && !read.mistakes.is_empty() { Err(wrong(&read.mistakes)) } else { Ok(read) }
}

/// Reads a list of policies from a file; `-` is stdin.
pub(super) fn policies(file: &str) -> Result<Vec<PolicyPart>, Refusal> {
    let text = text_of(file)?;
    PolicyPart::parse_list(called(file), &text).map_err(|mistakes| wrong(&mistakes))
}

/// The people that are named, and those whom a file lists; `-` is stdin.
pub(super) fn people(
    emails: &[String],
    file: Option<&String>,
) -> Result<Vec<Given<String>>, Refusal> {
    let mut people: Vec<Given<String>> =
        emails.iter().map(|email| Given::new(email.clone(), "E-MAIL")).collect();
    let Some(file) = file else { return Ok(people) };
    let text = text_of(file)?;
    let given = |entry: text::Entry<'_>| {
        Given::new(entry.address.to_owned(), format!("{}:{}", called(file), entry.line))
    };
    people.extend(text::entries(&text).map(given));
    Ok(people)
}

/// What mistakes call a file.
pub(super) fn called(file: &str) -> &str {
    if file == "-" { "stdin" } else { file }
}

/// A file's text; `-` is stdin.
pub(super) fn text_of(file: &str) -> Result<String, Refusal> {
    let read = if file == "-" {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(file)
    };
    read.map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => error.to_string(),
        };
        Refusal::usage(format!("{} can't be read: {why}", called(file)))
    })
}
