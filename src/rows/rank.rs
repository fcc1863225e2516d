//! Ranking a few texts by what is typed: for pickers, help and the prompt, which hold no rows of a directory.

use std::cmp::Reverse;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// The places of the texts that match every word of `query`: the exact one first, then those that begin with it,
/// then by score; equals keep their order. An empty query matches all.
pub fn rank<'t>(query: &str, texts: impl Iterator<Item = &'t str>) -> Vec<usize> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let wanted = query.trim().to_lowercase();
    let mut matched: Vec<_> = texts
        .enumerate()
        .filter_map(|(place, text)| {
            let score = pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher)?;
            let text = text.to_lowercase();
            Some((text != wanted, !text.starts_with(&wanted), Reverse(score), place))
        })
        .collect();
    matched.sort_unstable();
    matched.into_iter().map(|(.., place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_must_match_and_the_best_comes_first() {
        let texts = ["Domain DNS", "DNS", "Billing", "Domain Administrator"];
        assert_eq!(rank("dns", texts.into_iter()), [1, 0, 3]);
        assert_eq!(rank("dom adm", texts.into_iter()), [3]);
        assert_eq!(rank("", texts.into_iter()), [0, 1, 2, 3]);
        assert!(rank("dnz", texts.into_iter()).is_empty());
    }
}
