//! Where the API is, and where a credential may therefore go.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

use crate::domain::{Fault, FaultKind};

/// The address below which all calls are made. A credential is only ever sent there.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Cloudflare's own.
    pub const CLOUDFLARE: &str = "https://api.cloudflare.com/client/v4";

    /// Takes an `https` address, or an `http` one whose host is a literal loopback address. A name such as
    /// `localhost` is not literal: what it stands for is decided elsewhere. A trailing slash is taken off.
    ///
    /// # Errors
    /// A [`FaultKind::Config`] that says what is wrong, without repeating a password.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(wrong("it is empty"));
        }
        let url = Url::parse(text).map_err(|e| wrong(&e.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("it holds a user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it holds a ? or a #"));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(wrong("it names no host"));
        }
        let taken = Self(url);
        match taken.0.scheme() {
            "https" => Ok(taken),
            "http" if taken.is_loopback() => Ok(taken),
            "http" => Err(wrong("http would send the credential in the clear")),
            other => Err(wrong(&format!("{other} is not https"))),
        }
    }

    /// Whether the host is a literal loopback address: no proxy is used for it.
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether the connection is not encrypted: then no certificates are needed.
    pub(super) fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// Whether this is Cloudflare's own service.
    pub fn is_cloudflare(&self) -> bool {
        let host = self.host();
        host == "cloudflare.com" || host.ends_with(".cloudflare.com")
    }

    /// The host, as it is shown.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or("")
    }

    /// The whole address of a call: `path` begins with `/` and is made of ids and fixed words only.
    pub(super) fn at(&self, path: &str) -> Result<Url, Fault> {
        let base = self.0.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}{path}")).map_err(|e| wrong(&e.to_string()))
    }
}

fn wrong(why: &str) -> Fault {
    Fault::new(
        FaultKind::Config,
        format!("the base URL can't be used: {why}"),
        "give an https address such as https://api.cloudflare.com/client/v4; plain http only for 127.0.0.1 or [::1]",
    )
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k9_a_credential_goes_over_https_or_to_a_literal_loopback_address_only() {
        for good in [
            BaseUrl::CLOUDFLARE,
            "https://api.cloudflare.com/client/v4/",
            " https://proxy.example:8443/cf ",
            "http://127.0.0.1:8080/client/v4",
            "http://127.9.9.9/",
            "http://[::1]:8080",
        ] {
            assert!(BaseUrl::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "api.cloudflare.com",
            "http://api.cloudflare.com/client/v4",
            "http://localhost:8080",
            "http://127.0.0.1.evil.example/",
            "http://0.0.0.0/",
            "http://10.0.0.1/",
            "ftp://api.cloudflare.com",
            "file:///etc/passwd",
            "https://user@api.cloudflare.com",
            "https://api.cloudflare.com@evil.example/",
            "https://api.cloudflare.com/?token=x",
            "https://api.cloudflare.com/#x",
            "https://",
        ] {
            assert!(BaseUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn k9_a_refused_address_does_not_repeat_its_password() {
        let fault = BaseUrl::parse("https://alice:hunter2@api.cloudflare.com").unwrap_err();
        assert!(!fault.to_string().contains("hunter2"), "{fault}");
    }

    #[test]
    fn a_path_is_put_below_the_base_as_given() {
        let base = BaseUrl::parse("https://proxy.example/cf/").unwrap();
        assert_eq!(base.at("/user").unwrap().as_str(), "https://proxy.example/cf/user");
        assert_eq!(base.to_string(), "https://proxy.example/cf");
        assert!(!base.is_cloudflare());
        assert!(BaseUrl::parse(BaseUrl::CLOUDFLARE).unwrap().is_cloudflare());
        assert!(!BaseUrl::parse("https://evilcloudflare.com").unwrap().is_cloudflare());
    }
}
