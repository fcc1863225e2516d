//! Who is calling: a token, or e-mail and key.

use std::fmt;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::domain::{CredentialKind, Fault, FaultKind};

/// A token, or e-mail and global key; one scheme at a time. Hides itself in `Debug` and has no `Display`.
#[derive(Clone)]
pub enum Credential {
    /// An API token, of a user or of an account.
    Token(SecretString),
    /// The global key of a user.
    Key {
        /// The user's e-mail.
        email: String,
        /// The key.
        key: SecretString,
    },
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Credential::Token",
            Self::Key { .. } => "Credential::Key",
        })
    }
}

impl Credential {
    /// Takes a token as it was pasted: quotes, white space and a leading `Bearer ` are taken off.
    ///
    /// # Errors
    /// A [`FaultKind::Credential`] that says what is wrong, without the token.
    pub fn token(pasted: &str) -> Result<Self, Fault> {
        let bare = strip_bearer(strip(pasted));
        Ok(Self::Token(secret(bare, "the API token")?))
    }

    /// Takes an e-mail and a global key as they were pasted.
    ///
    /// # Errors
    /// A [`FaultKind::Credential`] that says what is wrong, without the key.
    pub fn key(email: &str, pasted: &str) -> Result<Self, Fault> {
        let email = strip(email);
        if !email.contains('@') {
            return Err(bad("the e-mail that goes with the API key", "is not an e-mail address"));
        }
        visible(email, "the e-mail that goes with the API key")?;
        Ok(Self::Key { email: email.to_owned(), key: secret(strip(pasted), "the API key")? })
    }

    /// What the credential's own form says about its kind.
    pub fn kind(&self) -> CredentialKind {
        match self {
            Self::Key { .. } => CredentialKind::Key,
            Self::Token(token) if token.expose_secret().starts_with("cfut_") => {
                CredentialKind::UserToken
            }
            Self::Token(token) if token.expose_secret().starts_with("cfat_") => {
                CredentialKind::AccountToken
            }
            Self::Token(_) => CredentialKind::Token,
        }
    }

    /// A name by which processes know that they have the same credential, and which tells nothing else of it.
    pub fn fingerprint(&self) -> String {
        let mut sum = Sha256::new_with_prefix("cfiam request window\0");
        match self {
            Self::Token(token) => sum.update(token.expose_secret()),
            Self::Key { email, key } => {
                sum.update(email);
                sum.update("\0");
                sum.update(key.expose_secret());
            }
        }
        let half =
            sum.finalize().iter().take(16).fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
        format!("{half:032x}")
    }

    /// The headers of one scheme, marked so that no `Debug` of them shows their values.
    pub(super) fn headers(&self) -> Result<HeaderMap, Fault> {
        let mut headers = HeaderMap::new();
        match self {
            Self::Token(token) => {
                let value = format!("Bearer {}", token.expose_secret());
                headers.insert(reqwest::header::AUTHORIZATION, hidden(&value)?);
            }
            Self::Key { email, key } => {
                headers.insert(HeaderName::from_static("x-auth-email"), hidden(email)?);
                let key = hidden(key.expose_secret())?;
                headers.insert(HeaderName::from_static("x-auth-key"), key);
            }
        }
        Ok(headers)
    }
}

fn hidden(text: &str) -> Result<HeaderValue, Fault> {
    let mut value = HeaderValue::from_str(text)
        .ok()
        .ok_or_else(|| bad("the credential", "holds a character that can't be sent"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn strip(pasted: &str) -> &str {
    let mut text = pasted.trim();
    for quote in ['"', '\'', '`'] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|t| t.strip_suffix(quote)) {
            text = inner.trim();
        }
    }
    text
}

fn strip_bearer(text: &str) -> &str {
    let Some((word, rest)) = text.split_once(char::is_whitespace) else { return text };
    let word = word.strip_suffix(':').unwrap_or(word);
    if word.eq_ignore_ascii_case("bearer") { strip(rest) } else { text }
}

fn secret(bare: &str, name: &str) -> Result<SecretString, Fault> {
    if bare.is_empty() {
        return Err(bad(name, "is empty"));
    }
    visible(bare, name)?;
    Ok(SecretString::from(bare))
}

fn visible(bare: &str, name: &str) -> Result<(), Fault> {
    if bare.contains(['\n', '\r']) {
        return Err(bad(name, "has a line break in it"));
    }
    if bare.contains(char::is_whitespace) {
        return Err(bad(name, "has white space in it"));
    }
    if bare.contains(['"', '\'', '`']) {
        return Err(bad(name, "has a quote in it"));
    }
    if !bare.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(bad(name, "has a character in it that is not plain ASCII"));
    }
    Ok(())
}

fn bad(name: &str, why: &str) -> Fault {
    Fault::new(
        FaultKind::Credential,
        format!("{name} {why}"),
        "copy it again, whole and alone, from the dashboard",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(pasted: &str) -> String {
        let Ok(Credential::Token(token)) = Credential::token(pasted) else { return "-".into() };
        token.expose_secret().to_owned()
    }

    #[test]
    fn a_pasted_token_loses_quotes_white_space_and_bearer() {
        for pasted in [
            "abc_DEF-1",
            " abc_DEF-1\n",
            "\"abc_DEF-1\"",
            "' abc_DEF-1 '",
            "Bearer abc_DEF-1",
            "bearer  abc_DEF-1",
            "Bearer: abc_DEF-1",
            "\"Bearer abc_DEF-1\"",
            "Bearer \"abc_DEF-1\"\r\n",
        ] {
            assert_eq!(bare(pasted), "abc_DEF-1", "{pasted:?}");
        }
    }

    #[test]
    fn a_token_that_cannot_be_one_is_refused_with_what_is_wrong_and_without_itself() {
        for (pasted, why) in [
            ("", "is empty"),
            ("  \n", "is empty"),
            ("\"\"", "is empty"),
            ("seNtinel\nx", "line break"),
            ("seNtinel x", "white space"),
            ("seN\"tinel", "quote"),
            ("seNtinelé", "plain ASCII"),
            ("seNtinel\u{0}", "plain ASCII"),
        ] {
            let fault = Credential::token(pasted).unwrap_err();
            assert!(fault.what.contains(why), "{pasted:?}: {fault}");
            assert!(!fault.to_string().contains("seN"), "{fault}");
            assert_eq!(fault.kind, FaultKind::Credential);
        }
    }

    #[test]
    fn an_email_and_key_are_taken_bare() {
        let Ok(Credential::Key { email, key }) = Credential::key(" 'a@b.example' ", "\"k1\"")
        else {
            panic!("refused")
        };
        assert_eq!((email.as_str(), key.expose_secret()), ("a@b.example", "k1"));
        assert!(Credential::key("nobody", "k1").is_err());
        assert!(Credential::key("a@b.example", "").is_err());
    }

    #[test]
    fn k3_no_debug_text_shows_a_secret() {
        let credentials = [
            Credential::token("seNtinel").unwrap(),
            Credential::key("a@b.example", "seNtinel").unwrap(),
        ];
        for credential in credentials {
            let shown = format!("{credential:?}");
            assert!(!shown.contains("seNtinel") && !shown.contains("b.example"), "{shown}");
            let headers = format!("{:?}", credential.headers().unwrap());
            assert!(!headers.contains("seNtinel") && !headers.contains("b.example"), "{headers}");
        }
    }

    #[test]
    fn only_one_scheme_is_sent() {
        let token = Credential::token("t").unwrap().headers().unwrap();
        assert_eq!(token.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["authorization"]);
        let key = Credential::key("a@b.example", "k").unwrap().headers().unwrap();
        let mut names: Vec<_> = key.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["x-auth-email", "x-auth-key"]);
    }
}
