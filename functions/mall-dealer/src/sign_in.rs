//! Dealers register and sign in.

use crate::{
    App,
    codes::{DEVICE, LETTERS, SEND_CODE, SEND_PICTURE},
    views,
};
use shared::{
    domain::{
        password::Password,
        phone::Phone,
        reason::{Failure, Reason},
    },
    service::dealer::DealerRegistration,
    wire::{
        Access, Before, Call, Endpoint, Fields, before,
        mall::{Spelling, Success},
        mall_user::{PHONE_NUM, TELEPHONE},
        person::{NEW_PASSWORD, PASSWORD},
        picture, post, sms,
    },
};
use std::sync::Arc;

const REGISTERED: &[Before] = &[before(REGISTER.way())];

pub const LOGIN: Endpoint = post("/user/dealer/login")
    .number(18)
    .title("用户登录", "Sign in as a dealer")
    .access(Access::Public)
    .zh(&["用手机号和密码登录，返回资料，令牌在 `X-Access-Token` 中。`gender`：0 未知，1 男，2 女，3 第三性。"])
    .notes(&[
        "One text for a wrong password and an unknown telephone; the setting `MALL_TELL_UNKNOWN_USER` brings the document's second one back.",
        "`gender` is 0 unknown, 1 male, 2 female, 3 third: the table's «1:未知 1:男» is a slip. The example has full-width commas, the answer has not.",
    ])
    .after(REGISTERED)
    .takes(&[TELEPHONE.required(), PASSWORD.required()])
    .refuses(&[Reason::WrongCredentials, Reason::SecondProofWanted])
    .may_say(&[(Reason::WrongCredentials, "用户不存在")]);

pub const REGISTER: Endpoint = post("/user/dealer/register")
    .number(23)
    .title("用户注册", "Register as a dealer, and be signed in")
    .access(Access::Public)
    .zh(&["注册成功即登录，令牌在 `X-Access-Token` 中。先校验图形验证码，再校验短信验证码；密码过弱时两个验证码都不会失效。"])
    .notes(&[
        "The failures that the document prints are those of #18. Here the letters are looked at first, then the code, then the telephone.",
        "Both codes are spent with the account that they make, or neither. A weak password spends none.",
    ])
    .takes(&[
        DEVICE.required(),
        TELEPHONE.required(),
        PHONE_NUM.required().from(sms(SEND_CODE.way(), "telephone")),
        LETTERS.required().from(picture(SEND_PICTURE.way())),
    ])
    .takes(&[NEW_PASSWORD.required()])
    .refuses(&[Reason::WrongCaptcha, Reason::WrongCode, Reason::UsernameTaken, Reason::WeakPassword]);

pub async fn log_in(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let form = call.read(Login::parse)?;
    let (issued, profile) = app.dealers.log_in(&form.phone, form.password, call.origin(), call.now().real).await?;
    let answer = Success::data(Spelling::Number, &views::Dealer::of(&profile))?;
    Ok(answer.with_token(issued.token))
}

/// #18
struct Login {
    phone: Phone,
    password: Password,
}

impl Login {
    fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        Ok(Self { phone: fields.required(&TELEPHONE)?, password: fields.required(&PASSWORD)? })
    }
}

pub async fn register(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let wish = call.read(registration)?;
    let (issued, profile) = app.dealers.register(wish, call.origin(), call.now().real).await?;
    let answer = Success::data(Spelling::Number, &views::Dealer::of(&profile))?;
    Ok(answer.with_token(issued.token))
}

/// #23: the password is judged before the code, so that a weak one spends none.
fn registration(fields: &mut Fields) -> Result<DealerRegistration, Failure> {
    let (device, phone) = (fields.required(&DEVICE)?, fields.required(&TELEPHONE)?);
    let (code, guess) = (fields.required_text(&PHONE_NUM)?, fields.required(&LETTERS)?);
    let password = Password::choose(&fields.required(&NEW_PASSWORD)?, &[phone.digits()])?;
    Ok(DealerRegistration { device, phone, code: PHONE_NUM.parse(&code)?, guess, password })
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{LOGIN, REGISTER};
    use crate::views;
    use describe::{Answers, Operation, mall};
    use serde_json::{Value, json};
    use shared::wire::mall::Spelling;

    pub fn operations() -> Vec<Operation> {
        vec![
            LOGIN.answers(mall::data::<views::Dealer<'static>>(Spelling::Number, &dealer()).with_token()),
            REGISTER.answers(mall::data::<views::Dealer<'static>>(Spelling::Number, &dealer()).with_token()),
        ]
    }

    const FAVICON: &str = "https://api.example.com/user/dealer/favicon/5d41402abc4b2a76b9719d911017c592-7d793037a0760186574b0282f2f435e7.jpg";

    fn dealer() -> Value {
        json!({ "telephone": "13912345678", "nickName": "老王车行", "favicon": FAVICON, "gender": 2, "status": 0 })
    }
}
