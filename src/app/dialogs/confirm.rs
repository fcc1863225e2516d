//! Yes or no. The focus is on No, where enter does nothing; the worst things want a text typed instead of `y`.

use crate::app::line::Line;
use crate::domain::AccountId;
use crate::plan::PlanId;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To apply the plan with this id.
    Apply(PlanId),
    /// To allow changes in this account.
    ReadWrite(AccountId),
    /// To keep what was staged in an earlier session.
    KeepStaged,
    /// To take out all that is staged.
    UnstageAll,
    /// To leave while a run is on.
    LeaveRun,
}

/// What it takes to say yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consent {
    /// The key `y`.
    Yes,
    /// This text, exactly.
    Type(String),
}

/// A question with its lines.
#[derive(Clone, Debug)]
pub struct Confirm {
    /// What is asked.
    pub asked: Asked,
    /// The question.
    pub title: String,
    /// What is to be known before answering. Made safe already.
    pub lines: Vec<String>,
    /// What it takes.
    pub consent: Consent,
    /// What was typed.
    pub line: Line,
    /// What `n`, `esc` and `q` are called: `No`, or what they mean here.
    pub no: &'static str,
    /// What `y` is called.
    pub yes: &'static str,
}
