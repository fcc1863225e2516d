use super::*;
use crate::access::fixture::{
    Account, allows, dns_on, group, group_id, member, member_id, permission, resource_group, tag,
    whole_account, zones,
};
use crate::config::Mistake;
use crate::domain::{
    Change, Directory, GroupRef, Now, Page, PermissionScope, PolicyContent, PolicyDraft,
    PolicyEdit, StagedFor,
};
use crate::plan::{Plan, Staging};

/// Two groups, one of them with policies that have no id of their own, four members of whom two share an e-mail.
fn account() -> Account {
    let permissions = [
        permission("Domain DNS", "dns", PermissionScope::Zone),
        permission("Administrator", "", PermissionScope::Account),
        permission("Billing", "", PermissionScope::Account),
    ];
    let resources = [
        whole_account(),
        zones(Some(901), "eu zones", &[5, 6]),
        zones(Some(902), "", &[5]),
        resource_group(Some(903), "shop.example", vec![]),
    ];
    Account::new()
        .members(vec![
            member(11, "ana@x.example", &[]),
            member(12, "Leo@x.example", &[]),
            member(13, "twin@x.example", &[]),
            member(14, "twin@x.example", &[]),
        ])
        .groups(vec![
            group(21, "prod-dns", &[dns_on(5), allows("Administrator")]),
            group(22, "On call", &[]),
        ])
        .inside(21, &[11])
        .inside(22, &[11, 12])
        .rows(Page::PermissionGroups(permissions.map(|p| (*p).clone()).to_vec()))
        .walked(Page::ResourceGroups(resources.map(|r| (*r).clone()).to_vec()))
        .zone(5, "shop.example")
        .zone(6, "blog.example")
}

fn parsed(text: &str) -> ChangeFile {
    ChangeFile::parse("f.toml", text).unwrap_or_else(|told| panic!("{}", lines(&told)))
}

fn lines(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What is staged after a file was bound.
fn staged(text: &str, directory: &Directory) -> Staging {
    let mut staging = Staging::new(directory.account.id.clone());
    stage(text, &mut staging, directory).unwrap_or_else(|told| panic!("{told}"));
    staging
}

fn stage(text: &str, staging: &mut Staging, directory: &Directory) -> Result<(), String> {
    let changes = parsed(text).bind(staging, directory).map_err(|told| lines(&told))?;
    for change in changes {
        staging.stage(change, directory);
    }
    Ok(())
}

fn refused(text: &str, directory: &Directory) -> String {
    let mut staging = Staging::new(directory.account.id.clone());
    stage(text, &mut staging, directory).expect_err("it is bound")
}

const WHOLE: &str = r#"
    [groups.prod-dns]
    rename = "dns-production"
    add = ["leo@X.example"]
    remove = ["ana@x.example"]

    [groups."new group"]
    create = true
    add = ["ana@x.example"]
    [[groups."new group".policies]]
    permission_groups = ["Domain DNS", "Billing"]
    scopes = ["account", "eu zones"]

    [groups."On call"]
    delete = true
"#;

#[test]
fn names_become_ids_and_the_same_changes_as_by_hand() {
    let account = account();
    let staging = staged(WHOLE, &account.directory);
    let changes: Vec<&Change> = staging.changes().collect();
    let prod = group_id(21);
    let (dns, billing) = ("Domain DNS", "Billing");
    let mut permissions =
        [dns, billing].map(|name| permission(name, "", PermissionScope::Account).id.clone());
    permissions.sort();
    let Change::Create { group: draft, name, policies } = changes[3] else { panic!("{changes:?}") };
    assert_eq!(
        (&**name, policies[0].permission_groups.as_slice()),
        ("new group", &permissions[..])
    );
    let ids: Vec<String> = policies[0].resource_groups.iter().map(ToString::to_string).collect();
    assert_eq!(ids, [tag(900), tag(901)]);
    let rest = [changes[0], changes[1], changes[2], changes[4], changes[5]];
    assert_eq!(
        rest,
        [
            &Change::Rename {
                group: prod.clone(),
                from: "prod-dns".into(),
                to: "dns-production".into()
            },
            &Change::Add { group: prod.clone().into(), member: member_id(12) },
            &Change::Remove { group: prod, member: member_id(11) },
            &Change::Add { group: GroupRef::Draft(*draft), member: member_id(11) },
            &Change::Delete { group: group_id(22), name: "On call".into() },
        ]
    );
}

/// People.
const PEOPLE: &str = r#"
    [members."new@x.example"]
    invite = true
    policies = [{ permission_groups = ["Billing"], scopes = ["account"] }]

    [members."Leo@x.example"]
    remove = true

    [members."ana@x.example"]
    policies = [{ access = "deny", permission_groups = ["Billing"], scopes = ["eu zones"] }]
"#;

#[test]
fn people_are_invited_removed_and_given_policies_by_e_mail() {
    let account = account();
    let staging = staged(PEOPLE, &account.directory);
    let changes: Vec<&Change> = staging.changes().collect();
    let email = "Leo@x.example".into();
    let remove = Change::RemoveMember { member: member_id(12), email, pending: false };
    assert_eq!(changes[1], &remove);
    assert!(
        matches!(changes[0], Change::Invite { email, policies } if **email == *"new@x.example" && policies.len() == 1)
    );
    let Change::SetDirectPolicies { member, from, to } = changes[2] else { panic!("{changes:?}") };
    assert_eq!((member, from.len()), (&member_id(11), 0));
    assert!(matches!(&to[0], PolicyEdit::Write(draft) if draft.access == Access::Deny));
    let told = refused("[members.\"LEO@x.example\"]\ninvite = true\n", &account.directory);
    assert!(told.starts_with("f.toml:1: a person with this e-mail is in the account"), "{told}");
}

#[test]
fn no_file_replaces_the_members_of_a_group_in_one_call() {
    let account = account();
    let text = "[groups.\"On call\"]\nmembers = [\"ana@x.example\"]\nreplace = true\n";
    let told = ChangeFile::parse("f.toml", text).unwrap_err()[0].to_string();
    assert!(told.starts_with("f.toml:3: a change file replaces no members in one call"), "{told}");
    assert!(told.contains("--replace"), "{told}");
    // What is staged to be replaced is written as the members that there are to be.
    let (group, from) = (group_id(22), vec![member_id(11), member_id(12)]);
    let mut staging = Staging::new(account.directory.account.id.clone());
    staging
        .stage(Change::ReplaceMembers { group, from, to: vec![member_id(11)] }, &account.directory);
    let text = ChangeFile::of(&staging, &account.directory).to_text();
    assert!(text.contains("members = [") && !text.contains("replace"), "{text}");
}

#[test]
fn what_is_staged_by_a_file_is_the_file_again() {
    for text in [WHOLE, PEOPLE] {
        says_the_same_again(text);
    }
}

fn says_the_same_again(text: &str) {
    let account = account();
    let staging = staged(text, &account.directory);
    let text = ChangeFile::of(&staging, &account.directory).to_text();
    let again = staged(&text, &account.directory);
    assert_eq!(again.saved(), staging.saved(), "{text}");
    assert_eq!(ChangeFile::of(&again, &account.directory).to_text(), text);
    let id = |staging| Plan::build(staging, &account.directory, Now::default()).id;
    assert_eq!(id(&staging), id(&again));
    // People write the account or leave it out.
    let without = text.replace(&format!("account = \"{}\"\n", tag(1)), "");
    assert_ne!(without, text);
    assert_eq!(staged(&without, &account.directory).saved(), staging.saved());
}

#[test]
fn a_policy_that_is_there_stays_as_it_is_also_where_its_scope_has_no_id() {
    let account = account();
    let Some(prod) = account.directory.groups().get(&group_id(21)) else { panic!() };
    let contents: Vec<PolicyContent> = prod.policies().iter().map(|p| p.content()).collect();
    let billing = PolicyDraft {
        access: Access::Allow,
        permission_groups: vec![permission("Billing", "", PermissionScope::Account).id.clone()],
        resource_groups: vec![whole_account().id.clone().unwrap()],
        scopes: Vec::new(),
    };
    let to = vec![PolicyEdit::Keep(contents[0].clone()), PolicyEdit::Write(billing)];
    let change = Change::SetPolicies { group: group_id(21), from: contents, to };
    let saved = StagedFor { account: account.directory.account.id.clone(), changes: vec![change] };
    let staging = Staging::restore(saved.clone());
    let text = ChangeFile::of(&staging, &account.directory).to_text();
    assert!(text.contains("\"Domain DNS\"") && text.contains("\"shop.example\""), "{text}");
    assert_eq!(staged(&text, &account.directory).saved(), saved, "{text}");
}

#[test]
fn no_policies_and_exactly_these_members_can_be_said() {
    let account = account();
    let text =
        "[groups.prod-dns]\npolicies = []\n[groups.\"On call\"]\nmembers = [\"leo@x.example\", \"";
    let text = format!("{text}{}\"]\n", member_id(13));
    let staging = staged(&text, &account.directory);
    let changes: Vec<&Change> = staging.changes().collect();
    assert!(matches!(changes[0], Change::SetPolicies { to, .. } if to.is_empty()));
    assert_eq!(
        changes[1..],
        [
            &Change::Add { group: group_id(22).into(), member: member_id(13) },
            &Change::Remove { group: group_id(22), member: member_id(11) },
        ]
    );
}

#[test]
fn names_that_match_none_or_several_are_all_told_at_once_with_their_lines() {
    let told = refused(
        concat!(
            "[groups.PROD-DNS]\n",
            "add = [\"ana@x.example\", \"nobody@x.example\"]\n",
            "[groups.prod-dns]\n",
            "rename = \"On call\"\n",
            "remove = [\n",
            "  \"twin@x.example\",\n",
            "]\n",
            "[[groups.prod-dns.policies]]\n",
            "permission_groups = [\"Domain DSN\"]\n",
            "scopes = [\n",
            "  \"shop.example\",\n",
            "  \"nowhere.example\",\n",
            "]\n",
            "[groups.\"On call\"]\n",
            "create = true\n",
            "policies = [{ permission_groups = [\"Billing\"], scopes = [\"account\"] }]\n",
        ),
        &account().directory,
    );
    let starts = [
        "f.toml:1: no group is called \"PROD-DNS\"; there is \"prod-dns\"",
        "f.toml:2: no member has the e-mail nobody@x.example",
        "f.toml:4: there is a group called \"On call\" already",
        "f.toml:6: 2 members have the e-mail \"twin@x.example\": name the one by its id: ",
        "f.toml:9: no permission group is called \"Domain DSN\"",
        "f.toml:11: 2 scopes are called \"shop.example\": name the one by its id",
        "f.toml:12: no scope is called \"nowhere.example\"",
        "f.toml:14: there is a group called \"On call\" already",
    ];
    assert_eq!(told.lines().count(), starts.len(), "{told}");
    for (told, start) in told.lines().zip(starts) {
        assert!(told.starts_with(start), "{told} / {start}");
    }
}

#[test]
fn groups_that_are_to_have_one_name_are_told_each_with_its_line() {
    let account = account();
    let renamed = concat!(
        "[groups.prod-dns]\n",
        "rename = \"NEW\"\n",
        "[groups.\"On call\"]\n",
        "rename = \"NEW\"\n",
    );
    let twice = concat!(
        "f.toml:2: another group is to be called \"NEW\" too, as line 4 says\n",
        "f.toml:4: another group is to be called \"NEW\" too, as line 2 says",
    );
    assert_eq!(refused(renamed, &account.directory), twice);
    let created = concat!(
        "[groups.NEW]\n",
        "create = true\n",
        "policies = []\n",
        "[groups.prod-dns]\n",
        "rename = \"NEW\"\n",
    );
    let told = refused(created, &account.directory);
    assert!(
        told.starts_with("f.toml:1: another") && told.contains("\nf.toml:5: another"),
        "{told}"
    );
    let one_by_two_names =
        format!("[groups.prod-dns]\nrename = \"NEW\"\n[groups.{}]\nrename = \"NEW\"\n", tag(21));
    assert_eq!(staged(&one_by_two_names, &account.directory).len(), 1);
}

#[test]
fn what_is_wrong_with_the_file_itself_is_all_told_at_once_with_its_lines() {
    let text = concat!(
        "acount = \"x\"\n",
        "[groups.a]\n",
        "delete = true\n",
        "add = [\"ana@x.example\"]\n",
        "[groups.b]\n",
        "create = \"yes\"\n",
        "ad = []\n",
        "[groups.c]\n",
        "members = []\n",
        "remove = [\"ana@x.example\"]\n",
        "[groups.d]\n",
        "policies = [{ permission_groups = [], scope = [\"account\"] }]\n",
        "[groups.e]\n",
        "delete = true\n",
        "delete = true\n",
    );
    let told = lines(&ChangeFile::parse("f.toml", text).unwrap_err());
    let wanted = [
        "f.toml:1: \"acount\" is not known; known: account, groups, members",
        "f.toml:2: a group that is deleted can't be changed besides",
        "f.toml:6: create is true or false, not a string",
        "f.toml:7: \"ad\" is not known in a group; known: create, delete,",
        "f.toml:8: members says who is to be in the group",
        "f.toml:12: \"scope\" is not known in a policy; known: access, permission_groups, scopes",
        "f.toml:12: a policy names its permission_groups: there is none",
        "f.toml:12: a policy names its scopes: there is none",
        "f.toml:15: duplicate key",
    ];
    assert_eq!(told.lines().count(), wanted.len(), "{told}");
    for (told, start) in told.lines().zip(wanted) {
        assert!(told.starts_with(start), "{told} / {start}");
    }
}

#[test]
fn a_file_for_another_account_is_refused() {
    let told =
        refused("account = \"abc\"\n[groups.prod-dns]\ndelete = true\n", &account().directory);
    assert!(told.starts_with("f.toml:1: the file is for another account"), "{told}");
}

#[test]
fn a_group_that_is_there_just_as_it_is_to_be_created_is_the_group_that_is_meant() {
    let account = account();
    let text = "[groups.\"On call\"]\ncreate = true\nadd = [\"twin@x.example\"]\n";
    let text = text.replace("twin@x.example", &member_id(14).to_string());
    let changes: Vec<Change> = staged(&text, &account.directory).changes().cloned().collect();
    let add = Change::Add { group: group_id(22).into(), member: member_id(14) };
    assert_eq!(changes, [add]);
}

#[test]
fn a_file_that_is_opened_twice_stages_everything_once() {
    let account = account();
    let mut staging = staged(WHOLE, &account.directory);
    let once = staging.saved();
    stage(WHOLE.trim_start_matches("\n    [groups.\"On call\"]"), &mut staging, &account.directory)
        .unwrap_or_default();
    assert_eq!(staging.saved(), once);
}

#[test]
fn foreign_names_can_t_draw_themselves_and_read_back_as_they_are() {
    let name = "prod\u{202e}\"\\\n\u{7f}é";
    let file = ChangeFile::from(GroupPart {
        add: vec![Given::new("a\tb@x.example".to_owned(), "")],
        ..GroupPart::of(Given::new(name.to_owned(), ""))
    });
    let text = file.to_text();
    assert!(!text.contains(['\u{202e}', '\u{7f}', '\t']), "{text:?}");
    let read = parsed(&text);
    assert_eq!(read.groups[0].group.value, name);
    assert_eq!(read.groups[0].add[0].value, "a\tb@x.example");
}

#[test]
fn no_bytes_make_the_reader_panic() {
    proptest::proptest!(|(text in "[\\[\\]a-z=\"'.#\n {}0-9,]{0,80}|(\\[groups\\.[a-c]\\]|add = |policies = |\\[|\\]|\\{|\\}|\"x\"|,|\n){0,20}|\\PC{0,60}")| {
        if let Ok(file) = ChangeFile::parse("f.toml", &text) {
            let again = ChangeFile::parse("f.toml", &file.to_text());
            proptest::prop_assert!(again.is_ok(), "{:?} of {text:?}", again);
        }
    });
}
