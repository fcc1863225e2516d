//! Sending one request and taking its whole answer. Never repeats, never follows, never reads more than it must.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Certificate, Client, ClientBuilder, Request, redirect, retry, tls};

use super::answer::{Answer, Head};
use super::call::Call;
use super::{Settings, Timings};
use crate::domain::{Fault, FaultKind};

/// The most bytes of a body that are taken, decompressed.
const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// Why there is no whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The request never arrived.
    NotSent {
        /// In a few words.
        why: String,
        /// What to do.
        remedy: &'static str,
        /// Whether trying again may help.
        passing: bool,
    },
    /// It may have arrived.
    Lost {
        /// In a few words.
        why: String,
    },
    /// The body is longer than is taken.
    TooLong,
}

/// Reads and writes have a client each: a write's connection is never one that has been lying idle, and speaks
/// HTTP/1, so that nothing below this can send a write twice.
#[derive(Debug)]
pub struct Transport {
    reads: Client,
    writes: Client,
    settings: Settings,
}

impl Transport {
    /// Makes both clients.
    pub fn new(settings: &Settings) -> Result<Self, Fault> {
        let built = |builder: ClientBuilder| builder.build().map_err(|e| unusable(&e));
        let reads = built(base(settings)?)?;
        let writes = built(base(settings)?.http1_only().pool_max_idle_per_host(0))?;
        Ok(Self { reads, writes, settings: settings.clone() })
    }

    /// Sends one request and takes its whole answer, within its time.
    pub async fn send(&self, call: &Call) -> Result<Answer, Trouble> {
        let timings = &self.settings.timings;
        let request = self.request(call)?;
        let (client, total) = if call.method == reqwest::Method::GET {
            (&self.reads, timings.read_total)
        } else {
            (&self.writes, timings.write_total)
        };
        let mut head = None;
        let work = take(client, request, timings, &mut head);
        let body = tokio::time::timeout(total, work).await.unwrap_or_else(|_| {
            Err(Trouble::Lost { why: format!("no whole answer in {}", span(total)) })
        });
        match (body, head) {
            (Ok(body), Some(head)) => Ok(Answer { head, body }),
            // A refusal needs no body to be one.
            (Err(_), Some(head)) if !head.is_success() => Ok(Answer { head, body: Vec::new() }),
            (Err(trouble), _) => Err(trouble),
            (Ok(_), None) => Err(Trouble::Lost { why: "no answer".to_owned() }),
        }
    }

    fn request(&self, call: &Call) -> Result<Request, Trouble> {
        let unsent = |why: String| Trouble::NotSent { why, remedy: "", passing: false };
        let mut url = self.settings.base_url.at(&call.path).map_err(|f| unsent(f.what))?;
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        let mut request = Request::new(call.method.clone(), url);
        request
            .headers_mut()
            .extend(self.settings.credential.headers().map_err(|f| unsent(f.what))?);
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(ACCEPT, json.clone());
        if let Some(body) = &call.body {
            request.headers_mut().insert(CONTENT_TYPE, json);
            *request.body_mut() = Some(body.clone().into());
        }
        Ok(request)
    }
}

fn base(settings: &Settings) -> Result<ClientBuilder, Fault> {
    let mut builder = Client::builder()
        .user_agent(&settings.user_agent)
        .redirect(redirect::Policy::none())
        .referer(false)
        .retry(retry::never())
        .connect_timeout(settings.timings.connect)
        .tls_version_min(tls::Version::TLS_1_2);
    if settings.base_url.is_loopback() {
        builder = builder.no_proxy();
    }
    if settings.base_url.is_plain() {
        // Not encrypted: it works on a machine without any certificates.
        return Ok(builder.tls_certs_only([]));
    }
    builder = builder.https_only(true);
    if let Some(pem) = &settings.ca_file {
        let more = Certificate::from_pem_bundle(pem).map_err(|e| unusable(&e))?;
        if more.is_empty() {
            return Err(no_certificate("the CA file holds no certificate"));
        }
        builder = builder.tls_certs_merge(more);
    }
    Ok(builder)
}

fn unusable(error: &reqwest::Error) -> Fault {
    no_certificate(&format!("the client can't be set up: {}", root(error)))
}

fn no_certificate(what: &str) -> Fault {
    let remedy = "check ca_file, SSL_CERT_FILE and the system's certificates";
    Fault::new(FaultKind::Config, what, remedy)
}

async fn take(
    client: &Client,
    request: Request,
    timings: &Timings,
    head: &mut Option<Head>,
) -> Result<Vec<u8>, Trouble> {
    let mut response = client.execute(request).await.map_err(|e| trouble(&e))?;
    *head = Some(Head::of(&response, timings));
    let mut body = Vec::new();
    loop {
        let piece = tokio::time::timeout(timings.idle, response.chunk()).await;
        let Ok(piece) = piece else {
            let why = format!("the answer stood still for {}", span(timings.idle));
            return Err(Trouble::Lost { why });
        };
        match piece {
            Ok(Some(piece)) if body.len() + piece.len() > LONGEST_BODY => {
                return Err(Trouble::TooLong);
            }
            Ok(Some(piece)) => body.extend_from_slice(&piece),
            Ok(None) => return Ok(body),
            Err(e) => {
                return Err(Trouble::Lost { why: format!("the answer broke off: {}", root(&e)) });
            }
        }
    }
}

fn trouble(error: &reqwest::Error) -> Trouble {
    let why = root(error);
    if error.is_builder() {
        return Trouble::NotSent { why, remedy: "", passing: false };
    }
    if !error.is_connect() {
        return Trouble::Lost { why: format!("the connection broke: {why}") };
    }
    let (kind, remedy, passing) = connecting(error, &why);
    Trouble::NotSent { why: format!("{kind}: {why}"), remedy, passing }
}

fn connecting(error: &reqwest::Error, why: &str) -> (&'static str, &'static str, bool) {
    let chain = chain(error);
    let has = |words: &str| chain.iter().any(|text| text.to_lowercase().contains(words));
    if has("certificate") {
        let remedy = "if your network inspects traffic, name its certificate as ca_file in the profile; \
                      nothing else makes such a connection safe";
        return ("the server's certificate is not trusted", remedy, false);
    }
    if has("dns error") || has("lookup address") {
        return ("the host's name can't be resolved", "check the network and the proxy", true);
    }
    if has("proxy") || has("tunnel") {
        return ("the proxy refuses", "check HTTPS_PROXY and what the proxy asks for", false);
    }
    let timed_out = |e: &io::Error| e.kind() == io::ErrorKind::TimedOut;
    if error.is_timeout() || has("timed out") || first_io(error).is_some_and(timed_out) {
        return ("no connection in time", "check the network and the proxy", true);
    }
    if has("tls") || has("ssl") || has("handshake") || why.contains("HandshakeFailure") {
        return ("no safe connection", "check what stands between here and the server", true);
    }
    ("no connection", "check the network and the proxy", true)
}

fn first_io(error: &reqwest::Error) -> Option<&io::Error> {
    sources(error).into_iter().find_map(|e| e.downcast_ref())
}

fn sources(error: &reqwest::Error) -> Vec<&(dyn Error + 'static)> {
    let mut found = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        found.push(cause);
        next = cause.source();
    }
    found
}

/// The causes, without the error's own text and without any other that holds an address.
fn chain(error: &reqwest::Error) -> Vec<String> {
    sources(error)
        .into_iter()
        .map(ToString::to_string)
        .filter(|text| !text.contains("://"))
        .collect()
}

/// The innermost cause.
fn root(error: &reqwest::Error) -> String {
    chain(error).pop().unwrap_or_else(|| "no cause is known".to_owned())
}

fn span(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{} s", time.as_secs())
    }
}
