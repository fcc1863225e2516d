//! Questions of access: asked on the prompt, or picked in two steps that start from what is under the cursor.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::access::{
    self, Question, Reach, permission_words, permissions_known, place_words, places_known, reaches,
};
use crate::domain::{
    Directory, Group, MemberId, PermissionGroup, PermissionScope, Policy, ResourceGroup,
};

use crate::keys::Action;

use super::comparing;
use super::context::{About, about, groups_about, members_about, table};
use super::dialogs::{Choice, Dialog, Item, Picker, note};
use super::msg::Effect;
use super::place::{Route, Tab};
use super::policies::{PolicyLine, PolicyPane, policy_at};
use super::router::{go, open};
use super::screens::{GroupPane, MemberPane, Screen};
use super::state::State;

/// So many questions are offered of what is under the cursor.
const STARTS: usize = 6;
/// So many places of one grant are offered: the others are picked in the second step.
const OF_ONE: usize = 2;

/// Does what an action that asks something says.
pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::WhoCan => pick_question(state),
        Action::Explain => {
            explained(state).map_or_else(Vec::new, |member| go(state, Route::Effective(member)))
        }
        Action::OnlyHere => only_here(state),
        Action::Compare => comparing::compare(state),
        Action::MakeLike => comparing::make_like(state),
        _ => Vec::new(),
    }
}

/// The member whose effective access is asked for: the one under the cursor, or whose page is open.
pub fn explained(state: &State) -> Option<MemberId> {
    if matches!(state.place.above.last(), Some(Screen::Member(_) | Screen::Proof(_))) {
        return members_about(state).into_iter().next();
    }
    let slot = table(state)?.rows.cursor()?;
    state.directory.members().at(slot).map(|row| row.id.clone())
}

/// Who has what only through the group, or through the policy under the cursor of its page.
fn only_here(state: &mut State) -> Vec<Effect> {
    let groups = groups_about(state);
    let [group] = groups.as_slice() else { return Vec::new() };
    let policy = match state.place.above.last() {
        Some(Screen::Group(screen)) if screen.pane == GroupPane::Policies => {
            let key = match screen.policies.lines.cursor() {
                Some(
                    PolicyLine::Policy(key)
                    | PolicyLine::PermissionGroup(key, _)
                    | PolicyLine::ResourceGroup(key, _)
                    | PolicyLine::Object(key, ..),
                ) => policy_at(&state.directory, &screen.policies.subject, key),
                _ => None,
            };
            key.map(|policy| policy.content())
        }
        _ => None,
    };
    go(state, Route::OnlyHere(group.clone(), policy))
}

/// Shows the answer to a question.
pub fn ask(state: &mut State, question: Question) -> Vec<Effect> {
    state.roots.access.ask(question);
    go(state, Route::Tab(Tab::Access))
}

/// Asks what is to be asked: first the permission group. What is under the cursor makes whole questions, which come
/// first.
fn pick_question(state: &mut State) -> Vec<Effect> {
    let directory = &state.directory;
    let mut items: Vec<Item> = starts(state)
        .into_iter()
        .map(|question| Item {
            name: question.words(directory),
            detail: "from what is under the cursor".to_owned(),
            choice: Choice::Ask(question),
        })
        .collect();
    let known = permissions_known(directory);
    items.extend(known.into_iter().map(|group| Item {
        name: permission_words(&group),
        detail: works_on(&group).to_owned(),
        choice: Choice::AskOf(group),
    }));
    let mut picker = Picker::new("Who can do what?", false, items);
    picker.typing = true;
    picker.note = note(directory, &crate::domain::Collection::PermissionGroups);
    open(state, Dialog::Pick(picker))
}

/// Asks where: the second step.
pub fn pick_place(state: &mut State, permission: &Arc<PermissionGroup>) -> Vec<Effect> {
    let directory = &state.directory;
    let known = permissions_known(directory);
    let place_now = state.roots.access.question.as_ref().and_then(|now| now.on.clone());
    let mut places: Vec<(bool, bool, String, access::Place)> = places_known(directory)
        .into_iter()
        .map(|place| {
            let is_now = Some(&place) == place_now.as_ref();
            let is_account = place == access::Place::Account;
            (!is_now, !is_account, place_words(directory, &place), place)
        })
        .collect();
    places.sort();
    let mut items: Vec<Item> = places
        .into_iter()
        .map(|(.., name, place)| Item {
            name,
            detail: kind(&place).to_owned(),
            choice: Choice::Ask(Question::about(&known, permission.clone(), Some(place))),
        })
        .collect();
    items.push(Item {
        name: "anywhere".to_owned(),
        detail: "on whatever it is granted".to_owned(),
        choice: Choice::Ask(Question { permission: permission.clone(), on: None }),
    });
    let title = format!("Who can {} on what?", permission_words(permission));
    let mut picker = Picker::new(title, false, items);
    picker.typing = true;
    picker.note = note(directory, &crate::domain::Collection::Zones);
    open(state, Dialog::Pick(picker))
}

fn works_on(group: &PermissionGroup) -> &'static str {
    match &group.scope {
        PermissionScope::Account => "account",
        PermissionScope::Zone => "zones",
        PermissionScope::Resource(_) => "single resources",
        PermissionScope::Unknown => "",
    }
}

fn kind(place: &access::Place) -> &'static str {
    match place {
        access::Place::Account => "the whole account",
        access::Place::Zone(_) => "zone",
        access::Place::Other(_) => "resource",
    }
}

/// The questions that what is under the cursor makes.
fn starts(state: &State) -> Vec<Question> {
    let directory = &state.directory;
    let pane = match state.place.above.last() {
        Some(Screen::Member(screen)) if screen.pane == MemberPane::Policies => {
            Some(&screen.policies)
        }
        Some(Screen::Group(screen)) if screen.pane == GroupPane::Policies => Some(&screen.policies),
        _ => None,
    };
    let found = match pane {
        Some(pane) => of_line(directory, pane),
        None => of_row(state),
    };
    let mut seen = Vec::new();
    for question in found {
        if !seen.contains(&question) {
            seen.push(question);
        }
        if seen.len() == STARTS {
            break;
        }
    }
    seen
}

/// Of the row of a list: what the group grants, or the member holds.
fn of_row(state: &State) -> Vec<Question> {
    let directory = &state.directory;
    let of_group = |group: &Group| -> Vec<Question> {
        group.policies().iter().flat_map(|policy| of_policy(directory, policy)).collect()
    };
    let groups = match about(state) {
        About::Groups(groups) | About::OfMember(_, groups) => groups,
        About::Members(members) => {
            let [member] = members.as_slice() else { return Vec::new() };
            let grants = access::grants(directory, member).into_iter();
            return grants
                .flat_map(|grant| {
                    on_each(directory, &grant.permission_group, &grant.resource_group)
                })
                .take(STARTS)
                .collect();
        }
        About::InGroup(group, _) => vec![group],
        About::OrganizationMember(_) | About::Nothing => Vec::new(),
    };
    match groups.as_slice() {
        [group] => directory.groups().get(group).map(of_group).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Of a line of policies: the policy, the one permission group, or the one scope that it shows.
fn of_line(directory: &Directory, pane: &PolicyPane) -> Vec<Question> {
    let Some(line) = pane.lines.cursor() else { return Vec::new() };
    let of = |key| policy_at(directory, &pane.subject, key);
    match line {
        PolicyLine::Policy(key) => {
            of(key).map(|policy| of_policy(directory, policy)).unwrap_or_default()
        }
        PolicyLine::Object(key, at, object) => {
            let Some(policy) = of(key) else { return Vec::new() };
            let on = policy.resource_groups.get(usize::from(at));
            let places = on.map(|on| access::places(directory, on)).unwrap_or_default();
            let Some(place) = places.get(usize::from(object)) else { return Vec::new() };
            let question = |what: &Arc<PermissionGroup>| Question {
                permission: what.clone(),
                on: Some(place.clone()),
            };
            policy.permission_groups.iter().map(question).collect()
        }
        PolicyLine::PermissionGroup(key, at) => {
            let Some(policy) = of(key) else { return Vec::new() };
            let what = policy.permission_groups.get(usize::from(at));
            let on = policy.resource_groups.iter();
            what.into_iter()
                .flat_map(|what| on.clone().flat_map(|on| on_each(directory, what, on)))
                .collect()
        }
        PolicyLine::ResourceGroup(key, at) => {
            let Some(policy) = of(key) else { return Vec::new() };
            let on = policy.resource_groups.get(usize::from(at));
            let what = policy.permission_groups.iter();
            on.into_iter()
                .flat_map(|on| what.clone().flat_map(|what| on_each(directory, what, on)))
                .collect()
        }
        PolicyLine::Grant(at) | PolicyLine::Path(at, _) => {
            let super::policies::Subject::Member(member) = &pane.subject else {
                return Vec::new();
            };
            let grants = access::grants(directory, member);
            let grant = grants.get(usize::from(at));
            grant
                .map(|grant| on_each(directory, &grant.permission_group, &grant.resource_group))
                .unwrap_or_default()
        }
        PolicyLine::Title(..) | PolicyLine::Nothing(_) | PolicyLine::Role(_) => Vec::new(),
    }
}

fn of_policy(directory: &Directory, policy: &Policy) -> Vec<Question> {
    let on = &policy.resource_groups;
    let each = |what| on.iter().flat_map(move |on| on_each(directory, what, on));
    policy.permission_groups.iter().flat_map(each).collect()
}

fn on_each(
    directory: &Directory,
    permission: &Arc<PermissionGroup>,
    on: &ResourceGroup,
) -> Vec<Question> {
    let places: BTreeSet<access::Place> = reaches(directory, on)
        .into_iter()
        .filter_map(|reach| match reach {
            Reach::Place(place) => Some(place),
            Reach::Unknown(_) => None,
        })
        .collect();
    let question = |on| Question { permission: permission.clone(), on: Some(on) };
    places.into_iter().take(OF_ONE).map(question).collect()
}
