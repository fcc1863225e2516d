use proptest::prelude::*;

use super::*;
use crate::access::fixture::{
    Account, allows, dns_on, group, member, member_id, permission, policy, role, whole_account,
    zones,
};
use crate::domain::{Access, Member, MemberStatus, PermissionScope, TwoFactor};

fn found(account: &Account, text: &str) -> Vec<String> {
    found_in(account, &List::Members, text, 2)
}

/// What a filter leaves, as e-mails or names.
fn found_in(account: &Account, list: &List, text: &str, budget: usize) -> Vec<String> {
    let directory = &account.directory;
    let filter = Filter::parse(list, text).unwrap();
    let mut search = Search::new(list.clone(), filter, list.slots(directory).into());
    let rows = loop {
        if let Some(rows) = search.step(directory, budget) {
            break rows;
        }
    };
    rows.iter().map(|slot| named(account, list, *slot)).collect()
}

fn named(account: &Account, list: &List, slot: Slot) -> String {
    match person(list, &account.directory, slot) {
        Some(person) => person.email.to_owned(),
        None => account.directory.groups().at(slot).unwrap().name.to_string(),
    }
}

fn people(emails: &[&str]) -> Account {
    let members = (0..).zip(emails).map(|(n, email)| member(n, email, &[])).collect();
    Account::new().members(members)
}

#[test]
fn words_are_fuzzy_and_all_must_match() {
    let account = people(&["ana.maric@x.io", "leo.chen@x.io", "leona.berg@x.io"]);
    assert_eq!(found(&account, "lech"), ["leo.chen@x.io"]);
    assert_eq!(found(&account, "leo berg"), ["leona.berg@x.io"]);
    assert_eq!(found(&account, "berg leo"), ["leona.berg@x.io"]);
    assert_eq!(found(&account, "leo zzz"), [""; 0]);
}

#[test]
fn the_signs_do_what_they_say_on_email_and_name() {
    let account = people(&["ana.maric@x.io", "leo.chen@x.io", "leona.berg@y.io"]);
    assert_eq!(found(&account, "'eo.c"), ["leo.chen@x.io"]);
    assert_eq!(found(&account, "^leo").len(), 2);
    assert_eq!(found(&account, "y.io$"), ["leona.berg@y.io"]);
    assert_eq!(found(&account, "chen$"), ["leo.chen@x.io"], "the end of the name");
    assert_eq!(found(&account, "!leo"), ["ana.maric@x.io"]);
    assert_eq!(found(&account, "!leo$ !ana"), ["leo.chen@x.io", "leona.berg@y.io"]);
}

#[test]
fn accents_and_case_in_names_are_found_by_plain_letters() {
    let mut ana = member(1, "am@x.io", &[]);
    ana.name = "Ana Marić".into();
    let mut taro = member(2, "ty@x.io", &[]);
    taro.name = "太郎 山田".into();
    let account = Account::new().members(vec![ana, taro]);
    for text in ["'maric", "'MARIC", "'marić", "'ana maric", "^ana"] {
        assert_eq!(found(&account, text), ["am@x.io"], "{text}");
    }
    assert_eq!(found(&account, "山田"), ["ty@x.io"]);
    assert_eq!(found(&account, "太郎"), ["ty@x.io"]);
}

#[test]
fn the_whole_name_comes_first_then_its_start_then_the_rest_and_ties_keep_the_lists_order() {
    let account =
        people(&["b@a-leo.chen.io", "leo.chen.two@x.io", "l.e.o.chen@x.io", "leo.chen@x.io"]);
    assert_eq!(found(&account, "leo.chen@x.io")[0], "leo.chen@x.io");
    let order = found(&account, "leo chen");
    assert_eq!(order[0], "leo.chen@x.io", "the name is Leo Chen");
    assert_eq!(order[1], "leo.chen.two@x.io", "the name begins so");
    assert_eq!(order[2], "l.e.o.chen@x.io");
    assert_eq!(order[3], "b@a-leo.chen.io", "only the domain is called so");
    let alike = people(&["c@x.io", "a@x.io", "b@x.io"]);
    assert_eq!(found(&alike, "x.io"), ["c@x.io", "a@x.io", "b@x.io"]);
}

#[test]
fn of_a_group_status_and_two_factor_are_asked_of_its_members_and_one_is_enough() {
    let mut pending = member(1, "p@x.io", &[]);
    pending.status = MemberStatus::Pending;
    let mut off = member(2, "o@x.io", &[]);
    off.two_factor = TwoFactor::Off;
    let account = Account::new()
        .members(vec![pending, off, member(3, "a@x.io", &[])])
        .groups(vec![group(50, "both", &[]), group(51, "calm", &[]), group(52, "empty", &[])])
        .inside(50, &[1, 2, 3])
        .inside(51, &[3]);
    for (text, names) in [
        ("2fa:off", &["both"][..]),
        ("status:pending", &["both"]),
        ("2fa:on", &["both", "calm"]),
        ("!2fa:off", &["calm", "empty"]),
        ("status:pending calm", &[]),
    ] {
        assert_eq!(found_in(&account, &List::Groups, text, 2), names, "{text}");
    }
}

#[test]
fn status_and_two_factor_are_fields_of_people() {
    let mut pending = member(1, "p@x.io", &[]);
    pending.status = MemberStatus::Pending;
    pending.two_factor = TwoFactor::Off;
    let mut other = member(2, "o@x.io", &[]);
    other.status = MemberStatus::Other("Suspended".into());
    other.two_factor = TwoFactor::Unknown;
    let mut silent = member(3, "s@x.io", &[]);
    silent.status = MemberStatus::Unknown;
    let account = Account::new().members(vec![pending, other, silent, member(4, "a@x.io", &[])]);
    for (text, emails) in [
        ("status:pending", &["p@x.io"][..]),
        ("status:p", &["p@x.io"]),
        ("status:suspended", &["o@x.io"]),
        ("status:other", &["o@x.io"]),
        ("status:unknown", &["s@x.io"]),
        ("!status:accepted", &["p@x.io", "o@x.io", "s@x.io"]),
        ("status:!accepted", &["p@x.io", "o@x.io", "s@x.io"]),
        ("!status:!pending", &["p@x.io"]),
        ("2fa:off", &["p@x.io"]),
        ("2fa:?", &["o@x.io"]),
        ("2fa:on", &["s@x.io", "a@x.io"]),
    ] {
        assert_eq!(found(&account, text), emails, "{text}");
    }
}

/// People who hold this and that, directly and through groups.
fn company() -> Account {
    let denied = policy(
        Access::Deny,
        &[&permission("Cache Purge", "", PermissionScope::Account)],
        &[&whole_account()],
    );
    let mut only_roles: Member = member(4, "roles@x.io", &[]);
    only_roles.roles = [role("Billing")].into();
    Account::new()
        .zone(7, "shop.example")
        .zone(8, "blog.example")
        .members(vec![
            member(1, "direct@x.io", &[dns_on(7)]),
            member(2, "through@x.io", &[]),
            member(3, "wide@x.io", &[allows("DNS"), denied]),
            only_roles,
            member(5, "nobody@x.io", &[]),
        ])
        .groups(vec![group(50, "prod dns", &[dns_on(8)]), group(51, "empty", &[])])
        .inside(50, &[2])
        .inside(51, &[2, 5])
}

#[test]
fn what_a_member_holds_counts_directly_and_through_groups() {
    let account = company();
    for (text, emails) in [
        ("group:prod", &["through@x.io"][..]),
        ("group:\"prod dns\"", &["through@x.io"]),
        ("group:^empty$", &["through@x.io", "nobody@x.io"]),
        ("!group:prod", &["direct@x.io", "wide@x.io", "roles@x.io", "nobody@x.io"]),
        ("permission:dns", &["direct@x.io", "through@x.io", "wide@x.io"]),
        ("permission:domain_dns", &["direct@x.io", "through@x.io"]),
        ("permission:billing", &["roles@x.io"]),
        ("role:dns", &["wide@x.io"]),
        ("role:billing", &["roles@x.io"]),
        ("permission:cache", &[]),
        ("zone:shop", &["direct@x.io"]),
        ("zone:example", &["direct@x.io", "through@x.io"]),
        ("zone:example !zone:shop", &["through@x.io"]),
        ("email:^wide", &["wide@x.io"]),
        ("name:direct", &["direct@x.io"]),
        ("group:empty no", &["nobody@x.io"]),
    ] {
        assert_eq!(found(&account, text), emails, "{text}");
    }
}

#[test]
fn groups_are_found_by_name_and_by_what_they_give() {
    let account = company();
    for (text, names) in [
        ("dns", &["prod dns"][..]),
        ("group:emp", &["empty"]),
        ("name:emp", &["empty"]),
        ("zone:blog", &["prod dns"]),
        ("permission:dns", &["prod dns"]),
        ("!zone:blog", &["empty"]),
    ] {
        assert_eq!(found_in(&account, &List::Groups, text, 1), names, "{text}");
    }
    let groups = List::MemberGroups(member_id(2));
    assert_eq!(found_in(&account, &groups, "dns", 9), ["prod dns"]);
}

#[test]
fn a_zone_that_cant_be_read_is_found_by_its_id_and_another_scope_by_its_key() {
    let dns = permission("Domain DNS", "", PermissionScope::Zone);
    let unread = policy(Access::Allow, &[&dns], &[&zones(None, "", &[0xabcd])]);
    let account = Account::new().members(vec![member(1, "a@x.io", &[unread])]);
    assert_eq!(found(&account, "zone:abcd"), ["a@x.io"]);
    assert_eq!(found(&account, "zone:shop"), [""; 0]);
}

#[test]
fn what_matched_is_marked_in_the_text_that_is_painted() {
    let filter = Filter::parse(&List::Members, "'mar email:x !zzz 2fa:on").unwrap();
    let mut marks = Highlighter::new(&filter);
    assert_eq!(marks.graphemes(ColumnId::Name, "Ana Mari\u{107}"), [4, 5, 6]);
    assert_eq!(marks.graphemes(ColumnId::Name, "e\u{301}e\u{301} Mar"), [3, 4, 5]);
    assert_eq!(marks.graphemes(ColumnId::Email, "mar@x.io"), [0, 1, 2, 4]);
    assert_eq!(marks.graphemes(ColumnId::Status, "marx"), [0u32; 0]);
    let end = Filter::parse(&List::Members, "io$").unwrap();
    let mut marks = Highlighter::new(&end);
    assert_eq!(marks.graphemes(ColumnId::Email, "mar@x.io"), [6, 7]);
    assert_eq!(marks.graphemes(ColumnId::Name, "mario…"), [0u32; 0]);
}

proptest! {
    /// However it is sliced and whatever was typed before, a filter leaves the same.
    #[test]
    fn slices_and_earlier_filters_do_not_change_what_is_left(
        emails in prop::collection::vec("[abc]{1,4}(\\.[abcé]{1,3})?@x", 1..30),
        texts in prop::collection::vec("[!^']?[abc]{1,2}[$]?( !?[abc])?", 1..6),
        budget in 1usize..9,
    ) {
        let emails: Vec<&str> = emails.iter().map(String::as_str).collect();
        let account = people(&emails);
        let directory = &account.directory;
        let rows: Arc<[Slot]> = List::Members.slots(directory).into();
        let mut search = Search::new(List::Members, Filter::default(), rows);
        for text in &texts {
            let filter = Filter::parse(&List::Members, text).unwrap();
            search = search.refine(filter);
            let sliced = loop {
                if let Some(rows) = search.step(directory, budget) {
                    break rows;
                }
            };
            let sliced: Vec<String> =
                sliced.iter().map(|slot| named(&account, &List::Members, *slot)).collect();
            prop_assert_eq!(sliced, found_in(&account, &List::Members, text, 1000));
        }
    }
}

#[test]
fn a_slice_tries_no_more_rows_than_its_budget() {
    let emails: Vec<String> = (0..20).map(|n| format!("m{n}@x.io")).collect();
    let account = people(&emails.iter().map(String::as_str).collect::<Vec<_>>());
    let filter = Filter::parse(&List::Members, "zzz").unwrap();
    let rows = List::Members.slots(&account.directory).into();
    let mut search = Search::new(List::Members, filter, rows);
    let steps = (1..100).find(|_| search.step(&account.directory, 5).is_some()).unwrap();
    assert_eq!(steps, 4);
}
