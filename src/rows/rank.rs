//! Ranking a few texts by what is typed: for pickers, help and the prompt, which hold no rows of a directory.

use std::cmp::Reverse;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};

use super::scorer::Scorer;

/// The places of the texts that match every word of `query`: the exact one first, then those that begin with it,
/// then those that hold it as it is, then by score; equals keep their order. An empty query matches all.
pub fn rank<'t>(query: &str, texts: impl Iterator<Item = &'t str>) -> Vec<usize> {
    let mut scorer = Scorer::default();
    let words = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart).atoms;
    let wanted = query.trim().to_lowercase();
    let mut ranked: Vec<_> = texts
        .enumerate()
        .filter_map(|(place, text)| {
            let score: u32 =
                words.iter().map(|word| scorer.score(word, text)).sum::<Option<_>>()?;
            let text = text.to_lowercase();
            let parts = !text.contains(&wanted);
            Some((text != wanted, !text.starts_with(&wanted), parts, Reverse(score), place))
        })
        .collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(.., place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_must_match_and_the_best_comes_first() {
        let texts = ["Domain DNS", "DNS", "Billing", "Domain Administrator"];
        assert_eq!(
            rank("dns", texts.into_iter()),
            [1, 0],
            "a d, an n and an s far apart are no dns"
        );
        assert_eq!(rank("dom adm", texts.into_iter()), [3]);
        assert_eq!(rank("", texts.into_iter()), [0, 1, 2, 3]);
        assert!(rank("dnz", texts.into_iter()).is_empty());
        assert_eq!(rank("'ärzte", ["Die Ärzte", "Team"].into_iter()), [0], "at its very end");
    }
}
