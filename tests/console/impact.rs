//! What the plan does to people: computed when it is looked at, and never shown of another plan.

use cfiam::app::{Answer, ImpactLine, PlanScreen, PlanView, Screen};
use cfiam::domain::{Load, MemberStatus, Membership, Page, WalkId};
use cfiam::plan::{Effect, Totals};

use super::account::{self, group, member};
use super::driver::Console;

fn plan(console: &Console) -> &PlanScreen {
    match console.state.place.above.last() {
        Some(Screen::Plan(screen)) => screen,
        other => panic!("no plan: {other:?}"),
    }
}

fn totals(console: &Console) -> Totals {
    plan(console).impact.impact.as_ref().expect("the impact").totals
}

fn effect(console: &Console, who: &str) -> Option<Effect> {
    let impact = plan(console).impact.impact.as_ref().expect("the impact");
    impact.person(&member(who)).map(|touched| touched.effect)
}

/// Every group grants the same. Zoe joins edge-ops; ana, who is in on-call too, leaves prod-dns.
fn planned() -> Console {
    let mut console = Console::open();
    console.keys("G a enter");
    console.keys("2 G enter g x P");
    console
}

#[test]
fn tab_shows_the_impact_and_nothing_is_computed_before() {
    let mut console = planned();
    assert_eq!(plan(&console).plan.ops().count(), 2);
    assert!(plan(&console).impact.impact.is_none());
    console.keys("tab");
    assert_eq!(plan(&console).view, PlanView::Impact);
    assert_eq!(totals(&console), Totals { gain: 1, keep: 1, ..Totals::default() });
    assert_eq!(effect(&console, "zoe"), Some(Effect::Gains));
    assert_eq!(effect(&console, "ana"), Some(Effect::Keeps));
    console.keys("tab");
    assert_eq!(plan(&console).view, PlanView::Cost);
    console.keys("tab");
    assert_eq!(plan(&console).view, PlanView::Changes);
}

#[test]
fn t_shows_those_too_whose_access_does_not_really_change_and_works_only_there() {
    let mut console = planned();
    console.keys("t");
    assert!(console.toast().contains("tab shows it"), "{}", console.toast());
    console.keys("tab");
    let lines = plan(&console).impact.lines.rows().to_vec();
    assert_eq!(lines, [ImpactLine::Person(member("zoe"))]);
    console.keys("t");
    assert_eq!(plan(&console).impact.lines.rows().len(), 2);
    console.keys("t");
    assert_eq!(plan(&console).impact.lines.rows().len(), 1);
}

#[test]
fn enter_opens_a_person_in_place_and_closes_it_again() {
    let mut console = planned();
    console.keys("tab enter");
    let held = ImpactLine::Held(member("zoe"), 0);
    assert!(plan(&console).impact.lines.rows().contains(&held));
    console.keys("j enter");
    assert_eq!(plan(&console).impact.lines.cursor(), Some(ImpactLine::Person(member("zoe"))));
    assert!(!plan(&console).impact.lines.rows().contains(&held));
}

#[test]
fn the_impact_follows_what_is_read_meanwhile() {
    let mut console = planned();
    console.keys("tab");
    // Zoe turns out to be in on-call, which grants the same: the plan says the same, its impact does not.
    console.answer(Answer::Reread(Load::Rows(account::memberships("on-call", &["zoe"]))));
    assert_eq!(plan(&console).view, PlanView::Impact);
    assert_eq!(totals(&console), Totals { keep: 2, ..Totals::default() });
}

#[test]
fn a_plan_that_has_changed_is_shown_call_by_call_before_it_can_be_asked_about() {
    let mut console = planned();
    console.keys("tab");
    let mut row = account::group_row("edge-ops");
    row.name = "edge".into();
    console.answer(Answer::Reread(Load::Rows(Page::Groups(vec![row]))));
    assert_eq!(plan(&console).view, PlanView::Changes);
    console.keys("tab");
    assert_eq!(totals(&console), Totals { gain: 1, keep: 1, ..Totals::default() });
    console.keys("ctrl-s y");
    assert_eq!(console.applied(), 1, "a plan can be applied from its impact");
}

#[test]
fn a_group_of_many_is_looked_at_in_slices_and_all_of_it_is_told() {
    let mut console = Console::open();
    let name = |n: usize| format!("p{n}");
    let people: Vec<String> = (0..2_500).map(name).collect();
    let rows = people.iter().map(|who| account::row(who)).collect();
    console.answer(Answer::Reread(Load::Rows(Page::Members(rows))));
    let inside = people.iter().map(|who| Membership {
        member: member(who),
        email: "".into(),
        status: MemberStatus::Unknown,
    });
    let page = Page::GroupMembers(group("platform-read"), inside.collect());
    let walk = WalkId(900);
    let collection = page.collection();
    for load in [
        Load::Begun { collection: collection.clone(), walk },
        Load::Page { walk, page, of: None, set_aside: 0 },
        Load::Ended { collection, walk, gaps: Vec::new() },
    ] {
        console.answer(Answer::Reread(load));
    }
    console.keys("2 / p l a t enter D P");
    console.send_unpainted(cfiam::app::Msg::Painted(console.state.facts));
    let effects =
        cfiam::app::update(&mut console.state, cfiam::app::Msg::Key("tab".parse().expect("a key")));
    assert!(effects.contains(&cfiam::app::Effect::Slice), "not all at once: {effects:?}");
    assert!(plan(&console).impact.impact.is_none());
    assert_eq!(plan(&console).impact.progress().map(|(_, all)| all), Some(2_500));
    while !cfiam::app::update(&mut console.state, cfiam::app::Msg::Slice).is_empty() {}
    assert_eq!(totals(&console), Totals { lose: 2_500, ..Totals::default() });
}
