//! Paging: which rows a request gets, and what `result_info` says about them.

use serde_json::{Value, json};

use super::Shapes;
use super::reply::Reply;
use super::request::Request;

/// The sizes that an endpoint accepts.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub least: usize,
    pub most: usize,
    pub usual: usize,
}

/// Members, roles, permission groups, accounts, memberships and zones.
pub(super) const SMALL: Sizes = Sizes { least: 5, most: 50, usual: 20 };
/// User groups and their members.
pub(super) const LARGE: Sizes = Sizes { least: 1, most: 500, usual: 100 };

/// What older documents have for every list.
const OLD_USUAL: usize = 20;

/// A page that was asked for.
#[derive(Clone, Copy)]
pub(super) struct Page {
    pub number: usize,
    pub size: usize,
}

/// Reads `page` and `per_page`. Nobody documents what happens out of range: the live shape clamps and says so
/// in `result_info.per_page`, the documented one refuses.
pub(super) fn wanted(request: &Request, sizes: Sizes, shapes: Shapes) -> Result<Page, Reply> {
    let number = number(request, "page", 1)?;
    let usual = if shapes == Shapes::Documented { OLD_USUAL } else { sizes.usual };
    let size = self::number(request, "per_page", usual)?;
    let fits = number >= 1 && (sizes.least..=sizes.most).contains(&size);
    if !fits && shapes == Shapes::Documented {
        let message = format!("per_page must be between {} and {}", sizes.least, sizes.most);
        return Err(Reply::refuse(400, 1001, &message));
    }
    Ok(Page { number: number.max(1), size: size.clamp(sizes.least, sizes.most) })
}

fn number(request: &Request, name: &str, usual: usize) -> Result<usize, Reply> {
    request.param(name).map_or(Ok(usual), |text| {
        text.parse().or_else(|_| {
            if text.strip_prefix('-').is_some_and(|rest| rest.parse::<usize>().is_ok()) {
                return Ok(0);
            }
            Err(Reply::refuse(400, 1001, &format!("Invalid {name}: {text:?} is not a number")))
        })
    })
}

/// The rows of a page.
pub(super) fn cut<T>(rows: &[T], page: Page) -> &[T] {
    let from = (page.number - 1).saturating_mul(page.size).min(rows.len());
    let to = from.saturating_add(page.size).min(rows.len());
    rows.get(from..to).unwrap_or_default()
}

/// `result_info` for a page of `count` rows out of `total`. The schemas know no `total_pages`; most live
/// answers have it.
pub(super) fn info(page: Page, count: usize, total: usize, total_pages: bool) -> Value {
    let mut info =
        json!({"page": page.number, "per_page": page.size, "count": count, "total_count": total});
    if let (true, Value::Object(map)) = (total_pages, &mut info) {
        map.insert("total_pages".to_owned(), json!(total.div_ceil(page.size)));
    }
    info
}
