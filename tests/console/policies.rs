//! Editing policies: nothing that was held is dropped by looking at it, and nothing is staged without a word.

use std::sync::Arc;

use cfiam::app::{Answer, Dialog, Picker, PolicyEditor, Request, Stage};
use cfiam::domain::{
    Change, Collection, Fault, FaultKind, Load, Page, Policy, PolicyEdit, ResourceGroup,
    ResourceGroupId,
};

use super::account::{self, dns_policy, permission_group};
use super::driver::{Console, named, setup};

fn policy(permissions: &[&str], on: ResourceGroup) -> Policy {
    let permission_groups = permissions.iter().map(|name| Arc::new(permission_group(name)));
    Policy {
        permission_groups: permission_groups.collect(),
        resource_groups: vec![Arc::new(on)],
        ..dns_policy()
    }
}

fn rows(policies: Vec<Policy>) -> Load {
    let mut row = account::group_row("edge-ops");
    row.policies = Some(policies.into_iter().map(Arc::new).collect());
    Load::Rows(Page::Groups(vec![row]))
}

/// The page of edge-ops, which has these policies, at its policies.
fn with(policies: Vec<Policy>) -> Console {
    let mut console = Console::open();
    console.answer(Answer::Reread(rows(policies)));
    console.keys("2 enter tab");
    console
}

fn editor(console: &Console) -> &PolicyEditor {
    match console.dialog() {
        Some(Dialog::Policies(editor)) => editor,
        other => panic!("no editor: {other:?}"),
    }
}

fn picker(console: &Console) -> &Picker {
    match &editor(console).stage {
        Stage::PermissionGroups(_, picker) | Stage::ResourceGroups(_, _, picker) => picker,
        Stage::List => panic!("nothing is being picked"),
    }
}

/// Name and detail of what is picked.
fn picked(console: &Console) -> Vec<(String, String)> {
    let picker = picker(console);
    let item = |at: &usize| {
        let item = picker.items.get(*at).unwrap();
        (item.name.clone(), item.detail.clone())
    };
    picker.picked.iter().map(item).collect()
}

fn elsewhere(name: &str) -> (String, String) {
    (name.to_owned(), "not in the catalogue".to_owned())
}

/// What edge-ops is to have: each policy's permission groups, with a plus for one that is written.
fn wanted(console: &Console) -> Vec<String> {
    let changes = console.state.staging.changes();
    let to = changes.filter_map(|change| match change {
        Change::SetPolicies { to, .. } => Some(to),
        _ => None,
    });
    let names = |sign: &str, ids: &[cfiam::domain::PermissionGroupId]| {
        let names: Vec<String> = ids.iter().map(ToString::to_string).collect();
        format!("{sign}{}", names.join(","))
    };
    to.flatten()
        .map(|edit| match edit {
            PolicyEdit::Keep(content) => names("", &content.permission_groups),
            PolicyEdit::Write(draft) => names("+", &draft.permission_groups),
        })
        .collect()
}

#[test]
fn a_policy_of_a_group_that_is_only_staged_is_still_there_when_it_is_edited_again() {
    let mut console = Console::open();
    console.keys("2 c").types("new-team").keys("enter tab");
    console.keys("e a").types("Cache").keys("enter enter enter");
    assert_eq!(console.staged(), ["create new-team with 1"]);
    console.keys("e t t enter");
    assert_eq!(console.toast(), "nothing has changed");
    assert_eq!(console.staged(), ["create new-team with 1"]);
    console.keys("e t t a").types("DNS").keys("enter enter enter");
    assert_eq!(console.staged(), ["create new-team with 2"]);
    console.keys("e t enter");
    let create = console.state.staging.changes().next().unwrap();
    let Change::Create { policies, .. } = create else { panic!("{create:?}") };
    assert_eq!(policies[0].access, cfiam::domain::Access::Deny);
}

#[test]
fn what_a_policy_holds_stays_picked_although_the_catalogue_lacks_it() {
    let unnamed = ResourceGroup {
        id: ResourceGroupId::parse("r-inline"),
        name: "".into(),
        scopes: Vec::new(),
    };
    let mut console = with(vec![policy(&["Old Right"], unnamed)]);
    console.keys("e e");
    assert_eq!(picked(&console), [elsewhere("Old Right")]);
    console.keys("enter");
    assert_eq!(picked(&console), [elsewhere("resource group r-inline")]);
    console.keys("enter enter");
    assert_eq!(console.toast(), "nothing has changed");
    console.keys("e e").types("Cache").keys("tab enter enter enter");
    assert_eq!(wanted(&console), ["+p-Cache-Purge,p-Old-Right"]);
}

#[test]
fn a_picker_says_that_its_catalogue_is_not_all_here_and_takes_in_what_comes() {
    let mut console = Console::start(setup());
    let ticket = console.asked(|request| *request == Request::Accounts);
    console.answer(Answer::Accounts(ticket, Ok(vec![named(&account::account(), "Northwind")])));
    console.answer_account(Vec::new());
    console.read(&Collection::Groups, vec![Page::Groups(vec![account::group_row("edge-ops")])]);
    let lists = [Collection::PermissionGroups, Collection::ResourceGroups];
    console.fail(&lists[1], &Fault::new(FaultKind::Unanswered, "no answer in 30 s", ""));
    let ticket =
        console.asked(|r| matches!(r, Request::List { collection: c, .. } if *c == lists[0]));
    let page = Page::PermissionGroups(vec![permission_group("Cache Purge")]);
    let fault = Fault::new(FaultKind::Unanswered, "no answer in 30 s", "");
    console.walk(ticket, &lists[0], vec![page], Some(fault.clone()));
    console.answer(Answer::Done(ticket, Err(fault)));
    console.keys("2 enter tab e e");
    assert_eq!(picked(&console), [elsewhere("DNS")]);
    let note = picker(&console).note.clone().unwrap();
    assert!(note.contains("not all are here") && note.contains("no answer in 30 s"), "{note}");
    console.keys("esc").forget();
    console.keys("r e");
    let all = ["DNS", "Cache Purge"].map(permission_group).to_vec();
    console.read(&lists[0], vec![Page::PermissionGroups(all)]);
    assert_eq!(picker(&console).note, None);
    assert_eq!(picked(&console), [("DNS".to_owned(), "account".to_owned())]);
}

#[test]
fn a_policy_that_is_edited_to_equal_another_is_one_policy_less() {
    let whole = account::whole_account;
    let mut console = with(vec![policy(&["Cache Purge"], whole()), policy(&["DNS"], whole())]);
    console.keys("e j e").types("Cache").keys("tab");
    assert_eq!(picked(&console).len(), 2);
    console.keys("ctrl-u").types("DNS").keys("tab enter enter enter");
    assert_eq!(wanted(&console), ["p-Cache-Purge"]);
}

#[test]
fn enter_on_a_new_policy_begins_one() {
    let mut console = with(vec![dns_policy()]);
    console.keys("e j enter");
    assert!(matches!(editor(&console).stage, Stage::PermissionGroups(1, _)));
    console.keys("esc esc");
    assert!(console.staged().is_empty() && console.dialog().is_none());
}

#[test]
fn enter_after_the_last_policy_was_taken_away_stages_that() {
    let mut console = with(vec![dns_policy()]);
    console.keys("e x enter");
    assert_eq!(console.staged(), ["policies edge-ops 0"]);
}

#[test]
fn enter_after_the_last_row_was_taken_away_stages_what_is_left() {
    let mut console = with(vec![
        policy(&["DNS"], account::whole_account()),
        policy(&["Firewall"], account::whole_account()),
    ]);
    console.keys("e j x enter");
    assert_eq!(wanted(&console), ["p-DNS"]);
}

#[test]
fn staging_nothing_is_said() {
    let mut console = with(vec![dns_policy()]);
    console.keys("e enter");
    assert!(console.staged().is_empty());
    assert_eq!(console.toast(), "nothing has changed");
}

#[test]
fn policies_that_someone_else_changed_since_are_edited_as_they_are_now() {
    let whole = account::whole_account;
    let [a, b, c] = ["Cache Purge", "DNS", "Zone Read"].map(|name| policy(&[name], whole()));
    let mut console = with(vec![a.clone(), b]);
    // A stays, B is written anew with another effect.
    console.keys("e j t enter");
    assert_eq!(wanted(&console), ["p-Cache-Purge", "+p-DNS"]);
    console.answer(Answer::Reread(rows(vec![c.clone()])));
    console.keys("e");
    let fault = editor(&console).fault.clone().unwrap();
    assert_eq!(fault, "1 policy that was to stay is no longer there: left out");
    console.keys("enter");
    assert_eq!(wanted(&console), ["+p-DNS", "p-Zone-Read"], "what was added meanwhile is kept");
    let checks = console.state.staging.recheck(&console.state.directory);
    assert_eq!(checks, [cfiam::plan::Recheck::Fine]);
}

#[test]
fn leaving_the_editor_with_something_changed_says_that_it_is_dropped() {
    let mut console = Console::open();
    console.keys("2 j e").keys("down enter x esc");
    assert!(console.dialog().is_none());
    assert_eq!(console.toast(), "the policies stay as they were");
    assert!(console.staged().is_empty());
}

#[test]
fn the_cursor_of_the_groups_is_on_the_one_that_was_just_created() {
    let mut console = Console::open();
    console.keys("2 c").types("aaa-new").keys("enter esc e");
    let Some(Dialog::Name(naming)) = console.dialog() else {
        console.keys("enter");
        let Some(Dialog::Name(naming)) = console.dialog() else { panic!("the name is asked") };
        assert_eq!(naming.line.text(), "aaa-new");
        return;
    };
    assert_eq!(naming.line.text(), "aaa-new");
}
