//! Papers of agents and dealers, for auditors to look at; what they decide is #17's.

use crate::{App, READERS, actor, people::account};
use shared::{
    domain::{
        account::Realm,
        reason::{Failure, Reason},
        session::Caller,
        text::halfwidth,
    },
    wire::{Call, Endpoint, Field, Fields, Way, answer, before, get, plain::Success},
};
use std::sync::Arc;

mod views;

const ACCOUNT: &str = "0000000000000000000000000000abcd";
const AFTER: Field<String> = Field::new("after", after)
    .about("上一页的 next · The `next` of the page before")
    .example("001780273805000#mall-dealer#0000000000000000000000000000abcd");
const PAGE_SIZE: Field<u8> =
    Field::new("limit", page_size).about("每页条数，1 至 50 · How many to a page: 1–50").whole(20);

pub const WAITING: Endpoint = get("/operator/papers")
    .title("待审核证件", "Papers that wait for an auditor")
    .access(READERS)
    .zh(&["按提交先后列出待审核的证件。审核员看到完整身份证号（会记入审计日志），管理员看到掩码。用 #17 审核。"])
    .notes(&[
        "The oldest first. ID numbers are whole for auditors, which the audit trail notes of each, and masked for admins.",
        "Pictures are deleted some days after the decision: `pictures_until` says when, and their addresses are null then.",
        "`next` is the `after` of the next page; decide with #17.",
    ])
    .takes(&[AFTER.optional().left_out(), PAGE_SIZE.optional()]);

pub const ONE: Endpoint = get("/operator/papers/{realm}/{account}")
    .title("查看证件", "One account's papers and their history")
    .access(READERS)
    .zh(&["返回一个账户的证件及最近五十条处理记录。"])
    .notes(&["In any state, with the newest fifty lines of what happened to them."])
    .after(&[before(Way::to("POST /user/dealer/submit"))])
    .path_from(&[("account", answer(WAITING.way(), "/papers/0/account_id"))])
    .in_path(&[("realm", "mall-dealer"), ("account", ACCOUNT)])
    .refuses(&[Reason::NotYours]);

pub async fn waiting(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (after, most) = call.read(page)?;
    let papers = app.papers.waiting(after.as_deref(), most, &actor(&app, &caller, &call)).await?;
    Success::content(&views::Waiting::of(&papers, most))
}

/// `?after=…&limit=20`; fewer to a page than elsewhere, because each shows two pictures and leaves an audit entry.
fn page(fields: &mut Fields) -> Result<(Option<String>, u8), Failure> {
    Ok((fields.optional(&AFTER)?, fields.optional(&PAGE_SIZE)?.unwrap_or(20)))
}

fn after(text: &str) -> Result<String, Failure> {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-#".contains(&b);
    if text.len() > 96 || !text.bytes().all(is_plain) {
        return Err(Failure::malformed("after 应为上一页的 next"));
    }
    Ok(text.to_owned())
}

fn page_size(text: &str) -> Result<u8, Failure> {
    let size = halfwidth(text).parse().ok().filter(|size| (1..=50).contains(size));
    size.ok_or_else(|| Failure::malformed("limit 应为 1 至 50 的整数"))
}

pub async fn one(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let (realm, account) = (Realm::parse(call.path("realm"))?, account(call.path("account"))?);
    let (papers, history) = app.papers.of_account(realm, &account, &actor(&app, &caller, &call)).await?;
    Success::content(&views::One::of(&papers, &history))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::views::{One, Waiting};
    use super::{ACCOUNT, ONE, WAITING};
    use describe::{Answers, Operation, plain};
    use serde_json::{Value, json};

    pub fn operations() -> Vec<Operation> {
        vec![
            WAITING.answers(plain::content::<Waiting<'static>>(json!({ "papers": [example()], "next": null }))),
            ONE.answers(plain::content::<One<'static>>(with_history())),
        ]
    }

    fn example() -> Value {
        json!({
            "account_id": ACCOUNT, "realm": "mall-dealer", "telephone": "13912345678", "real_name": "王小明",
            "id_no": "11010519491231002X", "front_img": "https://bucket.s3.cn-north-1.amazonaws.com.cn/kyc/…",
            "qualification": "https://…", "pictures_until": null, "status": 1, "version": 1, "submitted_at": "2026-06-01T08:30:05+08:00",
            "waiting_since": "2026-06-01T08:30:05+08:00"
        })
    }

    fn with_history() -> Value {
        let mut one = example();
        one["history"] = json!([{
            "at": "2026-06-01T08:30:05+08:00", "by": ACCOUNT, "role": "dealer", "from": 0, "to": 1, "reason": null
        }]);
        one
    }
}
