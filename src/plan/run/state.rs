//! The states that operations and steps go through.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{Fault, FaultKind};

/// Where an operation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OpState {
    /// Not sent, or known not to have been carried out and to be sent again.
    Waiting,
    /// Sent; no answer yet.
    Running,
    /// Accepted by the service, and not seen in effect yet.
    Accepted,
    /// No answer came, and reading back has not settled it (yet).
    Unknown,
    /// In effect, as was seen.
    Done(Proof),
    /// The account was so already: nothing was sent.
    AlreadySo,
    /// Refused, with Cloudflare's words: not carried out.
    Refused(Fault),
    /// Sent at least once, and not in effect at the end. It may have been carried out and taken back, or may
    /// still land; so it is never called refused.
    NotInEffect(Option<Fault>),
    /// Someone else changed the same thing: a person decides.
    Conflict(Conflict),
    /// What it was about is gone.
    Gone(Gone),
    /// Never sent, or never carried out, because the run ended before.
    Skipped(SkipWhy),
}

/// How it is known that an operation is in effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Proof {
    /// The service accepted it, and it was seen.
    Seen,
    /// The answer was lost, and reading back has shown it.
    ReadBack,
    /// The service refused it, and yet it is so.
    DespiteRefusal,
}

/// What someone else has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Conflict {
    /// The group has another name now.
    Renamed(Arc<str>),
    /// The policies are others now.
    PoliciesChanged,
    /// The group's members are others now.
    MembersChanged {
        /// How many are in it who were not.
        joined: usize,
        /// How many were in it who are not.
        left: usize,
    },
    /// The member was added anew, at this time where it is known.
    GrantedAnew(Option<Timestamp>),
    /// A group with the name is there already.
    NameTaken,
    /// A person with the e-mail is in the account already, with other policies.
    MemberThere,
    /// The invitation that was to be taken back has been accepted.
    Accepted,
}

/// What is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Gone {
    /// The group was deleted.
    Group,
    /// The member has left the account.
    Member,
    /// The group was to be made, and was not.
    NeverMade,
}

/// Why an operation was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SkipWhy {
    /// The person stopped the run.
    Stopped,
    /// The run paused.
    Paused,
    /// The account has changed since the plan was made, so that nothing was sent.
    Drifted,
    /// The run was broken off, and the person has closed it.
    Closed,
}

/// Whether a status is about who asks.
pub(super) fn is_about_who_asks(status: Option<u16>) -> bool {
    matches!(status, Some(401 | 403))
}

impl OpState {
    /// Whether nothing more is going to happen to it in this run.
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Waiting | Self::Running | Self::Accepted | Self::Unknown)
    }

    /// Whether it was refused because of who asked, and not because of what was asked for.
    pub fn is_refused_for_who_asks(&self) -> bool {
        matches!(self, Self::Refused(fault) if is_about_who_asks(fault.status)
            || matches!(fault.kind, FaultKind::Credential | FaultKind::Permission(_)))
    }

    /// Whether the account is as the operation wanted it.
    pub fn holds(&self) -> bool {
        matches!(self, Self::Done(_) | Self::AlreadySo)
    }

    /// The word that stands beside it.
    pub fn word(&self) -> &'static str {
        StepState::of_one(self).word()
    }

    /// Why it did not come into effect, as a failure fit to show; `None` if it did, or is on its way.
    pub fn reason(&self) -> Option<Fault> {
        let refused = |what: &str, remedy: &str| Fault::new(FaultKind::Refused, what, remedy);
        let again = "look at what they have made of it before it is applied again";
        match self {
            Self::Waiting | Self::Running | Self::Done(_) | Self::AlreadySo => None,
            Self::Refused(fault) | Self::NotInEffect(Some(fault)) => Some(fault.clone()),
            Self::Accepted => Some(refused("accepted, and not seen in effect yet", "refresh")),
            Self::Unknown => Some(Fault::new(
                FaultKind::Unanswered,
                "no answer came, and it could not be read back",
                "refresh, and see whether it is in effect, before it is applied again",
            )),
            Self::NotInEffect(None) => Some(may_land()),
            Self::Conflict(conflict) => Some(refused(&conflict.words(), again)),
            Self::Gone(Gone::Group) => Some(refused("the group is gone", "")),
            Self::Gone(Gone::Member) => Some(refused("the member has left the account", "")),
            Self::Gone(Gone::NeverMade) => Some(refused("its group was not made", "")),
            Self::Skipped(why) => Some(refused(why.words(), "")),
        }
    }
}

/// Why something is not in effect that was sent and may still land.
pub(super) fn may_land() -> Fault {
    Fault::new(
        FaultKind::Unanswered,
        "it was sent, and is not in effect; it may still land",
        "refresh before it is applied again",
    )
}

impl Conflict {
    /// What has changed, in words. Names in it are foreign text.
    pub fn words(&self) -> String {
        match self {
            Self::Renamed(name) => format!("someone else renamed the group to {name}"),
            Self::PoliciesChanged => "someone else changed the policies".to_owned(),
            Self::MembersChanged { joined, left } => {
                format!("someone else changed the group's members: {joined} joined, {left} left")
            }
            Self::GrantedAnew(Some(when)) => {
                format!("someone else added the member anew at {when}")
            }
            Self::GrantedAnew(None) => "someone else added the member anew".to_owned(),
            Self::NameTaken => "a group with this name is there already".to_owned(),
            Self::MemberThere => {
                "someone with this address is in the account already, with other policies"
                    .to_owned()
            }
            Self::Accepted => "the invitation has been accepted meanwhile".to_owned(),
        }
    }
}

impl SkipWhy {
    /// Why, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Stopped => "not sent: the run was stopped",
            Self::Paused => "not sent: the run ended before its turn",
            Self::Drifted => "not sent: the account has changed since the plan was made",
            Self::Closed => "not sent: the run was broken off and closed",
        }
    }
}

/// Where a step, or a whole run, stands: the word that a person sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StepState {
    /// Nothing was sent yet.
    Waiting,
    /// In work.
    Running,
    /// Accepted, and not seen in effect yet.
    Accepted,
    /// In effect.
    Done,
    /// Was so already.
    AlreadySo,
    /// Never sent.
    Skipped,
    /// The group that it was meant for was not made.
    NotMade,
    /// What it was about is gone.
    Gone,
    /// Refused.
    Refused,
    /// Someone else changed the same thing.
    Conflict,
    /// Sent, and not in effect.
    NotInEffect,
    /// Not known.
    Unknown,
}

impl StepState {
    /// Where a step stands whose operations stand so: in work while anything is on its way, else the worst of them.
    pub fn of<'a>(ops: impl Iterator<Item = &'a OpState>) -> Self {
        let states: Vec<Self> = ops.map(Self::of_one).collect();
        let waiting = states.contains(&Self::Waiting);
        if waiting && states.iter().all(|state| *state == Self::Waiting) {
            return Self::Waiting;
        }
        if waiting || states.contains(&Self::Running) {
            return Self::Running;
        }
        match states.iter().max().copied().unwrap_or(Self::AlreadySo) {
            Self::Done | Self::AlreadySo if states.contains(&Self::Accepted) => Self::Accepted,
            Self::AlreadySo if states.contains(&Self::Done) => Self::Done,
            worst => worst,
        }
    }

    /// Where a single operation stands.
    pub fn of_one(state: &OpState) -> Self {
        match state {
            OpState::Waiting => Self::Waiting,
            OpState::Running => Self::Running,
            OpState::Accepted => Self::Accepted,
            OpState::Unknown => Self::Unknown,
            OpState::Done(_) => Self::Done,
            OpState::AlreadySo => Self::AlreadySo,
            OpState::Refused(_) => Self::Refused,
            OpState::NotInEffect(_) => Self::NotInEffect,
            OpState::Conflict(_) => Self::Conflict,
            OpState::Gone(Gone::NeverMade) => Self::NotMade,
            OpState::Gone(_) => Self::Gone,
            OpState::Skipped(_) => Self::Skipped,
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Accepted => "accepted, not seen yet",
            Self::Done => "done",
            Self::AlreadySo => "already so",
            Self::Skipped => "skipped",
            Self::NotMade => "not made",
            Self::Gone => "gone",
            Self::Refused => "refused",
            Self::Conflict => "conflict",
            Self::NotInEffect => "not in effect",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_does_not_ask_to_stage_again_what_stays_staged() {
        let reason = OpState::Conflict(Conflict::PoliciesChanged).reason().unwrap();
        assert!(!reason.remedy.contains("stage"), "{reason}");
        assert!(reason.remedy.contains("before it is applied again"), "{reason}");
    }

    #[test]
    fn a_step_is_in_work_until_its_last_operation_has_ended_and_then_as_bad_as_the_worst() {
        let done = OpState::Done(Proof::Seen);
        let refused = OpState::Refused(Fault::new(FaultKind::Refused, "", ""));
        let of = |states: &[OpState]| StepState::of(states.iter());
        assert_eq!(of(&[OpState::Waiting, OpState::Waiting]), StepState::Waiting);
        assert_eq!(of(&[done.clone(), OpState::Waiting]), StepState::Running);
        assert_eq!(of(&[refused.clone(), OpState::Running]), StepState::Running);
        assert_eq!(of(&[OpState::AlreadySo, done.clone()]), StepState::Done);
        assert_eq!(of(&[OpState::AlreadySo, done.clone(), OpState::Accepted]), StepState::Accepted);
        assert_eq!(of(&[done.clone(), refused]), StepState::Refused);
        assert_eq!(of(&[done, OpState::Unknown]), StepState::Unknown);
        assert_eq!(of(&[OpState::AlreadySo]), StepState::AlreadySo);
    }
}
