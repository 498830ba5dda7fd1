//! One HTTP request over a plain connection. A local stack needs no more, and nothing has to be compiled for it.

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
    let mut all: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    if !all.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        all.insert(0, ("Host", address.as_bytes()));
    }
    pass_on(address, method, path, &all, body, patience)
}

/// Fetches an absolute address, as a browser does.
pub fn get(url: &str, patience: Duration) -> Result<Answer> {
    let rest = url.strip_prefix("http://").ok_or_else(|| doing(url)("the address does not begin with http://"))?;
    let (address, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    send(address, "GET", if path.is_empty() { "/" } else { path }, &[], b"", patience)
}

/// Sends a request with exactly these headers, and those about its length.
pub fn pass_on(
    address: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &[u8])],
    body: &[u8],
    patience: Duration,
) -> Result<Answer> {
    let failed = || format!("{method} {target} at {address}");
    let socket: SocketAddr = address.parse().map_err(doing(failed()))?;
    let mut stream = TcpStream::connect_timeout(&socket, patience).map_err(doing(failed()))?;
    stream.set_read_timeout(Some(patience)).map_err(doing(failed()))?;
    let mut request = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n").into_bytes();
    for (name, value) in headers {
        request.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    if !body.is_empty() || !matches!(method, "GET" | "HEAD") {
        request.extend(format!("Content-Length: {}\r\n", body.len()).into_bytes());
    }
    request.extend([b"\r\n", body].concat());
    stream.write_all(&request).map_err(doing(failed()))?;
    let mut answer = Vec::new();
    let mut part = [0; 16 * 1024];
    while !is_whole(&answer, method) {
        match stream.read(&mut part).map_err(doing(failed()))? {
            0 => break,
            read => answer.extend_from_slice(&part[..read]),
        }
    }
    parse(&answer).ok_or_else(|| doing(failed())("the answer is not HTTP"))
}

/// Whether an answer with a known length is complete. Some servers keep a connection open although they were asked to
/// close it.
fn is_whole(answer: &[u8], method: &str) -> bool {
    let Some(end) = memchr::memmem::find(answer, b"\r\n\r\n") else { return false };
    let (head, body) = (String::from_utf8_lossy(&answer[..end]), &answer[end + 4..]);
    let status = head.split(' ').nth(1).unwrap_or_default();
    if method == "HEAD" || matches!(status, "204" | "304") {
        return true;
    }
    let value = |name: &str| {
        let mut headers = head.lines().filter_map(|line| line.split_once(':'));
        headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    match value("content-length").and_then(|length| length.parse().ok()) {
        Some(length) => body.len() >= length,
        None => value("transfer-encoding").is_some() && unchunk(body).is_some(),
    }
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
    let body = if chunked { unchunk(body)?.0 } else { body.to_vec() };
    Some(Answer { status, headers, body })
}

/// A chunked body put together, and its number of bytes; none while the last chunk is missing.
pub(crate) fn unchunk(body: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut whole, mut at) = (Vec::new(), 0);
    loop {
        let rest = body.get(at..)?;
        let line = memchr::memmem::find(rest, b"\r\n")?;
        let size = std::str::from_utf8(&rest[..line]).ok()?;
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16).ok()?;
        let end = at + line + 2 + size;
        whole.extend_from_slice(body.get(at + line + 2..end)?);
        // Each chunk is followed by an empty line, the last one too.
        body.get(end..end + 2)?;
        at = end + 2;
        if size == 0 {
            return Some((whole, at));
        }
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
        let whole = |answer: &[u8]| is_whole(answer, "GET");
        assert!(!whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"));
        assert!(!whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1"));
        assert!(whole(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n12"));
        assert!(!whole(b"HTTP/1.1 200 OK\r\n\r\n12"));
        assert!(!whole(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"));
        assert!(whole(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"));
        assert!(whole(b"HTTP/1.1 304 Not Modified\r\n\r\n"));
        assert!(is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "HEAD"));
    }

    #[test]
    fn chunks_are_put_together() {
        let answer = parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n");
        assert_eq!(answer.expect("it is HTTP").text(), "abcd");
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc"), None);
    }
}
