//! Ids, as newtypes over one compact form.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::DraftId;

/// An id as Cloudflare gives it. Most are "tags", 32 lower-case hex digits, and are kept in 16 bytes; ids of
/// organizations and their members contain other letters and are kept as text.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(Form);

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Form {
    Tag([u8; 16]),
    Text(Arc<str>),
    /// No id of the service's: see [`GroupId::draft`] and [`AccountId::none`].
    Draft(u32),
}

impl Id {
    /// The longest id that is taken, in characters.
    pub const LONGEST: usize = 64;

    /// Takes an id of 1 to 64 letters, digits, `-` or `_`: what can stand in a path without changing it.
    /// `None` for anything else, the empty text above all: a path with an empty id is another route.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > Self::LONGEST {
            return None;
        }
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return None;
        }
        Some(Self(tag(text).map_or_else(|| Form::Text(text.into()), Form::Tag)))
    }

    /// The last four characters, to tell look-alikes apart on the screen.
    pub fn tail(&self) -> String {
        let text = self.to_string();
        text.chars().skip(text.chars().count().saturating_sub(4)).collect()
    }
}

fn tag(text: &str) -> Option<[u8; 16]> {
    let bytes = text.as_bytes();
    if bytes.len() != 32 {
        return None;
    }
    let mut out = [0; 16];
    for (slot, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *slot = digit(*high)? << 4 | digit(*low)?;
    }
    Some(out)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Tag(bytes) => bytes.iter().try_for_each(|b| write!(f, "{b:02x}")),
            Form::Text(text) => f.write_str(text),
            Form::Draft(number) => write!(f, "draft {number}"),
        }
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("an id is 1 to 64 letters, digits, - or _"))
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Id);

        impl $name {
            /// Takes an id that can stand in a path; see [`Id::parse`].
            pub fn parse(text: &str) -> Option<Self> {
                Id::parse(text).map(Self)
            }

            /// The last four characters, to tell look-alikes apart on the screen.
            pub fn tail(&self) -> String {
                self.0.tail()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )*};
}

ids! {
    /// An account.
    AccountId
    /// An organization, which owns accounts. Not hex.
    OrganizationId
    /// An account membership: what group calls take. Not the user behind it.
    MemberId
    /// A member of an organization. Not hex.
    OrganizationMemberId
    /// The user behind a member: what `/user` answers.
    UserId
    /// An IAM user group.
    GroupId
    /// A permission group: what a policy grants.
    PermissionGroupId
    /// A resource group: what a policy grants it on.
    ResourceGroupId
    /// A zone (a domain).
    ZoneId
    /// An API token's id. Not the token.
    TokenId
}

impl AccountId {
    /// Stands for no account, where none is open. It is never sent: its text is no id.
    pub fn none() -> Self {
        Self(Id(Form::Draft(0)))
    }
}

impl GroupId {
    /// Stands for a group that is staged to be created, so that it can be shown and filled like one that is
    /// there. It is never sent: its text is no id.
    pub fn draft(draft: DraftId) -> Self {
        Self(Id(Form::Draft(draft.0)))
    }

    /// The staged creation that this stands for, if it does.
    pub fn as_draft(&self) -> Option<DraftId> {
        match self.0.0 {
            Form::Draft(number) => Some(DraftId(number)),
            _ => None,
        }
    }
}

impl MemberId {
    /// Stands for a person who is only to be invited, by the place among such. It is never sent: its text is no id.
    pub fn invited(place: u32) -> Self {
        Self(Id(Form::Draft(place)))
    }
}

impl PermissionGroupId {
    /// The permission group and role *Super Administrator - All Privileges*, the same in every account.
    pub const SUPER_ADMINISTRATOR: &str = "33666b9c79b9a5273fc7344ff42f953d";
    /// The permission group and role *Administrator*, the same in every account.
    pub const ADMINISTRATOR: &str = "05784afa30c1afe1440e79d9351c7430";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_keeps_its_text() {
        let id = Id::parse("33666b9c79b9a5273fc7344ff42f953d").unwrap();
        assert!(matches!(id.0, Form::Tag(_)));
        assert_eq!(id.to_string(), "33666b9c79b9a5273fc7344ff42f953d");
        assert_eq!(id.tail(), "953d");
    }

    #[test]
    fn an_id_that_is_not_hex_keeps_its_text_and_case() {
        for text in ["org_9Zq-x", "33666B9C79B9A5273FC7344FF42F953D", "a"] {
            assert_eq!(Id::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_draft_is_never_taken_for_an_id_of_the_service() {
        let draft = GroupId::draft(DraftId(3));
        assert_eq!(draft.as_draft(), Some(DraftId(3)));
        assert_eq!(GroupId::parse(&draft.to_string()), None);
    }

    #[test]
    fn a23_an_id_that_would_change_a_path_is_refused() {
        let long = "a".repeat(65);
        for text in ["", "../../tokens", "a/b", "a?c", "a b", "é", "a%2f", ".", long.as_str()] {
            assert_eq!(Id::parse(text), None, "{text:?}");
        }
    }
}
