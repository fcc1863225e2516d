//! Which member or group a name on the command line means.

use crate::domain::{Directory, GroupId, MemberId, OrganizationMemberId};
use crate::text;

use super::{Refusal, Status};

/// So many names are offered in place of one that isn't known.
const OFFERED: usize = 5;

/// The member with this e-mail or id.
pub(super) fn member_named(directory: &Directory, who: &str) -> Result<MemberId, Refusal> {
    let members = || directory.members().values().filter(|member| member.listed);
    let by_id = MemberId::parse(who).filter(|id| directory.members().get(id).is_some());
    let same = members().filter(|member| member.email.eq_ignore_ascii_case(who));
    let found = by_id.into_iter().chain(same.map(|member| member.id.clone()));
    only("member", who, found.collect(), || members().map(|member| &*member.email).collect())
}

/// The group with this name or id.
pub(super) fn group_named(directory: &Directory, who: &str) -> Result<GroupId, Refusal> {
    let by_id = GroupId::parse(who).filter(|id| directory.groups().get(id).is_some());
    let groups = || directory.groups().values();
    let same = groups().filter(|group| *group.name == *who);
    let found = by_id.into_iter().chain(same.map(|group| group.id.clone()));
    only("group", who, found.collect(), || groups().map(|group| &*group.name).collect())
}

/// The organization's member with this e-mail.
pub(super) fn organization_member_named(
    directory: &Directory,
    who: &str,
) -> Result<OrganizationMemberId, Refusal> {
    let members = || directory.organization_members().values();
    let same = members().filter(|member| member.email.eq_ignore_ascii_case(who));
    let found = same.map(|member| member.id.clone()).collect();
    let noun = "member of the organization";
    only(noun, who, found, || members().map(|member| &*member.email).collect())
}

/// The only one that a name means, or why there is none: with the names that are near.
fn only<'n, I: Ord + ToString>(
    noun: &str,
    who: &str,
    mut found: Vec<I>,
    names: impl FnOnce() -> Vec<&'n str>,
) -> Result<I, Refusal> {
    found.sort();
    found.dedup();
    match (found.pop(), found.len()) {
        (Some(only), 0) => Ok(only),
        (None, _) => {
            let names = names();
            let near = near(&text::nearest(who, names.iter().copied()));
            Err(Refusal::usage(format!("there is no {noun} {who:?}{near}")))
        }
        (Some(last), more) => {
            let ids = found.iter().map(ToString::to_string).chain([last.to_string()]);
            let ids: Vec<String> = ids.collect();
            Err(Refusal::usage(format!(
                "{} {noun}s are {who:?}: name one by its id: {}",
                more + 1,
                ids.join(", ")
            )))
        }
    }
}

fn near(names: &[&str]) -> String {
    let Some(first) = names.get(..names.len().min(OFFERED)).filter(|first| !first.is_empty())
    else {
        return String::new();
    };
    let more = match names.len() - first.len() {
        0 => String::new(),
        more => format!(" and {} more", text::count(more)),
    };
    format!("; near it: {}{more}", first.join(", "))
}

/// Somebody was there when they were looked for, and isn't any more.
pub(super) fn gone(who: &str) -> Refusal {
    Refusal::new(Status::Failed, format!("{who} is no longer there"))
}
