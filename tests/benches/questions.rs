//! Questions about access over 10,000 members and 500 groups. Run with: `cargo bench --bench questions`.
//!
//! Each question is asked as the console and the command line ask it, of an account that its lists' pages have filled:
//! one group has everybody in it, and one member is in every group. The fastest of several runs is held to the bar, since
//! other programs may have the machine for a while. One bar that is missed makes the exit status 1.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a bench, which reads a clock and prints"
)]

#[path = "support/account.rs"]
#[expect(dead_code, reason = "the console's bench opens the account, too")]
mod account;
#[path = "support/figure.rs"]
#[expect(dead_code, reason = "the other benches look at shares of many times")]
mod figure;

use std::collections::HashMap;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use account::Sized;
use cfiam::access::{
    Altered, Asked, Holding, Question, compare, explained, permissions_known, places_known, why_not,
};
use cfiam::domain::{
    Change, Collection, Directory, GroupId, Load, MemberId, MemberStatus, Membership, Now, Page,
    WalkId,
};
use cfiam::findings::{Inputs, RulesFile, check};
use figure::Figures;

const SIZED: Sized = Sized { members: 10_000, groups: 500, in_group: 200 };
const FRAME: Duration = Duration::from_millis(16);
const WHOLE: Duration = Duration::from_millis(200);
const FINDINGS: Duration = Duration::from_millis(100);
/// What one page may take from a frame.
const PAGE: Duration = Duration::from_millis(4);
const RUNS: usize = 40;

/// The fastest of several runs: the others had to wait for other programs.
fn fastest(mut run: impl FnMut()) -> Duration {
    let time = |_| {
        let began = Instant::now();
        run();
        began.elapsed()
    };
    (0..RUNS).map(time).min().unwrap_or_default()
}

struct Bench {
    directory: Directory,
    walks: u64,
}

impl Bench {
    fn read() -> Self {
        let mut bench = Self { directory: Directory::new(account::account().id), walks: 0 };
        for list in [
            Collection::Members,
            Collection::Groups,
            Collection::PermissionGroups,
            Collection::ResourceGroups,
            Collection::Zones,
        ] {
            let pages = SIZED.pages(&list);
            bench.walk(list, pages);
        }
        let all: Vec<MemberId> =
            bench.directory.members().values().map(|member| member.id.clone()).collect();
        for (at, (group, mut pages)) in SIZED.memberships().enumerate() {
            let more = if at == 0 { all.as_slice() } else { &all[..1] };
            let rows = more.iter().map(|member| Membership {
                member: member.clone(),
                email: "".into(),
                status: MemberStatus::Unknown,
            });
            pages.push(Page::GroupMembers(group.clone(), rows.collect()));
            bench.walk(Collection::GroupMembers(group), pages);
        }
        bench
    }

    fn walk(&mut self, collection: Collection, pages: Vec<Page>) {
        self.walks += 1;
        let (walk, now) = (WalkId(self.walks), Now::default());
        self.directory.absorb(Load::Begun { collection: collection.clone(), walk }, now);
        for page in pages {
            self.directory.absorb(Load::Page { walk, page, of: None, set_aside: 0 }, now);
        }
        self.directory.absorb(Load::Ended { collection, walk, gaps: Vec::new() }, now);
    }

    fn questions(&self, figures: &mut Figures) {
        let directory = &self.directory;
        let mut hold = |what: &str, time, bar| figures.hold_time(what, time, bar);
        let zone = "DNS on shop-7.example";
        for words in [zone, "DNS", "Minimal Account Access on account"] {
            let mut people = 0;
            let took = fastest(|| {
                let question = Question::read(directory, words).unwrap();
                people = black_box(Asked::new(directory, &question).who_can()).people.len();
            });
            println!("who can {words}: {people} of {}", directory.members().len());
            hold(&format!("who can {words}"), took, FRAME);
        }
        let question = Question::read(directory, zone).unwrap();
        let most = |number: &usize| {
            let row = directory.members().values().nth(*number).unwrap();
            (row.id.clone(), directory.groups_of(&row.id).len())
        };
        let [(all, groups), (some, few)] = [most(&0), most(&1_234)];
        for (who, number) in [(&all, groups), (&some, few)] {
            hold(
                &format!("explain somebody in {number} groups"),
                fastest(|| drop(black_box(explained(directory, who)))),
                FRAME,
            );
            hold(
                &format!("why, or why not, somebody in {number} groups"),
                fastest(|| {
                    drop(black_box(why_not(directory, who, &question)));
                    drop(black_box(Asked::new(directory, &question).proofs(who)));
                }),
                FRAME,
            );
        }
        let of = |who| Holding::of(directory, who);
        let two = fastest(|| drop(black_box(compare(&of(&all), &of(&some)))));
        hold("compare two members", two, FRAME);
        for (group, number) in self.groups() {
            hold(
                &format!("compare with what {number} members have in common"),
                fastest(|| {
                    let common = Holding::common(directory, &group);
                    drop(black_box(compare(&of(&some), &common)));
                }),
                FRAME,
            );
            // For everybody in a group it is told in slices while it is found, as a plan's impact is.
            let only = fastest(|| {
                let change = Change::Delete { group: group.clone(), name: "".into() };
                let altered = Altered::of(directory, std::iter::once(&change));
                for slot in directory.members_of(&group) {
                    let member = directory.members().at(*slot).unwrap();
                    drop(black_box(altered.difference(directory, &member.id)));
                }
            });
            let bar = if number == directory.members().len() { WHOLE } else { FRAME };
            hold(&format!("who has what only through a group of {number}"), only, bar);
        }
        let complete = fastest(|| {
            drop(black_box(permissions_known(directory)));
            drop(black_box(places_known(directory)));
        });
        hold("what a question can be completed to", complete, FRAME);
    }

    /// The group that everybody is in, and another.
    fn groups(&self) -> [(GroupId, usize); 2] {
        let mut groups = self.directory.groups().values().map(|group| group.id.clone());
        [groups.next(), groups.next()].map(|group| {
            let group = group.unwrap();
            let number = self.directory.members_of(&group).len();
            (group, number)
        })
    }

    /// The account's look-ups are the index: what a page and what is staged cost it.
    fn updates(&mut self, figures: &mut Figures) {
        let (group, _) = self.groups()[1].clone();
        let members = SIZED.pages(&Collection::Members);
        let rows = self.directory.members().values().take(500).map(|member| Membership {
            member: member.id.clone(),
            email: "".into(),
            status: MemberStatus::Unknown,
        });
        let inside = Page::GroupMembers(group, rows.collect());
        for (what, page) in [("50 members", members[3].clone()), ("500 of a group", inside)] {
            self.walks += 1;
            let (walk, collection) = (WalkId(self.walks), page.collection());
            self.directory.absorb(Load::Begun { collection, walk }, Now::default());
            let took = fastest(|| {
                let page = page.clone();
                let load = Load::Page { walk, page, of: None, set_aside: 0 };
                self.directory.absorb(load, Now::default());
            });
            figures.hold_time(&format!("a page of {what} more"), took, PAGE);
        }
        let directory = &self.directory;
        let everybody = directory.members().values().map(|member| member.id.clone());
        let groups = directory.group_ids();
        let staged: Vec<Change> =
            everybody.zip(groups).map(|(member, group)| Change::Remove { group, member }).collect();
        assert_eq!(staged.len(), 500);
        let took = fastest(|| drop(black_box(Altered::of(directory, staged.iter()))));
        figures.hold_time("500 changes more that are staged", took, PAGE);
    }

    fn findings(&self, figures: &mut Figures) {
        let (rules, invited) = (RulesFile::default(), HashMap::new());
        let now = "2026-11-25T00:00:00Z".parse().unwrap();
        let inputs = Inputs { directory: &self.directory, rules: &rules, invited: &invited, now };
        let mut found = 0;
        let took = fastest(|| found = check(inputs).findings.len());
        println!("{found} findings");
        figures.hold_time("all rules for findings", took, FINDINGS);
    }
}

fn main() -> ExitCode {
    let mut figures = Figures::default();
    let mut bench = Bench::read();
    let (members, groups) = (bench.directory.members().len(), bench.directory.groups().len());
    println!("{members} members, {groups} groups, the fastest of {RUNS} runs each");
    bench.questions(&mut figures);
    bench.findings(&mut figures);
    bench.updates(&mut figures);
    figures.exit()
}
