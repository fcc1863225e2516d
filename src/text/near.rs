//! Names that somebody may have meant by a word that names nothing.

/// Of a word from so many letters on two may be wrong, of a shorter one a single one. More would take the endings that
/// addresses share for likeness.
const LONG: usize = 8;

/// The names that hold the words; where none does, those that are a few letters away, the nearest first.
pub fn nearest<'n>(words: &str, names: impl Iterator<Item = &'n str> + Clone) -> Vec<&'n str> {
    let wanted = words.trim().to_lowercase();
    if wanted.is_empty() {
        return Vec::new();
    }
    let holding: Vec<&str> =
        names.clone().filter(|name| name.to_lowercase().contains(&wanted)).collect();
    if !holding.is_empty() {
        return holding;
    }
    let most = if wanted.chars().count() < LONG { 1 } else { 2 };
    let apart = |name: &'n str| (strsim::osa_distance(&wanted, &name.to_lowercase()), name);
    let mut near: Vec<(usize, &str)> =
        names.map(apart).filter(|(letters, _)| *letters <= most).collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_the_words_is_near_and_otherwise_what_a_slip_of_the_fingers_makes_of_it() {
        let names = ["DNS", "Domain DNS", "Zaraz Admin", "Billing"];
        for (words, near) in [
            ("dns", vec!["DNS", "Domain DNS"]),
            ("dsn", vec!["DNS"]),
            ("domian dns", vec!["Domain DNS"]),
            ("biling", vec!["Billing"]),
            ("pages", vec![]),
            ("zaraz", vec!["Zaraz Admin"]),
            (" ", vec![]),
        ] {
            assert_eq!(nearest(words, names.into_iter()), near, "{words}");
        }
    }
}
