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
    let (mut lines, mut body) = framed(ready, trouble.framing.as_ref());
    if trouble.framing != Some(Framing::Drop) {
        lines.push("connection: close".to_owned());
    }
    let head = lines.join("\r\n") + "\r\n\r\n";
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

/// The lines of the head, and the body.
fn framed(ready: &Ready, framing: Option<&Framing>) -> (Vec<String>, Vec<u8>) {
    let mut lines = vec![format!("HTTP/1.1 {} Answer", ready.status)];
    lines.extend(ready.headers.iter().map(|(name, value)| format!("{name}: {value}")));
    let chunked = "transfer-encoding: chunked".to_owned();
    let packed = "content-encoding: gzip".to_owned();
    let length = |body: &[u8]| format!("content-length: {}", body.len());
    let told = ready.body.as_slice();
    let (more, body) = match framing {
        Some(Framing::Length(text)) => (
            text.split(',').map(|length| format!("content-length: {length}")).collect(),
            told.to_vec(),
        ),
        Some(Framing::BadChunk) => (vec![chunked], [b"zz\r\n", told, b"\r\n0\r\n\r\n"].concat()),
        Some(Framing::HugeChunk) => (vec![chunked], [b"fffffffffffffff\r\n", told].concat()),
        Some(Framing::OpenChunk) => {
            let size = format!("{:x}\r\n", told.len());
            (vec![chunked], [size.as_bytes(), told, b"\r\n"].concat())
        }
        Some(Framing::CorruptGzip) => {
            let body = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], told].concat();
            (vec![packed, length(&body)], body)
        }
        Some(Framing::Bomb(zeros)) => {
            let body = bomb(*zeros).unwrap_or_default();
            (vec![packed, length(&body)], body)
        }
        Some(Framing::Drop) | None => (vec![length(told)], told.to_vec()),
    };
    lines.extend(more);
    (lines, body)
}

/// Gzip of so many zeros: a thousandth of its size on the wire.
fn bomb(zeros: u64) -> std::io::Result<Vec<u8>> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let block = [0_u8; 8_192];
    let mut left = zeros;
    while left > 0 {
        let step = usize::try_from(left).unwrap_or(block.len()).min(block.len());
        packer.write_all(block.get(..step).unwrap_or_default())?;
        left -= step as u64;
    }
    packer.finish()
}
