//! What the reference says of these endpoints.

use crate::routes;
use describe::{Described, Document, mall, need, post, sms};
use shared::{domain::reason::Reason, wire::mall::Spelling};

pub fn describe() -> Described {
    let operations = vec![
        post("/user/custom/sendPhoneNum", "获取短信验证码", "Have an SMS code sent to a consumer")
            .zh("向手机发送验证码，五分钟内有效，最多尝试五次；同一手机每分钟一条。无论号码是否已注册，响应都相同。")
            .number(8)
            .note(
                "The answer is the same whether or not somebody has the number. Too many: HTTP 429 with `Retry-After`.",
            )
            .note(
                "A code is good for five minutes, five tries and the `openId` that asked for it; a newer one kills it.",
            )
            .takes([
                need(
                    "openId",
                    "微信用户唯一标识，1 至 128 个可见 ASCII 字符 · The WeChat user: 1–128 visible ASCII characters",
                    "oGZUI0egBJY1zhBYw2KhdUfwVJJE",
                ),
                need("telephone", "手机号码 · Mobile number", "13912345678"),
            ])
            .answers(mall::done(Spelling::Number)),
        post("/user/custom/verifyPhoneNum", "验证短信", "Sign in as a consumer")
            .zh("验证短信即登录，新号码自动创建账号，令牌在 `X-Access-Token` 中。每个验证码只能用一次。")
            .zh("注意：本文档中 `phoneNum` 是验证码，`telephone` 是手机号。")
            .number(9)
            .note("This is the sign-in: a right code is used up, a telephone that is new gets its account.")
            .note("The `openId` is bound to the telephone's account, away from whatever account had it.")
            .note("In this document `phoneNum` is the code, and `telephone` the number.")
            .takes([
                need("openId", "微信用户唯一标识 · The WeChat user", "oGZUI0egBJY1zhBYw2KhdUfwVJJE"),
                need("telephone", "手机号码 · Mobile number", "13912345678"),
                need("phoneNum", "短信验证码 · The SMS code", "123456")
                    .from(sms("POST /user/custom/sendPhoneNum", "telephone")),
            ])
            .refuses(&[Reason::WrongCode])
            .answers(mall::done(Spelling::Text).with_token()),
    ];
    Described::new("mall-consumer", Document::MallConsumers, &routes(), operations)
}
