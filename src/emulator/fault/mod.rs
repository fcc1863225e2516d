//! Trouble on demand: rules that make the server slow, broken, or wrong, for one call or for many.
//!
//! ```text
#![doc = include_str!("grammar.txt")]
//! ```

mod glob;
mod parse;

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use super::request::Request;

/// The grammar of the rules, for people.
pub const GRAMMAR: &str = include_str!("grammar.txt");

/// A rule that makes trouble. Read it with [`str::parse`]; the module's head has the grammar.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultRule {
    text: String,
    method: Verb,
    path: String,
    query: Vec<(String, String)>,
    which: Which,
    pub(super) trouble: Trouble,
}

/// Why a text is not a rule, and what a rule looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFault {
    rule: String,
    reason: String,
}

impl fmt::Display for BadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, reason } = self;
        write!(
            f,
            "\"{rule}\" is not a fault rule: {reason}. A rule is [METHOD] PATH [WHICH]: WHAT, for example \
             \"GET /accounts/*/members 2: 429 retry-after=3\"; see `cfiam emulator --help`"
        )
    }
}

impl std::error::Error for BadFault {}

impl fmt::Display for FaultRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Verb {
    Any,
    Write,
    Is(String),
}

/// Which of the calls that fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    All,
    FromTo(u64, u64),
    Every(u64),
}

/// When a call is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carry {
    Now,
    Never,
    Late(Duration),
}

/// What comes in place of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instead {
    Status(u16),
    Reset,
    Hang,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RetryAfter {
    /// A date that lies so many seconds from the answer's own.
    Date(i64),
    Text(String),
}

/// Where the answer ends too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Close(usize),
    Reset(usize),
}

/// How an answer trickles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Drip {
    pub bytes: usize,
    pub every: Duration,
    /// The head goes at once.
    pub body_only: bool,
}

/// How the framing is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Length(String),
    BadChunk,
    HugeChunk,
    OpenChunk,
    CorruptGzip,
    Bomb(u64),
    /// A good answer after which the connection closes all the same.
    Drop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shift {
    Insert,
    Delete,
}

/// A change to the text of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Twist {
    Set(String, Value),
    Drop(String),
    Swap(String, String),
}

/// All that goes wrong with one call.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Trouble {
    pub carry: Option<Carry>,
    pub instead: Option<Instead>,
    pub html: bool,
    pub code: Option<u32>,
    pub message: Option<String>,
    pub body: Option<String>,
    pub retry_after: Option<RetryAfter>,
    pub headers: Vec<(String, String)>,
    pub delay: Option<Duration>,
    pub stall: Option<Duration>,
    pub drip: Option<Drip>,
    pub cut: Option<Cut>,
    pub framing: Option<Framing>,
    pub twists: Vec<Twist>,
    pub page_one: bool,
    pub shift: Option<Shift>,
    pub part: Option<usize>,
}

impl Trouble {
    /// Adds what a later rule says on points that are still open.
    fn and(mut self, other: Self) -> Self {
        let told = self.instead.is_some() || self.carry.is_some();
        self.carry = self.carry.or(other.carry.filter(|_| !told));
        self.instead = self.instead.or(other.instead.filter(|_| !told));
        self.html |= other.html && !told;
        self.code = self.code.or(other.code);
        self.message = self.message.or(other.message);
        self.body = self.body.or(other.body);
        self.retry_after = self.retry_after.or(other.retry_after);
        self.headers.extend(other.headers);
        self.delay = self.delay.or(other.delay);
        self.stall = self.stall.or(other.stall);
        self.drip = self.drip.or(other.drip);
        self.cut = self.cut.or(other.cut);
        self.framing = self.framing.or(other.framing);
        self.twists.extend(other.twists);
        self.page_one |= other.page_one;
        self.shift = self.shift.or(other.shift);
        self.part = self.part.or(other.part);
        self
    }

    /// When the call is carried out: an answer made up in place of the real one means never.
    pub fn carried_out(&self) -> Carry {
        let made_up = self.instead.is_some() || self.html || self.body.is_some();
        self.carry.unwrap_or(if made_up { Carry::Never } else { Carry::Now })
    }
}

/// A rule at work: it counts the calls that fit.
pub(super) struct Armed {
    rule: FaultRule,
    seen: u64,
}

impl Armed {
    pub const fn new(rule: FaultRule) -> Self {
        Self { rule, seen: 0 }
    }

    /// The trouble for this call, if the rule speaks of it.
    fn meet(&mut self, request: &Request) -> Option<&Trouble> {
        let rule = &self.rule;
        let verb = match &rule.method {
            Verb::Any => true,
            Verb::Write => request.writes(),
            Verb::Is(method) => request.method.as_str() == method,
        };
        let query =
            |(name, value): &(String, String)| request.params(name).any(|given| given == value);
        if !verb || !glob::matches(&rule.path, &request.path) || !rule.query.iter().all(query) {
            return None;
        }
        self.seen += 1;
        let now = match rule.which {
            Which::All => true,
            Which::FromTo(from, to) => (from..=to).contains(&self.seen),
            Which::Every(n) => self.seen.is_multiple_of(n),
        };
        now.then_some(&rule.trouble)
    }
}

/// All the trouble that a call meets. Every rule counts the call, whichever is heard.
pub(super) fn meet(rules: &mut [Armed], request: &Request) -> Trouble {
    rules
        .iter_mut()
        .filter_map(|rule| rule.meet(request).cloned())
        .fold(Trouble::default(), Trouble::and)
}
