use super::*;
use crate::domain::{GroupId, MemberId};

fn bad(list: &List, text: &str) -> String {
    Filter::parse(list, text).unwrap_err().to_string()
}

fn read(text: &str) -> Filter {
    Filter::parse(&List::Members, text).unwrap()
}

#[test]
fn the_signs_around_a_word_say_how_it_is_matched() {
    for (text, negative, kind, needle) in [
        ("leo", false, AtomKind::Fuzzy, "leo"),
        ("'leo", false, AtomKind::Substring, "leo"),
        ("^leo", false, AtomKind::Prefix, "leo"),
        ("leo$", false, AtomKind::Postfix, "leo"),
        ("^leo$", false, AtomKind::Exact, "leo"),
        ("!leo", true, AtomKind::Substring, "leo"),
        ("!^leo", true, AtomKind::Prefix, "leo"),
        ("\"leo chen\"", false, AtomKind::Fuzzy, "leo chen"),
        ("'a:b", false, AtomKind::Substring, "a:b"),
        ("10.0.0.1:80", false, AtomKind::Fuzzy, "10.0.0.1:80"),
        ("LEO", false, AtomKind::Fuzzy, "leo"),
    ] {
        let filter = read(text);
        let [Term { negative: is_negative, test: Test::Word(atom) }] = &filter.terms[..] else {
            panic!("{text}: {filter:?}")
        };
        let told = (*is_negative, atom.kind, atom.needle_text().to_string());
        assert_eq!(told, (negative, kind, needle.to_owned()), "{text}");
    }
}

#[test]
fn a_filter_that_cant_be_read_says_why() {
    let members = List::Members;
    assert!(bad(&members, "leo groop:dns").starts_with("no field groop: here, only status, 2fa,"));
    assert!(bad(&members, "groop:dns").ends_with("write 'groop:…"));
    assert_eq!(bad(&members, "2fa:maybe"), "2fa is on, off or unknown");
    assert_eq!(bad(&members, "status:"), "status: what? Write a value behind it");
    assert_eq!(bad(&members, "!status:!"), "status: what? Write a value behind it");
    assert_eq!(bad(&members, "leo !"), "! stands alone: write a word with it");
    for sign in ["^", "$", "'", "!^", "^$", "!'"] {
        assert!(bad(&members, sign).contains("stands alone"), "{sign}");
    }
    assert_eq!(bad(&members, "group:\"prod dns"), "a quote \" is not closed");
    assert!(bad(&List::Groups, "email:x").starts_with("no field email: here, only name,"));
    assert!(bad(&List::Organization, "group:x").contains("only status, 2fa, name, email"));
}

#[test]
fn each_list_takes_the_fields_that_its_rows_have() {
    let (group, member) = (GroupId::parse("a").unwrap(), MemberId::parse("b").unwrap());
    for list in [
        List::Members,
        List::Groups,
        List::Organization,
        List::GroupMembers(group),
        List::MemberGroups(member),
    ] {
        for field in Field::of(&list) {
            let value = if *field == Field::TwoFactor { "on" } else { "x" };
            assert!(Filter::parse(&list, &format!("{}:{value}", field.word())).is_ok());
        }
    }
    assert!(Filter::parse(&List::Groups, "group:dns").is_ok(), "a group's own name");
}

#[test]
fn white_space_alone_lets_everything_through() {
    assert!(read("").is_empty() && read("  \t ").is_empty() && !read("a").is_empty());
}

#[test]
fn a_filter_narrows_another_only_where_it_can_let_through_no_other_row() {
    for (narrow, wide) in [
        ("leo", "le"),
        ("leo chen", "leo"),
        ("leo che", "leo ch"),
        ("^leo", "^l"),
        ("leo !ana", "leo"),
        ("leo group:dns", "leo group:d"),
        ("status:pend", "status:p"),
        ("2fa:on leo", "2fa:on"),
        ("leo", ""),
        ("chen leo", "leo"),
    ] {
        assert!(read(narrow).narrows(&read(wide)), "{narrow} {wide}");
    }
    for (other, wide) in [
        ("le", "leo"),
        ("!leo", "!le"),
        ("leo", "'le"),
        ("leo$", "o$"),
        ("^leo$", "^le$"),
        ("", "leo"),
        ("group:dns", "zone:dns"),
        ("2fa:on", "2fa:off"),
        ("xleo", "leo"),
    ] {
        assert!(!read(other).narrows(&read(wide)), "{other} {wide}");
    }
}

#[test]
fn a_filter_tells_whether_its_outcome_waits_for_the_groups() {
    for (text, asks) in
        [("group:dns", true), ("!zone:x", true), ("leo status:pending 2fa:on", false)]
    {
        assert_eq!(read(text).asks_for_groups(), asks, "{text}");
    }
    let of_groups = Filter::parse(&List::Groups, "2fa:off").unwrap();
    assert!(of_groups.asks_for_groups(), "it is asked of the groups' members");
}
