//! A CORS policy as an HTTP API of API Gateway applies it: it answers preflights itself, adds its headers to every
//! answer for a page of an allowed origin, and drops the CORS headers of functions.

use super::request::Request;
use crate::http::Answer;
use serde::Deserialize;

/// The CORS configuration of template.yaml, its parameters filled in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cors {
    allow_origins: Vec<String>,
    allow_methods: Vec<String>,
    allow_headers: Vec<String>,
    expose_headers: Vec<String>,
    max_age: u32,
}

impl Cors {
    /// The answer to a preflight; none for other requests.
    pub fn preflight(&self, request: &Request) -> Option<Answer> {
        let origin = request.header("origin")?;
        request.header("access-control-request-method").filter(|_| request.method == "OPTIONS")?;
        let mut answer = Answer { status: 204, headers: Vec::new(), body: Vec::new() };
        if self.allow(&origin, &mut answer) {
            let says = [
                ("access-control-allow-methods", self.allow_methods.join(",")),
                ("access-control-allow-headers", self.allow_headers.join(",").to_ascii_lowercase()),
                ("access-control-max-age", self.max_age.to_string()),
            ];
            answer.headers.extend(says.map(|(name, value)| (name.to_owned(), value)));
        }
        Some(answer)
    }

    /// Adds the headers that let the requesting page read the answer.
    pub fn add(&self, request: &Request, answer: &mut Answer) {
        answer.headers.retain(|(name, _)| !name.starts_with("access-control-"));
        if let Some(origin) = request.header("origin") {
            self.allow(&origin, answer);
        }
    }

    fn allow(&self, origin: &str, answer: &mut Answer) -> bool {
        let fits = |allowed: &String| match allowed.strip_suffix('*') {
            Some(start) => origin.starts_with(start),
            None => origin == allowed,
        };
        let Some(allowed) = self.allow_origins.iter().find(|allowed| fits(allowed)) else { return false };
        let origin = if allowed == "*" { "*" } else { origin };
        let says = [
            ("access-control-allow-origin", origin.to_owned()),
            ("access-control-expose-headers", self.expose_headers.join(",").to_ascii_lowercase()),
        ];
        answer.headers.extend(says.map(|(name, value)| (name.to_owned(), value)));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(origins: &str) -> Cors {
        let text = format!(
            r#"{{"allowOrigins":{origins},"allowMethods":["GET","POST"],"allowHeaders":["Authorization","If-Match"],
                "exposeHeaders":["X-Access-Token","ETag"],"maxAge":600}}"#
        );
        serde_json::from_str(&text).expect("it is a policy")
    }

    fn request(head: &str) -> Request {
        Request::parse(head.as_bytes()).expect("it is a request")
    }

    const PREFLIGHT: &str =
        "OPTIONS /a HTTP/1.1\r\nOrigin: http://shop.example\r\nAccess-Control-Request-Method: PUT\r\n";

    #[test]
    fn a_preflight_is_answered_without_a_function() {
        let answer = policy(r#"["*"]"#).preflight(&request(PREFLIGHT)).expect("it is a preflight");
        assert_eq!((answer.status, answer.body.len()), (204, 0));
        for (name, value) in [
            ("access-control-allow-origin", "*"),
            ("access-control-allow-methods", "GET,POST"),
            ("access-control-allow-headers", "authorization,if-match"),
            ("access-control-expose-headers", "x-access-token,etag"),
            ("access-control-max-age", "600"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name}");
        }
        for other in [PREFLIGHT.replace("OPTIONS", "GET"), PREFLIGHT.replace("Request", "Reply")] {
            assert_eq!(policy(r#"["*"]"#).preflight(&request(&other)), None, "{other}");
        }
    }

    #[test]
    fn an_origin_that_is_not_allowed_gets_no_header() {
        for (origins, allowed) in [
            (r#"["http://shop.example"]"#, true),
            (r#"["http://other.example","http://*"]"#, true),
            (r#"["https://shop.example"]"#, false),
            (r#"["https://*"]"#, false),
        ] {
            let answer = policy(origins).preflight(&request(PREFLIGHT)).expect("it is a preflight");
            let wanted = allowed.then_some("http://shop.example");
            assert_eq!(answer.header("access-control-allow-origin"), wanted, "{origins}");
            assert_eq!(answer.headers.is_empty(), !allowed, "{origins}");
        }
    }

    #[test]
    fn what_a_function_says_of_cors_counts_for_nothing() {
        let says = |head: &str| {
            let headers = [("access-control-allow-credentials", "true"), ("etag", "1")];
            let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
            let mut answer = Answer { status: 200, headers, body: Vec::new() };
            policy(r#"["*"]"#).add(&request(head), &mut answer);
            answer.headers.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(says("GET /a HTTP/1.1\r\n"), ["etag"]);
        let from_a_page = ["etag", "access-control-allow-origin", "access-control-expose-headers"];
        assert_eq!(says("GET /a HTTP/1.1\r\nOrigin: http://shop.example\r\n"), from_a_page);
    }
}
