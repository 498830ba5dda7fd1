//! People: staff and their roles, and locking or signing out any account.

use crate::{ADMINS, App, actor};
use shared::{
    domain::{
        account::{AccountId, LoginName, Realm, Role, Username},
        password::Password,
        reason::{Failure, Reason},
        rule::Rule,
        session::Caller,
        text::{halfwidth, is_invisible},
    },
    service::people::{Appointment, FirstPassword},
    wire::{
        Call, Endpoint, Example, Field, Fields, Parameter, Stated, answer, delete, get,
        page::{LIMIT, most},
        person::{NEW_PASSWORD, REALM},
        plain::Success,
        post, put,
    },
};
use std::sync::Arc;

mod views;

const ACCOUNT: &str = "5d41402abc4b2a76b9719d911017c592";
const ROLE_NAMES: &[&str] = &["admin", "auditor", "shop-manager", "shop-staff"];
/// Roles that the operator gives.
const GIVEN_ROLES: [Role; 4] = [Role::Admin, Role::Auditor, Role::ShopManager, Role::ShopStaff];
/// A record that every request reads stays small.
const MOST_SHOPS: usize = 20;
const ROLE: Field<String> = Field::text("role").about("角色 · The role").example("shop-manager").one_of(ROLE_NAMES);
const SHOPS: Field<String> = Field::text("shops")
    .about("门店，逗号分隔；门店人员 1 至 20 个，平台人员不填 · Shops with commas between; shop staff need one to twenty, staff of the platform have none")
    .example("S1,S2");

const ROLE_WITH_SHOPS: &[Parameter] = &[ROLE.required(), SHOPS.optional().depending()];

const NEW_USERNAME: Field<Username> = Field::new("username", Username::parse)
    .about("登录用户名 · The name with which the account signs in")
    .example("wang.xiaoming")
    .rule(Username::RULE);
const USERNAME: Field<LoginName> = Field::new("username", |text| Ok(LoginName::read(text)))
    .about("登录用户名，只查一个账户 · One account, by the name with which it signs in")
    .example("wang.xiaoming");
const AFTER: Field<AccountId> = Field::new("after", account)
    .about("上一页最后一个账户 · The account with which the page before ended")
    .example(ACCOUNT);
const REASON: Field<String> = Field::new("reason", reason)
    .about("理由，最多 200 字 · The reason, at most 200 characters")
    .example("离职")
    .rule(Rule::line(200));
const LOCKED: Field<String> =
    Field::text("locked").about("是否锁定 · Whether the account is locked").shown(Example::Flag(true));

const RESET_SECOND_FACTOR: Field<String> = Field::text("reset_second_factor")
    .about("是否解除动态验证码 · Whether the second factor is removed")
    .shown(Example::Flag(false));

pub const APPOINT: Endpoint = post("/operator/people")
    .title("任命人员", "Appoint staff")
    .access(ADMINS)
    .zh(&["任命平台人员（`admin`、`auditor`）或门店人员（`shop-manager`、`shop-staff`，1 至 20 个门店）。"])
    .notes(&[
        "Of the platform (`admin`, `auditor`) or of one to twenty shops (`shop-manager`, `shop-staff`).",
        "The password is a first one: its owner replaces it at the first sign-in, within 24 hours.",
        "An administrator or auditor opens nothing until another administrator confirms (`proposed`).",
    ])
    .takes(&[
        NEW_USERNAME.required(),
        NEW_PASSWORD
            .about("初始密码，8 至 128 个字符，不能是常见密码 · The first password: 8–128 characters, not a common one")
            .example("a phrase for 51")
            .required(),
    ])
    .takes(ROLE_WITH_SHOPS)
    .refuses(&[Reason::WeakPassword, Reason::UsernameTaken]);

pub const LIST: Endpoint = get("/operator/people")
    .title("人员列表", "Staff of a realm, or one account by its name")
    .access(ADMINS)
    .zh(&["分页列出平台或门店人员；带 `username` 时返回任一用户群的一个账户。"])
    .notes(&[
        "Staff of `platform` or `shop` by page; `next` is the `after` of the next one. With `username` one account of any realm.",
    ])
    .takes(&[
        REALM.example("shop").required(),
        USERNAME.optional().left_out(),
        AFTER.optional().left_out(),
        LIMIT.optional(),
    ])
    .refuses(&[Reason::NotYours]);

pub const ONE: Endpoint = get("/operator/people/{realm}/{account}")
    .title("查看账户", "An account of any realm")
    .access(ADMINS)
    .zh(&["返回任一用户群的一个账户：角色、是否锁定、在线会话数。"])
    .path_from(&[("account", answer(APPOINT.way(), "/account_id"))])
    .in_path(&[("realm", "shop"), ("account", ACCOUNT)])
    .refuses(&[Reason::NotYours]);

pub const CHANGE: Endpoint = put("/operator/people/{realm}/{account}")
    .title("修改人员角色", "Change what staff may do")
    .access(ADMINS)
    .zh(&["修改角色和门店，从下一个请求起生效。不能修改自己。"])
    .notes(&[
        "From the next request on; `admin` and `auditor` once another administrator confirms. A caller cannot change their own role.",
    ])
    .path_from(&[("account", answer(APPOINT.way(), "/account_id"))])
    .in_path(&[("realm", "shop"), ("account", ACCOUNT)])
    .takes(ROLE_WITH_SHOPS)
    .refuses(&[Reason::NotYours, Reason::WrongState])
    .may_say(&[(Reason::LastAdmin, "不能修改或锁定自己的账户")]);

pub const LOCK: Endpoint = put("/operator/people/{realm}/{account}/lock")
    .title("锁定账户", "Lock or unlock an account")
    .access(ADMINS)
    .zh(&["锁定后其会话立即失效。不能锁定自己。"])
    .notes(&["Locking ends all sessions at once. A caller cannot lock their own account, nor one that waits for confirmation."])
    .path_from(&[("account", answer(APPOINT.way(), "/account_id"))])
    .in_path(&[("realm", "shop"), ("account", ACCOUNT)])
    .takes(&[LOCKED.required(), REASON.optional()])
    .refuses(&[Reason::NotYours, Reason::WrongState])
    .may_say(&[(Reason::LastAdmin, "不能修改或锁定自己的账户")]);

pub const GIVE_PASSWORD: Endpoint = put("/operator/people/{realm}/{account}/password")
    .title("重设初始密码", "Give a new first password")
    .access(ADMINS)
    .zh(&["为忘记密码的人员重设初始密码，所有会话失效；24 小时内须在首次登录时修改。`reset_second_factor` 同时解除动态验证码。"])
    .notes(&[
        "All sessions end. The owner replaces the password at the first sign-in, within 24 hours.",
        "An administrator or auditor without a second factor, or whose second factor is reset, waits for confirmation by another administrator.",
    ])
    .path_from(&[("account", answer(APPOINT.way(), "/account_id"))])
    .in_path(&[("realm", "shop"), ("account", ACCOUNT)])
    .takes(&[
        NEW_PASSWORD
            .about("新的初始密码，8 至 128 个字符，不能是常见密码 · The new first password: 8–128 characters, not a common one")
            .example("a phrase for 52")
            .required(),
        RESET_SECOND_FACTOR.optional(),
    ])
    .refuses(&[Reason::NotYours, Reason::WeakPassword, Reason::WrongState])
    .may_say(&[(Reason::LastAdmin, "不能修改或锁定自己的账户")]);

pub const CONFIRM: Endpoint = post("/operator/people/{realm}/{account}/confirmation")
    .title("确认任命", "Confirm an appointment")
    .access(ADMINS)
    .zh(&["确认另一位管理员任命的管理员或审核员，从下一个请求起生效。任命人和本人不能确认。"])
    .notes(&["Of an administrator or auditor whom another administrator appointed. Confirming again changes nothing."])
    .path_from(&[("account", answer(APPOINT.way(), "/account_id"))])
    .in_path(&[("realm", "shop"), ("account", ACCOUNT)])
    .refuses(&[Reason::NotYours])
    .may_say(&[(Reason::Forbidden, "任命须由另一位管理员确认")]);

pub const SIGN_OUT: Endpoint = delete("/operator/people/{realm}/{account}/sessions")
    .title("强制退出", "End all sessions of an account")
    .access(ADMINS)
    .zh(&["强制该账户的所有会话退出。"])
    .path_from(&[("account", answer(APPOINT.way(), "/account_id"))])
    .in_path(&[("realm", "shop"), ("account", ACCOUNT)])
    .refuses(&[Reason::NotYours]);

pub async fn appoint(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let appointment = call.read(appointment)?;
    let member = app.people.appoint(&appointment, &actor(&app, &caller, &call)).await?;
    Success::content(&views::Member::of(&member))
}

/// `{"username","password","role","shops":"s1,s2"}`; the password is the first one, judged like any other.
fn appointment(fields: &mut Fields) -> Result<Appointment, Failure> {
    let username = fields.required(&NEW_USERNAME)?;
    let password = Password::choose(&fields.required(&NEW_PASSWORD)?, &[username.as_str()])?;
    let (role, shops) = role_with_shops(fields, None)?;
    Ok(Appointment { username, password, role, shops })
}

/// A role with its shops: shop staff work in one at least, the platform's in none.
fn role_with_shops(fields: &mut Fields, realm: Option<Realm>) -> Result<(Role, Vec<String>), Failure> {
    let name = halfwidth(&fields.required(&ROLE)?).to_ascii_lowercase();
    let role = GIVEN_ROLES.into_iter().find(|role| role.as_str() == name);
    let role = role.filter(|role| realm.is_none_or(|realm| role.realm() == realm));
    let role = role.ok_or_else(|| {
        Failure::malformed("role 应为 admin、auditor（平台）或 shop-manager、shop-staff（门店），且属于该账户的领域")
    })?;
    // Sent with commas, or as the list that is shown.
    let listed = fields.texts(&SHOPS)?.join(",");
    let mut shops: Vec<_> = listed.split(',').map(halfwidth).filter(|shop| !shop.is_empty()).collect();
    shops.sort();
    shops.dedup();
    let is_plain =
        |shop: &String| shop.len() <= 32 && shop.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let fits = if role.realm() == Realm::Shop { (1..=MOST_SHOPS).contains(&shops.len()) } else { shops.is_empty() };
    if !fits || !shops.iter().all(is_plain) {
        return Err(Failure::malformed("shops 应为 1 至 20 个以逗号分隔的门店 id；平台人员没有门店"));
    }
    Ok((role, shops))
}

/// All staff of a realm, or one account of any realm by the name with which it signs in.
pub async fn list(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    match call.read(Wanted::parse)? {
        Wanted::Staff { realm, after, most } => {
            let members = app.people.staff(realm, after.as_ref(), most).await?;
            Success::content(&views::Staff::of(&members, most))
        }
        Wanted::Named { realm, name } => {
            let person = app.people.named(realm, &name, call.now().real).await?;
            Success::content(&views::Person::of(&person))
        }
    }
}

enum Wanted {
    Staff { realm: Realm, after: Option<AccountId>, most: u8 },
    Named { realm: Realm, name: LoginName },
}

impl Wanted {
    /// `?realm=shop&after=…&limit=50` or `?realm=ev&username=wyc2002`
    fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let (realm, after) = (fields.required(&REALM)?, fields.optional(&AFTER)?);
        let most = most(fields)?;
        if let Some(name) = fields.optional(&USERNAME)? {
            return Ok(Self::Named { realm, name });
        }
        if !matches!(realm, Realm::Platform | Realm::Shop) {
            return Err(Failure::malformed("realm 应为 platform 或 shop；其他领域请给出 username"));
        }
        Ok(Self::Staff { realm, after, most })
    }
}

pub async fn one(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let (realm, account) = (Realm::parse(call.path("realm"))?, account(call.path("account"))?);
    Success::content(&views::Person::of(&app.people.person(realm, &account).await?))
}

/// An id that we gave. What cannot be one answers like an unknown one.
pub fn account(text: &str) -> Result<AccountId, Failure> {
    let is_plain =
        !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.@".contains(&b));
    if is_plain { Ok(AccountId::known(text)) } else { Err(Reason::NotYours.into()) }
}

pub async fn change(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (realm, account) = (Realm::parse(call.path("realm"))?, account(call.path("account"))?);
    let (role, shops, stated) = call.read(|fields| role_change(fields, realm))?;
    if !stated.is_empty() {
        stated.must_match(&views::Person::of(&app.people.person(realm, &account).await?))?;
    }
    let member = app.people.change_role(&account, role, shops, &actor(&app, &caller, &call)).await?;
    Success::content(&views::Member::of(&member))
}

/// What of a member of staff can be changed, and what is only sent back.
fn role_change(fields: &mut Fields, realm: Realm) -> Result<(Role, Vec<String>, Stated), Failure> {
    let (role, shops) = role_with_shops(fields, Some(realm))?;
    Ok((role, shops, fields.stated(&[("account_id", "账户编号"), ("realm", "用户群"), ("locked", "是否锁定")])))
}

pub async fn lock(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (realm, account) = (Realm::parse(call.path("realm"))?, account(call.path("account"))?);
    let form = call.read(Lock::parse)?;
    let actor = actor(&app, &caller, &call);
    let person = app.people.lock((realm, &account), form.locked, &form.reason, &actor).await?;
    Success::content(&views::Person::of(&person))
}

/// `{"locked":true,"reason":"…"}`
struct Lock {
    locked: bool,
    reason: String,
}

impl Lock {
    fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        Ok(Self { locked: fields.flag(&LOCKED)?, reason: fields.optional(&REASON)?.unwrap_or_default() })
    }
}

fn reason(text: &str) -> Result<String, Failure> {
    if text.chars().count() > 200 || text.chars().any(is_invisible) {
        return Err(Failure::malformed("reason 最多 200 个字符，不能包含不可见字符"));
    }
    Ok(text.to_owned())
}

/// A first password again, for staff who have lost theirs.
pub async fn give_password(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (realm, account) = (Realm::parse(call.path("realm"))?, account(call.path("account"))?);
    let given = call.read(first_password)?;
    let member = app.people.give_password((realm, &account), &given, &actor(&app, &caller, &call)).await?;
    Success::content(&views::Member::of(&member))
}

fn first_password(fields: &mut Fields) -> Result<FirstPassword, Failure> {
    let password = fields.required(&NEW_PASSWORD)?;
    let reset_second_factor = fields.optional_flag(&RESET_SECOND_FACTOR)?.unwrap_or(false);
    Ok(FirstPassword { password, reset_second_factor })
}

/// Confirms an appointment or a role that another administrator gave.
pub async fn confirm(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let (realm, account) = (Realm::parse(call.path("realm"))?, account(call.path("account"))?);
    let member = app.people.confirm(realm, &account, &actor(&app, &caller, &call)).await?;
    Success::content(&views::Member::of(&member))
}

pub async fn sign_out(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let (realm, account) = (Realm::parse(call.path("realm"))?, account(call.path("account"))?);
    app.people.sign_out((realm, &account), &actor(&app, &caller, &call)).await?;
    Ok(Success::Nothing)
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::views::{Member, Person, Staff};
    use super::{ACCOUNT, APPOINT, CHANGE, CONFIRM, GIVE_PASSWORD, LIST, LOCK, ONE, SIGN_OUT};
    use describe::{Answers, Operation, plain};
    use serde_json::{Value, json};

    pub fn operations() -> Vec<Operation> {
        vec![
            APPOINT.answers(plain::content::<Member<'static>>(member())),
            LIST.answers(plain::content::<Staff<'static>>(json!({ "people": [member()], "next": null })))
                .or_answers("With `username`", plain::content::<Person<'static>>(person(false))),
            ONE.answers(plain::content::<Person<'static>>(person(false))),
            CHANGE.answers(plain::content::<Member<'static>>(member())),
            LOCK.answers(plain::content::<Person<'static>>(person(true))),
            GIVE_PASSWORD.answers(plain::content::<Member<'static>>(member())),
            CONFIRM.answers(plain::content::<Member<'static>>(member())),
            SIGN_OUT.answers(plain::nothing()),
        ]
    }

    fn member() -> Value {
        json!({
            "account_id": ACCOUNT, "realm": "shop", "username": "wang.xiaoming", "role": "shop-manager",
            "shops": ["S1", "S2"], "created_at": "2026-06-01T08:30:05+08:00", "proposed": null
        })
    }

    fn person(locked: bool) -> Value {
        json!({
            "account_id": ACCOUNT, "realm": "shop", "role": "shop-manager", "shops": ["S1", "S2"], "locked": locked,
            "live_sessions": u8::from(!locked)
        })
    }
}
