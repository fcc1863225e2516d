//! A name for a group, an address to invite, or an account's id.

use crate::app::line::{Line, Typed};
use crate::app::turn::Turn;
use crate::domain::{AccountId, Directory, GroupId, GroupRef};
use crate::keys::{Code, Key};
use crate::plan::Staging;
use crate::text;

use super::Holder;

/// What the name is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameOf {
    /// A group that is to be created.
    NewGroup,
    /// A group that is to get another name, or one that is staged to be created.
    Group(GroupId),
    /// A person who is to be invited, by e-mail.
    Invitation,
    /// An account, by id, where the credential lists none.
    Account,
}

/// A line for a name.
#[derive(Clone, Debug)]
pub struct Naming {
    /// What it is of.
    pub of: NameOf,
    /// What was typed.
    pub line: Line,
    /// Why what was typed won't do; shown until it is changed.
    pub fault: Option<String>,
}

impl Naming {
    /// A line that holds the name so far.
    pub fn new(of: NameOf, text: &str) -> Self {
        Self { of, line: Line::of(text), fault: None }
    }

    /// What is asked.
    pub fn title(&self) -> &'static str {
        match self.of {
            NameOf::NewGroup => "New group",
            NameOf::Group(_) => "Group name",
            NameOf::Invitation => "Invite a person to the account",
            NameOf::Account => "Account id",
        }
    }

    /// What is to be known before typing; nothing where the title says it all.
    pub fn hint(&self) -> &'static str {
        match self.of {
            NameOf::Account => {
                "this token lists no account: one that an account owns must be told its id"
            }
            NameOf::Invitation => "the e-mail; what it is to give comes next",
            NameOf::NewGroup | NameOf::Group(_) => "",
        }
    }

    /// Takes a key; enter takes the name.
    pub fn key(&mut self, key: Key, directory: &Directory, staging: &Staging) -> Turn {
        match (key.code, key.ctrl) {
            (Code::Esc, _) => return Turn::Close,
            (Code::Enter, _) => return self.take(directory, staging),
            _ => {}
        }
        if self.line.key(key) == Typed::Changed {
            self.fault = None;
        }
        Turn::Stay
    }

    fn take(&mut self, directory: &Directory, staging: &Staging) -> Turn {
        let name = self.line.text().trim().to_owned();
        let taken = match &self.of {
            NameOf::Account => {
                return match AccountId::parse(&name) {
                    Some(id) => Turn::close_and(Turn::Account(id)),
                    None => self.refuse(
                        "an account id is 32 letters and digits: it is in the dashboard's address",
                    ),
                };
            }
            NameOf::Invitation => return self.invite(&name, directory),
            NameOf::NewGroup => staging.name_taken(&name, None, directory),
            NameOf::Group(group) => {
                let group = GroupRef::from(group.clone());
                staging.name_taken(&name, Some(&group), directory)
            }
        };
        if name.is_empty() {
            return self.refuse("a group needs a name");
        }
        if taken {
            return self.refuse("another group has this name");
        }
        Turn::close_and(match &self.of {
            NameOf::Group(group) => Turn::Rename(group.clone(), name),
            _ => Turn::Create(name),
        })
    }

    /// Goes on to what the invitation is to give. An address that is there already can't be invited again.
    fn invite(&mut self, email: &str, directory: &Directory) -> Turn {
        let mut entries = text::entries(email);
        let email = match (entries.next(), entries.next()) {
            (Some(only), None) => only.address,
            _ => email,
        };
        if !text::is_email(email) {
            return self.refuse("an e-mail is needed, such as ana@example.com");
        }
        let wanted = email.to_lowercase();
        let there = directory.members().values();
        let mut there = there.filter(|member| member.listed);
        if let Some(there) = there.find(|member| member.email.to_lowercase() == wanted) {
            return self.refuse(if there.status.is_full() {
                "this person is in the account already: edit the policies instead"
            } else {
                "this person is invited already: cancel that invitation first"
            });
        }
        Turn::close_and(Turn::EditPolicies(Holder::Invited(email.into())))
    }

    fn refuse(&mut self, words: &str) -> Turn {
        self.fault = Some(words.to_owned());
        Turn::Stay
    }
}
