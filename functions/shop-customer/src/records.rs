//! Records of customers: added, edited, read, deleted.

use crate::{App, MANAGERS, STAFF, actor, views};
use jiff::civil::{Date, date};
use serde_json::value::RawValue;
use shared::{
    domain::{
        day::local_day,
        patch::Patch,
        phone::Phone,
        reason::{Failure, Reason},
        resident_id::GivenId,
        rule::{ONE_LINE, Rule},
        session::Caller,
        shop::{Edit, IdAndName, ShopGender, ShopId, ShopRecord, ShopRecordId, Tag, line_of_text},
        text::halfwidth,
    },
    service::shop::Asked,
    wire::{
        Call, Endpoint, Example, Field, Fields, Parameter, SampleSource, Stated, answer, delete, get, label, missing,
        patch, post, shop::Success,
    },
};
use std::sync::Arc;

pub const ID: &str = "S1.19e80b21ac8ffffffffffffffff";
pub const RECORD: SampleSource = answer(CREATE.way(), "/id");
pub const SHOP_ID: Field<ShopId> =
    Field::new("shopId", shop_id).about("门店 ID · The shop").example("S1").rule(ShopId::RULE);
const NAME: Field<String> = Field::new("name", |text| line("name", text, 64))
    .about("姓名，1 至 64 字 · Name: 1–64 characters")
    .example("王小明")
    .rule(Rule::text(1, 64).matching(ONE_LINE));
const GENDER: Field<ShopGender> = Field::new("gender", ShopGender::parse)
    .about("性别：male 男，female 女，unknown 未知 · Gender")
    .example("male")
    .one_of(&["male", "female", "unknown"]);
const IDEMPOTENCY_KEY: Field<String> = Field::text("Idempotency-Key")
    .about("幂等键，24 小时内同一键只建一条记录 · The same key makes one record, for 24 hours")
    .example("visit-1");
const IF_MATCH: Field<String> = Field::text("If-Match")
    .about("所依据的版本，过期则 412 · The version that is meant; an old one is 412")
    .example("\"1\"");
pub const MOBILE: Field<Phone> =
    Field::new("mobile", Phone::parse).about("手机号 · Mobile number").example("13800138000").rule(Phone::RULE);
/// Whether it is one depends on today, as of an ID number.
const BIRTHDAY: Field<String> =
    Field::text("birthday").about("出生日期，1900 年至今 · Date of birth, from 1900 to today").example("1990-01-31");
const IDCARD: Field<String> = Field::text("idcard")
    .about("身份证号，不合规的也会保存 · ID number; one that cannot be right is kept")
    .example("11010519491231002X")
    .rule(GivenId::RULE);
const COUNTRY: Field<String> = Field::new("country", |text| line("country", text, 64))
    .about("国家 · Country")
    .example("中国")
    .rule(Rule::text(1, 64).matching(ONE_LINE));
const PROVINCE: Field<String> = Field::new("province", |text| line("province", text, 64))
    .about("省 · Province")
    .example("北京")
    .rule(Rule::text(1, 64).matching(ONE_LINE));
const CITY: Field<String> = Field::new("city", |text| line("city", text, 64))
    .about("市 · City")
    .example("北京")
    .rule(Rule::text(1, 64).matching(ONE_LINE));
const COUNTY: Field<String> = Field::new("county", |text| line("county", text, 64))
    .about("区（县） · District")
    .example("朝阳区")
    .rule(Rule::text(1, 64).matching(ONE_LINE));
const ADDRESS: Field<String> = Field::new("address", |text| line("address", text, 200))
    .about("地址 · Address")
    .example("建国路 1 号")
    .rule(Rule::text(1, 200).matching(ONE_LINE));
const TAGS: Field<String> = Field::text("tag")
    .about("标签列表，最多 10 个 · Tags, at most ten")
    .shown(Example::Nested(r#"["VIP"]"#))
    .rule(Tag::RULE);
const CHANNEL: Field<String> = Field::new("fromChannel", |text| line("fromChannel", text, 64))
    .about("注册渠道 · Where the customer came from")
    .example("门店")
    .rule(Rule::text(1, 64).matching(ONE_LINE));
const REFERRER: Field<String> = Field::text("fromReferrer")
    .about("转介绍人 · Who referred the customer")
    .shown(Example::Nested(r#"{ "id": "7", "name": "李四" }"#));
const ACTIVITY: Field<String> = Field::text("fromActivity")
    .about("来源活动 · The campaign that brought the customer")
    .shown(Example::Nested(r#"{ "id": "9", "name": "开业" }"#));

/// What staff may set beside name and gender.
const WRITABLE: &[Parameter] = &[
    MOBILE.optional(),
    BIRTHDAY.optional(),
    IDCARD.optional(),
    COUNTRY.optional(),
    PROVINCE.optional(),
    CITY.optional(),
    COUNTY.optional(),
    ADDRESS.optional(),
    TAGS.optional(),
    CHANNEL.optional(),
    REFERRER.optional(),
    ACTIVITY.optional(),
];

pub const CREATE: Endpoint = post("/customer/v1/customer")
    .number(57)
    .title("添加顾客", "Add a customer")
    .access(STAFF)
    .as_json()
    .zh(&[
        "添加顾客，返回完整记录和新的病历号 `mrn`；未填写的字段为 `null`。",
        "`balance`、`credit`、`mrn`、`status`、签到和微信字段由系统维护。",
    ])
    .notes(&[
        "The answer is the record; what is unset is `null`. The shop's next `mrn` is given with it.",
        "`balance`, `credit`, `mrn`, `status`, sign-in and WeChat fields are the server's.",
    ])
    .takes(&[SHOP_ID.required(), NAME.required(), GENDER.required()])
    .takes(WRITABLE)
    .takes(&[IDEMPOTENCY_KEY.header()])
    .refuses(&[Reason::NotYours, Reason::KeyReused]);

pub const EDIT: Endpoint = patch("/customer/v1/customer/{id}")
    .number(60)
    .title("编辑顾客", "Edit a customer")
    .access(STAFF)
    .as_json()
    .zh(&["只修改给出的字段，`null` 清空。带上 `If-Match` 可避免覆盖他人的修改（412）。", "原样传回掩码后的身份证号不会改变已保存的号码。"])
    .notes(&[
        "A merge patch: `null` clears, what is absent stays. What only the server sets may come back as #61 shows it, and is refused by name otherwise.",
        "`idcard` may come back masked as it was shown; any other number with a `*` is refused.",
    ])
    .path_from(&[("id", RECORD)])
    .in_path(&[("id", ID)])
    .takes(&[
        NAME.about("姓名，1 至 64 字，不能清空 · Name: 1–64 characters; cannot be cleared").optional(),
        GENDER.about("性别，不能清空 · Gender; cannot be cleared").optional(),
    ])
    .takes(WRITABLE)
    .takes(&[IF_MATCH.header()])
    .refuses(&[Reason::NotYours, Reason::OldVersion]);

pub const READ: Endpoint = get("/customer/v1/customer/{id}")
    .number(61)
    .title("查看顾客", "A customer")
    .access(STAFF)
    .zh(&["返回一条顾客记录。店长看到完整身份证号（会记入审计日志），店员看到掩码。"])
    .notes(&["`idcard` is masked but for managers, whose reading leaves an entry in the audit trail."])
    .path_from(&[("id", RECORD)])
    .in_path(&[("id", ID)])
    .refuses(&[Reason::NotYours]);

pub const DELETE: Endpoint = delete("/customer/v1/customer/{id}")
    .number(62)
    .title("删除顾客", "Delete a customer")
    .access(MANAGERS)
    .zh(&["店长删除顾客，余额不为 0 时拒绝（409）。重复删除也是成功。"])
    .notes(&["The record is kept and leaves every list. A second time is the same. `If-Match` is heeded as in #60."])
    .path_from(&[("id", RECORD)])
    .in_path(&[("id", ID)])
    .takes(&[IF_MATCH.header()])
    .refuses(&[Reason::NotYours, Reason::OldVersion, Reason::BalanceLeft]);

pub async fn create(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (key, today) = (call.idempotency_key()?, local_day(call.now().real));
    let (shop, edit) = call.read(|fields| new_record(fields, today))?;
    let actor = actor(&app, &caller, &call);
    let asked = Asked { shop: caller.shop(Some(shop))?, edit, key };
    views::record(&app.records.create(actor, &asked).await?, false)
}

/// #57. `shopId`, `name` and `gender` are needed; what only the server sets is ignored.
fn new_record(fields: &mut Fields, today: Date) -> Result<(ShopId, Edit), Failure> {
    let (shop, edit) = (fields.required(&SHOP_ID)?, edit_of(fields, today)?);
    if edit.name.is_none() {
        return Err(missing(NAME.name()));
    }
    if edit.gender.is_none() {
        return Err(missing(GENDER.name()));
    }
    Ok((shop, edit))
}

pub async fn edit(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, version, today) = (id(&call)?, call.if_match()?, local_day(call.now().real));
    let (edit, stated) = call.read(|fields| record_change(fields, today))?;
    let matches = |before: &ShopRecord| stated.must_match(&views::Record::of(before, false));
    views::record(&app.records.edit(actor(&app, &caller, &call), &id, (&edit, version), matches).await?, false)
}

/// #60, and what comes back of the record that no edit changes.
fn record_change(fields: &mut Fields, today: Date) -> Result<(Edit, Stated), Failure> {
    Ok((edit_of(fields, today)?, fields.stated(SERVERS)))
}

pub async fn read(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let (customer, whole) = app.records.read(actor(&app, &caller, &call), &id(&call)?).await?;
    views::record(&customer, whole)
}

pub async fn remove(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    app.records.delete(actor(&app, &caller, &call), &id(&call)?, call.if_match()?).await?;
    Success::content(&views::Nothing {})
}

/// What of a record can be written.
fn edit_of(fields: &mut Fields, today: Date) -> Result<Edit, Failure> {
    Ok(Edit {
        name: must_stay(fields, &NAME)?,
        gender: must_stay(fields, &GENDER)?,
        mobile: fields.patched(&MOBILE)?,
        birthday: fields.patched(&BIRTHDAY)?.parsed(|text| birthday(&text, today))?,
        idcard: fields
            .patched(&IDCARD)?
            .parsed(|text| GivenId::of_patient(&text, today).map_err(|no| no.of(IDCARD.name())))?,
        country: fields.patched(&COUNTRY)?,
        province: fields.patched(&PROVINCE)?,
        city: fields.patched(&CITY)?,
        county: fields.patched(&COUNTY)?,
        address: fields.patched(&ADDRESS)?,
        tags: fields.patched_nested(&TAGS)?.parsed(|raw| tags(&raw))?,
        channel: fields.patched(&CHANNEL)?,
        referrer: fields.patched_nested(&REFERRER)?.parsed(|raw| named(REFERRER.name(), &raw))?,
        activity: fields.patched_nested(&ACTIVITY)?.parsed(|raw| named(ACTIVITY.name(), &raw))?,
    })
}

/// What every record has cannot be cleared.
fn must_stay<T>(fields: &mut Fields, field: &Field<T>) -> Result<Option<T>, Failure> {
    match fields.patched(field)? {
        Patch::Keep => Ok(None),
        Patch::Set(value) => Ok(Some(value)),
        Patch::Clear => Err(Failure::malformed(format!("{}不能为空", label(field.name()))).of(field.name())),
    }
}

/// What only the server sets.
const SERVERS: &[(&str, &str)] = &[
    ("id", "顾客编号"),
    ("version", "版本号"),
    ("shopId", "门店编号"),
    ("mrn", "病历号"),
    ("balance", "余额"),
    ("credit", "积分"),
    ("wechatNickname", "微信昵称"),
    ("wechatHeadimgurl", "微信头像"),
    ("LastSigninAt", "最新签到时间"),
    ("status", "状态"),
];

/// The shop that is meant; whether the caller sees it is the service's question.
fn shop_id(text: &str) -> Result<ShopId, Failure> {
    ShopId::parse(&halfwidth(text)).map_err(|no| no.of("shopId"))
}

pub fn line(name: &str, sent: &str, longest: usize) -> Result<String, Failure> {
    line_of_text(label(name), sent, longest).map_err(|refused| refused.of(name))
}

fn birthday(text: &str, today: Date) -> Result<Date, Failure> {
    let day = halfwidth(text).parse::<Date>().ok().filter(|day| date(1900, 1, 1) <= *day && *day <= today);
    day.ok_or_else(|| Failure::typed("出生日期应为 1900-01-01 至今天之间的日期，例如 1990-01-31").of("birthday"))
}

fn tags(raw: &RawValue) -> Result<Vec<Tag>, Failure> {
    let texts: Vec<String> = serde_json::from_str(raw.get())
        .map_err(|_| Failure::malformed("标签应为文本列表，例如 [\"VIP\"]").of("tag"))?;
    Tag::all(&texts).map_err(|refused| refused.of("tag"))
}

fn named(field: &str, raw: &RawValue) -> Result<IdAndName, Failure> {
    let named: IdAndName = serde_json::from_str(raw.get())
        .map_err(|_| Failure::malformed(format!("{}应为 {{\"id\":\"…\",\"name\":\"…\"}}", label(field))).of(field))?;
    Ok(IdAndName { id: line(field, &named.id, 64)?, name: line(field, &named.name, 64)? })
}

pub fn id(call: &Call) -> Result<ShopRecordId, Failure> {
    ShopRecordId::parse(call.path("id"))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{CREATE, DELETE, EDIT, ID, READ};
    use crate::views;
    use describe::{Answers, Operation, shop};
    use serde_json::{Value, json};

    pub fn operations() -> Vec<Operation> {
        vec![
            CREATE.answers(shop::record::<views::Record<'static>>(record())),
            EDIT.answers(shop::record::<views::Record<'static>>(record())),
            READ.answers(shop::record::<views::Record<'static>>(record())),
            DELETE.answers(shop::empty_object()),
        ]
    }

    pub fn record() -> Value {
        json!({
            "id": ID, "version": 1, "shopId": "S1", "name": "王小明", "mrn": "00000001", "mobile": "13800138000",
            "gender": "male", "birthday": "1990-01-31", "idcard": "****************2X", "country": "中国",
            "province": "北京", "city": "北京", "county": "朝阳区", "address": "建国路 1 号", "balance": 0, "credit": 0,
            "wechatNickname": null, "wechatHeadimgurl": null, "LastSigninAt": null, "tag": ["VIP"],
            "fromChannel": "门店", "fromReferrer": { "id": "7", "name": "李四" }, "fromActivity": null, "status": "normal"
        })
    }
}
