//! A server made of a script: it reads a request and does what the script says, byte by byte if need be.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    /// Path and query, below `/client/v4`.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    /// A parameter of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target.split_once('?')?;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    /// The number of the page that is asked for.
    pub fn page(&self) -> u64 {
        self.query("page").unwrap().parse().unwrap()
    }
}

/// One thing that a server does.
#[derive(Clone, Debug)]
pub enum Step {
    Send(Vec<u8>),
    /// The bytes one by one, with this long between them.
    Drip(Vec<u8>, Duration),
    /// The same bytes again and again, until the other side has gone.
    Endless(Vec<u8>),
    /// Nothing, for ever.
    Hang,
    /// Ends the connection by a reset: what was not read yet is lost.
    Reset,
}

/// What is done about a request; after it the connection is closed.
pub type Steps = Vec<Step>;

type Script = dyn Fn(&Asked, usize) -> Steps + Send + Sync;

/// A server on loopback. Gone with the test's runtime.
pub struct Server {
    pub address: SocketAddr,
    scheme: &'static str,
    seen: watch::Receiver<Vec<Asked>>,
}

impl Server {
    /// `script` says what is done about a request, which is also told how many came before it.
    pub async fn start(script: impl Fn(&Asked, usize) -> Steps + Send + Sync + 'static) -> Self {
        Self::serve(None, script).await
    }

    /// A server that speaks TLS.
    pub async fn encrypted(
        acceptor: TlsAcceptor,
        script: impl Fn(&Asked, usize) -> Steps + Send + Sync + 'static,
    ) -> Self {
        Self::serve(Some(acceptor), script).await
    }

    /// A server that doesn't understand what it is sent: it waits for the first bytes, then does this.
    pub async fn deaf(scheme: &'static str, steps: Steps) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (_, seen) = watch::channel(Vec::new());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let steps = steps.clone();
                tokio::spawn(async move {
                    let _ = stream.read(&mut [0; 4096]).await;
                    end(perform(&mut stream, steps).await, &stream);
                });
            }
        });
        Self { address, scheme, seen }
    }

    async fn serve(
        acceptor: Option<TlsAcceptor>,
        script: impl Fn(&Asked, usize) -> Steps + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, seen) = watch::channel(Vec::new());
        let scheme = if acceptor.is_some() { "https" } else { "http" };
        let (script, tell): (Arc<Script>, _) = (Arc::new(script), Arc::new(tell));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, tell, acceptor) = (script.clone(), tell.clone(), acceptor.clone());
                tokio::spawn(async move { connection(stream, acceptor, &*script, &tell).await });
            }
        });
        Self { address, scheme, seen }
    }

    pub fn base_url(&self) -> String {
        format!("{}://{}/client/v4", self.scheme, self.address)
    }

    /// The requests that have come.
    pub fn seen(&self) -> Vec<Asked> {
        self.seen.borrow().clone()
    }

    pub fn count(&self) -> usize {
        self.seen.borrow().len()
    }
}

async fn connection(
    mut stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    script: &Script,
    tell: &watch::Sender<Vec<Asked>>,
) {
    let Some(acceptor) = acceptor else {
        let reset = answer(&mut stream, script, tell).await;
        return end(reset, &stream);
    };
    if let Ok(mut stream) = acceptor.accept(stream).await {
        answer(&mut stream, script, tell).await;
        let _ = stream.shutdown().await;
    }
}

fn end(reset: bool, stream: &TcpStream) {
    if reset {
        stream.set_zero_linger().unwrap();
    }
}

/// Answers one request; whether the connection is to be reset.
async fn answer(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    script: &Script,
    tell: &watch::Sender<Vec<Asked>>,
) -> bool {
    let Some(asked) = read(stream).await else { return false };
    let mut before = 0;
    tell.send_modify(|seen| {
        before = seen.len();
        seen.push(asked.clone());
    });
    perform(stream, script(&asked, before)).await
}

async fn perform(stream: &mut (impl AsyncWrite + Unpin), steps: Steps) -> bool {
    for step in steps {
        let done = match step {
            Step::Send(bytes) => stream.write_all(&bytes).await,
            Step::Drip(bytes, pause) => drip(stream, &bytes, pause).await,
            Step::Endless(bytes) => loop {
                if let Err(gone) = stream.write_all(&bytes).await {
                    break Err(gone);
                }
            },
            Step::Hang => std::future::pending().await,
            Step::Reset => return true,
        };
        if done.is_err() || stream.flush().await.is_err() {
            return false;
        }
    }
    false
}

async fn drip(
    stream: &mut (impl AsyncWrite + Unpin),
    bytes: &[u8],
    pause: Duration,
) -> std::io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        stream.flush().await?;
        tokio::time::sleep(pause).await;
    }
    Ok(())
}

/// Reads a request whole; `None` if the other side goes away before.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Asked> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, length)| length.parse().unwrap());
    let mut body = bytes.split_off(head + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    let target = target.strip_prefix("/client/v4").unwrap_or(&target).to_owned();
    Some(Asked { method, target, headers, body: String::from_utf8(body).unwrap() })
}

/// The ray id of every answer.
pub const RAY: &str = "8f3a1c2d4e5f6071-AMS";

/// The bytes of a whole answer with these headers besides its length.
pub fn bytes(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    headed(status, &format!("content-length: {length}\r\n{headers}"), body)
}

/// The bytes of an answer with exactly these headers, each line ended.
pub fn headed(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\ncf-ray: {RAY}\r\nconnection: close\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// An answer of JSON.
pub fn json(status: u16, body: &str) -> Steps {
    vec![Step::Send(bytes(status, "content-type: application/json\r\n", body.as_bytes()))]
}

/// A success with this result.
pub fn ok(result: &str) -> Steps {
    json(200, &format!(r#"{{"success":true,"errors":[],"messages":[],"result":{result}}}"#))
}

/// A success with a page of a list.
pub fn page(result: &str, info: &str) -> Steps {
    json(200, &format!(r#"{{"success":true,"errors":[],"result":{result},"result_info":{info}}}"#))
}

/// A refusal with this code.
pub fn refusal(status: u16, code: i64, message: &str) -> Steps {
    let errors = format!(r#"[{{"code":{code},"message":"{message}"}}]"#);
    json(status, &format!(r#"{{"success":false,"errors":{errors},"result":null}}"#))
}

/// A page for people.
pub fn html(status: u16) -> Steps {
    let body = b"<!DOCTYPE html><html><body>SECRET-OF-THE-PAGE</body></html>";
    vec![Step::Send(bytes(status, "content-type: text/html; charset=UTF-8\r\n", body))]
}
