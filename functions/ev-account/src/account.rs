//! A driver's account (user management, 用户管理): sign-in, registration, details.

use crate::{App, DRIVERS, views};
use shared::{
    domain::{
        account::{BatteryCapacity, LoginName, Realm, Username},
        password::Password,
        reason::{Failure, Reason},
        session::Caller,
        vehicle::Plate,
    },
    service::{driver::DriverRegistration, sign_in::Attempt},
    wire::{
        Access, Bounds, Call, Endpoint, Example, Field, Fields, before,
        ev_app::Success,
        get,
        person::{EMAIL, NEW_PASSWORD, PASSWORD, USERNAME},
        post,
    },
};
use std::sync::Arc;

const NEW_USERNAME: Field<Username> = Field::new("username", Username::parse)
    .about("用户名，2 至 32 个字符，唯一 · The user name: 2–32 characters, unique")
    .example("wyc2002")
    .rule(Username::RULE);
const PLATE: Field<Plate> = Field::new("license_plate", Plate::parse)
    .about("车牌号，注册后即为第一辆绑定车辆 · Plate number, which becomes the first bound vehicle")
    .example("皖A12345")
    .rule(Plate::RULE);
/// The document spells it so going in and `battery_capacity` coming out; both are read.
const BATTERY: Field<BatteryCapacity> = Field::new("battery_capcity", BatteryCapacity::parse)
    .or("battery_capacity")
    .about("汽车电池容量（kWh），最多三位小数 · Battery capacity in kWh: at most three decimals, at most 10,000")
    .shown(Example::Decimal(60.5))
    .bounds(Bounds { least: 0, most: BatteryCapacity::LARGEST_KWH as i64, step: Some(0.001) });

pub const LOGIN: Endpoint = post("/u/login")
    .number(30)
    .title("用户登录", "Sign in")
    .access(Access::Public)
    .as_form()
    .zh(&[
        "用用户名和密码登录，返回令牌 `token`，之后的请求都要带上它。",
        "用户名不存在与密码错误的提示相同；尝试过多返回 429，按 `Retry-After` 等待。",
    ])
    .notes(&[
        "The document's table calls both fields optional; both are needed.",
        "One text for a wrong password and an unknown name. Too many tries: HTTP 429 with `Retry-After`.",
    ])
    .after(&[before(REGISTER.way())])
    .takes(&[USERNAME.required(), PASSWORD.required()])
    .refuses(&[Reason::WrongCredentials, Reason::SecondProofWanted]);

pub const REGISTER: Endpoint = post("/u/register")
    .number(31)
    .title("用户注册", "Register, and be signed in")
    .access(Access::Public)
    .as_form()
    .zh(&["注册成功即登录，返回令牌 `token`。填写的车牌号成为第一辆绑定车辆，一个车牌只能属于一个用户。"])
    .notes(&[
        "User name: 2–32 characters, no spaces, control characters or `#`; unique regardless of case and width.",
        "A plate (GA 36-2018) has one holder; the one given here is the first bound vehicle.",
        "The document spells `battery_capcity` going in and `battery_capacity` coming out; both are read.",
        "The token is no function of user id and plate, as the document suggests: both can be guessed.",
    ])
    .takes(&[NEW_USERNAME.required(), NEW_PASSWORD.required(), EMAIL.required(), PLATE.optional(), BATTERY.optional()])
    .refuses(&[Reason::UsernameTaken, Reason::PlateTaken, Reason::WeakPassword]);

pub const DETAIL: Endpoint = get("/user/detail")
    .number(32)
    .title("获取用户信息", "The signed-in driver")
    .access(DRIVERS)
    .zh(&["返回当前用户的资料，用于“我的”页面。未填写的字段为空字符串或 0。"])
    .notes(&["Every field is always there: `\"\"` or `0` when unset. Times are RFC 3339 with `+08:00`."]);

pub async fn login(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let form = call.read(Login::parse)?;
    let attempt = Attempt {
        second: None,
        realm: Realm::Ev,
        name: form.name,
        password: form.password,
        origin: call.origin(),
        now: call.now().real,
    };
    let issued = app.drivers.sign_in.with_password(&attempt).await?;
    Ok(Success::token("登录成功", issued.token))
}

/// #30: both fields are needed, although the document's table says otherwise.
struct Login {
    name: LoginName,
    password: Password,
}

impl Login {
    fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        Ok(Self { name: fields.required(&USERNAME)?, password: fields.required(&PASSWORD)? })
    }
}

pub async fn register(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let driver = call.read(registration)?;
    let issued = app.drivers.register(&driver, call.origin(), call.now().real).await?;
    Ok(Success::token("注册成功", issued.token))
}

/// #31
fn registration(fields: &mut Fields) -> Result<DriverRegistration, Failure> {
    let username = fields.required(&NEW_USERNAME)?;
    let password = fields.required(&NEW_PASSWORD)?;
    let email = fields.required(&EMAIL)?;
    let (plate, battery) = (fields.optional(&PLATE)?, fields.optional(&BATTERY)?);
    let password = Password::choose(&password, &[username.as_str(), email.as_str()])?;
    Ok(DriverRegistration { username, password, email, plate, battery })
}

pub async fn detail(app: Arc<App>, caller: Caller, _: Call) -> Result<Success, Failure> {
    let profile = app.drivers.profile(&caller).await?;
    Success::data("获取用户信息成功", &views::Detail::of(&profile)?)
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{DETAIL, LOGIN, REGISTER};
    use crate::views;
    use describe::{Answers, Operation, ev_app};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![
            LOGIN.answers(ev_app::token("登录成功")),
            REGISTER.answers(ev_app::token("注册成功")),
            DETAIL.answers(ev_app::data::<views::Detail>(
                "获取用户信息成功",
                &json!({
                    "user_id": "1733412861", "username": "wyc2002", "email": "wengyuechuan@163.com",
                    "license_plate": "皖A12345", "battery_capacity": 60.5,
                    "created_at": "2026-06-01T08:30:05+08:00", "updated_at": "2026-06-01T08:30:05+08:00"
                }),
            )),
        ]
    }
}
