//! Becoming a customer, and the codes that prove a phone.

use crate::{
    App,
    accounts::PASSWORD,
    customer::{MOBILE, TEL, VERIFICATION_CODE},
    views,
};
use shared::{
    domain::{
        account::Realm,
        cloud::{Customer, CustomerKind, LoginId, PortalMember},
        password::Password,
        phone::Phone,
        reason::{Failure, Reason},
        rule::{LINE_WITH_TEXT, Rule},
        text::{halfwidth, is_invisible},
    },
    service::cloud::Joining,
    wire::{Access, Call, Endpoint, Field, Fields, cloud::Success, get, post, sms},
};
use std::sync::Arc;

const CUS_NAME: Field<LoginId> = Field::new("cus_name", LoginId::parse)
    .about("用户名，2 至 64 个字符，不含空格、逗号、# 和 / · The customer's name: 2–64 characters without space, comma, `#` and `/`")
    .example("51idc")
    .rule(LoginId::RULE);
const SHORT_NAME: Field<String> =
    Field::new("short_name", Customer::short_name).about("昵称 · Short name").example("idc").rule(Customer::SHORT_NAME);
const CUS_TYPE: Field<CustomerKind> = Field::new("cus_type", CustomerKind::parse)
    .about("用户类型：FIRM 企业，SELF 个人 · Firm or individual")
    .example("FIRM")
    .one_of(&["FIRM", "SELF"]);
const ADDITION: Field<String> = Field::new("addition", addition)
    .about("附加字段，最多 256 字，与验证码一起保存 · Kept with the code, at most 256 characters")
    .example("123abc")
    .rule(Rule::text(1, 256).matching(LINE_WITH_TEXT));
/// The document spells `smsype` in its table and `smstype` in its sample.
const SMS_TYPE: Field<()> = Field::new("smsype", sms_type)
    .or("smstype")
    .about("验证类型，只有 certify；也可写作 smstype · Always `certify`; `smstype` is read, too")
    .example("certify")
    .one_of(&["certify"]);
const NAME_ASKED: Field<String> =
    Field::text("cus_name").about("要查询的用户名 · The name asked about").example("51idc").rule(LoginId::RULE);

pub const JOIN: Endpoint = post("/join")
    .number(38)
    .title("注册", "Become a customer, and be signed in")
    .access(Access::Public)
    .also_at(&[zoned!("/join")])
    .zh(&["注册企业客户，同时创建第一个主帐号：帐号名即 `cus_name`，绑定手机即 `mobile`。", "成功后令牌在响应头 `X-Access-Token` 中。"])
    .notes(&[
        "The sample lacks the code that the table asks for: without it, 400. As a number it gets its zeros back.",
        "Makes the customer and its first admin account, whose name is `cus_name` and whose bound phone is `mobile`. The session comes in `X-Access-Token`.",
        "Names are unique on the platform regardless of case. A customer's name stays its own when the account of that name is deleted.",
        "Passwords from eight characters (`CLOUD_PASSWORD_MIN`): the sample's `123abc` is refused.",
    ])
    .in_path(&[("zone", "ac1")])
    .takes(&[
        CUS_NAME.required(),
        SHORT_NAME.optional(),
        PASSWORD.required(),
        CUS_TYPE.required(),
        TEL.example("021-9621312").optional(),
        MOBILE.about("手机号 · Mobile number").required(),
        VERIFICATION_CODE.about("短信验证码 · The SMS code").required().from(sms(SEND_CODE.way(), "mobile")),
    ])
    .refuses(&[Reason::WrongCode, Reason::WeakPassword, Reason::UsernameTaken, Reason::PhoneTaken])
    .may_say(&[(Reason::NotYours, "区域不存在")]);

pub const SEND_CODE: Endpoint = post("/verification_code")
    .number(56)
    .title("获取验证码", "Have an SMS code sent")
    .access(Access::Known(&[Realm::Cloud]))
    .also_at(&[zoned!("/verification_code")])
    .zh(&["向手机发送验证码。未登录时用于注册（#38），带会话时只用于该帐号的修改（#40、#54、#55）。", "无论号码是否已注册，响应都相同；发送过于频繁返回 429。"])
    .notes(&[
        "The sample spells `smstype` and posts to `/join`: the heading's path counts, both spellings are read.",
        "With a session of this zone the code serves changes of that account (#40, #54, #55), without one joining (#38).",
        "`addition` is kept with the code and never logged. The answer is the same whether or not the number is known.",
    ])
    .in_path(&[("zone", "ac1")])
    .takes(&[ADDITION.required(), SMS_TYPE.required(), MOBILE.about("手机号 · Mobile number").required()])
    .may_say(&[(Reason::NotYours, "区域不存在")]);

pub const AVAILABLE: Endpoint = get("/customer/available")
    .number(41)
    .title("查询用户名是否可用", "Whether a name is free")
    .access(Access::Public)
    .also_at(&[
        zoned!("/customer/available"),
        "/customer/available:customer_name",
        zoned!("/customer/available:customer_name"),
    ])
    .zh(&["可用时返回该名称，已被占用时 `available` 为空对象。每个地址每分钟最多查询十次。"])
    .notes(&[
        "The heading has a literal colon, the sample a query: both lead here.",
        "`available` is an object, as the sample has it, and `{}` when the name is taken. Ten questions a minute from one address (`AVAILABLE_PER_IP_MINUTE`).",
    ])
    .in_path(&[("zone", "ac1")])
    .takes(&[NAME_ASKED.required()])
    .may_say(&[(Reason::NotYours, "区域不存在")]);

/// #38: the body is the document's; the session travels in the header.
pub async fn join(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let zone = app.portal.settings.zones.named(call.path("zone"))?;
    let shortest = app.portal.settings.password_min;
    let joining = call.read(|fields| joining(fields, shortest))?;
    let issued = app.portal.join(&joining, zone, call.origin(), call.now().real).await?;
    Ok(Success::content(&views::Joined::of(&joining))?.with_token(issued.token))
}

/// #38: the code may come as a number, which loses its zeros on the left.
fn joining(fields: &mut Fields, shortest: usize) -> Result<Joining, Failure> {
    let (cus_name, password) = (fields.required(&CUS_NAME)?, fields.required(&PASSWORD)?);
    let (cus_type, mobile) = (fields.required(&CUS_TYPE)?, fields.required(&MOBILE)?);
    let code = fields.required(&VERIFICATION_CODE)?;
    let short_name = SHORT_NAME.parse(&fields.given_text(&SHORT_NAME)?.unwrap_or_default())?;
    let tel = TEL.parse(&fields.given_text(&TEL)?.unwrap_or_default())?;
    let password = Password::choose_of(shortest, &password, &[cus_name.as_str(), mobile.digits(), &short_name])?;
    Ok(Joining { cus_name, short_name, password, cus_type, tel, mobile, code })
}

/// #56
pub async fn send_code(app: Arc<App>, member: Option<PortalMember>, mut call: Call) -> Result<Success, Failure> {
    app.portal.settings.zones.named(call.path("zone"))?;
    let form = call.read(AskForCode::parse)?;
    let caller = member.as_ref().map(|member| &member.caller);
    app.portal.ask_code(caller, form.phone, form.addition, (call.origin(), call.now().real)).await?;
    Success::content(&views::Nothing {})
}

/// #56
struct AskForCode {
    phone: Phone,
    addition: String,
}

impl AskForCode {
    fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let addition = fields.required(&ADDITION)?;
        fields.required(&SMS_TYPE)?;
        Ok(Self { phone: fields.required(&MOBILE)?, addition })
    }
}

const LONGEST_ADDITION: usize = 256;

fn addition(text: &str) -> Result<String, Failure> {
    if text.chars().count() > LONGEST_ADDITION || text.chars().any(is_invisible) {
        return Err(Failure::malformed("附加字段最多 256 个字符，不能包含不可见字符").of("addition"));
    }
    Ok(text.to_owned())
}

fn sms_type(text: &str) -> Result<(), Failure> {
    match halfwidth(text).to_ascii_lowercase().as_str() {
        "certify" => Ok(()),
        _ => Err(Failure::malformed("验证类型应为 certify").of("smsype")),
    }
}

/// #41
pub async fn available(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    app.portal.settings.zones.named(call.path("zone"))?;
    let cus_name = call.read(|fields| fields.required(&NAME_ASKED))?;
    let name = LoginId::parse(&cus_name)?.name();
    let is_free = app.portal.is_available(&name, call.origin(), call.now().real).await?;
    Success::content(&views::Available::of(cus_name.trim(), is_free))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{AVAILABLE, JOIN, SEND_CODE};
    use crate::views;
    use describe::{Answers, Operation, cloud};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![
            JOIN.answers(cloud::content::<views::Joined<'static>>(json!({ "cus_name": "51idc" })).with_token()),
            SEND_CODE.answers(cloud::content::<views::Nothing>(json!({}))),
            AVAILABLE
                .answers(cloud::content::<views::Available<'static>>(json!({ "available": { "cus_name": "51idc" } }))),
        ]
    }
}
