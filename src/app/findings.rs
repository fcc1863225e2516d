//! What the rules find in the account: looked for rule by rule once it has been read, and again when it has changed.

use std::sync::Arc;

use crate::domain::{Change, DraftId};
use crate::findings::{Checked, Checking, Finding, Inputs, Mend, Subject};
use crate::keys::Action;
use crate::plan::ChangeKey;

use super::msg::{Effect, Request};
use super::place::{Route, Tab};
use super::router;
use super::say;
use super::screens::{FindingRow, Screen};
use super::state::{Phase, State, Tone};
use super::turn::Turn;
use super::update::slice;
use super::why_not::{Reason, read_only, running};

/// What is known of findings.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// What was found last; `None` until the account has been looked at once.
    pub checked: Option<Arc<Checked>>,
    /// The version of the directory that it was found in.
    of: u64,
    /// A look that is not at its end, and the version of the directory that it is of.
    checking: Option<(u64, Checking)>,
    /// What would mend the finding that the person looks at.
    mend: Option<Mending>,
}

/// What would mend a finding, in one version of the directory.
#[derive(Clone, Debug)]
struct Mending {
    key: Arc<str>,
    of: u64,
    mend: Option<Arc<Mend>>,
}

impl Findings {
    /// The finding with this key, if it is still found.
    pub fn get(&self, key: &str) -> Option<&Finding> {
        self.checked.as_ref()?.findings.iter().find(|finding| finding.key == *key)
    }

    /// What mends a finding: `None` while that is not known, `Some(None)` where nothing does.
    pub fn mend(&self, key: &str) -> Option<Option<&Mend>> {
        let mending = self.mend.as_ref().filter(|mending| *mending.key == *key)?;
        Some(mending.mend.as_deref())
    }
}

/// Whether the account is being read, so that what is found would not hold for long.
pub fn waits_for_reading(state: &State) -> bool {
    let reads = |request: &Request| {
        matches!(
            request,
            Request::Account { .. }
                | Request::List { .. }
                | Request::AllGroupMembers { .. }
                | Request::Group { .. }
        )
    };
    state.tickets.waiting().any(reads) || running(state).is_some()
}

/// Whether what is shown was found in the account as it is now.
pub fn are_up_to_date(state: &State) -> bool {
    state.findings.checked.is_some() && state.findings.of == state.directory.version()
}

/// Asks for a slice of work while there is something to look at.
pub fn follow(state: &mut State) -> Vec<Effect> {
    let is_due = is_check_due(state) || mend_due(state).is_some();
    if is_due { slice(state) } else { Vec::new() }
}

fn is_check_due(state: &State) -> bool {
    matches!(state.session.phase, Phase::Open(_))
        && !are_up_to_date(state)
        && !waits_for_reading(state)
}

/// The finding whose mend is not known yet. It is sought where the finding was found, and nowhere else.
fn mend_due(state: &State) -> Option<Arc<str>> {
    let key = key_here(state)?;
    let known = state.findings.mend.as_ref();
    let is_known =
        known.is_some_and(|mending| mending.key == key && mending.of == state.findings.of);
    (are_up_to_date(state) && !is_known).then_some(key)
}

/// Goes by one rule more, or seeks what mends the finding that the person looks at.
pub fn work(state: &mut State) {
    if is_check_due(state) {
        check(state);
    } else if let Some(key) = mend_due(state) {
        let found = state.findings.get(&key).filter(|finding| finding.waived.is_none());
        let mend = found.and_then(|finding| Mend::of(finding, &state.directory, DraftId(0)));
        let of = state.findings.of;
        state.findings.mend = Some(Mending { key, of, mend: mend.map(Arc::new) });
    }
}

fn check(state: &mut State) {
    let State { findings, directory, session, now, .. } = state;
    let version = directory.version();
    let none = std::collections::HashMap::new();
    let rules = &session.setup.decided;
    let inputs = Inputs { directory, rules, invited: &none, now: now.wall };
    let begun = findings.checking.take().filter(|(of, _)| *of == version);
    let Some((_, mut checking)) = begun else {
        findings.checking = Some((version, Checking::begin(directory)));
        return;
    };
    if checking.step(inputs) {
        findings.checking = Some((version, checking));
        return;
    }
    findings.checked = Some(Arc::new(checking.end(inputs)));
    findings.of = version;
    refill(state);
}

/// Makes the rows of the screen anew, and of the finding that is open.
fn refill(state: &mut State) {
    let State { findings, roots, place, .. } = state;
    let Some(checked) = &findings.checked else { return };
    let stands = |waived: bool| {
        let of = checked.findings.iter().filter(move |finding| finding.waived.is_some() == waived);
        of.map(|finding| FindingRow::Finding(finding.key.as_str().into()))
    };
    let unsure = checked.not_checked.iter().map(|unsure| FindingRow::NotChecked(unsure.rule.id));
    let rows = stands(false).chain(unsure).chain(stands(true)).collect();
    roots.findings.rows.show(rows);
    for screen in &mut place.above {
        if let Screen::Finding(screen) = screen {
            screen.refill(findings);
        }
    }
}

/// The key of the finding that the person looks at.
fn key_here(state: &State) -> Option<Arc<str>> {
    match state.place.above.last() {
        Some(Screen::Finding(screen)) => Some(screen.key.clone()),
        None if state.place.tab == Tab::Findings => match state.roots.findings.rows.cursor()? {
            FindingRow::Finding(key) => Some(key),
            FindingRow::NotChecked(_) => None,
        },
        _ => None,
    }
}

/// What enter opens: a finding, or whom or what a row of one is about.
pub fn route_here(state: &State) -> Option<Route> {
    match state.place.above.last() {
        Some(Screen::Finding(screen)) => screen.rows.cursor().map(|subject| match subject {
            Subject::Member(member) => Route::Member(member),
            Subject::Group(group) => Route::Group(group),
        }),
        _ => key_here(state).map(Route::Finding),
    }
}

/// Why the finding here can't be mended; `None` if it can.
pub fn cannot_mend(state: &State) -> Option<Reason> {
    let refuse = |words: &str| Some(Reason(words.to_owned()));
    let Some(finding) = key_here(state).and_then(|key| state.findings.get(&key)) else {
        return refuse("no finding is under the cursor");
    };
    if finding.waived.is_some() {
        return refuse("it is waived");
    }
    match state.findings.mend(&finding.key) {
        Some(None) => refuse("no change that could be staged mends it"),
        _ if finding.way.is_none() => refuse("no change that could be staged mends it"),
        Some(Some(mend)) if is_staged(state, mend) => {
            let key = state.keymap.key_name(Action::Plan);
            Some(Reason(format!("it is staged: {key} shows the plan")))
        }
        _ => read_only(state),
    }
}

/// Whether all that mends a finding is staged.
pub fn is_staged(state: &State, mend: &Mend) -> bool {
    let made = |name: &str| {
        let creates = |change: &Change| matches!(change, Change::Create { name: known, .. } if **known == *name);
        state.staging.changes().any(creates)
    };
    mend.changes.iter().all(|change| match change {
        Change::Create { name, .. } => made(name),
        // Its group is made by a change beside it, under a number of its own.
        Change::Add { group, .. } if group.existing().is_none() => true,
        change => state.staging.get(&ChangeKey::of(change)).is_some_and(|it| it.change == *change),
    })
}

/// Stages what mends the finding here. Nothing is sent.
pub fn mend(state: &mut State) -> Vec<Effect> {
    let Some(key) = key_here(state) else { return Vec::new() };
    let draft = state.staging.new_draft();
    let found = state.findings.get(&key);
    let mend = found.and_then(|finding| Mend::of(finding, &state.directory, draft));
    match mend {
        Some(mend) => router::turn(state, Turn::Stage(mend.changes)),
        None => say(state, Tone::Refused, "nothing is left to be mended".to_owned()),
    }
}
