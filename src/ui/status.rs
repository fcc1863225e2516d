//! The state of a list in one line: loading, complete, stale, partial, forbidden, failed, empty. Each has its
//! own sign and words, so that partial is never taken for complete.

use std::time::Duration;

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::canvas::{Canvas, span};
use super::theme::Theme;
use crate::app::{State, snapshot_of};
use crate::domain::{Collection, Coverage, Directory, Fault, FaultKind, Gap, Progress, Standing};
use crate::keys::Action;
use crate::plan::Tally;
use crate::rows;
use crate::text;

/// From when on what is shown is called stale.
const STALE: Duration = Duration::from_mins(10);
/// How many signs wide a bar is.
const BAR: usize = 10;

/// How grave a state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Calm,
    /// On its way.
    Busy,
    /// Wants a look.
    Warn,
    /// Can't be read.
    Bad,
}

/// The state of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// How grave it is.
    pub tone: Tone,
    /// A sign that tells it without colour; none where all is well.
    pub sign: &'static str,
    /// The state.
    pub words: String,
    /// How far a walk has come, 0 to [`BAR`].
    pub bar: Option<usize>,
    /// What follows from it, or what to do.
    pub then: String,
    /// Why, at length, where there is a failure.
    pub fault: Option<Fault>,
}

impl Status {
    fn new(tone: Tone, sign: &'static str, words: impl Into<String>) -> Self {
        Self { tone, sign, words: words.into(), bar: None, then: String::new(), fault: None }
    }

    fn then(mut self, words: impl Into<String>) -> Self {
        self.then = words.into();
        self
    }

    fn because(mut self, fault: &Fault) -> Self {
        self.fault = Some(fault.clone());
        self
    }

    /// How its words look.
    pub fn style(&self, theme: &Theme) -> Style {
        match self.tone {
            Tone::Calm => theme.text,
            Tone::Busy => theme.accent,
            Tone::Warn => theme.warn,
            Tone::Bad => theme.bad,
        }
    }

    /// Whether nothing of it needs to be said beside a filter.
    pub fn is_calm(&self) -> bool {
        self.tone == Tone::Calm
    }
}

/// The state of one of the account's lists. `shown` is how many rows of it are there. A snapshot has no age, and
/// nothing of it is read again.
pub fn of(state: &State, collection: &Collection, noun: &str, shown: usize) -> Status {
    let mut status = read(state, collection, noun, shown);
    if status.is_calm() && matches!(collection, Collection::Members | Collection::Groups) {
        status = failed_groups(state).unwrap_or(status);
    }
    match snapshot_of(state) {
        Some(at) => status.then(format!("as of {at}")),
        None => status,
    }
}

fn read(state: &State, collection: &Collection, noun: &str, shown: usize) -> Status {
    let coverage = state.directory.coverage(collection);
    let again = state.keymap.key_name(Action::Refresh);
    if let Standing::Forbidden(fault) = &coverage.standing {
        return forbidden(fault, &again);
    }
    if let Some(progress) = coverage.walk {
        return walking(state, coverage, progress, noun);
    }
    if let Some(fault) = &coverage.failed {
        let then = match (&coverage.as_of, shown) {
            (Some(as_of), _) => {
                format!("{again} try again; showing {}", text::age(state.now.since(as_of)))
            }
            (None, 0) => format!("{again} try again"),
            (None, _) => format!("{again} try again; not all rows are here"),
        };
        return Status::new(Tone::Bad, "✗", format!("failed: {}", safe(fault.why())))
            .then(then)
            .because(fault);
    }
    match &coverage.standing {
        Standing::Partial(gaps) => partial(gaps, shown, noun, &again),
        Standing::Complete => complete(state, coverage, shown, noun, &again),
        _ => Status::new(Tone::Busy, "…", "not read yet")
            .then("it is read as soon as its turn comes"),
    }
}

fn forbidden(fault: &Fault, again: &str) -> Status {
    let words = match &fault.kind {
        FaultKind::Permission(permission) => {
            format!("forbidden: the token lacks {}", safe(permission))
        }
        FaultKind::NotEnabled => "not enabled for this account".to_owned(),
        _ => format!("forbidden: {}", safe(&fault.what)),
    };
    Status::new(Tone::Bad, "✗", words).then(format!("{again} try again")).because(fault)
}

/// That who is in which group is known in part, because lists of it can't be read.
fn failed_groups(state: &State) -> Option<Status> {
    let failed = state.directory.failed_member_lists();
    let (_, fault) = failed.first()?;
    let words = format!("{}: {}", groups_read(&state.directory), safe(fault.why()));
    let again = state.keymap.key_name(Action::Refresh);
    Some(Status::new(Tone::Bad, "✗", words).then(format!("{again} try again")))
}

/// How far it is known who is in which group, where that is not known whole.
pub fn of_groups(state: &State) -> Option<Status> {
    if state.directory.knows_all_groups() {
        return None;
    }
    let busy = || Status::new(Tone::Busy, "…", groups_read(&state.directory));
    Some(failed_groups(state).unwrap_or_else(busy))
}

fn walking(state: &State, coverage: &Coverage, progress: Progress, noun: &str) -> Status {
    let rows = text::count(progress.rows as usize);
    let so_far = match progress.of {
        Some(of) => format!("{rows} of {}", text::count(of as usize)),
        None if progress.rows == 0 => String::new(),
        None => rows,
    };
    let (verb, then) = match &coverage.as_of {
        Some(as_of) => ("refreshing", format!("showing {}", text::age(state.now.since(as_of)))),
        None if progress.rows == 0 => ("loading", String::new()),
        None => ("loading", "rows so far can be used".to_owned()),
    };
    let words = if so_far.is_empty() {
        format!("{verb} {}", text::plural(2, noun).trim_start_matches("2 "))
    } else {
        format!("{verb} {so_far}")
    };
    let mut status = Status::new(Tone::Busy, "", words).then(then);
    status.bar = Some(filled(progress));
    status
}

fn filled(progress: Progress) -> usize {
    match progress.of {
        Some(of) if of > 0 => (progress.rows as usize * BAR / of as usize).min(BAR),
        _ => 0,
    }
}

fn partial(gaps: &[Gap], shown: usize, noun: &str, again: &str) -> Status {
    let why: Vec<String> = gaps.iter().map(|gap| rows::gap_words(gap, "more row")).collect();
    let why = if why.is_empty() { "not everything is here".to_owned() } else { why.join("; ") };
    let words = format!("partial: {}, {why}", text::plural(shown, noun));
    Status::new(Tone::Warn, "◐", words).then(format!("{again} read again"))
}

fn complete(state: &State, coverage: &Coverage, shown: usize, noun: &str, again: &str) -> Status {
    let age = coverage.as_of.map(|as_of| state.now.since(&as_of)).unwrap_or_default();
    if shown == 0 {
        return Status::new(Tone::Calm, "", format!("no {}", plural_of(noun))).then(text::age(age));
    }
    let words = text::plural(shown, noun);
    if age >= STALE && snapshot_of(state).is_none() {
        return Status::new(Tone::Warn, "~", format!("{words}, stale: read {}", text::age(age)))
            .then(format!("{again} read again"));
    }
    Status::new(Tone::Calm, "", words).then(text::age(age))
}

/// How many groups' member lists have been read, while not all have; how many have failed, where some have.
pub fn groups_read(directory: &Directory) -> String {
    let (read, all) = directory.group_members_read();
    let groups = text::plural(all, "group");
    match directory.failed_member_lists().len() {
        _ if all == 0 => "groups not read yet".to_owned(),
        0 => format!("{} of {groups} read", text::count(read)),
        1 if all == 1 => "the group's members failed".to_owned(),
        failed if failed == all => format!("{groups}' members failed"),
        failed => format!("{} of {groups}' members failed", text::count(failed)),
    }
}

/// The plural of a noun without a number.
pub fn plural_of(noun: &str) -> String {
    text::plural(2, noun).trim_start_matches("2 ").to_owned()
}

/// Paints a state into a row.
pub fn paint(canvas: &mut Canvas<'_>, row: Rect, status: &Status) {
    let theme = *canvas.theme;
    let style = status.style(&theme);
    let mut left: Vec<Span<'_>> = Vec::new();
    if !status.sign.is_empty() {
        left.push(span(status.sign, style));
        left.push(span(" ", style));
    }
    left.push(span(status.words.as_str(), style));
    if let Some(filled) = status.bar {
        left.push(span(format!(" {}", bar(filled)), theme.accent));
    }
    canvas.both(row, &left, &[span(status.then.as_str(), theme.dim)]);
}

/// A bar of [`BAR`] signs.
fn bar(filled: usize) -> String {
    (0..BAR).map(|at| if at < filled { '▰' } else { '▱' }).collect()
}

/// A bar for how far a run has come: what has come to its end, and what was accepted and is to be seen yet.
pub fn bar_of_run(tally: &Tally, whole: usize) -> String {
    let cells = |part: usize| (part * BAR).checked_div(whole).unwrap_or(0).min(BAR);
    let (settled, sent) = (cells(tally.settled()), cells(tally.settled() + tally.accepted));
    let sign = |at: usize| match at {
        at if at < settled => '▰',
        at if at < sent => '▬',
        _ => '▱',
    };
    (0..BAR).map(sign).collect()
}

/// A failure at length: what failed, Cloudflare's words, what to do. Gives the number of rows it took.
pub fn fault(canvas: &mut Canvas<'_>, area: Rect, fault: &Fault) -> u16 {
    let theme = *canvas.theme;
    let mut used = 0;
    let mut say = |canvas: &mut Canvas<'_>, words: &str, style: Style| {
        used += canvas.wrapped(super::canvas::below(area, used), &safe(words), style);
    };
    say(canvas, &fault.what, theme.text);
    for error in &fault.errors {
        let words = match error.code {
            Some(code) => format!("Cloudflare says: {code} {}", error.message),
            None => format!("Cloudflare says: {}", error.message),
        };
        say(canvas, &words, theme.dim);
    }
    if let Some(ray) = &fault.ray {
        say(canvas, &format!("ray {ray}"), theme.dim);
    }
    if !fault.remedy.is_empty() {
        used += 1;
        used += canvas.wrapped(
            super::canvas::below(area, used),
            &safe(&fault.what_to_do()),
            theme.text,
        );
    }
    used
}

fn safe(words: &str) -> String {
    text::safe(words).into_owned()
}
