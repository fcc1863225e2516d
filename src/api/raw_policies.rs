//! The policies of a group or a member read for editing, as they came, so that what the person didn't touch goes back
//! unchanged. A write replaces all of them, so a key that is dropped here is lost for good.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::wire::{self, Envelope};
use crate::domain::{
    Fault, FaultKind, PermissionGroupId, PolicyContent, PolicyDraft, ResourceGroupId, Scope,
};

/// The policies of a group or a member as JSON text, as they came.
#[derive(Clone, Debug, Default)]
pub struct RawPolicies {
    policies: Vec<RawPolicy>,
    /// Whether what stands in the place of the policies can't be read.
    broken: bool,
}

/// One policy as it came.
#[derive(Clone, Debug)]
pub struct RawPolicy {
    /// What it says, to find it by; `None` where that can't be read.
    pub content: Option<PolicyContent>,
    text: Box<RawValue>,
}

/// One policy in the form in which it is written: without an id.
#[derive(Clone, Debug)]
pub struct PolicyBody {
    text: Box<RawValue>,
    unknown: Vec<String>,
}

/// What a permission group inside a policy tells readers only.
const TOLD_OF_PERMISSION_GROUPS: [&str; 6] =
    ["name", "meta", "status", "created_on", "modified_on", "permissions"];
/// What a resource group inside a policy tells readers only; the scope is one of these where there is an id.
const TOLD_OF_RESOURCE_GROUPS: [&str; 4] = ["name", "meta", "created_on", "modified_on"];

impl RawPolicies {
    /// Takes the policies out of an answer. They are kept as they came even where a text in them is mangled.
    pub(super) fn read(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let holder = Envelope::open(&text).ok().and_then(|envelope| envelope.result);
        match holder.map(policies) {
            Some(Ok(policies)) => Self { policies, broken: false },
            Some(Err(_)) | None => Self { policies: Vec::new(), broken: true },
        }
    }

    /// Why these policies can't be written; `None` if they can. A write replaces all of them, so one that
    /// can't go back, or of which it isn't known what it says, would be lost.
    pub fn locked(&self) -> Option<Fault> {
        if self.broken {
            return Some(unsendable(MANGLED));
        }
        self.policies.iter().find_map(|policy| match policy.sendable() {
            Err(fault) => Some(fault),
            Ok(_) if policy.content.is_none() => Some(unsendable(MANGLED)),
            Ok(_) => None,
        })
    }

    /// The policies in the order in which they came.
    pub fn policies(&self) -> &[RawPolicy] {
        &self.policies
    }
}

fn policies(holder: &RawValue) -> Result<Vec<RawPolicy>, &'static str> {
    let fields = object(holder)?;
    let list = fields.iter().find(|(key, _)| key == "policies").map(|(_, value)| *value);
    let items = wire::items(list).ok().ok_or(MANGLED)?;
    Ok(items.into_iter().map(|text| RawPolicy::new(text.to_owned())).collect())
}

impl RawPolicy {
    fn new(text: Box<RawValue>) -> Self {
        let readable = wire::readable(text.get().as_bytes());
        let content = serde_json::from_str(&readable).ok().and_then(wire::content);
        Self { content, text }
    }

    /// The policy in the form in which it is written: without its id and without what only readers are told;
    /// every other key stays as it came, byte for byte.
    ///
    /// # Errors
    /// A [`FaultKind::Refused`] that says why it can't be sent back.
    pub fn sendable(&self) -> Result<PolicyBody, Fault> {
        let mut out = Writer::default();
        let fields = object(&self.text).map_err(unsendable)?;
        let body = out.object(&fields, "", |out, key, value| match key {
            "id" => Ok(None),
            "permission_groups" => out.list(value, permission_group).map(Some),
            "resource_groups" => out.list(value, resource_group).map(Some),
            "access" => Ok(Some(value.get().to_owned())),
            _ => Ok(Some(out.unknown(key, value))),
        });
        let text = body.and_then(|body| RawValue::from_string(body).ok().ok_or(MANGLED));
        Ok(PolicyBody { text: text.map_err(unsendable)?, unknown: out.unknown })
    }
}

const MANGLED: &str = "it can't be read";
const TWICE: &str = "it tells a key twice";

fn unsendable(why: &'static str) -> Fault {
    Fault::new(
        FaultKind::Refused,
        format!("a policy that is there can't be sent back as it came: {why}"),
        "change these policies in the dashboard",
    )
}

fn permission_group(out: &mut Writer, raw: &RawValue) -> Result<String, &'static str> {
    let fields = object(raw)?;
    if text_of(&fields, "id").and_then(|id| PermissionGroupId::parse(&id)).is_none() {
        return Err("it names a permission group without an id");
    }
    out.object(&fields, "permission_groups.", |out, key, value| match key {
        "id" => Ok(Some(value.get().to_owned())),
        told if TOLD_OF_PERMISSION_GROUPS.contains(&told) => Ok(None),
        _ => Ok(Some(out.unknown(key, value))),
    })
}

fn resource_group(out: &mut Writer, raw: &RawValue) -> Result<String, &'static str> {
    let fields = object(raw)?;
    let by_id = match text_of(&fields, "id") {
        Some(id) if !id.is_empty() => {
            ResourceGroupId::parse(&id).ok_or("it names a resource group by an id that is none")?;
            true
        }
        _ => false,
    };
    let scope =
        fields.iter().find(|(key, _)| key == "scope").and_then(|(_, value)| one_scope(value));
    if !by_id && scope.is_none() {
        return Err("it names a resource group that has neither an id nor a scope");
    }
    out.object(&fields, "resource_groups.", |out, key, value| match key {
        "id" => Ok(by_id.then(|| value.get().to_owned())),
        "scope" => Ok(scope.clone().filter(|_| !by_id)),
        told if TOLD_OF_RESOURCE_GROUPS.contains(&told) => Ok(None),
        _ => Ok(Some(out.unknown(key, value))),
    })
}

/// A scope as it is written: an object. Some answers wrap the only one in an array.
fn one_scope(raw: &RawValue) -> Option<String> {
    if raw.get().starts_with('{') {
        return Some(raw.get().to_owned());
    }
    let scopes = wire::items(Some(raw)).ok()?;
    match scopes.as_slice() {
        [] => None,
        [only] => Some(only.get().to_owned()),
        _ => Some(raw.get().to_owned()),
    }
}

type Fields<'a> = Vec<(Cow<'a, str>, &'a RawValue)>;

/// Puts objects together again, and notes which keys were not known.
#[derive(Default)]
struct Writer {
    place: &'static str,
    unknown: Vec<String>,
}

impl Writer {
    fn object<'a>(
        &mut self,
        fields: &Fields<'a>,
        place: &'static str,
        mut keep: impl FnMut(&mut Self, &str, &'a RawValue) -> Result<Option<String>, &'static str>,
    ) -> Result<String, &'static str> {
        let mut kept = Vec::with_capacity(fields.len());
        for (key, value) in fields {
            self.place = place;
            if let Some(text) = keep(self, key, value)? {
                let key = serde_json::to_string(key).ok().ok_or(MANGLED)?;
                kept.push(format!("{key}:{text}"));
            }
        }
        Ok(format!("{{{}}}", kept.join(",")))
    }

    fn list(
        &mut self,
        raw: &RawValue,
        item: impl Fn(&mut Self, &RawValue) -> Result<String, &'static str>,
    ) -> Result<String, &'static str> {
        let items = wire::items(Some(raw)).ok().ok_or(MANGLED)?;
        let items: Result<Vec<_>, _> = items.into_iter().map(|raw| item(self, raw)).collect();
        Ok(format!("[{}]", items?.join(",")))
    }

    fn unknown(&mut self, key: &str, value: &RawValue) -> String {
        let name = format!("{}{key}", self.place);
        if !self.unknown.contains(&name) {
            self.unknown.push(name);
        }
        value.get().to_owned()
    }
}

/// The fields of an object in their order; a key that is told twice makes it unreadable.
fn object(raw: &RawValue) -> Result<Fields<'_>, &'static str> {
    struct Ordered<'a>(Fields<'a>);
    impl<'de: 'a, 'a> Deserialize<'de> for Ordered<'a> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Reader;
            impl<'de> Visitor<'de> for Reader {
                type Value = Fields<'de>;
                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                    let mut fields = Vec::new();
                    while let Some((key, value)) = map.next_entry::<Cow<'de, str>, &RawValue>()? {
                        fields.push((key, value));
                    }
                    Ok(fields)
                }
            }
            deserializer.deserialize_map(Reader).map(Self)
        }
    }
    let Ordered(fields) = serde_json::from_str(raw.get()).ok().ok_or(MANGLED)?;
    let mut keys: Vec<_> = fields.iter().map(|(key, _)| key).collect();
    keys.sort_unstable();
    if keys.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        return Err(TWICE);
    }
    Ok(fields)
}

fn text_of(fields: &Fields<'_>, key: &str) -> Option<String> {
    let (_, value) = fields.iter().find(|(k, _)| k == key)?;
    serde_json::from_str(value.get()).ok()
}

impl PolicyBody {
    /// The JSON text that is sent.
    pub fn text(&self) -> &str {
        self.text.get()
    }

    /// Keys that this program doesn't know and sends back as they came.
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }
}

impl Serialize for PolicyBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

/// A policy that the person wrote, or one that was there and is written anew.
pub fn policy_body(draft: &PolicyDraft) -> PolicyBody {
    #[derive(Serialize)]
    struct Named<'a, T> {
        id: &'a T,
    }
    #[derive(Serialize)]
    struct Body<'a> {
        access: &'a str,
        permission_groups: Vec<Named<'a, PermissionGroupId>>,
        resource_groups: Vec<Value>,
    }
    let ids = draft.resource_groups.iter().map(|id| json!({ "id": id }));
    let body = Body {
        access: draft.access.as_wire(),
        permission_groups: draft.permission_groups.iter().map(|id| Named { id }).collect(),
        resource_groups: ids.chain(draft.scopes.iter().map(|these| by_scopes(these))).collect(),
    };
    // Texts and ids alone always make JSON.
    let text = serde_json::value::to_raw_value(&body).unwrap_or_else(|_| RawValue::NULL.to_owned());
    PolicyBody { text, unknown: Vec::new() }
}

/// What has no id, as it is written: the one scope as an object, several as a list.
fn by_scopes(scopes: &[Scope]) -> Value {
    let one = |scope: &Scope| {
        let objects: Vec<Value> = scope.objects.iter().map(|key| json!({ "key": key })).collect();
        json!({ "key": scope.key, "objects": objects })
    };
    match scopes {
        [only] => json!({ "scope": one(only) }),
        several => json!({ "scope": several.iter().map(one).collect::<Vec<_>>() }),
    }
}

#[cfg(test)]
mod tests;
