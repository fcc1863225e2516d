//! The first line: which account, whether changes are allowed, how far the data can be trusted, what holds up.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::canvas::{Canvas, columns, inset, span};
use super::status::bar_of_run;
use super::theme::Theme;
use crate::app::{Hold, Mode, Phase, State, running, snapshot_of};
use crate::domain::{Collection, FaultKind, Standing};
use crate::text;

/// One thing that the right end tells; of those that don't fit the least weighty goes first.
struct Part {
    weight: u8,
    words: String,
    style: Style,
}

/// Paints the header.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, row: Rect) {
    let theme = *canvas.theme;
    let row = inset(row, 1);
    let name = account_name(state);
    let least = columns("cfiam  ").saturating_add(columns(&name).min(24));
    let mut parts = parts(state, &theme);
    while width(&parts) > row.width.saturating_sub(least + 2) && parts.len() > 1 {
        let lightest = parts.iter().map(|part| part.weight).min();
        parts.retain(|part| Some(part.weight) != lightest);
    }
    // The name gives way to what is told beside it.
    let room = row.width.saturating_sub(width(&parts) + columns("cfiam  ") + 2).max(24);
    let name = text::cut(&name, room.into()).into_owned();
    let left = [span("cfiam", theme.accent), span("  ", theme.text), span(name, theme.name)];
    let mut right: Vec<Span<'_>> = Vec::new();
    for part in &parts {
        if !right.is_empty() {
            right.push(span(" · ", theme.dim));
        }
        right.push(span(part.words.as_str(), part.style));
    }
    canvas.both(row, &left, &right);
}

fn width(parts: &[Part]) -> u16 {
    let words: u16 = parts.iter().map(|part| columns(&part.words)).sum();
    words + 3 * u16::try_from(parts.len().saturating_sub(1)).unwrap_or(0)
}

/// The account's name, its id where there is none, nothing where none is open.
fn account_name(state: &State) -> String {
    match &state.session.phase {
        Phase::Open(_) => match &*state.directory.account.name {
            "" => state.directory.account.id.to_string(),
            name => text::safe_capped(name).into_owned(),
        },
        Phase::Connecting => {
            format!("connecting to {}", text::safe_capped(&state.session.setup.host))
        }
        Phase::NotConnected(_) | Phase::Unconnected(_) => "not connected".to_owned(),
        Phase::Choosing => "no account is open".to_owned(),
    }
}

fn parts(state: &State, theme: &Theme) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut part = |weight, words: String, style| parts.push(Part { weight, words, style });
    let profile = &state.session.setup.profile;
    if !profile.is_empty() {
        part(54, text::safe_capped(profile).into_owned(), theme.dim);
    }
    if !matches!(state.session.phase, Phase::Open(_)) {
        return parts;
    }
    for (words, style) in mode(state, theme) {
        part(100, words, style);
    }
    if let Some(left) = expires_soon(state) {
        part(80, format!("token expires in {left}"), theme.warn);
    }
    if !rights_known(state) {
        part(55, "rights not known".to_owned(), theme.dim);
    }
    if let Some(words) = run(state) {
        part(95, words, theme.accent);
    }
    if let Some(left) = state.held_until.and_then(|until| until.checked_sub(state.now.since_start))
    {
        part(90, format!("held up {} s", left.as_secs().max(1)), theme.warn);
        part(30, budget_words(state), theme.dim);
    }
    lists(state, theme, &mut part);
    parts
}

fn mode(state: &State, theme: &Theme) -> Vec<(String, Style)> {
    let bold = theme.name;
    let badge = state.session.setup.badge.map(|badge| (badge.to_owned(), theme.accent));
    if let Some(at) = snapshot_of(state) {
        return vec![(format!("SNAPSHOT {at}"), theme.accent.patch(bold))];
    }
    match (&state.session.mode, badge) {
        (Mode::ReadWrite, Some(badge)) => vec![badge],
        (Mode::ReadWrite, None) => vec![("READ-WRITE".to_owned(), theme.warn.patch(bold))],
        (Mode::ReadOnly(_), badge) => {
            badge.into_iter().chain([("READ-ONLY".to_owned(), bold)]).collect()
        }
    }
}

/// How long the token is still good for, once that is less than a day.
fn expires_soon(state: &State) -> Option<String> {
    let expires = state.directory.caller.as_ref()?.expires?;
    let left = expires.duration_since(state.now.wall);
    let minutes = u64::try_from(left.as_mins().max(0)).unwrap_or(0);
    (minutes < 24 * 60).then(|| match minutes {
        0..120 => format!("{minutes} min"),
        _ => format!("{} h", minutes / 60),
    })
}

/// What is left of the budget: the server's word, where it has given one, counts other tools in.
fn budget_words(state: &State) -> String {
    match state.budget.left {
        Some(left) => format!("{} requests left", text::count(left as usize)),
        None => format!(
            "{} of {} requests",
            text::count(state.budget.spent as usize),
            text::count(state.budget.ceiling as usize)
        ),
    }
}

/// Whether it is known that this credential may write: it can't be asked, only learnt from a write.
fn rights_known(state: &State) -> bool {
    state.session.setup.badge.is_some()
        || state.session.mode != Mode::ReadWrite
        || state.runs.values().any(|run| run.progress.tally().done > 0)
}

fn run(state: &State) -> Option<String> {
    let run = running(state)?;
    let all = run.plan.ops().count();
    let tally = run.progress.tally();
    let (done, bar) = (tally.settled(), bar_of_run(&tally, all));
    Some(match &run.hold {
        Some(Hold::Waits(until, _)) if *until > state.now.since_start => {
            let left = until.saturating_sub(state.now.since_start).as_secs();
            format!("run {done} of {all} {bar} waits {left} s")
        }
        Some(Hold::Settles(until, _)) => {
            let left = until.saturating_sub(state.now.since_start).as_secs();
            format!("run {done} of {all} {bar} last look in {left} s")
        }
        Some(Hold::ReadingBack) => format!("run {done} of {all} {bar} reading back"),
        Some(Hold::Stopping) => format!("run {done} of {all} {bar} stopping"),
        Some(Hold::Pausing(_)) => format!("run {done} of {all} {bar} ending"),
        Some(Hold::Waits(..)) | None => format!("run {done} of {all} {bar}"),
    })
}

fn lists(state: &State, theme: &Theme, part: &mut impl FnMut(u8, String, Style)) {
    let directory = &state.directory;
    let (members, groups) = (directory.members_listed(), directory.groups_there());
    let lists =
        [(Collection::Members, "member", members, 50), (Collection::Groups, "group", groups, 40)];
    let mut oldest = None;
    for (collection, noun, rows, weight) in lists {
        let coverage = directory.coverage(&collection);
        let (words, style) = match (&coverage.standing, coverage.walk, &coverage.failed) {
            (Standing::Forbidden(fault), ..) if fault.kind == FaultKind::NotEnabled => {
                (format!("{noun}s not enabled"), theme.bad)
            }
            (Standing::Forbidden(_), ..) => (format!("{noun}s forbidden"), theme.bad),
            (_, Some(walk), _) if coverage.as_of.is_none() => match (walk.of, walk.rows) {
                (Some(of), _) => {
                    let of = text::plural(of as usize, noun);
                    (format!("{} of {of}", text::count(walk.rows as usize)), theme.accent)
                }
                (None, 0) => (format!("{noun}s loading"), theme.accent),
                (None, rows) => {
                    (format!("{} so far", text::plural(rows as usize, noun)), theme.accent)
                }
            },
            (_, _, Some(_)) => (format!("{noun}s failed"), theme.bad),
            (Standing::Partial(_), ..) => {
                (format!("{}, partial", text::plural(rows, noun)), theme.warn)
            }
            (Standing::Complete, ..) => (text::plural(rows, noun), theme.dim),
            _ => continue,
        };
        // What the list says itself gives way first, then what is still to come.
        let weight = if style == theme.dim { weight - 30 } else { weight };
        part(if style == theme.bad { 85 } else { weight }, words, style);
        oldest = oldest.max(coverage.as_of.map(|as_of| state.now.since(&as_of)));
    }
    let (read, all) = directory.group_members_read();
    if read < all && oldest.is_some() {
        let is_failed = !directory.failed_member_lists().is_empty();
        let (weight, style) = if is_failed { (85, theme.bad) } else { (60, theme.accent) };
        part(weight, super::status::groups_read(directory), style);
    } else if let Some(age) = oldest.filter(|_| snapshot_of(state).is_none()) {
        part(25, text::age(age), theme.dim);
    }
}
