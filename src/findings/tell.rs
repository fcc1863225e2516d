//! Policies and counts in safe words.

use crate::access::{permission_words, scope_words};
use crate::domain::{Access, Directory, Policy};
use crate::text;

/// What a policy grants in a few words: `DNS and Firewall on account`.
pub(super) fn policy_words(directory: &Directory, policy: &Policy) -> String {
    let what =
        policy.permission_groups.iter().map(|what| permission_words(what)).collect::<Vec<_>>();
    let on = policy.resource_groups.iter().map(|on| scope_words(directory, on)).collect::<Vec<_>>();
    let deny = if policy.access == Access::Allow {
        String::new()
    } else {
        format!("{} ", text::safe_capped(policy.access.as_wire()))
    };
    let on = few(&on);
    format!("{deny}{} on {}", few(&what), if on.is_empty() { "nothing" } else { &on })
}

/// A few words one after the other; of many, two and how many more there are.
pub(super) fn few(all: &[String]) -> String {
    match all {
        [] => String::new(),
        [only] => only.clone(),
        [first, second] => format!("{first} and {second}"),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
    }
}
