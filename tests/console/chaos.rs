//! Whatever is pressed, in whatever order.

use cfiam::app::{Dialog, Effect, Msg, Size};
use cfiam::domain::Load;
use cfiam::keys::{Code, Key};
use proptest::prelude::*;

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

fn doing() -> impl Strategy<Value = Doing> {
    prop_oneof![
        20 => key().prop_map(Doing::Key),
        4 => key().prop_map(Doing::KeyUnpainted),
        1 => "[a-z@,\n]{0,30}".prop_map(Doing::Paste),
        1 => (0_u16..200, 0_u16..60).prop_map(|(w, h)| Doing::Resize(w, h)),
        1 => (0_usize..7).prop_map(Doing::Arrive),
        1 => (0_usize..4).prop_map(Doing::GroupGone),
    ]
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
            let load = Load::GroupGone(account::group(account::GROUPS[which].0));
            console.answer(cfiam::app::Answer::Reread(load));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_applied_but_by_an_answer_to_a_confirmation_that_was_seen(all in prop::collection::vec(doing(), 1..120)) {
        let mut console = Console::open();
        for doing in all {
            let seen = match console.state.dialogs.last() {
                Some(top) => matches!(top.dialog, Dialog::Confirm(_)) && console.state.facts.dialog == top.number,
                None => false,
            };
            console.forget();
            carry_out(&mut console, doing);
            prop_assert!(console.applied() == 0 || seen);
            let table = cfiam::app::table(&console.state);
            prop_assert!(table.is_none_or(|t| t.rows.cursor().is_none_or(|row| t.rows.rows().contains(&row))));
            let kept = console.effects.iter().rev().find_map(|effect| match effect {
                Effect::Save(cfiam::app::Saved::Staged(staged)) => Some(staged.changes.len()),
                _ => None,
            });
            prop_assert!(kept.is_none_or(|kept| kept == console.state.staging.len()));
        }
    }
}
