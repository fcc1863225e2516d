//! Since when members are in groups: one request each, so only what somebody looks at is asked for.

use crate::domain::{Change, GroupId, MemberId};

use super::msg::{Effect, Request};
use super::screens::{GroupPane, Screen};
use super::state::{Phase, State};

/// How many dates are asked for at once at most.
const AT_ONCE: usize = 50;

type Pair = (GroupId, MemberId);

/// Asks for the dates that the page on the screen lacks, once what was asked for before has come; takes back what
/// nobody looks at any longer.
pub fn follow(state: &mut State) -> Vec<Effect> {
    let pairs = wanted(state);
    let mut effects = state.tickets.cancel(|request| match request {
        Request::Since { pairs: asked, .. } => !asked.iter().any(|pair| pairs.contains(pair)),
        _ => false,
    });
    let asking = state.tickets.waiting().any(|request| matches!(request, Request::Since { .. }));
    let Phase::Open(account) = &state.session.phase else { return effects };
    if asking {
        return effects;
    }
    let lacks = |(group, member): &Pair| state.directory.since(group, member).is_none();
    let new = |pair: &Pair| !state.dates_asked.contains(pair);
    let pairs: Vec<Pair> =
        pairs.into_iter().filter(|pair| lacks(pair) && new(pair)).take(AT_ONCE).collect();
    if !pairs.is_empty() {
        let account = account.clone();
        effects.extend(state.tickets.ask_once(Request::Since { account, pairs }));
    }
    effects
}

/// These have been answered, with or without a date.
pub fn answered(state: &mut State, pairs: Vec<Pair>) {
    state.dates_asked.extend(pairs);
}

/// The memberships whose dates are of use on the page on the screen: all of a member's, which are few; of a group's
/// those in sight.
fn wanted(state: &State) -> Vec<Pair> {
    let directory = &state.directory;
    match state.place.above.last() {
        Some(Screen::Member(screen)) => directory
            .groups_of(&screen.member)
            .iter()
            .filter_map(|slot| directory.groups().at(*slot))
            .filter(|group| group.id.as_draft().is_none())
            .map(|group| (group.id.clone(), screen.member.clone()))
            .collect(),
        // Who was added anew since is not taken out by an undoing: the plan is to say so before it is applied.
        Some(Screen::Plan(screen)) if screen.undoes.is_some() && has_plenty(state) => screen
            .plan
            .ops()
            .filter_map(|op| match &op.change {
                Change::Remove { group, member } => Some((group.clone(), member.clone())),
                _ => None,
            })
            .collect(),
        Some(Screen::Group(screen)) if screen.group.as_draft().is_none() && has_plenty(state) => {
            let fits = match screen.pane {
                GroupPane::Members => state.facts.list_rows,
                GroupPane::Policies => state.facts.other_rows,
            };
            let fits = usize::from(fits.min(state.size.rows));
            let rows = &screen.members.rows;
            let shown = rows.rows().iter().skip(rows.first_shown(fits)).take(fits);
            shown
                .filter_map(|slot| directory.members().at(*slot))
                .filter(|member| directory.is_in(&screen.group, &member.id))
                .map(|member| (screen.group.clone(), member.id.clone()))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Whether less than half of the request budget is spent: who leafs through a large group is not to be held up
/// afterwards for the sake of dates.
fn has_plenty(state: &State) -> bool {
    let budget = &state.budget;
    budget.waits.is_none() && (budget.ceiling == 0 || budget.spent < budget.ceiling / 2)
}
