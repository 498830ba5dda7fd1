use crate::views;
use describe::{Input, Operation, cloud, delete, get, may, need, post, put};
use serde_json::json;
use shared::domain::reason::Reason;

const ACCOUNT: &str = "test@51idc.com";

/// #47 to #51
pub fn operations() -> Vec<Operation> {
    vec![
        get("/customer/accounts", "获取登录帐号", "The customer's login accounts")
            .number(47)
            .note("By name. The sample has one `login_id` twice; they are unique on the platform.")
            .note("`last_logintime` and `last_loginip` are `\"\"` before the first sign-in through `/auth/token`; joining is none.")
            .takes([
                may("login_id", "模糊查询字段", "test"),
                may("status", "状态过滤，ACTIVITY 或 DISABLED 或 空", "ACTIVITY").one_of(&["ACTIVITY", "DISABLED", ""]),
            ])
            .takes(page())
            .answers(cloud::content::<views::Accounts<'static>>(json!({
                "accounts": [{
                    "login_id": ACCOUNT, "account_type": "admin", "contact_name": "小李",
                    "last_logintime": "2013-08-30T05:13:32Z", "last_loginip": "1.1.1.1", "status": "ACTIVITY"
                }],
                "total_count": 1
            }))),
        post("/customer/accounts", "增加新账户", "Add a login account")
            .number(48)
            .note("The sample's empty `login_id` is refused. `contact_name` is ours: #47 shows it, and nothing else sets it.")
            .note("Passwords from eight characters (`CLOUD_PASSWORD_MIN`), names as in #38; at most 200 accounts.")
            .takes([
                need("login_id", "登录账户", ACCOUNT),
                need("passwd", "密码", "a phrase for 51"),
                need("account_type", "账户类型, admin对应主帐号,sub对应子帐号", "admin").one_of(&["admin", "sub"]),
                may("contact_name", "联系人", "小李"),
            ])
            .refuses(&[Reason::UsernameTaken, Reason::WeakPassword, Reason::CapReached])
            .answers(cloud::content::<views::NewAccount<'static>>(json!({ "login_id": ACCOUNT }))),
        delete("/customer/accounts/{account_ids}", "删除登录账户 支持批量", "Delete login accounts")
            .also("DELETE", "/customer/accounts")
            .number(49)
            .note("The table says `Int[]`; ids are names here as everywhere. In the path, in the query, or in a body as a list; at most 100, of which 19 admins.")
            .note("Those that were really deleted are echoed, and their sessions end. Oneself or the last enabled admin refuses the whole request.")
            .in_path("account_ids", ACCOUNT)
            .takes([may("account_ids", "账户ID列表; needed where the path has none", ACCOUNT)])
            .refuses(&[Reason::LastAdmin])
            .answers(cloud::content::<views::DeletedAccounts<'static>>(json!({ "account_ids": [ACCOUNT] }))),
        switch("/customer/accounts/{account_id}/disabled", "禁用账户", "Disable a login account")
            .number(50)
            .note("Its sessions end at once. Not oneself, and not the last enabled admin.")
            .refuses(&[Reason::LastAdmin])
            .answers(cloud::content::<views::Switched<'static>>(json!({ "account_id": ACCOUNT, "status": "DISABLED" }))),
        switch("/customer/accounts/{account_id}/undisabled", "解禁账户", "Enable a login account")
            .number(51)
            .answers(cloud::content::<views::Switched<'static>>(json!({ "account_id": ACCOUNT, "status": "ACTIVITY" }))),
    ]
}

fn switch(path: &'static str, chinese: &'static str, english: &'static str) -> Operation {
    put(path, chinese, english)
        .note("The table wants `reason`, the sample sends `account_id` instead: both are optional, and `account_id` is the path's.")
        .note("The reason is kept; an account that has the status already keeps the one it has. `@` may be percent-encoded.")
        .in_path("account_id", ACCOUNT)
        .takes([may("reason", "理由: at most 200 characters", "离职"), may("account_id", "登录Id, as in the path", ACCOUNT)])
        .refuses(&[Reason::NotYours])
}

/// #42, #47
pub fn page() -> [Input; 2] {
    [may("offset", "数据偏移量，默认为0", 0), may("limit", "返回数据长度，默认为10，最大100", 10)]
}
