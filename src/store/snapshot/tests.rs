use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use proptest::prelude::*;

use super::read::read;
use super::write::write;
use super::*;
use crate::access::fixture::{
    Account, allows, dns_on, group, group_id, member, role, whole_account, zones,
};
use crate::domain::{
    Directory, Fault, FaultKind, Gap, Load, MemberId, MemberStatus, Membership, Now, Page,
    Snapshot, Standing, TwoFactor, WalkId,
};
use crate::store::Store;

const ZALGO: &str = "a\u{202e}\"\\\n\u{1b}[2J\u{e0001}é";

fn people() -> Vec<crate::domain::Member> {
    let mut invited = member(11, "new@x.io", &[]);
    (invited.status, invited.two_factor) = (MemberStatus::Pending, TwoFactor::Unknown);
    (invited.policies, invited.name) = (None, ZALGO.into());
    invited.roles = [role("DNS"), role("Billing")].into();
    vec![member(10, "leo@x.io", &[allows("Billing"), dns_on(1)]), invited]
}

fn account() -> Account {
    Account::new()
        .walked(Page::ResourceGroups(vec![
            (*whole_account()).clone(),
            (*zones(Some(7), "eu", &[1])).clone(),
        ]))
        .walked(Page::Zones(vec![]))
        .zone(1, "shop.example")
        .members(people())
        .groups(vec![group(50, "dns", &[dns_on(1), allows("Zaraz")]), group(51, "empty", &[])])
        .inside(50, &[10, 11])
}

fn snapshot(directory: &Directory) -> Snapshot {
    let taken = "2026-11-24T09:30:00Z".parse().unwrap();
    Snapshot { directory: directory.clone(), taken }
}

fn bytes(directory: &Directory) -> Vec<u8> {
    write(Vec::new(), &snapshot(directory)).unwrap()
}

/// Both are the same, line by line.
#[track_caller]
fn same(one: &[u8], other: &[u8]) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (one, other) = (text(one), text(other));
    for (line, wanted) in one.lines().zip(other.lines()) {
        assert_eq!(line, wanted);
    }
    assert!(one == other);
}

fn told(bytes: &[u8]) -> String {
    format!("{:?}", read(bytes).expect_err("it is not read"))
}

#[test]
fn what_is_read_again_is_the_same_account_and_the_same_bytes() {
    let mut account = account();
    let gaps = vec![Gap::SetAside(2), Gap::Shifted];
    let walk = WalkId(99);
    let collection = Collection::PermissionGroups;
    for load in [
        Load::Begun { collection: collection.clone(), walk },
        Load::Ended { collection: collection.clone(), walk, gaps: gaps.clone() },
    ] {
        account.directory.absorb(load, Now::default());
    }
    let fault = Fault::new(FaultKind::Permission("Zone Read".into()), "reading the zones", "");
    let zones = Collection::Zones;
    for load in [
        Load::Begun { collection: zones.clone(), walk },
        Load::Failed {
            collection: zones.clone(),
            walk,
            fault: Fault { ray: Some("8f".into()), ..fault.clone() },
        },
    ] {
        account.directory.absorb(load, Now::default());
    }
    let first = bytes(&account.directory);
    let again = read(&first[..]).unwrap().directory;
    same(&bytes(&again), &first);
    assert_eq!(again.members_listed(), 2);
    for (slot, row) in account.directory.members().iter() {
        let mut row = row.clone();
        row.roles = {
            let mut roles = row.roles.to_vec();
            roles.sort();
            roles.into()
        };
        let mut read = again.members().get(&row.id).unwrap().clone();
        // Policies come sorted by their content: no order is the account's.
        let count = |row: &crate::domain::Member| row.policies.as_ref().map(|all| all.len());
        assert_eq!(count(&row), count(&read));
        (row.policies, read.policies) = (None, None);
        assert_eq!(read, row);
        assert_eq!(again.groups_of(&row.id).len(), account.directory.groups_at(slot).len());
    }
    assert_eq!(again.coverage(&collection).standing, Standing::Partial(gaps));
    assert_eq!(again.coverage(&zones).standing, Standing::Forbidden(fault));
    assert_eq!(again.knows_all_groups(), account.directory.knows_all_groups());
    assert_eq!(again.zones().len(), 1);
}

#[test]
fn the_same_account_comes_to_the_same_bytes_in_whatever_order_it_was_read() {
    let mut turned = people();
    turned.reverse();
    turned[1].policies = Some([dns_on(1), allows("Billing")].into());
    turned[0].roles = [role("Billing"), role("DNS")].into();
    let other = Account::new()
        .groups(vec![group(51, "empty", &[]), group(50, "dns", &[allows("Zaraz"), dns_on(1)])])
        .walked(Page::Zones(vec![]))
        .zone(1, "shop.example")
        .walked(Page::ResourceGroups(vec![
            (*zones(Some(7), "eu", &[1])).clone(),
            (*whole_account()).clone(),
        ]))
        .members(turned)
        .inside(50, &[11, 10]);
    let (one, other) = (bytes(&account().directory), bytes(&other.directory));
    same(&one, &other);
}

#[test]
fn a_member_of_whom_only_a_group_speaks_stays_one() {
    let row = Membership {
        member: MemberId::parse("abc").unwrap(),
        email: "ghost@x.io".into(),
        status: MemberStatus::Accepted,
    };
    let account = account().walked(Page::GroupMembers(group_id(51), vec![row]));
    let first = bytes(&account.directory);
    let again = read(&first[..]).unwrap().directory;
    let ghost = again.members().get(&MemberId::parse("abc").unwrap()).unwrap();
    assert_eq!((&*ghost.email, ghost.listed), ("ghost@x.io", false));
    same(&bytes(&again), &first);
}

#[test]
fn it_is_json_that_other_programs_read_and_nothing_in_it_can_draw_itself() {
    let text = String::from_utf8(bytes(&account().directory)).unwrap();
    assert!(!text.contains(['\u{202e}', '\u{1b}', '\u{e0001}']), "{text}");
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["cfiam_snapshot"], 1);
    assert_eq!(value["members"][1]["name"], ZALGO);
    assert_eq!(value["groups"][0]["members"].as_array().unwrap().len(), 2);
}

#[test]
fn each_flipped_bit_is_seen() {
    let good = bytes(&account().directory);
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        assert!(read(&bad[..]).is_err(), "byte {at}");
    }
}

#[test]
fn what_is_cut_off_or_added_is_seen() {
    let good = bytes(&account().directory);
    for length in 0..good.len() {
        assert!(read(&good[..length]).is_err(), "{length} bytes");
    }
    for more in ["\n", " ", "{}"] {
        assert!(
            told(&[&good[..], more.as_bytes()].concat()).contains("something follows"),
            "{more:?}"
        );
    }
}

#[test]
fn a_later_form_is_told_by_its_version_and_anything_else_is_no_snapshot() {
    let later = String::from_utf8(bytes(&account().directory)).unwrap();
    let later = later.replacen("\"cfiam_snapshot\":1", "\"cfiam_snapshot\":7", 1);
    assert_eq!(told(later.as_bytes()), "Newer(7)");
    for text in
        ["", "{", "{}", "cfiam", "\n\n", "{\"cfiam_snapshot\":0,\n", "{\"cfiam_snapshot\":x,\n"]
    {
        assert_eq!(told(text.as_bytes()), "NoSnapshot", "{text:?}");
    }
}

#[test]
fn k14_a_snapshot_is_named_by_account_and_moment_is_private_and_writes_over_nothing_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = snapshot(&account().directory);
    let store = Store::at(folder.path());
    let path = store.snapshot_file(&snapshot.directory.account.id, snapshot.taken).unwrap();
    assert!(path.ends_with("20261124T093000Z.json.zst"), "{path:?}");
    write_snapshot(&path, &snapshot, Over::No).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let refused = write_snapshot(&path, &snapshot, Over::No).unwrap_err();
    assert!(refused.what.contains("is there already"), "{refused}");
    write_snapshot(&path, &snapshot, Over::Yes).unwrap();
    let kept = store.snapshots(None).unwrap();
    assert_eq!((kept.len(), &kept[0].path), (1, &path));
    assert_eq!(kept[0].head.as_ref().unwrap().taken, snapshot.taken);
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn plain_and_compressed_hold_the_same_and_a_damaged_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = snapshot(&account().directory);
    let (plain, packed) = (folder.path().join("a.json"), folder.path().join("a.json.zst"));
    for path in [&plain, &packed] {
        write_snapshot(path, &snapshot, Over::No).unwrap();
        let again = read_snapshot(path).unwrap();
        same(&bytes(&again.directory), &bytes(&snapshot.directory));
    }
    let size = |path: &Path| fs::metadata(path).unwrap().len();
    assert!(size(&packed) < size(&plain));
    let whole = fs::read(&packed).unwrap();
    fs::File::create(&packed).unwrap().set_len(0).unwrap();
    assert!(read_snapshot(&packed).unwrap_err().what.contains("is no snapshot"));
    let half = fs::File::create(&packed).unwrap();
    std::io::Write::write_all(&mut &half, &whole[..whole.len() / 2]).unwrap();
    let told = read_snapshot(&packed).unwrap_err().what;
    assert!(told.contains("a.json.zst"), "{told}");
    assert!(
        read_snapshot(&folder.path().join("none")).unwrap_err().what.contains("there is no file")
    );
    assert!(read_snapshot(folder.path()).unwrap_err().what.contains("it is no file"));
}

proptest! {
    #[test]
    fn whatever_is_in_the_file_reading_it_ends_without_a_panic(junk in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(read(&junk[..]).is_err());
    }
}
