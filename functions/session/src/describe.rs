//! What the reference says of these endpoints.

use crate::{Token, routes};
use describe::{Described, Document, need, plain, post};
use serde_json::json;
use shared::domain::reason::Reason;

pub fn describe() -> Described {
    let operations = vec![
        post("/auth/token", "获取凭证", "Sign in to a realm")
            .note("The token comes in the body and in `X-Access-Token`.")
            .takes([
                need("realm", "用户群", "ev").one_of(REALMS),
                need("username", "用户名", "wyc2002"),
                need("password", "密码", "123456wyc"),
            ])
            .refuses(&[Reason::WrongCredentials])
            .answers(
                plain::content::<Token>(json!({ "token": "eyJhbGciOiJFZERTQSJ9.eyJz….…", "expires_in": 43200 }))
                    .with_token(),
            ),
        post("/auth/logout", "退出登录", "End this session").answers(plain::nothing()),
    ];
    Described::new("session", Document::Sessions, &routes(), operations)
}

const REALMS: &[&str] = &["ev", "mall-consumer", "mall-agent", "mall-dealer", "cloud", "shop", "platform"];
