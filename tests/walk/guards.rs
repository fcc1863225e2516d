//! Plans that would make something worse, over the company.

use super::console::Console;

#[test]
fn s12_a_group_is_emptied_only_by_who_types_what_is_at_stake() {
    let mut console = Console::open(80, 24);
    console.keys("2 / \"release-managers enter * x P").expect("guards stand");
    console.keys("tab tab").expect("GUARDS").expect("10 of 10 members").expect("nobody is left");
    console.keys("ctrl-s").expect("takes 10 memberships away");
    console.keys("\"yes enter").expect("that is not it, nothing is sent");
    assert_eq!(console.in_group("release-managers").len(), 10);
    console.keys("esc ctrl-s \"10_removals enter").expect("leaves a group without members");
    console.paste("release-managers");
    console.keys("enter").expect("applied: 10 done");
    assert!(console.in_group("release-managers").is_empty());
}

#[test]
fn s17_a_group_that_an_identity_provider_keeps_is_known_after_its_first_refusal() {
    let mut console = Console::open(120, 40);
    let email = console.outsiders("okta-all-staff", 1).remove(0);
    console.keys(&format!("/ \"{email} enter a \"okta enter P ctrl-s y"));
    console.expect("if an identity provider keeps okta-all-staff, change it there");
    console.keys("6 P").expect("1 guard stands");
    console.keys("tab tab").expect("edits a group that has refused edits before");
    console.keys("ctrl-s y enter").expect("that is not it");
    let sent = |console: &Console| {
        console.server.requests().iter().filter(|request| request.method == "POST").count()
    };
    assert_eq!(sent(&console), 1);
    console.keys("backspace \"okta-all-staff enter").expect("refused");
    assert_eq!(sent(&console), 2, "the person decides");
}
