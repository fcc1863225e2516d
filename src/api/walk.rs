//! Walking a list: page 1, then the pages that it promises side by side, taken in their order.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use super::Client;
use super::list::List;
use super::rules::{Next, Pager, Rules, Sheet};
use super::sheet::Cursor;
use crate::domain::{Fault, FaultKind, Gap, Load, Page, Urgency, WalkId};

/// The most pages of one walk that are in flight at once.
const ABREAST: usize = 8;
/// How far pages may run ahead of the next that is due, so that one slow page doesn't pile up the others.
const AHEAD: u64 = 32;

type Fetched = Result<(Page, Sheet), Fault>;

/// How one walk ended.
enum Outcome {
    Ended { gaps: Vec<Gap>, worth_another: bool },
    Failed(Fault),
}

impl Client {
    /// Walks a list to its end, and once more if it changed on the way. Each page is given to `sink` as it comes, in
    /// order; the last thing given is always [`Load::Ended`] or [`Load::Failed`]. `walk` gives each walk its id.
    pub async fn walk(
        &self,
        list: &List,
        urgency: Urgency,
        mut walk: impl FnMut() -> WalkId + Send,
        mut sink: impl FnMut(Load) + Send,
    ) {
        let collection = list.collection();
        let mut first = true;
        loop {
            let walk = walk();
            sink(Load::Begun { collection: collection.clone(), walk });
            match self.walk_once(list, urgency, walk, &mut sink).await {
                Outcome::Failed(fault) => {
                    return sink(Load::Failed { collection, walk, fault });
                }
                Outcome::Ended { worth_another: true, .. } if first => first = false,
                Outcome::Ended { gaps, .. } => {
                    return sink(Load::Ended { collection, walk, gaps });
                }
            }
        }
    }

    async fn walk_once(
        &self,
        list: &List,
        urgency: Urgency,
        walk: WalkId,
        sink: &mut (impl FnMut(Load) + Send),
    ) -> Outcome {
        let mut rules = Rules::new(list.pager(), list.per_page());
        let mut pages = Pages::new(self.clone(), list.clone(), urgency);
        loop {
            let (page, sheet) = match pages.next().await {
                Ok(fetched) => fetched,
                Err(fault) => return Outcome::Failed(fault),
            };
            let next = rules.take(&sheet);
            if next != Next::NoProgress {
                let of =
                    sheet.info.total_count.map(|total| u32::try_from(total).unwrap_or(u32::MAX));
                sink(Load::Page { walk, page, of, set_aside: sheet.set_aside });
            }
            if next != Next::More {
                let worth_another = next == Next::End && rules.shifted();
                return Outcome::Ended { gaps: rules.gaps(next), worth_another };
            }
            pages.promise(rules.promised(&sheet.info));
            pages.follow(sheet.info.next_token);
        }
    }

    /// Asks for a list's first page alone, to see whether it may be read.
    ///
    /// # Errors
    /// Why it may not, or can't.
    pub async fn peek(&self, list: &List, urgency: Urgency) -> Result<(), Fault> {
        self.page(list, &Cursor::first(list.pager()), urgency).await.map(drop)
    }

    async fn page(&self, list: &List, cursor: &Cursor, urgency: Urgency) -> Fetched {
        let call = list.call(cursor, urgency);
        self.read(&call, |_, envelope| list.page(envelope)).await
    }
}

/// The pages of one walk. Dropping it gives up what is in flight.
struct Pages {
    client: Client,
    list: List,
    urgency: Urgency,
    /// The number of the page that is due next.
    due: u64,
    /// The number of the page that is to be asked for next.
    ask: u64,
    promised: u64,
    token: Option<String>,
    flying: JoinSet<(u64, Fetched)>,
    early: BTreeMap<u64, (Page, Sheet)>,
    failed: BTreeMap<u64, Fault>,
}

impl Pages {
    fn new(client: Client, list: List, urgency: Urgency) -> Self {
        Self {
            client,
            list,
            urgency,
            due: 1,
            ask: 1,
            promised: 1,
            token: None,
            flying: JoinSet::new(),
            early: BTreeMap::new(),
            failed: BTreeMap::new(),
        }
    }

    /// There are at least this many pages.
    fn promise(&mut self, pages: u64) {
        self.promised = pages;
    }

    fn follow(&mut self, token: Option<String>) {
        self.token = token;
    }

    /// The page that is due.
    async fn next(&mut self) -> Fetched {
        loop {
            if let Some(page) = self.early.remove(&self.due) {
                self.due += 1;
                return Ok(page);
            }
            if let Some(fault) = self.failed.remove(&self.due) {
                return Err(fault);
            }
            self.send();
            match self.flying.join_next().await {
                Some(Ok((number, Ok(page)))) => {
                    self.early.insert(number, page);
                }
                Some(Ok((number, Err(fault)))) => {
                    self.failed.insert(number, fault);
                }
                Some(Err(_)) | None => return Err(broken()),
            }
        }
    }

    /// Asks for the page that is due and for those that are promised after it. At first few go abreast, and twice
    /// as many for each page that was good: a service that sends page 1 for ever is asked three times.
    fn send(&mut self) {
        let taken = self.due - 1;
        let abreast =
            usize::try_from(taken.saturating_mul(2).max(1)).unwrap_or(ABREAST).min(ABREAST);
        while self.flying.len() < abreast && self.may_ask() {
            let (client, list, urgency) = (self.client.clone(), self.list.clone(), self.urgency);
            let number = self.ask;
            let cursor = match self.list.pager() {
                Pager::Tokens => Cursor::Token(self.token.clone()),
                Pager::Numbers | Pager::Whole => Cursor::Number(number),
            };
            self.flying.spawn(async move { (number, client.page(&list, &cursor, urgency).await) });
            self.ask += 1;
        }
    }

    fn may_ask(&self) -> bool {
        let promised = self.ask <= self.promised && self.list.pager() == Pager::Numbers;
        self.ask == self.due || (promised && self.ask < self.due + AHEAD)
    }
}

fn broken() -> Fault {
    Fault::new(
        FaultKind::Internal,
        "reading a list: a task of this program ended",
        "report this defect",
    )
}
