//! An impact in words. Names in them are foreign text: make them safe before showing them.

use crate::access::Missing;
use crate::domain::Directory;
use crate::text;

use super::{Impact, Totals};

impl Totals {
    /// The totals in words: `2 people gain access, 1 loses access, 11 keep exactly what they have`.
    pub fn words(&self) -> String {
        let Self { gain, change, lose, not_known, once_accepted, to_nothing, keep } = *self;
        let kinds = [
            (gain, "gains access", "gain access"),
            (change, "gains some and loses some", "gain some and lose some"),
            (lose, "loses access", "lose access"),
            (not_known, "can't be told", "can't be told"),
            (once_accepted, "has not accepted yet", "have not accepted yet"),
            (to_nothing, "is invited without any access", "are invited without any access"),
            (keep, "keeps exactly what they have", "keep exactly what they have"),
        ];
        let mut parts: Vec<String> = Vec::new();
        for (number, one, several) in kinds.into_iter().filter(|(number, ..)| *number > 0) {
            let who = if parts.is_empty() { text::people(number) } else { text::count(number) };
            parts.push(format!("{who} {}", if number == 1 { one } else { several }));
        }
        if parts.is_empty() { "nobody's access changes".to_owned() } else { parts.join(", ") }
    }
}

impl Impact {
    /// What is missing for a sure answer, in words that follow `not known: `.
    pub fn missing_words(&self, missing: &Missing, directory: &Directory) -> String {
        match missing {
            Missing::Members(group) => format!(
                "whom the change of {} touches: its members have not all been read",
                self.group(group, directory)
            ),
            Missing::Policies(group) => {
                format!(
                    "what {} grants: its policies have not been read",
                    self.group(group, directory)
                )
            }
            Missing::Lists(number) => format!(
                "whether another path gives the same: the members of {} have not all been read",
                text::plural(*number, "group")
            ),
            Missing::Groups => "whether another path gives the same: the groups have not all been \
                                read"
                .to_owned(),
            Missing::Own => {
                let doubts = self.people.iter();
                let number =
                    doubts.filter(|touched| touched.doubts.contains(&Missing::Own)).count();
                let holds = if number == 1 { "holds" } else { "hold" };
                let people = text::people(number);
                format!("what {people} {holds} directly: the policies have not been read")
            }
            Missing::Scopes => {
                "what a resource group covers: neither the policy nor the catalogue says it"
                    .to_owned()
            }
        }
    }
}
