//! Looking around: what is asked of the service is what somebody looks at, and a filter finds whom it names.

use super::console::Console;

#[test]
fn a_groups_page_tells_since_when_those_in_sight_are_in_it() {
    let mut console = Console::open(80, 40);
    console.keys("2 / \"marketing enter");
    let text = console.text();
    let people: Vec<&str> = text.lines().filter(|line| line.contains("accepted")).collect();
    assert!(people.len() > 2, "{text}");
    for line in people {
        assert!(line.trim_end().ends_with(|c: char| c.is_ascii_digit()), "{line}\n{text}");
    }
}

#[test]
fn letters_scattered_over_an_address_name_nobody() {
    let mut console = Console::open(100, 30);
    console.keys("/ \"quinn enter").expect("the filter leaves no row");
    assert!(console.state.place.above.is_empty());
    console.keys("esc / \"joaquin enter").expect("Joaquín");
    assert_eq!(console.state.place.above.len(), 1);
    console.keys("2 / \"dns").refuse("zero-trust-admins");
}

#[test]
fn who_can_edit_dns_on_a_zone_is_asked_from_the_policy_that_grants_it_and_proved_in_three_keys() {
    let mut console = Console::open(80, 24);
    console.keys("2 / \"prod-dns enter tab").expect("Domain DNS");
    console.keys("w enter").expect("who can  Domain DNS  on").expect("by the grant itself");
    console.keys("enter").expect("independent path").expect("← scope").expect("⊇");
}

#[test]
fn what_a_member_may_do_where_fits_80_columns_and_each_cell_has_its_proof() {
    let mut console = Console::open(80, 24);
    console.keys("2 / \"prod-dns enter enter i").expect("MAY").expect("zones");
    console.keys("tab enter").expect("can  ").expect("⊇");
}
