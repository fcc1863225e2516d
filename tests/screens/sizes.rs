//! Any size, any theme: nothing panics, nothing is painted outside, and where there is no room the screen says so.

use cfiam::app::{Msg, Size};
use cfiam::ui::Theme;

use super::console::Console;

/// Every screen and dialog, by the keys that lead there.
const WAYS: [&str; 24] = [
    "j",
    "/ \"a",
    "enter",
    "a tab",
    "enter 2 enter",
    "e enter",
    "esc esc 6",
    "P",
    "tab t enter",
    "ctrl-s",
    "esc @",
    "?",
    "esc :",
    "esc 1 s",
    "esc 3",
    "enter",
    "enter",
    "i tab",
    "C",
    "enter",
    "m",
    "esc esc esc esc 2 i",
    "t enter",
    "w",
];

#[test]
fn t2_every_screen_is_painted_at_every_size_and_in_every_theme() {
    let odd =
        [(1, 1), (10, 3), (200, 1), (1, 200), (39, 9), (40, 10), (41, 10), (79, 23), (300, 100)];
    let grid = (1..=14).flat_map(|at| (1..=8).map(move |rows| (at * 9, rows * 4)));
    let sizes: Vec<(u16, u16)> = odd.into_iter().chain(grid).collect();
    let mut console = Console::open(80, 24);
    for way in WAYS {
        console.send(Msg::Resize(Size { columns: 80, rows: 24 }));
        console.keys(way);
        for (place, (columns, rows)) in sizes.iter().enumerate() {
            let name = Theme::names().nth(place % Theme::names().count()).unwrap();
            console.theme = Theme::named(name).unwrap();
            console.send(Msg::Resize(Size { columns: *columns, rows: *rows }));
            let text = console.text();
            if *columns >= 30 && *rows >= 3 && (*columns < 40 || *rows < 10) {
                assert!(text.contains("too small"), "{columns}×{rows}: {text}");
            } else if *columns >= 40 && *rows >= 10 {
                assert!(text.contains("cfiam") || text.contains('╭'), "{columns}×{rows}: {text}");
            }
        }
    }
}

#[test]
fn t2_keys_work_where_nothing_can_be_read_but_no_question_is_answered() {
    let mut console = Console::open(80, 24);
    console.keys("a enter");
    console.send(Msg::Resize(Size { columns: 30, rows: 5 }));
    console.keys("P ctrl-s");
    assert!(console.state.dialogs.is_empty(), "what can't be read is not asked about");
    console.send(Msg::Resize(Size { columns: 80, rows: 24 }));
    console.keys("ctrl-s");
    console.send(Msg::Resize(Size { columns: 30, rows: 5 }));
    console.keys("y");
    assert!(console.run.is_none(), "what can't be read is not confirmed");
    console.send(Msg::Resize(Size { columns: 80, rows: 24 }));
    console.keys("y");
    assert!(console.run.is_some(), "what can be read is");
}
