//! Reading: what is asked for when, and what is dropped.

use cfiam::app::{Answer, Effect, Phase, Request, Screen};
use cfiam::domain::{AccountId, Collection, Fault, FaultKind, Load, Now, Standing, WalkId};

use super::account;
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
    console.keys(":").types("account acc1").keys("enter");
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
