//! The audit trail, which administrators alone may read.

use crate::App;
use jiff::Timestamp;
use serde::Serialize;
use shared::{
    domain::{reason::Failure, session::Caller, text::halfwidth},
    service::trail::{AuditLine, Search},
    wire::{Call, Fields, plain::Success},
};
use std::sync::Arc;

/// A page of entries, the newest first; `next` is what to send as `before` for the next one.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TrailPage<'a> {
    entries: Vec<TrailEntry<'a>>,
    next: Option<&'a str>,
}

/// What one entry says; what it does not tell of is `null`.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct TrailEntry<'a> {
    at: String,
    action: &'a str,
    actor: Option<&'a str>,
    role: Option<&'a str>,
    address: Option<&'a str>,
    request: Option<&'a str>,
    change: Option<&'a str>,
    /// What a page that begins behind it is asked for with.
    cursor: &'a str,
}

impl<'a> TrailEntry<'a> {
    fn of(line: &'a AuditLine) -> Self {
        Self {
            at: line.at.to_string(),
            action: &line.action,
            actor: line.actor.as_deref(),
            role: line.role.as_deref(),
            address: line.address.as_deref(),
            request: line.request.as_deref(),
            change: line.change.as_deref(),
            cursor: &line.cursor,
        }
    }
}

pub async fn entries(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let now = call.now().real;
    let search = call.read(|fields| parse(fields, now))?;
    let entries = app.trail.entries(&search).await?;
    let is_full = entries.len() >= usize::from(search.most);
    let next = entries.last().filter(|_| is_full).map(|last| last.cursor.as_str());
    Success::content(&TrailPage { entries: entries.iter().map(TrailEntry::of).collect(), next })
}

/// `?kind=ev&subject=1004&from=2026-06-01T00:00:00+08:00&to=…&before=…&limit=50`
fn parse(fields: &mut Fields, now: Timestamp) -> Result<Search, Failure> {
    let is = |text: &str, longest: usize, more: &[u8]| {
        (1..=longest).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
    };
    let kind = halfwidth(&fields.required("kind")?).to_ascii_lowercase();
    let subject = halfwidth(&fields.required("subject")?);
    if !is(&kind, 32, b"-") || !is(&subject, 96, b"-_.@#") {
        return Err(Failure::malformed("kind 应为领域（如 ev、platform）或 station，subject 应为账户或充电站的 id"));
    }
    let before = fields.optional("before")?;
    if before.as_deref().is_some_and(|before| !is(before, 64, b"#")) {
        return Err(Failure::malformed("before 应为上一页的 next"));
    }
    let mut time = |name: &str, default: Timestamp| match fields.optional(name)? {
        None => Ok(default),
        Some(text) => text
            .trim()
            .parse::<Timestamp>()
            .ok()
            .filter(|at| *at >= Timestamp::UNIX_EPOCH)
            .ok_or_else(|| Failure::malformed(format!("{name} 应为带时区的时间，例如 2026-06-02T00:00:00+08:00"))),
    };
    let (from, to) = (time("from", Timestamp::UNIX_EPOCH)?, time("to", now)?);
    Ok(Search { kind, subject, from, to, before, most: crate::most(fields)? })
}
