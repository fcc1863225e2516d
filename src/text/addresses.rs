//! Lists of people as they are pasted or kept in files: one a line, commas, `Name <mail>`, `# comment`.

/// The longest e-mail that the service takes, in characters.
const LONGEST_EMAIL: usize = 90;

/// One entry of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'t> {
    /// The line that it stands in, from 1.
    pub line: usize,
    /// All of it.
    pub text: &'t str,
    /// The mail of `Name <mail>`, else all of it.
    pub address: &'t str,
}

/// The entries of a list, in order. Nothing of it is dropped but what is blank, and lines that begin with `#`.
pub fn entries(list: &str) -> impl Iterator<Item = Entry<'_>> {
    let lines = (1..).zip(list.lines()).flat_map(|(number, line)| {
        let said = line.split('\r').filter(|line| !line.trim_start().starts_with('#'));
        said.flat_map(parts).map(move |part| (number, part.trim()))
    });
    lines.filter(|(_, part)| !part.is_empty()).flat_map(|(line, part)| {
        // Words are a list by themselves where each of them is an address.
        let words: Vec<&str> = part.split_whitespace().collect();
        let apart = words.iter().all(|word| word.contains('@'));
        let texts = if apart { words } else { vec![part] };
        texts.into_iter().map(move |text| Entry { line, text, address: address(text) })
    })
}

/// Where a line is parted: a comma in a quoted name belongs to the name. Quotes that don't pair up quote nothing.
fn parts(line: &str) -> impl Iterator<Item = &str> {
    let pairs = line.matches('"').count().is_multiple_of(2);
    let mut quoted = false;
    line.split(move |c| {
        quoted ^= c == '"' && pairs;
        !quoted && matches!(c, ',' | ';' | '\t')
    })
}

fn address(entry: &str) -> &str {
    let inner = entry
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map_or(entry, |(mail, _)| mail);
    inner.trim().trim_matches(['"', '\''])
}

/// Whether a text can be an e-mail. What else is wrong with it, the service says.
pub fn is_email(text: &str) -> bool {
    let whole = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    let parts = text.rsplit_once('@');
    let host = |host: &str| host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
    whole
        && text.chars().count() <= LONGEST_EMAIL
        && parts.is_some_and(|(name, at)| !name.is_empty() && !name.contains('@') && host(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_blanks_between_them_are_several_and_a_name_with_its_address_is_one() {
        let entries = |pasted| super::entries(pasted).map(|entry| entry.text).collect::<Vec<_>>();
        assert_eq!(entries("ana@x.example  leo@x.example"), ["ana@x.example", "leo@x.example"]);
        assert_eq!(entries("Leo Chen <leo@x.example>"), ["Leo Chen <leo@x.example>"]);
        assert_eq!(entries("Leo Chen"), ["Leo Chen"]);
    }

    #[test]
    fn a_comma_within_quotes_parts_nothing_and_a_quote_that_stands_alone_quotes_nothing() {
        let read = |pasted| entries(pasted).map(|entry| entry.address).collect::<Vec<_>>();
        assert_eq!(
            read("\"Rivera, Alex\" <alex@x.example>, \"Chen; Leo\" <leo@x.example>"),
            ["alex@x.example", "leo@x.example"]
        );
        assert_eq!(
            read("Alex \" Rivera, leo@x.example\n\"mia@x.example\",ana@x.example"),
            ["Alex \" Rivera", "leo@x.example", "mia@x.example", "ana@x.example"]
        );
    }

    #[test]
    fn each_entry_knows_its_line_whatever_ends_the_lines() {
        let list = "ana@x.example\r\n\nleo@x.example, mia@x.example\n";
        let lines: Vec<_> = entries(list).map(|entry| (entry.line, entry.address)).collect();
        assert_eq!(lines, [(1, "ana@x.example"), (3, "leo@x.example"), (3, "mia@x.example")]);
    }

    #[test]
    fn a_line_that_begins_with_a_hash_is_a_comment_and_a_hash_elsewhere_is_not() {
        let list = "# on call, since June\n  #leo@x.example\nana#1@x.example\nmia@x.example\n";
        let lines: Vec<_> = entries(list).map(|entry| (entry.line, entry.address)).collect();
        assert_eq!(lines, [(3, "ana#1@x.example"), (4, "mia@x.example")]);
    }

    #[test]
    fn what_can_be_an_e_mail_is_taken_and_what_cannot_is_not() {
        for email in ["ana@x.example", "a+night@mail.x.example", "o'neil@x.example", "é@x.example"]
        {
            assert!(is_email(email), "{email}");
        }
        for none in
            ["", "ana", "ana@", "@x.example", "ana@x", "a b@x.example", "a@b@x.example", "a@.x"]
        {
            assert!(!is_email(none), "{none}");
        }
        assert!(!is_email(&format!("{}@x.example", "a".repeat(90))));
    }
}
