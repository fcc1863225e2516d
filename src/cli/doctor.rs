//! `cfiam doctor`: what the program goes by here, what of it works, and how that is known. Nothing is written, and no
//! request is made only to find out what may be changed.

use jiff::Timestamp;
use serde_json::Value;

use crate::api::List;
use crate::config::{Environment, Overrides, Places, Settings, Source};
use crate::domain::{Caller, Collection, CredentialKind, Fault, FaultKind, Urgency};
use crate::rows::{Cell, Head, Sheet};
use crate::text;

use super::answer::{Answer, Form};
use super::connect::{Connection, of_person};
use super::paths::{Mode, kept};
use super::session::{Session, called};
use super::{Refusal, Status};

/// Two clocks that are further apart than this make ages and deadlines wrong.
const APART: i64 = 30;

/// Say what cfiam goes by here, what of it works, and how that is known
///
/// Ends with status 2 where the config is wrong, 4 where the credential is, 1 where the service can't be reached.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// How the answer is written
    #[arg(short, long, value_enum, default_value_t)]
    output: Form,
}

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Good,
    Bad,
    NotKnown,
    /// It is so, and neither good nor bad.
    Is,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::NotKnown => "not known",
            Self::Is => "",
        }
    }
}

/// What was looked at, and how it ended.
struct Looked {
    sheet: Sheet,
    status: Status,
}

impl Args {
    /// Looks at everything, and tells it also where something is wrong.
    pub(super) fn run(&self, overrides: &Overrides, demo: bool) -> Result<Status, Refusal> {
        let environment = Environment::read();
        let mut looked = Looked::new();
        looked.say("program", State::Is, concat!("cfiam ", env!("CARGO_PKG_VERSION")), "");
        // What the demo keeps goes with it.
        if !demo {
            looked.files(&Places::of_person()?);
        }
        match settings(overrides, &environment, demo) {
            Ok(settings) => {
                looked.terminal(&environment, settings.as_ref());
                looked.credential(settings.as_ref());
                looked.service(overrides, &environment, demo);
            }
            Err(refusal) => {
                looked.terminal(&environment, None);
                looked.fail("config", refusal.status, &refusal.words, "the config file was read");
            }
        }
        Answer { output: self.output, allow_partial: false }.rows(&looked.sheet);
        Ok(looked.status)
    }
}

/// What the person has set; nothing of it counts in the demo.
fn settings(
    overrides: &Overrides,
    environment: &Environment,
    demo: bool,
) -> Result<Option<Settings>, Refusal> {
    if demo {
        return Ok(None);
    }
    of_person(overrides, environment).map(|(settings, _)| Some(settings))
}

impl Looked {
    fn new() -> Self {
        let heads = [
            Head::text("what", "WHAT"),
            Head::text("state", "STATE"),
            Head::text("answer", "ANSWER"),
            Head::text("known_by", "HOW IT IS KNOWN"),
        ];
        Self { sheet: Sheet::new(heads), status: Status::Done }
    }

    fn say(&mut self, what: &str, state: State, answer: impl Into<String>, by: &str) {
        let state = Cell::new(
            state.word(),
            if state == State::Is { Value::Null } else { state.word().into() },
        );
        self.sheet.push([Cell::text(what), state, Cell::text(answer), Cell::text(by)]);
    }

    /// What is wrong first decides how it ends.
    fn fail(&mut self, what: &str, status: Status, answer: &str, by: &str) {
        // A table has a line a row.
        self.say(what, State::Bad, answer.replace('\n', "; "), by);
        if self.status == Status::Done {
            self.status = status;
        }
    }

    fn files(&mut self, places: &Places) {
        for (what, path) in kept(places) {
            let mode = Mode::of(&path);
            let name = path.display().to_string();
            let by = "its mode was looked at";
            match &mode {
                // The config holds no secret, and may be in a repository of one's own.
                Mode::Is(bits) if mode.is_open() && what != "config" => {
                    let words = format!("{name} ({bits:04o}: others than you may get at it)");
                    self.say(what, State::Bad, words, by);
                }
                Mode::Is(bits) => self.say(what, State::Good, format!("{name} ({bits:04o})"), by),
                Mode::NotThere => self.say(what, State::Is, format!("{name} (not there yet)"), by),
                Mode::NotKnown(why) => {
                    self.say(what, State::NotKnown, format!("{name} ({why})"), by);
                }
            }
        }
    }

    fn terminal(&mut self, environment: &Environment, settings: Option<&Settings>) {
        use std::io::IsTerminal;
        let is = |yes: bool| if yes { "a terminal" } else { "no terminal" };
        let (input, output) = (std::io::stdin().is_terminal(), std::io::stdout().is_terminal());
        let ends = format!("input is {}, output is {}", is(input), is(output));
        self.say("terminal", State::Is, ends, "the system was asked");
        let size = crate::shell::size();
        if output {
            let small = size.columns < 40 || size.rows < 10;
            let state = if small { State::Bad } else { State::Good };
            let words = format!("{} columns, {} rows", size.columns, size.rows);
            self.say("size", state, words, "the terminal was asked");
        }
        let kind = environment.text("TERM").unwrap_or_default();
        let places = !matches!(kind, "" | "dumb");
        let (state, words) = if places {
            (State::Good, format!("{kind}: it can place text, and has an alternate screen"))
        } else {
            (State::Bad, "it can't place text: the console won't start".to_owned())
        };
        self.say("kind of terminal", state, words, "TERM");
        let (words, by) = colours(environment);
        self.say("colours", State::Is, words, by);
        let (state, words, by) = unicode(environment);
        self.say("text", state, words, &by);
        let copy = settings.map(|settings| settings.copy_command.as_slice()).unwrap_or_default();
        let in_tmux = environment.text("TMUX").is_some();
        let (words, by) = match copy.first() {
            Some(program) => (format!("given to {program}"), "copy_command in the config"),
            None if in_tmux => (
                "asked of the terminal through tmux (OSC 52), which says nothing of whether it takes it"
                    .to_owned(),
                "TMUX",
            ),
            None => (
                "asked of the terminal (OSC 52), which says nothing of whether it takes it".to_owned(),
                "no copy_command is set",
            ),
        };
        self.say("copying", State::Is, words, by);
    }

    fn credential(&mut self, settings: Option<&Settings>) {
        let Some(settings) = settings else {
            return self.say("credential", State::Is, "the demo's own token", "--demo");
        };
        match &settings.credential {
            Source::Found(credential) => {
                let (words, by) = match credential {
                    crate::config::Credential::Token(_) => ("a token", "CLOUDFLARE_API_TOKEN"),
                    crate::config::Credential::Key { .. } => {
                        ("e-mail and global key", "CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY")
                    }
                };
                self.say("credential", State::Is, words, by);
            }
            Source::Command(argv) => {
                let program = argv.first().map_or("", String::as_str);
                let words = format!("a token that {program} prints");
                self.say("credential", State::Is, words, "token_command of the profile");
            }
            Source::Missing(fault) => {
                self.fail("credential", Status::Credentials, &fault.to_string(), "the environment");
            }
        }
    }

    /// What the service says. Where the credential is missing there is nothing to ask it with.
    fn service(&mut self, overrides: &Overrides, environment: &Environment, demo: bool) {
        if self.status != Status::Done {
            return;
        }
        match Connection::make(overrides, environment, demo) {
            Ok(connection) => {
                let plain =
                    if connection.base_url.is_cloudflare() { "" } else { ", not Cloudflare's" };
                let by = match &connection.settings.base_url {
                    _ if demo => "--demo".to_owned(),
                    Some(given) => given.at.clone(),
                    None => "none is set".to_owned(),
                };
                let words = format!("{}{plain}", connection.base_url.host());
                self.say("endpoint", State::Is, words, &by);
            }
            Err(refusal) => return self.fail("endpoint", refusal.status, &refusal.words, ""),
        }
        let mut session = match Session::open(overrides, demo) {
            Ok(session) => session,
            Err(refusal) => {
                return self.fail(
                    "account",
                    refusal.status,
                    &refusal.words,
                    "the service was asked",
                );
            }
        };
        self.caller(&mut session);
        if self.status == Status::Done {
            self.reads(&session);
            self.writes(&session);
        }
    }

    fn caller(&mut self, session: &mut Session) {
        let account = session.account().clone();
        let Ok(client) = session.service().cloned() else { return };
        let asked = session.handle().clone().block_on(client.check(&account));
        let now = session.clock.now().wall;
        let by = "the service was asked";
        match asked {
            Ok(checked) => {
                let ends = checked.expires.map_or_else(
                    || "no end of it is known".to_owned(),
                    |at| format!("good until {at}"),
                );
                self.say("credential is taken", State::Good, ends, by);
                self.clocks(checked.date, now);
            }
            Err(fault) => return self.refused("credential is taken", &fault, by),
        }
        if let Err(refusal) = session.identify() {
            return self.fail("who is calling", refusal.status, &refusal.words, by);
        }
        let directory = &session.directory;
        let name = &directory.account.name;
        let named =
            if name.is_empty() { account.to_string() } else { format!("{name} ({account})") };
        self.say("account", State::Is, named, by);
        let (state, words) = directory.caller.as_ref().map_or_else(
            || (State::NotKnown, "it can't be read".to_owned()),
            |caller| (State::Is, who(caller)),
        );
        self.say("who is calling", state, words, by);
    }

    fn clocks(&mut self, service: Option<Timestamp>, now: Timestamp) {
        let by = "the date of the service's answer";
        let Some(service) = service else {
            return self.say("clock", State::NotKnown, "the service's time was not told", by);
        };
        let apart = service.as_second() - now.as_second();
        let words = match apart {
            -1..=1 => "the same as the service's".to_owned(),
            2.. => format!("{apart} s behind the service's"),
            _ => format!("{} s ahead of the service's", -apart),
        };
        let state = if apart.abs() > APART { State::Bad } else { State::Good };
        self.say("clock", state, words, by);
    }

    /// One page of each list tells whether it may be read.
    fn reads(&mut self, session: &Session) {
        let account = session.account().clone();
        let Ok(client) = session.service().cloned() else { return };
        let lists = [
            List::members(account.clone()),
            List::groups(account.clone()),
            List::PermissionGroups { account: account.clone() },
            List::ResourceGroups { account: account.clone() },
            List::Zones { account },
        ];
        for list in lists {
            let what = format!("may read {}", called(&list.collection()));
            let peeked = session.handle().block_on(client.peek(&list, Urgency::Screen));
            let by = "one page was asked for";
            match peeked {
                Ok(()) => self.say(&what, State::Good, "yes", by),
                Err(fault) if list.collection() == Collection::Zones => {
                    // Zones go by their ids then, and everything else works.
                    self.say(&what, State::NotKnown, fault.in_short(), by);
                }
                Err(fault) => self.refused(&what, &fault, by),
            }
        }
    }

    fn refused(&mut self, what: &str, fault: &Fault, by: &str) {
        let status = Refusal::from(fault.clone()).status;
        let words = match &fault.kind {
            FaultKind::Permission(_) => fault.in_short(),
            _ => fault.to_string(),
        };
        self.fail(what, status, &words, by);
    }

    fn writes(&mut self, session: &Session) {
        self.say(
            "may change things",
            State::NotKnown,
            "the first change tells it",
            "it can't be asked, and nothing is sent only to find out",
        );
        let (words, by) = match session.may_write() {
            Ok(()) => ("allowed".to_owned(), "the arguments, the profile or an earlier session"),
            Err(refusal) => {
                let why = refusal.words.trim_start_matches("nothing was changed: ").to_owned();
                (why, "the arguments, the profile or an earlier session")
            }
        };
        self.say("changes from here", State::Is, words, by);
    }
}

fn who(caller: &Caller) -> String {
    let kind = match caller.kind {
        CredentialKind::UserToken => "a token of a user",
        CredentialKind::AccountToken => "a token of the account, behind which there is no person",
        CredentialKind::Key => "the global key of a user",
        CredentialKind::Token => "a token of which it is not known whose it is",
    };
    match &*caller.email {
        "" => kind.to_owned(),
        email => format!("{kind}, {email}"),
    }
}

fn colours(environment: &Environment) -> (&'static str, &'static str) {
    if environment.text("NO_COLOR").is_some() {
        return ("none", "NO_COLOR");
    }
    match environment.text("COLORTERM") {
        Some("truecolor" | "24bit") => ("256 and more", "COLORTERM"),
        _ if environment.text("TERM").is_some_and(|kind| kind.contains("256color")) => {
            ("256", "TERM")
        }
        _ => ("those of the terminal; how many is not known", "TERM"),
    }
}

fn unicode(environment: &Environment) -> (State, String, String) {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter();
    let mut set = set.filter_map(|name| Some((name, environment.text(name)?)));
    match set.next() {
        Some((name, locale)) => {
            let lower = locale.to_ascii_lowercase();
            let good = lower.contains("utf-8") || lower.contains("utf8");
            let state = if good { State::Good } else { State::NotKnown };
            let words = if good { "UTF-8" } else { "perhaps no UTF-8: names may look broken" };
            (state, words.to_owned(), format!("{name}={}", text::safe(locale)))
        }
        None => {
            (State::NotKnown, "no locale is set".to_owned(), "LC_ALL, LC_CTYPE, LANG".to_owned())
        }
    }
}
