//! The whole console but for the terminal and the threads: keys go in, requests go over HTTP to the embedded server,
//! and what is painted comes out. Everything is done in turn and the time stands still, so that a screen is always
//! the same.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use cfiam::api::{self, BaseUrl, Client, Traffic};
use cfiam::app::{Answer, Effect, Facts, Mode, Msg, Request, Setup, Size, State, update};
use cfiam::domain::{MemberId, Now};
use cfiam::emulator::{Emulator, Options, Secret};
use cfiam::keys::{Key, Keymap};
use cfiam::ops::{self, Told};
use cfiam::plan::{Plan, RunId, Timings};
use cfiam::shell;
use cfiam::store::Journal;
use cfiam::ui::{Theme, paint};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use tokio::runtime::Runtime;

use crate::witness::{self, Witness};

/// All waits of the client are this much shorter than in earnest.
const CLIENT: f64 = 1.0 / 20.0;
/// All waits of a run are this much shorter than in earnest.
const RUN: f64 = 1.0 / 50.0;

pub struct Console {
    pub server: Emulator,
    pub state: State,
    pub theme: Theme,
    runtime: Runtime,
    client: Client,
    waiting: VecDeque<Effect>,
    traffic: Receiver<Answer>,
    began: Instant,
    /// Where the journals of its runs are.
    folder: tempfile::TempDir,
    _witness: Witness,
}

/// The demo's company at a fixed time.
pub fn company() -> Options {
    Options::new("2026-11-24T00:00:00Z".parse().unwrap())
}

fn now(seconds: u64) -> Now {
    Now { wall: "2026-11-24T09:30:00Z".parse().unwrap(), since_start: Duration::from_secs(seconds) }
}

impl Console {
    /// The company, opened by the credential that may write.
    pub fn open(columns: u16, rows: u16) -> Self {
        Self::open_as(columns, rows, company(), "writer", Mode::ReadWrite)
    }

    pub fn open_as(columns: u16, rows: u16, options: Options, who: &str, mode: Mode) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (server, witness) = runtime.block_on(witness::start(options, None));
        let credential = match server.secret(who).unwrap() {
            Secret::Token(token) => api::Credential::token(token).unwrap(),
            Secret::Key { email, key } => api::Credential::key(email, key).unwrap(),
        };
        let base_url = BaseUrl::parse(&server.base_url()).unwrap();
        let mut settings = api::Settings::new(base_url, credential);
        settings.timings = settings.timings.scaled(CLIENT);
        let (tell, traffic) = channel();
        let tell = std::sync::Arc::new(move |what| {
            let answer = match what {
                // How long a request took is never the same twice.
                Traffic::Request(line) => Answer::Sent(cfiam::domain::RequestLine {
                    took: Duration::from_millis(40),
                    ..line
                }),
                Traffic::Budget(budget) => Answer::Budget(budget),
            };
            drop(tell.send(answer));
        });
        let client = Client::new(settings, tell).unwrap();
        let (state, effects) = State::new(setup(columns, rows, mode));
        let folder = tempfile::tempdir().unwrap();
        witness.watch(folder.path());
        let mut console = Self {
            server,
            state,
            theme: Theme::default(),
            runtime,
            client,
            waiting: effects.into(),
            traffic,
            began: Instant::now(),
            folder,
            _witness: witness,
        };
        console.carry_out();
        console.frame();
        console
    }

    /// The program was left, and is started again: the server and the state folder are the same.
    pub fn restarted(self) -> Self {
        let Size { columns, rows } = self.state.size;
        let (state, effects) = State::new(setup(columns, rows, Mode::ReadWrite));
        let mut console = Self { state, waiting: effects.into(), ..self };
        console.carry_out();
        console.frame();
        console
    }

    /// Trouble from here on.
    pub fn trouble(&mut self, rule: &str) -> &mut Self {
        self.server.add_fault(rule.parse().unwrap());
        self
    }

    pub fn no_more_trouble(&mut self) -> &mut Self {
        self.server.clear_faults();
        self
    }

    /// Keys by name, a frame after each; what begins with a quote is typed, `_` for a space.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            match key.strip_prefix('"') {
                Some(text) => {
                    for c in text.replace('_', " ").chars() {
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

    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.send(Msg::Paste(text.to_owned()))
    }

    fn send(&mut self, msg: Msg) -> &mut Self {
        let effects = update(&mut self.state, msg);
        self.waiting.extend(effects);
        self.carry_out();
        self.frame();
        self
    }

    /// The screen as it is painted now.
    pub fn frame(&mut self) -> Buffer {
        let Size { columns, rows } = self.state.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        let mut facts = Facts::default();
        terminal.draw(|frame| facts = paint(frame, &self.state, &self.theme)).unwrap();
        let effects = update(&mut self.state, Msg::Painted(facts));
        if !effects.is_empty() {
            self.waiting.extend(effects);
            self.carry_out();
            return self.frame();
        }
        terminal.backend().buffer().clone()
    }

    pub fn text(&mut self) -> String {
        let buffer = self.frame();
        let rows = buffer.content.chunks(buffer.area.width.into());
        let rows =
            rows.map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>());
        rows.map(|row| row.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    }

    /// The screen, which must say this, broken between words or not.
    pub fn expect(&mut self, words: &str) -> &mut Self {
        let text = self.text();
        let flat: Vec<&str> = text.split_whitespace().collect();
        assert!(
            text.contains(words) || flat.join(" ").contains(words),
            "«{words}» is not on the screen:\n{text}"
        );
        self
    }

    /// The screen, which must not say this.
    pub fn refuse(&mut self, words: &str) -> &mut Self {
        let text = self.text();
        assert!(!text.contains(words), "«{words}» is on the screen:\n{text}");
        self
    }

    fn carry_out(&mut self) {
        while let Some(effect) = self.waiting.pop_front() {
            let messages = match effect {
                Effect::Ask(ticket, Request::Staged(_)) => {
                    vec![Msg::Answer(Answer::Staged(ticket, Ok(Vec::new())))]
                }
                Effect::Ask(ticket, request) => self.ask(ticket, request),
                Effect::Apply(run, plan, approval) => self.apply(&run, plan, approval),
                Effect::Slice => vec![Msg::Slice],
                _ => Vec::new(),
            };
            let traffic: Vec<Answer> = self.traffic.try_iter().collect();
            for msg in traffic.into_iter().map(Msg::Answer).chain(messages) {
                let effects = update(&mut self.state, msg);
                self.waiting.extend(effects);
            }
        }
    }

    fn ask(&self, ticket: cfiam::app::Ticket, request: Request) -> Vec<Msg> {
        if let Some(answer) = shell::look_up(self.folder.path(), ticket, &request) {
            return vec![Msg::Answer(answer)];
        }
        let (tell, told) = channel();
        let tell = move |answer| drop(tell.send(Msg::Answer(answer)));
        self.runtime.block_on(shell::fulfil(&self.client, ticket, request, tell));
        told.iter().collect()
    }

    fn apply(
        &self,
        run: &RunId,
        plan: std::sync::Arc<Plan>,
        approval: cfiam::plan::Approval,
    ) -> Vec<Msg> {
        let mut told = Vec::new();
        let timings = Timings::default().scaled(RUN);
        let began = self.began;
        let clock =
            move || Now { wall: now(0).wall + began.elapsed(), since_start: began.elapsed() };
        let never = std::future::pending();
        let folder = self.folder.path();
        let mut journal = Journal::begin(folder, run, &plan, approval, clock()).unwrap();
        let run_to_end = ops::apply(&self.client, plan, run.clone(), timings, clock, never, |it| {
            if let Told::Keep(records) = &it {
                journal.keep(records, clock())?;
            }
            told.push(it);
            Ok(())
        });
        self.runtime
            .block_on(async { tokio::time::timeout(Duration::from_mins(1), run_to_end).await })
            .expect("the run ends");
        let answers = told.into_iter().filter_map(|told| match told {
            Told::Run(report) => Some(Answer::Run(run.clone(), report)),
            Told::Load(load) => Some(Answer::Reread(load)),
            Told::Keep(_) | Told::Guards(..) => None,
        });
        answers.map(Msg::Answer).collect()
    }

    /// The e-mails of who is in a group, as the server has it.
    pub fn in_group(&self, name: &str) -> Vec<String> {
        let group = self.server.group_id(name).expect("a group");
        let people = self.server.people();
        let inside = self.server.memberships(&group);
        let inside = people.iter().filter(|(id, _)| inside.contains(id));
        inside.map(|(_, email)| email.clone()).collect()
    }

    /// The e-mails of so many people who are in a group, and of so many who are not and could be.
    pub fn insiders(&self, name: &str, count: usize) -> Vec<String> {
        self.in_group(name).into_iter().take(count).collect()
    }

    pub fn outsiders(&self, name: &str, count: usize) -> Vec<String> {
        let inside = self.in_group(name);
        let accepted = |id: &str| {
            let id = MemberId::parse(id).unwrap();
            self.state
                .directory
                .members()
                .get(&id)
                .is_some_and(|member| member.status == cfiam::domain::MemberStatus::Accepted)
        };
        let people = self.server.people();
        let outside =
            people.into_iter().filter(|(id, email)| accepted(id) && !inside.contains(email));
        outside.map(|(_, email)| email).take(count).collect()
    }
}

fn setup(columns: u16, rows: u16, mode: Mode) -> Setup {
    Setup {
        profile: String::new(),
        badge: None,
        host: "api.cloudflare.com".into(),
        dashboard: true,
        unconnected: None,
        mode,
        writable: Vec::new(),
        snapshot: None,
        account: None,
        organization: None,
        protected: cfiam::domain::Protected::default(),
        decided: std::sync::Arc::default(),
        requests_per_5_min: 1_000,
        keymap: Keymap::default(),
        size: Size { columns, rows },
        now: now(0),
    }
}
