//! The client.

use std::sync::Arc;

use super::{List, Settings};
use crate::domain::{Budget, Fault, Load, RequestLine, Urgency, WalkId};

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
}

impl Client {
    /// Makes a client. Nothing is sent yet.
    ///
    /// # Errors
    /// A [`crate::domain::FaultKind::Config`] if the settings can't be used.
    pub fn new(settings: Settings, observer: Observer) -> Result<Self, Fault> {
        Ok(Self { shared: Arc::new(Shared { settings, observer }) })
    }

    /// Walks a list to its end, and once more if it changed on the way. Each page is given to `sink` as it comes, in
    /// order; a walk always ends with [`Load::Ended`] or [`Load::Failed`]. `walk` gives each walk its id.
    pub async fn walk(
        &self,
        list: &List,
        urgency: Urgency,
        mut walk: impl FnMut() -> WalkId + Send,
        mut sink: impl FnMut(Load) + Send,
    ) {
        let _ = (&self.shared.settings, &self.shared.observer, urgency);
        let fault = Fault::new(crate::domain::FaultKind::Internal, "not built yet", "");
        let (collection, walk) = (list.collection(), walk());
        sink(Load::Begun { collection: collection.clone(), walk });
        sink(Load::Failed { collection, walk, fault });
    }
}
