//! What the reference says of these endpoints.

use crate::{Empty, Issued, routes};
use describe::{Described, Document, may, need, plain, post};
use serde_json::json;
use shared::domain::reason::Reason;

pub fn describe() -> Described {
    let operations = vec![
        post("/auth/token", "获取凭证", "Sign in to a realm")
            .note("Either `username` and `password`, or `telephone` and the `code` that `/auth/code` sent for `login`.")
            .note("The token comes in the body and in `X-Access-Token`.")
            .note("A wrong code, an unknown number, a wrong password and an account of another zone are one answer.")
            .takes([
                need("realm", "用户群", "ev").one_of(REALMS),
                may("username", "用户名", "wyc2002"),
                may("password", "密码", "123456wyc"),
                may("telephone", "手机号", "13800138000"),
                may("code", "短信验证码", "123456"),
                may("zone", "区域; only of realm `cloud`, else the default one", "ac1"),
            ])
            .refuses(&[Reason::WrongCredentials, Reason::SecondProofWanted])
            .answers(
                plain::content::<Issued>(json!({ "token": "eyJhbGciOiJFZERTQSJ9.eyJz….…", "expires_in": 43200 }))
                    .with_token(),
            ),
        post("/auth/code", "获取短信验证码", "Have an SMS code sent")
            .note("The answer is the same whether or not the number has an account; only one that has gets a message.")
            .note("`change`, with a driver's session: a code for `PUT /customer/customers/phone`, whoever has the number.")
            .note("Throttled by number, address and realm: 429 with `Retry-After`.")
            .takes([
                need("realm", "用户群", "ev").one_of(REALMS),
                need("telephone", "手机号", "13800138000"),
                need("purpose", "用途", "login").one_of(&["login", "reset", "change"]),
            ])
            .refuses(&[Reason::Unauthorized])
            .answers(plain::content::<Empty>(json!({}))),
        post("/auth/password/reset", "重置密码", "Set a forgotten password anew")
            .note("Takes a code that `/auth/code` sent for `reset`. A weak password is refused before the code is looked at.")
            .note("All sessions end, the wait after wrong passwords too, and the owner is told by SMS.")
            .takes([
                need("realm", "用户群", "ev").one_of(REALMS),
                need("telephone", "手机号", "13800138000"),
                need("code", "短信验证码", "123456"),
                need("password", "新密码", "another phrase 7"),
            ])
            .refuses(&[Reason::WrongCode, Reason::WeakPassword])
            .answers(plain::content::<Empty>(json!({}))),
        post("/auth/logout", "退出登录", "End this session").answers(plain::nothing()),
    ];
    Described::new("session", Document::Sessions, &routes(), operations)
}

const REALMS: &[&str] = &["ev", "mall-consumer", "mall-agent", "mall-dealer", "cloud", "shop", "platform"];
