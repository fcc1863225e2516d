//! `cfiam snapshot …`: the whole account at a moment, as a file.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::config::{Overrides, Places};
use crate::domain::{AccountId, Collection, Directory, MemberStatus, Snapshot};
use crate::rows::{Cell, Head, Sheet};
use crate::store::Store;
use crate::store::snapshot::{Kept, Over, read_snapshot, to_writer, write_snapshot};
use crate::text;

use super::answer::{Answer, Facts, Form};
use super::print::{out, told};
use super::reading::missing;
use super::session::Session;
use super::{Refusal, Status};

/// Save the whole account as a file; list and show such files, offline
#[derive(clap::Subcommand, Debug)]
pub enum Snapshots {
    /// Save the account as it is now
    Save(Save),
    /// List those that were saved without a file name, the newest first
    List {
        /// How the answer is written
        #[arg(short, long, value_enum, default_value_t)]
        output: Form,
    },
    /// Show what is in one
    Show {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// How the answer is written
        #[arg(short, long, value_enum, default_value_t)]
        output: Form,
    },
}

/// Where the account is saved.
#[derive(clap::Args, Debug)]
pub struct Save {
    /// The file; .zst at its end compresses it, - is stdout. Without one it goes to the state folder
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
    /// Save also where something could not be read, and say what is missing
    #[arg(long)]
    allow_partial: bool,
}

impl Snapshots {
    /// Does what needs no service; `None` where it is needed.
    pub(super) fn offline(&self, overrides: &Overrides) -> Option<Result<Status, Refusal>> {
        match self {
            Self::Save(_) => None,
            Self::List { output } => Some(list(overrides, *output)),
            Self::Show { file, output } => Some(show(file, *output)),
        }
    }

    /// Saves the account.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        match self {
            Self::Save(save) => save.run(session),
            Self::List { output } => list(&Overrides::default(), *output),
            Self::Show { file, output } => show(file, *output),
        }
    }
}

impl Save {
    fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        let over = if self.force { Over::Yes } else { Over::No };
        if let Some(file) = self.file.as_ref().filter(|file| over == Over::No && file.exists()) {
            let words = format!("{} is there already; --force writes over it", file.display());
            return Err(Refusal::usage(words));
        }
        let missing = session.read_everything()?;
        let answer = Answer { output: Form::Table, allow_partial: self.allow_partial };
        answer.allow(&missing)?;
        let snapshot = now(session);
        if self.file.as_deref() == Some(Path::new("-")) {
            let _somebody_reads = to_writer(io::stdout().lock(), &snapshot);
            return Ok(Status::Done);
        }
        let path = match &self.file {
            Some(file) => file.clone(),
            None => session.store().snapshot_file(session.account(), snapshot.taken)?,
        };
        write_snapshot(&path, &snapshot, over)?;
        out(&format!("{}\n", text::safe(&path.display().to_string())));
        told(&format!("saved {}", counts(&snapshot.directory)));
        Ok(Status::Done)
    }
}

/// The account as it has just been read.
pub(super) fn now(session: &Session) -> Snapshot {
    let now = session.clock.now().wall.as_second();
    let taken = Timestamp::from_second(now).unwrap_or(Timestamp::UNIX_EPOCH);
    Snapshot { directory: session.directory.clone(), taken }
}

fn counts(directory: &Directory) -> String {
    let members = text::plural(directory.members_listed(), "member");
    format!("{members}, {}", text::plural(directory.groups_there(), "group"))
}

fn list(overrides: &Overrides, output: Form) -> Result<Status, Refusal> {
    let account = overrides.account.as_deref().map(|id| {
        AccountId::parse(id).ok_or_else(|| Refusal::usage(format!("--account: {id:?} is no id")))
    });
    let account = account.transpose()?;
    let store = Store::at(&Places::of_person()?.state);
    let mut sheet = Sheet::new([
        Head::text("taken", "TAKEN"),
        Head::text("account", "ACCOUNT"),
        Head::number("bytes", "BYTES"),
        Head::text("file", "FILE"),
        Head::id("account_id"),
    ]);
    for Kept { path, size, head } in store.snapshots(account.as_ref())? {
        match head {
            Ok(head) => sheet.push([
                Cell::moment(Some(head.taken)),
                Cell::text(account_words(&head.account.id, &head.account.name)),
                Cell::number(usize::try_from(size).unwrap_or(usize::MAX)),
                Cell::text(path.display().to_string()),
                Cell::text(head.account.id.to_string()),
            ]),
            Err(fault) => told(&fault.to_string()),
        }
    }
    Ok(Answer { output, allow_partial: true }.rows(&sheet))
}

fn account_words(id: &AccountId, name: &str) -> String {
    if name.is_empty() { id.to_string() } else { name.to_owned() }
}

/// All lists of an account: what may be missing of it.
pub(super) fn everything(directory: &Directory) -> Vec<Collection> {
    let lists = [
        Collection::Members,
        Collection::Groups,
        Collection::PermissionGroups,
        Collection::ResourceGroups,
    ];
    lists.into_iter().chain(directory.group_ids().map(Collection::GroupMembers)).collect()
}

fn show(file: &Path, output: Form) -> Result<Status, Refusal> {
    let Snapshot { directory, taken } = read_snapshot(file)?;
    let missing = missing(&directory, &everything(&directory));
    let more =
        super::reading::missing(&directory, &[Collection::Zones, Collection::OrganizationMembers]);
    let missing: Vec<String> = missing.into_iter().chain(more).collect();
    let memberships = directory.groups().iter().map(|(slot, _)| directory.members_at(slot).len());
    let memberships: usize = memberships.sum();
    let pending = directory.members().values().filter(|one| one.status == MemberStatus::Pending);
    let counts: [(&str, &str, usize); 7] = [
        ("members", "members", directory.members_listed()),
        ("invited, not accepted", "pending", pending.count()),
        ("groups", "groups", directory.groups_there()),
        ("memberships", "memberships", memberships),
        ("zones", "zones", directory.zones().len()),
        ("resource groups", "resource_groups", directory.resource_groups().len()),
        ("organization's members", "organization_members", directory.organization_members().len()),
    ];
    let account = &directory.account;
    let mut facts = Facts::new()
        .with("account", account_words(&account.id, &account.name))
        .with("account id", account.id.to_string())
        .with("taken", taken.to_string());
    let mut whole = json!({
        "account": { "id": account.id, "name": account.name },
        "taken": taken.to_string(),
        "missing": missing,
    });
    let mut sheet = Sheet::new([Head::text("what", "WHAT"), Head::number("count", "COUNT")]);
    for (words, key, count) in counts {
        facts = facts.with(words, text::count(count));
        sheet.push([Cell::text(key), Cell::number(count)]);
        if let Value::Object(object) = &mut whole {
            object.insert(key.to_owned(), count.into());
        }
    }
    let lines = if missing.is_empty() { vec!["nothing".to_owned()] } else { missing };
    for (number, line) in lines.into_iter().enumerate() {
        facts = facts.with(if number == 0 { "missing" } else { "" }, line);
    }
    let answer = Answer { output, allow_partial: true };
    let rows: &[&Sheet] = if output == Form::Csv { &[&sheet] } else { &[] };
    Ok(answer.one(facts, rows, &whole))
}
