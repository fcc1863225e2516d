//! What a person can be asked to type.

/// The longest text that is asked to be typed, in columns.
const LONGEST_TYPED: usize = 40;

/// Whether a name can be asked to be typed: what is shown of it is what it is, and any keyboard has it.
pub fn can_be_typed(name: &str) -> bool {
    let blanks = name.split(' ').any(str::is_empty);
    !blanks
        && name.len() <= LONGEST_TYPED
        && name.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_asked_to_be_typed_only_where_that_can_be_done() {
        for name in ["prod-dns", "Ops (EU) #2", "a b"] {
            assert!(can_be_typed(name), "{name}");
        }
        for name in
            ["", " dns", "dns ", "a  b", "käse", "d\u{202e}ns", "山田", "a\tb", &"x".repeat(41)]
        {
            assert!(!can_be_typed(name), "{name:?}");
        }
    }
}
