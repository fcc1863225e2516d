//! What a plan would do to people, on the company's own account: it agrees with what is read once it is applied.

use cfiam::access;
use cfiam::app::{PlanScreen, Screen};
use cfiam::domain::MemberId;
use cfiam::plan::Impact;

use super::console::Console;

fn impact(console: &Console) -> std::sync::Arc<Impact> {
    let view = match console.state.place.above.last() {
        Some(Screen::Plan(PlanScreen { impact, .. })) => Some(impact),
        _ => None,
    };
    view.and_then(|view| view.impact.clone()).expect("the impact of a plan")
}

/// How many grants a member holds of each permission group, as the member's page tells them.
fn held(console: &Console, member: &MemberId) -> Vec<(String, Vec<String>)> {
    let grants = access::grants(&console.state.directory, member);
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for grant in grants {
        let name = grant.permission_group.name.to_string();
        let on = cfiam::rows::scope_names(&console.state.directory, &grant.resource_group);
        match told.iter_mut().find(|(known, _)| *known == name) {
            Some((_, all)) => all.extend(on),
            None => told.push((name, on)),
        }
    }
    for (_, on) in &mut told {
        on.sort();
        on.dedup();
    }
    told.sort();
    told
}

#[test]
fn the_impact_of_a_plan_is_what_is_read_after_it_was_applied() {
    for (columns, rows) in [(80, 24), (160, 45)] {
        let mut console = Console::open(columns, rows);
        let people = console.outsiders("prod-dns", 3).join(" ");
        console.keys("2 / \"edge-ops enter space space x 2 esc / \"prod-dns enter a");
        console.paste(&people).keys("enter 2 esc / \"release-managers down D P tab");
        console.expect("Impact").expect("joins prod-dns").refuse("! not known");
        let impact = impact(&console);
        assert!(impact.people.len() > 5 && impact.missing.is_empty());
        let before: Vec<_> = impact.people.iter().map(|it| held(&console, &it.member)).collect();
        console.keys("ctrl-s \"release-managers enter").expect("applied:");
        for (touched, before) in impact.people.iter().zip(before) {
            let after = held(&console, &touched.member);
            assert_eq!(before == after, touched.difference.is_none(), "{touched:?}");
            let count = |held: &[(String, Vec<String>)]| held.iter().map(|h| h.1.len()).sum();
            let (before, after): (usize, usize) = (count(&before), count(&after));
            if touched.difference.losses.is_empty() {
                assert!(after >= before, "{touched:?}");
            }
            if touched.difference.gains.is_empty() {
                assert!(after <= before, "{touched:?}");
            }
        }
    }
}

#[test]
fn who_is_in_a_deleted_group_is_told_and_enter_opens_what_they_lose() {
    let mut console = Console::open(80, 24);
    let all = console.in_group("edge-ops").len();
    console.keys("2 / \"edge-ops down D P tab").expect("edge-ops is deleted").expect("loses");
    assert_eq!(impact(&console).people.len(), all);
    console.keys("enter").expect("only through edge-ops");
}
