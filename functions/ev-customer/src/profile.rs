//! A driver's own profile, and the end of the account.

use crate::{App, DRIVERS, DRIVERS_AND_ADMINS, own, views};
use shared::{
    domain::{
        account::{AccountId, PersonName, Role},
        gender::Gender,
        reason::{Failure, Reason},
        session::Caller,
    },
    service::customer::ProfileChange,
    wire::{
        Call, Endpoint, Field, Fields, SampleSource, Stated, answer, delete, ev_customer::Success, get, person::EMAIL,
        put,
    },
};
use std::sync::Arc;

/// The driver of the document's examples.
pub const DRIVER: &str = "1004";
pub const ME: SampleSource = answer(MY_INFO.way(), "/data/id");
const REAL_NAME: Field<PersonName> = Field::new("realName", PersonName::real)
    .about("真实姓名，2 至 50 个汉字或字母，中间可有间隔号和空格 · Real name: 2–50 letters and ideographs, with `·` and spaces between")
    .example("张三")
    .rule(PersonName::REAL);
const GENDER: Field<Gender> = Field::new("gender", Gender::parse)
    .about("性别：0 未知，1 男，2 女，3 第三性 · Gender: 0 unknown, 1 male, 2 female, 3 third")
    .whole(1)
    .one_of(&["0", "1", "2", "3"]);
const NICKNAME: Field<PersonName> = Field::new("nickname", PersonName::nickname)
    .about("昵称，最多 32 字 · Nickname, at most 32 characters")
    .example("zz")
    .rule(PersonName::NICKNAME);

pub const CHANGE: Endpoint = put("/customer/customers/{id}")
    .number(1)
    .title("更新用户接口", "Change a driver's profile")
    .access(DRIVERS_AND_ADMINS)
    .zh(&["修改本人资料，只有这四个字段可以修改，不传的保持不变。他人的 id 与不存在的 id 结果相同。"])
    .notes(&[
        "Drivers for themselves, administrators for anybody; another driver's id answers like one that does not exist.",
        "What is missing or null stays, and an empty text clears. These four fields and no others can be written.",
        "What #2 shows may come back whole: `id`, `phoneNum` and `vehicles` are refused when they say something else.",
    ])
    .path_from(&[("id", ME)])
    .in_path(&[("id", DRIVER)])
    .takes(&[REAL_NAME.optional(), GENDER.optional(), EMAIL.example("1221434@qq.com").optional(), NICKNAME.optional()])
    .refuses(&[Reason::NotYours]);

pub const MY_INFO: Endpoint = get("/customer/customers/myInfo")
    .number(2)
    .title("查询用户信息接口", "The signed-in driver's profile")
    .access(DRIVERS)
    .zh(&["返回本人资料和已绑定车辆，其中车辆 `id` 用于解绑（#6）。未填写的字段为空字符串或 0。"])
    .notes(&[
        "Every field is always there: `\"\"` or `0` when unset.",
        "The document shows no vehicle; #6 needs its `id`.",
    ]);

pub const CLOSE: Endpoint = delete("/customer/customers/{id}")
    .title("注销账户", "Close one's own account")
    .access(DRIVERS)
    .zh(&["扩展接口：注销账户，要求十分钟内登录过，且没有进行中的充电和未结账单。个人信息被删除，账单和详单保留。"])
    .notes(&[
        "With a sign-in of the last ten minutes, and not while something charges or is unpaid.",
        "Sessions end, plates and user name are free again, what is personal is deleted. Bills, detail records and the trail stay.",
    ])
    .path_from(&[("id", ME)])
    .in_path(&[("id", DRIVER)])
    .refuses(&[Reason::NotYours, Reason::RecentSignInWanted])
    .may_say(&[(Reason::WrongState, "有进行中的充电请求，不能注销账户"), (Reason::WrongState, "有未结清的账单，不能注销账户")]);

pub async fn change(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let account = if caller.role == Role::Admin {
        AccountId::of_driver(call.path("id")).ok_or(Reason::NotYours)?
    } else {
        own(&caller, Some(call.path("id")))?
    };
    let (change, stated) = call.read(profile)?;
    if !stated.is_empty() {
        stated.must_match(&views::MyInfo::of(&app.customers.info(&account).await?)?)?;
    }
    let actor = app.customers.actor(&caller, call.origin(), call.now());
    app.customers.change(&actor, &account, &change).await?;
    Ok(Success::Done)
}

pub async fn my_info(app: Arc<App>, caller: Caller, _: Call) -> Result<Success, Failure> {
    let info = app.customers.info(&caller.account).await?;
    Success::data(&views::MyInfo::of(&info)?)
}

/// #1: these four can be written, and what else #2 shows may come back. What is missing stays, what is empty is cleared.
fn profile(fields: &mut Fields) -> Result<(ProfileChange, Stated), Failure> {
    let change = ProfileChange {
        real_name: given(fields, &REAL_NAME)?,
        nickname: given(fields, &NICKNAME)?,
        gender: given(fields, &GENDER)?,
        email: given(fields, &EMAIL)?,
    };
    Ok((change, fields.stated(&[("id", "用户编号"), ("phoneNum", "手机号"), ("vehicles", "车辆")])))
}

/// A field that an empty text clears.
fn given<T: Default>(fields: &mut Fields, field: &Field<T>) -> Result<Option<T>, Failure> {
    let sent = fields.given_text(field)?;
    sent.map(|text| if text.trim().is_empty() { Ok(T::default()) } else { field.parse(&text) }).transpose()
}

pub async fn close(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    own(&caller, Some(call.path("id")))?;
    app.customers.close(&caller, call.origin(), call.now().real).await?;
    Ok(Success::Done)
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{CHANGE, CLOSE, MY_INFO};
    use crate::views;
    use describe::{Answers, Operation, ev_customer};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![
            CHANGE.answers(ev_customer::done()),
            MY_INFO.answers(ev_customer::data::<views::MyInfo<'static>>(&json!({
                "id": 1004, "realName": "张三", "nickname": "zz", "phoneNum": "12345678910", "email": "1221434@qq.com",
                "gender": 1,
                "vehicles": [{ "id": 1001, "vehicleType": "02", "carPlate": "皖A12345", "vin": "123456" }]
            }))),
            CLOSE.answers(ev_customer::done()),
        ]
    }
}
