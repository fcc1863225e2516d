//! Sending one request and taking its whole answer. Never repeats, never follows, never reads more than it must.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, ClientBuilder, Request, redirect, retry};
use rustls::ClientConfig;

use super::answer::{Answer, Head};
use super::call::Call;
use super::{Settings, trust};
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

/// A request without a whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Why there is none.
    pub trouble: Trouble,
    /// What the answer's headers said, if they came.
    pub head: Option<Head>,
}

impl From<Trouble> for Broken {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, head: None }
    }
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
        let built = |builder: ClientBuilder| builder.build().map_err(|e| unusable(&root(&e)));
        let trust = trusted(settings)?;
        let reads = built(base(settings, trust.as_ref(), &["h2", "http/1.1"]))?;
        let writes = base(settings, trust.as_ref(), &["http/1.1"]);
        let writes = built(writes.http1_only().pool_max_idle_per_host(0))?;
        Ok(Self { reads, writes, settings: settings.clone() })
    }

    /// Sends one request and takes its whole answer, within its time.
    pub async fn send(&self, call: &Call) -> Result<Answer, Broken> {
        let timings = &self.settings.timings;
        let request = self.request(call)?;
        let (client, total) = if call.method == reqwest::Method::GET {
            (&self.reads, timings.read_total)
        } else {
            (&self.writes, timings.write_total)
        };
        let mut head = None;
        let work = take(client, request, &self.settings, &mut head);
        let body = tokio::time::timeout(total, work).await.unwrap_or_else(|_| {
            Err(Trouble::Lost { why: format!("no whole answer in {}", span(total)) })
        });
        match (body, head) {
            (Ok(body), Some(head)) => Ok(Answer { head, body }),
            // A refusal needs no body to be one.
            (Err(_), Some(head)) if !head.is_success() => Ok(Answer { head, body: Vec::new() }),
            (Err(trouble), head) => Err(Broken { trouble, head }),
            (Ok(_), None) => Err(Trouble::Lost { why: "no answer".to_owned() }.into()),
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

/// Whom both clients trust; `None` where nothing is encrypted: that works on a machine without any certificates.
fn trusted(settings: &Settings) -> Result<Option<ClientConfig>, Fault> {
    if settings.base_url.is_plain() {
        return Ok(None);
    }
    let config = trust::config(settings.ca_file.as_deref()).map_err(|why| unusable(&why))?;
    Ok(Some(config))
}

fn base(settings: &Settings, trust: Option<&ClientConfig>, protocols: &[&str]) -> ClientBuilder {
    let mut builder = Client::builder()
        .user_agent(&settings.user_agent)
        .redirect(redirect::Policy::none())
        .referer(false)
        .retry(retry::never())
        .connect_timeout(settings.timings.connect);
    if settings.base_url.is_loopback() {
        builder = builder.no_proxy();
    }
    let Some(mut config) = trust.cloned() else { return builder.tls_certs_only([]) };
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    builder.https_only(true).tls_backend_preconfigured(config)
}

fn unusable(why: &str) -> Fault {
    let remedy = "check ca_file, SSL_CERT_FILE and the system's certificates";
    Fault::new(FaultKind::Config, format!("the client can't be set up: {why}"), remedy)
}

async fn take(
    client: &Client,
    request: Request,
    settings: &Settings,
    head: &mut Option<Head>,
) -> Result<Vec<u8>, Trouble> {
    let timings = &settings.timings;
    #[cfg(debug_assertions)]
    let writes = request.method() != reqwest::Method::GET;
    let mut response = client.execute(request).await.map_err(|e| trouble(&e, settings))?;
    *head = Some(Head::of(&response, timings));
    #[cfg(debug_assertions)]
    if writes {
        crate::crash::at("answer-begun");
    }
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

fn trouble(error: &reqwest::Error, settings: &Settings) -> Trouble {
    if error.is_builder() {
        return Trouble::NotSent { why: root(error), remedy: "", passing: false };
    }
    if !error.is_connect() {
        return Trouble::Lost { why: format!("the connection broke: {}", root(error)) };
    }
    let (why, remedy, passing) = connecting(error, settings.timings.connect);
    let why = format!("no connection to {}: {why}", settings.base_url.host());
    Trouble::NotSent { why, remedy, passing }
}

const WAY: &str = "check the network, and the proxy if there is one";

fn connecting(error: &reqwest::Error, limit: Duration) -> (String, &'static str, bool) {
    let (chain, why) = (chain(error), root(error));
    let has = |words: &str| chain.iter().any(|text| text.to_lowercase().contains(words));
    if let Some((why, distrusted)) = encryption(error) {
        return untrusted(&why, distrusted);
    }
    if has("dns error") || has("lookup address") {
        return (format!("the name can't be resolved: {why}"), WAY, true);
    }
    if has("proxy") || has("tunnel") {
        let remedy = "check HTTPS_PROXY and what the proxy asks for";
        return (format!("the proxy refuses: {why}"), remedy, false);
    }
    let timed_out = |e: &io::Error| e.kind() == io::ErrorKind::TimedOut;
    if error.is_timeout() || has("timed out") || first_io(error).is_some_and(timed_out) {
        return (format!("nothing answered within {}", span(limit)), WAY, true);
    }
    if has("handshake") {
        return untrusted("the other side broke off the handshake", false);
    }
    (why, WAY, true)
}

/// A refused certificate stays refused until somebody does something; there is no way to go on without it.
fn untrusted(why: &str, distrusted: bool) -> (String, &'static str, bool) {
    if distrusted {
        let remedy = "if your network looks into its traffic, name its certificate as ca_file in the profile; \
                      nothing else makes such a connection safe";
        return (format!("its certificate is not trusted: {why}"), remedy, false);
    }
    let remedy = "check what stands between here and the server";
    (format!("it can't be encrypted: {why}"), remedy, true)
}

/// Why encryption did not come about, and whether the certificate is to blame.
fn encryption(error: &reqwest::Error) -> Option<(String, bool)> {
    sources(error).into_iter().find_map(|cause| {
        let mut next: Option<&(dyn Error + 'static)> = Some(cause);
        // An error of input and output hides what it holds from the chain of sources.
        while let Some(cause) = next {
            if let Some(refused) = cause.downcast_ref::<rustls::Error>() {
                return Some(trust::refusal(refused));
            }
            let inner = cause.downcast_ref::<io::Error>()?.get_ref()?;
            next = Some(inner);
        }
        None
    })
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

#[cfg(test)]
mod tests;
