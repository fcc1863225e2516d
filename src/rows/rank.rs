//! Ranking a few texts by what is typed: for pickers, help and the prompt, which hold no rows of a directory.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// The places of the texts that match every word of `query`, best first; equals keep their order. An empty query
/// matches all.
pub fn rank<'t>(query: &str, texts: impl Iterator<Item = &'t str>) -> Vec<usize> {
    let mut config = Config::DEFAULT;
    config.prefer_prefix = true;
    let mut matcher = Matcher::new(config);
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut matched: Vec<(u32, usize)> = texts
        .enumerate()
        .filter_map(|(place, text)| {
            pattern
                .score(Utf32Str::new(text, &mut buffer), &mut matcher)
                .map(|score| (score, place))
        })
        .collect();
    matched.sort_by_key(|(score, place)| (std::cmp::Reverse(*score), *place));
    matched.into_iter().map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_must_match_and_the_best_comes_first() {
        let texts = ["Domain DNS", "DNS", "Billing", "Domain Administrator"];
        assert_eq!(rank("dns", texts.into_iter()), [1, 0]);
        assert_eq!(rank("dom adm", texts.into_iter()), [3]);
        assert_eq!(rank("", texts.into_iter()), [0, 1, 2, 3]);
        assert!(rank("dnz", texts.into_iter()).is_empty());
    }
}
