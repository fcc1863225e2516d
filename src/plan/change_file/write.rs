//! A change file as text.

use std::fmt::Write as _;

use super::{ChangeFile, GroupPart, MemberPart, PolicyPart};
use crate::config::Given;
use crate::domain::Access;
use crate::text;

/// What a list is at most as wide as to stand in one line.
const WIDE: usize = 100;

impl ChangeFile {
    /// The text, which reads back as the same. Foreign names in it can't draw themselves: what is not plainly visible
    /// is escaped.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        if let Some(account) = &self.account {
            line(&mut out, "account", &quoted(&account.value));
        }
        for part in &self.groups {
            group(&mut out, part);
        }
        for part in &self.members {
            member(&mut out, part);
        }
        out
    }
}

fn group(out: &mut String, part: &GroupPart) {
    let name = table(out, "groups", &part.group.value);
    flags(out, &[("create", part.create), ("delete", part.delete)]);
    if let Some(to) = &part.rename {
        line(out, "rename", &quoted(&to.value));
    }
    if let Some(members) = &part.members {
        line(out, "members", &list(members));
    }
    for (key, people) in [("add", &part.add), ("remove", &part.remove)] {
        if !people.is_empty() {
            line(out, key, &list(people));
        }
    }
    policies(out, &name, part.policies.as_deref());
}

fn member(out: &mut String, part: &MemberPart) {
    let name = table(out, "members", &part.member.value);
    flags(out, &[("invite", part.invite), ("remove", part.remove)]);
    policies(out, &name, part.policies.as_deref());
}

/// Begins a table, and gives its whole name.
fn table(out: &mut String, of: &str, name: &str) -> String {
    let name = format!("{of}.{}", key(name));
    if !out.is_empty() {
        out.push('\n');
    }
    // Writing to a text never fails.
    let _ = writeln!(out, "[{name}]");
    name
}

fn flags(out: &mut String, flags: &[(&str, bool)]) {
    for (key, _) in flags.iter().filter(|(_, flag)| *flag) {
        line(out, key, "true");
    }
}

fn policies(out: &mut String, table: &str, policies: Option<&[PolicyPart]>) {
    match policies {
        None => {}
        Some([]) => line(out, "policies", "[]"),
        Some(policies) => policies.iter().for_each(|part| policy(out, table, part)),
    }
}

fn policy(out: &mut String, table: &str, part: &PolicyPart) {
    let _ = writeln!(out, "\n[[{table}.policies]]");
    if part.access != Access::Allow {
        line(out, "access", &quoted(part.access.as_wire()));
    }
    line(out, "permission_groups", &list(&part.permission_groups));
    line(out, "scopes", &list(&part.scopes));
}

fn line(out: &mut String, key: &str, value: &str) {
    let _ = writeln!(out, "{key} = {value}");
}

fn list(texts: &[Given<String>]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(&text.value)).collect();
    let short = texts.join(", ");
    if text::width(&short) <= WIDE {
        return format!("[{short}]");
    }
    texts.iter().fold("[\n".to_owned(), |list, text| list + "    " + text + ",\n") + "]"
}

/// A key, bare where it can be.
fn key(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if !name.is_empty() && name.bytes().all(plain) { name.to_owned() } else { quoted(name) }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if is_plain(c) => out.push(c),
            c => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
        }
    }
    out + "\""
}

/// Whether a character shows itself as what it is.
fn is_plain(c: char) -> bool {
    matches!(text::safe(c.encode_utf8(&mut [0; 4])), std::borrow::Cow::Borrowed(_))
}
