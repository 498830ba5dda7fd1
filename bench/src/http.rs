//! As much of HTTP/1.1 as the stand-ins need.

use std::io::{Read, Write};

pub struct Request {
    pub line: String,
    head: String,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// The next request of a connection; none when it is closed. `buffer` holds what has been read of the one after.
    pub fn read(stream: &mut impl Read, buffer: &mut Vec<u8>) -> Option<Self> {
        let end = fill_until(stream, buffer, |bytes| find(bytes, b"\r\n\r\n"))? + 4;
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        buffer.drain(..end);
        let line = head.lines().next().unwrap_or_default().to_owned();
        let is_chunked = header(&head, "transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
        let body = if is_chunked {
            chunks(stream, buffer)?
        } else {
            let length: usize = header(&head, "content-length").map_or(Some(0), |value| value.parse().ok())?;
            fill_until(stream, buffer, |bytes| (bytes.len() >= length).then_some(()))?;
            buffer.drain(..length).collect()
        };
        Some(Self { line, head, body })
    }
}

pub fn answer(stream: &mut impl Write, status: u16, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let mut answer = format!("HTTP/1.1 {status} -\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    stream.write_all(&answer)?;
    stream.flush()
}

pub fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let of = |line: &'a str| line.split_once(':').filter(|(found, _)| found.eq_ignore_ascii_case(name));
    head.lines().find_map(of).map(|(_, value)| value.trim())
}

fn chunks(stream: &mut impl Read, buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = fill_until(stream, buffer, |bytes| find(bytes, b"\r\n"))?;
        let length = usize::from_str_radix(std::str::from_utf8(&buffer[..line]).ok()?.trim(), 16).ok()?;
        let end = line + 2 + length + 2;
        fill_until(stream, buffer, |bytes| (bytes.len() >= end).then_some(()))?;
        body.extend_from_slice(&buffer[line + 2..line + 2 + length]);
        buffer.drain(..end);
        if length == 0 {
            return Some(body);
        }
    }
}

fn fill_until<T>(stream: &mut impl Read, buffer: &mut Vec<u8>, done: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
    let mut piece = [0; 32 * 1024];
    loop {
        if let Some(found) = done(buffer) {
            return Some(found);
        }
        match stream.read(&mut piece) {
            Ok(read @ 1..) => buffer.extend_from_slice(&piece[..read]),
            _ => return None,
        }
    }
}
