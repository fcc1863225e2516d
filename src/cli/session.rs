//! An account as a command sees it: reached, and read as far as the answer needs it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};
use tracing_appender::non_blocking::WorkerGuard;

use crate::api::{self, Client, Traffic};
use crate::app::{Mode, WhyReadOnly};
use crate::config::{Environment, Overrides, Places};
use crate::domain::{
    Account, AccountId, Budget, By, Change, Collection, Directory, FaultKind, GroupId, Load,
    MemberId, OrganizationId, Progress, Snapshot, Urgency,
};
use crate::ops;
use crate::plan::Rules;
use crate::shell::{self, Clock};
use crate::store::snapshot::read_snapshot;
use crate::store::{Store, history};
use crate::text;

use super::connect::{Connection, Demo, of_person};
use super::print::{passing, told};
use super::{Refusal, Status};

/// How long names are waited for that are no more than a help.
const NAMES: Duration = Duration::from_secs(3);

/// The lists that tell a plan's impact, beside who is in which group.
const IMPACT: [Collection; 5] = [
    Collection::Members,
    Collection::Groups,
    Collection::PermissionGroups,
    Collection::ResourceGroups,
    Collection::Zones,
];

/// An account that is reached.
pub(super) struct Session {
    /// The account as far as it has been read.
    pub directory: Directory,
    /// Who speaks to the service; nobody where a snapshot answers.
    client: Option<Client>,
    /// Where things are kept.
    pub places: Places,
    /// The time.
    pub clock: Clock,
    /// How many requests may be sent in five minutes.
    pub budget: u32,
    /// What guards go by.
    pub rules: Rules,
    /// Where the team keeps what it has decided about findings, if the profile says it.
    pub rules_file: Option<PathBuf>,
    /// The organization, where it was named.
    pub organization: Option<OrganizationId>,
    mode: Mode,
    handle: Handle,
    _threads: Threads,
    _log: Option<WorkerGuard>,
    /// The demo, if that is what is reached. Goes last.
    _demo: Option<Demo>,
}

impl Session {
    /// Reaches the account that is meant: the one that is named, else the only one there is.
    pub fn open(overrides: &Overrides, demo: bool) -> Result<Self, Refusal> {
        let connection = Connection::make(overrides, &Environment::read(), demo)?;
        let (mode, writable) = (connection.mode(), connection.writable());
        let Connection { settings, places, client, unconnected, redactor, demo, .. } = connection;
        let Some(client) = client else {
            return Err(unconnected.map_or_else(no_credential, Refusal::from));
        };
        let log = shell::begin_log(&places.log_file(), settings.log, Arc::new(redactor)).ok();
        let budget = client.requests_per_5_min;
        let client = Client::new(client, Arc::new(|traffic| held_up(&traffic)))?;
        let (handle, threads) = threads()?;
        let account = match settings.account {
            Some(account) => account,
            None => handle.block_on(only_account(&client))?,
        };
        let mode = match mode {
            Mode::ReadOnly(WhyReadOnly::FirstConnection) if writable.contains(&account) => {
                Mode::ReadWrite
            }
            mode => mode,
        };
        let directory = Directory::new(account);
        let clock = Clock::start();
        history::tidy(&places.state, clock.now().wall, settings.keep_runs);
        Ok(Self {
            directory,
            client: Some(client),
            places,
            clock,
            budget,
            rules: Rules { protected: settings.protected, ..Rules::default() },
            rules_file: settings.rules,
            organization: settings.organization,
            mode,
            handle,
            _threads: threads,
            _log: log,
            _demo: demo,
        })
    }

    /// A snapshot in the place of the account: nothing is asked for and no credential is taken.
    pub fn of_snapshot(overrides: &Overrides, file: &Path) -> Result<Self, Refusal> {
        let (settings, places) = of_person(overrides, &Environment::read())?;
        let Snapshot { directory, taken } = read_snapshot(file)?;
        let of = &directory.account.id;
        if let Some(account) = settings.account.as_ref().filter(|account| *account != of) {
            let words = format!("{} is of account {of}, and not of {account}", file.display());
            return Err(Refusal::usage(words));
        }
        let (handle, threads) = threads()?;
        told(&format!("this is how it was at {taken}"));
        Ok(Self {
            directory,
            client: None,
            places,
            clock: Clock::start(),
            budget: api::Settings::REQUESTS_PER_5_MIN,
            rules: Rules { protected: settings.protected, ..Rules::default() },
            rules_file: settings.rules,
            organization: settings.organization,
            mode: Mode::ReadOnly(WhyReadOnly::Snapshot(taken)),
            handle,
            _threads: threads,
            _log: None,
            _demo: None,
        })
    }

    /// Who speaks to the service.
    pub fn service(&self) -> Result<&Client, Refusal> {
        let nobody = || Refusal::usage("this asks the service, and a snapshot is none");
        self.client.as_ref().ok_or_else(nobody)
    }

    /// Whether a snapshot answers, and not the service.
    pub fn is_snapshot(&self) -> bool {
        self.client.is_none()
    }

    /// The account.
    pub fn account(&self) -> &AccountId {
        &self.directory.account.id
    }

    /// What is kept for later sessions.
    pub fn store(&self) -> Store {
        Store::at(&self.places.state)
    }

    /// Starts tasks on the threads that requests are sent from.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Refuses where changes are not allowed.
    pub fn may_write(&self) -> Result<(), Refusal> {
        let why = match &self.mode {
            Mode::ReadWrite => return Ok(()),
            Mode::ReadOnly(WhyReadOnly::Snapshot(_)) => "a snapshot is only to be looked at",
            Mode::ReadOnly(WhyReadOnly::Flag) => "--read-only was given",
            Mode::ReadOnly(WhyReadOnly::Profile) => {
                "the profile is read-only; --write allows changes this once"
            }
            Mode::ReadOnly(_) => {
                "changes have not been allowed for this account yet; --write allows them this once"
            }
        };
        Err(Refusal::new(Status::Stopped, format!("nothing was changed: {why}")))
    }

    /// Reads what the account is called and who is calling. What can't be read stays unknown.
    pub fn identify(&mut self) -> Result<(), Refusal> {
        let account = self.account().clone();
        let Some(client) = &self.client else { return Ok(()) };
        let (read, caller) = self
            .handle
            .block_on(async { tokio::join!(client.account(&account), client.caller(&account)) });
        if let Ok(Some(read)) = read {
            self.directory.account = read;
        }
        match caller {
            Ok(caller) => self.directory.caller = Some(caller),
            Err(fault) if fault.kind == FaultKind::Credential => return Err(fault.into()),
            Err(_) => {}
        }
        Ok(())
    }

    /// Whose doing changes are.
    pub fn by(&self) -> By {
        self.directory.caller.as_ref().map(By::from).unwrap_or_default()
    }

    /// Refuses an account that the service says is not there. Where it can't be asked, the account may be there.
    pub fn is_there(&mut self) -> Result<(), Refusal> {
        let account = self.account().clone();
        let read = self.within(NAMES, self.service()?.account(&account));
        match read {
            Some(Ok(Some(read))) => self.directory.account = read,
            Some(Ok(None)) => {
                let words = format!("there is no account {account} that this credential reaches");
                return Err(Refusal::usage(words));
            }
            Some(Err(fault)) if fault.status.is_some() => return Err(fault.into()),
            _ => {}
        }
        Ok(())
    }

    /// Reads who is calling, and, where others are named, who there is. What can't be read within a moment stays
    /// unknown.
    pub fn read_who(&mut self, by: impl Iterator<Item = By>) {
        let account = self.account().clone();
        let Some(client) = &self.client else { return };
        if let Some(Ok(caller)) = self.within(NAMES, client.caller(&account)) {
            self.directory.caller = Some(caller);
        }
        let me = self.by();
        let is_other = |by: By| by.user.is_some_and(|user| Some(user) != me.user);
        if !by.into_iter().any(is_other) {
            return;
        }
        let Self { client: Some(client), directory, clock, handle, .. } = self else { return };
        let absorb = |load: Load| directory.absorb(load, clock.now());
        let list = Collection::Members;
        let reading = ops::list(client, &account, None, list, Urgency::Screen, absorb);
        let _unread = handle.block_on(async { tokio::time::timeout(NAMES, reading).await });
    }

    /// What comes of something within this time.
    fn within<T>(&self, wait: Duration, what: impl Future<Output = T>) -> Option<T> {
        self.handle.block_on(async { tokio::time::timeout(wait, what).await.ok() })
    }

    /// Reads what tells a plan's impact.
    pub fn read_for_impact(&mut self) -> Result<(), Refusal> {
        self.read(IMPACT)?;
        let groups: Vec<GroupId> = self.directory.group_ids().collect();
        self.read_members_of(&groups)
    }

    /// Whether all has been read that tells a plan's impact.
    pub fn can_tell_impact(&self) -> bool {
        let read = |list| self.directory.coverage(list).is_whole();
        IMPACT.iter().all(read) && self.directory.knows_all_groups()
    }

    /// Reads lists, those that have not been read yet.
    pub fn read(&mut self, lists: impl IntoIterator<Item = Collection>) -> Result<(), Refusal> {
        for list in lists {
            if !self.directory.coverage(&list).is_whole() {
                self.read_one(&list)?;
            }
        }
        Ok(())
    }

    fn read_one(&mut self, list: &Collection) -> Result<(), Refusal> {
        let Self { client: Some(client), directory, clock, handle, .. } = self else {
            return Ok(());
        };
        let account = directory.account.id.clone();
        let what = called(list);
        let absorb = |load: Load| {
            directory.absorb(load, clock.now());
            if let Some(Progress { rows, of }) = directory.coverage(list).walk {
                passing(&format!("reading {what}: {}", so_far(rows, of)));
            }
        };
        let reading = ops::list(client, &account, None, list.clone(), Urgency::Screen, absorb);
        Ok(handle.block_on(reading)?)
    }

    /// Reads the member lists of groups, side by side.
    pub fn read_members_of(&mut self, groups: &[GroupId]) -> Result<(), Refusal> {
        let unread = |group: &&GroupId| {
            !self.directory.coverage(&Collection::GroupMembers((*group).clone())).is_whole()
        };
        let groups: Vec<GroupId> = groups.iter().filter(unread).cloned().collect();
        let Self { client: Some(client), directory, clock, handle, .. } = self else {
            return Ok(());
        };
        let account = directory.account.id.clone();
        let (mut read, of) = (0, u32::try_from(groups.len()).ok());
        let absorb = |load: Load| {
            read += u32::from(matches!(load, Load::Ended { .. }));
            directory.absorb(load, clock.now());
            passing(&format!("reading who is in which group: {}", so_far(read, of)));
        };
        Ok(handle.block_on(ops::all_group_members(client, &account, &groups, absorb))?)
    }

    /// Reads since when members are in groups.
    pub fn read_dates(&mut self, pairs: &[(GroupId, MemberId)]) -> Result<(), Refusal> {
        let Self { client: Some(client), directory, clock, handle, .. } = self else {
            return Ok(());
        };
        let account = directory.account.id.clone();
        let absorb = |load: Load| directory.absorb(load, clock.now());
        Ok(handle.block_on(ops::since(client, &account, pairs, absorb))?)
    }

    /// Reads who is calling, and what a plan of these changes needs.
    pub fn read_for(&mut self, changes: &[Change]) -> Result<(), Refusal> {
        self.identify()?;
        self.read([Collection::Members, Collection::Groups])?;
        let policies = |change: &Change| {
            matches!(
                change,
                Change::Invite { .. }
                    | Change::Create { .. }
                    | Change::SetPolicies { .. }
                    | Change::SetDirectPolicies { .. }
            )
        };
        if changes.iter().any(policies) {
            let catalogue =
                [Collection::PermissionGroups, Collection::ResourceGroups, Collection::Zones];
            self.read(catalogue)?;
        }
        let there = |id: &GroupId| self.directory.groups().get(id).is_some();
        let groups = changes.iter().filter_map(|change| change.target().existing_group().cloned());
        let mut groups: BTreeSet<GroupId> = groups.filter(there).collect();
        // Where somebody may lose something, guards look at what others, and other groups, still give.
        if changes.iter().any(Change::may_take) {
            groups.extend(self.directory.group_ids());
        }
        self.read_members_of(&groups.into_iter().collect::<Vec<_>>())
    }
}

/// Says what requests wait for.
fn held_up(traffic: &Traffic) {
    if let Traffic::Budget(Budget { waits: Some(wait), .. }) = traffic {
        passing(&format!("waiting {} s for the request budget", wait.as_secs().max(1)));
    }
}

pub(super) fn called(list: &Collection) -> &'static str {
    match list {
        Collection::Members => "members",
        Collection::Groups => "groups",
        Collection::GroupMembers(_) => "who is in a group",
        Collection::PermissionGroups => "permission groups",
        Collection::ResourceGroups => "resource groups",
        Collection::Zones => "zones",
        Collection::OrganizationMembers => "the organization's members",
    }
}

fn so_far(rows: u32, of: Option<u32>) -> String {
    let number = |number: u32| text::count(number as usize);
    of.map_or_else(|| number(rows), |of| format!("{} of {}", number(rows), number(of)))
}

fn threads() -> Result<(Handle, Threads), Refusal> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| {
        Refusal::new(Status::Failed, format!("the threads could not be started: {error}"))
    })?;
    Ok((runtime.handle().clone(), Threads(Some(runtime))))
}

/// The threads that requests are sent from. Leaving waits for none of them.
struct Threads(Option<Runtime>);

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// The account, where there is only one.
async fn only_account(client: &Client) -> Result<AccountId, Refusal> {
    let accounts = ops::accounts(client).await?;
    match accounts.as_slice() {
        [only] => Ok(only.id.clone()),
        [] => Err(Refusal::usage("this credential lists no account: name one with --account")),
        several => {
            let first =
                "this credential reaches several accounts: name one with --account".to_owned();
            let named = |account: &Account| format!("  {}  {}", account.id, account.name);
            let lines: Vec<String> =
                std::iter::once(first).chain(several.iter().map(named)).collect();
            Err(Refusal::usage(lines.join("\n")))
        }
    }
}

fn no_credential() -> Refusal {
    Refusal::new(Status::Credentials, "there is no credential")
}
