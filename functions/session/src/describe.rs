//! What the reference says of these endpoints.

use crate::{Empty, Issued, routes};
use describe::{Described, Document, before, may, need, plain, post, sms};
use serde_json::json;
use shared::domain::reason::Reason;

pub fn describe() -> Described {
    let operations = vec![
        post("/auth/token", "获取凭证", "Sign in to a realm")
            .after(&[before("POST /u/register")])
            .zh("登录任一用户群：`username` 加 `password`，或 `telephone` 加 `/auth/code` 发来的 `code`（二选一）。")
            .zh("令牌在响应体和 `X-Access-Token` 中，`expires_in` 为有效秒数。失败一律 401，不区分原因。")
            .note("Either `username` and `password`, or `telephone` and the `code` that `/auth/code` sent for `login`.")
            .note("The token comes in the body and in `X-Access-Token`.")
            .note("A wrong code, an unknown number, a wrong password and an account of another zone are one answer.")
            .takes([
                need("realm", "用户群 · The realm", "ev").one_of(REALMS),
                may("username", "用户名，与密码一起使用 · The user name, with a password", "wyc2002"),
                may("password", "密码 · The password", "123456wyc"),
                may("telephone", "手机号，与验证码一起使用 · Mobile number, with a code", "13800138000").left_out(),
                may("code", "短信验证码 · The SMS code", "123456").left_out(),
                may("zone", "区域，仅用于 cloud，默认区域可不填 · The zone, of realm `cloud` alone; the default one if left out", "ac1").left_out(),
            ])
            .refuses(&[Reason::WrongCredentials, Reason::SecondProofWanted])
            .answers(
                plain::content::<Issued>(json!({ "token": "eyJhbGciOiJFZERTQSJ9.eyJz….…", "expires_in": 43200 }))
                    .with_token(),
            ),
        post("/auth/code", "获取短信验证码", "Have an SMS code sent")
            .zh("发送登录、重置密码或换绑手机的验证码。无论号码是否已注册，响应都相同，只有已注册的号码会收到短信。")
            .note("The answer is the same whether or not the number has an account; only one that has gets a message.")
            .note("`change`, with a driver's session: a code for `PUT /customer/customers/phone`, whoever has the number.")
            .note("Throttled by number, address and realm: 429 with `Retry-After`.")
            .takes([
                need("realm", "用户群 · The realm", "ev").one_of(REALMS),
                need("telephone", "手机号 · Mobile number", "13800138000"),
                need("purpose", "用途：login 登录，reset 重置密码，change 换绑手机 · What the code is for", "login").one_of(&["login", "reset", "change"]),
            ])
            .refuses(&[Reason::Unauthorized])
            .answers(plain::content::<Empty>(json!({}))),
        post("/auth/password/reset", "重置密码", "Set a forgotten password anew")
            .after(&[before("PUT /customer/customers/phone")])
            .zh("凭 `reset` 验证码设置新密码，所有会话失效，并短信通知本人。")
            .note("Takes a code that `/auth/code` sent for `reset`. A weak password is refused before the code is looked at.")
            .note("All sessions end, the wait after wrong passwords too, and the owner is told by SMS.")
            .takes([
                need("realm", "用户群 · The realm", "ev").one_of(REALMS),
                need("telephone", "手机号 · Mobile number", "13800138000"),
                need("code", "短信验证码 · The SMS code", "123456")
                    .from(sms("POST /auth/code", "telephone").with(&[("purpose", "reset")])),
                need("password", "新密码，8 至 128 个字符，不能是常见密码 · The new password: 8–128 characters, not a common one", "another phrase 7"),
            ])
            .refuses(&[Reason::WrongCode, Reason::WeakPassword])
            .answers(plain::content::<Empty>(json!({}))),
        post("/auth/logout", "退出登录", "End this session")
            .zh("退出登录，当前令牌立即失效。").answers(plain::nothing()),
    ];
    Described::new("session", Document::Sessions, &routes(), operations)
}

const REALMS: &[&str] = &["ev", "mall-consumer", "mall-agent", "mall-dealer", "cloud", "shop", "platform"];
