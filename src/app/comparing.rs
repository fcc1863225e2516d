//! Two members compared, and one made like the other: the changes of groups are staged and shown as a plan.

use std::collections::BTreeSet;

use crate::domain::{Change, Directory, GroupId, GroupRef, MemberId, Slot};
use crate::text;

use super::context::{About, about, table};
use super::dialogs::{Choice, Dialog, Item, Picker};
use super::msg::Effect;
use super::place::Route;
use super::router::{go, open};
use super::screens::{Screen, Side};
use super::state::State;
use super::why_not::Reason;

/// The members that are to be compared: those marked, or the one under the cursor, and with a single mark both.
fn chosen(state: &State) -> Vec<MemberId> {
    let marked = match about(state) {
        About::Members(members) | About::InGroup(_, members) => members,
        About::OfMember(member, _) => vec![member],
        _ => Vec::new(),
    };
    let cursor = table(state).filter(|table| !table.rows.marks().is_empty()).and_then(|table| {
        let slot = table.rows.cursor()?;
        state.directory.members().at(slot).map(|row| row.id.clone())
    });
    match (marked.as_slice(), cursor) {
        ([one], Some(other)) if *one != other => vec![one.clone(), other],
        _ => marked,
    }
}

/// Why nothing can be compared here; `None` if it can.
pub fn cannot_compare(state: &State) -> Option<Reason> {
    match chosen(state).len() {
        0 => Some(Reason("there is no member under the cursor".to_owned())),
        1 | 2 => None,
        _ => Some(Reason("two at a time: unmark the others".to_owned())),
    }
}

/// Compares the two that are chosen, or asks with whom the one is compared.
pub fn compare(state: &mut State) -> Vec<Effect> {
    match chosen(state).as_slice() {
        [here, there] => {
            let (here, there) = (Side::Member(here.clone()), Side::Member(there.clone()));
            go(state, Route::Compare(here, there))
        }
        [one] => pick_second(state, one),
        _ => Vec::new(),
    }
}

/// With whom: the groups that the member is in first, then other groups, then everybody.
fn pick_second(state: &mut State, one: &MemberId) -> Vec<Effect> {
    let directory = &state.directory;
    let here = Side::Member(one.clone());
    let with = |side: Side| Choice::Compare(here.clone(), side);
    let mut groups: Vec<(bool, String, GroupId)> = directory
        .groups()
        .values()
        .filter(|group| group.id.as_draft().is_none())
        .map(|group| {
            let name = text::safe_capped(&group.name).into_owned();
            (!directory.is_in(&group.id, one), name, group.id.clone())
        })
        .collect();
    groups.sort();
    let groups = groups.into_iter().map(|(is_out, name, group)| Item {
        name: format!("all of {name}"),
        detail: if is_out { "" } else { "in it" }.to_owned(),
        choice: with(Side::Common(group)),
    });
    let mut people: Vec<(String, String, MemberId)> = directory
        .members()
        .values()
        .filter(|row| row.listed && row.id != *one)
        .map(|row| {
            let shown = |foreign: &str| text::safe_capped(foreign).into_owned();
            (shown(&row.email), shown(&row.name), row.id.clone())
        })
        .collect();
    people.sort();
    let people = people.into_iter().map(|(name, detail, member)| Item {
        name,
        detail,
        choice: with(Side::Member(member)),
    });
    let name = directory.members().get(one).map(|row| text::safe_capped(&row.email));
    let title = format!("Compare {} with", name.unwrap_or_default());
    let mut picker = Picker::new(title, false, groups.chain(people).collect());
    picker.typing = true;
    let lines =
        vec!["“all of” a group stands for what every accepted member of it holds.".to_owned()];
    open(state, Dialog::Pick(picker.telling(lines)))
}

/// What it takes to make a member like a side: the groups to join, and those to leave.
struct Likeness {
    member: MemberId,
    joins: Vec<GroupId>,
    leaves: Vec<GroupId>,
}

impl Likeness {
    fn of(directory: &Directory, member: &MemberId, like: &Side) -> Self {
        let groups = |member: &MemberId| -> BTreeSet<GroupId> {
            let slots = directory.groups_of(member).iter();
            slots.filter_map(|slot| Some(directory.groups().at(*slot)?.id.clone())).collect()
        };
        let own = groups(member);
        let (wanted, leaves) = match like {
            Side::Member(other) => {
                let wanted = groups(other);
                let leaves = own.difference(&wanted).cloned().collect();
                (wanted, leaves)
            }
            // What only some of them are in is nobody's measure, so that nothing is left for it.
            Side::Common(group) => (common_groups(directory, group), Vec::new()),
        };
        Self { member: member.clone(), joins: wanted.difference(&own).cloned().collect(), leaves }
    }

    fn changes(&self) -> Vec<Change> {
        let member = &self.member;
        let joins = self
            .joins
            .iter()
            .cloned()
            .map(|group| Change::Add { group: GroupRef::from(group), member: member.clone() });
        let leaves = self.leaves.iter().cloned();
        let leaves = leaves.map(|group| Change::Remove { group, member: member.clone() });
        joins.chain(leaves).collect()
    }

    fn words(&self, directory: &Directory) -> String {
        let names = |groups: &[GroupId]| {
            let names = groups.iter().map(|group| {
                let row = directory.groups().get(group);
                row.map_or_else(|| group.to_string(), |row| text::safe_capped(&row.name).into())
            });
            names.collect::<Vec<String>>().join(", ")
        };
        let part = |verb, groups: &[GroupId]| {
            (!groups.is_empty()).then(|| format!("{verb} {}", names(groups)))
        };
        let parts = [part("joins", &self.joins), part("leaves", &self.leaves)];
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

/// The groups that every accepted member of a group is in, itself among them.
fn common_groups(directory: &Directory, group: &GroupId) -> BTreeSet<GroupId> {
    let members = directory.members_of(group).iter();
    let accepted = members
        .filter(|slot| directory.members().at(**slot).is_some_and(|row| row.status.is_full()));
    let mut common: Option<Vec<Slot>> = None;
    for theirs in accepted.map(|slot| directory.groups_at(*slot)) {
        match &mut common {
            Some(common) => common.retain(|slot| theirs.contains(slot)),
            None => common = Some(theirs.to_vec()),
        }
    }
    let common = common.unwrap_or_default().into_iter();
    let common = common.filter_map(|slot| Some(directory.groups().at(slot)?.id.clone()));
    common.chain([group.clone()]).collect()
}

/// What could be made like the other side.
fn likenesses(state: &State) -> Vec<Likeness> {
    let Some(Screen::Compare(screen)) = state.place.above.last() else { return Vec::new() };
    let of = |side: &Side, like: &Side| match side {
        Side::Member(member) => Some(Likeness::of(&state.directory, member, like)),
        Side::Common(_) => None,
    };
    let both = [of(&screen.here, &screen.there), of(&screen.there, &screen.here)];
    both.into_iter()
        .flatten()
        .filter(|one| !one.joins.is_empty() || !one.leaves.is_empty())
        .collect()
}

/// Why none can be made like the other; `None` if one can.
pub fn cannot_make_like(state: &State) -> Option<Reason> {
    let words = "they are in the same groups: what differs is held directly";
    likenesses(state).is_empty().then(|| Reason(words.to_owned()))
}

/// Asks who is made like whom: what that takes is staged, and shown as a plan.
pub fn make_like(state: &mut State) -> Vec<Effect> {
    let directory = &state.directory;
    let email = |member: &MemberId| {
        let row = directory.members().get(member);
        row.map_or_else(|| member.to_string(), |row| text::safe_capped(&row.email).into_owned())
    };
    let items = likenesses(state).into_iter().map(|likeness| Item {
        name: email(&likeness.member),
        detail: likeness.words(directory),
        choice: Choice::StageAndPlan(likeness.changes()),
    });
    let mut lines =
        vec!["Groups are joined and left; what is held directly stays. It is staged and shown as a plan.".to_owned()];
    if !directory.knows_all_groups() {
        lines.push(
            "Not every group's members have been read: the others are left alone.".to_owned(),
        );
    }
    let picker = Picker::new("Make which like the other?", false, items.collect()).telling(lines);
    open(state, Dialog::Pick(picker))
}
