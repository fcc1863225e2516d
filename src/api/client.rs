//! The client: what all calls go through.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::answer::Answer;
use super::call::Call;
use super::diagnosis::Standing;
use super::judge::{Failure, Sort, judge};
use super::pace::{Gate, Lane, Limits, Permit};
use super::retry::{Allowance, Tries};
use super::transport::{Broken, Transport};
use super::wire::{Envelope, readable};
use super::{BaseUrl, Settings, Timings};
use crate::domain::{Budget, CredentialKind, Fault, RequestLine, Urgency};

#[expect(
    clippy::disallowed_types,
    reason = "all calls of a client share its repetitions; held for a few instructions, never over a wait"
)]
type Shortly<T> = std::sync::Mutex<T>;
#[expect(
    clippy::disallowed_types,
    reason = "many refusals at once ask for one look at the credential; the others wait for it"
)]
type Once<T> = tokio::sync::Mutex<T>;

type Verdict = Once<Option<(Duration, Standing)>>;

/// What is told while it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// A request has ended, one way or another.
    Request(RequestLine),
    /// What is left of the request budget has changed.
    Budget(Budget),
}

/// Who is told; called from the client's tasks, so it must be quick.
pub type Observer = Arc<dyn Fn(Traffic) + Send + Sync>;

/// A client of Cloudflare's API for one credential. Clones share connections and the request budget.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    observer: Observer,
    transport: Transport,
    gate: Arc<Gate>,
    allowance: Shortly<Allowance>,
    verdict: Verdict,
    chance: RandomState,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("settings", &self.shared.settings).finish_non_exhaustive()
    }
}

impl Client {
    /// Makes a client. Nothing is sent yet.
    ///
    /// # Errors
    /// A [`crate::domain::FaultKind::Config`] if the settings can't be used.
    pub fn new(settings: Settings, observer: Observer) -> Result<Self, Fault> {
        let transport = Transport::new(&settings)?;
        let shared = Shared {
            transport,
            gate: Arc::new(Gate::new(limits(&settings), settings.ledger.clone())),
            allowance: Shortly::new(Allowance::default()),
            verdict: Once::new(None),
            chance: RandomState::new(),
            settings,
            observer,
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Where the API is.
    pub fn base_url(&self) -> &BaseUrl {
        &self.shared.settings.base_url
    }

    /// All waits.
    pub fn timings(&self) -> &Timings {
        &self.shared.settings.timings
    }

    /// What is left of the request budget.
    pub fn budget(&self) -> Budget {
        self.shared.gate.budget()
    }

    pub(super) fn credential_kind(&self) -> CredentialKind {
        self.shared.settings.credential.kind()
    }

    pub(super) fn now(&self) -> Duration {
        self.shared.gate.now()
    }

    pub(super) fn verdict(&self) -> &Verdict {
        &self.shared.verdict
    }

    fn tell(&self, traffic: Traffic) {
        (self.shared.observer)(traffic);
    }

    /// Reads: tries again where that may help, and tells what a refusal means. `decode` says why an answer that
    /// succeeded can't be what was asked for.
    pub(super) async fn read<T>(
        &self,
        call: &Call,
        decode: impl Fn(&Answer, &Envelope<'_>) -> Result<T, &'static str>,
    ) -> Result<T, Fault> {
        match self.ask_as(call, decode).await {
            Ok(value) => Ok(value),
            Err(failure) => Err(self.explain(call, &failure).await),
        }
    }

    /// Reads, without a look at the credential where it is refused.
    pub(super) async fn ask(&self, call: &Call) -> Result<Answer, Failure> {
        self.ask_as(call, |answer, _| Ok(answer.clone())).await
    }

    async fn ask_as<T>(
        &self,
        call: &Call,
        decode: impl Fn(&Answer, &Envelope<'_>) -> Result<T, &'static str>,
    ) -> Result<T, Failure> {
        let mut tries = Tries::default();
        self.with_allowance(Allowance::earn);
        loop {
            let began = self.now();
            let failure = match self.once(call, tries.number()).await {
                Ok(answer) => match opened(&answer, &decode) {
                    Ok(value) => return Ok(value),
                    Err(failure) => failure,
                },
                Err(failure) => failure,
            };
            if !self.try_again(&mut tries, &failure, began).await {
                return Err(failure);
            }
        }
    }

    /// Waits before another try, if there is to be one.
    async fn try_again(&self, tries: &mut Tries, failure: &Failure, began: Duration) -> bool {
        let took = self.now().saturating_sub(began);
        let Some(wait) = tries.again(failure.failing(), took, self.chance(), self.timings()) else {
            return false;
        };
        if !self.with_allowance(Allowance::spend) {
            return false;
        }
        tokio::time::sleep(wait).await;
        true
    }

    fn with_allowance<T>(&self, work: impl FnOnce(&mut Allowance) -> T) -> T {
        work(&mut self.shared.allowance.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Anything from 0 to 1.
    fn chance(&self) -> f64 {
        let bits = self.shared.chance.hash_one(self.now());
        f64::from(u32::try_from(bits >> 32).unwrap_or(0)) / f64::from(u32::MAX)
    }

    /// Reads once, when its turn has come.
    async fn once(&self, call: &Call, attempt: u32) -> Result<Answer, Failure> {
        let permit = self.pass(call.urgency, Lane::Read).await;
        self.send(call, attempt, permit).await
    }

    /// Waits until a request may leave, and tells of it where that takes long.
    pub(super) async fn pass(&self, urgency: Urgency, lane: Lane) -> Permit {
        let mut held = HeldUp { client: self, told: false };
        self.shared.gate.pass(urgency, lane, move || held.tell()).await
    }

    /// Sends a request whose turn has come at once, tells of it, and judges its answer.
    pub(super) async fn send(
        &self,
        call: &Call,
        attempt: u32,
        permit: Permit,
    ) -> Result<Answer, Failure> {
        let began = self.now();
        let result = self.shared.transport.send(call).await;
        let took = self.now().saturating_sub(began);
        match &result {
            Ok(answer) => permit.answered(&answer.head.seen),
            Err(Broken { head: Some(head), .. }) => permit.answered(&head.seen),
            Err(Broken { head: None, .. }) => drop(permit),
        }
        let bytes = result.as_ref().map_or(0, |answer| answer.body.len());
        let mut judged =
            result.map_err(Failure::from).and_then(|answer| judge(&answer).map(|()| answer));
        let head = match &mut judged {
            Ok(answer) => &mut answer.head,
            Err(failure) => &mut failure.head,
        };
        (head.took, head.bytes) = (took, bytes as u64);
        self.report(call, attempt, &judged);
        judged
    }

    fn report(&self, call: &Call, attempt: u32, judged: &Result<Answer, Failure>) {
        let (head, failure) = match judged {
            Ok(answer) => (&answer.head, None),
            Err(failure) => (&failure.head, Some(failure)),
        };
        let codes: Vec<i64> =
            failure.map_or(&[][..], |f| &f.errors).iter().filter_map(|e| e.code).collect();
        let line = RequestLine {
            method: call.verb(),
            path: call.shown(),
            status: Some(head.status).filter(|status| *status > 0),
            codes,
            ray: head.ray.clone(),
            took: head.took,
            bytes: head.bytes,
            attempt,
            trouble: failure.and_then(|f| short(&f.sort)),
        };
        tracing::debug!(
            method = line.method,
            path = line.path,
            status = line.status,
            ms = u64::try_from(head.took.as_millis()).unwrap_or(u64::MAX),
            ray = line.ray,
            codes = ?line.codes,
            attempt,
            trouble = line.trouble,
        );
        self.tell(Traffic::Request(line));
        self.tell(Traffic::Budget(self.budget()));
    }
}

/// Tells that a request is held up; and, when it leaves or is given up, that it no longer is.
struct HeldUp<'a> {
    client: &'a Client,
    told: bool,
}

impl HeldUp<'_> {
    fn tell(&mut self) {
        self.told = true;
        self.client.tell(Traffic::Budget(self.client.budget()));
    }
}

impl Drop for HeldUp<'_> {
    fn drop(&mut self) {
        if self.told {
            self.tell();
        }
    }
}

fn limits(settings: &Settings) -> Limits {
    let timings = &settings.timings;
    // A ceiling of none would hold everything for ever.
    let ceiling = settings.requests_per_5_min.max(10);
    Limits {
        ceiling,
        window: timings.window,
        per_second: ceiling.min(150),
        second: timings.second,
        throttled: timings.throttled,
        longest_throttle: timings.longest_throttle,
    }
}

fn opened<T>(
    answer: &Answer,
    decode: &impl Fn(&Answer, &Envelope<'_>) -> Result<T, &'static str>,
) -> Result<T, Failure> {
    let text = readable(&answer.body);
    let garbled = |why: String| Failure {
        sort: Sort::Garbled(why),
        errors: Vec::new(),
        head: answer.head.clone(),
    };
    let envelope = if answer.body.is_empty() {
        Envelope::default()
    } else {
        Envelope::open(&text).map_err(|place| garbled(format!("it is broken at byte {place}")))?
    };
    decode(answer, &envelope).map_err(|why| garbled(why.to_owned()))
}

/// Why no use can be made of an answer, for a line about its request.
fn short(sort: &Sort) -> Option<String> {
    match sort {
        Sort::NotSent { why, .. } | Sort::Lost(why) | Sort::Garbled(why) => Some(why.clone()),
        Sort::Redirect(host) => Some(format!("redirect to {host}")),
        Sort::Page => Some("a web page".to_owned()),
        Sort::Throttled | Sort::Refused | Sort::Server => None,
    }
}
