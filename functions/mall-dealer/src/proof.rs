//! What a dealer changes with a proof: the password and the telephone.

use crate::{
    App, DEALERS,
    codes::{DEVICE, SEND_CODE},
    sign_in::REGISTER,
};
use shared::{
    domain::{
        dealer::DealerUsername,
        password::Password,
        reason::{Failure, Reason},
        session::Caller,
    },
    service::dealer::{DealerPasswordChange, DealerPhoneChange},
    wire::{
        Access, Before, Call, Endpoint, Field, Fields, before,
        mall::{Spelling, Success},
        mall_user::{PHONE_NUM, TELEPHONE},
        post, sms,
    },
};
use std::sync::Arc;

const REGISTERED: &[Before] = &[before(REGISTER.way())];
pub const OWN: &str = "`username` (账号), which nothing gives out, is the account's telephone or its id. Another account's, or an unknown one: 403.";
pub const ACCOUNT: Field<DealerUsername> = Field::new("username", |text| Ok(DealerUsername::read(text)))
    .about("账号，即手机号或账号 id · The account: its mobile number or id")
    .example("13912345678");

const OLD_PASSWORD: Field<Password> =
    Field::new("oldPS", |text| Ok(Password::typed(text))).about("旧密码 · The old password").example("123456wyc");
const NEW_PS: Field<String> = Field::text("newPS")
    .about("新密码，8 至 128 个字符，不能是常见密码 · The new password: 8–128 characters, not a common one")
    .example("another phrase 7")
    .rule(Password::RULE);

pub const CHANGE_PASSWORD: Endpoint = post("/user/dealer/reset")
    .number(24)
    .title("重置密码", "Change the password")
    .access(Access::Public)
    .zh(&["凭旧密码修改密码，无需登录。所有会话失效，新令牌在 `X-Access-Token` 中。忘记密码请用 `POST /auth/password/reset`。"])
    .notes(&[
        "Called «reset», but the old password proves it, with or without a session and under the throttle of #18. Forgotten ones: `POST /auth/password/reset`.",
        "`username` (账号) is the account's telephone or its id; an unknown one is answered like a wrong password.",
        "All sessions end; the answer brings a new one. The owner is told by SMS.",
    ])
    .after(REGISTERED)
    .takes(&[ACCOUNT.required(), OLD_PASSWORD.required(), NEW_PS.required()])
    .refuses(&[Reason::WrongOldPassword, Reason::SecondProofWanted, Reason::WeakPassword]);

pub const EDIT_PHONE: Endpoint = post("/user/dealer/editPhone")
    .number(25)
    .title("更换手机号码", "Change the telephone")
    .access(DEALERS)
    .zh(&[
        "更换手机号，要求十分钟内登录过，验证码发到新手机（#19，带会话）。所有会话失效，新令牌在 `X-Access-Token` 中。",
    ])
    .notes(&[
        "With a sign-in of the last ten minutes, and a code that went to the new number (#19, with this session).",
        OWN,
        "All sessions end; the answer brings a new one. The old number is told by SMS.",
    ])
    .takes(&[
        ACCOUNT.required(),
        TELEPHONE.about("新手机号 · The new number").example("13912345679").required(),
        DEVICE.required(),
        PHONE_NUM
            .about("发到新手机的短信验证码 · The code sent to the new number")
            .required()
            .from(sms(SEND_CODE.way(), "telephone")),
    ])
    .refuses(&[Reason::RecentSignInWanted, Reason::NotYours, Reason::WrongCode, Reason::PhoneTaken]);

pub async fn change_password(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let wish = call.read(new_password)?;
    let issued = app.dealers.change_password(wish, call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Number).with_token(issued.token))
}

/// #24
fn new_password(fields: &mut Fields) -> Result<DealerPasswordChange, Failure> {
    let (named, old) = (fields.required(&ACCOUNT)?, fields.required(&OLD_PASSWORD)?);
    Ok(DealerPasswordChange { named, old, new: fields.required(&NEW_PS)? })
}

pub async fn edit_phone(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let wish = call.read(new_phone)?;
    let issued = app.dealers.change_phone(&caller, wish, call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Number).with_token(issued.token))
}

/// #25
fn new_phone(fields: &mut Fields) -> Result<DealerPhoneChange, Failure> {
    let (named, phone) = (fields.required(&ACCOUNT)?, fields.required(&TELEPHONE)?);
    Ok(DealerPhoneChange { named, phone, device: fields.required(&DEVICE)?, code: fields.required(&PHONE_NUM)? })
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{CHANGE_PASSWORD, EDIT_PHONE};
    use describe::{Answers, Operation, mall};
    use shared::wire::mall::Spelling;

    pub fn operations() -> Vec<Operation> {
        vec![
            CHANGE_PASSWORD.answers(mall::done(Spelling::Number).with_token()),
            EDIT_PHONE.answers(mall::done(Spelling::Number).with_token()),
        ]
    }
}
