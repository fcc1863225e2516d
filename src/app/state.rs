//! What the console knows and shows.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{
    Account, AccountId, Budget, Change, Directory, Fault, GroupId, MemberId, Now, Organization,
    OrganizationId, RequestLine,
};

use crate::keys::Keymap;
use crate::plan::{OpId, Override, Pause, Plan, Progress, Rules, RunId, Staging, Summary};
use crate::rows;

use super::dialogs::Dialog;
use super::findings::Findings;
use super::history::PastRuns;
use super::load;
use super::msg::{ChangeText, Effect, Facts, Msg, Signal, Size};
use super::place::{Place, Tab};
use super::recovery::Recovery;
use super::screens::{AccessScreen, ChangesScreen, FindingsScreen};
use super::setup::{Mode, Setup};
use super::table::Table;
use super::tickets::Tickets;
use super::update::set_clock;

/// What the console knows and shows. Only [`update`](super::update()) changes it.
#[derive(Debug)]
pub struct State {
    /// The time, as of the last message.
    pub now: Now,
    /// The terminal's size.
    pub size: Size,
    /// What painting said last.
    pub facts: Facts,
    /// Which key does what.
    pub keymap: Keymap,
    /// What the console was started with, and what became of it.
    pub session: Session,
    /// The account; an empty one until one is open.
    pub directory: Directory,
    /// What is staged.
    pub staging: Staging,
    /// What an earlier session left staged, until it is offered to be thrown away.
    pub left: Vec<Change>,
    /// The lists behind the tabs.
    pub roots: Roots,
    /// Where the person is.
    pub place: Place,
    /// Where the person was before.
    pub previous: Option<Place>,
    /// Questions, the last on top.
    pub dialogs: Vec<OpenDialog>,
    /// A word in passing.
    pub toast: Option<Toast>,
    /// Requests as they happened, the newest last, each with its number.
    pub requests: VecDeque<(u64, RequestLine)>,
    /// What is left of the request budget.
    pub budget: Budget,
    /// Until when requests are held back, on the clock of [`Now::since_start`]; `None` while they flow.
    pub held_until: Option<Duration>,
    /// The runs of this session, by the order in which they began.
    pub runs: BTreeMap<RunId, RunView>,
    /// What was agreed to for each of them.
    pub agreed: BTreeMap<RunId, Agreed>,
    /// The runs of the account as their journals on disk tell them.
    pub past: PastRuns,
    /// Those of them that are not finished.
    pub recovery: Recovery,
    /// What the rules find in the account.
    pub findings: Findings,
    /// What was asked for and has not come.
    pub tickets: Tickets,
    /// Memberships whose date was asked for and answered: not asked again before a refresh, dated or not.
    pub dates_asked: BTreeSet<(GroupId, MemberId)>,
    /// Whether a slice of work was asked for and has not come.
    pub slicing: bool,
    /// Keys and pastes that wait for a filter: an enter that was pressed before it was through, and what came after.
    pub held: VecDeque<Msg>,
    /// The number of the last dialog or toast.
    pub last_number: u64,
    /// The number of the last request.
    pub last_request: u64,
    /// When the alarm for the clock is to come that was asked for, on the clock of [`Now::since_start`].
    pub clock_due: Option<Duration>,
    /// The console is left once the run that is on has ended.
    pub leaving: Option<Leaving>,
    /// What was written in the editor and could not be staged: it is opened there the next time.
    pub unfinished: Option<ChangeText>,
}

impl State {
    /// The console at its start, and what is to be done first.
    pub fn new(mut setup: Setup) -> (Self, Vec<Effect>) {
        let snapshot = setup.snapshot.take();
        // No account is open yet: this stands for none, and nothing is ever asked for it.
        let none = setup.account.clone().unwrap_or_else(AccountId::none);
        let mut state = Self {
            now: setup.now,
            size: setup.size,
            facts: Facts::default(),
            keymap: setup.keymap.clone(),
            session: Session::new(setup),
            directory: Directory::new(none.clone()),
            staging: Staging::new(none),
            left: Vec::new(),
            roots: Roots::default(),
            place: Place { tab: Tab::Members, above: Vec::new() },
            previous: None,
            dialogs: Vec::new(),
            toast: None,
            requests: VecDeque::new(),
            budget: Budget::default(),
            held_until: None,
            runs: BTreeMap::new(),
            agreed: BTreeMap::new(),
            past: PastRuns::default(),
            recovery: Recovery::default(),
            findings: Findings::default(),
            tickets: Tickets::default(),
            dates_asked: BTreeSet::new(),
            slicing: false,
            held: VecDeque::new(),
            last_number: 0,
            last_request: 0,
            clock_due: None,
            leaving: None,
            unfinished: None,
        };
        let mut effects = set_clock(&mut state);
        if let Some(snapshot) = snapshot {
            effects.extend(load::open_snapshot(&mut state, &snapshot));
        } else if !matches!(state.session.phase, Phase::Unconnected(_)) {
            effects.extend(load::connect(&mut state));
        }
        (state, effects)
    }

    /// Lets everything go that is known of the account that was open, and opens another, empty as yet.
    pub(super) fn close_account(&mut self, account: AccountId) {
        self.directory = Directory::new(account.clone());
        let known = self.session.accounts.iter().find(|one| one.id == account);
        if let Some(known) = known {
            self.directory.account = known.clone();
        }
        self.staging = Staging::new(account.clone());
        self.left.clear();
        self.past = PastRuns::default();
        self.recovery = Recovery::default();
        self.findings = Findings::default();
        self.roots = Roots { preview: self.roots.preview, ..Roots::default() };
        self.place = Place { tab: Tab::Members, above: Vec::new() };
        self.previous = None;
        self.dialogs.clear();
        self.held.clear();
        self.dates_asked.clear();
        self.unfinished = None;
        self.session.open(account);
    }
}

/// From how many columns on lists have their preview beside them, and pages their panes side by side.
pub const WIDE: u16 = 100;

/// Whether the preview of what is under a list's cursor is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preview {
    /// Beside the list where there is room for both.
    Beside,
    /// In the list's place where there is not.
    Full,
    /// Not at all.
    Hidden,
}

/// Where the preview stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreviewPlace {
    /// Beside the list.
    Beside,
    /// In the list's place.
    InItsPlace,
}

impl Preview {
    /// Where it stands on so many columns; nowhere if it isn't shown.
    pub fn place(self, columns: u16) -> Option<PreviewPlace> {
        match self {
            Self::Beside | Self::Full if columns >= WIDE => Some(PreviewPlace::Beside),
            Self::Hidden | Self::Beside => None,
            Self::Full => Some(PreviewPlace::InItsPlace),
        }
    }

    /// Shown if it wasn't, and the other way round.
    pub(super) fn toggled(self, columns: u16) -> Self {
        match (self.place(columns), columns >= WIDE) {
            (None, true) | (Some(PreviewPlace::InItsPlace), _) => Self::Beside,
            (None, false) => Self::Full,
            (Some(PreviewPlace::Beside), _) => Self::Hidden,
        }
    }
}

/// The lists behind the tabs: they stay as they were left.
#[derive(Clone, Debug)]
pub struct Roots {
    /// The members.
    pub members: Table,
    /// The groups.
    pub groups: Table,
    /// Who can do what was asked.
    pub access: AccessScreen,
    /// What the rules find.
    pub findings: FindingsScreen,
    /// What is staged, and runs.
    pub changes: ChangesScreen,
    /// The organization's members.
    pub organization: Table,
    /// The preview of what is under a list's cursor.
    pub preview: Preview,
}

impl Default for Roots {
    fn default() -> Self {
        Self {
            members: Table::new(rows::List::Members),
            groups: Table::new(rows::List::Groups),
            access: AccessScreen::default(),
            findings: FindingsScreen::default(),
            changes: ChangesScreen::default(),
            organization: Table::new(rows::List::Organization),
            preview: Preview::Beside,
        }
    }
}

/// How far the console has come in opening an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing can be asked: the start screen says why, and how to connect.
    Unconnected(Fault),
    /// The accounts are being listed.
    Connecting,
    /// They could not be listed.
    NotConnected(Fault),
    /// The person is to choose an account.
    Choosing,
    /// An account is open.
    Open(AccountId),
}

/// What the console was started with, and what became of it.
#[derive(Clone, Debug)]
pub struct Session {
    /// What it was started with.
    pub setup: Setup,
    /// How far it has come.
    pub phase: Phase,
    /// Whether changes are allowed here and now.
    pub mode: Mode,
    /// Whether they were in the accounts that were open before: an account is opened again as it was left.
    left: BTreeMap<AccountId, Mode>,
    /// The accounts that the credential can open.
    pub accounts: Vec<Account>,
    /// What guards go by, beside the plan and the account.
    pub rules: Rules,
    /// Whether it has been looked for what the config protects in the account.
    pub protected_sought: bool,
    /// Why the account's own page could not be read; the console goes on without its name.
    pub account_fault: Option<Fault>,
    /// Why it is not known who is calling.
    pub caller_fault: Option<Fault>,
    /// The organization that is shown.
    pub organization: OrganizationChoice,
    /// Why what is staged could not be kept on disk.
    pub unsaved: Option<Fault>,
}

impl Session {
    fn new(setup: Setup) -> Self {
        let phase = match &setup.unconnected {
            Some(fault) => Phase::Unconnected(fault.clone()),
            None => Phase::Connecting,
        };
        Self {
            phase,
            mode: setup.mode.clone(),
            left: BTreeMap::new(),
            protected_sought: false,
            rules: Rules { protected: setup.protected.clone(), ..Rules::default() },
            setup,
            accounts: Vec::new(),
            account_fault: None,
            caller_fault: None,
            organization: OrganizationChoice::Unknown,
            unsaved: None,
        }
    }

    /// What was learnt of one account is not carried over to another.
    fn open(&mut self, account: AccountId) {
        if let Phase::Open(before) = &self.phase {
            self.left.insert(before.clone(), self.mode.clone());
        }
        let left = self.left.get(&account).cloned();
        self.mode = left.unwrap_or_else(|| self.setup.mode_of(&account));
        self.account_fault = None;
        self.rules.refused.clear();
        self.protected_sought = false;
        self.unsaved = None;
        self.organization = OrganizationChoice::Unknown;
        self.phase = Phase::Open(account);
    }
}

/// Which organization is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrganizationChoice {
    /// Not asked yet.
    Unknown,
    /// There is none, or none that this credential may see.
    None(Option<Fault>),
    /// This one.
    One(OrganizationId),
    /// The person is to choose.
    Several(Vec<Organization>),
}

/// A dialog with its number, by which painting tells that it has been drawn.
#[derive(Clone, Debug)]
pub struct OpenDialog {
    /// The number.
    pub number: u64,
    /// The dialog.
    pub dialog: Dialog,
}

/// How grave a toast is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Done,
    /// Something can't be done, with the reason.
    Refused,
    /// Something went wrong.
    Fault,
}

/// A word in passing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// Its number.
    pub number: u64,
    /// How grave it is.
    pub tone: Tone,
    /// The words. Made safe already.
    pub words: String,
}

/// A run as it is known here.
#[derive(Clone, Debug)]
pub struct RunView {
    /// The plan that it carries out.
    pub plan: Arc<Plan>,
    /// When it began.
    pub began: Timestamp,
    /// When it ended, or was last heard of.
    pub ended: Option<Timestamp>,
    /// Where its operations stand.
    pub progress: Progress,
    /// What holds it up, or is about to end it.
    pub hold: Option<Hold>,
    /// How it ended.
    pub summary: Option<Summary>,
    /// When it has first sent something in this session, on the clock of [`Now::since_start`], and how many changes were
    /// settled then.
    pub paced: Option<(Duration, usize)>,
    /// Since when its operations wait for an answer that are in flight, on the clock of [`Now::since_start`].
    pub in_flight: BTreeMap<OpId, Duration>,
}

/// What was agreed to when a run was begun, or was last gone on with.
#[derive(Clone, Debug)]
pub struct Agreed {
    /// The guards that were overridden.
    pub overrides: Vec<Override>,
    /// When.
    pub at: Timestamp,
}

/// Why the console is left once the run that is on has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// The person has said so.
    Asked,
    /// The process was told to end.
    Told(Signal),
}

impl Leaving {
    /// The signal that ends it, if one does.
    pub fn signal(self) -> Option<Signal> {
        match self {
            Self::Asked => None,
            Self::Told(signal) => Some(signal),
        }
    }
}

/// What holds a run up, or is about to end it.
#[derive(Clone, Debug, PartialEq)]
pub enum Hold {
    /// Nothing is sent until then, on the clock of [`Now::since_start`], because of this.
    Waits(Duration, Fault),
    /// What its journal leaves open is read back.
    ReadingBack,
    /// All is done, but so many changes whose answer was lost may land until then.
    Settles(Duration, usize),
    /// It sends no more, because of this; what is in flight is read back.
    Pausing(Pause),
    /// It sends no more, as the person wished; what is in flight is read back.
    Stopping,
}
