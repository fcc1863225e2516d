//! When a walk over a list has come to its end, and whether it brought everything. Pure.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use super::wire::Info;
use crate::domain::Gap;

/// How a list is cut into pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pager {
    /// Not at all.
    Whole,
    /// By page numbers.
    Numbers,
    /// By a token that each page gives for the next.
    Tokens,
}

/// The most pages of one walk.
const MOST_PAGES: u64 = 10_000;

/// One page, as far as the rules look at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// One key for each item, also for those that were set aside.
    pub keys: Vec<u64>,
    /// Items, or parts of items, that were set aside.
    pub set_aside: u32,
    /// What the page says about its list.
    pub info: Info,
}

/// What comes after a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another page.
    More,
    /// The end of the list.
    End,
    /// No further: the service sends the same things again.
    NoProgress,
    /// No further: too many pages.
    Capped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Total {
    Unsaid,
    Said(u64),
    Changed,
}

/// One walk. Pages are taken in their order, however they came.
#[derive(Clone, Debug)]
pub struct Rules {
    pager: Pager,
    asked: u64,
    page: u64,
    seen: HashSet<u64, BuildHasherDefault<DefaultHasher>>,
    prints: HashSet<u64>,
    tokens: HashSet<String>,
    duplicates: u64,
    set_aside: u32,
    total: Total,
    /// Whether a page before the last was not full, where no count says how many items there are.
    short: bool,
    last_was_short: bool,
}

impl Rules {
    /// A walk that asks for `asked` items a page.
    pub fn new(pager: Pager, asked: u32) -> Self {
        Self {
            pager,
            asked: u64::from(asked.max(1)),
            page: 0,
            seen: HashSet::default(),
            prints: HashSet::new(),
            tokens: HashSet::new(),
            duplicates: 0,
            set_aside: 0,
            total: Total::Unsaid,
            short: false,
            last_was_short: false,
        }
    }

    /// Takes the next page.
    pub fn take(&mut self, sheet: &Sheet) -> Next {
        self.page += 1;
        self.hear_total(sheet.info.total_count);
        self.set_aside = self.set_aside.saturating_add(sheet.set_aside);
        let items = sheet.keys.len() as u64;
        let empty = items == 0;
        let per = self.per_page(&sheet.info);
        let known = !self.prints.insert(print(&sheet.keys));
        let nothing_new = sheet.keys.iter().all(|key| self.seen.contains(key));
        if !empty && (known || nothing_new) {
            return Next::NoProgress;
        }
        for key in &sheet.keys {
            self.duplicates += u64::from(!self.seen.insert(*key));
        }
        self.short |= self.last_was_short;
        self.last_was_short = items < per;
        match self.pager {
            Pager::Whole => Next::End,
            Pager::Numbers => self.by_number(&sheet.info, items, per),
            Pager::Tokens => self.by_token(sheet.info.next_token.as_deref()),
        }
    }

    fn by_number(&self, info: &Info, items: u64, per: u64) -> Next {
        let last = match info.total_pages {
            Some(pages) => self.page >= pages,
            None => items < per,
        };
        if items == 0 || last {
            Next::End
        } else if self.page >= self.cap(per) {
            Next::Capped
        } else {
            Next::More
        }
    }

    fn by_token(&mut self, token: Option<&str>) -> Next {
        match token {
            None => Next::End,
            Some(token) if !self.tokens.insert(token.to_owned()) => Next::NoProgress,
            Some(_) if self.page >= MOST_PAGES => Next::Capped,
            Some(_) => Next::More,
        }
    }

    fn cap(&self, per: u64) -> u64 {
        match self.total {
            Total::Said(total) => (total.div_ceil(per).saturating_add(2)).min(MOST_PAGES),
            Total::Unsaid | Total::Changed => MOST_PAGES,
        }
    }

    fn per_page(&self, info: &Info) -> u64 {
        info.per_page.filter(|per| *per > 0).unwrap_or(self.asked)
    }

    fn hear_total(&mut self, said: Option<u64>) {
        let Some(said) = said else { return };
        self.total = match self.total {
            Total::Unsaid => Total::Said(said),
            Total::Said(before) if before == said => Total::Said(said),
            _ => Total::Changed,
        };
    }

    /// How many pages the first one promises.
    pub fn promised(&self, info: &Info) -> u64 {
        let by_count = info.total_count.map(|total| total.div_ceil(self.per_page(info)));
        let pages = if self.pager == Pager::Numbers { info.total_pages.or(by_count) } else { None };
        pages.unwrap_or(1).min(MOST_PAGES)
    }

    /// Whether the list changed while it was read, so that another walk may bring more.
    pub fn shifted(&self) -> bool {
        let counted = match self.total {
            Total::Unsaid => self.pager != Pager::Numbers || !self.short,
            Total::Said(total) => total == self.seen.len() as u64,
            Total::Changed => false,
        };
        self.duplicates > 0 || !counted
    }

    /// Why the list is not complete, after its last page; empty if it is.
    pub fn gaps(&self, end: Next) -> Vec<Gap> {
        let stopped = match end {
            Next::NoProgress => Some(Gap::NoProgress),
            Next::Capped => Some(Gap::Capped),
            Next::End | Next::More => self.shifted().then_some(Gap::Shifted),
        };
        let aside = (self.set_aside > 0).then_some(Gap::SetAside(self.set_aside));
        stopped.into_iter().chain(aside).collect()
    }
}

/// What tells one item, or one page, from another: a hash that is the same in every run.
pub fn print(what: &(impl std::hash::Hash + ?Sized)) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(what)
}

#[cfg(test)]
mod tests;
