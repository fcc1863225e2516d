//! The listening socket, whose connections can be told to misbehave: to send given bytes in place of the
//! server's own, slowly, and then to close or to be reset.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Sleep;

/// What a connection sends in place of an answer. It is its last act.
pub(super) struct Script {
    pub bytes: Vec<u8>,
    /// How many of the bytes go at once; the rest is paced.
    pub at_once: usize,
    pub pace: Option<(usize, Duration)>,
    pub end: End,
}

/// How the connection ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Close,
    Reset,
}

pub(in crate::emulator) struct Door(pub TcpListener);

impl Listener for Door {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Small answers must not wait for one another; failing to say so only makes it slower.
        let _slower = stream.set_nodelay(true);
        (Wire::new(stream), address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// How a request's answer reaches the connection it came on.
#[derive(Clone)]
pub(in crate::emulator) struct Peer(Sender<Script>);

impl Peer {
    /// Makes the connection send this in place of whatever the server answers next.
    pub(super) fn play(&self, script: Script) {
        // A connection that is gone needs no script.
        let _gone = self.0.send(script);
    }
}

impl Connected<IncomingStream<'_, Door>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        Self(stream.io().scripts.clone())
    }
}

/// A script at work.
struct Playing {
    script: Script,
    sent: usize,
    pause: Option<Pin<Box<Sleep>>>,
}

pub(in crate::emulator) struct Wire {
    stream: TcpStream,
    scripts: Sender<Script>,
    waiting: Receiver<Script>,
    playing: Option<Playing>,
}

impl Wire {
    fn new(stream: TcpStream) -> Self {
        let (scripts, waiting) = channel();
        Self { stream, scripts, waiting, playing: None }
    }

    fn scripted(&mut self) -> bool {
        if self.playing.is_none()
            && let Ok(script) = self.waiting.try_recv()
        {
            self.playing = Some(Playing { script, sent: 0, pause: None });
        }
        self.playing.is_some()
    }

    /// Sends what is left of the script, then ends the connection with the error that makes the server let go.
    fn play(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(playing) = &mut self.playing else { return Poll::Ready(Ok(())) };
        loop {
            if let Some(pause) = &mut playing.pause {
                ready!(pause.as_mut().poll(cx));
                playing.pause = None;
            }
            let Some(step) = playing.next() else { break };
            let wrote = ready!(Pin::new(&mut self.stream).poll_write(cx, step))?;
            playing.sent += wrote;
            if let Some((_, every)) =
                playing.script.pace.filter(|_| playing.sent >= playing.script.at_once)
            {
                playing.pause = Some(Box::pin(tokio::time::sleep(every)));
            }
        }
        let end = playing.script.end;
        if end == End::Reset {
            self.stream.set_zero_linger()?;
        } else {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        }
        Poll::Ready(Err(io::Error::from(io::ErrorKind::ConnectionReset)))
    }
}

impl Playing {
    /// The next piece to send; none at the end.
    fn next(&self) -> Option<&[u8]> {
        let Script { bytes, at_once, pace, .. } = &self.script;
        let piece = match pace {
            Some(_) if self.sent < *at_once => at_once - self.sent,
            Some((piece, _)) => *piece,
            None => bytes.len(),
        };
        let to = self.sent.saturating_add(piece).min(bytes.len());
        bytes.get(self.sent..to).filter(|piece| !piece.is_empty())
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.scripted() {
            // The server's own answer is swallowed; the script goes out when it is flushed.
            return Poll::Ready(Ok(buf.len()));
        }
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.scripted() {
            return self.play(cx);
        }
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.scripted() {
            return self.play(cx);
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
