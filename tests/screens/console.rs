//! A console that is driven without a terminal: it is told what the service answers, and painted into a buffer.

use std::time::Duration;

use cfiam::app::{Answer, Effect, Facts, Mode, Msg, Request, Setup, Size, State, update};
use cfiam::domain::{Collection, Fault, FaultKind, Gap, Load, Now, Protected, WalkId};
use cfiam::keys::{Key, Keymap};
use cfiam::plan::{History, Past};
use cfiam::ui::{Theme, paint};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use super::account;

/// How a list is answered.
#[derive(Clone)]
pub enum How {
    /// Whole.
    Whole,
    /// As many rows, of so many promised; more never come.
    Part(usize, u32),
    /// Whole, but for some items.
    SetAside(u32),
    /// Nothing in it.
    Empty,
    /// Not at all.
    Fails(Fault),
}

pub struct Console {
    pub state: State,
    pub theme: Theme,
    pub facts: Facts,
    waiting: Vec<Effect>,
    how: Box<dyn Fn(&Collection) -> How>,
    walk: u64,
    /// The run that was asked for.
    pub run: Option<(cfiam::plan::RunId, std::sync::Arc<cfiam::plan::Plan>)>,
    /// The runs whose journals are on disk, the newest first, and why others can't be read.
    pub past: Vec<(Past, History)>,
    pub unread: Vec<Fault>,
}

pub fn setup(columns: u16, rows: u16) -> Setup {
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
        size: Size { columns, rows },
        now: now(0),
    }
}

/// So many seconds after the start.
pub fn now(seconds: u64) -> Now {
    Now { wall: "2026-03-04T14:02:00Z".parse().unwrap(), since_start: Duration::from_secs(seconds) }
}

pub fn no_answer() -> Fault {
    let mut fault = Fault::new(
        FaultKind::Unanswered,
        "reading the members: no answer in 30 s",
        "look at the connection, then try again",
    );
    fault.ray = Some("8f21c09bd7a3e412-FRA".into());
    fault
}

pub fn forbidden() -> Fault {
    let mut fault = Fault::new(
        FaultKind::Permission("Account Settings Read".into()),
        "reading the members: the token lacks Account Settings Read",
        "give the token Account Settings Read in the dashboard, under My Profile, API Tokens",
    );
    fault.status = Some(403);
    fault.errors =
        vec![cfiam::domain::ApiError { code: Some(10000), message: "Authentication error".into() }];
    fault
}

impl Console {
    /// With the account open and everything read.
    pub fn open(columns: u16, rows: u16) -> Self {
        Self::open_as(columns, rows, |_| How::Whole)
    }

    /// With the account open, its lists answered as told.
    pub fn open_as(columns: u16, rows: u16, how: impl Fn(&Collection) -> How + 'static) -> Self {
        Self::start(setup(columns, rows), how)
    }

    pub fn start(setup: Setup, how: impl Fn(&Collection) -> How + 'static) -> Self {
        let (state, waiting) = State::new(setup);
        let (theme, facts) = (Theme::default(), Facts::default());
        let mut console = Self {
            state,
            theme,
            facts,
            waiting,
            how: Box::new(how),
            walk: 0,
            run: None,
            past: Vec::new(),
            unread: Vec::new(),
        };
        console.answer_all();
        console.frame();
        console
    }

    /// As if so many seconds had gone by.
    pub fn later(&mut self, seconds: u64) -> &mut Self {
        self.send(Msg::Tick(now(seconds)))
    }

    pub fn send(&mut self, msg: Msg) -> &mut Self {
        let effects = update(&mut self.state, msg);
        self.waiting.extend(effects);
        self.answer_all();
        self.frame();
        self
    }

    /// Keys by name, a frame after each; what is in quotes is typed.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            match key.strip_prefix('"') {
                Some(text) => {
                    for c in text.trim_end_matches('"').replace('_', " ").chars() {
                        self.send(Msg::Key(Key::char(c)));
                    }
                }
                None => {
                    self.send(Msg::Key(key.parse().expect("a key")));
                }
            }
        }
        self
    }

    /// The screen as it is painted now.
    pub fn frame(&mut self) -> Buffer {
        let Size { columns, rows } = self.state.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        let mut facts = Facts::default();
        terminal.draw(|frame| facts = paint(frame, &self.state, &self.theme)).unwrap();
        self.facts = facts;
        let effects = update(&mut self.state, Msg::Painted(facts));
        if !effects.is_empty() {
            self.waiting.extend(effects);
            self.answer_all();
            return self.frame();
        }
        terminal.backend().buffer().clone()
    }

    /// The screen's rows as text, without what is empty at their ends.
    pub fn text(&mut self) -> String {
        let buffer = self.frame();
        shown(&buffer)
    }

    /// Checks the screen against its golden copy; writes its picture where one is asked for.
    pub fn golden(&mut self, name: &str) -> String {
        let buffer = self.frame();
        shot(&buffer, name);
        let text = shown(&buffer);
        insta::assert_snapshot!(name, text);
        text
    }

    fn answer_all(&mut self) {
        while !self.waiting.is_empty() {
            for effect in std::mem::take(&mut self.waiting) {
                let messages = match effect {
                    Effect::Ask(ticket, request) => self.answers(ticket, request),
                    Effect::Slice => vec![Msg::Slice],
                    Effect::Apply(run, plan, _) => {
                        self.run = Some((run, plan));
                        Vec::new()
                    }
                    _ => Vec::new(),
                };
                for msg in messages {
                    let effects = update(&mut self.state, msg);
                    self.waiting.extend(effects);
                }
            }
        }
    }

    fn answers(&mut self, ticket: cfiam::app::Ticket, request: Request) -> Vec<Msg> {
        let answers = match request {
            Request::Accounts => {
                vec![Answer::Accounts(ticket, Ok(vec![account::whole().account.unwrap()]))]
            }
            Request::Account { .. } => vec![Answer::Account(ticket, Box::new(account::whole()))],
            Request::Staged(_) => vec![Answer::Staged(ticket, Ok(Vec::new()))],
            Request::Runs(_) => {
                let runs = self.past.iter().map(|(past, _)| past.clone()).collect();
                vec![Answer::Runs(ticket, Ok((runs, self.unread.clone())))]
            }
            Request::Run(_, id) => {
                let found = self.past.iter().find(|(past, _)| past.id == id);
                let none = || Fault::new(FaultKind::Disk, "no such run", "");
                let run = found.map(|(_, history)| Box::new(history.clone())).ok_or_else(none);
                vec![Answer::Past(ticket, run)]
            }
            Request::List { collection, .. } => self.list(ticket, &collection),
            Request::AllGroupMembers { groups, .. } => {
                let lists = groups.into_iter().map(Collection::GroupMembers);
                let mut answers: Vec<Answer> =
                    lists.flat_map(|list| self.walk(ticket, &list)).collect();
                answers.push(Answer::Done(ticket, Ok(())));
                answers
            }
            Request::Since { pairs, .. } => {
                let days = (1..).zip(pairs).map(|(day, (group, member))| {
                    let since = format!("2026-02-{:02}T09:00:00Z", day % 27 + 1).parse().ok();
                    Answer::Loaded(ticket, Load::Membership { group, member, present: true, since })
                });
                days.chain([Answer::Done(ticket, Ok(()))]).collect()
            }
            _ => vec![Answer::Done(ticket, Ok(()))],
        };
        answers.into_iter().map(Msg::Answer).collect()
    }

    fn list(&mut self, ticket: cfiam::app::Ticket, collection: &Collection) -> Vec<Answer> {
        let mut answers = self.walk(ticket, collection);
        match (self.how)(collection) {
            How::Part(..) => {}
            How::Fails(fault) => answers.push(Answer::Done(ticket, Err(fault))),
            _ => answers.push(Answer::Done(ticket, Ok(()))),
        }
        answers
    }

    fn walk(&mut self, ticket: cfiam::app::Ticket, collection: &Collection) -> Vec<Answer> {
        self.walk += 1;
        let walk = WalkId(self.walk);
        let mut page = account::page(collection);
        let how = (self.how)(collection);
        let keep = match &how {
            How::Part(rows, _) => *rows,
            How::Empty | How::Fails(_) => 0,
            _ => usize::MAX,
        };
        cut(&mut page, keep);
        let collection = collection.clone();
        let mut loads = vec![Load::Begun { collection: collection.clone(), walk }];
        let end = match how {
            How::Fails(fault) => Some(Load::Failed { collection, walk, fault }),
            How::Part(_, of) => {
                loads.push(Load::Page { walk, page, of: Some(of), set_aside: 0 });
                None
            }
            How::SetAside(number) => {
                loads.push(Load::Page { walk, page, of: None, set_aside: number });
                Some(Load::Ended { collection, walk, gaps: vec![Gap::SetAside(number)] })
            }
            How::Whole | How::Empty => {
                loads.push(Load::Page { walk, page, of: None, set_aside: 0 });
                Some(Load::Ended { collection, walk, gaps: Vec::new() })
            }
        };
        loads.extend(end);
        loads.into_iter().map(|load| Answer::Loaded(ticket, load)).collect()
    }
}

fn cut(page: &mut cfiam::domain::Page, rows: usize) {
    use cfiam::domain::Page;
    match page {
        Page::Members(all) => all.truncate(rows),
        Page::Groups(all) => all.truncate(rows),
        Page::GroupMembers(_, all) => all.truncate(rows),
        Page::PermissionGroups(all) => all.truncate(rows),
        Page::ResourceGroups(all) => all.truncate(rows),
        Page::Zones(all) => all.truncate(rows),
        Page::OrganizationMembers(all) => all.truncate(rows),
    }
}

/// A buffer's rows as text, without what is empty at their ends.
pub fn shown(buffer: &Buffer) -> String {
    let rows = (0..buffer.area.height).map(|y| {
        let mut row = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            row.push_str(symbol);
            x += u16::try_from(cfiam::text::width(symbol)).unwrap().max(1);
        }
        row.trim_end().to_owned()
    });
    rows.collect::<Vec<_>>().join("\n")
}

/// Writes the picture of a screen where `CFIAM_SHOTS` names a folder.
#[expect(
    clippy::disallowed_methods,
    reason = "a test's own switch, and a picture that nobody else reads"
)]
pub fn shot(buffer: &Buffer, name: &str) {
    if let Some(folder) = std::env::var_os("CFIAM_SHOTS") {
        let path = std::path::Path::new(&folder).join(format!("{name}.svg"));
        std::fs::write(path, super::svg::picture(buffer, name)).unwrap();
    }
}
