//! The loop: waits for what comes in, tells the core, has carried out what the core asks for, and paints once.

use std::collections::VecDeque;
use std::io::Write;
use std::mem;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use ratatui::Frame;

use crate::app::{self, Answer, ChangeText, Effect, Exit, Facts, Means, Msg, Signal, Size, State};

use crate::domain::Fault;

use super::alarms::Alarms;
use super::{Clock, Decoder, Input, Screen};

/// What comes in from outside the loop.
#[derive(Debug)]
pub enum Event {
    /// Bytes from the terminal.
    Bytes(Vec<u8>),
    /// The terminal is gone.
    Gone,
    /// The terminal has another size.
    Resized(Size),
    /// The process was told to end.
    Signal(Signal),
    /// The process was told to suspend.
    Suspend,
    /// Something that was asked for has come.
    Answer(Box<Answer>),
}

/// What the loop hands on: everything that takes time.
pub trait Hands {
    /// Carries an effect out, or begins to; never waits.
    fn carry_out(&mut self, effect: Effect);

    /// The bytes by which the terminal takes text; `None` where it is handed to a program instead.
    fn for_terminal(&self, _text: &str) -> Option<Result<Vec<u8>, Fault>> {
        None
    }
}

/// What is to follow a round.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Another round.
    Round,
    /// The program is to be suspended as a job; then [`Console::resumed`].
    Suspend,
    /// A text is to be edited in another program, at this terminal; then [`Console::resumed`] and [`Console::edited`].
    Edit(ChangeText),
    /// The console is over.
    Leave(Exit),
}

/// How long answers may keep the screen from being painted.
const ANSWERS: Duration = Duration::from_millis(4);
/// Painting may change what is to be painted, by what only painting knows; it settles in one turn more.
const PAINTINGS: usize = 3;

/// The console's loop, on a writer that takes frames.
pub struct Console<W: Write, H: Hands, P> {
    state: State,
    clock: Clock,
    inbox: Receiver<Event>,
    screen: Option<Screen<W>>,
    paint: P,
    hands: H,
    decoder: Decoder,
    /// When the decoder stops waiting for the rest of what has begun.
    give_up: Option<Duration>,
    alarms: Alarms,
    answers: VecDeque<Answer>,
    slice: bool,
    suspend: bool,
    edit: Option<ChangeText>,
    exit: Option<Exit>,
    facts: Facts,
}

impl<W: Write, H: Hands, P: FnMut(&mut Frame<'_>, &State) -> Facts> Console<W, H, P> {
    /// A console that has not begun; `paint` draws the state.
    pub fn new(
        setup: app::Setup,
        clock: Clock,
        inbox: Receiver<Event>,
        screen: Screen<W>,
        paint: P,
        hands: H,
    ) -> Self {
        let (state, effects) = State::new(setup);
        let mut console = Self {
            state,
            clock,
            inbox,
            screen: Some(screen),
            paint,
            hands,
            decoder: Decoder::default(),
            give_up: None,
            alarms: Alarms::default(),
            answers: VecDeque::new(),
            slice: false,
            suspend: false,
            edit: None,
            exit: None,
            facts: Facts::default(),
        };
        console.carry_out(effects);
        console.paint();
        console
    }

    /// What the core knows.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Waits until something comes in, and takes it in. What a person does goes before answers that wait: it was
    /// done to the screen as it is, and is to be seen at once.
    pub fn round(&mut self) -> Next {
        let events = self.wait();
        self.tell(Msg::Tick(self.clock.now()));
        let pressed = self.take_in(events);
        for alarm in self.alarms.due(self.state.now.since_start) {
            self.tell(Msg::Alarm(alarm));
        }
        self.take_answers();
        // A slice of long work waits until what was just pressed is on the screen.
        if !pressed && mem::take(&mut self.slice) {
            self.tell(Msg::Slice);
        }
        if let Some(exit) = self.exit.take() {
            return Next::Leave(exit);
        }
        if mem::take(&mut self.suspend) {
            return Next::Suspend;
        }
        if let Some(text) = self.edit.take() {
            return Next::Edit(text);
        }
        self.paint();
        Next::Round
    }

    /// The program is in the foreground again, at a terminal that shows something else.
    pub fn resumed(&mut self, size: Size) {
        if let Some(screen) = &mut self.screen {
            screen.resize(ratatui_size(size));
            if screen.forget().is_err() {
                self.gone();
            }
        }
        self.tell(Msg::Tick(self.clock.now()));
        self.tell(Msg::Resize(size));
        self.tell(Msg::Resumed);
        self.paint();
    }

    /// The other program has ended, and left this.
    pub fn edited(&mut self, before: ChangeText, after: Result<String, Fault>) {
        self.tell(Msg::Answer(Answer::Edited(before, after)));
        self.paint();
    }

    fn wait(&mut self) -> Vec<Event> {
        let first = if self.slice || !self.answers.is_empty() {
            self.inbox.try_recv().ok()
        } else {
            self.wait_for_one()
        };
        first.into_iter().chain(self.inbox.try_iter()).collect()
    }

    fn wait_for_one(&mut self) -> Option<Event> {
        let deadline = self.give_up.into_iter().chain(self.alarms.next()).min();
        let Some(deadline) = deadline else { return self.inbox.recv().ok().or(Some(Event::Gone)) };
        let wait = deadline.saturating_sub(self.clock.now().since_start);
        match self.inbox.recv_timeout(wait) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            // Nobody can tell anything any more: the reader and the signals are gone with their threads.
            Err(RecvTimeoutError::Disconnected) => Some(Event::Gone),
        }
    }

    /// Takes in what was done at the terminal, and puts answers on the pile. Tells whether anything was pressed.
    fn take_in(&mut self, events: Vec<Event>) -> bool {
        let mut inputs = Vec::new();
        for event in events {
            match event {
                Event::Bytes(bytes) => {
                    inputs.extend(self.decoder.feed(&bytes));
                    let pause = self.decoder.pause();
                    self.give_up = pause.map(|pause| self.state.now.since_start + pause);
                }
                Event::Answer(answer) => self.answers.push_back(*answer),
                Event::Gone => self.gone(),
                Event::Resized(size) => {
                    if let Some(screen) = &mut self.screen {
                        screen.resize(ratatui_size(size));
                    }
                    self.tell(Msg::Resize(size));
                }
                Event::Signal(signal) => self.tell(Msg::Signal(signal)),
                Event::Suspend => self.suspend = true,
            }
        }
        if self.give_up.is_some_and(|at| at <= self.state.now.since_start) {
            self.give_up = None;
            inputs.extend(self.decoder.give_up());
        }
        let pressed = !inputs.is_empty();
        for input in inputs {
            self.tell(match input {
                Input::Key(key) => Msg::Key(key),
                Input::Paste(text) => Msg::Paste(text),
            });
        }
        pressed
    }

    fn take_answers(&mut self) {
        let until = self.clock.now().since_start + ANSWERS;
        while let Some(answer) = self.answers.pop_front() {
            self.tell(Msg::Answer(answer));
            if self.clock.now().since_start >= until {
                return;
            }
        }
    }

    fn tell(&mut self, msg: Msg) {
        if self.exit.is_none() {
            #[cfg(debug_assertions)]
            super::planted::before(&msg);
            let effects = app::update(&mut self.state, msg);
            self.carry_out(effects);
        }
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::After(wait, alarm) => {
                    self.alarms.set(self.state.now.since_start + wait, alarm);
                }
                Effect::Slice => self.slice = true,
                Effect::Edit(text) => self.edit = Some(text),
                Effect::Quit(exit) => self.exit = Some(exit),
                Effect::Copy(text) => self.copy(text),
                effect => self.hands.carry_out(effect),
            }
        }
    }

    fn copy(&mut self, text: String) {
        let Some(bytes) = self.hands.for_terminal(&text) else {
            return self.hands.carry_out(Effect::Copy(text));
        };
        let copied = bytes.map(|bytes| {
            let put = self.screen.as_mut().map(|screen| screen.put(&bytes));
            if put.is_some_and(|put| put.is_err()) {
                self.gone();
            }
            Means::Terminal
        });
        self.answers.push_back(Answer::Copied(text.lines().count(), copied));
    }

    fn paint(&mut self) {
        for _ in 0..PAINTINGS {
            let Some(screen) = &mut self.screen else { return };
            let (paint, state) = (&mut self.paint, &self.state);
            match screen.paint(|frame| paint(frame, state)) {
                Ok(Some(facts)) if facts != self.facts => {
                    self.facts = facts;
                    self.tell(Msg::Painted(facts));
                }
                Ok(_) => return,
                Err(error) => {
                    tracing::warn!(kind = ?error.kind(), "the terminal takes no more");
                    return self.gone();
                }
            }
        }
    }

    /// The terminal is gone: nothing is painted any more, and the core is told as by a hang-up, once.
    fn gone(&mut self) {
        if self.screen.take().is_some() {
            self.tell(Msg::Signal(Signal::HangUp));
        }
    }
}

/// The same size in the painter's own type.
pub(super) fn ratatui_size(size: Size) -> ratatui::layout::Size {
    ratatui::layout::Size::new(size.columns, size.rows)
}
