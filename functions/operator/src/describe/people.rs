use super::limit;
use crate::{people, trail};
use describe::{Input, Operation, answer, delete, get, may, need, plain, post, put};
use serde_json::{Value, json};
use shared::domain::reason::Reason;

const REALMS: &[&str] = &["ev", "mall-consumer", "mall-agent", "mall-dealer", "cloud", "shop", "platform"];
const ROLES: &[&str] = &["admin", "auditor", "shop-manager", "shop-staff"];
const ONE: &str = "/operator/people/{realm}/{account}";
const ACCOUNT: &str = "5d41402abc4b2a76b9719d911017c592";

pub fn operations() -> Vec<Operation> {
    vec![
        post("/operator/people", "任命人员", "Appoint staff")
            .zh("任命平台人员（`admin`、`auditor`）或门店人员（`shop-manager`、`shop-staff`，1 至 20 个门店）。")
            .note("Of the platform (`admin`, `auditor`) or of one to twenty shops (`shop-manager`, `shop-staff`).")
            .takes([
                need("username", "登录用户名 · The name with which the account signs in", "wang.xiaoming"),
                need("password", "初始密码，8 至 128 个字符，不能是常见密码 · The first password: 8–128 characters, not a common one", "a phrase for 51"),
            ])
            .takes(role())
            .refuses(&[Reason::WeakPassword, Reason::UsernameTaken])
            .answers(plain::content::<people::Member<'static>>(member())),
        get("/operator/people", "人员列表", "Staff of a realm, or one account by its name")
            .zh("分页列出平台或门店人员；带 `username` 时返回任一用户群的一个账户。")
            .note("Staff of `platform` or `shop` by page; `next` is the `after` of the next one. With `username` one account of any realm.")
            .takes([
                need("realm", "用户群 · The realm", "shop").one_of(REALMS),
                may("username", "登录用户名，只查一个账户 · One account, by the name with which it signs in", "wang.xiaoming").left_out(),
                may("after", "上一页最后一个账户 · The account with which the page before ended", ACCOUNT).left_out(),
                limit(),
            ])
            .refuses(&[Reason::NotYours])
            .answers(plain::content::<people::Staff<'static>>(json!({ "people": [member()], "next": null })))
            .or_answers("With `username`", plain::content::<people::Person<'static>>(person(false))),
        of_one(get(ONE, "查看账户", "An account of any realm")
            .zh("返回任一用户群的一个账户：角色、是否锁定、在线会话数。"))
            .answers(plain::content::<people::Person<'static>>(person(false))),
        of_one(put(ONE, "修改人员角色", "Change what staff may do")
            .zh("修改角色和门店，从下一个请求起生效。不能修改自己。"))
            .note("From the next request on. Nobody changes their own role.")
            .takes(role())
            .may_say(Reason::LastAdmin, "不能修改或锁定自己的账户")
            .answers(plain::content::<people::Member<'static>>(member())),
        of_one(put("/operator/people/{realm}/{account}/lock", "锁定账户", "Lock or unlock an account")
            .zh("锁定后其会话立即失效。不能锁定自己。"))
            .note("Locking ends all sessions at once. Nobody locks themselves.")
            .takes([need("locked", "是否锁定 · Whether the account is locked", true), may("reason", "理由，最多 200 字 · The reason, at most 200 characters", "离职")])
            .may_say(Reason::LastAdmin, "不能修改或锁定自己的账户")
            .answers(plain::content::<people::Person<'static>>(person(true))),
        of_one(delete("/operator/people/{realm}/{account}/sessions", "强制退出", "End all sessions of an account")
            .zh("强制该账户的所有会话退出。"))
            .answers(plain::nothing()),
        get("/operator/audit", "审计日志", "The audit trail of an account or a station")
            .zh("查询账户或充电站的审计日志，最新的在前。只有管理员可以查看。")
            .note("The newest first; `next` is the `before` of the next page.")
            .takes([
                need("kind", "用户群，或 station · A realm, or `station`", "station"),
                need("subject", "账户 id 或充电站编号 · The id of the account or the station", "S1"),
                may("from", "起始时间 · From this time", "2026-06-01T00:00:00+08:00"),
                may("to", "结束时间，默认现在 · Until this time, now if left out", "2026-06-02T00:00:00+08:00"),
                may("before", "上一页的 next · The `next` of the page before", "001780273805000#9f86d081884c7d65").left_out(),
                limit(),
            ])
            .answers(plain::content::<trail::TrailPage<'static>>(json!({
                "entries": [{
                    "at": "2026-06-01T00:30:05Z", "action": "settings-changed", "actor": ACCOUNT, "role": "admin",
                    "address": "203.0.113.7", "request": "8f7e6d5c-1b2a-4c3d-9e8f-7a6b5c4d3e2f",
                    "change": "waiting_area_N", "cursor": "001780273805000#9f86d081884c7d65"
                }],
                "next": null
            }))),
    ]
}

fn of_one(operation: Operation) -> Operation {
    operation
        .in_path("realm", "shop")
        .in_path("account", ACCOUNT)
        .path_from("account", answer("POST /operator/people", "/account_id"))
        .refuses(&[Reason::NotYours])
}

fn role() -> [Input; 2] {
    [
        need("role", "角色 · The role", "shop-manager").one_of(ROLES),
        may("shops", "门店，逗号分隔；门店人员 1 至 20 个，平台人员不填 · Shops with commas between; shop staff need one to twenty, staff of the platform have none", "S1,S2")
            .depending(),
    ]
}

fn member() -> Value {
    json!({
        "account_id": ACCOUNT, "realm": "shop", "username": "wang.xiaoming", "role": "shop-manager",
        "shops": ["S1", "S2"], "created_at": "2026-06-01T08:30:05+08:00"
    })
}

fn person(locked: bool) -> Value {
    json!({
        "account_id": ACCOUNT, "realm": "shop", "role": "shop-manager", "shops": ["S1", "S2"], "locked": locked,
        "live_sessions": u8::from(!locked)
    })
}
