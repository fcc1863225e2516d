//! Whatever is pressed, in whatever order.

use std::cell::Cell;
use std::sync::Arc;

use cfiam::app::{Answer, Dialog, Effect, Msg, Screen, Size};
use cfiam::domain::{Load, Page};
use cfiam::keys::{Code, Key};
use cfiam::plan::{End, Plan, RunReport, Summary};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::account;
use super::driver::Console;

#[derive(Clone, Debug)]
enum Doing {
    Key(Key),
    KeyUnpainted(Key),
    Paste(String),
    Resize(u16, u16),
    Arrive(usize),
    GroupGone(usize),
    GroupRenamed(usize, &'static str),
    Joined(usize, usize),
    RunEnds,
}

fn key() -> impl Strategy<Value = Key> {
    let codes = prop_oneof![
        8 => proptest::char::range('!', '~').prop_map(Code::Char),
        3 => Just(Code::Enter), 2 => Just(Code::Esc), 2 => Just(Code::Tab), 2 => Just(Code::Char(' ')),
        2 => Just(Code::Down), 1 => Just(Code::Up), 1 => Just(Code::Backspace), 1 => Just(Code::PageDown),
        3 => Just(Code::Char('y')), 3 => Just(Code::Char('P')), 2 => Just(Code::Char('a')),
    ];
    (codes, proptest::bool::weighted(0.12)).prop_map(|(code, ctrl)| match code {
        // ctrl-c and ctrl-z leave: they have tests of their own.
        Code::Char(c) if ctrl && !"cz".contains(c.to_ascii_lowercase()) => {
            Key::ctrl(c.to_ascii_lowercase())
        }
        code => Key::plain(code),
    })
}

fn doing() -> impl Strategy<Value = Vec<Doing>> {
    let one = prop_oneof![
        20 => key().prop_map(Doing::Key),
        4 => key().prop_map(Doing::KeyUnpainted),
        1 => "[a-z@,\n]{0,30}".prop_map(Doing::Paste),
        1 => (0_u16..200, 0_u16..60).prop_map(|(w, h)| Doing::Resize(w, h)),
        1 => (0_usize..7).prop_map(Doing::Arrive),
        1 => (0_usize..4).prop_map(Doing::GroupGone),
        2 => (0_usize..4, prop_oneof![Just("x"), Just("y")]).prop_map(|(g, name)| Doing::GroupRenamed(g, name)),
        2 => (0_usize..4, 0_usize..6).prop_map(|(g, who)| Doing::Joined(g, who)),
        2 => Just(Doing::RunEnds),
    ];
    // What a person does often, whole or broken off, and seldom before the screen has followed.
    let phrase = prop_oneof![
        Just("esc esc 1 a enter"),
        Just("esc 1 j a tab tab enter"),
        Just("P"),
        Just("P ctrl-s"),
        Just("ctrl-s y"),
        Just("P ctrl-s y"),
        Just("2 D"),
        Just("2 j D"),
        Just("-"),
        Just("6 x"),
        Just("esc esc P ctrl-s"),
        Just("y"),
    ];
    let phrase = (phrase, proptest::bool::weighted(0.1)).prop_map(|(keys, unpainted)| {
        let make = if unpainted { Doing::KeyUnpainted } else { Doing::Key };
        keys.split(' ').map(|key| make(key.parse().unwrap())).collect()
    });
    prop_oneof![3 => one.prop_map(|one| vec![one]), 2 => phrase]
}

fn group_name(which: usize) -> &'static str {
    account::GROUPS.get(which).unwrap().0
}

fn carry_out(console: &mut Console, doing: Doing) {
    match doing {
        Doing::Key(key) => console.send(Msg::Key(key)),
        Doing::KeyUnpainted(key) => console.send_unpainted(Msg::Key(key)),
        Doing::Paste(text) => console.send(Msg::Paste(text)),
        Doing::Resize(columns, rows) => console.send(Msg::Resize(Size { columns, rows })),
        Doing::Arrive(number) => {
            let people: Vec<&str> = account::PEOPLE.into_iter().take(number).collect();
            let load = Load::Rows(account::members_page(&people));
            console.answer(cfiam::app::Answer::Reread(load));
        }
        Doing::GroupGone(which) => {
            let load = Load::GroupGone(account::group(group_name(which)));
            console.answer(cfiam::app::Answer::Reread(load));
        }
        Doing::GroupRenamed(which, name) => {
            let mut row = account::group_row(group_name(which));
            row.name = name.into();
            console.answer(Answer::Reread(Load::Rows(Page::Groups(vec![row]))));
        }
        Doing::Joined(which, who) => {
            let page =
                account::memberships(group_name(which), &[account::PEOPLE.get(who).unwrap()]);
            console.answer(Answer::Reread(Load::Rows(page)));
        }
        Doing::RunEnds => {
            let on = console.state.runs.iter().find(|(_, run)| run.ended.is_none());
            let Some((run, view)) = on else { return };
            let tally = view.progress.tally();
            let summary = Summary { end: End::Stopped, tally, writes: 0, may_land: Vec::new() };
            console.answer(Answer::Run(run.clone(), RunReport::Ended(summary)));
        }
    }
}

/// The plan that lay open with nothing above it when a frame was last painted.
fn painted(console: &Console) -> Option<Arc<Plan>> {
    match console.state.place.above.last() {
        Some(Screen::Plan(screen)) if screen.number == console.state.facts.plan => {
            Some(screen.plan.clone())
        }
        _ => None,
    }
}

/// Does all this; gives how many plans were applied.
fn go_through(all: Vec<Doing>) -> Result<usize, TestCaseError> {
    let mut console = Console::open();
    let (mut plan, mut number) = (None, 0);
    for doing in all {
        let seen = match console.state.dialogs.last() {
            Some(top) => {
                matches!(top.dialog, Dialog::Confirm(_)) && console.state.facts.dialog == top.number
            }
            None => false,
        };
        console.forget();
        carry_out(&mut console, doing);
        for effect in &console.effects {
            let Effect::Apply(_, applied, _) = effect else { continue };
            number += 1;
            prop_assert!(seen, "applied by an answer to a question that was not seen");
            let as_seen = plan.as_ref().is_some_and(|plan: &Arc<Plan>| plan.says_the_same(applied));
            prop_assert!(as_seen, "applied {applied:?}, and seen was {plan:?}");
            prop_assert!(!applied.is_empty());
        }
        plan = painted(&console).or(plan);
        let table = cfiam::app::table(&console.state);
        prop_assert!(
            table.is_none_or(|t| t.rows.cursor().is_none_or(|row| t.rows.rows().contains(&row)))
        );
        let kept = console.effects.iter().rev().find_map(|effect| match effect {
            Effect::Save(cfiam::app::Saved::Staged(staged)) => Some(staged.changes.len()),
            _ => None,
        });
        prop_assert!(kept.is_none_or(|kept| kept == console.state.staging.len()));
    }
    Ok(number)
}

#[test]
fn nothing_is_applied_but_the_plan_that_was_seen_and_by_an_answer_to_a_question_that_was() {
    let applied = Cell::new(0);
    let config =
        ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() };
    let all = prop::collection::vec(doing(), 1..80).prop_map(|all| all.concat());
    TestRunner::new(config)
        .run(&all, |all| {
            applied.set(applied.get() + go_through(all)?);
            Ok(())
        })
        .unwrap();
    assert!(applied.get() > 20, "only {} plans were applied: this shows nothing", applied.get());
}
