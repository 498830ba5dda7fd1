use crate::views;
use describe::{Before, Input, Operation, before, cloud, delete, get, may, need, post, put};
use serde_json::json;
use shared::domain::reason::Reason;

const ADDED: &[Before] = &[before("POST /customer/accounts")];
const ACCOUNT: &str = "test@51idc.com";

/// #47 to #51
pub fn operations() -> Vec<Operation> {
    vec![
        get("/customer/accounts", "获取登录帐号", "The customer's login accounts")
            .zh("列出本企业的登录帐号，按帐号名排序，只有主帐号可以查看。")
            .zh("从未通过 `/auth/token` 登录时，`last_logintime` 和 `last_loginip` 为空字符串。")
            .number(47)
            .note("By name. The sample has one `login_id` twice; they are unique on the platform.")
            .note("`last_logintime` and `last_loginip` are `\"\"` before the first sign-in through `/auth/token`; joining is none.")
            .takes([
                may("login_id", "登录帐号中包含的文字 · Part of a login id", "test"),
                may("status", "状态：ACTIVITY 启用，DISABLED 禁用，空为全部 · Status; empty for all", "ACTIVITY").one_of(&["ACTIVITY", "DISABLED", ""]),
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
            .zh("主帐号新增登录帐号，`login_id` 全平台唯一，最多 200 个。")
            .zh("`contact_name` 是扩展字段，用于 #47 显示。")
            .number(48)
            .note("The sample's empty `login_id` is refused. `contact_name` is ours: #47 shows it, and nothing else sets it.")
            .note("Passwords from eight characters (`CLOUD_PASSWORD_MIN`), names as in #38; at most 200 accounts.")
            .takes([
                need("login_id", "登录帐号，2 至 64 个字符，平台内唯一 · The login id: 2–64 characters, unique on the platform", ACCOUNT),
                need("passwd", "密码，至少 8 位，不能是常见密码 · The password: from 8 characters, not a common one", "a phrase for 51"),
                need("account_type", "账户类型：admin 主帐号，sub 子帐号 · Main or sub account", "admin").one_of(&["admin", "sub"]),
                may("contact_name", "联系人姓名 · The name of the account's contact", "小李"),
            ])
            .refuses(&[Reason::UsernameTaken, Reason::WeakPassword, Reason::CapReached])
            .answers(cloud::content::<views::NewAccount<'static>>(json!({ "login_id": ACCOUNT }))),
        delete("/customer/accounts/{account_ids}", "删除登录账户 支持批量", "Delete login accounts")
            .after(ADDED)
            .zh("批量删除，返回实际删除的帐号，其会话立即失效。")
            .zh("包含自己或最后一个启用的主帐号时整个请求被拒绝（409）。")
            .also("DELETE", "/customer/accounts")
            .number(49)
            .note("The table says `Int[]`; ids are names here as everywhere. In the path, in the query, or in a body as a list; at most 100, of which 19 admins.")
            .note("Those that were really deleted are echoed, and their sessions end. Oneself or the last enabled admin refuses the whole request.")
            .in_path("account_ids", ACCOUNT)
            .takes([may("account_ids", "登录帐号列表，逗号分隔；路径中没有时必填 · Login ids with commas between; needed where the path has none", ACCOUNT)])
            .refuses(&[Reason::LastAdmin])
            .answers(cloud::content::<views::DeletedAccounts<'static>>(json!({ "account_ids": [ACCOUNT] }))),
        switch("/customer/accounts/{account_id}/disabled", "禁用账户", "Disable a login account")
            .zh("禁用后其会话立即失效。不能禁用自己或最后一个启用的主帐号。")
            .number(50)
            .note("Its sessions end at once. Not oneself, and not the last enabled admin.")
            .refuses(&[Reason::LastAdmin])
            .answers(cloud::content::<views::Switched<'static>>(json!({ "account_id": ACCOUNT, "status": "DISABLED" }))),
        switch("/customer/accounts/{account_id}/undisabled", "解禁账户", "Enable a login account")
            .zh("恢复被禁用的帐号，之后可以重新登录。")
            .number(51)
            .answers(cloud::content::<views::Switched<'static>>(json!({ "account_id": ACCOUNT, "status": "ACTIVITY" }))),
    ]
}

fn switch(path: &'static str, chinese: &'static str, english: &'static str) -> Operation {
    put(path, chinese, english)
        .after(ADDED)
        .note("The table wants `reason`, the sample sends `account_id` instead: both are optional, and `account_id` is the path's.")
        .note("The reason is kept; an account that has the status already keeps the one it has. `@` may be percent-encoded.")
        .in_path("account_id", ACCOUNT)
        .takes([may("reason", "理由，最多 200 字 · The reason, at most 200 characters", "离职"), may("account_id", "登录帐号，与路径一致 · The login id, as in the path", ACCOUNT)])
        .refuses(&[Reason::NotYours])
}

/// #42, #47
pub fn page() -> [Input; 2] {
    [
        may("offset", "数据偏移量，默认 0 · How many entries to skip, 0 if left out", 0),
        may("limit", "返回条数，默认 10，最大 100 · How many entries, 10 if left out, at most 100", 10),
    ]
}
