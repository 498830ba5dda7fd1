//! Reads HTTP requests from a connection.

use crate::http::unchunk;
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

/// The longest accepted head of a request.
const LARGEST_HEAD: usize = 64 << 10;
/// The longest body, as in API Gateway.
const LARGEST_BODY: usize = 10 << 20;

#[derive(Debug)]
pub struct Request {
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// Values are bytes, because callers may send invalid text and functions must handle it.
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
    http_1_0: bool,
}

/// Why a request is refused. The connection ends with it, because the start of the next request is unknown.
#[derive(Debug, PartialEq, Eq)]
pub enum RequestRefusal {
    Malformed,
    TooLarge,
}

impl Request {
    /// The next request of a connection; none when the caller has closed it or is silent for too long. `unread` holds
    /// bytes of the request after it.
    pub fn read(mut stream: &TcpStream, unread: &mut Vec<u8>) -> Result<Option<Self>, RequestRefusal> {
        let head_end = loop {
            if let Some(at) = memchr::memmem::find(unread, b"\r\n\r\n") {
                break at;
            }
            if unread.len() > LARGEST_HEAD {
                return Err(RequestRefusal::TooLarge);
            }
            if !more(stream, unread) {
                return Ok(None);
            }
        };
        let mut request = Self::parse(&unread[..head_end + 2]).ok_or(RequestRefusal::Malformed)?;
        unread.drain(..head_end + 4);
        let extent = request.extent()?;
        if extent != Extent::Bytes(0) && request.header("expect").is_some() {
            // A caller with this header sends no body otherwise.
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok();
        }
        loop {
            if let Some((body, length)) = extent.cut(unread)? {
                request.body = body;
                unread.drain(..length);
                return Ok(Some(request));
            }
            // The framing of chunks is small compared with them.
            if unread.len() > 2 * LARGEST_BODY {
                return Err(RequestRefusal::TooLarge);
            }
            if !more(stream, unread) {
                return Ok(None);
            }
        }
    }

    /// A head: each line with its end, without the empty line.
    pub fn parse(head: &[u8]) -> Option<Self> {
        let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).filter(|line| !line.is_empty());
        let first = std::str::from_utf8(lines.next()?).ok()?;
        let [method, target, version] = first.split(' ').collect::<Vec<_>>().try_into().ok()?;
        if !target.starts_with('/') || !version.starts_with("HTTP/1.") {
            return None;
        }
        let header = |line: &[u8]| {
            let colon = memchr::memchr(b':', line)?;
            let name = std::str::from_utf8(&line[..colon]).ok()?;
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
            is_name.then(|| (name.to_owned(), line[colon + 1..].trim_ascii().to_vec()))
        };
        let headers = lines.map(header).collect::<Option<_>>()?;
        let http_1_0 = version == "HTTP/1.0";
        Some(Self { method: method.to_owned(), target: target.to_owned(), headers, body: Vec::new(), http_1_0 })
    }

    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<String> {
        let found = self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    }

    /// Whether the caller wants no further answer on this connection.
    pub fn is_last(&self) -> bool {
        let says = self.header("connection").unwrap_or_default().to_ascii_lowercase();
        says.contains("close") || self.http_1_0 && !says.contains("keep-alive")
    }

    fn extent(&self) -> Result<Extent, RequestRefusal> {
        if let Some(coding) = self.header("transfer-encoding") {
            return if coding.eq_ignore_ascii_case("chunked") {
                Ok(Extent::Chunks)
            } else {
                Err(RequestRefusal::Malformed)
            };
        }
        let length = self.header("content-length").map_or(Ok(0), |length| length.parse());
        match length.map_err(|_| RequestRefusal::Malformed)? {
            length if length > LARGEST_BODY => Err(RequestRefusal::TooLarge),
            length => Ok(Extent::Bytes(length)),
        }
    }
}

/// The length of a body.
#[derive(Debug, PartialEq, Eq)]
enum Extent {
    Bytes(usize),
    Chunks,
}

impl Extent {
    /// The body at the start of the received bytes, and its number of bytes; none while it is incomplete.
    fn cut(&self, come: &[u8]) -> Result<Option<(Vec<u8>, usize)>, RequestRefusal> {
        match self {
            Self::Bytes(length) => Ok(come.get(..*length).map(|body| (body.to_vec(), *length))),
            Self::Chunks => match unchunk(come) {
                Some((body, _)) if body.len() > LARGEST_BODY => Err(RequestRefusal::TooLarge),
                whole => Ok(whole),
            },
        }
    }
}

/// False at the end of the connection.
fn more(mut stream: &TcpStream, unread: &mut Vec<u8>) -> bool {
    let mut part = [0; 16 << 10];
    match stream.read(&mut part) {
        Ok(read) => {
            unread.extend_from_slice(&part[..read]);
            read > 0
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_taken_apart() {
        let request = Request::parse(b"PUT /a?b=1 HTTP/1.1\r\nHost: x\r\nX-Odd:  caf\xe9 \r\n").expect("a request");
        assert_eq!((request.method.as_str(), request.target.as_str(), request.path()), ("PUT", "/a?b=1", "/a"));
        assert_eq!(request.header("host").as_deref(), Some("x"));
        assert_eq!(request.headers[1], ("X-Odd".to_owned(), b"caf\xe9".to_vec()));
        for malformed in
            ["GET /a\r\n", "GET a HTTP/1.1\r\n", "GET /a HTTP/1.1\r\nno colon\r\n", "GET /a HTTP/2\r\n", ""]
        {
            assert!(Request::parse(malformed.as_bytes()).is_none(), "{malformed}");
        }
    }

    #[test]
    fn a_connection_goes_on_unless_the_caller_says_otherwise() {
        let last = |head: &str| Request::parse(head.as_bytes()).expect("a request").is_last();
        assert!(!last("GET / HTTP/1.1\r\n") && last("GET / HTTP/1.1\r\nConnection: close\r\n"));
        assert!(last("GET / HTTP/1.0\r\n") && !last("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n"));
    }

    #[test]
    fn a_body_is_cut_where_it_ends() {
        let extent = |headers: &str| {
            let head = format!("POST / HTTP/1.1\r\n{headers}");
            Request::parse(head.as_bytes()).expect("a request").extent()
        };
        assert_eq!(extent(""), Ok(Extent::Bytes(0)));
        assert_eq!(extent("Content-Length: 3\r\n"), Ok(Extent::Bytes(3)));
        assert_eq!(extent("Content-Length: -3\r\n"), Err(RequestRefusal::Malformed));
        assert_eq!(extent("Content-Length: 99999999\r\n"), Err(RequestRefusal::TooLarge));
        assert_eq!(extent("Transfer-Encoding: chunked\r\n"), Ok(Extent::Chunks));
        assert_eq!(Extent::Bytes(3).cut(b"abcGET"), Ok(Some((b"abc".to_vec(), 3))));
        assert_eq!(Extent::Bytes(3).cut(b"ab"), Ok(None));
        assert_eq!(Extent::Chunks.cut(b"3\r\nabc\r\n0\r\n\r\nGET"), Ok(Some((b"abc".to_vec(), 13))));
        assert_eq!(Extent::Chunks.cut(b"3\r\nabc\r\n"), Ok(None));
    }
}
