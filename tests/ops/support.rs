//! The company on the embedded server, read through the client, with changes staged for it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "support of tests, which measures the time of a run"
)]

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cfiam::api::{BaseUrl, Client, Credential, Settings, Turn};
use cfiam::domain::{
    AccountId, Change, Collection, Directory, Fault, Group, GroupId, Load, MemberId, Now, Urgency,
};
use cfiam::emulator::{Emulator, FaultRule, Observer, Options, Secret, Seen};
use cfiam::ops::{self, Told};
use cfiam::plan::{
    Approval, OpState, Plan, Progress, Record, RunId, RunReport, Staging, Summary, Tally, Timings,
};
use cfiam::store::journal::journal_file;
use cfiam::store::{Journal, Story};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::witness::{self, Witness};

/// All waits of the client are this much shorter than in earnest.
const CLIENT: f64 = 1.0 / 20.0;
/// All waits of a run are this much shorter than in earnest.
pub const RUN: f64 = 1.0 / 50.0;

/// The company, and what is known and staged of it.
pub struct Company {
    pub server: Arc<Emulator>,
    pub client: Client,
    pub account: AccountId,
    pub directory: Directory,
    pub staging: Staging,
    /// How many writes the server has received.
    pub received: watch::Receiver<usize>,
    /// Sees to it that the journals hold what is sent.
    pub witness: Witness,
    /// The folder of state, with the journals of the runs.
    pub folder: TempDir,
    runs: u32,
    began: Instant,
}

/// What a run has told.
pub struct Ran {
    pub plan: Arc<Plan>,
    pub progress: Progress,
    pub summary: Summary,
    /// Everything in order.
    pub told: Vec<Told>,
    /// The requests that came to the server, from the run's begin on.
    pub requests: Vec<Seen>,
}

pub fn options() -> Options {
    Options::new("2026-11-24T00:00:00Z".parse().unwrap())
}

/// The company, as the credential that may write sees it.
pub async fn company() -> Company {
    company_with(options(), "writer").await
}

pub async fn company_with(options: Options, who: &str) -> Company {
    let mut company = unread(options, who).await;
    company.read().await;
    company
}

/// The company, of which nothing has been read.
pub async fn unread(options: Options, who: &str) -> Company {
    let (tell, received) = watch::channel(0);
    let counter: Observer = Arc::new(move |_| tell.send_modify(|writes| *writes += 1));
    let (server, witness) = witness::start(options, Some(counter)).await;
    let (server, folder) = (Arc::new(server), tempfile::tempdir().unwrap());
    witness.watch(folder.path());
    let credential = match server.secret(who).unwrap() {
        Secret::Token(token) => Credential::token(token).unwrap(),
        Secret::Key { email, key } => Credential::key(email, key).unwrap(),
    };
    let mut settings = Settings::new(BaseUrl::parse(&server.base_url()).unwrap(), credential);
    settings.timings = settings.timings.scaled(CLIENT);
    let client = Client::new(settings, Arc::new(|_| {})).unwrap();
    let account = AccountId::parse(server.account_id()).unwrap();
    let (directory, staging) = (Directory::new(account.clone()), Staging::new(account.clone()));
    let (runs, began) = (0, Instant::now());
    Company { server, client, account, directory, staging, received, witness, folder, runs, began }
}

impl Company {
    pub fn now(&self) -> Now {
        now(self.began)
    }

    /// The clock of a run.
    pub fn clock(&self) -> impl Fn() -> Now + Send + use<> {
        let began = self.began;
        move || now(began)
    }

    /// Reads members, groups and who is in them.
    pub async fn read(&mut self) {
        for collection in [Collection::Members, Collection::Groups] {
            self.list(collection).await.unwrap();
        }
        let groups: Vec<GroupId> = self.directory.groups().values().map(|g| g.id.clone()).collect();
        let mut loads = Vec::new();
        let sink = |load| loads.push(load);
        ops::all_group_members(&self.client, &self.account, &groups, sink).await.unwrap();
        self.absorb(loads);
    }

    pub async fn list(&mut self, collection: Collection) -> Result<(), cfiam::domain::Fault> {
        let mut loads = Vec::new();
        let sink = |load| loads.push(load);
        let done =
            ops::list(&self.client, &self.account, None, collection, Urgency::Bulk, sink).await;
        self.absorb(loads);
        done
    }

    pub fn absorb(&mut self, loads: Vec<Load>) {
        for load in loads {
            self.directory.absorb(load, now(self.began));
        }
    }

    pub fn trouble(&self, rule: &str) {
        self.server.add_fault(rule.parse::<FaultRule>().unwrap());
    }

    pub fn group(&self, name: &str) -> Group {
        self.directory.groups().values().find(|group| &*group.name == name).unwrap().clone()
    }

    /// People who are not in a group and can be.
    pub fn outsiders(&self, group: &str, count: usize) -> Vec<MemberId> {
        let id = self.group(group).id;
        let people = self.server.people();
        let ids = people.iter().map(|(id, _)| MemberId::parse(id).unwrap());
        ids.filter(|member| !self.directory.is_in(&id, member)).take(count).collect()
    }

    /// People who are in a group.
    pub fn insiders(&self, group: &str, count: usize) -> Vec<MemberId> {
        let id = self.group(group).id;
        let slots = self.directory.members_of(&id).iter();
        slots
            .filter_map(|slot| self.directory.members().at(*slot))
            .map(|m| m.id.clone())
            .take(count)
            .collect()
    }

    pub fn stage(&mut self, change: Change) {
        self.staging.stage(change, &self.directory);
    }

    pub fn stage_adds(&mut self, group: &str, members: &[MemberId]) {
        let group = self.group(group).id;
        for member in members {
            self.stage(Change::Add { group: group.clone().into(), member: member.clone() });
        }
    }

    pub fn stage_removals(&mut self, group: &str, members: &[MemberId]) {
        let group = self.group(group).id;
        for member in members {
            self.stage(Change::Remove { group: group.clone(), member: member.clone() });
        }
    }

    /// Whether the server has a member in a group.
    pub fn holds(&self, group: &str, member: &MemberId) -> bool {
        let id = self.server.group_id(group).unwrap();
        self.server.memberships(&id).contains(&member.to_string())
    }

    pub fn plan(&self) -> Plan {
        Plan::build(&self.staging, &self.directory, self.now())
    }

    /// The turn of a write that someone sends without a run.
    pub async fn turn(&self) -> Turn {
        self.client.turn(self.group("edge-ops").id.into()).await
    }

    /// Plans what is staged and applies it.
    pub async fn apply(&mut self) -> Ran {
        let plan = self.plan();
        self.apply_until(plan, std::future::pending()).await
    }

    /// Applies a plan, stopping it when `stop` is ready, and settles what is staged.
    pub async fn apply_until(&mut self, plan: Plan, stop: impl Future<Output = ()> + Send) -> Ran {
        self.apply_kept(plan, stop, |_| Ok(())).await
    }

    /// The journal of the last run.
    pub fn journal(&self) -> PathBuf {
        journal_file(self.folder.path(), &run_id(self.runs))
    }

    pub fn story(&self) -> Story {
        Story::read(&self.journal()).unwrap()
    }

    /// The same, with someone who is asked before anything is written into its journal, and may fail.
    pub async fn apply_kept(
        &mut self,
        plan: Plan,
        stop: impl Future<Output = ()> + Send,
        mut keep: impl FnMut(&[Record]) -> Result<(), Fault> + Send,
    ) -> Ran {
        let (plan, began) = (Arc::new(plan), self.began);
        let before = self.server.requests().len();
        let mut told = Vec::new();
        self.runs += 1;
        let (id, approval) = (run_id(self.runs), Approval::default());
        let timings = Timings::default().scaled(RUN);
        let clock = move || now(began);
        let mut journal =
            Journal::begin(self.folder.path(), &id, &plan, approval, clock()).unwrap();
        let sink = |it: Told| {
            let kept = match &it {
                Told::Keep(records) => keep(records).and_then(|()| journal.keep(records, clock())),
                _ => Ok(()),
            };
            told.push(it);
            kept
        };
        let run = ops::apply(&self.client, plan.clone(), id, timings, clock, stop, sink);
        tokio::time::timeout(Duration::from_mins(1), run).await.expect("the run ends");
        let mut progress = Progress::new(&plan);
        let mut summary = None;
        for it in &told {
            match it {
                Told::Run(RunReport::Ended(ended)) => summary = Some(ended.clone()),
                Told::Run(report) => progress.absorb(report),
                Told::Load(load) => self.directory.absorb(load.clone(), now(began)),
                Told::Keep(_) | Told::Guards(..) => {}
            }
        }
        progress.settle(&plan, &mut self.staging);
        let requests = self.server.requests().split_off(before);
        Ran { plan, progress, summary: summary.unwrap(), told, requests }
    }
}

/// The id of a test's run, by its number from 1 on.
pub fn run_id(number: u32) -> RunId {
    RunId::new(jiff::Timestamp::UNIX_EPOCH, number)
}

fn now(began: Instant) -> Now {
    Now { wall: jiff::Timestamp::now(), since_start: began.elapsed() }
}

impl Ran {
    pub fn tally(&self) -> Tally {
        self.progress.tally()
    }

    pub fn states(&self) -> Vec<&OpState> {
        self.plan.ops().map(|op| self.progress.op(op.id)).collect()
    }

    /// What was kept, in order.
    pub fn records(&self) -> Vec<&Record> {
        let kept = self.told.iter().filter_map(|told| match told {
            Told::Keep(records) => Some(records),
            _ => None,
        });
        kept.flatten().collect()
    }

    /// The verbs that came to the server for paths that contain `part`, in order.
    pub fn verbs(&self, part: &str) -> Vec<&str> {
        let fit = self.requests.iter().filter(|request| request.path.contains(part));
        fit.map(|request| request.method.as_str()).collect()
    }

    pub fn writes(&self) -> usize {
        self.requests.iter().filter(|request| request.writes()).count()
    }
}
