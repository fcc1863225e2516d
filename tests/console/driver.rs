//! Drives the core as the shell does: one message at a time, slices at once, facts after each frame.

use std::time::Duration;

use cfiam::app::{
    Answer, Dialog, Effect, Facts, Mode, Msg, Request, Setup, Size, State, Ticket, update,
};
use cfiam::domain::{
    Account, AccountId, Caller, Change, Collection, CredentialKind, Fault, Load, Now, Opened, Page,
    Protected, WalkId,
};
use cfiam::keys::{Key, Keymap};

use super::account::{self, GROUPS, PEOPLE};

pub struct Console {
    pub state: State,
    /// What was asked for since it was last looked at.
    pub effects: Vec<Effect>,
    /// The question about earlier runs, which stays open where nothing was left staged.
    pub runs: Option<Ticket>,
    walk: u64,
}

pub fn setup() -> Setup {
    Setup {
        profile: String::new(),
        badge: None,
        host: "api.cloudflare.com".into(),
        dashboard: true,
        unconnected: None,
        mode: Mode::ReadWrite,
        writable: Vec::new(),
        snapshot: None,
        account: None,
        organization: None,
        protected: Protected::default(),
        decided: std::sync::Arc::default(),
        requests_per_5_min: 1_000,
        keymap: Keymap::default(),
        size: Size { columns: 80, rows: 24 },
        now: Now::default(),
    }
}

pub fn named(id: &AccountId, name: &str) -> Account {
    Account { id: id.clone(), name: name.into(), parent: None }
}

impl Console {
    /// Started, nothing answered yet.
    pub fn start(setup: Setup) -> Self {
        let (state, effects) = State::new(setup);
        let mut console = Self { state, effects: Vec::new(), runs: None, walk: 0 };
        console.keep(effects);
        console.paint();
        console
    }

    /// With the account of [`account`] open and read.
    pub fn open() -> Self {
        Self::open_with(setup(), Vec::new())
    }

    /// The same with another setup, and with changes kept from an earlier session.
    pub fn open_with(setup: Setup, kept: Vec<Change>) -> Self {
        let mut console = Self::read_of(setup, kept);
        console.forget();
        console
    }

    /// With everything answered that was asked for.
    pub fn settled(setup: Setup) -> Self {
        let mut console = Self::read_of(setup, Vec::new());
        console.settle();
        console.forget();
        console
    }

    fn read_of(setup: Setup, kept: Vec<Change>) -> Self {
        let mut console = Self::start(setup);
        let ticket = console.asked(|request| *request == Request::Accounts);
        console.answer(Answer::Accounts(ticket, Ok(vec![named(&account::account(), "Northwind")])));
        console.answer_account(kept);
        console.read_lists();
        console
    }

    pub fn answer_account(&mut self, kept: Vec<Change>) {
        self.runs = self.maybe_asked(|request| matches!(request, Request::Runs(_)));
        let ticket = self.asked(|request| matches!(request, Request::Staged(_)));
        let none_ran = self.runs.filter(|_| !kept.is_empty());
        self.answer(Answer::Staged(ticket, Ok(kept)));
        if let Some(ticket) = none_ran {
            self.answer(Answer::Runs(ticket, Ok((Vec::new(), Vec::new()))));
        }
        let ticket = self.asked(|request| matches!(request, Request::Account { .. }));
        let caller = Caller {
            kind: CredentialKind::UserToken,
            token: None,
            expires: None,
            user: None,
            email: "ana@northwind.example".into(),
            member: None,
        };
        let opened = Opened {
            account: Ok(named(&account::account(), "Northwind")),
            caller: Ok(caller),
            organizations: Ok(Vec::new()),
        };
        self.answer(Answer::Account(ticket, Box::new(opened)));
    }

    pub fn read_lists(&mut self) {
        self.read(&Collection::Members, vec![account::members_page(&PEOPLE)]);
        let groups = GROUPS.iter().map(|(name, _)| account::group_row(name)).collect();
        self.read(&Collection::Groups, vec![Page::Groups(groups)]);
        self.read(
            &Collection::PermissionGroups,
            vec![Page::PermissionGroups(vec![
                account::permission_group("DNS"),
                account::permission_group("Cache Purge"),
            ])],
        );
        self.read(
            &Collection::ResourceGroups,
            vec![Page::ResourceGroups(vec![account::whole_account()])],
        );
        let ticket = self.asked(|request| matches!(request, Request::AllGroupMembers { .. }));
        for (name, people) in GROUPS {
            let page = account::memberships(name, people);
            self.walk(ticket, &Collection::GroupMembers(account::group(name)), vec![page], None);
        }
        self.answer(Answer::Done(ticket, Ok(())));
    }

    /// Answers whatever else was asked for with nothing.
    pub fn settle(&mut self) {
        let lists = self.state.tickets.waiting().filter_map(|request| match request {
            Request::List { collection, .. } => Some(collection.clone()),
            _ => None,
        });
        for list in lists.collect::<Vec<_>>() {
            self.read(&list, Vec::new());
        }
    }

    /// Answers a list that was asked for, whole.
    pub fn read(&mut self, collection: &Collection, pages: Vec<Page>) {
        let ticket =
            self.asked(|r| matches!(r, Request::List { collection: c, .. } if c == collection));
        self.walk(ticket, collection, pages, None);
        self.answer(Answer::Done(ticket, Ok(())));
    }

    /// Answers a list that was asked for with a failure.
    pub fn fail(&mut self, collection: &Collection, fault: &Fault) {
        let ticket =
            self.asked(|r| matches!(r, Request::List { collection: c, .. } if c == collection));
        self.walk(ticket, collection, Vec::new(), Some(fault.clone()));
        self.answer(Answer::Done(ticket, Err(fault.clone())));
    }

    pub fn walk(
        &mut self,
        ticket: Ticket,
        collection: &Collection,
        pages: Vec<Page>,
        fault: Option<Fault>,
    ) {
        self.walk += 1;
        let (walk, collection) = (WalkId(self.walk), collection.clone());
        self.answer(Answer::Loaded(ticket, Load::Begun { collection: collection.clone(), walk }));
        for page in pages {
            self.answer(Answer::Loaded(ticket, Load::Page { walk, page, of: None, set_aside: 0 }));
        }
        let end = match fault {
            None => Load::Ended { collection, walk, gaps: Vec::new() },
            Some(fault) => Load::Failed { collection, walk, fault },
        };
        self.answer(Answer::Loaded(ticket, end));
    }

    /// The ticket of the last request like this.
    pub fn asked(&self, which: impl Fn(&Request) -> bool) -> Ticket {
        self.maybe_asked(which).unwrap_or_else(|| panic!("not asked for: {:?}", self.effects))
    }

    pub fn maybe_asked(&self, which: impl Fn(&Request) -> bool) -> Option<Ticket> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Ask(ticket, request) if which(request) => Some(*ticket),
            _ => None,
        })
    }

    pub fn answer(&mut self, answer: Answer) {
        self.send(Msg::Answer(answer));
    }

    /// One message, its slices, and the frame after it.
    pub fn send(&mut self, msg: Msg) {
        self.send_unpainted(msg);
        self.paint();
    }

    /// One message that is followed by another before a frame is painted.
    pub fn send_unpainted(&mut self, msg: Msg) {
        let effects = update(&mut self.state, msg);
        self.keep(effects);
    }

    fn keep(&mut self, effects: Vec<Effect>) {
        let mut waiting = effects;
        while !waiting.is_empty() {
            let slices = waiting.iter().filter(|effect| **effect == Effect::Slice).count();
            self.effects.extend(waiting.into_iter().filter(|effect| *effect != Effect::Slice));
            waiting = (0..slices).flat_map(|_| update(&mut self.state, Msg::Slice)).collect();
        }
    }

    fn paint(&mut self) {
        let dialog = self.state.dialogs.last().map_or(0, |top| top.number);
        let plan = match self.state.place.above.last() {
            Some(cfiam::app::Screen::Plan(screen)) if dialog == 0 => screen.number,
            _ => 0,
        };
        let Size { columns, rows } = self.state.size;
        let facts = if columns < 40 || rows < 10 {
            Facts::default()
        } else {
            Facts { list_rows: 18, other_rows: 8, dialog_rows: 10, dialog, plan }
        };
        let effects = update(&mut self.state, Msg::Painted(facts));
        let is_date = |effect: &Effect| {
            matches!(effect, Effect::Ask(_, Request::Since { .. }) | Effect::Cancel(_))
        };
        assert!(
            effects.iter().all(is_date),
            "a frame asks for nothing but the dates that it shows"
        );
        self.keep(effects);
    }

    /// Keys by name, a frame after each.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            self.send(Msg::Key(key.parse().expect("a key")));
        }
        self
    }

    /// Keys that all came before the next frame.
    pub fn keys_at_once(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            self.send_unpainted(Msg::Key(key.parse().expect("a key")));
        }
        self.paint();
        self
    }

    /// Keys of one read from the terminal: no slice of work comes between them, and no frame. Words in quotes are
    /// typed.
    pub fn burst(&mut self, keys: &str) -> &mut Self {
        let mut effects = Vec::new();
        for word in keys.split_whitespace() {
            let typed: Vec<Key> = match word.strip_prefix('"') {
                Some(text) => text.chars().map(Key::char).collect(),
                None => vec![word.parse().expect("a key")],
            };
            for key in typed {
                effects.extend(update(&mut self.state, Msg::Key(key)));
            }
        }
        self.keep(effects);
        self.paint();
        self
    }

    /// The terminal has another size; what does not fit on it is not drawn.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.send(Msg::Resize(Size { columns, rows }));
    }

    /// Text typed letter by letter.
    pub fn types(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.send(Msg::Key(Key::char(c)));
        }
        self
    }

    pub fn later(&mut self, seconds: u64) {
        let mut now = self.state.now;
        now.since_start += Duration::from_secs(seconds);
        now.wall = now
            .wall
            .checked_add(jiff::SignedDuration::from_secs(i64::try_from(seconds).unwrap()))
            .unwrap();
        self.send(Msg::Tick(now));
    }

    /// Forgets what was asked for so far.
    pub fn forget(&mut self) -> &mut Self {
        self.effects.clear();
        self
    }

    /// Changes as staged, in words that a person reads.
    pub fn staged(&self) -> Vec<String> {
        self.state.staging.changes().map(words).collect()
    }

    pub fn toast(&self) -> &str {
        self.state.toast.as_ref().map_or("", |toast| toast.words.as_str())
    }

    pub fn dialog(&self) -> Option<&Dialog> {
        self.state.dialogs.last().map(|top| &top.dialog)
    }

    pub fn applied(&self) -> usize {
        self.effects.iter().filter(|effect| matches!(effect, Effect::Apply(..))).count()
    }

    /// E-mails or names in the list that has the keys, in order.
    pub fn rows(&self) -> Vec<String> {
        let table = cfiam::app::table(&self.state).expect("a list");
        let mut cells = cfiam::rows::Cells::new(table.list(), &self.state.directory);
        let first = table.list().columns()[0].id;
        let short = |text: &str| text.trim_end_matches("@northwind.example").to_owned();
        table.rows.rows().iter().map(|slot| short(&cells.text(*slot, first))).collect()
    }

    /// The row under the cursor of the list that has the keys.
    pub fn cursor(&self) -> String {
        let table = cfiam::app::table(&self.state).expect("a list");
        self.rows().get(table.rows.at()).cloned().unwrap_or_default()
    }
}

fn words(change: &Change) -> String {
    let plain = |id: String| id.trim_start_matches("g-").trim_start_matches("m-").to_owned();
    let group = match change.target().existing_group() {
        Some(id) => plain(id.to_string()),
        None => "new".to_owned(),
    };
    match change {
        Change::Add { member, .. } => format!("+ {} {group}", plain(member.to_string())),
        Change::Remove { member, .. } => format!("- {} {group}", plain(member.to_string())),
        Change::Create { name, policies, .. } => format!("create {name} with {}", policies.len()),
        Change::Rename { to, .. } => format!("rename {group} {to}"),
        Change::SetPolicies { to, .. } => format!("policies {group} {}", to.len()),
        Change::Delete { .. } => format!("delete {group}"),
        Change::Invite { email, policies } => format!("invite {email} with {}", policies.len()),
        Change::SetDirectPolicies { member, to, .. } => {
            format!("direct policies {} {}", plain(member.to_string()), to.len())
        }
        Change::ReplaceMembers { to, .. } => format!("replace members {group} {}", to.len()),
        Change::RemoveMember { member, pending, .. } => {
            let what = if *pending { "cancel" } else { "remove" };
            format!("{what} {}", plain(member.to_string()))
        }
    }
}
