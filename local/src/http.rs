//! One HTTP request over a plain connection: all that a local stack needs, and nothing to compile.

use crate::{Result, doing};
use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends a request to `address` (as `127.0.0.1:9000`) and reads the whole answer.
pub fn send(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    patience: Duration,
) -> Result<Answer> {
    let failed = || format!("{method} {path} at {address}");
    let socket: SocketAddr = address.parse().map_err(doing(failed()))?;
    let mut stream = TcpStream::connect_timeout(&socket, patience).map_err(doing(failed()))?;
    stream.set_read_timeout(Some(patience)).map_err(doing(failed()))?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    if !body.is_empty() || method != "GET" {
        let length = body.len().to_string();
        head.extend(["Content-Length: ", &length, "\r\n"]);
    }
    let request = [head.as_bytes(), b"\r\n", body].concat();
    stream.write_all(&request).map_err(doing(failed()))?;
    let mut answer = Vec::new();
    let mut part = [0; 16 * 1024];
    while !is_whole(&answer) {
        match stream.read(&mut part).map_err(doing(failed()))? {
            0 => break,
            read => answer.extend_from_slice(&part[..read]),
        }
    }
    parse(&answer).ok_or_else(|| doing(failed())("the answer is not HTTP"))
}

/// Whether an answer that says how long it is has come whole. Some servers keep a connection open that they were asked to
/// close.
fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]);
    let mut headers = head.lines().filter_map(|line| line.split_once(':'));
    let length = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    length
        .and_then(|(_, value)| value.trim().parse().ok())
        .is_some_and(|length: usize| answer.len() >= end + 4 + length)
}

fn parse(answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let (head, body) = (std::str::from_utf8(&answer[..end]).ok()?, &answer[end + 4..]);
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = if chunked { unchunk(body)? } else { body.to_vec() };
    Some(Answer { status, headers, body })
}

fn unchunk(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|bytes| bytes == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&body[..end]).ok()?.trim(), 16).ok()?;
        let chunk = body.get(end + 2..end + 2 + size)?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(chunk);
        body = body.get(end + 2 + size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_taken_apart() {
        let answer = parse(b"HTTP/1.1 404 Not Found\r\nETag: \"1\"\r\n\r\nno\r\n\r\nwhere").expect("it is HTTP");
        assert_eq!(
            (answer.status, answer.header("etag"), answer.text().as_str()),
            (404, Some("\"1\""), "no\r\n\r\nwhere")
        );
    }

    #[test]
    fn an_answer_is_whole_when_it_is_as_long_as_it_says() {
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"));
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1"));
        assert!(is_whole(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n12"));
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\n\r\n12"));
    }

    #[test]
    fn chunks_are_put_together() {
        let answer = parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n");
        assert_eq!(answer.expect("it is HTTP").text(), "abcd");
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc"), None);
    }
}
