//! T3 to T7 on whole screens: names that try to draw for themselves, in every field, on every screen.

use std::sync::Arc;

use cfiam::app::{Answer, Msg, Ticket};
use cfiam::domain::{
    Access, ApiError, Fault, FaultKind, Load, Member, MemberStatus, Page, PermissionGroup,
    PermissionScope, Policy, RequestLine, ResourceGroup, Scope, Zone,
};
use cfiam::text;
use ratatui::buffer::Buffer;

use super::account;
use super::console::{Console, How};

/// One of each sort of trick, with ordinary letters around it so that it is a name all the same.
const TRICKS: [&str; 14] = [
    "\x1b[31mroot\x1b[0m",
    "a\x1b]0;title\x07b",
    "a\u{9b}2Jb",
    "a\x1bP1$r\x1b\\b",
    "ab\x08\x08cd",
    "one\rtwo",
    "one\ttwo\nthree\0\x7f",
    "txt\u{202e}gpj\u{202c}",
    "a\u{2066}b\u{2069}\u{200f}",
    "a\u{200b}\u{feff}\u{ad}b",
    "a\u{3164}\u{115f}b\u{e0041}\u{e007f}",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{1f1e8}\u{1f1ed} \u{2764}\u{fe0f} 漢字",
    "a\u{2028}b\u{2029}c\u{e000}\u{fff9}",
];

/// No cell holds what a terminal would act on, and no sign is wider than its cells.
fn is_tame(buffer: &Buffer, what: &str) {
    for (place, cell) in buffer.content.iter().enumerate() {
        let symbol = cell.symbol();
        assert_eq!(text::safe(symbol), symbol, "{what}: cell {place} holds {symbol:?}");
        assert!(text::width(symbol) <= 2, "{what}: cell {place} holds {symbol:?}");
    }
    for row in buffer.content.chunks(buffer.area.width.into()) {
        let last = row.last().unwrap().symbol();
        assert!(text::width(last) <= 1, "{what}: half of {last:?} is beyond the edge");
    }
}

fn grant(trick: &str) -> Arc<Policy> {
    let mut policy = account::policy("DNS", "shop.example");
    policy.access = Access::Other(trick.into());
    let known = PermissionGroup::clone(&policy.permission_groups[0]);
    policy.permission_groups = vec![Arc::new(PermissionGroup {
        name: trick.into(),
        label: trick.into(),
        description: trick.into(),
        scope: PermissionScope::Resource(trick.into()),
        ..known
    })];
    let known = ResourceGroup::clone(&policy.resource_groups[0]);
    let scopes = vec![Scope { key: trick.into(), objects: vec![trick.into()] }];
    policy.resource_groups = vec![Arc::new(ResourceGroup { name: trick.into(), scopes, ..known })];
    Arc::new(policy)
}

/// The company, but everyone and everything is named by a trick.
fn company(columns: u16, trick: &str) -> Console {
    let mut console = Console::open_as(columns, 30, |_| How::Whole);
    let people = (0..account::PEOPLE.len()).map(|place| {
        let mut person = account::person(place);
        person.email = format!("{trick}{place}@{trick}.example").into();
        person.name = Member::name_of(trick, trick);
        person.policies = Some([grant(trick), grant("DNS")].into());
        if place == 3 {
            person.status = MemberStatus::Other(trick.into());
        }
        person
    });
    let Page::Groups(groups) = account::page(&cfiam::domain::Collection::Groups) else { panic!() };
    let groups = groups.into_iter().enumerate().map(|(place, mut group)| {
        group.name = format!("{place}{trick}").into();
        group.policies = Some([grant(trick)].into());
        group
    });
    let zone = Zone { id: account::zone("shop.example"), name: trick.into() };
    for page in
        [Page::Members(people.collect()), Page::Groups(groups.collect()), Page::Zones(vec![zone])]
    {
        console.send(Msg::Answer(Answer::Reread(Load::Rows(page))));
    }
    console.state.directory.account.name = trick.into();
    console
}

/// Every screen and dialog, by the keys that lead there.
const WAYS: [&str; 17] = [
    "G",
    "s",
    "esc : \"member_a",
    "esc esc enter",
    "tab j enter j j enter",
    "a",
    "tab enter",
    "esc 2",
    "enter",
    "tab enter j",
    "e down enter",
    "esc esc esc a tab tab enter",
    "6",
    "P",
    "tab t enter j",
    "ctrl-s",
    "esc esc esc @",
];

#[test]
fn t3_t4_t5_t6_no_name_draws_for_itself_on_any_screen_and_columns_stay_aligned() {
    for trick in TRICKS {
        for columns in [41, 131] {
            let mut console = company(columns, trick);
            let line = RequestLine {
                method: "GET",
                path: format!("/accounts/{trick}/members"),
                status: Some(500),
                codes: Vec::new(),
                ray: Some(trick.into()),
                took: std::time::Duration::from_millis(1),
                bytes: 1,
                attempt: 1,
                trouble: Some(trick.into()),
            };
            console.send(Msg::Answer(Answer::Sent(line)));
            for way in WAYS {
                for key in way.split_whitespace() {
                    console.keys(key);
                    is_tame(&console.frame(), &format!("{trick:?} at {columns}, {way}"));
                }
            }
            assert!(!console.state.staging.is_empty(), "the way led through a change");
        }
    }
}

#[test]
fn t5_a_failure_told_in_foreign_words_is_tame_in_a_list_in_a_word_in_passing_and_at_the_start() {
    for trick in TRICKS {
        let mut fault = Fault::new(FaultKind::Refused, trick, trick);
        fault.errors = vec![ApiError { code: Some(1), message: trick.into() }];
        fault.ray = Some(trick.into());
        let failing = fault.clone();
        let mut console = Console::open_as(80, 24, move |_| How::Fails(failing.clone()));
        is_tame(&console.frame(), trick);
        console.send(Msg::Answer(Answer::Told(fault.clone())));
        is_tame(&console.frame(), trick);
        console.send(Msg::Answer(Answer::Browser(Err(fault.clone()))));
        is_tame(&console.frame(), trick);
        let mut setup = super::console::setup(80, 24);
        setup.unconnected = Some(fault.clone());
        is_tame(&Console::start(setup, |_| How::Whole).frame(), trick);
        let mut console = Console::open(80, 24);
        console.send(Msg::Answer(Answer::Accounts(Ticket(9), Err(fault))));
        is_tame(&console.frame(), trick);
    }
}

#[test]
fn t5_two_names_that_differ_in_a_hidden_sign_do_not_look_the_same() {
    let mut console = Console::open(120, 30);
    let Page::Groups(mut groups) = account::page(&cfiam::domain::Collection::Groups) else {
        panic!()
    };
    groups.truncate(2);
    groups[0].name = "admins".into();
    groups[1].name = "admins\u{200b}".into();
    console.send(Msg::Answer(Answer::Reread(Load::Rows(Page::Groups(groups)))));
    let text = console.keys("2").text();
    assert!(text.contains("admins⟨U+200B⟩"), "{text}");
}

#[test]
fn t7_a_foreign_letter_in_an_address_is_told_on_the_persons_page_and_in_the_plan() {
    let mut console = Console::open(100, 30);
    let mut person = account::person(11);
    // A Cyrillic o in it.
    person.email = "le\u{43e}.chen@northwind.example".into();
    console.send(Msg::Answer(Answer::Reread(Load::Rows(Page::Members(vec![person])))));
    let text = console.keys("/ \"chen enter").text();
    assert!(text.contains("! the e-mail"), "{text}");
    let text = console.keys("a \"billing enter P").text();
    assert!(text.contains('!'), "{text}");
}
