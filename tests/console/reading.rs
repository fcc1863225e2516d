//! Reading: what is asked for when, and what is dropped.

use cfiam::app::{Answer, Effect, Phase, Request, Screen};
use cfiam::domain::{
    AccountId, Budget, Collection, Fault, FaultKind, Load, Now, Page, Standing, WalkId,
};

use super::account;
use super::account::{GROUPS, PEOPLE};
use super::driver::{Console, named, setup};

#[test]
fn one_account_is_opened_and_several_are_offered() {
    let mut console = Console::start(setup());
    let ticket = console.asked(|request| *request == Request::Accounts);
    let other = AccountId::parse("acc1").unwrap();
    let accounts = vec![named(&account::account(), "Northwind"), named(&other, "Southwind")];
    console.answer(Answer::Accounts(ticket, Ok(accounts)));
    assert_eq!(console.state.session.phase, Phase::Choosing);
    console.keys("j enter");
    assert_eq!(console.state.session.phase, Phase::Open(other));
}

#[test]
fn where_no_account_is_listed_its_id_is_asked_for() {
    let mut console = Console::start(setup());
    let ticket = console.asked(|request| *request == Request::Accounts);
    console.answer(Answer::Accounts(ticket, Ok(Vec::new())));
    console.types("acc0").keys("enter");
    assert_eq!(console.state.session.phase, Phase::Open(account::account()));
}

#[test]
fn a_named_account_opens_although_the_list_is_refused() {
    let mut console =
        Console::start(cfiam::app::Setup { account: Some(account::account()), ..setup() });
    let ticket = console.asked(|request| *request == Request::Accounts);
    console.answer(Answer::Accounts(ticket, Err(Fault::new(FaultKind::Refused, "1001", ""))));
    assert_eq!(console.state.session.phase, Phase::Open(account::account()));
}

#[test]
fn an_answer_that_is_no_longer_waited_for_is_dropped() {
    let mut console = Console::open();
    console.keys("r");
    let ticket =
        console.asked(|r| matches!(r, Request::List { collection: Collection::Members, .. }));
    console.keys(":").types(&format!("account {}", "ab".repeat(16))).keys("enter");
    assert!(console.effects.contains(&Effect::Cancel(ticket)));
    let load = Load::Rows(account::members_page(&["late"]));
    console.answer(Answer::Loaded(ticket, load));
    assert_eq!(console.state.directory.members().len(), 0);
}

#[test]
fn the_first_page_can_be_used_while_the_others_come() {
    let mut console = Console::start(setup());
    let ticket = console.asked(|request| *request == Request::Accounts);
    console.answer(Answer::Accounts(ticket, Ok(vec![named(&account::account(), "Northwind")])));
    let ticket =
        console.asked(|r| matches!(r, Request::List { collection: Collection::Members, .. }));
    let walk = WalkId(900);
    console.answer(Answer::Loaded(ticket, Load::Begun { collection: Collection::Members, walk }));
    let page = account::members_page(&["ana", "leo"]);
    console.answer(Answer::Loaded(ticket, Load::Page { walk, page, of: Some(100), set_aside: 0 }));
    console.keys("j enter");
    assert!(
        matches!(console.state.place.above.last(), Some(Screen::Member(page)) if page.member == account::member("leo"))
    );
    let coverage = console.state.directory.coverage(&Collection::Members);
    assert_eq!(coverage.standing, Standing::Begun);
    assert_eq!(coverage.walk.unwrap().of, Some(100));
}

#[test]
fn a_refresh_that_fails_keeps_the_rows_and_their_age() {
    let mut console = Console::open();
    console.later(120);
    console.keys("r");
    console.fail(&Collection::Members, &Fault::new(FaultKind::Unanswered, "no answer in 30 s", ""));
    let coverage = console.state.directory.coverage(&Collection::Members);
    assert_eq!(console.rows().len(), 6);
    assert_eq!((coverage.is_complete(), coverage.as_of), (true, Some(Now::default())));
    assert!(coverage.failed.is_some());
}

#[test]
fn the_dates_of_joining_are_asked_for_only_when_a_member_is_looked_at() {
    let mut console = Console::open();
    assert!(console.maybe_asked(|r| matches!(r, Request::Since { .. })).is_none());
    console.keys("enter");
    let since = console.effects.iter().find_map(|effect| match effect {
        Effect::Ask(_, Request::Since { pairs, .. }) => Some(pairs.clone()),
        _ => None,
    });
    let groups: Vec<_> = since.unwrap().into_iter().map(|(group, _)| group).collect();
    assert_eq!(groups, [account::group("prod-dns"), account::group("on-call")]);
}

fn dates_asked(console: &Console) -> Vec<Vec<String>> {
    let asked = console.effects.iter().filter_map(|effect| match effect {
        Effect::Ask(_, Request::Since { pairs, .. }) => {
            Some(pairs.iter().map(|(group, member)| format!("{group} {member}")).collect())
        }
        _ => None,
    });
    asked.collect()
}

fn date(console: &mut Console, given: impl Fn(usize) -> bool) {
    let asked = console.effects.iter().rev().find_map(|effect| match effect {
        Effect::Ask(ticket, Request::Since { pairs, .. }) => Some((*ticket, pairs.clone())),
        _ => None,
    });
    let (ticket, pairs) = asked.expect("dates asked for");
    for (at, (group, member)) in pairs.into_iter().enumerate() {
        if given(at) {
            let since = Some(Now::default().wall);
            let load = Load::Membership { group, member, present: true, since };
            console.answer(Answer::Loaded(ticket, load));
        }
    }
    console.answer(Answer::Done(ticket, Ok(())));
}

fn many(number: usize) -> Vec<String> {
    (0..number).map(|n| format!("p{n:03}")).collect()
}

/// The account with a group of so many people in place of who was in it.
fn open_crowd(people: &[String]) -> Console {
    let names: Vec<&str> = people.iter().map(String::as_str).collect();
    let mut console = Console::open();
    console.keys("R");
    console.read(&Collection::Members, vec![account::members_page(&names)]);
    console.keys("2").types("G").keys("enter r");
    let page = account::memberships("prod-dns", &names);
    console.read(&Collection::GroupMembers(account::group("prod-dns")), vec![page]);
    console.keys("esc").forget();
    console
}

#[test]
fn a_groups_dates_are_asked_for_as_they_come_into_sight_and_once() {
    let people = many(60);
    let mut console = open_crowd(&people);
    console.keys("enter");
    let first = dates_asked(&console);
    assert_eq!(first.len(), 1);
    let sight = console.state.facts.list_rows.into();
    let in_sight: Vec<String> =
        people.iter().take(sight).map(|name| format!("g-prod-dns m-{name}")).collect();
    assert_eq!(first[0], in_sight);
    // Some have no date: they are not asked for again and again.
    date(&mut console, |at| at != 3);
    console.keys("tab tab j k");
    assert_eq!(dates_asked(&console).len(), 1);
    let group = account::group("prod-dns");
    assert!(console.state.directory.since(&group, &account::member("p000")).is_some());
    console.forget().keys("G");
    let last = dates_asked(&console);
    assert_eq!((last.len(), last[0].len()), (1, sight));
    assert_eq!(last[0].last().unwrap(), "g-prod-dns m-p059");
}

#[test]
fn a_groups_dates_are_not_worth_the_second_half_of_the_request_budget() {
    let mut console = open_crowd(&many(60));
    let budget = |spent| Budget { spent, ceiling: 1000, ..Budget::default() };
    console.answer(Answer::Budget(budget(500)));
    console.keys("enter");
    assert!(dates_asked(&console).is_empty());
    console.answer(Answer::Budget(budget(499)));
    console.keys("j");
    assert_eq!(dates_asked(&console).len(), 1);
}

#[test]
fn dates_that_nobody_looks_at_any_longer_are_taken_back() {
    let mut console = open_crowd(&many(60));
    console.keys("enter");
    let ticket = console.asked(|r| matches!(r, Request::Since { .. }));
    console.forget().keys("esc");
    assert!(console.effects.contains(&Effect::Cancel(ticket)));
    assert!(dates_asked(&console).is_empty());
    console.keys("enter");
    let again = console.asked(|r| matches!(r, Request::Since { .. }));
    console.keys("G");
    assert!(console.effects.contains(&Effect::Cancel(again)), "scrolled out of sight");
    assert_eq!(dates_asked(&console).len(), 2);
}

#[test]
fn a_member_of_many_groups_has_the_dates_of_all_of_them() {
    let mut console = Console::open();
    let names: Vec<String> = (0..120).map(|n| format!("g{n:03}")).collect();
    console.keys("2 r");
    let rows = names.iter().map(|name| account::group_row(name)).collect();
    console.read(&Collection::Groups, vec![cfiam::domain::Page::Groups(rows)]);
    let ticket = console.asked(|request| matches!(request, Request::AllGroupMembers { .. }));
    for name in &names {
        let page = account::memberships(name, &["ana"]);
        console.walk(ticket, &Collection::GroupMembers(account::group(name)), vec![page], None);
    }
    console.answer(Answer::Done(ticket, Ok(())));
    console.forget().keys("1 enter");
    for asked in 1..=3 {
        assert_eq!(dates_asked(&console).len(), asked);
        date(&mut console, |_| true);
    }
    assert_eq!(dates_asked(&console).iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 20]);
    let dated = |name: &String| {
        console.state.directory.since(&account::group(name), &account::member("ana")).is_some()
    };
    assert!(names.iter().all(dated));
}

#[test]
fn what_is_being_read_is_not_asked_for_again() {
    let mut console = Console::open();
    console.keys("r r r");
    let asked = |effect: &&Effect| {
        matches!(effect, Effect::Ask(_, Request::List { collection: Collection::Members, .. }))
    };
    assert_eq!(console.effects.iter().filter(asked).count(), 1);
}

#[test]
fn what_is_staged_outlives_a_reload_and_is_checked_against_it() {
    let mut console = Console::open();
    console.keys("a").types("platform").keys("enter R");
    console.read(&Collection::Members, vec![account::members_page(&account::PEOPLE)]);
    assert_eq!(console.staged(), ["+ ana platform-read"]);
    let ana = account::memberships("platform-read", &["ana"]);
    console.answer(Answer::Reread(Load::Rows(ana)));
    assert_eq!(
        console.state.staging.recheck(&console.state.directory),
        [cfiam::plan::Recheck::AlreadySo]
    );
}

#[test]
fn the_key_that_tries_again_reads_the_members_of_groups_that_failed_from_where_they_are_missed() {
    let fault = Fault::new(FaultKind::Server, "it failed", "");
    let list = Collection::GroupMembers(account::group("prod-dns"));
    let mut console = Console::start(setup());
    let ticket = console.asked(|request| *request == Request::Accounts);
    console.answer(Answer::Accounts(ticket, Ok(vec![named(&account::account(), "Northwind")])));
    console.answer_account(Vec::new());
    console.read(&Collection::Members, vec![account::members_page(&PEOPLE)]);
    let groups = GROUPS.iter().map(|(name, _)| account::group_row(name)).collect();
    console.read(&Collection::Groups, vec![Page::Groups(groups)]);
    let ticket = console.asked(|request| matches!(request, Request::AllGroupMembers { .. }));
    console.walk(ticket, &list, Vec::new(), Some(fault));
    console.answer(Answer::Done(ticket, Ok(())));
    let again = Request::AllGroupMembers {
        account: account::account(),
        groups: vec![account::group("prod-dns")],
    };
    for keys in ["1 r", "enter r"] {
        console.forget().keys(keys);
        let ticket = console.asked(|request| *request == again);
        console.answer(Answer::Done(ticket, Ok(())));
    }
}
