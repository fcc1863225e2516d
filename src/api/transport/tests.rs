//! Names that can't be resolved: the resolver is the test's own, as no other answers the same everywhere.

use std::sync::Arc;

use reqwest::dns::{Name, Resolve, Resolving};

use super::*;
use crate::api::call::Right;
use crate::api::{BaseUrl, Credential};
use crate::domain::Urgency;

/// Fails with these words, or never answers.
struct Broken(Option<&'static str>);

impl Resolve for Broken {
    fn resolve(&self, _: Name) -> Resolving {
        let words = self.0;
        Box::pin(async move {
            match words {
                Some(words) => Err(io::Error::other(words).into()),
                None => std::future::pending().await,
            }
        })
    }
}

/// How a read and a write end where names are resolved so.
async fn ends(resolver: Broken) -> [Trouble; 2] {
    let key = rcgen::generate_simple_self_signed(["x".to_owned()]).unwrap();
    let base_url = BaseUrl::parse("https://api.example/client/v4").unwrap();
    let mut settings = Settings::new(base_url, Credential::token("t").unwrap());
    settings.ca_file = Some(key.cert.pem().into_bytes());
    settings.timings.connect = Duration::from_millis(50);
    let (resolver, trusted) = (Arc::new(resolver), super::trusted(&settings).unwrap());
    let client = |protocols: &[&str]| {
        let builder = base(&settings, trusted.as_ref(), protocols).no_proxy();
        builder.dns_resolver(resolver.clone()).build().unwrap()
    };
    let (reads, writes) = (client(&["h2", "http/1.1"]), client(&["http/1.1"]));
    let transport = Transport { reads, writes, settings };
    let read = Call::get("x", Right::Read, "/user".to_owned(), Urgency::Screen);
    let write = Call::write("x", reqwest::Method::POST, "/user".to_owned());
    let (read, write) = (transport.send(&read).await, transport.send(&write).await);
    [read, write].map(|sent| sent.unwrap_err().trouble)
}

#[tokio::test]
async fn n1_a_name_that_cannot_be_resolved_is_named_and_nothing_was_sent() {
    let table = [
        (
            Some("failed to lookup address information: Name or service not known"),
            "the name can't be resolved",
        ),
        (Some("the server answered SERVFAIL"), "the name can't be resolved"),
        (None, "nothing answered within 50 ms"),
    ];
    for (words, expected) in table {
        for trouble in ends(Broken(words)).await {
            let Trouble::NotSent { why, remedy, passing } = trouble else {
                panic!("{trouble:?} may have been sent")
            };
            assert!(why.starts_with(&format!("no connection to api.example: {expected}")), "{why}");
            assert!(words.is_none_or(|words| why.ends_with(words)), "{why}");
            assert!(remedy.contains("network") && remedy.contains("proxy"), "{remedy}");
            assert!(passing, "it may be resolved again soon");
        }
    }
}
