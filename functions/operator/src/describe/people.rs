use super::limit;
use crate::{people, trail};
use describe::{Input, Operation, delete, get, may, need, plain, post, put};
use serde_json::{Value, json};
use shared::domain::reason::Reason;

const REALMS: &[&str] = &["ev", "mall-consumer", "mall-agent", "mall-dealer", "cloud", "shop", "platform"];
const ROLES: &[&str] = &["admin", "auditor", "shop-manager", "shop-staff"];
const ONE: &str = "/operator/people/{realm}/{account}";
const ACCOUNT: &str = "5d41402abc4b2a76b9719d911017c592";

pub fn operations() -> Vec<Operation> {
    vec![
        post("/operator/people", "任命人员", "Appoint staff")
            .note("Of the platform (`admin`, `auditor`) or of one to twenty shops (`shop-manager`, `shop-staff`).")
            .takes([
                need("username", "用户名", "wang.xiaoming"),
                need("password", "初始密码: 8–128 characters, not a common one", "a phrase for 51"),
            ])
            .takes(role())
            .refuses(&[Reason::WeakPassword, Reason::UsernameTaken])
            .answers(plain::content::<people::Member<'static>>(member())),
        get("/operator/people", "人员列表", "Staff of a realm, or one account by its name")
            .note("Staff of `platform` or `shop` by page; `next` is the `after` of the next one. With `username` one account of any realm.")
            .takes([
                need("realm", "用户群", "shop").one_of(REALMS),
                may("username", "用户名: one account, by the name with which it signs in", "wang.xiaoming"),
                may("after", "The account with which the page before ended", ACCOUNT),
                limit(),
            ])
            .refuses(&[Reason::NotYours])
            .answers(plain::content::<people::Staff<'static>>(json!({ "people": [member()], "next": null })))
            .or_answers("With `username`", plain::content::<people::Person<'static>>(person(false))),
        of_one(get(ONE, "查看账户", "An account of any realm"))
            .answers(plain::content::<people::Person<'static>>(person(false))),
        of_one(put(ONE, "修改人员角色", "Change what staff may do"))
            .note("From the next request on. Nobody changes their own role.")
            .takes(role())
            .may_say(Reason::LastAdmin, "不能修改或锁定自己的账户")
            .answers(plain::content::<people::Member<'static>>(member())),
        of_one(put("/operator/people/{realm}/{account}/lock", "锁定账户", "Lock or unlock an account"))
            .note("Locking ends all sessions at once. Nobody locks themselves.")
            .takes([need("locked", "是否锁定", true), may("reason", "理由: at most 200 characters", "离职")])
            .may_say(Reason::LastAdmin, "不能修改或锁定自己的账户")
            .answers(plain::content::<people::Person<'static>>(person(true))),
        of_one(delete("/operator/people/{realm}/{account}/sessions", "强制退出", "End all sessions of an account"))
            .answers(plain::nothing()),
        get("/operator/audit", "审计日志", "The audit trail of an account or a station")
            .note("The newest first; `next` is the `before` of the next page.")
            .takes([
                need("kind", "A realm, or `station`", "station"),
                need("subject", "The id of the account or the station", "S1"),
                may("from", "起始时间", "2026-06-01T00:00:00+08:00"),
                may("to", "结束时间; else now", "2026-06-02T00:00:00+08:00"),
                may("before", "`next` of the page before", "001780273805000#9f86d081884c7d65"),
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
    operation.in_path("realm", "shop").in_path("account", ACCOUNT).refuses(&[Reason::NotYours])
}

fn role() -> [Input; 2] {
    [
        need("role", "角色", "shop-manager").one_of(ROLES),
        may("shops", "门店, with commas between; shop staff need one to twenty, the platform's have none", "S1,S2")
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
