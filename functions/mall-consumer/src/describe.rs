//! What the reference says of these endpoints.

use crate::routes;
use describe::{Described, Document, mall, need, post};
use shared::{domain::reason::Reason, wire::mall::Spelling};

pub fn describe() -> Described {
    let operations = vec![
        post("/user/custom/sendPhoneNum", "获取短信验证码", "Have an SMS code sent to a consumer")
            .number(8)
            .note(
                "The answer is the same whether or not somebody has the number. Too many: HTTP 429 with `Retry-After`.",
            )
            .note(
                "A code is good for five minutes, five tries and the `openId` that asked for it; a newer one kills it.",
            )
            .takes([
                need("openId", "微信用户唯一标识: 1–128 visible ASCII characters", "oGZUI0egBJY1zhBYw2KhdUfwVJJE"),
                need("telephone", "电话号码", "13912345678"),
            ])
            .answers(mall::done(Spelling::Number)),
        post("/user/custom/verifyPhoneNum", "验证短信", "Sign in as a consumer")
            .number(9)
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
    ];
    Described::new("mall-consumer", Document::MallUsers, &routes(), operations)
}
