//! Getting a credential and giving it back.

use crate::{
    App,
    staff::{RECOVERY_CODE, TOTP, second_proof},
};
use serde::Serialize;
use shared::{
    auth::tokens::IssuedToken,
    domain::{
        account::{LoginName, Realm},
        otp::{Binding, Code, Purpose},
        password::Password,
        phone::Phone,
        reason::{Failure, Reason},
        second_factor::SecondProof,
        session::Caller,
        staff::SignInStep,
    },
    service::{code_sign_in::CodeGiven, codes::Ask, sign_in::Attempt},
    wire::{
        Access, Call, Endpoint, Field, Fields, Way, before, missing,
        person::{CODE, NEW_PASSWORD, PASSWORD, REALM, TELEPHONE, USERNAME},
        plain::Success,
        post, sms,
    },
};
use std::sync::Arc;

const ZONE: Field<String> = Field::text("zone")
    .about("区域，仅用于 cloud，默认区域可不填 · The zone, of realm `cloud` alone; the default one if left out")
    .example("ac1");
const PURPOSE: Field<String> = Field::text("purpose")
    .about("用途：login 登录，reset 重置密码，change 换绑手机 · What the code is for")
    .example("login")
    .one_of(&["login", "reset", "change"]);

pub const SIGN_IN: Endpoint = post("/auth/token")
    .title("获取凭证", "Sign in to a realm")
    .access(Access::Public)
    .zh(&[
        "登录任一用户群：`username` 加 `password`，或 `telephone` 加 `/auth/code` 发来的 `code`（二选一）。",
        "令牌在响应体和 `X-Access-Token` 中，`expires_in` 为有效秒数。失败一律 401，不区分原因。",
        "应答头 `X-Device-Token` 标识本设备，请保存并在以后登录、获取验证码时带上：他人试错不会影响已登录过的设备。",
    ])
    .notes(&[
        "Either `username` and `password`, or `telephone` and the `code` that `/auth/code` sent for `login`.",
        "The token comes in the body and in `X-Access-Token`.",
        "Keep `X-Device-Token` and send it with later sign-ins and asks for codes: guesses of others then do not lock this device out.",
        "Staff of the platform and of shops with a second factor send `totp` or `recovery_code` beside the password; without one the answer is 403 `second_factor_required`, and no session.",
        "`next` names the step that is left, which is all that the session opens, for 15 minutes: `change_password` (`POST /auth/password`) or `enrol_second_factor` (`POST /auth/second-factor`).",
        "A wrong code, an unknown number, a wrong password and an account of another zone are one answer.",
    ])
    .after(&[before(Way::to("POST /u/register"))])
    .takes(&[
        REALM.required(),
        USERNAME.about("用户名，与密码一起使用 · The user name, with a password").optional(),
        PASSWORD.optional(),
        TELEPHONE.about("手机号，与验证码一起使用 · Mobile number, with a code").optional().left_out(),
        CODE.optional().left_out(),
        TOTP.optional().left_out(),
        RECOVERY_CODE.optional().left_out(),
        ZONE.optional().left_out(),
    ])
    .refuses(&[
        Reason::WrongCredentials,
        Reason::SecondProofWanted,
        Reason::SecondFactorWanted,
        Reason::FirstPasswordExpired,
        Reason::WrongCode,
    ]);

pub const SEND_CODE: Endpoint = post("/auth/code")
    .title("获取短信验证码", "Have an SMS code sent")
    .access(Access::Known(&[Realm::Ev]))
    .zh(&["发送登录、重置密码或换绑手机的验证码。无论号码是否已注册，响应都相同，只有已注册的号码会收到短信。"])
    .notes(&[
        "The answer is the same whether or not the number has an account; only one that has gets a message.",
        "`change`, with a driver's session: a code for `PUT /customer/customers/phone`, no matter who has the number.",
        "Throttled by number, address and realm: 429 with `Retry-After`.",
    ])
    .takes(&[REALM.required(), TELEPHONE.required(), PURPOSE.required()])
    .refuses(&[Reason::Unauthorized]);

pub const RESET_PASSWORD: Endpoint = post("/auth/password/reset")
    .title("重置密码", "Set a forgotten password anew")
    .access(Access::Public)
    .zh(&["凭 `reset` 验证码设置新密码，所有会话失效，并短信通知本人。"])
    .notes(&[
        "Takes a code that `/auth/code` sent for `reset`. A weak password is refused before the code is looked at.",
        "All sessions end, the wait after wrong passwords too, and the owner is told by SMS.",
    ])
    .after(&[before(Way::to("PUT /customer/customers/phone"))])
    .takes(&[
        REALM.required(),
        TELEPHONE.required(),
        CODE.required().from(sms(SEND_CODE.way(), "telephone").with(&[("purpose", "reset")])),
        NEW_PASSWORD
            .about("新密码，8 至 128 个字符，不能是常见密码 · The new password: 8–128 characters, not a common one")
            .example("another phrase 7")
            .required(),
    ])
    .refuses(&[Reason::WrongCode, Reason::WeakPassword]);

/// `{}`
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Empty {}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Issued<'a> {
    token: &'a str,
    expires_in: i64,
    /// The step of the sign-in that is left, which is all that the session opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'static str>,
}

impl<'a> Issued<'a> {
    pub fn of(issued: &'a IssuedToken) -> Self {
        let next = issued.step.map(SignInStep::as_str);
        Self { token: issued.token.expose_secret(), expires_in: issued.expires_in.as_secs(), next }
    }
}

pub async fn token(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let Token { realm, proof, zone } = call.read(Token::parse)?;
    let (origin, now) = (call.origin(), call.now().real);
    // A zone that does not exist has no accounts.
    let named = || app.zones.named(&zone).map_err(|_| Failure::from(Reason::WrongCredentials));
    let zone = if realm == Realm::Cloud { Some(named()?) } else { None };
    let issued = match proof {
        Proof::Password { name, password, second } => {
            app.sign_in.with_password_in(&Attempt { realm, name, password, second, origin, now }, zone.as_ref()).await?
        }
        Proof::Code { phone, code } => {
            let given = CodeGiven { realm, phone, code, origin, now };
            app.sign_in.with_code_in(&app.codes, &given, zone.as_ref()).await.map_err(as_credentials)?
        }
    };
    Ok(Success::content(&Issued::of(&issued))?.with_token(issued.token.clone()))
}

/// A realm, and the proof of being of it.
struct Token {
    realm: Realm,
    proof: Proof,
    /// Where an account of the portal signs in; elsewhere it says nothing.
    zone: String,
}

enum Proof {
    Password { name: LoginName, password: Password, second: Option<SecondProof> },
    Code { phone: Phone, code: Code },
}

impl Token {
    fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let realm = fields.required(&REALM)?;
        let (telephone, code) = (fields.optional_text(&TELEPHONE)?, fields.optional_text(&CODE)?);
        let (name, password) = (fields.optional(&USERNAME)?, fields.optional(&PASSWORD)?);
        let second = second_proof(fields)?;
        let proof = match (telephone, code) {
            (Some(telephone), Some(code)) => {
                // What cannot be a code is a wrong one, and answered as such.
                let code = CODE.parse(&code).map_err(|_| Reason::WrongCredentials)?;
                Proof::Code { phone: TELEPHONE.parse(&telephone)?, code }
            }
            _ => Proof::Password {
                name: name.ok_or_else(|| missing(USERNAME.name()))?,
                password: password.ok_or_else(|| missing(PASSWORD.name()))?,
                second,
            },
        };
        Ok(Self { realm, proof, zone: fields.optional(&ZONE)?.unwrap_or_default() })
    }
}

/// Here a code takes a password's place, and a wrong one its answer.
fn as_credentials(failure: Failure) -> Failure {
    if failure.reason() == Reason::WrongCode { Reason::WrongCredentials.into() } else { failure }
}

pub async fn code(app: Arc<App>, caller: Option<Caller>, mut call: Call) -> Result<Success, Failure> {
    let binding = call.read(|fields| code_for(fields, caller.as_ref()))?;
    let ask = Ask {
        // A number that an account is about to get has no account yet.
        only_known: binding.purpose.account().is_none(),
        binding,
        addition: None,
        captcha_after: None,
        origin: call.origin(),
        now: call.now().real,
    };
    app.codes.ask(&ask).await?;
    Success::content(&Empty {})
}

/// What a code is wanted for: with a session of the realm, also for a change of that account.
fn code_for(fields: &mut Fields, caller: Option<&Caller>) -> Result<Binding, Failure> {
    let (product, phone) = (fields.required(&REALM)?, fields.required(&TELEPHONE)?);
    let account = caller.filter(|caller| caller.realm == product).map(|caller| &caller.account);
    let purpose = Purpose::parse(&fields.required(&PURPOSE)?, account)?;
    Ok(Binding { product, purpose, phone, device: None })
}

pub async fn reset(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let Reset { realm, phone, code, password } = call.read(Reset::parse)?;
    let shortest = if realm == Realm::Cloud { app.cloud_password_min } else { Password::SHORTEST };
    let given = CodeGiven { realm, phone, code, origin: call.origin(), now: call.now().real };
    app.sign_in.reset_password(&app.codes, &given, (&password, shortest)).await?;
    Success::content(&Empty {})
}

struct Reset {
    realm: Realm,
    phone: Phone,
    code: Code,
    password: String,
}

impl Reset {
    fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        Ok(Self {
            realm: fields.required(&REALM)?,
            phone: fields.required(&TELEPHONE)?,
            code: fields.required(&CODE)?,
            password: fields.required(&NEW_PASSWORD)?,
        })
    }
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{Empty, Issued, RESET_PASSWORD, SEND_CODE, SIGN_IN};
    use describe::{Answers, Operation, plain};
    use serde_json::{Value, json};

    pub fn token() -> Value {
        json!({ "token": "eyJhbGciOiJFZERTQSJ9.eyJz….…", "expires_in": 43200 })
    }

    pub fn operations() -> Vec<Operation> {
        vec![
            SIGN_IN.answers(plain::content::<Issued>(token()).with_token()),
            SEND_CODE.answers(plain::content::<Empty>(json!({}))),
            RESET_PASSWORD.answers(plain::content::<Empty>(json!({}))),
        ]
    }
}
