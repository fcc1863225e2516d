//! What is staged, the plan that is made of it, and the pure machine that carries a plan out.
//!
//! [`Staging`] folds wanted edits; [`Plan`] binds them to ids and orders them into [`Step`]s, one HTTP write
//! each; [`Run`] takes events and the time and answers with wishes: what to read, what to send, when to wake.
//! Nothing here waits, reads a clock, a file or a socket; the order of wishes is the order to carry them out in.

mod access_left;
mod approval;
mod build;
mod change_file;
mod cost;
mod digest;
mod drift;
mod ends;
#[cfg(test)]
pub(crate) mod fixture;
mod guards;
mod impact;
mod known;
mod names;
mod policies;
mod recheck;
mod run;
mod set_members;
mod staging;
mod step;
mod ticket;
mod undo;
mod words;

pub use approval::{Approval, NoOverride, Override};
pub use build::{Base, Calls, Held, LeftOut, Plan};
pub use change_file::{ChangeFile, GroupPart, MemberPart, PolicyPart};
pub use cost::Cost;
pub use digest::PlanId;
pub use ends::Ends;
pub use guards::{Asks, Guard, GuardName, Guards, Rules, Verdict, Witness};
pub use impact::{Effect, Impact, Reckoning, Totals, Touched};
pub use known::Known;
pub use names::Names;
pub use policies::{PolicySet, wanted};
pub use recheck::Recheck;
pub use run::{
    Call, Class, Conflict, End, Event, Gone, Look, LookId, Made, OpState, Outcome, Pause, Presence,
    Progress, Proof, Purpose, Record, Request, RequestId, Run, RunId, RunReport, Seen, Sight,
    SkipWhy, StepState, Summary, Tally, Timings, Transfer, TurnId, Wish,
};
pub use set_members::{NotSet, REPLACED_AT_MOST, SetMembers, replace_members};
pub use staging::{ChangeKey, Entry, Staged, Staging, Tried};
pub use step::{BATCH, Op, OpId, Phase, Span, Step, StepId};
pub use undo::{Answered, Ending, History, NotUndone, Past, TakenBack, Undoing, taken_back};
