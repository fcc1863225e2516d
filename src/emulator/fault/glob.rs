//! Patterns for paths.

/// `*` is anything but a slash, `**` anything at all. Takes as many steps as pattern times path, however many
/// stars there are.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let path = path.as_bytes();
    // Which beginnings of the path fit the part of the pattern that was read.
    let mut fits: Vec<bool> = (0..=path.len()).map(|length| length == 0).collect();
    let mut rest = pattern.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'*' {
            let deep = rest.first() == Some(&b'*');
            rest = rest.strip_prefix(b"*").unwrap_or(rest);
            stretch(&mut fits, path, |byte| deep || byte != b'/');
        } else {
            step(&mut fits, path, *first);
        }
    }
    fits.last().copied().unwrap_or(false)
}

/// Every beginning that fits may go on by any number of bytes that are let through.
fn stretch(fits: &mut [bool], path: &[u8], through: impl Fn(u8) -> bool) {
    let mut reached = false;
    for (at, fit) in fits.iter_mut().enumerate() {
        let last = at.checked_sub(1).and_then(|before| path.get(before)).copied();
        reached = *fit || (reached && last.is_some_and(&through));
        *fit = reached;
    }
}

/// Every beginning that fits must go on by this byte.
fn step(fits: &mut [bool], path: &[u8], wanted: u8) {
    let mut before = false;
    for (at, fit) in fits.iter_mut().enumerate() {
        let last = at.checked_sub(1).and_then(|before| path.get(before)).copied();
        let now = before && last == Some(wanted);
        before = *fit;
        *fit = now;
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
        assert!(!matches("/accounts/a1", "/accounts"));
        assert!(matches("", "") && !matches("", "/") && !matches("/", ""));
        assert!(
            matches("/a/*", "/a/") && matches("/a/***", "/a/b/c") && !matches("/a/*b", "/a/c/b")
        );
    }

    #[test]
    fn many_stars_take_no_longer_than_few() {
        let path = "/a".repeat(4_000);
        let pattern = "/**a".repeat(40) + "/no";
        assert!(!matches(&pattern, &path));
        assert!(matches(&"**/*a".repeat(40), &path));
    }
}
