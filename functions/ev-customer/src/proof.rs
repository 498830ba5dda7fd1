//! What a driver changes with a proof, both extensions: the password and the telephone.

use crate::{App, DRIVERS, views};
use jiff::Timestamp;
use shared::{
    domain::{
        account::{LoginName, Realm},
        origin::Origin,
        password::Password,
        phone::Phone,
        reason::{Failure, Reason},
        session::Caller,
    },
    service::{
        customer::{DriverPhoneChange, SignInNames},
        password::PasswordChange,
    },
    wire::{Call, Endpoint, Field, Fields, SampleSource, Way, ev_customer::Success, person::CODE, put, sms},
};
use std::sync::Arc;

const NEW_NUMBER: SampleSource =
    sms(Way::to("POST /auth/code"), "phoneNum").with(&[("realm", "ev"), ("purpose", "change")]);
const OLD_PASSWORD: Field<Password> =
    Field::new("oldPassword", |text| Ok(Password::typed(text))).about("旧密码 · The old password").example("123456wyc");
const NEW_PASSWORD: Field<String> = Field::text("newPassword")
    .about("新密码，8 至 128 个字符，不能是常见密码 · The new password: 8–128 characters, not a common one")
    .example("another phrase 7")
    .rule(Password::RULE);
const PHONE: Field<Phone> = Field::new("phoneNum", Phone::parse)
    .or("telephone")
    .about("新手机号，也可用 telephone · The new number; `telephone` is read, too")
    .example("13800138000")
    .rule(Phone::RULE);

pub const CHANGE_PASSWORD: Endpoint = put("/customer/customers/password")
    .title("修改密码", "Change the password")
    .access(DRIVERS)
    .zh(&["扩展接口：验证旧密码后修改密码。其他会话失效，新令牌在 `X-Access-Token` 中。"])
    .notes(&["The old one proves it, under the throttle of signing in. All sessions end; the answer brings a new one."])
    .takes(&[OLD_PASSWORD.required(), NEW_PASSWORD.required()])
    .refuses(&[Reason::WrongOldPassword, Reason::SecondProofWanted, Reason::WeakPassword]);

pub const CHANGE_PHONE: Endpoint = put("/customer/customers/phone")
    .title("绑定手机", "Bind a phone, or another one")
    .access(DRIVERS)
    .zh(&["扩展接口：绑定或更换手机，要求十分钟内登录过，验证码发到新手机。其他会话失效，新令牌在 `X-Access-Token` 中。"])
    .notes(&[
        "With a sign-in of the last ten minutes, and a code that `/auth/code` sent to the new number with this session, for `change`.",
        "All sessions end; the answer brings a new one. The old number is told by SMS. One's own number again changes nothing, and brings none.",
    ])
    .takes(&[PHONE.required(), CODE.about("发到新手机的短信验证码 · The code sent to the new number").required().from(NEW_NUMBER)])
    .refuses(&[Reason::RecentSignInWanted, Reason::WrongCode, Reason::PhoneTaken]);

pub async fn change_password(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let known = app.customers.sign_in_names(&caller).await?;
    let form = call.read(|fields| Passwords::parse(fields, &known))?;
    let change = form.change(&caller, &known, call.origin(), call.now().real);
    let issued = app.customers.change_password(&known, &change).await?;
    Success::renewed(&views::Renewed::of(&issued), issued.token)
}

/// Our extension: the old password and the new one.
struct Passwords {
    old: Password,
    new: Password,
}

impl Passwords {
    fn parse(fields: &mut Fields, known: &SignInNames) -> Result<Self, Failure> {
        let (old, new) = (fields.required(&OLD_PASSWORD)?, fields.required(&NEW_PASSWORD)?);
        let phone = known.phone.as_ref().map_or("", Phone::digits);
        Ok(Self { old, new: Password::choose(&new, &[known.username.as_str(), known.email.as_str(), phone])? })
    }

    fn change<'c>(
        self,
        caller: &'c Caller,
        known: &SignInNames,
        origin: &'c Origin,
        now: Timestamp,
    ) -> PasswordChange<'c> {
        let name = LoginName::from(&known.username);
        let Self { old, new } = self;
        PasswordChange { realm: Realm::Ev, name, account: Some(&caller.account), old, new, origin, now }
    }
}

pub async fn change_phone(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let wish = call.read(new_phone)?;
    let issued = app.customers.change_phone(&caller, wish, call.origin(), call.now().real).await?;
    issued.map_or(Ok(Success::Done), |issued| Success::renewed(&views::Renewed::of(&issued), issued.token))
}

/// The number under the name that #2 has for it, and the code that went there.
fn new_phone(fields: &mut Fields) -> Result<DriverPhoneChange, Failure> {
    let phone = fields.optional(&PHONE)?.ok_or_else(|| Failure::malformed("缺少手机号").of(PHONE.name()))?;
    Ok(DriverPhoneChange { phone, code: fields.required(&CODE)? })
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{CHANGE_PASSWORD, CHANGE_PHONE};
    use crate::views;
    use describe::{Answer, Answers, Operation, ev_customer};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![
            CHANGE_PASSWORD.answers(renewed()),
            CHANGE_PHONE.answers(renewed()).or_answers("One's own number again: no new session", ev_customer::done()),
        ]
    }

    /// A new session: its token is in the header.
    fn renewed() -> Answer {
        ev_customer::data::<views::Renewed>(&json!({ "expires_in": 2_592_000 })).with_token()
    }
}
