//! A snapshot, read: its rows are absorbed into a directory as if the service had just sent them.

use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::lines::{Bad, In};
use super::rows::{
    AccountRow, GroupRow, Known, MemberRow, OrganizationMemberRow, OrganizationRow,
    PermissionGroupRow, Policies, PolicyRow, ResourceGroupRow, Word, ZoneRow, half_read,
};
use super::{FIRST, LISTS, VERSION};
use crate::domain::{
    Account, Collection, Directory, Fault, Gap, Group, GroupId, Load, Member, MemberId,
    MemberStatus, Membership, Now, Page, Snapshot, WalkId,
};

/// How many rows are absorbed at once.
const CHUNK: usize = 1_000;
/// The walk of everything that a snapshot brings. No walk over the service has this number.
const WALK: WalkId = WalkId(0);

/// What stands at the head of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The account.
    pub account: Account,
    /// When it was taken.
    pub taken: Timestamp,
}

/// Reads the head alone: nothing of it is proved by the checksum yet.
pub(super) fn head<R: BufRead>(lines: &mut In<R>) -> Result<Head, Bad> {
    match lines.first(FIRST)? {
        version if version > u64::from(VERSION) => Err(Bad::Newer(version)),
        0 => Err(Bad::NoSnapshot),
        _ => {
            let taken = lines.value("taken")?;
            Ok(Head { account: lines.value::<AccountRow>("account")?.into(), taken })
        }
    }
}

/// Reads all of a snapshot. Nothing of it is given before its checksum has been looked at.
pub(super) fn read(from: impl BufRead) -> Result<Snapshot, Bad> {
    let mut lines = In::new(from);
    let Head { account, taken } = head(&mut lines)?;
    let mut directory = Directory::new(account.id.clone());
    directory.account = account;
    let organization: Option<OrganizationRow> = lines.value("organization")?;
    directory.organization = organization.map(Into::into);
    let read: BTreeMap<String, Known> = lines.value("read")?;
    let now = Now { wall: taken, since_start: Duration::ZERO };
    let mut reader = Reader {
        directory,
        now,
        read,
        policies: Policies::new(),
        is_walk: false,
        unlisted: HashMap::new(),
    };
    reader.catalogue(&mut lines)?;
    reader.members(&mut lines)?;
    reader.groups(&mut lines)?;
    let page = Page::OrganizationMembers;
    reader.rows(
        &mut lines,
        "organization_members",
        |row: OrganizationMemberRow| row.into(),
        page,
    )?;
    lines.end()?;
    Ok(Snapshot { directory: reader.directory, taken })
}

struct Reader {
    directory: Directory,
    now: Now,
    read: BTreeMap<String, Known>,
    policies: Policies,
    /// Whether the rows that come are a walk's.
    is_walk: bool,
    /// Members of whom only groups speak.
    unlisted: HashMap<MemberId, (Box<str>, MemberStatus)>,
}

impl Reader {
    fn catalogue<R: BufRead>(&mut self, lines: &mut In<R>) -> Result<(), Bad> {
        let row = |row: PermissionGroupRow| row.into();
        self.rows(lines, "permission_groups", row, Page::PermissionGroups)?;
        let row = |row: ResourceGroupRow| row.into();
        self.rows(lines, "resource_groups", row, Page::ResourceGroups)?;
        self.rows(lines, "zones", |row: ZoneRow| row.into(), Page::Zones)?;
        let policies = &mut self.policies;
        lines.list("policies", |row: PolicyRow| {
            let (key, policy) = row.policy();
            policies.insert(key, Arc::new(policy));
            Ok(())
        })
    }

    /// A list whose rows need nothing but themselves.
    fn rows<R: BufRead, T: serde::de::DeserializeOwned, D>(
        &mut self,
        lines: &mut In<R>,
        name: &str,
        row: impl Fn(T) -> D,
        page: impl Fn(Vec<D>) -> Page,
    ) -> Result<(), Bad> {
        let (list, known) = self.of(name);
        self.begin(&list, known.standing);
        let mut rows = Vec::new();
        lines.list(name, |one: T| {
            rows.push(row(one));
            if rows.len() == CHUNK {
                self.page(page(mem::take(&mut rows)));
            }
            Ok(())
        })?;
        self.page(page(rows));
        self.end(&list, &known);
        Ok(())
    }

    fn members<R: BufRead>(&mut self, lines: &mut In<R>) -> Result<(), Bad> {
        let (list, known) = self.of("members");
        self.begin(&list, known.standing);
        let mut rows: Vec<Member> = Vec::new();
        lines.list("members", |row: MemberRow| {
            if !row.listed {
                let status = MemberStatus::from_wire(row.status.as_deref());
                self.unlisted.insert(row.id, (row.email, status));
                return Ok(());
            }
            rows.push(row.member(&self.policies)?);
            if rows.len() == CHUNK {
                self.page(Page::Members(mem::take(&mut rows)));
            }
            Ok(())
        })?;
        self.page(Page::Members(rows));
        self.end(&list, &known);
        Ok(())
    }

    fn groups<R: BufRead>(&mut self, lines: &mut In<R>) -> Result<(), Bad> {
        let (list, known) = self.of("groups");
        self.begin(&list, known.standing);
        lines.list("groups", |mut row: GroupRow| {
            let group: Group = row.group(&self.policies)?;
            let id = group.id.clone();
            self.is_walk = known.standing != Word::Unread;
            self.page(Page::Groups(vec![group]));
            self.inside(id, &row.read, row.members)
        })?;
        self.end(&list, &known);
        Ok(())
    }

    fn inside(
        &mut self,
        group: GroupId,
        read: &Known,
        members: Vec<MemberId>,
    ) -> Result<(), String> {
        let list = Collection::GroupMembers(group.clone());
        let mut rows = Vec::with_capacity(members.len());
        for member in members {
            let known = self.unlisted.get(&member).cloned();
            if known.is_none() && self.directory.members().get(&member).is_none() {
                return Err("a member of a group is missing".to_owned());
            }
            let (email, status) = known.unwrap_or_else(|| ("".into(), MemberStatus::Unknown));
            rows.push(Membership { member, email, status });
        }
        self.begin(&list, read.standing);
        self.page(Page::GroupMembers(group, rows));
        self.end(&list, read);
        Ok(())
    }

    fn begin(&mut self, collection: &Collection, standing: Word) {
        self.is_walk = standing != Word::Unread;
        if self.is_walk {
            self.absorb(Load::Begun { collection: collection.clone(), walk: WALK });
        }
    }

    /// Rows of a list that was never read whole are single ones.
    fn page(&mut self, page: Page) {
        self.absorb(if self.is_walk {
            Load::Page { walk: WALK, page, of: None, set_aside: 0 }
        } else {
            Load::Rows(page)
        });
    }

    fn end(&mut self, collection: &Collection, known: &Known) {
        match (known.standing, &known.failed) {
            (Word::Unread, None) => return,
            // It failed before the first row.
            (Word::Unread, Some(_)) => {
                self.absorb(Load::Begun { collection: collection.clone(), walk: WALK });
            }
            _ => {}
        }
        finish(&mut self.directory, collection, known, self.now);
    }

    /// The list of a name, and how far it can be trusted.
    fn of(&mut self, name: &str) -> (Collection, Known) {
        let list = LISTS.iter().find(|(known, _)| *known == name);
        let collection = list.map_or(Collection::Members, |(_, collection)| collection.clone());
        (collection, self.read.remove(name).unwrap_or_default())
    }

    fn absorb(&mut self, load: Load) {
        self.directory.absorb(load, self.now);
    }
}

/// Ends a walk as the one ended that brought these rows when they were read from the service.
fn finish(directory: &mut Directory, collection: &Collection, known: &Known, now: Now) {
    let failed = |fault: Fault| Load::Failed { collection: collection.clone(), walk: WALK, fault };
    match (known.standing, &known.failed) {
        (Word::Complete | Word::Partial, then) => {
            let gaps: Vec<Gap> = known.gaps();
            directory.absorb(Load::Ended { collection: collection.clone(), walk: WALK, gaps }, now);
            if let Some(fault) = then {
                directory.absorb(Load::Begun { collection: collection.clone(), walk: WALK }, now);
                directory.absorb(failed(fault.clone()), now);
            }
        }
        (Word::Unread | Word::Begun | Word::Forbidden, fault) => {
            directory.absorb(failed(fault.clone().unwrap_or_else(half_read)), now);
        }
    }
}
