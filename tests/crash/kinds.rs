//! The same for every other kind of change: killed around the intent, the request, the answer and its outcome.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use super::oracle::{Found, steps};
use super::points::{APPLY, overriding, resume, say, side_by_side};
use super::world::World;

/// A kind of change, one of which is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    CreateGroup,
    GroupPolicies,
    RenameGroup,
    DeleteGroup,
    Invite,
    CancelInvitation,
    RemoveMember,
    DirectPolicies,
}

const KINDS: [Kind; 8] = [
    Kind::CreateGroup,
    Kind::GroupPolicies,
    Kind::RenameGroup,
    Kind::DeleteGroup,
    Kind::Invite,
    Kind::CancelInvitation,
    Kind::RemoveMember,
    Kind::DirectPolicies,
];

/// Where the program dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Point {
    /// P6.
    IntentSynced,
    /// P7: half of the request has gone.
    HalfSent,
    /// P8, and whether the server has carried it out.
    Sent(bool),
    /// P10: answered, and the outcome is not written.
    Answered,
    /// P12.
    OutcomeSynced,
}

const POINTS: [Point; 6] = [
    Point::IntentSynced,
    Point::HalfSent,
    Point::Sent(true),
    Point::Sent(false),
    Point::Answered,
    Point::OutcomeSynced,
];

/// The group that is changed, and what is granted anew.
const GROUP: &str = "on-call";
const GRANT: &str = "Billing";
const NEWCOMER: &str = "new.hire@northwind.example";

/// What the account holds: by name what groups grant and who is in them, by e-mail what people are granted.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Account {
    groups: BTreeMap<String, (Vec<String>, BTreeSet<String>)>,
    people: BTreeMap<String, Vec<String>>,
}

impl Account {
    fn of(world: &World) -> Self {
        let server = &world.server;
        let groups = server.groups().into_iter().map(|(id, name)| {
            (name, (server.group_grants(&id), server.memberships(&id).into_iter().collect()))
        });
        let people = server.everyone().into_iter();
        let people = people.map(|(id, email)| (email, server.direct_grants(&id)));
        Self { groups: groups.collect(), people: people.collect() }
    }

    fn group(&mut self) -> &mut (Vec<String>, BTreeSet<String>) {
        self.groups.get_mut(GROUP).unwrap()
    }
}

/// One change, and the account before and after it.
struct Case {
    kind: Kind,
    world: World,
    before: Account,
    after: Account,
}

impl Case {
    fn of(kind: Kind) -> Self {
        let world = World::start();
        let before = Account::of(&world);
        let mut after = before.clone();
        let holder = || {
            let people = world.server.people().into_iter().map(|(_, email)| email);
            let mut holders = people.filter(|email| before.people[email].len() == 1);
            holders.find(|email| !email.starts_with("alex.rivera@")).expect("a holder of a policy")
        };
        let policies = |table: &str| {
            format!(
                "[[{table}.policies]]\npermission_groups = [{GRANT:?}]\nscopes = [\"account\"]\n"
            )
        };
        let granted = vec![GRANT.to_owned()];
        let text = match kind {
            Kind::CreateGroup => {
                after.groups.insert("night-shift".to_owned(), (granted, BTreeSet::new()));
                format!("[groups.night-shift]\ncreate = true\n{}", policies("groups.night-shift"))
            }
            Kind::GroupPolicies => {
                after.group().0 = granted;
                policies(&format!("groups.{GROUP}"))
            }
            Kind::RenameGroup => {
                let group = after.groups.remove(GROUP).unwrap();
                after.groups.insert("night-shift".to_owned(), group);
                format!("[groups.{GROUP}]\nrename = \"night-shift\"\n")
            }
            Kind::DeleteGroup => {
                after.groups.remove(GROUP);
                format!("[groups.{GROUP}]\ndelete = true\n")
            }
            Kind::Invite => {
                after.people.insert(NEWCOMER.to_owned(), granted);
                format!("[members.{NEWCOMER:?}]\ninvite = true\n")
                    + &policies(&format!("members.{NEWCOMER:?}"))
            }
            Kind::CancelInvitation | Kind::RemoveMember => {
                let email = match kind {
                    Kind::CancelInvitation => world.server.invited().remove(0).1,
                    _ => holder(),
                };
                let id = world.server.member_id(&email).unwrap();
                after.people.remove(&email);
                for (_, members) in after.groups.values_mut() {
                    members.remove(&id);
                }
                format!("[members.{email:?}]\nremove = true\n")
            }
            Kind::DirectPolicies => {
                let email = holder();
                after.people.insert(email.clone(), granted);
                policies(&format!("members.{email:?}"))
            }
        };
        std::fs::write(world.home.path("changes.toml"), text).unwrap();
        Self { kind, world, before, after }
    }

    /// The command that applies the change. Where guards ask for texts, it gives them.
    fn line(&self) -> String {
        match self.kind {
            Kind::GroupPolicies | Kind::DeleteGroup => {
                overriding(APPLY, &self.world.run(APPLY).status(3).err)
            }
            _ => APPLY.to_owned(),
        }
    }

    fn dies_at(&mut self, point: Point) {
        let line = &self.line();
        let world = &mut self.world;
        match point {
            Point::IntentSynced => world.dies(line, "synced-intent"),
            Point::HalfSent => world.killed_in_the_middle_of(line, 1),
            Point::Sent(applied) => {
                let how = if applied { "apply hang" } else { "hang" };
                world.trouble(&format!("WRITE ** 1: {how}"));
                world.killed_at_write(line, 1, applied);
            }
            Point::Answered => world.dies(line, "before-outcome"),
            Point::OutcomeSynced => world.dies(line, "synced-outcome"),
        }
    }

    /// I3: whether what is said of the change is so; and I4: whether all else is as it was.
    fn misreported(&self, told: &Value) -> Vec<String> {
        let now = Account::of(&self.world);
        let mut wrong = Vec::new();
        let changes: Vec<&Value> = steps(told).collect();
        let [change] = changes.as_slice() else { return vec![format!("not one change: {told}")] };
        let state = change["state"].as_str().unwrap();
        let so = match state {
            "done" | "already so" => now == self.after,
            "unknown" | "running" | "accepted, not seen yet" => true,
            "waiting" | "skipped" | "refused" | "not in effect" => now == self.before,
            _ => false,
        };
        if !so {
            wrong.push(format!("{}: said to be {state}", change["words"]));
        }
        if now != self.before && now != self.after {
            wrong.push(format!("neither as before nor as planned: {now:?}"));
        }
        wrong
    }

    /// Takes up what was broken off, looking at everything that must hold on the way.
    fn taken_up(&self) -> Found {
        let (world, mut found) = (&self.world, Found::default());
        let writes = world.writes();
        found.misreported = self.misreported(&world.told());
        world.run("runs resume --dry-run").ok();
        let told = world.told();
        found.misreported.extend(self.misreported(&told));
        if world.writes() != writes {
            found.unsafe_writes.push("reading back has written".to_owned());
        }
        if told["finished"] != true {
            resume(world);
        }
        let told = world.told();
        found.misreported.extend(self.misreported(&told));
        if told["finished"] != true || !world.story().is_some_and(|story| story.is_ended()) {
            found.misreported.push("the run is not said to be finished".to_owned());
        }
        if Account::of(world) != self.after {
            found.lost.push(format!("{:?} is not as planned", self.kind));
        }
        found.unsafe_writes.extend(world.witness.found());
        found
    }
}

#[test]
fn d11_a_change_of_any_kind_that_is_killed_is_neither_lost_nor_misreported_nor_made_twice() {
    let runs: Vec<(Kind, Point)> =
        KINDS.iter().flat_map(|kind| POINTS.map(|point| (*kind, point))).collect();
    let results = side_by_side(&runs, |(kind, point)| {
        let tried = || {
            let mut case = Case::of(*kind);
            case.dies_at(*point);
            case.taken_up()
        };
        (*kind, *point, catch_unwind(AssertUnwindSafe(tried)).ok())
    });
    let mut good: BTreeMap<Kind, usize> = KINDS.map(|kind| (kind, 0)).into();
    for (kind, point, found) in &results {
        if *found == Some(Found::default()) {
            *good.entry(*kind).or_default() += 1;
        } else {
            say(&format!("{kind:?} at {point:?}: {found:#?}"));
        }
    }
    say(&format!(
        "{} crash runs of other kinds; good ones of {} each:",
        results.len(),
        POINTS.len()
    ));
    for (kind, number) in &good {
        say(&format!("  {kind:?}: {number}"));
    }
    assert_eq!(good.values().sum::<usize>(), results.len());
}
