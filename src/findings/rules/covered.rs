//! Direct grants that a group gives as well.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Case, Told};
use crate::access::{Place, Reach, covers};
use crate::domain::Access;
use crate::findings::Subject;
use crate::findings::check::Inputs;
use crate::findings::mend::Way;
use crate::findings::survey::{Granted, Pair, Survey, is_minimal};
use crate::findings::tell::policy_words;
use crate::text;

pub(in crate::findings) const COVERED: Told = Told {
    one: |who| format!("{who} holds directly what a group gives as well"),
    many: |who| format!("{who} hold directly what a group gives as well"),
    detail: |_| String::new(),
};

pub(super) fn covered_grants(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    let mut cases = Vec::new();
    for pair in &survey.pairs {
        let covered = covered(survey, pair);
        if covered.is_empty() {
            continue;
        }
        let note = note(survey, pair, &covered);
        let members = pair.members.iter().filter_map(|slot| survey.directory.members().at(*slot));
        cases.extend(members.map(|member| {
            Case::row(Subject::Member(member.id.clone()), note.clone()).mended(Way::WithoutCovered)
        }));
    }
    cases
}

/// The places of the direct policies of which every grant is given by a group too, each by the very permission group:
/// what stands above what is not published, and is no ground to take something away. To be a member at all is left out.
pub(in crate::findings) fn covered(survey: &Survey<'_>, pair: &Pair) -> Vec<usize> {
    let Some(list) = survey.list(pair.list) else { return Vec::new() };
    let through: Vec<&BTreeSet<Granted>> = pair
        .groups
        .iter()
        .filter_map(|slot| survey.list_of_group(*slot))
        .flat_map(|list| &list.granted)
        .collect();
    let own = list.policies.iter().zip(&list.granted).enumerate();
    own.filter(|(_, (policy, granted))| {
        !is_minimal(policy) && !granted.is_empty() && granted.iter().all(|it| gives(&through, it))
    })
    .map(|(place, _)| place)
    .collect()
}

fn gives(through: &[&BTreeSet<Granted>], wanted: &Granted) -> bool {
    let (access, what, on) = wanted;
    let account = Reach::Place(Place::Account);
    let wide = covers(&account, on).then(|| (access.clone(), what.clone(), account));
    let known = *access == Access::Allow && !matches!(on, Reach::Unknown(None));
    // What covers a thing is the thing itself, or the account.
    let holds = |all: &&BTreeSet<Granted>| {
        all.contains(wanted) || wide.as_ref().is_some_and(|wide| all.contains(wide))
    };
    known && through.iter().any(holds)
}

/// What is covered, and by which groups.
fn note(survey: &Survey<'_>, pair: &Pair, covered: &[usize]) -> Arc<str> {
    let Some(list) = survey.list(pair.list) else { return "".into() };
    let policies = covered.iter().filter_map(|place| list.policies.get(*place));
    let words: Vec<String> =
        policies.map(|policy| policy_words(survey.directory, policy)).collect();
    let wanted: Vec<&Granted> =
        covered.iter().filter_map(|place| list.granted.get(*place)).flatten().collect();
    let mut by: Vec<String> = pair
        .groups
        .iter()
        .filter(|slot| {
            let granted = survey.list_of_group(**slot).map(|list| &list.granted);
            let through: Vec<_> = granted.into_iter().flatten().collect();
            wanted.iter().any(|wanted| gives(&through, wanted))
        })
        .filter_map(|slot| survey.directory.groups().at(*slot))
        .map(|group| text::safe_capped(&group.name).into_owned())
        .collect();
    by.sort();
    format!("{}, also through {}", words.join("; "), by.join(", ")).into()
}
