//! How many requests the console sends. Those of many processes in five minutes of virtual time are counted beside
//! the pacer, in `src/api/pace`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::company::{Company, is_read, options};

const LONG: Duration = Duration::from_mins(2);
/// What stands around the lists: accounts, the account, the token, its user, their membership and member, the
/// organization; and the small lists: permission groups, resource groups, zones, the organization's members.
const AROUND: usize = 11;

/// Loads an account whole; how many requests it took, and the fewest that its page sizes allow.
fn load(members: u32, groups: u32) -> (usize, usize) {
    let company = Company::start(options(members, groups));
    let mut console = company.allow(100_000).console();
    console.wait_for("the whole account", LONG, is_read);
    console.wait_until_quiet(Duration::from_secs(1), LONG);
    let mut asked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let requests = company.server.requests();
    for seen in &requests {
        asked.entry(seen.path.clone()).or_default().insert(seen.query.clone());
    }
    let account = format!("/accounts/{}", company.server.account_id());
    let mut fewest = (members as usize).div_ceil(50) + (groups as usize).div_ceil(500);
    asked.remove(&format!("{account}/members"));
    asked.remove(&format!("{account}/iam/user_groups"));
    for (group, _) in company.server.groups() {
        fewest += company.server.memberships(&group).len().div_ceil(500).max(1);
        asked.remove(&format!("{account}/iam/user_groups/{group}/members"));
    }
    assert!(asked.len() <= AROUND, "what is this for? {:?}", asked.keys());
    fewest += asked.values().map(BTreeSet::len).sum::<usize>();
    (requests.len(), fewest)
}

#[test]
fn a_full_load_takes_the_fewest_requests_that_the_page_sizes_allow_and_one_in_fifty() {
    for (members, groups) in [(240, 18), (1_000, 60), (10_000, 500)] {
        let (took, fewest) = load(members, groups);
        let bar = fewest + fewest / 50;
        println!(
            "figure: requests to load {members} members and {groups} groups: {took} (fewest {fewest}, bar {bar})"
        );
        assert!((fewest..=bar).contains(&took), "{took} requests, {fewest} would do");
    }
}

#[test]
fn two_consoles_of_one_credential_keep_one_budget() {
    const CEILING: usize = 50;
    let company = Company::start(options(1_000, 60));
    company.allow(50);
    let mut consoles = [company.console(), company.console()];
    for console in &mut consoles {
        console.wait_for("the wait for the budget", LONG, |screen| screen.contains("held up"));
    }
    // Bulk reads may have four fifths of it, and each has more to read than that. What has its place in the budget may
    // still be on its way when the screens say that they wait.
    let least = CEILING * 4 / 5;
    let came = |_: &str| company.server.requests().len() >= least;
    consoles[0].wait_for("what was on its way", LONG, came);
    let sent = company.server.requests().len();
    println!("figure: requests of 2 processes in 300 s: {sent} (bar {CEILING})");
    assert!((least..=CEILING).contains(&sent), "{sent}");
}

#[test]
fn a30_the_first_rows_of_100_000_members_can_be_used_while_the_rest_is_still_to_come() {
    let company = Company::start(options(100_000, 18));
    // The service goes silent after a few pages: everything that follows happens while it loads.
    company.server.add_fault("GET /accounts/*/members 10-: hang".parse().unwrap());
    let mut console = company.console();
    let loading = |screen: &str| screen.contains("of 100,000 members");
    console
        .wait_for("the first rows", LONG, |screen| loading(screen) && screen.contains(".example"));
    console.keys("/adebayo");
    console.wait_for("the filtered rows", LONG, |screen| {
        let rows: Vec<&str> = screen.lines().filter(|line| line.contains(".example")).collect();
        !rows.is_empty() && rows.iter().all(|row| row.contains("adebayo"))
    });
    console.keys("\r");
    console.wait_for("the member's page", LONG, |screen| screen.contains("GROUPS"));
    assert!(loading(&console.text()), "{}", console.text());
    let asked = company.server.requests().len();
    println!("figure: requests while 100,000 members load from a silent service: {asked}");
    assert!(asked < 100, "a service that is silent is not asked on and on: {asked}");
}
