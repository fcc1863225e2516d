//! The machine against a toy of the service, in virtual time.

mod made;
mod people;
mod promises;
mod restored;
mod stories;
mod toy;
mod turns;
mod undo;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{Change, Directory, Now, PolicyEdit};
use crate::plan::fixture::{account, directory, draft, group, member, policy};
use crate::plan::run::{Event, Run, Wish};
use crate::plan::{Plan, Staging};
use toy::{State, ToyGroup};

/// `g0` has `m0…m5`, `g1` has nobody, `g2` has `m0…m39`; the account has `m0…m99`.
fn groups() -> Vec<Vec<usize>> {
    vec![(0..6).collect(), Vec::new(), (0..40).collect()]
}

fn world() -> State {
    let mut state = BTreeMap::new();
    for (n, members) in groups().into_iter().enumerate() {
        let since = Timestamp::UNIX_EPOCH - jiff::SignedDuration::from_hours(24);
        let toy = ToyGroup {
            name: format!("g{n}").into(),
            policies: vec![policy(&draft(n))],
            members: members.into_iter().map(|m| (member(m), since)).collect(),
            created: Some(since),
        };
        state.insert(group(n), toy);
    }
    state
}

fn known() -> Directory {
    directory(100, &groups())
}

fn plan(changes: &[Change]) -> Plan {
    let directory = known();
    let mut staging = Staging::new(account());
    for change in changes {
        staging.stage(change.clone(), &directory);
    }
    Plan::build(&staging, &directory, Now::default())
}

/// Makes a group's policies those of another number; it has had those of its own.
fn set_policies(g: usize, n: usize) -> Change {
    Change::SetPolicies {
        group: group(g),
        from: vec![policy(&draft(g)).content()],
        to: vec![PolicyEdit::Write(draft(n))],
    }
}

/// Tells a run something, where no guard stands and every turn comes at once.
fn on(run: &mut Run, event: Event, now: Now) -> Vec<Wish> {
    let mut wishes = run.on(event, now);
    let asks = |wish: &Wish| matches!(wish, Wish::Turn(..) | Wish::Guards(_));
    while let Some(place) = wishes.iter().position(asks) {
        let answered = match wishes.remove(place) {
            Wish::Turn(turn, _) => run.on(Event::Turn(turn), now),
            _ => run.on(Event::Guarded(None), now),
        };
        wishes.extend(answered);
    }
    wishes
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
