//! Many requests side by side, a few at a time.

use std::future::Future;

use tokio::task::JoinSet;

/// How many reads are on their way at once; the client holds them to its budget besides.
pub(super) const AT_ONCE: usize = 8;

/// Whether to begin with more.
pub(super) enum Flow {
    GoOn,
    Enough,
}

/// Begins with the items in order, a few at a time, and gives each result to `each` as it comes. After
/// [`Flow::Enough`] nothing more is begun; what was not begun is given back. A task that panics is left out:
/// the program's panic hook tells of it.
pub(super) async fn side_by_side<I, T, F>(
    items: impl IntoIterator<Item = I>,
    start: impl Fn(I) -> F,
    mut each: impl FnMut(T) -> Flow,
) -> Vec<I>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut items = items.into_iter();
    let mut tasks = JoinSet::new();
    for item in items.by_ref().take(AT_ONCE) {
        tasks.spawn(start(item));
    }
    let mut enough = false;
    while let Some(done) = tasks.join_next().await {
        if let Ok(result) = done
            && matches!(each(result), Flow::Enough)
        {
            enough = true;
        }
        if !enough && let Some(item) = items.next() {
            tasks.spawn(start(item));
        }
    }
    items.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_more_is_begun_once_it_is_enough() {
        let mut seen = Vec::new();
        let left = side_by_side(
            0..100,
            |n| async move { n },
            |n: i32| {
                seen.push(n);
                if seen.len() == 3 { Flow::Enough } else { Flow::GoOn }
            },
        )
        .await;
        assert_eq!(seen.len() + left.len(), 100);
        assert!(seen.len() <= 3 + AT_ONCE, "{seen:?}");
    }
}
