//! How things look on the wire, in both shapes.

use serde_json::{Map, Value, json};

use super::Shapes;
use super::credentials::{Known, Standing};
use super::reply::object;
use super::world::dice::{derive, digest, mix};
use super::world::{
    Account, Group, Id, Joined, Member, OrgMember, Organization, PermissionGroup, Person, Policy,
    ResourceGroup, Role, Scope, Status, Zone,
};

/// How many zones an account of the company may hold.
const ZONE_QUOTA: usize = 400;

/// Writes things of one account.
#[derive(Clone, Copy)]
pub(super) struct Render<'a> {
    pub account: &'a Account,
    pub shapes: Shapes,
}

/// Where an answer stands: lists and single reads order what is in a policy differently, since no order is
/// promised.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    List,
    Alone,
}

impl Render<'_> {
    fn live(&self) -> bool {
        self.shapes == Shapes::Live
    }

    pub fn account(&self, organization: &Organization) -> Value {
        let account = self.account;
        json!({
            "id": account.id.to_string(),
            "name": account.name,
            "type": "enterprise",
            "created_on": account.created.text(6),
            "managed_by": {"parent_org_id": organization.id, "parent_org_name": organization.name},
            "settings": {
                "abuse_contact_email": null,
                "access_approval_expiry": null,
                "api_access_enabled": null,
                "default_nameservers": "cloudflare.standard",
                "enforce_twofactor": false,
            },
            "legacy_flags": {"enterprise_zone_quota": {"maximum": ZONE_QUOTA, "current": account.zones.len(), "available": ZONE_QUOTA.saturating_sub(account.zones.len())}},
        })
    }

    /// A member; `inherited` are policies that reach it through groups.
    pub fn member(&self, member: &Member, inherited: &[Policy], place: Place) -> Value {
        let roles: Vec<Value> = member
            .roles
            .iter()
            .filter_map(|id| self.account.catalogue.role(*id))
            .map(|r| self.role(r))
            .collect();
        let policies = member.policies.iter().chain(inherited);
        object([
            ("id", json!(member.id.to_string())),
            ("email", json!(&*member.person.email)),
            ("status", json!(member.status.word())),
            ("user", user_of(member)),
            ("roles", Value::Array(roles)),
            ("policies", self.policies(policies, place)),
        ])
    }

    pub fn group(&self, group: &Group, place: Place) -> Value {
        let digits = if self.live() { 6 } else { 4 };
        object([
            ("id", json!(group.id.to_string())),
            ("name", json!(&*group.name)),
            ("created_on", json!(group.created.text(digits))),
            ("modified_on", json!(group.modified.text(digits))),
            ("policies", self.policies(group.policies.iter(), place)),
        ])
    }

    /// A member as lists of a group's members and answers to writes have it. Live ones have no status.
    pub fn group_member(&self, member: Id) -> Value {
        let known = self.account.member(member);
        let mut shown = json!({"id": member.to_string(), "email": known.map(|m| &*m.person.email)});
        if let (false, Some(known), Value::Object(map)) = (self.live(), known, &mut shown) {
            map.insert("status".to_owned(), json!(known.status.word()));
        }
        shown
    }

    /// The only form that tells since when someone is in a group.
    pub fn group_member_alone(&self, joined: Joined) -> Value {
        let Some(member) = self.account.member(joined.member) else {
            return json!({"id": joined.member.to_string()});
        };
        json!({
            "id": joined.member.to_string(),
            "email": &*member.person.email,
            "status": member.status.word(),
            "created_at": joined.at.text(6),
            "user": {
                "id": member.person.user.to_string(),
                "email": &*member.person.email,
                "first_name": name(&member.person.first),
                "last_name": name(&member.person.last),
            },
        })
    }

    fn policies<'p>(&self, policies: impl Iterator<Item = &'p Policy>, place: Place) -> Value {
        let mut policies: Vec<&Policy> = policies.collect();
        policies.sort_by_key(|policy| shuffled(policy.id, policy.id, place));
        Value::Array(policies.into_iter().map(|policy| self.policy(policy, place)).collect())
    }

    fn policy(&self, policy: &Policy, place: Place) -> Value {
        let mut shown = policy.extra.as_deref().cloned().unwrap_or_default();
        let ordered = |ids: &[Id]| {
            let mut ids = ids.to_vec();
            ids.sort_by_key(|id| shuffled(policy.id, *id, place));
            ids
        };
        let permission_groups: Vec<Value> = ordered(&policy.permission_groups)
            .into_iter()
            .map(|id| {
                self.account
                    .catalogue
                    .permission_group(id)
                    .map_or_else(|| json!({"id": id.to_string()}), |group| self.granted(group))
            })
            .collect();
        let resource_groups: Vec<Value> = ordered(&policy.resource_groups)
            .into_iter()
            .map(|id| {
                self.account.resource_groups.get(&id).map_or_else(
                    || json!({"id": id.to_string()}),
                    |group| self.resource_group(group),
                )
            })
            .collect();
        shown.insert("id".to_owned(), json!(policy.id.to_string()));
        shown.insert("access".to_owned(), json!(policy.access.word()));
        shown.insert("permission_groups".to_owned(), Value::Array(permission_groups));
        shown.insert("resource_groups".to_owned(), Value::Array(resource_groups));
        Value::Object(shown)
    }

    /// A resource group; one that was made from an inline scope tells its scope alone.
    pub fn resource_group(&self, group: &ResourceGroup) -> Value {
        let scope = self.scope(&group.scope);
        match &group.name {
            None if self.live() => object([("scope", scope)]),
            None => object([("id", json!(group.id.to_string())), ("scope", scope)]),
            Some(name) => object([
                ("id", json!(group.id.to_string())),
                ("name", json!(&**name)),
                ("scope", scope),
                ("meta", json!({"editable": if group.built_in { "false" } else { "true" }})),
            ]),
        }
    }

    /// An object on the wire, an array in older documents.
    fn scope(&self, scope: &Scope) -> Value {
        let objects: Vec<Value> = scope.objects.iter().map(|key| json!({"key": &**key})).collect();
        let scope = object([("key", json!(&*scope.key)), ("objects", Value::Array(objects))]);
        if self.live() { scope } else { Value::Array(vec![scope]) }
    }

    /// A permission group as policies have it, and documents everywhere.
    fn granted(&self, group: &PermissionGroup) -> Value {
        object([
            ("id", json!(group.id.to_string())),
            ("name", json!(group.name)),
            ("meta", self.meta(group)),
        ])
    }

    pub fn permission_group(&self, group: &PermissionGroup) -> Value {
        if !self.live() {
            return self.granted(group);
        }
        json!({
            "id": group.id.to_string(),
            "name": group.name,
            "status": "V",
            "meta": self.meta(group),
            "created_on": group.created.text(6),
            "modified_on": group.created.text(6),
        })
    }

    /// An open map of strings on the wire, one key and one value in the schema.
    fn meta(&self, group: &PermissionGroup) -> Value {
        if self.live() {
            json!({
                "description": group.description,
                "editable": "false",
                "label": group.label,
                "scopes": group.scopes,
            })
        } else {
            json!({"key": "label", "value": group.label})
        }
    }

    /// The second verb is `edit` on the wire and `write` in the schema.
    fn second(&self) -> &'static str {
        if self.live() { "edit" } else { "write" }
    }

    pub fn role(&self, role: &Role) -> Value {
        let second = self.second();
        let permissions: Map<String, Value> = role
            .permissions
            .iter()
            .map(|(area, edit)| ((*area).to_owned(), json!({"read": true, second: edit})))
            .collect();
        object([
            ("id", json!(role.id.to_string())),
            ("name", json!(role.name)),
            ("description", json!(role.description)),
            ("permissions", Value::Object(permissions)),
        ])
    }

    pub fn zone(&self, zone: &Zone) -> Value {
        json!({
            "id": zone.id.to_string(),
            "name": &*zone.name,
            "status": "active",
            "paused": false,
            "type": "full",
            "development_mode": 0,
            "name_servers": ["ada.ns.example", "rob.ns.example"],
            "original_name_servers": null,
            "original_registrar": null,
            "original_dnshost": null,
            "modified_on": zone.created.text(6),
            "created_on": zone.created.text(6),
            "activated_on": zone.created.text(6),
            "meta": {"step": 2, "custom_certificate_quota": 1, "page_rule_quota": 125, "phishing_detected": false},
            "owner": {"id": null, "type": "user", "email": null},
            "account": {"id": self.account.id.to_string(), "name": self.account.name},
            "permissions": ["#dns_records:read", "#zone:read"],
            "plan": {"id": derive(0, "plan", 0).to_string(), "name": "Enterprise Website", "price": 0, "currency": "USD", "frequency": "", "is_subscribed": true, "can_subscribe": false, "legacy_id": "enterprise", "legacy_discount": false, "externally_managed": true},
        })
    }

    /// The caller's own view of an account. Roles are names here.
    pub fn membership(&self, member: &Member) -> Value {
        let roles: Vec<&crate::emulator::world::Role> =
            member.roles.iter().filter_map(|id| self.account.catalogue.role(*id)).collect();
        let second = self.second();
        let permissions: Map<String, Value> = roles
            .iter()
            .flat_map(|role| &role.permissions)
            .map(|(area, edit)| ((*area).to_owned(), json!({"read": true, second: edit})))
            .collect();
        let mut shown = json!({
            "id": derive(member.id.bits(), "membership", 0).to_string(),
            "status": member.status.word(),
            "account": {"id": self.account.id.to_string(), "name": self.account.name, "type": "enterprise", "created_on": self.account.created.text(6), "settings": {"enforce_twofactor": false}},
            "api_access_enabled": null,
            "permissions": permissions,
            "roles": roles.iter().map(|role| role.name).collect::<Vec<_>>(),
        });
        if let (false, Value::Object(map)) = (self.live(), &mut shown) {
            map.insert("policies".to_owned(), self.policies(member.policies.iter(), Place::List));
        }
        shown
    }
}

/// A place in an order that follows from the ids alone: a write makes new policy ids, hence another order.
fn shuffled(policy: Id, part: Id, place: Place) -> u64 {
    mix(policy.bits() ^ mix(part.bits() ^ u64::from(place == Place::Alone)))
}

fn name(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { json!(text) }
}

/// Of a pending member nothing is known but the e-mail.
fn user_of(member: &Member) -> Value {
    let person = &member.person;
    if member.status == Status::Pending {
        return json!({"id": "", "email": &*person.email, "first_name": null, "last_name": null, "two_factor_authentication_enabled": false});
    }
    json!({
        "id": person.user.to_string(),
        "email": &*person.email,
        "first_name": name(&person.first),
        "last_name": name(&person.last),
        "two_factor_authentication_enabled": person.two_factor,
    })
}

pub(super) fn user(person: &Person, accounts: &[Account]) -> Value {
    let organizations: Vec<Value> = accounts
        .iter()
        .map(|a| {
            json!({"id": a.id.to_string(), "name": a.name, "permissions": ["#zone:read"], "roles": ["Super Administrator - All Privileges"], "status": "member"})
        })
        .collect();
    json!({
        "id": person.user.to_string(),
        "email": &*person.email,
        "first_name": name(&person.first),
        "last_name": name(&person.last),
        "telephone": null,
        "country": null,
        "zipcode": null,
        "two_factor_authentication_enabled": person.two_factor,
        "two_factor_authentication_locked": false,
        "suspended": false,
        "has_pro_zones": false,
        "has_business_zones": false,
        "has_enterprise_zones": true,
        "betas": ["zone_level_access_beta"],
        "organizations": organizations,
    })
}

pub(super) fn organization(organization: &Organization) -> Value {
    json!({
        "id": organization.id,
        "name": organization.name,
        "create_time": organization.created.text(6),
        "meta": {"flags": {"account_creation": "true", "account_deletion": "false", "account_migration": "true", "account_mobility": "true", "sub_org_creation": "false"}},
        "parent": null,
    })
}

pub(super) fn org_member(member: &OrgMember) -> Value {
    json!({
        "id": member.id,
        "status": member.status,
        "create_time": member.created.text(6),
        "update_time": member.updated.text(6),
        "meta": {"source": {"kind": if digest(0, &member.id).is_multiple_of(3) { "sso" } else { "invite" }}},
        "user": {
            "id": member.user.map(|id| id.to_string()).unwrap_or_default(),
            "email": member.email,
            "name": member.name,
            "two_factor_authentication_enabled": member.two_factor,
        },
    })
}

/// What a verify call says of a token.
pub(super) fn token(known: &Known) -> Value {
    let status = match known.standing {
        Standing::Expired => "expired",
        Standing::Disabled => "disabled",
        _ => "active",
    };
    let mut shown = json!({"id": known.id.to_string(), "status": status});
    if let Value::Object(map) = &mut shown {
        for (key, moment) in [("expires_on", known.expires), ("not_before", known.not_before)] {
            if let Some(moment) = moment {
                map.insert(key.to_owned(), json!(moment.text(0)));
            }
        }
    }
    shown
}
