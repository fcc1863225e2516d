//! The same person under two addresses, as far as names and addresses tell it.

use std::collections::HashMap;

use super::Case;
use crate::domain::Member;
use crate::findings::Subject;
use crate::findings::check::{Inputs, row};
use crate::findings::survey::Survey;

/// Members of one name whose addresses are so alike that they seem to be one person's: the same before the `@` on two
/// domains, or a `+tag` of one mailbox. A number behind the name is how a second person of that name is told apart, and
/// alike names alone prove nothing.
pub(super) fn same_person(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    let mut alike: HashMap<Person, Vec<&Member>> = HashMap::new();
    // A single name is borne by too many.
    let named = || survey.members().filter(|(_, member)| member.name.trim().contains(' '));
    let mut of_name: HashMap<u64, u32> = HashMap::new();
    for (_, member) in named() {
        *of_name.entry(hashed(&member.name)).or_default() += 1;
    }
    // Nearly everybody has a name of their own, and nothing more to be looked at.
    let shared = |member: &Member| of_name.get(&hashed(&member.name)).is_some_and(|n| *n > 1);
    for (_, member) in named().filter(|(_, member)| shared(member)) {
        let Some((local, _)) = member.email.rsplit_once('@') else { continue };
        let person = Person { name: member.name.to_lowercase(), local: plain(local) };
        alike.entry(person).or_default().push(member);
    }
    let several = alike.into_values().filter(|members| members.len() > 1);
    several.map(|members| case(survey, members)).collect()
}

#[derive(PartialEq, Eq, Hash)]
struct Person {
    name: String,
    local: String,
}

/// What stands before the `@` without its tag and without what mail providers and people put between names.
fn plain(local: &str) -> String {
    let own = local.split('+').next().unwrap_or_default();
    own.chars().filter(|c| !matches!(c, '.' | '-' | '_')).flat_map(char::to_lowercase).collect()
}

/// A name whatever its case, as a number: of 10,000 names no copy is made.
fn hashed(name: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    name.chars().flat_map(char::to_lowercase).for_each(|c| c.hash(&mut hasher));
    hasher.finish()
}

fn case(survey: &Survey<'_>, mut members: Vec<&Member>) -> Case {
    members.sort_by(|a, b| (&a.email, &a.id).cmp(&(&b.email, &b.id)));
    let subjects = members.iter().map(|member| Subject::Member(member.id.clone()));
    let named: Vec<String> = subjects.clone().map(|it| it.words(survey.directory)).collect();
    let mut ids: Vec<String> = members.iter().map(|member| member.id.to_string()).collect();
    ids.sort();
    Case {
        key: ids.join("+"),
        rows: subjects.map(row).collect(),
        words: format!("{} seem to be the same person", named.join(" and ")),
        detail:
            "they have the same name, and addresses that differ in nothing but the domain or a +tag"
                .to_owned(),
        way: None,
    }
}
