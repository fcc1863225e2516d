//! What questions read of an account: as far as it can be read, with what is missing in words.

use crate::api;
use crate::domain::{
    Collection, Directory, Fault, FaultKind, GroupId, Load, OrganizationId, OrganizationMemberId,
    Standing,
};
use crate::ops;
use crate::rows::gap_words;
use crate::text;

use super::session::{Session, called};
use super::{Refusal, Status};

impl Session {
    /// Reads only a part of a list, as the service filters it: what is left out counts as not there.
    pub fn read_part(&mut self, list: &api::List) -> Result<(), Refusal> {
        if self.is_snapshot() && !is_part(list) {
            return Ok(());
        }
        let (client, handle) = (self.service()?.clone(), self.handle().clone());
        let Self { directory, clock, .. } = self;
        let absorb = |load: Load| directory.absorb(load, clock.now());
        Ok(handle.block_on(ops::part(&client, list, absorb))?)
    }

    /// Reads lists as far as can be; what of them is missing. Only a credential that is refused ends it.
    pub fn read_what_can(
        &mut self,
        lists: impl IntoIterator<Item = Collection>,
    ) -> Result<Vec<String>, Refusal> {
        let lists: Vec<Collection> = lists.into_iter().collect();
        for list in &lists {
            let read = self.read([list.clone()]);
            self.go_on(std::slice::from_ref(list), read)?;
        }
        Ok(missing(&self.directory, &lists))
    }

    /// Reads who is in which group, as far as can be; what of it is missing.
    pub fn read_all_inside(&mut self) -> Result<Vec<String>, Refusal> {
        let groups: Vec<GroupId> = self.directory.group_ids().collect();
        self.read_inside(&groups)
    }

    /// Reads who is in some groups, as far as can be; what of it is missing.
    pub fn read_inside(&mut self, groups: &[GroupId]) -> Result<Vec<String>, Refusal> {
        let inside: Vec<Collection> =
            groups.iter().cloned().map(Collection::GroupMembers).collect();
        let read = self.read_members_of(groups);
        self.go_on(&inside, read)?;
        Ok(missing(&self.directory, &inside))
    }

    /// Reads what tells who has which access; what of it is missing.
    pub fn read_access(&mut self) -> Result<Vec<String>, Refusal> {
        let mut missing = self.read_what_can([
            Collection::Members,
            Collection::Groups,
            Collection::PermissionGroups,
            Collection::ResourceGroups,
        ])?;
        missing.extend(self.read_all_inside()?);
        Ok(missing)
    }

    /// Reads the whole account; what of it is missing. Zones and the organization's members are read where they can
    /// be: many who may administer an account may not see those.
    pub fn read_everything(&mut self) -> Result<Vec<String>, Refusal> {
        let organization = self.find_organization();
        let missing = self.read_access()?;
        self.read_names()?;
        if let Ok(organization) = organization {
            let list = api::List::organization_members(organization);
            let _where_it_can_be = self.read_part(&list);
        }
        Ok(missing)
    }

    /// Reads what zones are called. Where that is refused they go by their ids, and nothing is missing.
    pub fn read_names(&mut self) -> Result<(), Refusal> {
        self.read_what_can([Collection::Zones]).map(drop)
    }

    /// What of these lists is missing.
    pub fn missing(&self, lists: &[Collection]) -> Vec<String> {
        missing(&self.directory, lists)
    }

    /// The organization that is meant: the one that is named, else the one that the account belongs to, else the only
    /// one that the credential reaches.
    pub fn find_organization(&mut self) -> Result<OrganizationId, Refusal> {
        if self.is_snapshot() {
            let organization = self.directory.organization.as_ref().map(|it| it.id.clone());
            let none = || Refusal::new(Status::Failed, "the snapshot has no organization");
            return organization.ok_or_else(none);
        }
        let (account, client) = (self.account().clone(), self.service()?.clone());
        let named = self.organization.clone();
        let opened = ops::open(&client, &account, named.as_ref());
        let opened = self.handle().clone().block_on(opened);
        if let Ok(account) = opened.account {
            self.directory.account = account;
        }
        match opened.organizations?.as_slice() {
            [] => Err(Refusal::new(
                Status::Failed,
                "the account has no organization that this credential can see",
            )),
            [only] => {
                self.directory.organization = Some(only.clone());
                Ok(only.id.clone())
            }
            several => {
                let lines = several.iter().map(|one| format!("  {}  {}", one.id, one.name));
                let first = "there are several organizations: name one with --organization";
                let lines: Vec<String> = std::iter::once(first.to_owned()).chain(lines).collect();
                Err(Refusal::usage(lines.join("\n")))
            }
        }
    }

    /// Reads one member of the organization with everything it holds.
    pub fn read_organization_member(
        &mut self,
        organization: &OrganizationId,
        member: &OrganizationMemberId,
    ) -> Result<(), Refusal> {
        if self.is_snapshot() {
            return Ok(());
        }
        let (client, handle) = (self.service()?.clone(), self.handle().clone());
        let Self { directory, clock, .. } = self;
        let absorb = |load: Load| directory.absorb(load, clock.now());
        let reading = ops::organization_member(&client, organization, member, absorb);
        Ok(handle.block_on(reading)?)
    }

    /// Goes on after lists that could not be read, unless the credential is refused: then nothing else can be, too.
    fn go_on(&self, lists: &[Collection], read: Result<(), Refusal>) -> Result<(), Refusal> {
        let is_refused = |list: &Collection| {
            let failed = self.directory.coverage(list).failed.as_ref();
            failed.is_some_and(|fault| fault.kind == FaultKind::Credential)
        };
        if lists.iter().any(is_refused) { read } else { Ok(()) }
    }
}

/// Whether the service is to leave rows out.
fn is_part(list: &api::List) -> bool {
    match list {
        api::List::Members { status, .. } => status.is_some(),
        api::List::Groups { fuzzy_name, name, id, .. } => {
            fuzzy_name.is_some() || name.is_some() || id.is_some()
        }
        api::List::OrganizationMembers { status, email_contains, .. } => {
            !status.is_empty() || email_contains.is_some()
        }
        _ => false,
    }
}

/// What is missing of lists, a few words each; what is missing of many groups in the same way is said once.
pub(super) fn missing(directory: &Directory, lists: &[Collection]) -> Vec<String> {
    let mut told = Vec::new();
    let mut groups: Vec<(&GroupId, String)> = Vec::new();
    for list in lists {
        match (list, why(directory, list)) {
            (_, None) => {}
            (Collection::GroupMembers(group), Some(why)) => groups.push((group, why)),
            (list, Some(why)) => told.push(format!("{}: {why}", called(list))),
        }
    }
    if let Some((group, why)) = groups.first() {
        let name = directory.groups().get(group).map_or("", |group| &group.name);
        told.push(match groups.len() - 1 {
            0 => format!("who is in {name}: {why}"),
            1 => format!("who is in {name} and 1 other group: {why}"),
            more => format!("who is in {name} and {} other groups: {why}", text::count(more)),
        });
    }
    told
}

/// Why a list is not whole; `None` if it is.
fn why(directory: &Directory, list: &Collection) -> Option<String> {
    let coverage = directory.coverage(list);
    let fault = |fault: &Fault| fault.in_short();
    match (&coverage.standing, &coverage.failed) {
        (Standing::Complete, _) => None,
        (Standing::Forbidden(refused), _) => Some(fault(refused)),
        (_, Some(failed)) => Some(fault(failed)),
        (Standing::Partial(gaps), None) => {
            Some(gaps.iter().map(|gap| gap_words(gap, "row")).collect::<Vec<_>>().join(", "))
        }
        (Standing::Unread | Standing::Begun, None) => Some("not read".to_owned()),
    }
}
