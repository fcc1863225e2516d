//! What a filter leaves of a list, worked out in slices so that no frame waits for it.

use std::sync::Arc;

use nucleo_matcher::pattern::{Atom, AtomKind};

use crate::domain::{Directory, Slot, TwoFactor};

use super::cells::{Person, person};
use super::column::ColumnId;
use super::field::Held;
use super::filter::{Field, Filter, Term, Test};
use super::list::List;
use super::phrases::status_words;
use super::scorer::{Scorer, folded};
use super::sort::places;

/// A filter going over the rows of a list.
#[derive(Clone, Debug)]
pub struct Search {
    list: List,
    filter: Filter,
    /// The rows in the list's order.
    rows: Arc<[Slot]>,
    /// The places in `rows` that are tried, by rising slot: rows lie so in memory, and to jump about in it takes
    /// longer than to match.
    tried: Vec<u32>,
    next: usize,
    hits: Vec<Hit>,
    /// The places of the hits, in the order of `tried`.
    left: Vec<u32>,
    scorer: Scorer,
    name: String,
}

impl Search {
    /// Begins to filter `rows`, which are in the list's order.
    pub fn new(list: List, filter: Filter, rows: Arc<[Slot]>) -> Self {
        let tried = places(&rows).into_iter().filter(|place| *place != u32::MAX).collect();
        Self {
            list,
            filter,
            rows,
            tried,
            next: 0,
            hits: Vec::new(),
            left: Vec::new(),
            scorer: Scorer::default(),
            name: String::new(),
        }
    }

    /// Begins to filter with another filter; tries only what this one has left where the new one narrows it.
    #[must_use]
    pub fn refine(mut self, filter: Filter) -> Self {
        // The filter that lets everything through keeps no list of what it let through.
        if !self.filter.is_empty() && self.has_tried_all() && filter.narrows(&self.filter) {
            self.tried = std::mem::take(&mut self.left);
        } else if self.tried.len() < self.rows.len() {
            return Self { scorer: self.scorer, ..Self::new(self.list, filter, self.rows) };
        }
        self.hits.clear();
        self.left.clear();
        Self { filter, next: 0, ..self }
    }

    fn has_tried_all(&self) -> bool {
        self.next >= self.tried.len()
    }

    /// Tries about `budget` more rows; the rows that match, best first, once all have been tried.
    pub fn step(&mut self, directory: &Directory, budget: usize) -> Option<Arc<[Slot]>> {
        if self.filter.is_empty() {
            self.next = self.tried.len();
            return Some(self.rows.clone());
        }
        if !self.has_tried_all() {
            self.try_rows(directory, budget.max(1));
            // Few hits are put in order at once; many are a slice of their own.
            if !self.has_tried_all() || self.hits.len() > budget {
                return None;
            }
        }
        self.hits.sort_unstable();
        let slots = self.hits.iter().filter_map(|hit| self.rows.get(hit.place() as usize).copied());
        Some(slots.collect())
    }

    fn try_rows(&mut self, directory: &Directory, budget: usize) {
        let Self { list, filter, rows, tried, next, hits, left, scorer, name } = self;
        let mut tests: Vec<Prepared> =
            filter.terms.iter().map(|term| Prepared::new(directory, list, term)).collect();
        for place in tried.iter().skip(*next).take(budget) {
            let Some(slot) = rows.get(*place as usize).copied() else { continue };
            let Some(row) = Row::new(list, directory, slot, name) else { continue };
            if let Some(score) = score(&mut tests, &row, slot, scorer) {
                hits.push(Hit::new(likeness(&filter.phrase, &row), score, *place));
                left.push(*place);
            }
        }
        *next += budget;
    }
}

/// A row that matches, as one number, since many are put in order: how alike, then the score, then the place in the
/// list's order. The lower, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hit(u64);

/// How much of a row the plain words are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    Whole,
    Start,
    Parts,
}

impl Hit {
    /// No sum of scores comes near this.
    const BEST: u32 = (1 << 30) - 1;

    fn new(likeness: Likeness, score: u32, place: u32) -> Self {
        let distance = Self::BEST - score.min(Self::BEST);
        Self((likeness as u64) << 62 | u64::from(distance) << 32 | u64::from(place))
    }

    fn place(self) -> u32 {
        u32::try_from(self.0 & u64::from(u32::MAX)).unwrap_or(u32::MAX)
    }
}

/// What a row is matched by, raw.
struct Row<'r> {
    email: &'r str,
    name: &'r str,
    person: Option<Person<'r>>,
}

impl<'r> Row<'r> {
    fn new(
        list: &List,
        directory: &'r Directory,
        slot: Slot,
        buffer: &'r mut String,
    ) -> Option<Self> {
        if let Some(person) = person(list, directory, slot) {
            buffer.clear();
            buffer.push_str(person.first_name);
            if !person.first_name.is_empty() && !person.last_name.is_empty() {
                buffer.push(' ');
            }
            buffer.push_str(person.last_name);
            return Some(Self { email: person.email, name: buffer, person: Some(person) });
        }
        let group = directory.groups().at(slot)?;
        Some(Self { email: "", name: &group.name, person: None })
    }
}

/// A term with what it has found out so far.
struct Prepared<'d, 'f> {
    term: &'f Term,
    held: Option<Held<'d, 'f>>,
}

impl<'d, 'f> Prepared<'d, 'f> {
    fn new(directory: &'d Directory, list: &'f List, term: &'f Term) -> Self {
        let held = match &term.test {
            Test::Field(
                field @ (Field::Group | Field::Role | Field::Permission | Field::Zone),
                atom,
            ) => Some(Held::new(directory, list, *field, atom)),
            _ => None,
        };
        Self { term, held }
    }

    fn score(&mut self, row: &Row<'_>, slot: Slot, scorer: &mut Scorer) -> Option<u32> {
        match &self.term.test {
            Test::Word(atom) => scorer.score(atom, row.email).max(scorer.score(atom, row.name)),
            Test::Field(Field::Email, atom) => scorer.score(atom, row.email),
            Test::Field(Field::Name, atom) => scorer.score(atom, row.name),
            Test::Field(..) => {
                self.held.as_mut().is_some_and(|held| held.by(slot, scorer)).then_some(0)
            }
            Test::Status(word) => row.has_status(word).then_some(0),
            Test::TwoFactor(wanted) => {
                let has = row.person.as_ref().map_or(TwoFactor::Unknown, |p| p.two_factor);
                (has == *wanted).then_some(0)
            }
        }
    }
}

impl Row<'_> {
    fn has_status(&self, word: &str) -> bool {
        let Some(person) = &self.person else { return false };
        let words = status_words(person.status);
        let is = |status: &str| status.to_lowercase().starts_with(word);
        match person.status {
            crate::domain::MemberStatus::Unknown => is("unknown"),
            crate::domain::MemberStatus::Other(other) => is(other) || is(&words),
            _ => is(&words),
        }
    }
}

/// How well a row matches; `None` where a term doesn't.
fn score(
    tests: &mut [Prepared<'_, '_>],
    row: &Row<'_>,
    slot: Slot,
    scorer: &mut Scorer,
) -> Option<u32> {
    let mut sum = 0u32;
    for test in tests {
        match (test.score(row, slot, scorer), test.term.negative) {
            (Some(score), false) => sum = sum.saturating_add(score),
            (None, true) => {}
            (Some(_), true) | (None, false) => return None,
        }
    }
    Some(sum)
}

fn likeness(phrase: &str, row: &Row<'_>) -> Likeness {
    if phrase.is_empty() {
        return Likeness::Parts;
    }
    match start_of(phrase, row.email).max(start_of(phrase, row.name)) {
        Some(true) => Likeness::Whole,
        Some(false) => Likeness::Start,
        None => Likeness::Parts,
    }
}

/// `Some(true)` if `phrase` is all of `text`, `Some(false)` if it is its start, without case and accents.
fn start_of(phrase: &str, text: &str) -> Option<bool> {
    let mut rest = folded(text);
    for c in folded(phrase) {
        if rest.next() != Some(c) {
            return None;
        }
    }
    Some(rest.next().is_none())
}

impl Term {
    /// The word that is looked for in a column's texts.
    fn atom_for(&self, column: ColumnId) -> Option<&Atom> {
        match (&self.test, column) {
            (Test::Word(atom), ColumnId::Email | ColumnId::Name)
            | (Test::Field(Field::Email, atom), ColumnId::Email)
            | (Test::Field(Field::Name, atom), ColumnId::Name) => Some(atom),
            _ => None,
        }
    }
}

/// Finds what a filter has matched in the texts that are shown.
#[derive(Clone, Debug)]
pub struct Highlighter {
    terms: Vec<Term>,
    scorer: Scorer,
    found: Vec<u32>,
}

impl Highlighter {
    /// For one filter.
    pub fn new(filter: &Filter) -> Self {
        let terms = filter.terms.iter().filter(|term| !term.negative).cloned().collect();
        Self { terms, scorer: Scorer::default(), found: Vec::new() }
    }

    /// The graphemes of a cell's text, as it is painted, that the filter matched: counted from 0, rising.
    pub fn graphemes(&mut self, column: ColumnId, shown: &str) -> &[u32] {
        self.found.clear();
        for term in &self.terms {
            let Some(atom) = term.atom_for(column) else { continue };
            // The end that `end$` asks for is not there where the text was cut.
            if matches!(atom.kind, AtomKind::Postfix | AtomKind::Exact) && shown.ends_with('…') {
                continue;
            }
            self.scorer.graphemes(atom, shown, &mut self.found);
        }
        self.found.sort_unstable();
        self.found.dedup();
        &self.found
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::access::fixture::{
        Account, allows, dns_on, group, member, member_id, permission, policy, role, whole_account,
        zones,
    };
    use crate::domain::{Access, Member, MemberStatus, PermissionScope};

    fn found(account: &Account, text: &str) -> Vec<String> {
        found_in(account, &List::Members, text, 2)
    }

    /// What a filter leaves, as e-mails or names.
    fn found_in(account: &Account, list: &List, text: &str, budget: usize) -> Vec<String> {
        let directory = &account.directory;
        let filter = Filter::parse(list, text).unwrap();
        let mut search = Search::new(list.clone(), filter, list.slots(directory).into());
        let rows = loop {
            if let Some(rows) = search.step(directory, budget) {
                break rows;
            }
        };
        rows.iter().map(|slot| named(account, list, *slot)).collect()
    }

    fn named(account: &Account, list: &List, slot: Slot) -> String {
        match person(list, &account.directory, slot) {
            Some(person) => person.email.to_owned(),
            None => account.directory.groups().at(slot).unwrap().name.to_string(),
        }
    }

    fn people(emails: &[&str]) -> Account {
        let members = (0..).zip(emails).map(|(n, email)| member(n, email, &[])).collect();
        Account::new().members(members)
    }

    #[test]
    fn words_are_fuzzy_and_all_must_match() {
        let account = people(&["ana.maric@x.io", "leo.chen@x.io", "leona.berg@x.io"]);
        assert_eq!(found(&account, "lech"), ["leo.chen@x.io"]);
        assert_eq!(found(&account, "leo berg"), ["leona.berg@x.io"]);
        assert_eq!(found(&account, "berg leo"), ["leona.berg@x.io"]);
        assert_eq!(found(&account, "leo zzz"), [""; 0]);
    }

    #[test]
    fn the_signs_do_what_they_say_on_email_and_name() {
        let account = people(&["ana.maric@x.io", "leo.chen@x.io", "leona.berg@y.io"]);
        assert_eq!(found(&account, "'eo.c"), ["leo.chen@x.io"]);
        assert_eq!(found(&account, "^leo").len(), 2);
        assert_eq!(found(&account, "y.io$"), ["leona.berg@y.io"]);
        assert_eq!(found(&account, "chen$"), ["leo.chen@x.io"], "the end of the name");
        assert_eq!(found(&account, "!leo"), ["ana.maric@x.io"]);
        assert_eq!(found(&account, "!leo$ !ana"), ["leo.chen@x.io", "leona.berg@y.io"]);
    }

    #[test]
    fn accents_and_case_in_names_are_found_by_plain_letters() {
        let mut ana = member(1, "am@x.io", &[]);
        (ana.first_name, ana.last_name) = ("Ana".into(), "Marić".into());
        let mut taro = member(2, "ty@x.io", &[]);
        (taro.first_name, taro.last_name) = ("太郎".into(), "山田".into());
        let account = Account::new().members(vec![ana, taro]);
        for text in ["'maric", "'MARIC", "'marić", "'ana maric", "^ana"] {
            assert_eq!(found(&account, text), ["am@x.io"], "{text}");
        }
        assert_eq!(found(&account, "山田"), ["ty@x.io"]);
        assert_eq!(found(&account, "太郎"), ["ty@x.io"]);
    }

    #[test]
    fn the_whole_name_comes_first_then_its_start_then_the_rest_and_ties_keep_the_lists_order() {
        let account =
            people(&["b@a-leo.chen.io", "leo.chen.two@x.io", "l.e.o.chen@x.io", "leo.chen@x.io"]);
        assert_eq!(found(&account, "leo.chen@x.io")[0], "leo.chen@x.io");
        let order = found(&account, "leo chen");
        assert_eq!(order[0], "leo.chen@x.io", "the name is Leo Chen");
        assert_eq!(order[1], "leo.chen.two@x.io", "the name begins so");
        assert_eq!(order[3], "l.e.o.chen@x.io");
        let alike = people(&["c@x.io", "a@x.io", "b@x.io"]);
        assert_eq!(found(&alike, "x.io"), ["c@x.io", "a@x.io", "b@x.io"]);
    }

    #[test]
    fn status_and_two_factor_are_fields_of_people() {
        let mut pending = member(1, "p@x.io", &[]);
        pending.status = MemberStatus::Pending;
        pending.two_factor = TwoFactor::Off;
        let mut other = member(2, "o@x.io", &[]);
        other.status = MemberStatus::Other("Suspended".into());
        other.two_factor = TwoFactor::Unknown;
        let mut silent = member(3, "s@x.io", &[]);
        silent.status = MemberStatus::Unknown;
        let account =
            Account::new().members(vec![pending, other, silent, member(4, "a@x.io", &[])]);
        for (text, emails) in [
            ("status:pending", &["p@x.io"][..]),
            ("status:p", &["p@x.io"]),
            ("status:suspended", &["o@x.io"]),
            ("status:other", &["o@x.io"]),
            ("status:unknown", &["s@x.io"]),
            ("!status:accepted", &["p@x.io", "o@x.io", "s@x.io"]),
            ("status:!accepted", &["p@x.io", "o@x.io", "s@x.io"]),
            ("!status:!pending", &["p@x.io"]),
            ("2fa:off", &["p@x.io"]),
            ("2fa:?", &["o@x.io"]),
            ("2fa:on", &["s@x.io", "a@x.io"]),
        ] {
            assert_eq!(found(&account, text), emails, "{text}");
        }
    }

    /// People who hold this and that, directly and through groups.
    fn company() -> Account {
        let denied = policy(
            Access::Deny,
            &[&permission("Cache Purge", "", PermissionScope::Account)],
            &[&whole_account()],
        );
        let mut only_roles: Member = member(4, "roles@x.io", &[]);
        only_roles.roles = [role("Billing")].into();
        Account::new()
            .zone(7, "shop.example")
            .zone(8, "blog.example")
            .members(vec![
                member(1, "direct@x.io", &[dns_on(7)]),
                member(2, "through@x.io", &[]),
                member(3, "wide@x.io", &[allows("DNS"), denied]),
                only_roles,
                member(5, "nobody@x.io", &[]),
            ])
            .groups(vec![group(50, "prod dns", &[dns_on(8)]), group(51, "empty", &[])])
            .inside(50, &[2])
            .inside(51, &[2, 5])
    }

    #[test]
    fn what_a_member_holds_counts_directly_and_through_groups() {
        let account = company();
        for (text, emails) in [
            ("group:prod", &["through@x.io"][..]),
            ("group:\"prod dns\"", &["through@x.io"]),
            ("group:^empty$", &["through@x.io", "nobody@x.io"]),
            ("!group:prod", &["direct@x.io", "wide@x.io", "roles@x.io", "nobody@x.io"]),
            ("permission:dns", &["direct@x.io", "through@x.io", "wide@x.io"]),
            ("permission:domain_dns", &["direct@x.io", "through@x.io"]),
            ("permission:billing", &["roles@x.io"]),
            ("role:dns", &["wide@x.io"]),
            ("role:billing", &["roles@x.io"]),
            ("permission:cache", &[]),
            ("zone:shop", &["direct@x.io"]),
            ("zone:example", &["direct@x.io", "through@x.io"]),
            ("zone:example !zone:shop", &["through@x.io"]),
            ("email:^wide", &["wide@x.io"]),
            ("name:direct", &["direct@x.io"]),
            ("group:empty no", &["nobody@x.io"]),
        ] {
            assert_eq!(found(&account, text), emails, "{text}");
        }
    }

    #[test]
    fn groups_are_found_by_name_and_by_what_they_give() {
        let account = company();
        for (text, names) in [
            ("dns", &["prod dns"][..]),
            ("group:emp", &["empty"]),
            ("name:emp", &["empty"]),
            ("zone:blog", &["prod dns"]),
            ("permission:dns", &["prod dns"]),
            ("!zone:blog", &["empty"]),
        ] {
            assert_eq!(found_in(&account, &List::Groups, text, 1), names, "{text}");
        }
        let groups = List::MemberGroups(member_id(2));
        assert_eq!(found_in(&account, &groups, "dns", 9), ["prod dns"]);
    }

    #[test]
    fn a_zone_that_cant_be_read_is_found_by_its_id_and_another_scope_by_its_key() {
        let dns = permission("Domain DNS", "", PermissionScope::Zone);
        let unread = policy(Access::Allow, &[&dns], &[&zones(None, "", &[0xabcd])]);
        let account = Account::new().members(vec![member(1, "a@x.io", &[unread])]);
        assert_eq!(found(&account, "zone:abcd"), ["a@x.io"]);
        assert_eq!(found(&account, "zone:shop"), [""; 0]);
    }

    #[test]
    fn what_matched_is_marked_in_the_text_that_is_painted() {
        let filter = Filter::parse(&List::Members, "'mar email:x !zzz 2fa:on").unwrap();
        let mut marks = Highlighter::new(&filter);
        assert_eq!(marks.graphemes(ColumnId::Name, "Ana Mari\u{107}"), [4, 5, 6]);
        assert_eq!(marks.graphemes(ColumnId::Name, "e\u{301}e\u{301} Mar"), [3, 4, 5]);
        assert_eq!(marks.graphemes(ColumnId::Email, "mar@x.io"), [0, 1, 2, 4]);
        assert_eq!(marks.graphemes(ColumnId::Status, "marx"), [0u32; 0]);
        let end = Filter::parse(&List::Members, "io$").unwrap();
        let mut marks = Highlighter::new(&end);
        assert_eq!(marks.graphemes(ColumnId::Email, "mar@x.io"), [6, 7]);
        assert_eq!(marks.graphemes(ColumnId::Name, "mario…"), [0u32; 0]);
    }

    proptest! {
        /// However it is sliced and whatever was typed before, a filter leaves the same.
        #[test]
        fn slices_and_earlier_filters_do_not_change_what_is_left(
            emails in prop::collection::vec("[abc]{1,4}(\\.[abcé]{1,3})?@x", 1..30),
            texts in prop::collection::vec("[!^']?[abc]{1,2}[$]?( !?[abc])?", 1..6),
            budget in 1usize..9,
        ) {
            let emails: Vec<&str> = emails.iter().map(String::as_str).collect();
            let account = people(&emails);
            let directory = &account.directory;
            let rows: Arc<[Slot]> = List::Members.slots(directory).into();
            let mut search = Search::new(List::Members, Filter::default(), rows);
            for text in &texts {
                let filter = Filter::parse(&List::Members, text).unwrap();
                search = search.refine(filter);
                let sliced = loop {
                    if let Some(rows) = search.step(directory, budget) {
                        break rows;
                    }
                };
                let sliced: Vec<String> =
                    sliced.iter().map(|slot| named(&account, &List::Members, *slot)).collect();
                prop_assert_eq!(sliced, found_in(&account, &List::Members, text, 1000));
            }
        }
    }
}
