//! Turns an answer into bytes that are wrong in the way a rule asks for.

use std::io::Write;

use super::super::fault::{Cut, Drip, Framing, Trouble};
use super::socket::{End, Script};

/// An answer that is ready for the wire.
pub(super) struct Ready {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// The script for an answer whose bytes a rule meddles with; none where the server can send it itself.
pub(super) fn script(ready: &Ready, trouble: &Trouble) -> Option<Script> {
    if trouble.framing.is_none() && trouble.cut.is_none() && trouble.drip.is_none() {
        return None;
    }
    let keeps = trouble.framing == Some(Framing::Drop);
    let (mut head, mut body) = framed(ready, trouble.framing.as_ref());
    if !keeps {
        head.push_str("connection: close\r\n");
    }
    head.push_str("\r\n");
    let end = match trouble.cut {
        Some(Cut::Reset(_)) => End::Reset,
        _ => End::Close,
    };
    if let Some(Cut::Close(at) | Cut::Reset(at)) = trouble.cut {
        body.truncate(at);
    }
    let at_once = if trouble.drip.is_some_and(|drip| drip.body_only) { head.len() } else { 0 };
    let pace = trouble.drip.map(|Drip { bytes, every, .. }| (bytes, every));
    let mut bytes = head.into_bytes();
    bytes.extend(body);
    Some(Script { bytes, at_once, pace, end })
}

fn framed(ready: &Ready, framing: Option<&Framing>) -> (String, Vec<u8>) {
    let mut head = format!("HTTP/1.1 {} Answer\r\n", ready.status);
    for (name, value) in &ready.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let chunked = "transfer-encoding: chunked\r\n";
    let body = ready.body.clone();
    match framing {
        Some(Framing::Length(text)) => {
            for length in text.split(',') {
                head.push_str(&format!("content-length: {length}\r\n"));
            }
            (head, body)
        }
        Some(Framing::BadChunk) => {
            (head + chunked, [b"zz\r\n".as_slice(), &body, b"\r\n0\r\n\r\n"].concat())
        }
        Some(Framing::HugeChunk) => {
            (head + chunked, [b"fffffffffffffff\r\n".as_slice(), &body].concat())
        }
        Some(Framing::OpenChunk) => {
            let size = format!("{:x}\r\n", body.len());
            (head + chunked, [size.as_bytes(), &body, b"\r\n"].concat())
        }
        Some(Framing::CorruptGzip) => {
            let body = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], body.as_slice()].concat();
            (head + &compressed(body.len()), body)
        }
        Some(Framing::Bomb(zeros)) => {
            let body = bomb(*zeros).unwrap_or_default();
            (head + &compressed(body.len()), body)
        }
        Some(Framing::Drop) | None => (head + &format!("content-length: {}\r\n", body.len()), body),
    }
}

fn compressed(length: usize) -> String {
    format!("content-encoding: gzip\r\ncontent-length: {length}\r\n")
}

/// Gzip of so many zeros: a thousandth of its size on the wire.
fn bomb(zeros: u64) -> std::io::Result<Vec<u8>> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let block = [0_u8; 65_536];
    let mut left = zeros;
    while left > 0 {
        let step = usize::try_from(left).unwrap_or(block.len()).min(block.len());
        packer.write_all(block.get(..step).unwrap_or_default())?;
        left -= step as u64;
    }
    packer.finish()
}
