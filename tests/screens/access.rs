//! Who can do what: the question, the people, the proof, and what the answer doesn't see.

use cfiam::domain::Collection;

use super::console::{Console, How, forbidden};

const ASKED: &str = ": \"who-can_dns_on_shop.example enter";

#[test]
fn nothing_asked_yet_says_how_to_ask_with_questions_out_of_this_account() {
    let text = Console::open(80, 24).keys("3").golden("access_nothing_asked");
    assert!(text.contains("who can  Cache Purge on shop.example"), "{text}");
    assert!(text.contains("w ") && text.contains(":who-can"), "{text}");
    let text = Console::open(80, 24).keys("3 enter").text();
    assert!(text.contains("who can  Cache Purge  on  shop.example"), "enter asks it\n{text}");
}

#[test]
fn who_can_edit_dns_on_one_zone_with_totals_paths_and_what_they_rest_on() {
    let text = Console::open(80, 24).keys(ASKED).golden("access_who_can_80");
    assert!(text.contains("who can  DNS  on  shop.example"), "{text}");
    assert!(text.contains("5 people can · 3 by the grant itself · 2 implied"), "{text}");
    assert!(text.contains("Organization administrators and API tokens are not seen"), "{text}");
    let text = Console::open(160, 45).keys(ASKED).golden("access_who_can_160");
    assert!(text.contains("⊇ shop.example"), "the proof stands beside the answer\n{text}");
}

#[test]
fn the_proof_goes_from_the_member_to_the_place_by_every_path() {
    let asked = format!("{ASKED} / \"ana down enter");
    let text = Console::open(80, 24).keys(&asked).golden("access_proof_80");
    assert!(text.contains("2 independent paths"), "{text}");
    for line in ["← group", "prod-dns", "← policy", "← permission", "← scope", "⊇ shop.example"]
    {
        assert!(text.contains(line), "{line}\n{text}");
    }
    Console::open(160, 45).keys(&asked).golden("access_proof_160");
}

#[test]
fn an_answer_from_half_an_account_says_what_was_not_read() {
    let mut console = Console::open_as(80, 24, |list| match list {
        Collection::GroupMembers(_) => How::Fails(forbidden()),
        _ => How::Whole,
    });
    let text = console.keys(ASKED).golden("access_partial");
    assert!(text.contains("partial, there may be more: members of 1 group not read"), "{text}");
}

#[test]
fn the_question_is_picked_in_two_steps() {
    Console::open(80, 24).keys("w").golden("access_picks_what");
    Console::open(80, 24).keys("w \"zone_set enter").golden("access_picks_where");
}

#[test]
fn effective_access_is_a_table_of_what_by_where_with_the_cell_in_full_below() {
    let keys = "/ \"leo down i";
    let text = Console::open(80, 24).keys(keys).golden("effective_80");
    assert!(text.contains("MAY") && text.contains("account"), "{text}");
    let text = Console::open(80, 24).keys(&format!("{keys} tab j j")).golden("effective_cell_80");
    assert!(text.contains("through"), "{text}");
    Console::open(160, 45).keys(keys).golden("effective_160");
}

#[test]
fn why_not_names_what_comes_nearest() {
    let keys = ": \"why-not_noor.haddad@northwind.example_dns_on_shop.example enter";
    let text = Console::open(80, 24).keys(keys).golden("why_not_80");
    assert!(text.contains("can't  DNS  on shop.example"), "{text}");
    assert!(text.contains("THE SAME, ELSEWHERE") && text.contains("prod-dns"), "{text}");
}

#[test]
fn a_comparison_says_what_is_only_here_only_there_and_the_same() {
    let keys = ": \"compare_leo.chen@northwind.example_noor.haddad@northwind.example enter";
    let text = Console::open(80, 24).keys(keys).golden("compare_80");
    assert!(text.contains("ONLY HERE: Leo Chen") && text.contains("THE SAME"), "{text}");
    Console::open(160, 45).keys(keys).golden("compare_160");
    Console::open(80, 24).keys(&format!("{keys} m")).golden("compare_make_like_80");
}

#[test]
fn without_a_group_it_is_told_who_would_really_lose_what() {
    let text = Console::open(80, 24).keys("2 / \"prod-dns down i").golden("only_here_80");
    assert!(text.contains("would lose access"), "{text}");
    assert!(text.contains("Nothing of this is staged"), "{text}");
}
