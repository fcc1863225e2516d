//! The command that shows the same as the screen: of this program, and of `curl`.

use crate::access::place_words;
use crate::domain::{GroupId, MemberId};
use crate::text;

use super::context::{About, about};
use super::place::Tab;
use super::screens::Screen;
use super::state::{OrganizationChoice, Phase, State};
use super::why_not::snapshot_of;

/// How many rows of a list the service gives at once.
const PER_PAGE: u32 = 50;

/// The command of this program that shows what the screen shows, or what is under its cursor.
pub fn cfiam(state: &State) -> Option<String> {
    let shown = shown(state)?;
    let words = match &shown {
        Shown::Members => vec!["members".into(), "list".into()],
        Shown::Groups => vec!["groups".into(), "list".into()],
        Shown::Organization => vec!["organization".into(), "list".into()],
        Shown::Findings => vec!["findings".into()],
        Shown::Member(member) => vec!["members".into(), "show".into(), member_name(state, member)],
        Shown::Group(group) | Shown::Inside(group) => {
            vec!["groups".into(), "show".into(), group_name(state, group)]
        }
        Shown::WhoCan => {
            let question = state.roots.access.question.as_ref()?;
            let mut words = vec!["who-can".to_owned(), quoted(&question.permission.name)];
            if let Some(on) = &question.on {
                words.extend(["--on".to_owned(), quoted(&place_words(&state.directory, on))]);
            }
            words
        }
    };
    let setup = &state.session.setup;
    let mut all = vec!["cfiam".to_owned()];
    if snapshot_of(state).is_some() {
        all.extend(["--snapshot".to_owned(), quoted(&setup.host)]);
    } else if !setup.is_lasting() {
        all.push("--demo".to_owned());
    } else {
        if !setup.profile.is_empty() {
            all.extend(["--profile".to_owned(), quoted(&setup.profile)]);
        }
        all.extend(["--account".to_owned(), state.directory.account.id.to_string()]);
    }
    all.extend(words);
    Some(all.join(" "))
}

/// The `curl` command that asks the service for it; `None` where it is worked out here, or nothing is asked for. The
/// token is named, never shown.
pub fn curl(state: &State) -> Option<String> {
    if snapshot_of(state).is_some() || !matches!(state.session.phase, Phase::Open(_)) {
        return None;
    }
    let account = format!("/accounts/{}", state.directory.account.id);
    let path = match shown(state)? {
        Shown::Members => format!("{account}/members?per_page={PER_PAGE}"),
        Shown::Groups => format!("{account}/iam/user_groups?per_page={PER_PAGE}"),
        Shown::Organization => match &state.session.organization {
            OrganizationChoice::One(id) => format!("/organizations/{id}/members"),
            _ => return None,
        },
        Shown::Member(member) => format!("{account}/members/{member}"),
        Shown::Group(group) => format!("{account}/iam/user_groups/{group}"),
        Shown::Inside(group) => {
            format!("{account}/iam/user_groups/{group}/members?per_page={PER_PAGE}")
        }
        Shown::Findings | Shown::WhoCan => return None,
    };
    let address = quoted(&format!("{}{path}", state.session.setup.address));
    Some(format!("curl -H \"Authorization: Bearer $CLOUDFLARE_API_TOKEN\" {address}"))
}

/// What the screen shows, as commands know it.
enum Shown {
    Members,
    Groups,
    Organization,
    Findings,
    WhoCan,
    Member(MemberId),
    Group(GroupId),
    /// The members of a group.
    Inside(GroupId),
}

fn shown(state: &State) -> Option<Shown> {
    let of_group = |group: GroupId| group.as_draft().is_none().then_some(group);
    match state.place.above.last() {
        Some(Screen::Finding(_)) => return Some(Shown::Findings),
        Some(Screen::Member(screen)) => return Some(Shown::Member(screen.member.clone())),
        Some(Screen::Group(screen)) => {
            let group = of_group(screen.group.clone())?;
            let in_policies = matches!(screen.pane, super::screens::GroupPane::Policies);
            return Some(if in_policies { Shown::Group(group) } else { Shown::Inside(group) });
        }
        Some(Screen::OrganizationMember(_)) => return Some(Shown::Organization),
        Some(_) => return None,
        None => {}
    }
    // What is marked, or one row, is shown by itself; a list by its own command.
    match (state.place.tab, about(state)) {
        (Tab::Members, About::Members(members)) => match members.as_slice() {
            [only] => Some(Shown::Member(only.clone())),
            _ => Some(Shown::Members),
        },
        (Tab::Members, _) => Some(Shown::Members),
        (Tab::Groups, About::Groups(groups)) => match groups.as_slice() {
            [only] => of_group(only.clone()).map(Shown::Group),
            _ => Some(Shown::Groups),
        },
        (Tab::Groups, _) => Some(Shown::Groups),
        (Tab::Organization, _) => Some(Shown::Organization),
        (Tab::Findings, _) => Some(Shown::Findings),
        (Tab::Access, _) => state.roots.access.question.is_some().then_some(Shown::WhoCan),
        (Tab::Changes, _) => None,
    }
}

fn member_name(state: &State, member: &MemberId) -> String {
    let row = state.directory.members().get(member);
    name(row.map(|row| &*row.email), &member.to_string())
}

fn group_name(state: &State, group: &GroupId) -> String {
    let row = state.directory.groups().get(group);
    name(row.map(|row| &*row.name), &group.to_string())
}

/// A name as an argument. One in which there is more than is seen is stood in for by the id.
fn name(name: Option<&str>, id: &str) -> String {
    let plain = name.filter(|name| !name.is_empty() && *text::safe(name) == **name);
    quoted(plain.unwrap_or(id))
}

/// One argument for a shell, whatever is in it.
fn quoted(word: &str) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./@:".contains(&b);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_means_itself_to_a_shell_whatever_stands_in_it() {
        for (word, shown) in [
            ("ana@northwind.example", "ana@northwind.example"),
            ("DNS Read", "'DNS Read'"),
            ("it's", "'it'\\''s'"),
            ("$(rm -rf ~)", "'$(rm -rf ~)'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), shown);
        }
    }

    #[test]
    fn a_name_that_hides_something_is_stood_in_for_by_the_id() {
        assert_eq!(name(Some("prod dns"), "g1"), "'prod dns'");
        assert_eq!(name(Some("prod\u{202e}dns"), "g1"), "g1");
        assert_eq!(name(Some(""), "g1"), "g1");
        assert_eq!(name(None, "g1"), "g1");
    }
}
