//! Login accounts (登录帐号), for the admins among them.

use crate::{
    ADMINS, App, actor,
    ids::list_of_ids,
    page::{PAGE, page},
    views,
};
use shared::{
    domain::{
        account::LoginName,
        cloud::{AccountStatus, AccountType, Contact, LoginAccount, LoginAccountFilter, LoginId, Page, PortalMember},
        password::Password,
        reason::{Failure, Reason},
        rule::Rule,
    },
    service::cloud::NewAccount,
    wire::{Before, Call, Endpoint, Field, Fields, before, cloud::Success, delete, get, post, put},
};
use std::sync::Arc;

const ACCOUNT: &str = "test@51idc.com";
const ADDED: &[Before] = &[before(CREATE.way())];
const LOGIN_PART: Field<String> =
    Field::text("login_id").about("登录帐号中包含的文字 · Part of a login id").example("test").rule(LoginId::RULE);
const STATUS: Field<AccountStatus> = Field::new("status", AccountStatus::parse)
    .about("状态：ACTIVITY 启用，DISABLED 禁用，空为全部 · Status; empty for all")
    .example("ACTIVITY")
    .one_of(&["ACTIVITY", "DISABLED", ""]);
const LOGIN_ID: Field<LoginId> = Field::new("login_id", LoginId::parse)
    .about("登录帐号，2 至 64 个字符，平台内唯一 · The login id: 2–64 characters, unique on the platform")
    .example(ACCOUNT)
    .rule(LoginId::RULE);
pub const PASSWORD: Field<String> = Field::text("passwd")
    .about("密码，至少 8 位，不能是常见密码 · The password: from 8 characters, not a common one")
    .example("a phrase for 51")
    .rule(Password::RULE);
const ACCOUNT_TYPE: Field<AccountType> = Field::new("account_type", AccountType::parse)
    .about("账户类型：admin 主帐号，sub 子帐号 · Main or sub account")
    .example("admin")
    .one_of(&["admin", "sub"]);
const CONTACT_NAME: Field<String> = Field::new("contact_name", LoginAccount::contact_name)
    .about("联系人姓名 · The name of the account's contact")
    .example("小李")
    .rule(Contact::NAME);
const ACCOUNT_IDS: Field<String> = Field::text("account_ids")
    .about("登录帐号列表，逗号分隔；路径中没有时必填 · Login ids with commas between; needed where the path has none")
    .example(ACCOUNT);
const REASON: Field<String> = Field::new("reason", LoginAccount::reason)
    .about("理由，最多 200 字 · The reason, at most 200 characters")
    .example("离职")
    .rule(Rule::line(200));
const ACCOUNT_ID: Field<LoginName> = Field::new("account_id", |text| Ok(LoginName::read(text)))
    .about("登录帐号，与路径一致 · The login id, as in the path")
    .example(ACCOUNT);

pub const LIST: Endpoint = get("/customer/accounts")
    .number(47)
    .title("获取登录帐号", "The customer's login accounts")
    .access(ADMINS)
    .also_at(&[zoned!("/customer/accounts")])
    .zh(&["列出本企业的登录帐号，按帐号名排序，只有主帐号可以查看。", "从未通过 `/auth/token` 登录时，`last_logintime` 和 `last_loginip` 为空字符串。"])
    .notes(&[
        "By name. The sample has one `login_id` twice; they are unique on the platform.",
        "`last_logintime` and `last_loginip` are `\"\"` before the first sign-in through `/auth/token`; joining is none.",
    ])
    .in_path(&[("zone", "ac1")])
    .takes(&[LOGIN_PART.optional(), STATUS.optional()])
    .takes(PAGE);

pub const CREATE: Endpoint = post("/customer/accounts")
    .number(48)
    .title("增加新账户", "Add a login account")
    .access(ADMINS)
    .also_at(&[zoned!("/customer/accounts")])
    .zh(&["主帐号新增登录帐号，`login_id` 全平台唯一，最多 200 个。", "`contact_name` 是扩展字段，用于 #47 显示。"])
    .notes(&[
        "The sample's empty `login_id` is refused. `contact_name` is ours: #47 shows it, and nothing else sets it.",
        "Passwords from eight characters (`CLOUD_PASSWORD_MIN`), names as in #38; at most 200 accounts.",
    ])
    .in_path(&[("zone", "ac1")])
    .takes(&[LOGIN_ID.required(), PASSWORD.required(), ACCOUNT_TYPE.required(), CONTACT_NAME.optional()])
    .refuses(&[Reason::UsernameTaken, Reason::WeakPassword, Reason::CapReached]);

pub const DELETE: Endpoint = delete("/customer/accounts/{account_ids}")
    .number(49)
    .title("删除登录账户 支持批量", "Delete login accounts")
    .access(ADMINS)
    .also_at(&[zoned!("/customer/accounts/{account_ids}"), "/customer/accounts", zoned!("/customer/accounts")])
    .zh(&["批量删除，返回实际删除的帐号，其会话立即失效。", "包含自己或最后一个启用的主帐号时整个请求被拒绝（409）。"])
    .notes(&[
        "The table says `Int[]`; ids are names here as everywhere. In the path, in the query, or in a body as a list; at most 100, of which 19 admins.",
        "Those that were really deleted are echoed, and their sessions end. Oneself or the last enabled admin refuses the whole request.",
    ])
    .after(ADDED)
    .in_path(&[("account_ids", ACCOUNT), ("zone", "ac1")])
    .takes(&[ACCOUNT_IDS.optional()])
    .refuses(&[Reason::LastAdmin]);

pub const DISABLE: Endpoint = put("/customer/accounts/{account_id}/disabled")
    .number(50)
    .title("禁用账户", "Disable a login account")
    .access(ADMINS)
    .also_at(&[zoned!("/customer/accounts/{account_id}/disabled")])
    .zh(&["禁用后其会话立即失效。不能禁用自己或最后一个启用的主帐号。"])
    .notes(&[
        "The table wants `reason`, the sample sends `account_id` instead: both are optional, and `account_id` is the path's.",
        "The reason is kept; an account that has the status already keeps the one it has. `@` may be percent-encoded.",
        "Its sessions end at once. Not oneself, and not the last enabled admin.",
    ])
    .after(ADDED)
    .in_path(&[("account_id", ACCOUNT), ("zone", "ac1")])
    .takes(&[REASON.optional(), ACCOUNT_ID.optional()])
    .refuses(&[Reason::NotYours, Reason::LastAdmin]);

pub const ENABLE: Endpoint = put("/customer/accounts/{account_id}/undisabled")
    .number(51)
    .title("解禁账户", "Enable a login account")
    .access(ADMINS)
    .also_at(&[zoned!("/customer/accounts/{account_id}/undisabled")])
    .zh(&["恢复被禁用的帐号，之后可以重新登录。"])
    .notes(&[
        "The table wants `reason`, the sample sends `account_id` instead: both are optional, and `account_id` is the path's.",
        "The reason is kept; an account that has the status already keeps the one it has. `@` may be percent-encoded.",
    ])
    .after(ADDED)
    .in_path(&[("account_id", ACCOUNT), ("zone", "ac1")])
    .takes(&[REASON.optional(), ACCOUNT_ID.optional()])
    .refuses(&[Reason::NotYours]);

/// #47
pub async fn list(app: Arc<App>, member: PortalMember, mut call: Call) -> Result<Success, Failure> {
    let (filter, page) = call.read(filter)?;
    let listing = app.portal.accounts(&member, &filter, page).await?;
    Success::content(&views::Accounts::of(&listing))
}

/// #47: an empty filter is none.
fn filter(fields: &mut Fields) -> Result<(LoginAccountFilter, Page), Failure> {
    let (login_id, status) = (fields.optional(&LOGIN_PART)?, fields.optional(&STATUS)?);
    Ok((LoginAccountFilter { login_id, status }, page(fields)?))
}

/// #48
pub async fn create(app: Arc<App>, member: PortalMember, mut call: Call) -> Result<Success, Failure> {
    let shortest = app.portal.settings.password_min;
    let new = call.read(|fields| new_account(fields, shortest))?;
    app.portal.create_account(actor(&app, &member, &call), &new).await?;
    Success::content(&views::NewAccount::of(&new))
}

/// #48, and `contact_name`, which no document's endpoint would set otherwise.
fn new_account(fields: &mut Fields, shortest: usize) -> Result<NewAccount, Failure> {
    let (login_id, password) = (fields.required(&LOGIN_ID)?, fields.required(&PASSWORD)?);
    let account_type = fields.required(&ACCOUNT_TYPE)?;
    let contact_name = CONTACT_NAME.parse(&fields.given_text(&CONTACT_NAME)?.unwrap_or_default())?;
    let password = Password::choose_of(shortest, &password, &[login_id.as_str(), &contact_name])?;
    Ok(NewAccount { login_id, password, account_type, contact_name })
}

/// #49
pub async fn remove(app: Arc<App>, member: PortalMember, mut call: Call) -> Result<Success, Failure> {
    let in_path = call.path("account_ids").to_owned();
    let names = call.read(|fields| list_of_ids(fields, &in_path, &ACCOUNT_IDS, LoginName::read))?;
    let deleted = app.portal.delete_accounts(actor(&app, &member, &call), &names).await?;
    Success::content(&views::DeletedAccounts::of(&deleted))
}

/// #50
pub async fn disable(app: Arc<App>, member: PortalMember, call: Call) -> Result<Success, Failure> {
    switch(&app, &member, call, AccountStatus::Disabled).await
}

/// #51
pub async fn enable(app: Arc<App>, member: PortalMember, call: Call) -> Result<Success, Failure> {
    switch(&app, &member, call, AccountStatus::Activity).await
}

async fn switch(app: &App, member: &PortalMember, mut call: Call, to: AccountStatus) -> Result<Success, Failure> {
    let name = LoginName::read(call.path("account_id"));
    let reason = call.read(|fields| reason(fields, &name))?;
    let login_id = app.portal.switch_account(actor(app, member, &call), &name, to, &reason).await?;
    Success::content(&views::Switched::of(&login_id, to))
}

/// #50, #51: the reason is optional, although the table says otherwise; an id in the body must be the one in the path.
fn reason(fields: &mut Fields, name: &LoginName) -> Result<String, Failure> {
    if fields.optional(&ACCOUNT_ID)?.is_some_and(|id| id != *name) {
        return Err(Failure::malformed("登录帐号与路径中的不一致").of(ACCOUNT_ID.name()));
    }
    REASON.parse(&fields.given_text(&REASON)?.unwrap_or_default())
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{ACCOUNT, CREATE, DELETE, DISABLE, ENABLE, LIST};
    use crate::views;
    use describe::{Answers, Operation, cloud};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![
            LIST.answers(cloud::content::<views::Accounts<'static>>(json!({
                "accounts": [{
                    "login_id": ACCOUNT, "account_type": "admin", "contact_name": "小李",
                    "last_logintime": "2013-08-30T05:13:32Z", "last_loginip": "1.1.1.1", "status": "ACTIVITY"
                }],
                "total_count": 1
            }))),
            CREATE.answers(cloud::content::<views::NewAccount<'static>>(json!({ "login_id": ACCOUNT }))),
            DELETE.answers(cloud::content::<views::DeletedAccounts<'static>>(json!({ "account_ids": [ACCOUNT] }))),
            DISABLE.answers(cloud::content::<views::Switched<'static>>(
                json!({ "account_id": ACCOUNT, "status": "DISABLED" }),
            )),
            ENABLE.answers(cloud::content::<views::Switched<'static>>(
                json!({ "account_id": ACCOUNT, "status": "ACTIVITY" }),
            )),
        ]
    }
}
