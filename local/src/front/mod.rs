//! The front door of a local stack: what API Gateway does before and after a function. It stands in front of
//! the functions, answers preflights, adds the headers of the template's CORS policy, and refuses direct invocations by
//! web pages of other origins.

mod cors;
mod request;

use crate::{
    Result, doing,
    http::{self, Answer},
};
pub use cors::Cors;
pub use request::Request;
use request::RequestRefusal;
use std::{
    io::Write as _,
    net::{TcpListener, TcpStream},
    path::Path,
    sync::Arc,
    time::Duration,
};

/// How long a connection may be silent.
const IDLE: Duration = Duration::from_secs(75);
/// How long a function may take, including its compilation.
const PATIENCE: Duration = Duration::from_mins(10);
/// Headers of a single connection, and headers that are written anew for the next one.
const NOT_PASSED_ON: [&str; 8] =
    ["connection", "content-length", "expect", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];
/// The prefix of direct invocations, which skip routes and access checks, as in the AWS API.
pub const INVOCATIONS: &str = "/2015-03-31/";

type Functions = dyn Fn(&Request) -> Result<Answer> + Send + Sync;

/// What the front door does with a request, and what answers it.
pub struct Front {
    cors: Cors,
    functions: Box<Functions>,
}

impl Front {
    /// In front of functions at `functions`, as `127.0.0.1:9001`, with the CORS policy that the deployment wrote.
    pub fn new(cors: &Path, functions: &str) -> Result<Self> {
        let text = std::fs::read(cors).map_err(doing(cors.display()))?;
        let cors = serde_json::from_slice(&text).map_err(doing(cors.display()))?;
        let functions = functions.to_owned();
        Ok(Self::before(cors, move |request| pass_on(&functions, request)))
    }

    /// Before functions in this process.
    pub fn before(cors: Cors, functions: impl Fn(&Request) -> Result<Answer> + Send + Sync + 'static) -> Self {
        Self { cors, functions: Box::new(functions) }
    }

    /// Serves until the process ends.
    pub fn serve(self, listener: TcpListener) {
        let front = Arc::new(self);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(std::result::Result::ok) {
                let front = Arc::clone(&front);
                std::thread::spawn(move || front.speak(&stream));
            }
        });
    }

    fn speak(&self, mut stream: &TcpStream) {
        // Answers are written whole, so waiting for more data only delays them.
        if stream.set_read_timeout(Some(IDLE)).and_then(|()| stream.set_nodelay(true)).is_err() {
            return;
        }
        let mut unread = Vec::new();
        loop {
            let (answer, head_only, last) = match Request::read(stream, &mut unread) {
                Ok(Some(request)) => (self.answer(&request), request.method == "HEAD", request.is_last()),
                Ok(None) => return,
                Err(refused) => (Answer::from(refused), false, true),
            };
            if stream.write_all(&written(&answer, head_only, last)).is_err() || last {
                return;
            }
        }
    }

    fn answer(&self, request: &Request) -> Answer {
        if request.path().starts_with(INVOCATIONS) {
            return if is_foreign(request) { message(403, "Forbidden") } else { self.ask(request) };
        }
        if let Some(answer) = self.cors.preflight(request) {
            return answer;
        }
        let mut answer = self.ask(request);
        self.cors.add(request, &mut answer);
        answer
    }

    fn ask(&self, request: &Request) -> Answer {
        (self.functions)(request).unwrap_or_else(|_| message(503, "Service Unavailable"))
    }
}

fn pass_on(functions: &str, request: &Request) -> Result<Answer> {
    let headers = request.headers.iter().filter(|(name, _)| is_passed_on(name));
    let headers: Vec<_> = headers.map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let mut answer = http::pass_on(functions, &request.method, &request.target, &headers, &request.body, PATIENCE)?;
    let is_head = request.method == "HEAD";
    answer.headers.retain(|(name, _)| is_passed_on(name) || is_head && name == "content-length");
    Ok(answer)
}

fn is_passed_on(name: &str) -> bool {
    !NOT_PASSED_ON.iter().any(|other| name.eq_ignore_ascii_case(other))
}

/// Whether a web page of another origin sent the request, or one that reached this machine under a name of its own.
fn is_foreign(request: &Request) -> bool {
    let is_here = |host: &str| {
        let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        matches!(name.map_or(host, |(name, _)| name), "127.0.0.1" | "localhost" | "[::1]")
    };
    let host = request.header("host").unwrap_or_default();
    let foreign_origin = request.header("origin").is_some_and(|origin| origin != format!("http://{host}"));
    !is_here(&host) || foreign_origin
}

/// An answer of the gateway itself, in the format of API Gateway.
pub fn message(status: u16, text: &str) -> Answer {
    let body = serde_json::json!({ "message": text }).to_string().into_bytes();
    Answer { status, headers: vec![("content-type".to_owned(), "application/json".to_owned())], body }
}

impl From<RequestRefusal> for Answer {
    fn from(refused: RequestRefusal) -> Self {
        match refused {
            RequestRefusal::Malformed => message(400, "Bad Request"),
            RequestRefusal::TooLarge => message(413, "Request Entity Too Large"),
        }
    }
}

fn written(answer: &Answer, head_only: bool, last: bool) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
    for (name, value) in &answer.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    let has_body = answer.status >= 200 && answer.status != 204 && answer.status != 304;
    if has_body && !head_only {
        head.extend(["content-length: ", &answer.body.len().to_string(), "\r\n"]);
    }
    head.push_str(if last { "connection: close\r\n\r\n" } else { "\r\n" });
    let body = if has_body && !head_only { answer.body.as_slice() } else { &[] };
    [head.as_bytes(), body].concat()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Request Entity Too Large",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(head: &str) -> Request {
        Request::parse(head.as_bytes()).expect("it is a request")
    }

    #[test]
    fn direct_invocations_are_for_programs_on_this_machine() {
        let invoke =
            |headers: &str| request(&format!("POST /2015-03-31/functions/x/invocations HTTP/1.1\r\n{headers}"));
        for allowed in [
            "Host: 127.0.0.1:9000\r\n",
            "Host: localhost:9000\r\n",
            "Host: localhost\r\n",
            "Host: [::1]:9000\r\n",
            "Host: 127.0.0.1:9000\r\nOrigin: http://127.0.0.1:9000\r\n",
        ] {
            assert!(!is_foreign(&invoke(allowed)), "{allowed}");
        }
        for refused in [
            "",
            "Host: evil.example:9000\r\n",
            "Host: 127.0.0.1.evil.example\r\n",
            "Host: 127.0.0.1:9000\r\nOrigin: http://evil.example\r\n",
            "Host: 127.0.0.1:9000\r\nOrigin: null\r\n",
            "Host: 127.0.0.1:9000\r\nOrigin: http://127.0.0.1:9001\r\n",
        ] {
            assert!(is_foreign(&invoke(refused)), "{refused}");
        }
    }

    #[test]
    fn an_answer_without_a_body_promises_none() {
        let answer = Answer { status: 204, headers: vec![("a".to_owned(), "b".to_owned())], body: Vec::new() };
        assert_eq!(written(&answer, false, false), b"HTTP/1.1 204 No Content\r\na: b\r\n\r\n");
        let found = message(403, "Forbidden");
        assert!(written(&found, false, true).ends_with(b"connection: close\r\n\r\n{\"message\":\"Forbidden\"}"));
        assert!(written(&found, true, false).ends_with(b"application/json\r\n\r\n"));
    }
}
