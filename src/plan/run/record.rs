//! What a run would have written down: one record a transition, in order, so that a journal can keep them.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{By, DraftId, Fault, GroupId, MemberId};
use crate::plan::{OpId, StepId};

use super::event::{Class, Presence, RequestId, Transfer};
use super::report::{Pause, Summary};
use super::state::{OpState, Proof};

/// A run's id: later runs have later ids.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(String);

impl RunId {
    /// The id of a run that begins at `at`; `salt` tells runs of the same millisecond apart.
    pub fn new(at: Timestamp, salt: u32) -> Self {
        Self(format!("{:013}-{salt:08x}", at.as_millisecond()))
    }

    /// When the run began, to the millisecond.
    pub fn at(&self) -> Option<Timestamp> {
        let (millisecond, _) = self.0.split_once('-')?;
        Timestamp::from_millisecond(millisecond.parse().ok()?).ok()
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One transition. An [`Record::Intent`] is to be on disk before the first byte of its request is sent, and an
/// [`Record::Outcome`] before the next intent of its group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    /// What was there before an operation is sent.
    Before {
        /// The operation.
        op: OpId,
        /// Whether the member was in the group; `None` where the operation isn't about a member.
        presence: Option<Presence>,
        /// Where the operation stands after it.
        state: OpState,
    },
    /// A write is about to be sent.
    Intent {
        /// The write.
        request: RequestId,
        /// The step that it belongs to.
        step: StepId,
        /// The operations that it carries.
        ops: Vec<OpId>,
        /// 1 for the first time that they are sent.
        attempt: u32,
        /// How long its answer is waited for.
        deadline: Duration,
    },
    /// A write has ended.
    Outcome {
        /// The write.
        request: RequestId,
        /// How.
        class: Class,
        /// The HTTP status.
        status: Option<u16>,
        /// Cloudflare's codes.
        codes: Vec<i64>,
        /// The answer's `cf-ray`.
        ray: Option<String>,
        /// The server's clock.
        date: Option<Timestamp>,
        /// How the answer came.
        transfer: Transfer,
    },
    /// An operation has come to stand elsewhere, by an answer or by reading back.
    Moved {
        /// The operation.
        op: OpId,
        /// Where it stands.
        state: OpState,
    },
    /// A group has been made that was staged to be.
    Made {
        /// What it was called in the plan.
        draft: DraftId,
        /// What it is.
        group: GroupId,
    },
    /// A person has been invited.
    Invited {
        /// The operation.
        op: OpId,
        /// The membership that has come of it.
        member: MemberId,
    },
    /// No more writes are sent.
    Paused(Pause),
    /// The person has stopped the run.
    Stopped,
    /// The credential was checked.
    Checked {
        /// When it expires, if that is known.
        expires: Option<Timestamp>,
        /// The server's clock.
        date: Option<Timestamp>,
    },
    /// It was broken off, paused or stopped, and goes on: whose doing that is.
    Resumed(By),
    /// The run has ended.
    Ended(Summary),
}

impl Record {
    /// Whether it is to be on disk before the run goes on; all but what another look would show again are.
    pub fn must_be_durable(&self) -> bool {
        let moved = matches!(
            self,
            Self::Moved { state: OpState::Done(Proof::Seen) | OpState::Accepted, .. }
        );
        !moved
    }
}

/// Cloudflare's codes of a failure.
pub(super) fn codes(fault: Option<&Fault>) -> Vec<i64> {
    fault.map(|fault| fault.codes().collect()).unwrap_or_default()
}
