//! `list` and `show` of members, groups and the organization's members.

use serde_json::{Value, json};

use crate::access::{Highest, Path, grants, scope_words};
use crate::api;
use crate::domain::{
    Collection, Directory, Group, GroupId, Member, MemberId, MemberStatus, OrganizationMember,
    OrganizationMemberId, PermissionGroup,
};
use crate::rows::{
    Cell, Head, List, RowId, Sheet, in_order, policies_words, policy_value, sheet, status_words,
};
use crate::text;

use super::answer::{Answer, Facts};
use super::named::{gone, group_named, member_named, organization_member_named};
use super::session::Session;
use super::{Refusal, Status, ask};

/// Which members are listed.
#[derive(clap::Args, Debug)]
pub struct ListMembers {
    /// Only those with this status, as the service is asked for it: accepted, pending, rejected
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    #[command(flatten)]
    answer: Answer,
}

/// Which groups are listed.
#[derive(clap::Args, Debug)]
pub struct ListGroups {
    /// Only the one with exactly this name, as the service is asked for it
    #[arg(long)]
    name: Option<String>,
    /// Only those whose name contains this, as the service is asked for it
    #[arg(long, value_name = "TEXT")]
    contains: Option<String>,
    /// Only the one with this id, as the service is asked for it
    #[arg(long)]
    id: Option<String>,
    #[command(flatten)]
    answer: Answer,
}

/// Which members of the organization are listed.
#[derive(clap::Args, Debug)]
pub struct ListOrganization {
    /// Only those with one of these statuses, as the service is asked for it: active, pending, rejected, canceled
    #[arg(long, value_name = "STATUS")]
    status: Vec<String>,
    /// Only those whose e-mail contains this, as the service is asked for it
    #[arg(long, value_name = "TEXT")]
    contains: Option<String>,
    #[command(flatten)]
    answer: Answer,
}

/// A member, or a group.
#[derive(clap::Args, Debug)]
pub struct Show {
    /// Which one: a member by e-mail, a group by its exact name, either by id
    #[arg(value_name = "NAME")]
    who: String,
    #[command(flatten)]
    answer: Answer,
}

impl ListMembers {
    /// Prints the members.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        if self.status.is_some() {
            let account = session.account().clone();
            let order = api::MemberOrder::default();
            session.read_part(&api::List::Members {
                account,
                status: self.status.clone(),
                order,
            })?;
        }
        session.read([Collection::Members])?;
        let missing = session.read_access()?;
        self.answer.allow(&missing)?;
        Ok(self.answer.rows(&all(&List::Members, &session.directory)))
    }
}

impl ListGroups {
    /// Prints the groups.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        let id = self.id.as_deref().map(group_id).transpose()?;
        if self.name.is_some() || self.contains.is_some() || id.is_some() {
            session.read_part(&api::List::Groups {
                account: session.account().clone(),
                fuzzy_name: self.contains.clone(),
                name: self.name.clone(),
                id,
                direction: api::Direction::default(),
            })?;
        }
        session.read([Collection::Groups])?;
        let mut missing = session.missing(&[Collection::Groups]);
        missing.extend(session.read_what_can([Collection::ResourceGroups])?);
        missing.extend(session.read_all_inside()?);
        session.read_names()?;
        self.answer.allow(&missing)?;
        Ok(self.answer.rows(&all(&List::Groups, &session.directory)))
    }
}

impl ListOrganization {
    /// Prints the organization's members.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        let organization = session.find_organization()?;
        session.read_part(&api::List::OrganizationMembers {
            organization,
            status: self.status.clone(),
            email_contains: self.contains.clone(),
        })?;
        self.answer.allow(&session.missing(&[Collection::OrganizationMembers]))?;
        Ok(self.answer.rows(&all(&List::Organization, &session.directory)))
    }
}

fn all(list: &List, directory: &Directory) -> Sheet {
    sheet(list, directory, &in_order(list, directory))
}

fn group_id(text: &str) -> Result<GroupId, Refusal> {
    GroupId::parse(text).ok_or_else(|| Refusal::usage(format!("{text:?} is no id")))
}

impl Show {
    /// Prints a member with everything that it holds, and how.
    pub(super) fn member(&self, session: &mut Session) -> Result<Status, Refusal> {
        session.read([Collection::Members])?;
        let missing = session.read_access()?;
        session.read_names()?;
        let id = member_named(&session.directory, &self.who)?;
        let groups = session.directory.groups_of(&id).iter();
        let groups = groups.filter_map(|slot| session.directory.groups().at(*slot));
        let pairs: Vec<_> = groups.map(|group| (group.id.clone(), id.clone())).collect();
        session.read_dates(&pairs)?;
        self.answer.allow(&missing)?;
        let directory = &session.directory;
        let list = List::MemberGroups(id.clone());
        let Some(member) = directory.members().get(&id) else { return Err(gone(&self.who)) };
        let (groups, held) = (all(&list, directory), held(directory, &id));
        let row = all_of(&List::Members, directory, &RowId::Member(id.clone()));
        let whole = member_value(row, member, &groups, &held);
        let facts = member_facts(directory, member, &list);
        Ok(self.answer.one(facts, &[&groups, &held], &whole))
    }

    /// Prints a group with its policies and members.
    pub(super) fn group(&self, session: &mut Session) -> Result<Status, Refusal> {
        session.read([Collection::Groups])?;
        let mut missing = session.missing(&[Collection::Groups]);
        let id = group_named(&session.directory, &self.who)?;
        session.read([Collection::Members])?;
        session.read_members_of(std::slice::from_ref(&id))?;
        missing
            .extend(session.missing(&[Collection::Members, Collection::GroupMembers(id.clone())]));
        missing.extend(session.read_what_can([Collection::ResourceGroups])?);
        session.read_names()?;
        self.answer.allow(&missing)?;
        let directory = &session.directory;
        let Some(group) = directory.groups().get(&id) else { return Err(gone(&self.who)) };
        let members = all(&List::GroupMembers(id.clone()), directory);
        let mut row = all_of(&List::Groups, directory, &RowId::Group(id.clone()));
        put(&mut row, "created", group.created_on.map(|at| at.to_string()).into());
        put(&mut row, "members", members.json());
        Ok(self.answer.one(group_facts(directory, group), &[&members], &row))
    }

    /// Prints a member of the organization with everything that it holds.
    pub(super) fn organization_member(&self, session: &mut Session) -> Result<Status, Refusal> {
        let organization = session.find_organization()?;
        let id = if let Some(id) = self.organization_id() {
            id
        } else {
            session.read_part(&api::List::organization_members(organization.clone()))?;
            organization_member_named(&session.directory, &self.who)?
        };
        session.read_organization_member(&organization, &id)?;
        let directory = &session.directory;
        let Some(member) = directory.organization_members().get(&id) else {
            return Err(gone(&self.who));
        };
        let mut row = all_of(&List::Organization, directory, &RowId::OrganizationMember(id));
        put(&mut row, "user_id", member.user.as_ref().map(ToString::to_string).into());
        put(&mut row, "updated", member.updated.map(|at| at.to_string()).into());
        put(&mut row, "meta", member.meta.clone());
        Ok(self.answer.one(organization_facts(member), &[], &row))
    }

    /// What was named, where it can't be an e-mail.
    fn organization_id(&self) -> Option<OrganizationMemberId> {
        OrganizationMemberId::parse(&self.who)
    }
}

/// One row of a list, as programs read it.
fn all_of(list: &List, directory: &Directory, id: &RowId) -> Value {
    let slot = list.slot(directory, id);
    let mut rows = sheet(list, directory, slot.as_slice()).json();
    rows.get_mut(0).map(Value::take).unwrap_or_default()
}

fn put(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(fields) = object {
        fields.insert(key.to_owned(), value);
    }
}

fn member_value(mut row: Value, member: &Member, groups: &Sheet, held: &Sheet) -> Value {
    let roles = member.roles.iter().map(|role| json!({ "id": role.id, "name": role.name }));
    let policies = member.policies.as_ref();
    put(&mut row, "user_id", member.user.as_ref().map(ToString::to_string).into());
    put(&mut row, "roles", roles.collect());
    put(
        &mut row,
        "policies",
        policies.map(|all| all.iter().map(|one| policy_value(one)).collect::<Value>()).into(),
    );
    put(&mut row, "groups", groups.json());
    put(&mut row, "grants", held.json());
    row
}

fn member_facts(directory: &Directory, member: &Member, groups: &List) -> Facts {
    let level =
        directory.members().slot(&member.id).map(|slot| crate::access::highest(directory, slot));
    let level = match (&member.status, level) {
        (MemberStatus::Pending, _) => "none yet",
        (_, level) => level.unwrap_or(Highest::NotKnown).words(),
    };
    Facts::new()
        .with("e-mail", &*member.email)
        .with("name", &*member.name)
        .with("status", status_words(&member.status))
        .with("2FA", crate::rows::two_factor_words(member.two_factor))
        .with("highest access", level)
        .with("groups", text::count(groups.size(directory)))
        .with("id", member.id.to_string())
}

fn group_facts(directory: &Directory, group: &Group) -> Facts {
    let policies = group.policies();
    let mut facts = Facts::new()
        .with("group", &*group.name)
        .with("members", text::count(directory.members_of(&group.id).len()));
    for (number, policy) in (1..).zip(policies) {
        let what = if number == 1 { "policies" } else { "" };
        facts = facts.with(what, policies_words(directory, std::slice::from_ref(policy)));
    }
    if policies.is_empty() {
        facts = facts.with("policies", policies_words(directory, policies));
    }
    facts.with("id", group.id.to_string())
}

fn organization_facts(member: &OrganizationMember) -> Facts {
    Facts::new()
        .with("e-mail", &*member.email)
        .with("name", &*member.name)
        .with("status", status_words(&member.status))
        .with("2FA", crate::rows::two_factor_words(member.two_factor))
        .with("since", member.since.map(text::date).unwrap_or_default())
        .with("id", member.id.to_string())
        .with("meta", member.meta.to_string())
}

/// What a member holds, grant by grant, each with the paths to it.
fn held(directory: &Directory, member: &MemberId) -> Sheet {
    let mut sheet = Sheet::new([
        Head::text("access", "ACCESS"),
        Head::text("permission_group", "WHAT"),
        Head::text("scope", "ON"),
        Head::text("through", "THROUGH"),
        Head::id("permission_group_id"),
    ]);
    for grant in grants(directory, member) {
        let paths = grant.paths.iter().map(|path| match path {
            Path::Direct => "directly".to_owned(),
            Path::Group(id) => ask::group_name(directory, id),
        });
        let paths: Vec<String> = paths.collect();
        sheet.push([
            Cell::text(grant.access.as_wire()),
            Cell::text(permission_name(&grant.permission_group)),
            Cell::text(scope_words(directory, &grant.resource_group)),
            Cell::new(paths.join(", "), paths),
            Cell::text(grant.permission_group.id.to_string()),
        ]);
    }
    sheet
}

fn permission_name(group: &PermissionGroup) -> String {
    if group.name.is_empty() { group.id.to_string() } else { group.name.to_string() }
}
