//! What a person, other people, the network and the machine do, one after the other. A command that makes no sense
//! where it stands does nothing, so that a failing sequence can be shortened by leaving commands out.

use std::collections::BTreeSet;
use std::time::Duration;

use cfiam::domain::{
    Change, GroupRef, Member, MemberStatus, PolicyContent, PolicyDraft, PolicyEdit,
};
use cfiam::plan::{ChangeKey, Event, Plan, RunId, Staging, Timings};
use cfiam::store::Story as Journaled;
use cfiam::store::journal::journal_file;
use proptest::prelude::*;

use super::mutants::Mutant;
use super::service::people::newcomer;
use super::service::{Other, Service, a_policy, group, member};
use super::world::World;

/// How long a run may take, whatever happens.
const LONGEST: Duration = Duration::from_hours(1);

/// What becomes of a write.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    Fine,
    NeverSent,
    Throttled,
    Forbidden,
    AppliedAndLost,
    LostAndNotApplied,
    /// The answer is lost at once, and the write lands so many milliseconds later.
    LostAndLate(u64),
    /// The policies of a member are accepted and stay as they are; any other write is carried out.
    Ignored,
}

/// What is staged.
#[derive(Clone, Debug)]
pub enum Edit {
    Add(usize, usize),
    Remove(usize, usize),
    /// Adds so many to a group at once.
    Many(usize, usize),
    Rename(usize),
    /// Gives a group another policy in the place of those that it has, or beside them.
    Policies(usize, usize),
    Delete(usize),
    /// Makes a group with so many in it.
    Create(usize),
    /// Invites somebody.
    Invite(usize),
    /// Gives somebody another policy in the place of those that they hold directly, or beside them.
    Direct(usize, usize),
    /// Takes somebody out of the account, or an invitation back.
    RemoveMember(usize),
}

#[derive(Clone, Debug)]
pub enum Command {
    Stage(Edit),
    Unstage(usize),
    /// The person has everything read again.
    Read,
    Plan,
    Confirm,
    /// The next writes meet these.
    Faults(Vec<Fate>),
    /// So many reads fail next.
    Unread(u32),
    Other(Other),
    Pass(u64),
    /// The request budget leaves no room for writes for so many milliseconds.
    Hold(u64),
    Cancel,
    /// The program is killed once it has kept so many records more, and so much of what it had not synced is there.
    Kill(usize, u8),
    /// Another program is started, which reads back what was broken off.
    Restart,
    /// Goes on with one of the runs that were broken off.
    Resume(usize),
    /// Closes one of them as it is.
    Close(usize),
    /// The program's wall clock steps, to so many seconds ahead of the service's.
    Clock(i64),
    /// Takes back what one of the last runs has done.
    Undo(usize),
}

/// A whole sequence, and the service that it meets.
#[derive(Clone, Debug)]
pub struct Story {
    pub commands: Vec<Command>,
    pub lag: u64,
    pub refused: BTreeSet<usize>,
}

/// Few groups and few members, so that several people and commands meet at one of them.
fn an_edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        6 => (0..2usize, 4..10usize).prop_map(|(g, m)| Edit::Add(g, m)),
        6 => (0..3usize, 0..6usize).prop_map(|(g, m)| Edit::Remove(g, m)),
        1 => (1..2usize, 3..30usize).prop_map(|(g, n)| Edit::Many(g, n)),
        1 => (0..3usize).prop_map(Edit::Rename),
        2 => (0..3usize, 3..9usize).prop_map(|(g, n)| Edit::Policies(g, n)),
        1 => (0..3usize).prop_map(Edit::Delete),
        1 => (0..4usize).prop_map(Edit::Create),
        2 => (0..3usize).prop_map(Edit::Invite),
        2 => (40..47usize, 3..9usize).prop_map(|(m, n)| Edit::Direct(m, n)),
        1 => prop_oneof![4..6usize, 40..47usize].prop_map(Edit::RemoveMember),
    ]
}

fn a_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => Just(Fate::Fine),
        1 => Just(Fate::NeverSent),
        1 => Just(Fate::Throttled),
        1 => Just(Fate::Forbidden),
        3 => Just(Fate::AppliedAndLost),
        3 => Just(Fate::LostAndNotApplied),
        3 => (1_000..100_000u64).prop_map(Fate::LostAndLate),
        1 => Just(Fate::Ignored),
    ]
}

fn someone_else() -> impl Strategy<Value = Other> {
    prop_oneof![
        4 => (0..2usize, 4..10usize).prop_map(|(g, m)| Other::Add(g, m)),
        4 => (0..3usize, 0..8usize).prop_map(|(g, m)| Other::Remove(g, m)),
        6 => (0..2usize, 0..8usize).prop_map(|(g, m)| Other::AddAnew(g, m)),
        1 => (0..3usize).prop_map(Other::Rename),
        2 => (0..3usize, 3..9usize).prop_map(|(g, n)| Other::Policies(g, n)),
        1 => (0..3usize).prop_map(Other::Delete),
        1 => prop_oneof![4..6usize, 40..47usize].prop_map(Other::RemoveMember),
        1 => (40..47usize, 3..9usize).prop_map(|(m, n)| Other::DirectPolicies(m, n)),
        1 => (44..47usize).prop_map(Other::Accept),
        1 => (0..3usize).prop_map(Other::AcceptNew),
        1 => (0..3usize).prop_map(Other::Invite),
    ]
}

fn some_time() -> impl Strategy<Value = Command> {
    prop_oneof![4 => 0..400u64, 4 => 400..20_000u64, 1 => 60_000..400_000u64]
        .prop_map(Command::Pass)
}

fn a_hold() -> impl Strategy<Value = Command> {
    prop_oneof![1 => 0..4_000u64, 2 => 4_000..100_000u64, 1 => Just(900_000u64)]
        .prop_map(Command::Hold)
}

fn a_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        6 => an_edit().prop_map(Command::Stage),
        1 => (0..6usize).prop_map(Command::Unstage),
        2 => Just(Command::Read),
        2 => Just(Command::Plan),
        3 => Just(Command::Confirm),
        3 => proptest::collection::vec(a_fate(), 1..4).prop_map(Command::Faults),
        1 => (1..8u32).prop_map(Command::Unread),
        4 => someone_else().prop_map(Command::Other),
        6 => some_time(),
        1 => Just(Command::Cancel),
        1 => a_hold(),
        2 => (0..30usize, any::<u8>()).prop_map(|(records, torn)| Command::Kill(records, torn)),
        3 => Just(Command::Restart),
        3 => (0..2usize).prop_map(Command::Resume),
        1 => (0..2usize).prop_map(Command::Close),
        1 => (-100_000..100_000i64).prop_map(Command::Clock),
        3 => (0..2usize).prop_map(Command::Undo),
    ]
}

/// What is staged, planned and confirmed at once, and what falls into the run.
fn a_run() -> impl Strategy<Value = Vec<Command>> {
    let during = prop_oneof![
        3 => someone_else().prop_map(Command::Other),
        4 => some_time(),
        1 => a_hold(),
        1 => a_command(),
    ];
    let edits = proptest::collection::vec(an_edit(), 1..5);
    let fates = proptest::collection::vec(a_fate(), 0..5);
    (edits, fates, proptest::collection::vec(during, 0..8)).prop_map(|(edits, fates, during)| {
        let begin = [Command::Plan, Command::Faults(fates), Command::Confirm];
        let edits = edits.into_iter().map(Command::Stage);
        edits.chain(begin).chain(during).collect()
    })
}

/// What is done and taken back in peace: it must leave nothing behind.
fn a_run_taken_back() -> impl Strategy<Value = Vec<Command>> {
    proptest::collection::vec(an_edit(), 1..5).prop_map(|edits| {
        let peace = Command::Pass(400_000);
        let run = [Command::Plan, Command::Confirm, peace.clone(), Command::Undo(0), peace.clone()];
        let edits = edits.into_iter().map(Command::Stage);
        [peace, Command::Restart, Command::Read].into_iter().chain(edits).chain(run).collect()
    })
}

/// A run in which the program is killed, and what is made of it afterwards; it may be killed then once more.
fn a_crash() -> impl Strategy<Value = Vec<Command>> {
    let kill = || (1..30usize, any::<u8>()).prop_map(|(n, torn)| Command::Kill(n, torn));
    let during = prop_oneof![1 => someone_else().prop_map(Command::Other), 3 => some_time()];
    let during = || proptest::collection::vec(during.clone(), 0..3);
    let second = proptest::option::weighted(0.4, (kill(), some_time()));
    let then = prop_oneof![
        3 => Just(Command::Resume(0)),
        1 => Just(Command::Close(0)),
        1 => Just(Command::Undo(0)),
    ];
    let third = proptest::option::weighted(0.2, kill());
    let edits = proptest::collection::vec(an_edit(), 1..6);
    let fates = proptest::collection::vec(a_fate(), 0..4);
    (edits, fates, kill(), during(), second, during(), then, third).prop_map(
        |(edits, fates, kill, before, second, after, then, third)| {
            let mut all: Vec<Command> = edits.into_iter().map(Command::Stage).collect();
            all.extend([Command::Plan, Command::Faults(fates), kill, Command::Confirm]);
            all.extend(before);
            if let Some((kill, time)) = second {
                all.extend([kill, Command::Restart, time]);
            }
            all.push(Command::Restart);
            all.extend(after);
            all.push(Command::Pass(40_000));
            all.extend(third);
            all.push(then);
            all
        },
    )
}

pub fn a_story() -> impl Strategy<Value = Story> {
    let some = || proptest::collection::vec(a_command(), 1..4);
    let part = prop_oneof![6 => a_run(), 6 => some(), 1 => a_run_taken_back(), 3 => a_crash()];
    (
        proptest::collection::vec(part, 1..8),
        prop_oneof![4 => Just(0u64), 1 => Just(5_000), 1 => Just(1_000)],
        proptest::collection::btree_set(4..10usize, 0..2),
    )
        .prop_map(|(parts, lag, refused)| Story { commands: parts.concat(), lag, refused })
}

/// Plays a sequence to its end, looking after each command whether all promises are kept.
pub fn play(story: &Story, mutant: Mutant) -> World {
    let service = Service::new(Duration::from_millis(story.lag), &story.refused);
    let mut world = World::new(service, mutant);
    for command in &story.commands {
        world.step(command);
        world.check();
        if !world.broken.is_empty() {
            return world;
        }
    }
    world.finish();
    world
}

impl World {
    fn step(&mut self, command: &Command) {
        match command {
            Command::Other(other) => self.service.other(other),
            Command::Pass(ms) => self.pass(Duration::from_millis(*ms)),
            Command::Hold(ms) => self.hold(Duration::from_millis(*ms)),
            Command::Faults(fates) => self.fates.extend(fates),
            Command::Unread(reads) => self.unread = *reads,
            Command::Restart => self.restart(),
            Command::Clock(ahead) => self.clock = *ahead,
            Command::Kill(0, _) => self.die(),
            Command::Kill(records, torn) => {
                (self.dies_in, self.torn) = (Some(*records), *torn);
            }
            _ if self.dead => {}
            Command::Stage(edit) => self.stage(edit),
            Command::Unstage(nth) => {
                let keys: Vec<ChangeKey> = self.staging.changes().map(ChangeKey::of).collect();
                if let Some(key) = keys.get(*nth) {
                    self.staging.unstage(key);
                }
            }
            Command::Read => self.read(),
            Command::Plan => {
                self.plan = Some(Plan::build(&self.staging, &self.directory, self.now()));
            }
            Command::Confirm => self.confirm(),
            Command::Cancel => self.tell(Event::Stop),
            Command::Undo(nth) => self.undo(*nth),
            Command::Resume(nth) => self.take_up_nth(*nth, Event::Resume),
            Command::Close(nth) => self.take_up_nth(*nth, Event::Close),
        }
    }

    fn confirm(&mut self) {
        if self.on.is_none()
            && let Some(plan) = self.plan.take().filter(|plan| !plan.is_empty())
        {
            self.begin(plan);
        }
    }

    fn stage(&mut self, edit: &Edit) {
        let directory = self.directory.clone();
        let name = |g: usize| directory.groups().get(&group(g)).map(|known| known.name.clone());
        let changes = match *edit {
            Edit::Add(g, m) => vec![Change::Add { group: group(g).into(), member: member(m) }],
            Edit::Remove(g, m) => vec![Change::Remove { group: group(g), member: member(m) }],
            Edit::Many(g, n) => {
                (0..n).map(|m| Change::Add { group: group(g).into(), member: member(m) }).collect()
            }
            Edit::Rename(g) => name(g)
                .map(|from| Change::Rename { group: group(g), from, to: format!("new{g}").into() })
                .into_iter()
                .collect(),
            Edit::Policies(g, n) => {
                let known = directory.groups().get(&group(g));
                let from = known.map(|known| known.policies().iter().map(|it| it.content()));
                let from: Vec<PolicyContent> = from.into_iter().flatten().collect();
                let kept = from.iter().filter(|_| n % 3 == 0).cloned().map(PolicyEdit::Keep);
                let new = PolicyEdit::Write(PolicyDraft::again(&a_policy(n)));
                let to = kept.chain([new]).collect();
                let change = Change::SetPolicies { group: group(g), from, to };
                known.map(|_| change).into_iter().collect()
            }
            Edit::Delete(g) => {
                name(g).map(|name| Change::Delete { group: group(g), name }).into_iter().collect()
            }
            Edit::Invite(n) => {
                let policies = vec![PolicyDraft::again(&a_policy(n % 4))];
                vec![Change::Invite { email: newcomer(n).into(), policies }]
            }
            Edit::Direct(m, n) => {
                let known = directory.members().get(&member(m));
                let from = known.map(|known| known.direct_policies().iter().map(|it| it.content()));
                let from: Vec<PolicyContent> = from.into_iter().flatten().collect();
                let kept = from.iter().filter(|_| n % 3 == 0).cloned().map(PolicyEdit::Keep);
                let new = PolicyEdit::Write(PolicyDraft::again(&a_policy(n)));
                let to = kept.chain([new]).collect();
                let change = Change::SetDirectPolicies { member: member(m), from, to };
                known.map(|_| change).into_iter().collect()
            }
            Edit::RemoveMember(m) => {
                let known = directory.members().get(&member(m));
                let removal = |known: &Member| Change::RemoveMember {
                    member: member(m),
                    email: (&*known.email).into(),
                    pending: known.status == MemberStatus::Pending,
                };
                known.map(removal).into_iter().collect()
            }
            Edit::Create(n) => {
                let draft = self.staging.new_draft();
                let name = format!("made{}", draft.0).into();
                let policies = [4, 5].map(|n| PolicyDraft::again(&a_policy(n))).into();
                let create = Change::Create { group: draft, name, policies };
                let add =
                    |m: usize| Change::Add { group: GroupRef::Draft(draft), member: member(m) };
                std::iter::once(create).chain((0..n).map(add)).collect()
            }
        };
        for change in changes {
            self.staging.stage(change, &directory);
        }
    }

    /// Another program is started in the place of the one that was killed: it finds what is staged.
    fn restart(&mut self) {
        if !self.dead {
            return;
        }
        self.dead = false;
        self.meet("restarted");
        self.staging = Staging::restore(self.staging.saved());
        self.read();
        self.to_recover = self.open_runs().into();
        self.recover_next();
    }

    /// The runs whose journals have no end. Where not even the plan was written, nothing was sent.
    fn open_runs(&self) -> Vec<RunId> {
        let story = |id: &&RunId| Journaled::read(&journal_file(self.folder.path(), id)).unwrap();
        self.begun.keys().filter(|id| !story(id).is_ended()).cloned().collect()
    }

    fn take_up_nth(&mut self, nth: usize, event: Event) {
        if self.on.is_none()
            && let Some(id) = self.open_runs().get(nth)
        {
            self.meet(&event);
            self.take_up(id, event);
        }
    }

    fn undo(&mut self, nth: usize) {
        let place = self.ended.len().checked_sub(nth + 1);
        let Some(ended) = place.and_then(|place| self.ended.get(place)) else { return };
        if self.on.is_some() {
            return;
        }
        let (id, account) = (ended.id.clone(), ended.plan.account.clone());
        let (_, history) = cfiam::store::history::run(self.folder.path(), &account, &id).unwrap();
        self.read();
        let plan = history.undo(&self.directory, Timings::default().late, self.now());
        self.meet("undone");
        if !plan.is_empty() {
            self.begin(plan);
        }
    }

    /// Reading back once more what was read back already shows the same.
    fn recover_again(&mut self) {
        self.unread = 0;
        for id in self.open_runs() {
            let states = |world: &Self| {
                let ended = world.ended.iter().find(|ended| ended.id == id);
                let states = ended.map(|it| it.plan.ops().map(|op| it.progress.op(op.id).clone()));
                states.map(Iterator::collect::<Vec<_>>)
            };
            let mut seen = Vec::new();
            for _ in 0..2 {
                if !self.open_runs().contains(&id) {
                    continue;
                }
                self.dead = false;
                self.take_up(&id, Event::Begin);
                self.pass_until_ended(LONGEST);
                seen.push(states(self));
            }
            self.meet("recovered again");
            if let [first, second] = &seen[..]
                && first != second
            {
                self.broken.push(format!("I11: {first:?} and then {second:?}"));
            }
        }
    }

    /// What is on comes to its end, and what was lost lands.
    fn finish(&mut self) {
        self.restart();
        self.pass_until_ended(LONGEST);
        self.pass(Duration::from_secs(150));
        self.check();
        self.recover_again();
        for ended in std::mem::take(&mut self.ended) {
            self.check_never_sent(&ended);
            self.ended.push(ended);
        }
    }
}
