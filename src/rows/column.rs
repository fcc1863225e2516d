//! What a column is, and which columns fit into a width.

use std::borrow::Cow;

use crate::text;

/// Names a column, in whichever lists it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ColumnId {
    /// The e-mail.
    Email,
    /// A person's or a group's name.
    Name,
    /// Where the invitation stands.
    Status,
    /// Two-factor authentication.
    TwoFactor,
    /// How many groups a member is in.
    Groups,
    /// A member's highest access.
    Highest,
    /// How many members a group has.
    Members,
    /// A group's policies in a few words.
    Policies,
    /// When a group was last modified.
    Modified,
    /// Since when.
    Since,
    /// By how many independent paths a member can do what was asked.
    Paths,
    /// What that rests on.
    Rests,
}

/// On which side a cell's text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Where a text that doesn't fit loses what is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// At the end.
    End,
    /// In its domain: what stands before the `@` tells people apart.
    Email,
    /// At the end, once its shorter words don't fit either.
    Level,
}

/// A column of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub id: ColumnId,
    /// Its title, in capitals.
    pub title: &'static str,
    /// On which side its texts stand.
    pub align: Align,
    /// The fewest columns of the screen with which it is still of use.
    pub least: u16,
    /// The columns of the screen that most of its texts need; it never takes more unless it is a list's first.
    pub ideal: u16,
    /// The lower, the sooner it gives way; a list's first column never does.
    pub importance: u8,
    /// Where its texts are cut.
    pub cut: Cut,
}

/// A column with the width that it has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The column.
    pub column: &'static Column,
    /// Its width on the screen, without the gap behind it.
    pub width: u16,
}

impl Column {
    /// A cell's text in at most `width` columns of the screen, cut as this column is cut.
    pub fn cut<'t>(&self, text: &'t str, width: u16) -> Cow<'t, str> {
        match self.cut {
            Cut::End => text::cut(text, width.into()),
            Cut::Email => text::cut_email(text, width.into()),
            Cut::Level => level(text, width),
        }
    }
}

/// The columns that fit into `width` with `gap` between them, in their order, and how wide each is. The least
/// important give way first; then all grow towards their ideal width together; what is left goes to the first.
pub fn fit(columns: &'static [Column], width: u16, gap: u16) -> Vec<Placed> {
    let mut placed: Vec<Placed> =
        columns.iter().map(|column| Placed { column, width: column.least }).collect();
    while placed.len() > 1 && taken(&placed, gap) > width {
        let Some(least) = (1..placed.len()).min_by_key(|at| importance(&placed, *at)) else {
            break;
        };
        placed.remove(least);
    }
    if let [only] = placed.as_mut_slice() {
        only.width = width;
        return placed;
    }
    grow(&mut placed, width, gap);
    placed
}

/// The words for a member's highest access, and the shorter ones for where they have no room.
const LEVELS: [(&str, &str); 4] = [
    ("Super Administrator", "Super Admin"),
    ("account-wide write", "account write"),
    ("account-wide read", "account read"),
    ("some zones or resources", "some zones"),
];

fn level(text: &str, width: u16) -> Cow<'_, str> {
    if text::width(text) <= width.into() {
        return Cow::Borrowed(text);
    }
    match LEVELS.iter().find(|(long, _)| text.ends_with(long)) {
        Some((long, short)) => {
            Cow::Owned(text::cut(&text.replace(long, short), width.into()).into_owned())
        }
        None => text::cut(text, width.into()),
    }
}

fn importance(placed: &[Placed], at: usize) -> u8 {
    placed.get(at).map_or(0, |p| p.column.importance)
}

fn taken(placed: &[Placed], gap: u16) -> u16 {
    let texts: u16 = placed.iter().map(|p| p.width).sum();
    let gaps = u16::try_from(placed.len().saturating_sub(1)).unwrap_or(u16::MAX);
    texts.saturating_add(gaps.saturating_mul(gap))
}

/// Gives what is left to the columns one by one, a column of the screen each in turn, the important ones first.
fn grow(placed: &mut [Placed], width: u16, gap: u16) {
    let mut left = width.saturating_sub(taken(placed, gap));
    let mut order: Vec<usize> = (0..placed.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(importance(placed, *at)));
    while left > 0 {
        let before = left;
        for at in &order {
            let Some(place) = placed.get_mut(*at) else { continue };
            if left > 0 && place.width < place.column.ideal {
                place.width += 1;
                left -= 1;
            }
        }
        if left == before {
            break;
        }
    }
    if let Some(first) = placed.first_mut() {
        first.width += left;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::List;

    fn widths(list: &List, width: u16) -> Vec<(ColumnId, u16)> {
        fit(list.columns(), width, 2).iter().map(|p| (p.column.id, p.width)).collect()
    }

    fn ids(list: &List, width: u16) -> Vec<ColumnId> {
        widths(list, width).into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn columns_give_way_by_importance_and_keep_their_order() {
        use ColumnId::{Email, Groups, Highest, Name, Status, TwoFactor};
        let members = List::Members;
        assert_eq!(ids(&members, 120), [Email, Name, Status, TwoFactor, Groups, Highest]);
        assert_eq!(ids(&members, 76), [Email, Name, TwoFactor, Groups, Highest]);
        assert_eq!(ids(&members, 60), [Email, Name, TwoFactor, Highest]);
        assert_eq!(ids(&members, 48), [Email, TwoFactor, Highest]);
        assert_eq!(ids(&members, 20), [Email]);
    }

    #[test]
    fn what_is_left_goes_to_what_is_important_and_at_last_to_the_first() {
        for list in [List::Members, List::Groups, List::Organization] {
            for width in 0..200 {
                let placed = widths(&list, width);
                let gaps = 2 * (u16::try_from(placed.len()).unwrap() - 1);
                let taken: u16 = placed.iter().map(|(_, width)| width).sum();
                assert_eq!(taken + gaps, width, "{list:?} {width}");
                for (id, width) in placed.iter().skip(1) {
                    let column = list.column(*id).unwrap();
                    assert!((column.least..=column.ideal).contains(width));
                }
            }
        }
        assert_eq!(widths(&List::Members, 200)[5], (ColumnId::Highest, 25));
    }

    #[test]
    fn every_word_for_the_highest_access_fits_its_column_in_full_or_in_short() {
        use crate::access::Highest as H;
        let column = List::Members.column(ColumnId::Highest).unwrap();
        let all = [H::NotKnown, H::None, H::Minimal, H::Some, H::AccountRead, H::AccountWrite];
        for level in all.into_iter().chain([H::Administrator, H::SuperAdministrator]) {
            for words in [level.to_string(), format!("≥ {level}")] {
                assert_eq!(column.cut(&words, column.ideal), words);
                let short = column.cut(&words, column.least);
                assert!(!short.contains('…'), "{short}");
            }
        }
        assert_eq!(column.cut("≥ account-wide write", 15), "≥ account write");
        assert_eq!(column.cut("Super Administrator", 6), "Super…");
    }

    #[test]
    fn a_cell_is_cut_as_its_column_says() {
        let columns = List::Members.columns();
        assert_eq!(columns[0].cut("noor.haddad@northwind.example", 18), "noor.haddad@nor…le");
        assert_eq!(columns[1].cut("Noor Haddad", 6), "Noor …");
    }
}
