//! What the plan does to people, as it is painted.

use std::sync::Arc;

use cfiam::app::{Answer, Msg};
use cfiam::domain::{Access, Collection, Group, Load, Page, Policy};

use super::account;
use super::console::{Console, How};

/// Mia, Noor, who has two of the zones through eu-dns, and Greta, who is invited, join prod-dns; Leo leaves
/// platform-read; edge-ops is deleted, of whose four members Ole has a part directly.
fn planned(columns: u16, rows: u16) -> Console {
    let mut console = Console::open(columns, rows);
    stage(&mut console);
    console.keys("P");
    console
}

fn stage(console: &mut Console) {
    console.keys("2 / \"prod-dns enter a \"mia tab ctrl-u \"noor tab ctrl-u \"greta tab enter");
    console.keys("2 esc / \"platform enter / \"leo down x 2 esc / \"edge-ops down D");
    console.later(1);
    console.state.toast = None;
}

/// A group as it is, with other policies.
fn with(name: &str, policies: Option<Vec<Policy>>) -> Msg {
    let Page::Groups(groups) = account::page(&Collection::Groups) else { panic!() };
    let group = groups.into_iter().find(|group| &*group.name == name).expect("a group");
    let policies = policies.map(|list| list.into_iter().map(Arc::new).collect());
    Msg::Answer(Answer::Reread(Load::Rows(Page::Groups(vec![Group { policies, ..group }]))))
}

#[test]
fn who_gains_who_loses_and_who_keeps_is_told_with_the_totals_on_top() {
    let text = planned(80, 24).keys("tab").golden("impact_80");
    assert!(text.contains("+ Mia Okafor"), "{text}");
    assert!(text.contains("- Ole Berg"), "{text}");
    let mut console = planned(120, 40);
    console.keys("tab t j enter");
    console.golden("impact_120");
}

#[test]
fn someone_who_has_a_part_of_it_already_gains_the_rest_and_the_other_path_is_named() {
    let mut console = planned(120, 40);
    let text = console.keys("tab j enter").text();
    assert!(text.contains("+ DNS on api.shop.example, shop.example"), "{text}");
    assert!(text.contains("= DNS on kunden.example, blog.example"), "{text}");
    assert!(text.contains("also through eu-dns"), "{text}");
}

#[test]
fn what_is_deleted_and_held_directly_too_is_kept_directly() {
    let mut console = planned(120, 40);
    let text = console.keys("tab G k enter").text();
    assert!(text.contains("Ole Berg"), "{text}");
    assert!(text.contains("- Load Balancer on account"), "{text}");
    assert!(text.contains("only through edge-ops"), "{text}");
    assert!(text.contains("= Cache Purge on shop.example"), "{text}");
    assert!(text.contains("also directly"), "{text}");
}

#[test]
fn an_invited_person_is_told_apart() {
    let text = planned(120, 40).keys("tab").text();
    assert!(text.contains("1 has not accepted yet"), "{text}");
    assert!(text.contains("· Greta Olsen"), "{text}");
}

#[test]
fn what_is_missing_is_said_and_nothing_is_claimed_instead() {
    let lists = |list: &Collection| match list {
        Collection::GroupMembers(group) if *group == account::group_id("eu-dns") => How::Part(0, 2),
        _ => How::Whole,
    };
    let mut console = Console::open_as(80, 24, lists);
    stage(&mut console);
    let text = console.keys("P tab").golden("impact_missing_80");
    assert!(text.contains("! not known: whether another path gives the same"), "{text}");
    assert!(text.contains("? Mia Okafor"), "{text}");
    assert!(text.contains("gains?"), "{text}");
    assert!(!text.contains(" gain access") && !text.contains(" gains access"), "{text}");
    // Eu-dns grants DNS and nothing else: what edge-ops gave was not given by it too.
    assert!(text.contains("5 people lose access, 3 can't be told"), "{text}");
}

#[test]
fn a_group_whose_policies_are_unread_is_named() {
    let mut console = planned(80, 24);
    console.send(with("prod-dns", None));
    let text = console.keys("tab").text();
    assert!(text.contains("! not known: what prod-dns grants"), "{text}");
    assert!(text.contains("? Mia Okafor"), "{text}");
}

#[test]
fn a_deny_is_shown_and_marked_as_not_settled() {
    let mut console = planned(80, 24);
    let mut deny = account::policy("DNS", "all zones");
    deny.access = Access::Deny;
    console.send(with("prod-dns", Some(vec![deny])));
    let text = console.keys("tab G k enter").text();
    assert!(text.contains("deny DNS on 4 zones"), "{text}");
    assert!(text.contains("! deny: not settled"), "{text}");
    assert!(text.contains("how deny and allow combine is not documented"), "{text}");
    assert!(text.contains("? Mia Okafor"), "{text}");
}

#[test]
fn foreign_names_are_made_safe() {
    let mut console = planned(80, 24);
    let mut row = account::person(12);
    row.name = "Mia\u{202e}\u{1b}[31m".into();
    console.send(Msg::Answer(Answer::Reread(Load::Rows(Page::Members(vec![row])))));
    let text = console.keys("tab").text();
    assert!(!text.contains('\u{202e}') && !text.contains('\u{1b}'), "{text}");
    let safe = cfiam::text::safe("Mia\u{202e}\u{1b}[31m").into_owned();
    assert!(text.contains(&safe), "{safe} in\n{text}");
}

#[test]
fn the_signs_are_told_apart_where_there_is_no_room() {
    for (columns, rows) in [(40, 10), (60, 15)] {
        let text = planned(columns, rows).keys("tab").text();
        assert!(text.contains("+ Mia"), "{columns}x{rows}\n{text}");
    }
}

#[test]
fn where_nothing_really_changes_the_key_that_shows_the_others_is_named() {
    let mut console = Console::open(80, 24);
    console.keys("2 / \"eu-dns enter a \"rosa enter P tab");
    let text = console.text();
    assert!(text.contains("1 person keeps exactly what they have"), "{text}");
    assert!(text.contains("t shows the 1 person whom the plan touches"), "{text}");
    assert!(!text.contains("Rosa"), "{text}");
    let text = console.keys("t").text();
    assert!(text.contains("= Rosa Almeida"), "{text}");
    assert!(text.contains("also through prod-dns"), "{text}");
}
