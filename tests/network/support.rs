//! A client for a server of ours, and what it was told.

use std::sync::Arc;
use std::time::Duration;

use cfiam::api::{BaseUrl, Client, Credential, List, Settings, Timings, Traffic, Turn, Written};
use cfiam::domain::{
    AccountId, Fault, Gap, Group, GroupId, Load, Member, MemberId, Membership, OrganizationId,
    Page, RequestLine, Urgency, WalkId,
};
use tokio::sync::watch;

use crate::server::Server;

pub const TOKEN: &str = "seNtinel-token-0123456789";

/// The `n`th id.
pub fn id(n: u64) -> String {
    format!("{n:032x}")
}

pub fn account() -> AccountId {
    AccountId::parse(&id(0xacc0)).unwrap()
}

pub fn group() -> GroupId {
    GroupId::parse(&id(0x600)).unwrap()
}

pub fn organization() -> OrganizationId {
    OrganizationId::parse("orgAnization0").unwrap()
}

pub fn member(n: u64) -> MemberId {
    MemberId::parse(&id(n)).unwrap()
}

/// The usual waits, but hardly any between tries.
pub fn timings() -> Timings {
    let mut timings = Timings::default();
    timings.first_backoff = Duration::from_millis(1);
    timings.longest_backoff = Duration::from_millis(2);
    timings
}

/// A client with a token.
pub fn client(server: &Server) -> Client {
    client_with(server, |_| {})
}

pub fn client_with(server: &Server, change: impl FnOnce(&mut Settings)) -> Client {
    watched(&server.base_url(), change).0
}

/// The requests that a client has told of.
pub struct Lines(watch::Receiver<Vec<RequestLine>>);

impl Lines {
    pub fn all(&self) -> Vec<RequestLine> {
        self.0.borrow().clone()
    }
}

/// A client, and what it tells of its requests.
pub fn watched(base_url: &str, change: impl FnOnce(&mut Settings)) -> (Client, Lines) {
    let credential = Credential::token(TOKEN).unwrap();
    let mut settings = Settings::new(BaseUrl::parse(base_url).unwrap(), credential);
    settings.timings = timings();
    change(&mut settings);
    let (tell, lines) = watch::channel(Vec::new());
    let observer = Arc::new(move |traffic| {
        if let Traffic::Request(line) = traffic {
            tell.send_modify(|lines| lines.push(line));
        }
    });
    (Client::new(settings, observer).unwrap(), Lines(lines))
}

/// A read that is as good as any other.
pub async fn read(client: &Client) -> Result<Option<Member>, Fault> {
    let read = within(client.member(&account(), &member(1), Urgency::Screen)).await;
    read.map(|read| read.map(|read| read.member))
}

/// The turn of a write that nothing holds up.
pub async fn turn(client: &Client) -> Turn {
    within(client.turn(group().into())).await
}

/// A write that is as good as any other.
pub async fn write(client: &Client) -> Written {
    within(turn(client).await.add_members(&account(), &group(), &[member(1)])).await
}

/// Much longer than anything here takes: whoever needs this long hangs.
pub async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(1), work).await.expect("it ends by itself")
}

/// A list that was walked.
#[derive(Debug, Default)]
pub struct Walked {
    /// The pages of the last walk.
    pub pages: Vec<Page>,
    pub walks: u64,
    pub gaps: Vec<Gap>,
    pub failed: Option<Fault>,
}

pub async fn walk(client: &Client, list: &List) -> Walked {
    let mut walked = Walked::default();
    let mut last = 0;
    let next = || {
        last += 1;
        WalkId(last)
    };
    let sink = |load| match load {
        Load::Begun { .. } => {
            walked.walks += 1;
            walked.pages.clear();
        }
        Load::Page { page, .. } => walked.pages.push(page),
        Load::Ended { gaps, .. } => walked.gaps = gaps,
        Load::Failed { fault, .. } => walked.failed = Some(fault),
        other => panic!("{other:?}"),
    };
    within(client.walk(list, Urgency::Screen, next, sink)).await;
    walked
}

pub async fn members(client: &Client) -> Walked {
    walk(client, &List::members(account())).await
}

pub async fn groups(client: &Client) -> Walked {
    walk(client, &List::groups(account())).await
}

pub async fn group_members(client: &Client) -> Walked {
    walk(client, &List::group_members(account(), group())).await
}

impl Walked {
    pub fn members(&self) -> Vec<&Member> {
        let rows = self.pages.iter().map(|page| match page {
            Page::Members(rows) => rows,
            other => panic!("{other:?}"),
        });
        rows.flatten().collect()
    }

    pub fn groups(&self) -> Vec<&Group> {
        let rows = self.pages.iter().map(|page| match page {
            Page::Groups(rows) => rows,
            other => panic!("{other:?}"),
        });
        rows.flatten().collect()
    }

    pub fn group_members(&self) -> Vec<&Membership> {
        let rows = self.pages.iter().map(|page| match page {
            Page::GroupMembers(_, rows) => rows,
            other => panic!("{other:?}"),
        });
        rows.flatten().collect()
    }

    pub fn is_complete(&self) -> bool {
        self.failed.is_none() && self.gaps.is_empty()
    }
}

/// The JSON of a member.
pub fn a_member(n: u64) -> String {
    format!(r#"{{"id":"{}","email":"m{n:04}@example.com","status":"accepted"}}"#, id(n))
}

/// The JSON of these members.
pub fn some_members(numbers: impl IntoIterator<Item = u64>) -> String {
    let all: Vec<String> = numbers.into_iter().map(a_member).collect();
    format!("[{}]", all.join(","))
}
