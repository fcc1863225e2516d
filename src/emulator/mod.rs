//! The embedded API server: answers as Cloudflare's IAM API does, over real HTTP on loopback, from memory.
//!
//! It is written against the service's observed behaviour, not against the client beside it, and imports
//! nothing of it: a misreading on one side can't cancel out on the other. The made-up company follows from a
//! seed, a size and a moment alone. What it never does: reach the network, keep a file, or know who its client
//! is.
//!
//! Where documents and live answers disagree, [`Shapes`] chooses:
//!
//! | | live | documented |
//! |---|---|---|
//! | `scope` of a resource group | an object | an array of one |
//! | an empty list of a group's members or of resource groups | `null` | `[]` |
//! | answer to adding members | the whole membership | one member |
//! | a group's members in lists | no `status` | `status` |
//! | `meta` of a permission group | an open map of strings | `key` and `value` |
//! | `result_info` of permission groups | none | there |
//! | `total_pages` | on most lists | on zones alone |
//! | `per_page` out of range | clamped, and told | 400 |
//! | `per_page` of groups and their members, left out | 100 | 20 |
//! | what comes through groups, on the member | not shown | shown |
//! | a member's PUT without `status` | ignored silently | carried out |
//! | inviting who is there already | 1008 | 1004 |
//! | deleting a group or resource group | result `null` | `{id}` |
//! | second verb of permissions | `edit` | `write` |
//! | `fuzzyEmail`, `direction` of a group's members | known | ignored |
//! | accounts, with an account-owned token | the same page for ever | 400 |
//! | a resource group that was written inline | scope alone | `id` and scope |

mod budget;
mod credentials;
mod direct;
mod fault;
mod log;
mod page;
mod render;
mod reply;
mod request;
mod routes;
mod seed;
mod server;
mod state;
mod world;

use std::future::IntoFuture;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use credentials::{Credential, Secret};
pub use fault::{BadFault, FaultRule, GRAMMAR as FAULT_GRAMMAR};
pub use log::Seen;
use state::State;

/// Which of two answers is given where documents and live answers disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Shapes {
    /// As observed in live answers.
    #[default]
    Live,
    /// As older documents have it.
    Documented,
}

/// What new things are stamped with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Clock {
    /// [`Options::now`] plus the time since the start: nothing depends on the day of the run.
    #[default]
    World,
    /// The machine's clock, where it is ahead of the world's.
    Wall,
}

/// What server is wanted.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Members of the first account, the owner included.
    pub members: u32,
    /// User groups of the first account.
    pub groups: u32,
    /// Accounts; all but the first are small.
    pub accounts: u32,
    /// From which names, ids and grants follow.
    pub seed: u64,
    /// The moment from which all dates are counted back.
    pub now: Timestamp,
    /// What new things are stamped with.
    pub clock: Clock,
    /// How long each answer takes at least.
    pub latency: Duration,
    /// How long reads lag behind writes.
    pub lag: Duration,
    /// Requests in five minutes, before five minutes of refusals.
    pub budget: u32,
    /// Trouble.
    pub faults: Vec<FaultRule>,
    /// Which shapes are answered.
    pub shapes: Shapes,
}

impl Options {
    /// The demo's company at a moment, without trouble, on a free port.
    pub fn new(now: Timestamp) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            members: 240,
            groups: 18,
            accounts: 1,
            seed: 1,
            now,
            clock: Clock::World,
            latency: Duration::ZERO,
            lag: Duration::ZERO,
            budget: 1_200,
            faults: Vec::new(),
            shapes: Shapes::Live,
        }
    }
}

/// A write, as it was received.
#[derive(Clone, Debug)]
pub struct WriteReceived {
    /// Its place among all [`Emulator::requests`], from 0 on.
    pub number: usize,
    /// The verb.
    pub method: String,
    /// The path as sent, without `/client/v4`.
    pub path: String,
    /// The query as sent, without the question mark.
    pub query: String,
    /// The body as sent.
    pub body: Bytes,
}

impl WriteReceived {
    fn of(request: &request::Request, number: usize) -> Option<Self> {
        request.writes().then(|| Self {
            number,
            method: request.method.to_string(),
            path: request.path.clone(),
            query: request.raw_query.clone(),
            body: request.body.clone(),
        })
    }
}

/// Called with each write on receipt, before it is carried out, whatever becomes of it.
pub type Observer = Arc<dyn Fn(&WriteReceived) + Send + Sync>;

/// What the connections share.
struct Hub {
    #[expect(
        clippy::disallowed_types,
        reason = "every connection writes to one world, briefly and never across a wait"
    )]
    state: std::sync::Mutex<State>,
    observer: Option<Observer>,
    latency: Duration,
}

impl Hub {
    #[expect(clippy::disallowed_types, reason = "as the field's")]
    fn new(state: State, observer: Option<Observer>, latency: Duration) -> Self {
        Self { state: std::sync::Mutex::new(state), observer, latency }
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        // A panic elsewhere leaves the world as it was between two edits, which is a world like any other.
        act(&mut self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn tell(&self, write: impl FnOnce() -> Option<WriteReceived>) {
        if let Some(observer) = &self.observer
            && let Some(write) = write()
        {
            observer(&write);
        }
    }
}

/// A running server. It ends when this is dropped.
pub struct Emulator {
    hub: Arc<Hub>,
    address: SocketAddr,
    account: String,
    organization: String,
    credentials: Vec<Credential>,
    stop: Option<oneshot::Sender<()>>,
}

/// Starts a server on the runtime that this is called in.
///
/// # Errors
///
/// The address can't be listened on: in use, not of this machine, or not allowed.
pub async fn start(options: Options, observer: Option<Observer>) -> io::Result<Emulator> {
    let listener = TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    let mut state = State::new(&options);
    let account =
        state.front().accounts.first().map(|account| account.id.to_string()).unwrap_or_default();
    let organization = state.front().organization.id.clone();
    let credentials = state.credentials.iter().map(|known| known.shown.clone()).collect();
    let hub = Arc::new(Hub::new(state, observer, options.latency));
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = axum::serve(server::Door(listener), server::router(Arc::clone(&hub)))
        .with_graceful_shutdown(async move {
            // Told to stop and left behind are the same.
            let _either = stopped.await;
        });
    #[expect(
        clippy::disallowed_methods,
        reason = "serving never fails, and a panic in a route ends its connection alone"
    )]
    let _task = tokio::spawn(serving.into_future());
    Ok(Emulator { hub, address, account, organization, credentials, stop: Some(stop) })
}

impl Emulator {
    /// Where a client finds it: `http://127.0.0.1:PORT/client/v4`.
    pub fn base_url(&self) -> String {
        format!("http://{}{}", self.address, request::BASE)
    }

    /// The first account.
    pub fn account_id(&self) -> &str {
        &self.account
    }

    /// The organization above the accounts.
    pub fn organization_id(&self) -> &str {
        &self.organization
    }

    /// Everything that opens it; `writer`, `reader`, `account`, `key` and `revoked` come first.
    pub fn credentials(&self) -> &[Credential] {
        &self.credentials
    }

    /// The secret of a credential by its name.
    pub fn secret(&self, name: &str) -> Option<&Secret> {
        self.credentials
            .iter()
            .find(|credential| credential.name == name)
            .map(|credential| &credential.secret)
    }

    /// Stops listening and closes idle connections. Dropping it does the same.
    pub fn stop(&mut self) {
        self.stop.take();
    }
}
