//! Questions of access: who can, by which proof, and how the answer keeps up.

use std::sync::Arc;

use cfiam::access::Cell;
use cfiam::app::{Answer, Dialog, Screen, Side, Tab};
use cfiam::domain::{Load, MemberStatus, Page};
use cfiam::keys::Action;

use super::account::{self, dns_policy};
use super::driver::Console;

fn asked() -> Console {
    let mut console = Console::open();
    console.keys(":").types("who-can dns on account").keys("enter");
    console
}

fn proof(console: &Console) -> &cfiam::app::ProofScreen {
    match console.state.place.above.last() {
        Some(Screen::Proof(screen)) => screen,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_question_on_the_prompt_is_answered_with_the_people_and_enter_shows_the_proof() {
    let mut console = asked();
    assert_eq!(console.state.place.tab, Tab::Access);
    // Every group gives DNS; zoe is in none.
    assert_eq!(console.rows(), ["ana", "leo", "mia", "noor", "ole"]);
    assert_eq!(console.state.roots.access.totals.people, 5);
    console.keys("enter");
    assert_eq!(proof(&console).member, account::member("ana"));
    assert_eq!(proof(&console).person.unwrap().paths, 2, "ana is in two groups");
    console.keys("enter");
    assert!(matches!(console.state.place.above.last(), Some(Screen::Group(_))));
    console.keys("esc esc");
    assert_eq!(console.rows().len(), 5, "back at the answer");
}

#[test]
fn what_is_not_known_is_refused_with_what_is_near_and_the_prompt_stays() {
    let mut console = Console::open();
    console.keys(":").types("who-can cach on account").keys("enter");
    assert_eq!(
        console.state.roots.access.question.as_ref().unwrap().permission.name.as_ref(),
        "Cache Purge"
    );
    console.keys(":").types("who-can nothing on account").keys("enter");
    let Some(Dialog::Prompt(prompt)) = console.dialog() else { panic!() };
    assert!(prompt.fault.as_ref().unwrap().contains("no permission group"), "{prompt:?}");
}

#[test]
fn the_prompt_completes_what_and_where() {
    let mut console = Console::open();
    console.keys(":").types("who-can purg").keys("tab");
    let line = |console: &Console| match console.dialog() {
        Some(Dialog::Prompt(prompt)) => prompt.line.text().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(line(&console), "who-can Cache Purge");
    console.types(" on acc").keys("tab");
    assert_eq!(line(&console), "who-can Cache Purge on account");
}

#[test]
fn from_a_policy_under_the_cursor_the_question_is_three_keys_with_its_proof() {
    let mut console = Console::open();
    console.keys("2 enter tab");
    console.keys("w enter enter");
    assert_eq!(proof(&console).question.words(&console.state.directory), "DNS on account");
}

#[test]
fn a_question_is_picked_in_two_steps_what_and_where() {
    let mut console = Console::open();
    console.keys("w").types("purge").keys("enter");
    let Some(Dialog::Pick(picker)) = console.dialog() else { panic!() };
    assert!(picker.title.contains("Cache Purge"), "{}", picker.title);
    console.types("account").keys("enter");
    assert_eq!(console.rows(), [""; 0], "nobody holds it");
    assert_eq!(console.state.place.tab, Tab::Access);
}

#[test]
fn the_answer_keeps_up_with_what_arrives_and_with_what_is_staged() {
    let mut console = asked();
    let mut row = account::row("zoe");
    row.policies = Some([Arc::new(dns_policy())].into_iter().collect());
    row.status = MemberStatus::Pending;
    console.answer(Answer::Reread(Load::Rows(Page::Members(vec![row]))));
    assert_eq!(console.rows().last().unwrap(), "zoe");
    assert_eq!(console.state.roots.access.totals.pending, 1);

    // leo leaves his only group; ana keeps the other one.
    console.keys("j x").types("prod").keys("enter");
    assert_eq!(console.staged(), ["- leo prod-dns"]);
    let shift = &console.state.roots.access.shift;
    assert_eq!((shift.comes.len(), shift.goes.len()), (0, 1));
    assert_eq!(console.rows().len(), 6, "what is staged is not done");
}

#[test]
fn who_is_staged_to_come_into_the_answer_stands_in_it_with_a_sign() {
    let mut console = Console::open();
    console.keys("1 G a").types("on-call").keys("enter");
    assert_eq!(console.staged(), ["+ zoe on-call"]);
    console.keys(":").types("who-can dns on account").keys("enter");
    assert_eq!(console.rows(), ["zoe", "ana", "leo", "mia", "noor", "ole"]);
    assert_eq!(console.state.roots.access.totals.people, 5);
}

#[test]
fn the_answer_filters_and_sorts_as_every_list_and_its_people_can_be_added_to_groups() {
    let mut console = asked();
    console.keys("/").types("group:on-call").keys("down");
    assert_eq!(console.rows(), ["ana"]);
    console.keys("esc s").types("paths").keys("enter s").types("paths").keys("enter");
    assert_eq!(console.rows()[0], "ana", "two paths come before one");
    assert!(cfiam::app::why_not(&console.state, Action::AddTo).is_none());
}

#[test]
fn an_example_is_asked_with_enter_where_nothing_was_asked() {
    let mut console = Console::open();
    console.keys("3 enter");
    assert_eq!(console.rows().len(), 5);
    console.keys("- 3");
    assert_eq!(console.rows().len(), 5, "the answer stays until another is asked for");
}

#[test]
fn a_member_s_effective_access_is_a_table_whose_cells_open_to_their_proof() {
    let mut console = Console::open();
    console.keys("1 i");
    let Some(Screen::Effective(screen)) = console.state.place.above.last() else { panic!() };
    assert_eq!(screen.member, account::member("ana"));
    assert_eq!((screen.matrix.rows.len(), screen.matrix.columns.len()), (1, 1));
    let Cell::Held(paths) = screen.cell() else { panic!() };
    assert_eq!(paths.len(), 2, "by both of ana's groups");
    console.keys("enter");
    assert_eq!(proof(&console).question.words(&console.state.directory), "DNS on account");
    console.keys("esc esc");
    assert!(console.state.place.above.is_empty());
}

#[test]
fn why_somebody_can_t_is_told_by_the_groups_that_would_give_it_which_enter_opens() {
    let mut console = Console::open();
    console.keys(":").types("why-not zoe@northwind.example dns on account").keys("enter");
    let screen = proof(&console);
    assert!(screen.person.is_none());
    let groups = &screen.near.as_ref().unwrap().groups;
    assert_eq!(groups.len(), 4, "every group gives DNS");
    console.keys("j enter");
    assert!(matches!(console.state.place.above.last(), Some(Screen::Group(_))));
    let mut console = Console::open();
    console.keys(":").types("why-not nobody@northwind.example dns on account").keys("enter");
    let Some(Dialog::Prompt(prompt)) = console.dialog() else { panic!() };
    assert!(prompt.fault.as_ref().unwrap().contains("no member has the e-mail"));
}

#[test]
fn who_has_something_only_through_a_group_is_told_before_anything_is_staged() {
    let mut console = Console::open();
    // prod-dns: ana is in on-call too, leo in no other group.
    console.keys("2 G i");
    let Some(Screen::OnlyHere(screen)) = console.state.place.above.last() else { panic!() };
    assert_eq!(screen.group, account::group("prod-dns"));
    let totals = &screen.impact.impact.as_ref().unwrap().totals;
    assert_eq!((totals.lose, totals.keep), (1, 1));
    assert_eq!(console.staged(), [""; 0]);
    console.keys("esc enter tab j i");
    let Some(Screen::OnlyHere(screen)) = console.state.place.above.last() else { panic!() };
    assert_eq!(screen.policy, Some(dns_policy().content()), "the policy under the cursor");
    assert_eq!(screen.impact.impact.as_ref().unwrap().totals.lose, 1);
}

#[test]
fn two_marked_members_are_compared_and_one_is_made_like_the_other_as_a_plan() {
    let mut console = Console::open();
    // ana: prod-dns, on-call; mia: edge-ops.
    console.keys("space j space C");
    let Some(Screen::Compare(screen)) = console.state.place.above.last() else { panic!() };
    assert_eq!(screen.here, Side::Member(account::member("ana")));
    assert_eq!(screen.there, Side::Member(account::member("mia")));
    assert_eq!(screen.compared.same.len(), 1, "both have DNS on the account");
    console.keys("m");
    let Some(Dialog::Pick(picker)) = console.dialog() else { panic!() };
    assert_eq!(picker.items[0].detail, "joins edge-ops; leaves on-call, prod-dns");
    console.keys("j enter");
    assert_eq!(console.staged(), ["+ mia on-call", "+ mia prod-dns", "- mia edge-ops"]);
    assert!(matches!(console.state.place.above.last(), Some(Screen::Plan(_))));
    assert_eq!(console.applied(), 0);
}

#[test]
fn one_member_is_compared_with_what_all_of_a_group_hold() {
    let mut console = Console::open();
    console.keys("G C").types("all of on-call").keys("enter");
    let Some(Screen::Compare(screen)) = console.state.place.above.last() else { panic!() };
    assert_eq!(screen.there, Side::Common(account::group("on-call")));
    assert_eq!((screen.compared.only_there.len(), screen.compared.same.len()), (1, 0));
    // All of on-call, which is ana, are in prod-dns too.
    console.keys("m enter");
    assert_eq!(console.staged(), ["+ zoe on-call", "+ zoe prod-dns"]);
}

#[test]
fn nothing_is_made_like_another_where_changes_are_not_allowed() {
    let mut console = Console::open_with(
        cfiam::app::Setup {
            mode: cfiam::app::Mode::ReadOnly(cfiam::app::WhyReadOnly::Flag),
            ..super::driver::setup()
        },
        Vec::new(),
    );
    console.keys("space j space C m");
    assert!(console.toast().contains("read-only"), "{}", console.toast());
    assert!(console.dialog().is_none());
}

#[test]
fn compare_and_explain_are_on_the_prompt_too() {
    let mut console = Console::open();
    console.keys(":").types("compare ana@northwind.example prod-dns").keys("enter");
    assert!(matches!(console.state.place.above.last(), Some(Screen::Compare(_))));
    console.keys(":").types("explain leo@northwind.example").keys("enter");
    assert!(matches!(console.state.place.above.last(), Some(Screen::Effective(_))));
}

#[test]
fn a_marked_member_is_compared_with_the_one_under_the_cursor() {
    let mut console = Console::open();
    console.keys("space C");
    let Some(Screen::Compare(screen)) = console.state.place.above.last() else { panic!() };
    assert_eq!(screen.here, Side::Member(account::member("ana")));
    assert_eq!(screen.there, Side::Member(account::member("leo")));
}

#[test]
fn who_is_made_like_a_group_joins_what_all_of_it_are_in_and_not_what_some_are() {
    let mut console = Console::open();
    // ana is in on-call too, leo is not.
    console.keys("G C").types("all of prod-dns").keys("enter m enter");
    assert_eq!(console.staged(), ["+ zoe prod-dns"]);
}
