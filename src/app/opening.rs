//! What enter opens: the page of what is under the cursor, or its lines in place.

use crate::domain::{Change, Slot};
use crate::keys::Context;
use crate::plan::ChangeKey;

use super::context::{About, about, context};
use super::dialogs::Holder;
use super::msg::Effect;
use super::place::Route;
use super::router::{self, go};
use super::screens::{ChangeRow, Screen};
use super::state::State;
use super::turn::Turn;
use super::{asking, findings, follow, staged};

/// Opens what is under the cursor.
pub fn open_row(state: &mut State) -> Vec<Effect> {
    let directory = &state.directory;
    let route = match (context(state), state.place.above.last()) {
        (Context::Members, _) => {
            state.roots.members.rows.cursor().and_then(|slot| member_route(state, slot))
        }
        (Context::Groups, _) => {
            state.roots.groups.rows.cursor().and_then(|slot| group_route(state, slot))
        }
        (Context::Access, _) => return open_answer(state),
        (Context::Proof, Some(Screen::Proof(screen))) => screen.group().cloned().map(Route::Group),
        (Context::Effective, Some(Screen::Effective(screen))) => {
            screen.question().map(|question| Route::Proof(question, screen.member.clone()))
        }
        (Context::Compare, Some(Screen::Compare(screen))) => {
            screen.proof().map(|(question, member)| Route::Proof(question, member))
        }
        (Context::Organization, _) => match about(state) {
            About::OrganizationMember(member) => Some(Route::OrganizationMember(member)),
            _ => None,
        },
        (Context::MemberGroups, Some(Screen::Member(screen))) => {
            screen.groups.rows.cursor().and_then(|slot| group_route(state, slot))
        }
        (Context::GroupMembers, Some(Screen::Group(screen))) => {
            screen.members.rows.cursor().and_then(|slot| member_route(state, slot))
        }
        (Context::Findings | Context::Finding, _) => findings::route_here(state),
        (Context::Changes, _) => match state.roots.changes.rows.cursor() {
            Some(ChangeRow::Run(run)) => Some(Route::Run(run)),
            Some(ChangeRow::Staged(ChangeKey::Invite(_))) => {
                return invitation(state);
            }
            Some(ChangeRow::Staged(key)) => {
                state.staging.get(&key).and_then(|entry| match entry.change.member() {
                    Some(member) => Some(Route::Member(member.clone())),
                    None => entry.change.group().as_ref().map(staged::group_id).map(Route::Group),
                })
            }
            None => None,
        },
        (Context::Accounts, Some(Screen::Accounts(screen))) => {
            if let Some(account) = screen.rows.cursor() {
                return router::turn(state, Turn::Account(account));
            }
            router::ask_account(state);
            return Vec::new();
        }
        _ => None,
    };
    if let Some(route) = route {
        return go(state, route);
    }
    let opened = match state.place.above.last_mut() {
        Some(Screen::Member(screen)) => screen.policies.toggle(directory),
        Some(Screen::Group(screen)) => screen.policies.toggle(directory),
        Some(Screen::Plan(screen)) => screen.toggle(),
        Some(Screen::OnlyHere(screen)) => screen.impact.toggle(),
        _ => false,
    };
    if opened { follow(state) } else { Vec::new() }
}

/// The proof for the person under the cursor; where nothing was asked yet, the example under it is.
fn open_answer(state: &mut State) -> Vec<Effect> {
    let screen = &state.roots.access;
    let Some(question) = screen.question.clone() else {
        let example = screen.example().cloned();
        return example.map_or_else(Vec::new, |example| asking::ask(state, example));
    };
    let member = screen.people.rows.cursor().and_then(|slot| state.directory.members().at(slot));
    let Some(member) = member.map(|member| member.id.clone()) else { return Vec::new() };
    go(state, Route::Proof(question, member))
}

/// An invitation that is staged opens to what it is to give: there is no page of it yet.
fn invitation(state: &mut State) -> Vec<Effect> {
    let Some(ChangeRow::Staged(key)) = state.roots.changes.rows.cursor() else { return Vec::new() };
    match state.staging.get(&key).map(|entry| &entry.change) {
        Some(Change::Invite { email, .. }) => {
            let of = Holder::Invited(email.clone());
            router::turn(state, Turn::EditPolicies(of))
        }
        _ => Vec::new(),
    }
}

fn member_route(state: &State, slot: Slot) -> Option<Route> {
    state.directory.members().at(slot).map(|member| Route::Member(member.id.clone()))
}

fn group_route(state: &State, slot: Slot) -> Option<Route> {
    state.directory.groups().at(slot).map(|group| Route::Group(group.id.clone()))
}
