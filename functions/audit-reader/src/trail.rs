//! The audit trail, which administrators alone may read.

use crate::{ADMINS, App};
use jiff::Timestamp;
use serde::Serialize;
use shared::{
    domain::{reason::Failure, session::Caller, text::halfwidth},
    service::trail::{AuditLine, AuditSearch},
    wire::{
        Call, Endpoint, Field, Fields, get,
        page::{LIMIT, most},
        plain::Success,
    },
};
use std::sync::Arc;

const KIND: Field<String> = Field::text("kind").about("用户群，或 station · A realm, or `station`").example("station");
const SUBJECT: Field<String> =
    Field::text("subject").about("账户 id 或充电站编号 · The id of the account or the station").example("S1");
const FROM: Field<Timestamp> = Field::new("from", |text| time("from", text))
    .about("起始时间 · From this time")
    .example("2026-06-01T00:00:00+08:00");
const TO: Field<Timestamp> = Field::new("to", |text| time("to", text))
    .about("结束时间，默认现在 · Until this time, now if left out")
    .example("2026-06-02T00:00:00+08:00");
const BEFORE: Field<String> = Field::new("before", before_entry)
    .about("上一页的 next · The `next` of the page before")
    .example("001780273805000#9f86d081884c7d65");

pub const ENTRIES: Endpoint = get("/operator/audit")
    .title("审计日志", "The audit trail of an account or a station")
    .access(ADMINS)
    .zh(&["查询账户或充电站的审计日志，最新的在前。只有管理员可以查看。"])
    .notes(&["The newest first; `next` is the `before` of the next page."])
    .takes(&[
        KIND.required(),
        SUBJECT.required(),
        FROM.optional(),
        TO.optional(),
        BEFORE.optional().left_out(),
        LIMIT.optional(),
    ]);

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
    let search = call.read(|fields| search(fields, now))?;
    let entries = app.trail.entries(&search).await?;
    let is_full = entries.len() >= usize::from(search.most);
    let next = entries.last().filter(|_| is_full).map(|last| last.cursor.as_str());
    Success::content(&TrailPage { entries: entries.iter().map(TrailEntry::of).collect(), next })
}

/// `?kind=ev&subject=1004&from=2026-06-01T00:00:00+08:00&to=…&before=…&limit=50`
fn search(fields: &mut Fields, now: Timestamp) -> Result<AuditSearch, Failure> {
    let kind = halfwidth(&fields.required(&KIND)?).to_ascii_lowercase();
    let subject = halfwidth(&fields.required(&SUBJECT)?);
    if !is_made_of(&kind, 32, b"-") || !is_made_of(&subject, 96, b"-_.@#") {
        return Err(Failure::malformed("kind 应为领域（如 ev、platform）或 station，subject 应为账户或充电站的 id"));
    }
    let before = fields.optional(&BEFORE)?;
    let from = fields.optional(&FROM)?.unwrap_or(Timestamp::UNIX_EPOCH);
    let to = fields.optional(&TO)?.unwrap_or(now);
    let first = format!("{:015}#", from.as_millisecond());
    if to < from || before.as_deref().is_some_and(|before| before < first.as_str()) {
        return Err(Failure::malformed("from 不能晚于 to，before 应为上一页的 next"));
    }
    Ok(AuditSearch { kind, subject, from, to, before, most: most(fields)? })
}

/// Letters, digits and `more`.
fn is_made_of(text: &str, longest: usize, more: &[u8]) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
}

fn before_entry(text: &str) -> Result<String, Failure> {
    if is_made_of(text, 64, b"#") {
        Ok(text.to_owned())
    } else {
        Err(Failure::malformed("before 应为上一页的 next"))
    }
}

fn time(name: &str, text: &str) -> Result<Timestamp, Failure> {
    let time = text.trim().parse::<Timestamp>().ok().filter(|at| *at >= Timestamp::UNIX_EPOCH);
    time.ok_or_else(|| Failure::malformed(format!("{name} 应为带时区的时间，例如 2026-06-02T00:00:00+08:00")))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{ENTRIES, TrailPage};
    use describe::{Answers, Operation, plain};
    use serde_json::json;

    const ACCOUNT: &str = "5d41402abc4b2a76b9719d911017c592";

    pub fn operations() -> Vec<Operation> {
        vec![ENTRIES.answers(plain::content::<TrailPage<'static>>(json!({
            "entries": [{
                "at": "2026-06-01T00:30:05Z", "action": "settings-changed", "actor": ACCOUNT, "role": "admin",
                "address": "203.0.113.7", "request": "8f7e6d5c-1b2a-4c3d-9e8f-7a6b5c4d3e2f",
                "change": "waiting_area_N", "cursor": "001780273805000#9f86d081884c7d65"
            }],
            "next": null
        })))]
    }
}
