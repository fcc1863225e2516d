//! Members as changes: what they hold directly, invitations, removals from the account, and a group made exactly a list.

use std::sync::Arc;

use cfiam::app::{Answer, Consent, Dialog, Msg, Screen, why_not};
use cfiam::domain::{
    Change, Collection, Load, MemberStatus, Page, Policy, PolicyEdit, Role, WalkId,
};
use cfiam::keys::Action;

use super::account::{self, dns_policy, permission_group};
use super::driver::{Console, setup};

/// The account, in which `who` holds these policies directly.
fn with(who: &str, policies: Vec<Policy>) -> Console {
    let mut console = Console::open();
    let mut row = account::row(who);
    row.policies = Some(policies.into_iter().map(Arc::new).collect());
    console.answer(Answer::Reread(Load::Rows(Page::Members(vec![row]))));
    console
}

fn pending(who: &str) -> Console {
    let mut console = Console::open();
    let mut row = account::row(who);
    row.status = MemberStatus::Pending;
    console.answer(Answer::Reread(Load::Rows(Page::Members(vec![row]))));
    console
}

fn fault(console: &Console) -> String {
    match console.dialog() {
        Some(Dialog::Name(naming)) => naming.fault.clone().unwrap_or_default(),
        Some(Dialog::Policies(editor)) => editor.fault.clone().unwrap_or_default(),
        other => panic!("{other:?}"),
    }
}

fn reason(console: &Console, action: Action) -> String {
    why_not(&console.state, action).map_or_else(String::new, |reason| reason.0)
}

/// What has to be typed to apply the plan on the screen.
fn asked(console: &Console) -> String {
    let Some(Dialog::Confirm(confirm)) = console.dialog() else { panic!("nothing is asked") };
    match &confirm.consent {
        Consent::Type(text) => text.clone(),
        Consent::Yes => "y".to_owned(),
    }
}

#[test]
fn direct_policies_are_edited_from_the_list_and_from_either_pane_of_the_page() {
    for keys in ["e", "enter e", "enter tab e"] {
        let mut console = with("ana", vec![dns_policy()]);
        console.keys(keys).keys("a").types("Cache").keys("enter enter enter");
        assert_eq!(console.staged(), ["direct policies ana 2"], "{keys}");
        let Some(Change::SetDirectPolicies { from, to, .. }) =
            console.state.staging.changes().next()
        else {
            panic!()
        };
        assert_eq!(*from, [dns_policy().content()]);
        assert_eq!(
            to[0],
            PolicyEdit::Keep(dns_policy().content()),
            "what is there goes back as it came"
        );
        assert!(console.toast().contains("1 staged"), "{}", console.toast());
    }
}

#[test]
fn what_is_staged_of_direct_policies_is_there_when_they_are_edited_again_and_back_is_nothing() {
    let mut console = with("ana", vec![dns_policy()]);
    console.keys("e a").types("Cache").keys("enter enter enter").keys("e");
    let Some(Dialog::Policies(editor)) = console.dialog() else { panic!() };
    assert_eq!(editor.policies.len(), 2);
    console.keys("j x enter");
    assert_eq!(console.staged(), [""; 0]);
}

#[test]
fn the_last_direct_policy_goes_only_where_a_group_keeps_giving_access() {
    // ana is in prod-dns and on-call, zoe in no group.
    let mut console = with("ana", vec![dns_policy()]);
    console.keys("e x enter");
    assert_eq!(console.staged(), ["direct policies ana 0"]);

    let mut console = with("zoe", vec![dns_policy()]);
    console.keys("G e x enter");
    assert_eq!(console.staged(), [""; 0]);
    assert!(fault(&console).contains("no group would give them access"), "{}", fault(&console));

    // Who is staged to leave every group keeps nothing by them.
    let mut console = with("leo", vec![dns_policy()]);
    console.keys("2").types("G").keys("enter");
    assert_eq!(console.rows(), ["ana", "leo"]);
    console.keys("j x 1 j e x enter");
    assert!(fault(&console).contains("no group would give them access"), "{}", fault(&console));
}

#[test]
fn who_has_only_roles_or_is_known_from_a_group_only_is_not_editable_and_the_reason_is_said() {
    let mut console = Console::open();
    assert_eq!(reason(&console, Action::EditDirect), "");
    let mut row = account::row("ana");
    row.roles = [Role { id: permission_group("DNS").id, name: "DNS".into() }].into();
    console.answer(Answer::Reread(Load::Rows(Page::Members(vec![row]))));
    assert!(reason(&console, Action::EditDirect).contains("roles and no policies"));
    console.keys("e");
    assert!(console.dialog().is_none() && console.toast().contains("roles and no policies"));
    console.keys("space space e");
    assert!(console.toast().contains("one member at a time"), "{}", console.toast());
}

#[test]
fn a_person_is_invited_by_e_mail_with_at_least_one_policy() {
    let mut console = Console::open();
    console.keys("c").types("new.hire+dns@northwind.example").keys("enter");
    let Some(Dialog::Policies(editor)) = console.dialog() else { panic!("no editor") };
    assert!(editor.policies.is_empty() && !editor.enter_stages());
    console.keys("enter").types("DNS").keys("enter enter");
    console.keys("x enter");
    assert!(console.staged().is_empty(), "no policy, no invitation");
    console.types("DNS").keys("enter enter enter");
    assert_eq!(console.staged(), ["invite new.hire+dns@northwind.example with 1"]);
    console.keys("P");
    let Some(Screen::Plan(screen)) = console.state.place.above.last() else { panic!("no plan") };
    let plan = &screen.plan;
    assert_eq!(plan.words(&plan.steps[0]), "Invite new.hire+dns@northwind.example with 1 policy");
}

#[test]
fn a_staged_invitation_opens_to_its_policies_and_stays_one() {
    let mut console = Console::open();
    console.keys("c").types("new@northwind.example").keys("enter enter");
    console.types("DNS").keys("enter enter enter 6 enter a");
    console.types("Cache").keys("enter enter enter");
    assert_eq!(console.staged(), ["invite new@northwind.example with 2"]);
}

#[test]
fn an_address_that_is_there_or_is_none_is_not_invited() {
    let mut console = pending("zoe");
    for (typed, why) in [
        ("ANA@northwind.example", "in the account already"),
        ("zoe@northwind.example", "invited already"),
        ("somebody", "an e-mail is needed"),
    ] {
        console.keys("c").types(typed).keys("enter");
        assert!(fault(&console).contains(why), "{typed}: {}", fault(&console));
        console.keys("esc");
    }
    console.keys("c");
    console.send(Msg::Paste("New Hire <new@northwind.example>".into()));
    console.keys("enter");
    assert!(matches!(console.dialog(), Some(Dialog::Policies(_))), "the address of a pasted name");
}

#[test]
fn who_is_removed_from_the_account_takes_along_what_was_staged_and_is_asked_for_by_the_e_mail() {
    let mut console = Console::open();
    console.keys("a").types("platform").keys("enter D");
    assert_eq!(console.staged(), ["remove ana"]);
    assert!(console.toast().contains("1 for what is removed set aside"), "{}", console.toast());
    assert_eq!(reason(&console, Action::RemoveMember), "staged already");
    assert!(reason(&console, Action::EditDirect).contains("staged to be removed"));
    console.keys("a").types("platform").keys("enter");
    assert!(
        console.toast().contains("staged to be removed from the account"),
        "{}",
        console.toast()
    );
    console.keys("P");
    let Some(Screen::Plan(screen)) = console.state.place.above.last() else { panic!("no plan") };
    let plan = Arc::clone(&screen.plan);
    assert_eq!(plan.words(&plan.steps[0]), "Remove ana@northwind.example from the account");
    assert!(plan.lines(&plan.steps[0])[0].contains("can't be undone"));
    console.keys("ctrl-s");
    assert_eq!(asked(&console), "ana@northwind.example");
    console.keys("y enter");
    assert_eq!(console.applied(), 0);
    console.keys("backspace").types("ana@northwind.example").keys("enter");
    // She is the last in a group: that is a guard of its own. Her e-mail was typed for both of its reasons.
    console.types("on-call").keys("enter");
    assert_eq!(console.applied(), 1);
}

#[test]
fn an_invitation_that_waits_is_cancelled_and_several_members_are_asked_for_by_their_number() {
    let mut console = pending("ana");
    console.keys("D P");
    let Some(Screen::Plan(screen)) = console.state.place.above.last() else { panic!("no plan") };
    assert_eq!(
        screen.plan.words(&screen.plan.steps[0]),
        "Cancel the invitation of ana@northwind.example"
    );
    let mut console = Console::open();
    console.keys("j space space D");
    assert_eq!(console.staged(), ["remove leo", "remove mia"]);
    console.keys("P ctrl-s");
    assert_eq!(asked(&console), "remove 2 members");
}

#[test]
fn what_was_set_aside_for_a_removal_comes_back_when_it_is_taken_out() {
    let mut console = Console::open();
    console.keys("a").types("platform").keys("enter D 6 x");
    assert_eq!(console.staged(), ["+ ana platform-read"]);
}

#[test]
fn nothing_of_members_is_staged_where_changes_are_not_allowed() {
    let mut start = setup();
    start.mode = cfiam::app::Mode::ReadOnly(cfiam::app::WhyReadOnly::Flag);
    let mut console = Console::open_with(start, Vec::new());
    for action in [Action::Invite, Action::EditDirect, Action::RemoveMember] {
        assert!(reason(&console, action).contains("read-only"), "{action:?}");
    }
    console.keys("c e D").keys(":").types("set-members prod-dns").keys("enter");
    assert!(console.dialog().is_none() && console.staged().is_empty());
    assert!(console.toast().contains("read-only"), "{}", console.toast());
}

#[test]
fn a_group_is_made_exactly_a_pasted_list_and_what_is_staged_otherwise_goes() {
    let mut console = Console::open();
    // mia is staged to join, ana to leave; the list says the opposite of both.
    console.keys("2").types("G").keys("enter a").types("mia").keys("enter");
    console.keys("g j x");
    assert_eq!(console.staged(), ["+ mia prod-dns", "- ana prod-dns"]);
    console.keys(":").types("set-members prod-dns").keys("enter");
    let picked = |console: &Console| {
        let Some(Dialog::Table(picker)) = console.dialog() else { panic!("no picker") };
        let set = picker.set(&console.state.directory).unwrap().unwrap();
        (picker.picked.len(), set.adds.len(), set.removals.len(), set.already)
    };
    assert_eq!(picked(&console), (2, 1, 1, 1), "as it is to be: mia and leo");
    console.send(Msg::Paste(
        "ana@northwind.example\nnobody@northwind.example\nZoe <zoe@northwind.example>\nana@northwind.example".into(),
    ));
    assert_eq!(picked(&console), (2, 1, 1, 1), "ana and zoe");
    let Some(Dialog::Table(picker)) = console.dialog() else { panic!("no picker") };
    let pasted = picker.pasted.as_ref().unwrap();
    assert_eq!((pasted.entries, pasted.repeated, pasted.unknown.len()), (4, 1, 1));
    let before = console.staged();
    console.keys("enter");
    assert!(console.toast().contains("1 of the list can't be told"), "{}", console.toast());
    assert_eq!(console.staged(), before, "nobody is left out unseen");
    console.keys("enter");
    assert_eq!(console.staged(), ["+ zoe prod-dns", "- leo prod-dns"]);
    console.keys(":").types("set-members prod-dns").keys("enter enter");
    assert!(console.toast().contains("so already"), "{}", console.toast());
}

#[test]
fn a_group_whose_members_are_not_all_known_is_made_no_list_and_is_read() {
    let mut console = Console::open();
    let of = Collection::GroupMembers(account::group("prod-dns"));
    let walk = WalkId(900);
    console.answer(Answer::Reread(Load::Begun { collection: of.clone(), walk }));
    let gaps = vec![cfiam::domain::Gap::SetAside(1)];
    console.answer(Answer::Reread(Load::Ended { collection: of.clone(), walk, gaps }));
    console.forget();
    console.keys(":").types("set-members prod-dns").keys("enter");
    assert!(console.dialog().is_none());
    assert!(console.toast().contains("who would leave isn't known"), "{}", console.toast());
    console.asked(|request| {
        matches!(request, cfiam::app::Request::List { collection, .. } if *collection == of)
    });
}

#[test]
fn while_members_are_still_loading_nobody_is_taken_out_for_a_list() {
    let mut console = Console::open();
    let walk = WalkId(901);
    console.answer(Answer::Reread(Load::Begun { collection: Collection::Members, walk }));
    console.keys(":").types("set-members prod-dns").keys("enter");
    console.send(Msg::Paste("late@northwind.example\nana@northwind.example".into()));
    console.keys("enter");
    assert!(console.staged().is_empty() && console.dialog().is_some());
    assert!(console.toast().contains("still loading"), "{}", console.toast());
}
