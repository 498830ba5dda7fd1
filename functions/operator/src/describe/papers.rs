use crate::papers;
use describe::{Operation, answer, before, get, may, plain};
use serde_json::{Value, json};
use shared::domain::reason::Reason;

const ACCOUNT: &str = "0000000000000000000000000000abcd";

pub fn operations() -> Vec<Operation> {
    vec![
        get("/operator/papers", "待审核证件", "Papers that wait for an auditor")
            .zh("按提交先后列出待审核的证件。审核员看到完整身份证号（会记入审计日志），管理员看到掩码。用 #17 审核。")
            .note("The oldest first. ID numbers are whole for auditors, which the audit trail notes of each, and masked for admins.")
            .note("Pictures are deleted some days after the decision: `pictures_until` says when, and their addresses are null then.")
            .note("`next` is the `after` of the next page; decide with #17.")
            .takes([
                may("after", "上一页的 next · The `next` of the page before", "001780273805000#mall-dealer#0000000000000000000000000000abcd").left_out(),
                may("limit", "每页条数，1 至 50 · How many to a page: 1–50", 20),
            ])
            .answers(plain::content::<papers::Waiting<'static>>(json!({ "papers": [example()], "next": null }))),
        get("/operator/papers/{realm}/{account}", "查看证件", "One account's papers and their history")
            .after(&[before("POST /user/dealer/submit")])
            .path_from("account", answer("GET /operator/papers", "/papers/0/account_id"))
            .zh("返回一个账户的证件及最近五十条处理记录。")
            .note("Whatever their state, with the newest fifty lines of what happened to them.")
            .in_path("realm", "mall-dealer")
            .in_path("account", ACCOUNT)
            .refuses(&[Reason::NotYours])
            .answers(plain::content::<papers::One<'static>>(with_history())),
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
