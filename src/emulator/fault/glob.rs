//! Patterns for paths.

/// `*` is anything but a slash, `**` anything at all.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    fit(pattern.as_bytes(), path.as_bytes())
}

fn fit(pattern: &[u8], path: &[u8]) -> bool {
    match pattern {
        [] => path.is_empty(),
        [b'*', b'*', rest @ ..] => {
            (0..=path.len()).any(|n| path.get(n..).is_some_and(|left| fit(rest, left)))
        }
        [b'*', rest @ ..] => {
            let reach = path.iter().position(|b| *b == b'/').unwrap_or(path.len());
            (0..=reach).any(|n| path.get(n..).is_some_and(|left| fit(rest, left)))
        }
        [first, rest @ ..] => {
            path.split_first().is_some_and(|(head, left)| head == first && fit(rest, left))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn one_star_stays_within_a_part_of_the_path_and_two_do_not() {
        assert!(matches("/accounts/*/members", "/accounts/a1/members"));
        assert!(!matches("/accounts/*/members", "/accounts/a1/iam/user_groups/g/members"));
        assert!(matches("/accounts/**/members", "/accounts/a1/iam/user_groups/g/members"));
        assert!(matches("**", "/anything/at/all"));
        assert!(matches("/acc*", "/accounts"));
        assert!(!matches("/accounts", "/accounts/a1"));
    }
}
