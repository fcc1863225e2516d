//! Policies, resource groups and scopes.

use serde_json::{Map, Value};

use super::{Id, Kind};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::emulator) enum Access {
    Allow,
    Deny,
}

impl Access {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "allow" => Some(Self::Allow),
            "deny" => Some(Self::Deny),
            _ => None,
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// A policy. Its id changes at every write, and its order among others means nothing.
#[derive(Clone)]
pub(in crate::emulator) struct Policy {
    pub id: Id,
    pub access: Access,
    pub permission_groups: Box<[Id]>,
    pub resource_groups: Box<[Id]>,
    /// Keys that this server has no meaning for. They are kept as sent, and lost where a write leaves them out.
    pub extra: Option<Box<Map<String, Value>>>,
}

/// What a resource group covers: a container and objects in it.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::emulator) struct Scope {
    pub key: Box<str>,
    pub objects: Vec<Box<str>>,
}

pub(in crate::emulator) const ACCOUNT_KEY: &str = "com.cloudflare.api.account";
pub(in crate::emulator) const ZONE_KEY: &str = "com.cloudflare.api.account.zone";

impl Scope {
    /// The whole account.
    pub fn account(account: Id) -> Self {
        Self { key: format!("{ACCOUNT_KEY}.{account}").into(), objects: vec!["*".into()] }
    }

    /// Some zones of an account.
    pub fn zones(account: Id, zones: &[Id]) -> Self {
        let objects = zones.iter().map(|zone| format!("{ZONE_KEY}.{zone}").into()).collect();
        Self { key: format!("{ACCOUNT_KEY}.{account}").into(), objects }
    }

    /// One zone in the form that old member policies have.
    pub fn old_zone(zone: Id) -> Self {
        Self { key: format!("{ZONE_KEY}.{zone}").into(), objects: vec!["*".into()] }
    }

    /// Which permission groups work on this scope.
    pub fn kind(&self) -> Kind {
        if self.key.starts_with(ZONE_KEY) || self.objects.iter().any(|o| o.starts_with(ZONE_KEY)) {
            Kind::Zone
        } else if self.objects.iter().all(|object| &**object == "*") {
            Kind::Account
        } else {
            Kind::Resource
        }
    }
}

#[derive(Clone)]
pub(in crate::emulator) struct ResourceGroup {
    pub id: Id,
    /// None: made from an inline scope; it is in no list, and policies tell its scope alone.
    pub name: Option<Box<str>>,
    pub scope: Scope,
    /// The account's own group, which can't be changed or deleted.
    pub built_in: bool,
}
