//! Text into calls. What is not understood is an error and never skipped.

use super::{Call, Content, Look, Must};
use std::time::Duration;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// What the lines belong to that come next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Headers,
    Query,
    Form,
    Multipart,
    Options,
    Body,
    Answer,
    Captures,
    Asserts,
}

pub fn read(text: &str) -> Result<Vec<Call>, String> {
    let (mut calls, mut part) = (Vec::<Call>::new(), Part::Answer);
    for (number, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line.trim_end())) {
        let wrong = |what: &str| format!("line {number}: {what}: {line}");
        if line.trim_start().starts_with('#') || line.is_empty() {
            continue;
        }
        let is_answered = matches!(part, Part::Answer | Part::Captures | Part::Asserts);
        if let Some((method, url)) = line.split_once(' ').filter(|(word, _)| is_answered && METHODS.contains(word)) {
            calls.push(Call::new(number, method, url));
            part = Part::Headers;
            continue;
        }
        let call = calls.last_mut().ok_or_else(|| wrong("a call begins with a method and an address"))?;
        if let Some(status) = line.strip_prefix("HTTP ").filter(|_| !is_answered) {
            call.status = status.parse().map_err(|_| wrong("no status"))?;
            part = Part::Answer;
        } else if part == Part::Body {
            let Content::Json(body) = &mut call.content else { return Err(wrong("a body after fields")) };
            body.push('\n');
            body.push_str(line);
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            part = section(name, is_answered).ok_or_else(|| wrong("no such section here"))?;
            match part {
                Part::Form => call.content = Content::Form(Vec::new()),
                Part::Multipart => call.content = Content::Multipart(Vec::new()),
                _ => {}
            }
        } else if let Some(text) =
            line.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).filter(|_| !is_answered)
        {
            call.content = Content::Text(text.to_owned());
        } else if line.starts_with(['{', '[']) && !is_answered && call.content == Content::Nothing {
            call.content = Content::Json(line.to_owned());
            part = Part::Body;
        } else {
            add(call, part, line).map_err(|what| wrong(&what))?;
        }
    }
    match calls.iter().find(|call| call.status == 0) {
        Some(call) => Err(format!("line {}: no status is expected", call.line)),
        None => Ok(calls),
    }
}

fn section(name: &str, is_answered: bool) -> Option<Part> {
    Some(match (name, is_answered) {
        ("Query", false) => Part::Query,
        ("Form", false) => Part::Form,
        ("Multipart", false) => Part::Multipart,
        ("Options", false) => Part::Options,
        ("Captures", true) => Part::Captures,
        ("Asserts", true) => Part::Asserts,
        _ => return None,
    })
}

/// A line of a section.
fn add(call: &mut Call, part: Part, line: &str) -> Result<(), String> {
    if part == Part::Asserts {
        let (look, rest) = look(line)?;
        call.asserts.push((look, must(rest)?));
        return Ok(());
    }
    let (name, value) = line.split_once(':').ok_or("a name, a colon and a value")?;
    let pair = (name.trim().to_owned(), value.trim().to_owned());
    match (part, &mut call.content) {
        (Part::Headers, _) => call.headers.push(pair),
        (Part::Query, _) => call.query.push(pair),
        (Part::Form, Content::Form(fields)) | (Part::Multipart, Content::Multipart(fields)) => fields.push(pair),
        (Part::Options, _) if pair.0 == "retry" => call.retry = pair.1.parse().map_err(|_| "no number")?,
        (Part::Options, _) if pair.0 == "retry-interval" => {
            let millis = pair.1.strip_suffix("ms").and_then(|millis| millis.parse().ok());
            call.interval = Duration::from_millis(millis.ok_or("milliseconds, as 200ms")?);
        }
        (Part::Captures, _) => {
            let (look, rest) = look(&pair.1)?;
            if !rest.is_empty() {
                return Err("nothing comes after what is captured".to_owned());
            }
            call.captures.push((pair.0, look));
        }
        _ => return Err("not understood here".to_owned()),
    }
    Ok(())
}

/// `jsonpath "$.token"` and the like, and what comes after it.
fn look(line: &str) -> Result<(Look, &str), String> {
    for (word, look) in [("bytes", Look::Bytes), ("body", Look::Body)] {
        if let Some(rest) = line.strip_prefix(word) {
            return Ok((look, rest.trim_start()));
        }
    }
    let (kind, rest) = line.split_once(' ').ok_or("where to look, and at what")?;
    let (what, rest) = quoted(rest).ok_or("what to look at stands in quotes")?;
    match kind {
        "jsonpath" if what.starts_with('$') => Ok((Look::Json(what), rest)),
        "header" => Ok((Look::Header(what), rest)),
        _ => Err(format!("{kind} is no place to look")),
    }
}

fn must(line: &str) -> Result<Must, String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let text = || quoted(rest).map(|(text, _)| text).ok_or("a text in quotes");
    Ok(match word {
        "exists" => Must::Exist,
        "not" if rest == "exists" => Must::NotExist,
        "==" => Must::Be(rest.to_owned()),
        "!=" => Must::NotBe(rest.to_owned()),
        "startsWith" if rest.starts_with("hex,") => Must::StartWithBytes(bytes(rest).ok_or("bytes, as hex,ffd8;")?),
        "startsWith" => Must::StartWith(text()?),
        "contains" => Must::Contain(text()?),
        "count" => {
            let count = rest.strip_prefix("== ").and_then(|count| count.parse().ok());
            Must::Count(count.ok_or("a number of elements, as count == 2")?)
        }
        _ => return Err(format!("{word} is nothing to demand")),
    })
}

/// Bytes as `hex,ffd8;`.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("hex,")?.strip_suffix(';')?;
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

/// A text in quotes, and what comes after it.
fn quoted(line: &str) -> Option<(String, &str)> {
    let mut texts = serde_json::Deserializer::from_str(line).into_iter::<String>();
    let text = texts.next()?.ok()?;
    Some((text, line[texts.byte_offset()..].trim_start()))
}

impl Call {
    fn new(line: usize, method: &str, url: &str) -> Self {
        Self {
            line,
            method: method.to_owned(),
            url: url.to_owned(),
            headers: Vec::new(),
            query: Vec::new(),
            content: Content::Nothing,
            retry: 0,
            interval: Duration::from_secs(1),
            status: 0,
            captures: Vec::new(),
            asserts: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_read_with_all_its_parts() {
        let text = "# a comment\nPOST {{host}}/a\nAuthorization: Bearer {{token}}\n[Query]\nb: 1\n[Options]\nretry: 3\n\
                    retry-interval: 20ms\n{\n  \"c\": [1]\n}\nHTTP 200\n[Captures]\nd: jsonpath \"$.d\"\nwhole: body\n[Asserts]\n\
                    jsonpath \"$.e[0]\" == \"f g\"\nheader \"H\" not exists\nbytes count == 2\n\
                    bytes startsWith hex,ffd8;\n";
        let call = &read(text).unwrap()[0];
        assert_eq!((call.line, call.method.as_str(), call.status, call.retry), (2, "POST", 200, 3));
        assert_eq!(call.headers, [("Authorization".to_owned(), "Bearer {{token}}".to_owned())]);
        assert_eq!(call.content, Content::Json("{\n  \"c\": [1]\n}".to_owned()));
        let captures = [("d".to_owned(), Look::Json("$.d".to_owned())), ("whole".to_owned(), Look::Body)];
        assert_eq!(call.captures, captures);
        let asserts = [
            (Look::Json("$.e[0]".to_owned()), Must::Be("\"f g\"".to_owned())),
            (Look::Header("H".to_owned()), Must::NotExist),
            (Look::Bytes, Must::Count(2)),
            (Look::Bytes, Must::StartWithBytes(vec![0xff, 0xd8])),
        ];
        assert_eq!(call.asserts, asserts);
    }

    #[test]
    fn what_is_not_understood_is_said_with_its_line() {
        for wrong in [
            "GET {{host}}/a\n",
            "GET {{host}}/a\nHTTP abc\n",
            "GET {{host}}/a\nHTTP 200\nsomething\n",
            "GET {{host}}/a\nHTTP 200\n[Cookies]\n",
            "GET {{host}}/a\nHTTP 200\n[Asserts]\njsonpath \"$.a\" isEven\n",
            "GET {{host}}/a\nHTTP 200\n[Asserts]\nxpath \"a\" exists\n",
            "GET {{host}}/a\nHTTP 200\n[Captures]\na: jsonpath \"$.a\" count\n",
            "GET {{host}}/a\nHTTP 200\n[Asserts]\nbytes startsWith hex,f;\n",
            "GET {{host}}/a\n[Options]\ninsecure: true\nHTTP 200\n",
        ] {
            let said = read(wrong).unwrap_err();
            assert!(said.starts_with("line "), "{wrong}: {said}");
        }
    }
}
