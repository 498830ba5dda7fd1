//! What the reference says of these endpoints.

use crate::{routes, views};
use describe::{Described, Document, mall, need, post};
use serde_json::json;
use shared::{domain::reason::Reason, wire::mall::Spelling};

pub fn describe() -> Described {
    let operations = vec![
        post("/user/proxy/sendPhoneNum", "获取短信验证码", "Have an SMS code sent to an agent")
            .number(10)
            .note("The answer is the same whether or not somebody has the number. Too many: HTTP 429 with `Retry-After`.")
            .note("Without a session the code signs in (#11); with an agent's it serves that agent's change (#13) alone.")
            .takes([
                need("openId", "微信用户唯一标识: 1–128 visible ASCII characters", "oGZUI0egBJY1zhBYw2KhdUfwVJJE"),
                need("telephone", "电话号码", "13912345678"),
            ])
            .answers(mall::done(Spelling::Number)),
        post("/user/proxy/verifyPhoneNum", "验证短信", "Sign in as an agent")
            .number(11)
            .note("This is the sign-in: a right code is used up, a telephone that is new gets its account.")
            .note("The `openId` is bound to the telephone's account, away from whatever account had it.")
            .note("In this document `phoneNum` is the code, and `telephone` the number.")
            .takes([
                need("openId", "微信用户唯一标识", "oGZUI0egBJY1zhBYw2KhdUfwVJJE"),
                need("telephone", "手机号码", "13912345678"),
                need("phoneNum", "发送给手机的短信验证码", "123456"),
            ])
            .refuses(&[Reason::WrongCode])
            .answers(mall::done(Spelling::Text).with_token()),
        post("/user/proxy/identifyPUser", "判断用户是否通过认证", "How far an agent is certified")
            .number(12)
            .note("`status` stands in `data`, as the example has it. An agent asks about its own telephone, staff about any.")
            .note("Staff read 0 of a telephone that nobody has; an agent is refused one that is not its own.")
            .takes([need("telephone", "手机号码", "13912345678")])
            .refuses(&[Reason::NotYours])
            .answers(mall::data::<views::Certification>(Spelling::Text, &json!({ "status": 3 }))),
        post("/user/proxy/switchPUser", "切换账号", "Change to the account of another telephone")
            .number(13)
            .note("`phoneNum`, the code that this session had sent to the new number (#10), is ours and needed.")
            .note("The openId leaves this account for that of the new number, which is made if there is none.")
            .note("This session ends; the token is for the account of the new number.")
            .takes([
                need("telephone", "切换的新手机号码", "13800138000"),
                need("openId", "openId, of this session's account", "oGZUI0egBJY1zhBYw2KhdUfwVJJE"),
                need("phoneNum", "发送给新手机的短信验证码", "123456"),
            ])
            .refuses(&[Reason::WrongCode, Reason::PhoneTaken, Reason::NotYours])
            .answers(mall::done(Spelling::Text).with_token()),
    ];
    Described::new("mall-agent", Document::MallUsers, &routes(), operations)
}
