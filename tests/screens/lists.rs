//! Lists: their states look different, and say what they are.

use cfiam::app::{Mode, Msg, OrganizationChoice, Size, WhyReadOnly};
use cfiam::domain::{Collection, Fault, FaultKind, OrganizationId};

use jiff::Timestamp;

use super::console::{Console, How, forbidden, no_answer};

fn members(how: How) -> Console {
    Console::open_as(
        80,
        24,
        move |list| if *list == Collection::Members { how.clone() } else { How::Whole },
    )
}

#[test]
fn members_that_are_all_here() {
    let text = Console::open(80, 24).golden("members_80");
    assert!(text.contains("26 members") && text.contains("just now"));
    let text = Console::open(120, 40).golden("members_120");
    assert!(text.contains("THROUGH GROUPS"), "the preview stands beside the list");
}

#[test]
fn members_that_are_being_loaded_say_how_far() {
    let text = members(How::Part(8, 1312)).golden("members_loading");
    assert!(text.contains("loading 8 of 1,312"));
    assert!(text.contains("rows so far can be used"));
}

#[test]
fn members_of_whom_some_could_not_be_read_are_called_partial() {
    let text = members(How::SetAside(3)).golden("members_partial");
    assert!(text.contains("partial") && text.contains("3 more rows could not be read"));
}

#[test]
fn a2_a_forbidden_list_names_the_permission_that_is_missing_and_the_other_lists_are_there() {
    let mut console = members(How::Fails(forbidden()));
    let text = console.golden("members_forbidden");
    assert!(text.contains("forbidden: the token lacks Account Settings Read"));
    let groups = console.keys("2").text();
    assert!(groups.contains("9 groups") && groups.contains("prod-dns"), "{groups}");
    assert!(groups.contains("members forbidden"), "{groups}");
}

#[test]
fn a_failed_list_says_why_and_which_key_tries_again() {
    let text = members(How::Fails(no_answer())).golden("members_failed");
    assert!(text.contains("failed: no answer in 30 s"));
    assert!(text.contains("r try again"));
}

#[test]
fn members_of_groups_that_failed_are_told_with_the_reason_and_the_key_wherever_they_are_missed() {
    let mut console = Console::open_as(80, 24, |list| match list {
        Collection::GroupMembers(_) => How::Fails(no_answer()),
        _ => How::Whole,
    });
    let why = "9 groups' members failed: no answer in 30 s";
    let told = |text: &str| text.contains(why) && text.contains("r try again");
    let members = console.text();
    assert!(told(&members), "{members}");
    let member = console.keys("enter").golden("member_groups_failed");
    assert!(told(&member) && member.contains("GROUPS 0 so far"), "{member}");
    assert!(member.contains("known in part: 9 groups' members failed"), "{member}");
    let groups = console.keys("esc 2").golden("groups_members_failed");
    assert!(told(&groups) && groups.contains(" failed  "), "{groups}");
    let group = console.keys("enter").text();
    assert!(group.contains("MEMBERS not known") && !group.contains("MEMBERS 0"), "{group}");
    assert!(group.contains("failed: no answer in 30 s"), "{group}");
    console.keys("esc").send(Msg::Resize(Size { columns: 120, rows: 40 }));
    let preview = console.text();
    let beside = preview.split_once("MEMBERS\n").map_or(&*preview, |(_, rest)| rest);
    assert!(beside.contains("✗ failed: no answer in 30 s"), "{preview}");
}

#[test]
fn an_empty_list_says_so_and_what_comes_first() {
    let text = Console::open_as(80, 24, |list| match list {
        Collection::Groups => How::Empty,
        _ => How::Whole,
    })
    .keys("2")
    .golden("groups_empty");
    assert!(
        text.contains("this account has no user groups") && text.contains("c create the first")
    );
}

#[test]
fn where_no_changes_are_allowed_nobody_is_told_to_make_the_first_group() {
    let at = Timestamp::UNIX_EPOCH;
    for why in [WhyReadOnly::Chosen, WhyReadOnly::Snapshot(at)] {
        let mut console = Console::open_as(80, 24, |list| match list {
            Collection::Groups => How::Empty,
            _ => How::Whole,
        });
        console.state.session.mode = Mode::ReadOnly(why);
        let text = console.keys("2").text();
        assert!(text.contains("this account has no user groups"), "{text}");
        assert!(!text.contains("the first"), "{text}");
    }
}

#[test]
fn a_filter_that_leaves_nothing_says_so_and_how_it_is_cleared() {
    let text = Console::open(80, 24).keys("/ \"dnz").golden("members_filtered_to_nothing");
    assert!(text.contains("/ dnz") && text.contains("0 of 26"));
    assert!(text.contains("nothing matches dnz"));
}

#[test]
fn a_filter_and_marks_stand_where_the_eye_is() {
    let mut console = Console::open(112, 24);
    let text =
        console.keys("/ \"group:dns_status:accepted\" down space space").golden("members_filtered");
    assert!(text.contains("2 marked"), "{text}");
}

#[test]
fn old_data_is_called_stale() {
    let text = Console::open(80, 24).later(3000).golden("members_stale");
    assert!(text.contains("stale: read 50 min ago"));
}

#[test]
fn the_groups() {
    Console::open(80, 24).keys("2").golden("groups_80");
    Console::open(120, 40).keys("2 G").golden("groups_120");
}

#[test]
fn below_100_columns_the_preview_opens_in_the_lists_place_and_esc_closes_it() {
    let mut console = Console::open(80, 24);
    console.keys("j p");
    let text = console.text();
    assert!(text.contains("Bo Lindqvist") && text.contains("THROUGH GROUPS"), "{text}");
    assert!(!text.contains("Ana Marić"), "{text}");
    let text = console.keys("j").text();
    assert!(text.contains("Chidi Eze"), "the preview follows the cursor: {text}");
    let text = console.keys("esc").text();
    assert!(text.contains("Ana Marić"), "{text}");
    let text = console.keys("p q").text();
    assert!(text.contains("Ana Marić"), "q closes it and does not quit: {text}");
    let text = console.keys("p 1").text();
    assert!(text.contains("Ana Marić"), "{text}");
    let mut wide = Console::open(120, 24);
    let beside = |text: &str| text.contains('│');
    assert!(beside(&wide.text()));
    assert!(!beside(&wide.keys("p").text()));
    assert!(beside(&wide.keys("p").text()));
}

#[test]
fn every_list_tells_its_states_apart() {
    let lists = [Collection::Members, Collection::Groups, Collection::OrganizationMembers];
    for (list, tab) in lists.into_iter().zip(["1", "2", "7"]) {
        let in_state = |how: How| {
            let list = list.clone();
            let how = move |asked: &Collection| {
                if *asked == list { how.clone() } else { How::Whole }
            };
            let mut console = Console::open_as(100, 24, how);
            let organization = OrganizationId::parse("o1").unwrap();
            console.state.session.organization = OrganizationChoice::One(organization);
            console.keys(tab).text()
        };
        let not_enabled = Fault::new(FaultKind::NotEnabled, "reading it: not for this plan", "ask");
        for (how, told) in [
            (How::Whole, "just now"),
            (How::Part(1, 50), "loading 1 of 50"),
            (How::SetAside(2), "partial"),
            (How::Empty, "no "),
            (How::Fails(forbidden()), "forbidden: the token lacks Account Settings Read"),
            (How::Fails(not_enabled), "not enabled for this account"),
            (How::Fails(no_answer()), "failed: no answer in 30 s"),
        ] {
            let text = in_state(how);
            assert!(text.contains(told), "{list:?} should say {told}:\n{text}");
            let forbidden = text.contains("forbidden");
            assert_eq!(forbidden, told.starts_with("forbidden"), "{list:?}:\n{text}");
        }
    }
}

#[test]
fn a_filter_by_groups_is_not_called_whole_before_every_group_has_been_read() {
    let unread = |list: &Collection| match list {
        Collection::GroupMembers(_) => How::Part(0, 3),
        _ => How::Whole,
    };
    let text = Console::open_as(120, 24, unread).keys("/ \"group:dns").text();
    assert!(text.contains("so far") && text.contains("groups read"), "{text}");
    let text = Console::open(120, 24).keys("/ \"group:dns").text();
    assert!(!text.contains("so far"), "{text}");
    let text = Console::open_as(80, 24, unread).keys("/ \"leo").text();
    assert!(!text.contains("so far"), "{text}");
}
