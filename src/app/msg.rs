//! What comes in and what goes out: messages, effects and answers. All of them are data.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{
    Account, AccountId, Budget, Change, Collection, Fault, GroupId, Load, MemberId, Now, Opened,
    OrganizationId, OrganizationMemberId, RequestLine, StagedFor, Urgency,
};
use crate::keys::Key;
use crate::plan::{Approval, History, OpId, Past, Plan, RunId, RunReport, Verdict, Witness};

/// One request that was asked for. An answer with a ticket that is no longer waited for is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// The terminal's size in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

/// What comes in.
#[expect(
    clippy::large_enum_variant,
    reason = "a message is moved once, from the channel into `update`"
)]
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// A key.
    Key(Key),
    /// Text that was pasted; never keys.
    Paste(String),
    /// The terminal has another size.
    Resize(Size),
    /// The time. Comes before every other message of a round.
    Tick(Now),
    /// A wait that was asked for is over.
    Alarm(Alarm),
    /// The process was told to end.
    Signal(Signal),
    /// The program is in the foreground again after a suspension.
    Resumed,
    /// Go on with work that was cut into slices.
    Slice,
    /// Something that was asked for has come.
    Answer(Answer),
    /// What only painting knows.
    Painted(Facts),
}

/// What only painting knows. Equal facts change nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Rows of a list that fit in the pane that has the focus.
    pub list_rows: u16,
    /// Rows that fit in the pane that has not.
    pub other_rows: u16,
    /// Rows of a list that fit in the dialog on top.
    pub dialog_rows: u16,
    /// The number of the dialog on top, 0 if there is none: keys typed before it was drawn are not for it.
    pub dialog: u64,
    /// The number of the plan that lies open with nothing above it, 0 if there is none: only a plan that was seen is
    /// asked about.
    pub plan: u64,
}

/// A wait's purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// A toast has been seen long enough.
    Toast(u64),
    /// Ages on the screen are due to turn, or a countdown to go on.
    Clock,
    /// A run has had its time to end: the process was told to.
    Leave(Signal),
}

/// The process was told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT from outside.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP, or the terminal is gone.
    HangUp,
    /// SIGQUIT.
    Quit,
}

impl Signal {
    /// The signal's number, for the exit status 128 + n.
    pub fn number(self) -> u8 {
        match self {
            Self::HangUp => 1,
            Self::Interrupt => 2,
            Self::Quit => 3,
            Self::Terminate => 15,
        }
    }
}

/// What is to be done, whole in itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the service, or the disk.
    Ask(Ticket, Request),
    /// The answer is no longer wanted.
    Cancel(Ticket),
    /// Carry out a plan, and write down what was agreed to.
    Apply(RunId, Arc<Plan>, Approval),
    /// Send nothing more of a run; what is in flight ends.
    Stop(RunId),
    /// Take a run up from its journal, and write down what was agreed to.
    TakeUp(RunId, TakeUp, Approval),
    /// What a run is told that has asked whether guards stand.
    Verdict(RunId, Verdict),
    /// Keep on disk.
    Save(Saved),
    /// Copy a text, safe to show, to where other programs find it.
    Copy(String),
    /// Open an address in the browser.
    Open(String),
    /// Send an alarm after a while.
    After(Duration, Alarm),
    /// Send [`Msg::Slice`] once what waits has been handled.
    Slice,
    /// Write a change file, in the place of a file that is there only if it may.
    WriteFile {
        /// The file, as it was typed.
        path: String,
        /// All of it.
        text: String,
        /// Whether it may take the place of a file that is there.
        over: bool,
    },
    /// Read a change file, named as it was typed.
    ReadFile(String),
    /// Have a change file edited in the person's own editor, which takes the terminal meanwhile.
    Edit(ChangeText),
    /// Suspend the program as a job.
    Suspend,
    /// Leave.
    Quit(Exit),
}

/// What a run that is not finished is taken up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeUp {
    /// To read back what has become of it, and nothing else.
    ReadBack,
    /// To go on with it.
    GoOn,
    /// To close it as it is.
    Close,
}

/// By what a text was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    /// The terminal was asked to; it doesn't say whether it has.
    Terminal,
    /// This program has taken it.
    Command(String),
}

/// How the console was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// The signal that ended it, if one did.
    pub signal: Option<Signal>,
    /// What to say once the terminal is restored: what is staged, what a run left open.
    pub words: Vec<String>,
    /// Whether a run was left with an outcome that is not known, or carried out in part.
    pub partly: bool,
    /// Whether the demo is to be started in this console's place.
    pub demo: bool,
}

/// A change file's text that is not in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeText {
    /// The text.
    pub text: String,
    /// Whether it is all that is to be staged, and not to be staged beside what is.
    pub whole: bool,
}

/// What is kept on disk.
#[derive(Clone, Debug, PartialEq)]
pub enum Saved {
    /// What is staged for an account.
    Staged(StagedFor),
    /// That the profile was set to read-write (or back) for an account.
    Writable(AccountId, bool),
}

/// A question to the service or the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Which accounts this credential can open.
    Accounts,
    /// An account, who is calling, and the organization above it.
    Account {
        /// The account.
        account: AccountId,
        /// The organization to show, if the person named one.
        organization: Option<OrganizationId>,
    },
    /// What is staged for an account, from disk.
    Staged(AccountId),
    /// The runs of an account, from their journals on disk.
    Runs(AccountId),
    /// One of them, whole.
    Run(AccountId, RunId),
    /// A whole list.
    List {
        /// The account.
        account: AccountId,
        /// The organization, for its members.
        organization: Option<OrganizationId>,
        /// The list.
        collection: Collection,
        /// Whether somebody is looking at it.
        urgency: Urgency,
    },
    /// The member lists of many groups, one after another.
    AllGroupMembers {
        /// The account.
        account: AccountId,
        /// The groups, first things first.
        groups: Vec<GroupId>,
    },
    /// Since when a member is in these groups, or these members are in a group.
    Since {
        /// The account.
        account: AccountId,
        /// The pairs.
        pairs: Vec<(GroupId, MemberId)>,
    },
    /// One group, read afresh.
    Group {
        /// The account.
        account: AccountId,
        /// The group.
        group: GroupId,
    },
    /// One member of the organization with everything it holds.
    OrganizationMember {
        /// The organization.
        organization: OrganizationId,
        /// The member.
        member: OrganizationMemberId,
    },
}

/// What has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// To [`Request::Accounts`].
    Accounts(Ticket, Result<Vec<Account>, Fault>),
    /// To [`Request::Account`].
    Account(Ticket, Box<Opened>),
    /// To [`Request::Staged`].
    Staged(Ticket, Result<Vec<Change>, Fault>),
    /// To [`Request::Runs`]: the newest first, and why others can't be read.
    Runs(Ticket, Result<(Vec<Past>, Vec<Fault>), Fault>),
    /// To [`Request::Run`].
    Past(Ticket, Result<Box<History>, Fault>),
    /// Rows, and how a walk goes: many to one ticket.
    Loaded(Ticket, Load),
    /// All of a request's rows have come, or their fault has been told.
    Done(Ticket, Result<(), Fault>),
    /// A request was carried out.
    Sent(RequestLine),
    /// The request budget changed in a way that holds something up, or no longer does.
    Budget(Budget),
    /// A run went on.
    Run(RunId, RunReport),
    /// A run asks whether guards stand against these operations, once these were read for it.
    Guards(RunId, Vec<OpId>, BTreeSet<Witness>),
    /// To [`Effect::TakeUp`]: the run's plan, and when its journal was last written to.
    TakenUp(RunId, TakeUp, Result<(Arc<Plan>, Timestamp), Fault>),
    /// What a run changed was read again.
    Reread(Load),
    /// To [`Effect::Save`].
    Saved(Result<(), Fault>),
    /// To [`Effect::Copy`], with the number of its lines.
    Copied(usize, Result<Means, Fault>),
    /// To [`Effect::Open`].
    Browser(Result<(), Fault>),
    /// To [`Effect::WriteFile`], with the file.
    Written(String, Result<(), Fault>),
    /// To [`Effect::ReadFile`], with the file.
    Read(String, Result<String, Fault>),
    /// To [`Effect::Edit`]: what was there before, and what is there now.
    Edited(ChangeText, Result<String, Fault>),
    /// Something a person must know although what was asked for was done.
    Told(Fault),
    /// A task of ours ended in a panic: a defect. The screen stays.
    Panicked(Fault),
}
