//! Calls carried out, with what earlier ones have captured.

use super::{Call, Content, look};
use crate::answer::is_success;
use local::http::{Answer, send};
use std::{collections::BTreeMap, fs, path::Path, time::Duration};

const PATIENCE: Duration = Duration::from_secs(30);
const BOUNDARY: &str = "------------------------calls7MA4YWxk";

/// A call as it was sent, and what came back.
#[derive(Clone, Debug)]
pub struct Done {
    pub line: usize,
    pub method: String,
    /// Without the query.
    pub path: String,
    pub answer: Answer,
}

/// The variables of one file.
#[derive(Debug)]
pub struct Runner<'r> {
    /// Where the files lie that calls send.
    folder: &'r Path,
    variables: BTreeMap<String, String>,
}

impl<'r> Runner<'r> {
    /// `address` is the stack's, as `127.0.0.1:9000`.
    pub fn new(address: &str, folder: &'r Path) -> Self {
        let variables = BTreeMap::from([("host".to_owned(), format!("http://{address}"))]);
        Self { folder, variables }
    }

    /// Carries a call out, again if it says so, and keeps what it captures.
    pub fn carry_out(&mut self, call: &Call) -> Result<Done, String> {
        let mut left = call.retry;
        loop {
            let done = self.send(call)?;
            match self.judge(call, &done.answer) {
                Ok(()) => return Ok(done),
                Err(_) if left > 0 => std::thread::sleep(call.interval),
                Err(why) => {
                    let Answer { status, .. } = done.answer;
                    let (line, method, path, text) = (call.line, &call.method, &done.path, done.answer.text());
                    return Err(format!("line {line}: {method} {path}: {why}\n  {status} {text}"));
                }
            }
            left -= 1;
        }
    }

    fn send(&self, call: &Call) -> Result<Done, String> {
        let url = self.filled(&call.url)?;
        let rest = url.strip_prefix("http://").ok_or("a call begins with {{host}} or an address of this machine")?;
        let (address, target) = rest.split_at(rest.find('/').ok_or("a call has a path")?);
        let pairs = |pairs: &[(String, String)]| -> Result<Vec<(String, String)>, String> {
            pairs.iter().map(|(name, value)| Ok((name.clone(), self.filled(value)?))).collect()
        };
        let mut target = target.to_owned();
        if !call.query.is_empty() {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs(&call.query)?).finish();
            target = format!("{target}{}{query}", if target.contains('?') { '&' } else { '?' });
        }
        let (media, body) = match &call.content {
            Content::Nothing => (None, Vec::new()),
            Content::Json(text) => (Some("application/json".to_owned()), self.filled(text)?.into_bytes()),
            Content::Text(text) => (None, self.filled(text)?.into_bytes()),
            Content::Form(fields) => {
                let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs(fields)?).finish();
                (Some("application/x-www-form-urlencoded".to_owned()), form.into_bytes())
            }
            Content::Multipart(fields) => {
                (Some(format!("multipart/form-data; boundary={BOUNDARY}")), self.multipart(&pairs(fields)?)?)
            }
        };
        let mut headers = pairs(&call.headers)?;
        let says_its_type = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        headers.extend(media.filter(|_| !says_its_type).map(|media| ("Content-Type".to_owned(), media)));
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = send(address, &call.method, &target, &headers, &body, PATIENCE);
        let answer = answer.map_err(|error| format!("line {}: {error:?}", call.line))?;
        let path = target.split('?').next().unwrap_or_default().to_owned();
        Ok(Done { line: call.line, method: call.method.clone(), path, answer })
    }

    fn multipart(&self, fields: &[(String, String)]) -> Result<Vec<u8>, String> {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend_from_slice(
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"").as_bytes(),
            );
            if let Some(file) = value.strip_prefix("file,") {
                let (file, media) = file.split_once(';').ok_or("a file is given as file,NAME; TYPE")?;
                let content = fs::read(self.folder.join(file)).map_err(|error| format!("{file}: {error}"))?;
                let media = media.trim();
                body.extend_from_slice(format!("; filename=\"{file}\"\r\nContent-Type: {media}\r\n\r\n").as_bytes());
                body.extend_from_slice(&content);
            } else {
                body.extend_from_slice(format!("\r\n\r\n{value}").as_bytes());
            }
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        Ok(body)
    }

    fn judge(&mut self, call: &Call, answer: &Answer) -> Result<(), String> {
        if answer.status != call.status {
            return Err(format!("{} was expected", call.status));
        }
        for (name, place) in &call.captures {
            let found = look::find(answer, place).ok_or_else(|| format!("there is no {place:?}"))?;
            let text = found.as_str().map_or_else(|| found.to_string(), ToOwned::to_owned);
            self.variables.insert(name.clone(), text);
        }
        for (place, must) in &call.asserts {
            let must = must.clone().filled(|text| self.filled(text))?;
            let found = look::find(answer, place);
            if let Some(fault) = look::fault(found.as_ref(), &must) {
                return Err(format!("{place:?} {fault}"));
            }
        }
        Ok(())
    }

    /// With variables in the place of their names.
    pub fn filled(&self, text: &str) -> Result<String, String> {
        let mut parts = text.split("{{");
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once("}}").ok_or("a variable's name ends with }}")?;
            let value = self.variables.get(name.trim()).ok_or_else(|| format!("nothing was captured as {name}"))?;
            whole.push_str(value);
            whole.push_str(rest);
        }
        Ok(whole)
    }
}

impl super::Must {
    fn filled(self, fill: impl Fn(&str) -> Result<String, String>) -> Result<Self, String> {
        Ok(match self {
            Self::Be(wanted) => Self::Be(fill(&wanted)?),
            Self::NotBe(other) => Self::NotBe(fill(&other)?),
            Self::StartWith(start) => Self::StartWith(fill(&start)?),
            Self::Contain(part) => Self::Contain(fill(&part)?),
            other => other,
        })
    }
}

/// Whether an answer is a success in its document's own words.
pub fn succeeded(answer: &Answer) -> bool {
    is_success(answer.status, &answer.body)
}
