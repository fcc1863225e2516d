//! A proof line by line, as it stands on its page and beside the answer: member ← group ← policy ← permission group ←
//! scope ⊇ resource.

use ratatui::style::Style;

use super::theme::Theme;
use crate::access::{Path, Proof, Question, Reach, Rests, Sure, permission_words, place_words};
use crate::app::ProofLine;
use crate::domain::{Access, Directory, MemberId};
use crate::{rows, text};

/// What stands in a line.
pub struct Words {
    /// What it is of the proof; empty for a title.
    pub label: &'static str,
    /// What it is called.
    pub says: String,
    /// What is to be known of it.
    pub detail: String,
    /// What the words look like.
    pub style: Style,
}

/// The words of a line; `None` for an empty one.
pub fn words(
    theme: &Theme,
    directory: &Directory,
    (question, member): (&Question, &MemberId),
    proofs: &[Proof],
    line: ProofLine,
) -> Option<Words> {
    let proof = |at: u16| proofs.get(usize::from(at));
    let plain =
        |label, says: String, detail: String| Words { label, says, detail, style: theme.text };
    Some(match line {
        // What comes near is told on its page alone.
        ProofLine::Space(_) | ProofLine::Near(_) | ProofLine::Held(..) | ProofLine::Would(_) => {
            return None;
        }
        ProofLine::Path(number, at) => {
            let words = match &proof(at)?.path {
                Path::Direct => format!("{}  directly", number + 1),
                Path::Group(_) => format!("{}  through a group", number + 1),
            };
            Words { style: theme.name, ..plain("", words, String::new()) }
        }
        ProofLine::Group(at) => {
            let Path::Group(id) = &proof(at)?.path else { return None };
            let name = directory.groups().get(id).map_or_else(
                || id.to_string(),
                |group| text::safe_capped(&group.name).into_owned(),
            );
            let since = directory.since(id, member);
            let since = since.map(|since| format!("since {}", text::date(since)));
            plain("group", name, since.unwrap_or_default())
        }
        ProofLine::Policy(at) => {
            let policy = &proof(at)?.policy;
            let words = rows::policy_words(directory, policy);
            match policy.access {
                Access::Allow => plain("policy", words, String::new()),
                _ => Words {
                    style: theme.warn,
                    ..plain("policy", words, "how it combines is not documented".to_owned())
                },
            }
        }
        ProofLine::PermissionGroup(at) => {
            let proof = proof(at)?;
            let detail = match proof.rests {
                Rests::Itself => "the grant itself".to_owned(),
                Rests::Table(_) => format!("implies {}", permission_words(&question.permission)),
            };
            plain("permission", permission_words(&proof.permission_group), detail)
        }
        ProofLine::Rests(at) => {
            let Rests::Table(why) = proof(at)?.rests else { return None };
            Words { style: theme.dim, ..plain("", why.to_owned(), String::new()) }
        }
        ProofLine::Scope(at) => {
            let proof = proof(at)?;
            let words = rows::scope_words(directory, &proof.resource_group);
            let detail = covers(directory, question, proof);
            let style = if proof.sure == Sure::Yes { theme.text } else { theme.warn };
            Words { style, ..plain("scope", words, detail) }
        }
    })
}

/// What of the scope covers the place: `⊇ shop.example`.
fn covers(directory: &Directory, question: &Question, proof: &Proof) -> String {
    match (&question.on, &proof.reach) {
        (_, Reach::Unknown(_)) => "what it covers is not known".to_owned(),
        (None, _) => String::new(),
        (Some(on), _) => format!("⊇ {}", place_words(directory, on)),
    }
}
