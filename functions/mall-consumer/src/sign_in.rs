//! Consumers sign in with a code.

use crate::App;
use shared::{
    domain::{
        open_id::OpenId,
        phone::Phone,
        reason::{Failure, Reason},
    },
    service::mall_user::CodeWithOpenId,
    wire::{
        Access, Call, Endpoint, Fields,
        mall::{Spelling, Success},
        mall_user::{OPEN_ID, PHONE_NUM, TELEPHONE},
        post, sms,
    },
};
use std::sync::Arc;

pub const SEND_CODE: Endpoint = post("/user/custom/sendPhoneNum")
    .number(8)
    .title("获取短信验证码", "Have an SMS code sent to a consumer")
    .access(Access::Public)
    .zh(&["向手机发送验证码，五分钟内有效，最多尝试五次；同一手机每分钟一条。无论号码是否已注册，响应都相同。"])
    .notes(&[
        "The answer is the same whether or not the number has an account. Too many: HTTP 429 with `Retry-After`.",
        "A code is good for five minutes, five tries and the `openId` that asked for it; a newer one kills it.",
    ])
    .takes(&[
        OPEN_ID
            .about("微信用户唯一标识，1 至 128 个可见 ASCII 字符 · The WeChat user: 1–128 visible ASCII characters")
            .required(),
        TELEPHONE.required(),
    ]);

pub const SIGN_IN: Endpoint = post("/user/custom/verifyPhoneNum")
    .number(9)
    .title("验证短信", "Sign in as a consumer")
    .access(Access::Public)
    .zh(&[
        "验证短信即登录，新号码自动创建账号，令牌在 `X-Access-Token` 中。每个验证码只能用一次。",
        "注意：本文档中 `phoneNum` 是验证码，`telephone` 是手机号。",
    ])
    .notes(&[
        "This is the sign-in: a right code is used up, a telephone that is new gets its account.",
        "The `openId` is bound to the telephone's account, away from any account that had it.",
        "In this document `phoneNum` is the code, and `telephone` the number.",
    ])
    .takes(&[OPEN_ID.required(), TELEPHONE.required(), PHONE_NUM.required().from(sms(SEND_CODE.way(), "telephone"))])
    .refuses(&[Reason::WrongCode]);

pub async fn send_code(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let (open_id, phone) = call.read(open_id_and_phone)?;
    app.consumers.send_code(None, (&open_id, phone), call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Number))
}

/// #8
fn open_id_and_phone(fields: &mut Fields) -> Result<(OpenId, Phone), Failure> {
    Ok((fields.required(&OPEN_ID)?, fields.required(&TELEPHONE)?))
}

pub async fn sign_in(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let given = call.read(code_given)?;
    let issued = app.consumers.sign_in(given, call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Text).with_token(issued.token))
}

/// #9
fn code_given(fields: &mut Fields) -> Result<CodeWithOpenId, Failure> {
    let (open_id, phone) = open_id_and_phone(fields)?;
    Ok(CodeWithOpenId { open_id, phone, code: fields.required(&PHONE_NUM)? })
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{SEND_CODE, SIGN_IN};
    use describe::{Answers, Operation, mall};
    use shared::wire::mall::Spelling;

    pub fn operations() -> Vec<Operation> {
        vec![SEND_CODE.answers(mall::done(Spelling::Number)), SIGN_IN.answers(mall::done(Spelling::Text).with_token())]
    }
}
