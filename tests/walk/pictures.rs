//! The pictures in `assets`: painted from the real screens on the embedded server's company at a fixed time. A stale
//! one fails. `CFIAM_PAINT=1 cargo test` paints them anew.

use std::path::Path;

use super::console::Console;
use super::svg;

fn picture(console: &mut Console, name: &str, title: &str) {
    let painted = svg::picture(&console.frame(), title);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(format!("{name}.svg"));
    if std::env::var_os("CFIAM_PAINT").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, painted).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == painted, "assets/{name}.svg is stale: CFIAM_PAINT=1 cargo test paints it anew");
}

#[test]
fn the_members_with_a_filter_marks_and_the_preview() {
    let mut console = Console::open(116, 26);
    console.keys("/ \"group:prod-dns down space space up");
    picture(&mut console, "members", "Members, filtered, two of them marked, with the preview");
}

#[test]
fn a_groups_page_with_a_policy_opened_in_place() {
    let mut console = Console::open(116, 26);
    console.keys("2 / \"marketing enter tab enter");
    picture(&mut console, "group", "A group: its members, and a policy opened in place");
}

#[test]
fn the_plan_before_anything_is_sent() {
    let mut console = Console::open(116, 20);
    let people = console.outsiders("prod-dns", 3).join(" ");
    console.keys("2 / \"edge-ops enter space space x 2 esc / \"prod-dns enter a");
    console.paste(&people).keys("enter P");
    picture(&mut console, "plan", "The plan: every call in order, before anything is sent");
}

#[test]
fn who_can_edit_dns_on_one_zone_and_the_proof() {
    let mut console = Console::open(116, 22);
    console.keys(": \"who-can_domain_dns_on_eu-shop.example enter / \"prod down");
    picture(&mut console, "access", "Who can edit DNS on one zone, and by which way");
}
