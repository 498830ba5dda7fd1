//! Agents sign in with a code, change to another account, and ask how far they are certified.

use crate::{AGENTS, AGENTS_AND_STAFF, App, REALM, views};
use shared::{
    domain::{
        open_id::OpenId,
        phone::Phone,
        reason::{Failure, Reason},
        session::Caller,
    },
    service::mall_user::CodeWithOpenId,
    wire::{
        Access, Call, Endpoint, Fields, SampleSource,
        mall::{Spelling, Success},
        mall_user::{OPEN_ID, PHONE_NUM, TELEPHONE},
        post, sms,
    },
};
use std::sync::Arc;

const CODE: SampleSource = sms(SEND_CODE.way(), "telephone");

pub const SEND_CODE: Endpoint = post("/user/proxy/sendPhoneNum")
    .number(10)
    .title("获取短信验证码", "Have an SMS code sent to an agent")
    .access(Access::Known(REALM))
    .zh(&["向手机发送验证码，同一手机每分钟一条。无论号码是否已注册，响应都相同。"])
    .notes(&[
        "The answer is the same whether or not the number has an account. Too many: HTTP 429 with `Retry-After`.",
        "Without a session the code signs in (#11); with an agent's it serves that agent's change (#13) alone.",
    ])
    .takes(&[
        OPEN_ID
            .about("微信用户唯一标识，1 至 128 个可见 ASCII 字符 · The WeChat user: 1–128 visible ASCII characters")
            .required(),
        TELEPHONE.required(),
    ]);

pub const SIGN_IN: Endpoint = post("/user/proxy/verifyPhoneNum")
    .number(11)
    .title("验证短信", "Sign in as an agent")
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
    .takes(&[OPEN_ID.required(), TELEPHONE.required(), PHONE_NUM.required().from(CODE)])
    .refuses(&[Reason::WrongCode]);

pub const IDENTIFY: Endpoint = post("/user/proxy/identifyPUser")
    .number(12)
    .title("判断用户是否通过认证", "How far an agent is certified")
    .access(AGENTS_AND_STAFF)
    .zh(&["返回认证状态：0 未认证，1 审核中，2 未通过，3 已通过。代理商只能查询自己的手机号。"])
    .notes(&[
        "`status` stands in `data`, as the example has it. An agent asks about its own telephone, staff about any.",
        "Staff read 0 of a telephone without an account; an agent is refused one that is not its own.",
    ])
    .takes(&[TELEPHONE.required()])
    .refuses(&[Reason::NotYours]);

pub const SWITCH: Endpoint = post("/user/proxy/switchPUser")
    .number(13)
    .title("切换账号", "Change to the account of another telephone")
    .access(AGENTS)
    .zh(&[
        "把 `openId` 切换到另一手机号的账号，没有则新建。当前会话结束，新账号的令牌在 `X-Access-Token` 中。",
        "`phoneNum` 是发到新手机的验证码，为扩展的必填字段。",
    ])
    .notes(&[
        "`phoneNum`, the code that this session had sent to the new number (#10), is ours and needed.",
        "The openId leaves this account for that of the new number, which is made if there is none.",
        "This session ends; the token is for the account of the new number.",
    ])
    .takes(&[
        TELEPHONE.about("切换的新手机号码 · The number of the account to change to").example("13800138000").required(),
        OPEN_ID.about("当前账号的 openId · The `openId` of this session's account").required(),
        PHONE_NUM.about("发送给新手机的短信验证码 · The code sent to the new number").required().from(CODE),
    ])
    .refuses(&[Reason::WrongCode, Reason::PhoneTaken, Reason::NotYours]);

pub async fn send_code(app: Arc<App>, caller: Option<Caller>, mut call: Call) -> Result<Success, Failure> {
    let (open_id, phone) = call.read(open_id_and_phone)?;
    app.agents.users.send_code(caller.as_ref(), (&open_id, phone), call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Number))
}

/// #10
fn open_id_and_phone(fields: &mut Fields) -> Result<(OpenId, Phone), Failure> {
    Ok((fields.required(&OPEN_ID)?, fields.required(&TELEPHONE)?))
}

pub async fn sign_in(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let given = call.read(code_given)?;
    let issued = app.agents.users.sign_in(given, call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Text).with_token(issued.token))
}

/// #11, and #13, where the number is the new one.
fn code_given(fields: &mut Fields) -> Result<CodeWithOpenId, Failure> {
    let (open_id, phone) = open_id_and_phone(fields)?;
    Ok(CodeWithOpenId { open_id, phone, code: fields.required(&PHONE_NUM)? })
}

pub async fn identify(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let phone = call.read(|fields| fields.required(&TELEPHONE))?;
    let status = app.agents.status(&caller, &phone).await?;
    Success::data(Spelling::Text, &views::Certification { status: status.into() })
}

pub async fn switch(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let wish = call.read(code_given)?;
    let issued = app.agents.switch(&caller, wish, call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Text).with_token(issued.token))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{IDENTIFY, SEND_CODE, SIGN_IN, SWITCH};
    use crate::views;
    use describe::{Answers, Operation, mall};
    use serde_json::json;
    use shared::wire::mall::Spelling;

    pub fn operations() -> Vec<Operation> {
        vec![
            SEND_CODE.answers(mall::done(Spelling::Number)),
            SIGN_IN.answers(mall::done(Spelling::Text).with_token()),
            IDENTIFY.answers(mall::data::<views::Certification>(Spelling::Text, &json!({ "status": 3 }))),
            SWITCH.answers(mall::done(Spelling::Text).with_token()),
        ]
    }
}
