//! The core: [`State`], and [`update()`] which alone changes it. What comes in is a [`Msg`], what must be done goes
//! out as [`Effect`]s; both are data. Never draws, waits, reads a clock or a file, or speaks to the service.

mod act;
mod approve;
mod as_command;
mod asking;
mod change_files;
mod comparing;
mod context;
mod copy;
mod dates;
mod dialogs;
mod findings;
mod history;
mod line;
mod list;
mod load;
mod msg;
mod offer;
mod opening;
mod place;
mod policies;
mod recovery;
mod router;
mod runs;
mod screens;
mod setup;
mod staged;
mod state;
mod table;
mod tickets;
mod turn;
mod update;
mod why_not;

pub use context::{About, about, context, table};
pub use copy::{Form, Which};
pub use dialogs::*;
pub use findings::{
    Findings, are_up_to_date as findings_are_up_to_date, finding_rows, is_staged as mend_is_staged,
    waits_for_reading,
};
pub use history::{
    PastRuns, PastView, back as runs_taken_back, ids as run_ids, know_members, past_view, run_view,
    who,
};
pub use line::{Line, Typed};
pub use list::{ListState, Motion};
pub use msg::{
    Alarm, Answer, ChangeText, Effect, Exit, Facts, Means, Msg, Request, Saved, Signal, Size,
    TakeUp, Ticket,
};
pub use place::{Place, Route, Tab};
pub use policies::{Part, PolicyKey, PolicyLine, PolicyPane, Subject, policy_at};
pub use recovery::{
    Recovery, another_credential, found, is_finished, is_left, left_to_send, together,
};
pub use runs::{counts, in_hand, outcome};
pub use screens::*;
pub use setup::{Mode, Setup, WhyReadOnly};
pub use staged::{group_id, joined_by, joining};
pub use state::{
    Agreed, Hold, OpenDialog, OrganizationChoice, Phase, Preview, PreviewPlace, Roots, RunView,
    Session, State, Toast, Tone, WIDE,
};
pub use table::{FilterKey, Table};
pub use tickets::Tickets;
pub use turn::Turn;
pub use update::update;
pub use why_not::{Reason, read_only, running, snapshot_of, tab_works, why_not};

use update::{follow, leave, say, set_clock};
