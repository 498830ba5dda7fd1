//! What shop staff send.

use jiff::civil::{Date, date};
use serde_json::value::RawValue;
use shared::{
    domain::{
        patch::Patch,
        phone::Phone,
        reason::Failure,
        resident_id::GivenId,
        shop::{
            Account, Booking, CustomerId, Edit, EntryKey, Filter, Gender, Keyword, MOST_LISTED, Named, ShopId, Tag,
            line_of_text,
        },
        text::halfwidth,
    },
    wire::{Fields, Stated, label, missing},
};

const NAME: usize = 64;
const REGION: usize = 64;
const ADDRESS: usize = 200;
const REASON: usize = 200;
const DEFAULT_LIMIT: usize = 10;

/// #57. `shopId`, `name` and `gender` are needed; what only the server sets is ignored.
pub fn record(fields: &mut Fields, today: Date) -> Result<(ShopId, Edit), Failure> {
    let shop = shop(fields)?.ok_or_else(|| missing("shopId"))?;
    let edit = edit(fields, today)?;
    if edit.name.is_none() {
        return Err(missing("name"));
    }
    if edit.gender.is_none() {
        return Err(missing("gender"));
    }
    Ok((shop, edit))
}

/// What of a record can be written.
fn edit(fields: &mut Fields, today: Date) -> Result<Edit, Failure> {
    Ok(Edit {
        name: must_stay("name", fields.patched("name")?)?.map(|name| text("name", &name, NAME)).transpose()?,
        gender: must_stay("gender", fields.patched("gender")?)?
            .map(|text| Gender::parse(&text).map_err(|no| no.of("gender")))
            .transpose()?,
        mobile: fields.patched("mobile")?.parsed(|text| Phone::parse(&text).map_err(|no| no.of("mobile")))?,
        birthday: fields.patched("birthday")?.parsed(|text| birthday(&text, today))?,
        idcard: fields
            .patched("idcard")?
            .parsed(|text| GivenId::of_patient(&text, today).map_err(|no| no.of("idcard")))?,
        country: line(fields, "country", REGION)?,
        province: line(fields, "province", REGION)?,
        city: line(fields, "city", REGION)?,
        county: line(fields, "county", REGION)?,
        address: line(fields, "address", ADDRESS)?,
        tags: fields.patched_nested("tag")?.parsed(|raw| tags(&raw))?,
        channel: line(fields, "fromChannel", REGION)?,
        referrer: fields.patched_nested("fromReferrer")?.parsed(|raw| named("fromReferrer", &raw))?,
        activity: fields.patched_nested("fromActivity")?.parsed(|raw| named("fromActivity", &raw))?,
    })
}

/// #60, and what comes back of the record that no edit changes.
pub fn change(fields: &mut Fields, today: Date) -> Result<(Edit, Stated), Failure> {
    Ok((edit(fields, today)?, fields.stated(SERVERS)))
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

/// #58.
#[derive(Debug)]
pub struct List {
    pub shop: Option<ShopId>,
    pub filter: Filter,
    pub limit: usize,
    pub cursor: Option<String>,
}

impl List {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let shop = shop(fields)?;
        let filter = Filter {
            mobile: fields.optional("mobile")?.as_deref().map(Phone::parse).transpose()?,
            keyword: fields.optional("keyword")?.as_deref().map(Keyword::parse).transpose()?,
            tag: fields.optional("tag")?.as_deref().map(Tag::parse).transpose()?,
        };
        let limit = fields.optional("limit")?.map(|text| halfwidth(&text).parse::<usize>());
        let limit = match limit {
            None => DEFAULT_LIMIT,
            Some(Ok(limit @ 1..=MOST_LISTED)) => limit,
            Some(_) => return Err(Failure::malformed(format!("返回条数应为 1 至 {MOST_LISTED} 的整数")).of("limit")),
        };
        Ok(Self { shop, filter, limit, cursor: fields.optional("cursor")? })
    }
}

/// #59.
#[derive(Debug)]
pub struct Linked {
    pub customer: CustomerId,
    pub shop: Option<ShopId>,
    pub signin_status: bool,
}

impl Linked {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let shop = shop(fields)?;
        let customer = CustomerId::parse(&fields.required("customerId")?)?;
        let expand = fields.optional("expand")?.unwrap_or_default();
        let signin_status = expand.split(',').any(|wanted| wanted.trim() == "signinStatus");
        Ok(Self { customer, shop, signin_status })
    }
}

/// The other record of a link.
pub fn other_record(fields: &mut Fields) -> Result<CustomerId, Failure> {
    CustomerId::parse(&fields.required("customerId")?)
}

/// `{"account":"balance","amount":-1200,"reason":"…","key":"…"}`; the key may also come as `Idempotency-Key`.
pub fn booking(fields: &mut Fields, header: Option<String>) -> Result<Booking, Failure> {
    let account = match halfwidth(&fields.required("account")?).to_ascii_lowercase().as_str() {
        "balance" => Account::Balance,
        "credit" => Account::Credit,
        _ => return Err(Failure::malformed("账户应为 balance（余额）或 credit（积分）").of("account")),
    };
    let amount = halfwidth(&fields.required("amount")?).parse::<i64>().ok();
    let amount = amount.filter(|amount| *amount != 0 && (-Booking::LARGEST..=Booking::LARGEST).contains(amount));
    let amount = amount.ok_or_else(|| {
        let text = format!("金额应为不等于 0、绝对值不超过 {} 的整数（分或积分）", Booking::LARGEST);
        Failure::typed(text).of("amount")
    })?;
    let reason = text("reason", &fields.required("reason")?, REASON)?;
    let key = fields.optional("key")?.or(header).ok_or_else(|| missing("key"))?;
    Ok(Booking { key: EntryKey::given(key.trim())?, account, amount, reason })
}

/// The shop that is meant; whether the caller sees it is the service's question.
fn shop(fields: &mut Fields) -> Result<Option<ShopId>, Failure> {
    fields
        .optional("shopId")?
        .as_deref()
        .map(|text| ShopId::parse(&halfwidth(text)).map_err(|no| no.of("shopId")))
        .transpose()
}

/// What every record has cannot be cleared.
fn must_stay(name: &str, patch: Patch<String>) -> Result<Option<String>, Failure> {
    match patch {
        Patch::Keep => Ok(None),
        Patch::Set(text) => Ok(Some(text)),
        Patch::Clear => Err(Failure::malformed(format!("{}不能为空", label(name))).of(name)),
    }
}

fn line(fields: &mut Fields, name: &str, longest: usize) -> Result<Patch<String>, Failure> {
    fields.patched(name)?.parsed(|sent| text(name, &sent, longest))
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

fn named(field: &str, raw: &RawValue) -> Result<Named, Failure> {
    let named: Named = serde_json::from_str(raw.get())
        .map_err(|_| Failure::malformed(format!("{}应为 {{\"id\":\"…\",\"name\":\"…\"}}", label(field))).of(field))?;
    Ok(Named { id: text(field, &named.id, NAME)?, name: text(field, &named.name, NAME)? })
}

fn text(name: &str, sent: &str, longest: usize) -> Result<String, Failure> {
    line_of_text(label(name), sent, longest).map_err(|refused| refused.of(name))
}
