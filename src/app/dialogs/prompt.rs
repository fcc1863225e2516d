//! The prompt: an action, a screen, a member or a group by name, with completion.

use std::sync::Arc;

use crate::access::{Question, permissions_known, place_words, places_known};
use crate::app::line::{Line, Typed};
use crate::app::list::{ListState, Motion};
use crate::app::place::{Route, Tab};
use crate::app::screens::Side;
use crate::app::turn::Turn;
use crate::domain::{Account, AccountId, Directory, MemberId, PermissionGroup};
use crate::keys::{Action, Code, Key};
use crate::rows::rank;
use crate::text;

/// One completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The whole line that it completes to.
    pub line: String,
    /// What it is, in a few words. Made safe already.
    pub detail: String,
}

/// The prompt.
#[derive(Clone, Debug, Default)]
pub struct Prompt {
    /// What was typed.
    pub line: Line,
    /// What it could become.
    pub completions: Vec<Completion>,
    /// The cursor among them.
    pub rows: ListState<usize>,
    /// Whether the cursor was moved there, so that enter takes what is under it.
    chosen: bool,
    /// Why the line can't be followed.
    pub fault: Option<String>,
}

/// What a prompt can speak of.
#[derive(Clone, Copy, Debug)]
pub struct Known<'s> {
    /// The account.
    pub directory: &'s Directory,
    /// The accounts that the credential can open.
    pub accounts: &'s [Account],
    /// The actions that can be done here.
    pub actions: &'s [Action],
}

/// Commands that take something behind them.
const COMMANDS: [(&str, &str); 14] = [
    ("member", "open a member by e-mail"),
    ("group", "open a group by name"),
    ("set-members", "make a group exactly a pasted list of members"),
    ("members", "the members, filtered"),
    ("groups", "the groups, filtered"),
    ("organization", "the organization's members, filtered"),
    ("who-can", "PERMISSION on RESOURCE: who can do something somewhere"),
    ("why-not", "MEMBER PERMISSION on RESOURCE: what comes nearest to what a member can't do"),
    ("explain", "MEMBER: what a member may do where"),
    ("compare", "MEMBER MEMBER, or MEMBER GROUP: the same, only here, only there"),
    ("account", "open an account by name or id"),
    ("save", "write what is staged to a change file"),
    ("save!", "the same, in the place of a file that is there"),
    ("open", "stage a change file"),
];

/// How many completions are offered at most.
const MOST: usize = 50;

impl Prompt {
    /// An empty prompt that offers everything.
    pub fn new(known: Known<'_>) -> Self {
        let mut prompt = Self::default();
        prompt.complete(known);
        prompt
    }

    /// Takes a key: tab takes the completion under the cursor, enter does what the line says.
    pub fn key(&mut self, key: Key, known: Known<'_>, page: u16) -> Turn {
        match (key.code, key.ctrl) {
            (Code::Esc, _) => return Turn::Close,
            (Code::Backspace, false) if self.line.is_empty() => return Turn::Close,
            (Code::Enter, _) => return self.follow(known),
            (Code::Tab, _) => self.take(known),
            (Code::Down, _) | (Code::Char('n'), true) => self.choose(Motion::Down, page),
            (Code::Up, _) | (Code::Char('p'), true) => self.choose(Motion::Up, page),
            _ => {
                if self.line.key(key) == Typed::Changed {
                    self.complete(known);
                }
            }
        }
        Turn::Stay
    }

    /// Takes pasted text as a piece of the line.
    pub fn paste(&mut self, text: &str, known: Known<'_>) {
        self.line.paste(text);
        self.complete(known);
    }

    fn choose(&mut self, motion: Motion, page: u16) {
        self.rows.go(motion, page);
        self.chosen = true;
    }

    fn take(&mut self, known: Known<'_>) {
        if let Some(completion) = self.rows.cursor().and_then(|at| self.completions.get(at)) {
            let more = COMMANDS.iter().any(|(name, _)| *name == completion.line);
            self.line = Line::of(&format!("{}{}", completion.line, if more { " " } else { "" }));
            self.complete(known);
        }
    }

    fn complete(&mut self, known: Known<'_>) {
        self.fault = None;
        self.chosen = false;
        let line = self.line.text().trim_start();
        let offers = match line.split_once(' ') {
            Some((command, rest)) => arguments(command, rest, known)
                .map(|(name, detail)| (format!("{command} {name}"), name, detail))
                .collect::<Vec<_>>()
                .into_iter()
                .filter_ranked(rest.trim()),
            None => words(known).into_iter().filter_ranked(line),
        };
        self.completions = offers;
        self.rows.show_best((0..self.completions.len()).collect());
    }

    fn follow(&mut self, known: Known<'_>) -> Turn {
        let line = self.line.text().trim().to_owned();
        if line.is_empty() {
            return Turn::Close;
        }
        let best =
            self.rows.cursor().and_then(|at| self.completions.get(at)).map(|c| c.line.clone());
        let first = match &best {
            Some(best) if self.chosen => best.clone(),
            _ => line.clone(),
        };
        match turn(&first, known).and_then(|found| match (found, best) {
            (None, Some(best)) => turn(&best, known),
            (found, _) => Ok(found),
        }) {
            Ok(Some(turn)) => Turn::close_and(turn),
            Ok(None) => self.refuse(format!("nothing is called {:?}", text::safe_capped(&line))),
            Err(words) => self.refuse(words),
        }
    }

    fn refuse(&mut self, words: String) -> Turn {
        self.fault = Some(words);
        Turn::Stay
    }
}

/// Ranks offers by their names and keeps the best.
trait Ranked: Iterator<Item = (String, String, String)> + Sized {
    fn filter_ranked(self, query: &str) -> Vec<Completion> {
        let offers: Vec<_> = self.collect();
        rank(query, offers.iter().map(|(_, name, _)| name.as_str()))
            .into_iter()
            .filter_map(|at| offers.get(at))
            .take(MOST)
            .map(|(line, _, detail)| Completion { line: line.clone(), detail: detail.clone() })
            .collect()
    }
}

impl<I: Iterator<Item = (String, String, String)>> Ranked for I {}

fn words(known: Known<'_>) -> Vec<(String, String, String)> {
    let commands = COMMANDS
        .iter()
        .map(|(name, detail)| ((*name).to_owned(), (*name).to_owned(), (*detail).to_owned()));
    let mut all: Vec<_> = commands.collect();
    for action in known
        .actions
        .iter()
        .filter(|action| COMMANDS.iter().all(|(name, _)| *name != action.row().name))
    {
        let row = action.row();
        all.push((row.name.to_owned(), row.name.to_owned(), row.words.to_owned()));
    }
    all
}

fn arguments<'k>(
    command: &str,
    rest: &str,
    known: Known<'k>,
) -> Box<dyn Iterator<Item = (String, String)> + 'k> {
    match command {
        "member" => Box::new(
            known
                .directory
                .members()
                .values()
                .map(|m| (m.email.to_string(), text::safe_capped(&m.name).into_owned())),
        ),
        "group" | "set-members" => {
            Box::new(known.directory.groups().values().map(|g| (g.name.to_string(), String::new())))
        }
        "who-can" => Box::new(questions(rest, known.directory).into_iter()),
        "explain" => arguments("member", rest, known),
        "why-not" => match rest.split_once(' ') {
            None => arguments("member", rest, known),
            Some((member, rest)) => {
                let member = member.to_owned();
                let all = questions(rest, known.directory).into_iter();
                Box::new(all.map(move |(name, detail)| (format!("{member} {name}"), detail)))
            }
        },
        "compare" => match rest.split_once(' ') {
            None => arguments("member", rest, known),
            Some((member, _)) => {
                let member = member.to_owned();
                let all = arguments("group", "", known).chain(arguments("member", "", known));
                Box::new(all.map(move |(name, detail)| (format!("{member} {name}"), detail)))
            }
        },
        "account" => {
            // A name that does not tell one account from the others is stood in for by the id.
            let tells =
                |name: &str| known.accounts.iter().filter(|a| *a.name == *name).count() == 1;
            Box::new(known.accounts.iter().map(move |a| {
                let (name, id) = (a.name.to_string(), a.id.to_string());
                if tells(&name) && !name.is_empty() { (name, id) } else { (id, name) }
            }))
        }
        _ => Box::new(std::iter::empty()),
    }
}

/// What a question could go on with: permission groups, then, behind `on`, places.
fn questions(rest: &str, directory: &Directory) -> Vec<(String, String)> {
    let permissions = permissions_known(directory);
    let Some((permission, _)) = rest.rsplit_once(" on ") else {
        let name = |group: &Arc<PermissionGroup>| match &*group.name {
            "" => (group.id.to_string(), String::new()),
            name => (name.to_owned(), text::safe_capped(&group.label).into_owned()),
        };
        return permissions.iter().map(name).collect();
    };
    let permission = permission.trim();
    let mut places: Vec<String> =
        places_known(directory).iter().map(|place| place_words(directory, place)).collect();
    places.sort();
    places.into_iter().map(|place| (format!("{permission} on {place}"), String::new())).collect()
}

/// The account that is meant by an id, a name, or a piece of one that no other account has. What could be meant in two
/// ways, or is neither known nor an id, opens nothing: the account that is open would have to go for it.
fn account(named: &str, known: Known<'_>) -> Result<AccountId, String> {
    let wanted = named.to_lowercase();
    if let Some(account) = known.accounts.iter().find(|a| a.id.to_string() == wanted) {
        return Ok(account.id.clone());
    }
    let like = |is: &dyn Fn(&str) -> bool| -> Vec<&Account> {
        known.accounts.iter().filter(|a| is(&a.name.to_lowercase())).collect()
    };
    let exact = like(&|name| name == wanted);
    let found = if exact.is_empty() { like(&|name| name.contains(&wanted)) } else { exact };
    let shown = text::safe_capped(named);
    match found.as_slice() {
        [only] => Ok(only.id.clone()),
        [] if is_tag(&wanted) => AccountId::parse(&wanted).ok_or_else(String::new),
        [] => Err(format!("no account is called {shown}; an id has 32 digits and letters a to f")),
        several => Err(format!("{} match {shown}: choose one below", text::count(several.len()))),
    }
}

fn is_tag(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What a whole line asks for; nothing if it asks for nothing that is known, a word why where it can't be followed.
fn turn(line: &str, known: Known<'_>) -> Result<Option<Turn>, String> {
    if let Some(("account", rest)) = line.split_once(' ')
        && !rest.trim().is_empty()
    {
        return account(rest.trim(), known).map(|id| Some(Turn::Account(id)));
    }
    match line.split_once(' ') {
        Some((command, rest)) if !rest.trim().is_empty() => {
            asked(command, rest.trim(), known).unwrap_or_else(|| Ok(plain_turn(line, known)))
        }
        _ => Ok(plain_turn(line, known)),
    }
}

/// What a question of access asks for; nothing if the command is none.
fn asked(command: &str, rest: &str, known: Known<'_>) -> Option<Result<Option<Turn>, String>> {
    let read =
        |words: &str| Question::read(known.directory, words).map_err(|unclear| unclear.to_string());
    Some(match command {
        "who-can" => read(rest).map(|question| Some(Turn::Ask(question))),
        "explain" => member(rest, known).map(|id| Some(Turn::Go(Route::Effective(id)))),
        "why-not" => match rest.split_once(' ') {
            None => Err("write a member, then PERMISSION on RESOURCE".to_owned()),
            Some((who, words)) => member(who, known).and_then(|id| {
                read(words.trim()).map(|question| Some(Turn::Go(Route::Proof(question, id))))
            }),
        },
        "compare" => match rest.split_once(' ') {
            None => Err("write two members, or a member and a group".to_owned()),
            Some((here, there)) => member(here, known).and_then(|here| {
                let there = side(there.trim(), known)?;
                Ok(Some(Turn::Go(Route::Compare(Side::Member(here), there))))
            }),
        },
        _ => return None,
    })
}

/// The member with this e-mail.
fn member(email: &str, known: Known<'_>) -> Result<MemberId, String> {
    let none = || format!("no member has the e-mail {}", text::safe_capped(email));
    member_with(email, known).ok_or_else(none)
}

fn member_with(email: &str, known: Known<'_>) -> Option<MemberId> {
    let mut members = known.directory.members().values();
    members.find(|row| row.email.eq_ignore_ascii_case(email)).map(|row| row.id.clone())
}

/// What all members of the group with this name hold, or what the member with this e-mail does.
fn side(named: &str, known: Known<'_>) -> Result<Side, String> {
    let group = known.directory.groups().values().find(|group| *group.name == *named);
    let group = group.map(|group| Side::Common(group.id.clone()));
    let none = || format!("no member and no group is called {}", text::safe_capped(named));
    group.or_else(|| member_with(named, known).map(Side::Member)).ok_or_else(none)
}

fn plain_turn(line: &str, known: Known<'_>) -> Option<Turn> {
    let (command, rest) =
        line.split_once(' ').map_or((line, ""), |(command, rest)| (command, rest.trim()));
    let filtered = |tab, rest: &str| match rest {
        "" => Turn::Go(Route::Tab(tab)),
        rest => Turn::Filtered(tab, rest.to_owned()),
    };
    match command {
        "members" => Some(filtered(Tab::Members, rest)),
        "groups" => Some(filtered(Tab::Groups, rest)),
        "organization" => Some(filtered(Tab::Organization, rest)),
        "member" if !rest.is_empty() => {
            let member =
                known.directory.members().values().find(|m| m.email.eq_ignore_ascii_case(rest))?;
            Some(Turn::Go(Route::Member(member.id.clone())))
        }
        "group" | "set-members" if !rest.is_empty() => {
            let group = known.directory.groups().values().find(|g| *g.name == *rest)?;
            Some(match command {
                "group" => Turn::Go(Route::Group(group.id.clone())),
                _ => Turn::SetMembers(group.id.clone()),
            })
        }
        "save" | "save!" if !rest.is_empty() => {
            Some(Turn::SaveFile(rest.to_owned(), command == "save!"))
        }
        "open" if !rest.is_empty() => Some(Turn::OpenFile(rest.to_owned())),
        name if rest.is_empty() => known
            .actions
            .iter()
            .find(|action| action.row().name == name)
            .map(|action| Turn::Do(*action)),
        _ => None,
    }
}
