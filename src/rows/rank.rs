//! Ranking a few texts by what is typed: for pickers, help and the prompt, which hold no rows of a directory.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};

use super::scorer::Scorer;

/// The places of the texts that match every word of `query`, best first; equals keep their order. An empty query
/// matches all.
pub fn rank<'t>(query: &str, texts: impl Iterator<Item = &'t str>) -> Vec<usize> {
    let mut scorer = Scorer::from_the_start();
    let words = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart).atoms;
    let mut score = |text| words.iter().map(|word| scorer.score(word, text)).sum::<Option<u32>>();
    let mut ranked: Vec<(u32, usize)> = texts
        .enumerate()
        .filter_map(|(place, text)| score(text).map(|score| (score, place)))
        .collect();
    ranked.sort_by_key(|(score, place)| (std::cmp::Reverse(*score), *place));
    ranked.into_iter().map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_must_match_and_the_best_comes_first() {
        let texts = ["Domain DNS", "DNS", "Billing", "Domain Administrator"];
        assert_eq!(rank("dns", texts.into_iter()), [1, 0, 3], "the last one has a d, an n, an s");
        assert_eq!(rank("dom adm", texts.into_iter()), [3]);
        assert_eq!(rank("", texts.into_iter()), [0, 1, 2, 3]);
        assert!(rank("dnz", texts.into_iter()).is_empty());
    }
}
