//! Everything that changes while the server runs, in one place: the world as writes see it, the world as
//! readers see it, what is still to be carried out, and what was asked.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::budget::Budget;
use super::credentials::{self, Known, Owner};
use super::fault::Armed;
use super::log::Log;
use super::request::Request;
use super::world::dice::derive;
use super::world::{Edit, Id, Moment, World};
use super::{Clock, Options, Shapes, seed};

/// How long an invitation stands before it vanishes from the list of members.
const INVITATION: SignedDuration = SignedDuration::from_hours(24 * 4);

pub(super) struct State {
    pub shapes: Shapes,
    pub credentials: Vec<Known>,
    pub budget: Budget,
    pub faults: Vec<Armed>,
    pub log: Log,
    seed: u64,
    start: Moment,
    clock: Clock,
    started: Instant,
    advanced: Duration,
    /// How far back a write lies that is carried out only now: nobody asked for anything in between.
    behind_time: Duration,
    lag: Duration,
    /// The world as writes see it.
    front: World,
    /// The world as readers see it, where that may differ.
    behind: Option<World>,
    /// What readers don't see yet.
    unseen: VecDeque<(Duration, Edit)>,
    /// Requests whose answer was lost and which are carried out later.
    late: Vec<(Duration, Request)>,
    /// When the token that is refused at first was first used.
    fresh_since: Option<Duration>,
    made: u64,
}

impl State {
    /// Builds the world of the options.
    #[expect(clippy::disallowed_methods, reason = "the emulator keeps its own time")]
    pub fn new(options: &Options) -> Self {
        let start = Moment::of(options.now);
        let plan = seed::Plan {
            members: options.members,
            groups: options.groups,
            accounts: options.accounts,
            seed: options.seed,
            now: start,
        };
        let front = seed::company(plan);
        let behind = (!options.lag.is_zero()).then(|| front.clone());
        Self {
            shapes: options.shapes,
            credentials: credentials::known(options.seed, &front.owner, start),
            budget: Budget::new(options.budget),
            faults: options.faults.iter().cloned().map(Armed::new).collect(),
            log: Log::default(),
            seed: options.seed,
            start,
            clock: options.clock,
            started: Instant::now(),
            advanced: Duration::ZERO,
            behind_time: Duration::ZERO,
            lag: options.lag,
            front,
            behind,
            unseen: VecDeque::new(),
            late: Vec::new(),
            fresh_since: None,
            made: 0,
        }
    }

    /// Time since the start, and what was skipped.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed() + self.advanced
    }

    /// Lets time pass at once.
    pub fn advance(&mut self, by: Duration) {
        self.advanced += by;
    }

    /// The moment that a write is stamped with.
    #[expect(clippy::disallowed_methods, reason = "the emulator keeps its own time")]
    pub fn now(&self) -> Moment {
        let elapsed = self.elapsed().saturating_sub(self.behind_time);
        let in_world = self.start.plus(SignedDuration::try_from(elapsed).unwrap_or_default());
        match self.clock {
            Clock::World => in_world,
            Clock::Wall => {
                let signed = |time| SignedDuration::try_from(time).unwrap_or_default();
                let now = Moment::of(Timestamp::now()).plus(signed(self.advanced));
                now.plus(-signed(self.behind_time)).max(in_world)
            }
        }
    }

    /// Carries out whatever became due: late requests, edits that readers now see, lapsed invitations.
    pub fn settle(&mut self) {
        let elapsed = self.elapsed();
        self.late.sort_by_key(|(due, _)| *due);
        let due = self.late.partition_point(|(due, _)| *due <= elapsed);
        for (due, request) in self.late.drain(..due).collect::<Vec<_>>() {
            self.behind_time = elapsed.saturating_sub(due);
            // Its answer was lost long ago; only what it did counts.
            let _lost = super::routes::answer(self, &request);
        }
        self.behind_time = Duration::ZERO;
        while self.unseen.front().is_some_and(|(due, _)| *due <= elapsed) {
            if let (Some((_, edit)), Some(behind)) = (self.unseen.pop_front(), &mut self.behind) {
                behind.apply(&edit);
            }
        }
        let before = self.now().plus(-INVITATION);
        self.front.lapse(before);
        if let Some(behind) = &mut self.behind {
            behind.lapse(before);
        }
    }

    /// Carries a request out after a while.
    pub fn later(&mut self, after: Duration, request: Request) {
        let due = self.elapsed() + after;
        self.late.push((due, request));
    }

    /// The world as readers see it.
    pub fn seen(&mut self) -> &mut World {
        self.behind.as_mut().unwrap_or(&mut self.front)
    }

    /// The world as it is.
    pub fn front(&mut self) -> &mut World {
        &mut self.front
    }

    /// Carries an edit out; readers see it after the lag.
    pub fn commit(&mut self, edit: Edit) {
        self.front.apply(&edit);
        if self.behind.is_some() {
            let at = self.elapsed().saturating_sub(self.behind_time);
            self.unseen.push_back((at + self.lag, edit));
        }
    }

    /// A new id.
    pub fn fresh_id(&mut self, kind: &str) -> Id {
        self.made += 1;
        derive(self.seed, &format!("new {kind}"), self.made)
    }

    /// True while a token that was just made is still refused.
    pub fn still_fresh(&mut self) -> bool {
        let now = self.elapsed();
        let since = *self.fresh_since.get_or_insert(now);
        now < since + self.lag
    }

    /// Whose budget a request spends.
    pub fn owner(&self, request: &Request) -> Owner {
        credentials::who(request, &self.credentials, self.shapes)
            .map_or(Owner::Nobody, |known| known.owner)
    }
}
