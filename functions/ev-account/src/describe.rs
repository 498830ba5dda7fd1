//! What the reference says of these endpoints.

use crate::{routes, views};
use describe::{Described, Document, before, ev_app, get, may, need, post};
use serde_json::json;
use shared::domain::reason::Reason;

pub fn describe() -> Described {
    let operations = vec![
        post("/u/login", "用户登录", "Sign in")
            .after(&[before("POST /u/register")])
            .zh("用用户名和密码登录，返回令牌 `token`，之后的请求都要带上它。")
            .zh("用户名不存在与密码错误的提示相同；尝试过多返回 429，按 `Retry-After` 等待。")
            .number(30)
            .note("The document's table calls both fields optional; both are needed.")
            .note("One text for a wrong password and an unknown name. Too many tries: HTTP 429 with `Retry-After`.")
            .as_form()
            .takes([
                need("username", "用户名，不区分大小写和全半角 · The user name; case and width do not matter", "wyc2002"),
                need("password", "密码 · The password", "123456wyc"),
            ])
            .refuses(&[Reason::WrongCredentials, Reason::SecondProofWanted])
            .answers(ev_app::token("登录成功")),
        post("/u/register", "用户注册", "Register, and be signed in")
            .zh("注册成功即登录，返回令牌 `token`。填写的车牌号成为第一辆绑定车辆，一个车牌只能属于一个用户。")
            .number(31)
            .note(
                "User name: 2–32 characters, no spaces, control characters or `#`; unique whatever its case or width.",
            )
            .note("A plate (GA 36-2018) has one holder; the one given here is the first bound vehicle.")
            .note("The document spells `battery_capcity` going in and `battery_capacity` coming out; both are read.")
            .note("The token is no function of user id and plate, as the document suggests: both can be guessed.")
            .as_form()
            .takes([
                need("username", "用户名，2 至 32 个字符，唯一 · The user name: 2–32 characters, unique", "wyc2002"),
                need("password", "密码，8 至 128 个字符，不能是常见密码 · The password: 8–128 characters, not a common one", "123456wyc"),
                need("email", "邮箱 · E-mail", "wengyuechuan@163.com"),
                may("license_plate", "车牌号，注册后即为第一辆绑定车辆 · Plate number, which becomes the first bound vehicle", "皖A12345"),
                may("battery_capcity", "汽车电池容量（kWh），最多三位小数 · Battery capacity in kWh: at most three decimals, at most 10,000", 60.5),
            ])
            .refuses(&[Reason::UsernameTaken, Reason::PlateTaken, Reason::WeakPassword])
            .answers(ev_app::token("注册成功")),
        get("/user/detail", "获取用户信息", "The signed-in driver")
            .zh("返回当前用户的资料，用于“我的”页面。未填写的字段为空字符串或 0。")
            .number(32)
            .note("Every field is always there: `\"\"` or `0` when unset. Times are RFC 3339 with `+08:00`.")
            .answers(ev_app::data::<views::Detail>(
                "获取用户信息成功",
                &json!({
                    "user_id": "1733412861", "username": "wyc2002", "email": "wengyuechuan@163.com",
                    "license_plate": "皖A12345", "battery_capacity": 60.5,
                    "created_at": "2026-06-01T08:30:05+08:00", "updated_at": "2026-06-01T08:30:05+08:00"
                }),
            )),
    ];
    Described::new("ev-account", Document::ChargingApp, &routes(), operations)
}
