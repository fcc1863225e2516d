//! A pasted list of members: one a line, commas, `Name <mail>`. Nothing of it is dropped silently.

use std::collections::{BTreeSet, HashMap};

use crate::domain::{Collection, Directory, Slot};
use crate::text::{self, Entry};

/// The most of a paste that is read, in bytes.
pub const LONGEST: usize = 1_000_000;

/// What a pasted list came to: every entry of it is in one of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// How many entries were pasted.
    pub entries: usize,
    /// The members that were found and can be picked.
    pub found: Vec<Slot>,
    /// How many were named more than once.
    pub repeated: usize,
    /// Those that are in already. Made safe already.
    pub already: Vec<String>,
    /// Those that no member answers to. Made safe already.
    pub unknown: Vec<String>,
    /// Those that several members answer to. Made safe already.
    pub ambiguous: Vec<String>,
    /// Whether the paste was longer than 1 MB and was cut there.
    pub cut: bool,
    /// Whether the account's members were still being read, so that who is unknown may be found yet.
    pub loading: bool,
    /// What was pasted, to be read again.
    text: String,
    /// How many members were known.
    among: usize,
}

impl Pasted {
    /// Whether it is to be read again: the members are all there now, or so many more that it pays.
    pub fn is_outdated(&self, directory: &Directory) -> bool {
        let known = directory.members().len();
        self.loading && (!is_loading(directory) || known > self.among + self.among / 4 + 50)
    }

    /// What was pasted so far, with more behind it.
    pub fn and(&self, more: &str) -> String {
        format!("{}\n{more}", self.text)
    }

    /// What was pasted.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many entries no member answers to, or several do.
    pub fn nobody(&self) -> usize {
        self.unknown.len() + self.ambiguous.len()
    }

    /// The entries that were not picked, each with the reason, the worst first.
    pub fn not_picked(&self) -> impl Iterator<Item = (&str, &'static str)> {
        [
            (
                &self.unknown,
                if self.loading {
                    "no member so far has this address"
                } else {
                    "no member has this address"
                },
            ),
            (&self.ambiguous, "several members have this address"),
            (&self.already, "in already"),
        ]
        .into_iter()
        .flat_map(|(entries, why)| entries.iter().map(move |entry| (entry.as_str(), why)))
    }
}

/// Whether pasted text is a list and not a piece of a filter.
pub fn is_list(pasted: &str) -> bool {
    pasted.trim().contains(['\n', '\r', ',', ';', '\t']) || pasted.contains('@')
}

/// Reads a pasted list. `is_in` tells who is in already.
pub fn read(pasted: &str, directory: &Directory, is_in: impl Fn(Slot) -> bool) -> Pasted {
    let mut end = pasted.len().min(LONGEST);
    while !pasted.is_char_boundary(end) {
        end -= 1;
    }
    let read = pasted.get(..end).unwrap_or_default();
    let mut outcome = Pasted {
        cut: end < pasted.len(),
        loading: is_loading(directory),
        text: read.to_owned(),
        among: directory.members().len(),
        ..Pasted::default()
    };
    let people = People::of(directory);
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for Entry { text: entry, address, .. } in text::entries(read) {
        outcome.entries += 1;
        let wanted = address.to_lowercase();
        if !seen.insert(wanted.clone()) {
            outcome.repeated += 1;
            continue;
        }
        match people.named(&wanted) {
            [] => outcome.unknown.push(text::safe_capped(entry).into_owned()),
            [slot] if is_in(*slot) => outcome.already.push(text::safe_capped(entry).into_owned()),
            [slot] => outcome.found.push(*slot),
            _ => outcome.ambiguous.push(text::safe_capped(entry).into_owned()),
        }
    }
    outcome
}

/// Whether the account's members are being read, or have yet to be.
fn is_loading(directory: &Directory) -> bool {
    let coverage = directory.coverage(&Collection::Members);
    coverage.walk.is_some() || !coverage.is_whole() && coverage.failed.is_none()
}

/// The account's members by e-mail, in lower case: a name is never taken for a person.
struct People(HashMap<String, Vec<Slot>>);

impl People {
    fn of(directory: &Directory) -> Self {
        let mut people: HashMap<String, Vec<Slot>> = HashMap::new();
        for (slot, member) in
            directory.members().iter().filter(|(_, member)| !member.email.is_empty())
        {
            people.entry(member.email.to_lowercase()).or_default().push(slot);
        }
        Self(people)
    }

    fn named(&self, email: &str) -> &[Slot] {
        self.0.get(email).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AccountId, Load, Member, MemberId, MemberStatus, Now, Page};

    fn directory(emails: &[&str]) -> Directory {
        let mut directory = Directory::new(AccountId::parse("acc").unwrap());
        let member = |(n, email): (usize, &&str)| {
            Member::from_group(
                MemberId::parse(&format!("m{n}")).unwrap(),
                email,
                MemberStatus::Accepted,
            )
        };
        let rows = emails.iter().enumerate().map(member).collect();
        directory.absorb(Load::Rows(Page::Members(rows)), Now::default());
        directory
    }

    #[test]
    fn s18_every_entry_of_a_pasted_list_is_accounted_for() {
        let directory = directory(&[
            "ana@x.example",
            "Leo@x.example",
            "mia@x.example",
            "dup@x.example",
            "dup@x.example",
        ]);
        let mia = directory.members().slot(&MemberId::parse("m2").unwrap()).unwrap();
        let list = "ana@x.example\r\nLeo Chen <LEO@x.example>, \"mia@x.example\"\n\n nobody@x.example;dup@x.example\tana@x.example";
        let pasted = read(list, &directory, |slot| slot == mia);
        assert_eq!(pasted.found.len(), 2);
        assert_eq!(pasted.already, ["\"mia@x.example\""]);
        assert_eq!(pasted.unknown, ["nobody@x.example"]);
        assert_eq!(pasted.ambiguous, ["dup@x.example"]);
        assert_eq!((pasted.entries, pasted.repeated, pasted.cut), (6, 1, false));
        let counted = pasted.found.len()
            + pasted.already.len()
            + pasted.unknown.len()
            + pasted.ambiguous.len();
        assert_eq!(counted + pasted.repeated, pasted.entries);
    }

    #[test]
    fn t16_a_paste_of_more_than_a_megabyte_is_cut_there_and_says_so() {
        let directory = directory(&["ana@x.example"]);
        let list = "é,".repeat(600_000);
        let pasted = read(&list, &directory, |_| false);
        assert!(pasted.cut);
        assert_eq!(pasted.unknown.len() + pasted.repeated, pasted.entries);
    }
}
