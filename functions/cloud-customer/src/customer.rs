//! The customer's own record, and whom to turn to.

use crate::{ADMINS, App, MEMBERS, actor, views};
use shared::{
    domain::{
        cloud::{Customer, CustomerPatch, PortalMember},
        otp::Code,
        phone::Phone,
        reason::{Failure, Reason},
        text::halfwidth,
    },
    service::actor::Actor,
    wire::{Bounds, Call, Endpoint, Field, Fields, Stated, cloud::Success, get, missing, put},
};
use std::sync::Arc;

const POST_FIELD: Field<String> = Field::text("post_field")
    .about("phone 修改客户手机，auth 修改服务授权码 · `phone` changes the customer's mobile, `auth` the service authorisation code")
    .example("auth")
    .one_of(&["phone", "auth"]);
pub const TEL: Field<String> =
    Field::new("tel", Customer::tel).about("固定电话 · Landline").example("021-45612").rule(Customer::TEL);
const ADDRESS: Field<String> =
    Field::new("address", Customer::address).about("地址 · Address").example("宝山").rule(Customer::ADDRESS);
const POSTCODE: Field<String> =
    Field::new("postcode", Customer::postcode).about("邮编 · Postcode").example("201900").rule(Customer::POSTCODE);
const FAX: Field<String> =
    Field::new("fax", Customer::fax).about("传真 · Fax").example("021-45612").rule(Customer::TEL);
const AUTHORIZATION: Field<String> = Field::new("authorization", Customer::authorization)
    .about("服务授权码，需 `post_field=auth` · Service authorisation code, with `post_field=auth`")
    .example("121")
    .rule(Customer::AUTHORIZATION);
pub const MOBILE: Field<Phone> = Field::new("mobile", Phone::parse)
    .about("新手机号，`post_field=phone` 时必填 · The new mobile, needed with `post_field=phone`")
    .example("13312345864")
    .rule(Phone::RULE);
pub const VERIFICATION_CODE: Field<Code> = Field::new("verification_code", Code::read)
    .about("发到新手机的验证码，`post_field=phone` 时必填 · The code sent to the new mobile, needed with `post_field=phone`")
    .whole(123_456)
    .bounds(Bounds::whole(0, 999_999));

pub const SHOW: Endpoint = get("/customer")
    .number(39)
    .title("获取用户信息", "The customer's record")
    .access(MEMBERS)
    .also_at(&[zoned!("/customer")])
    .zh(&["返回企业资料，未填写的字段不出现。主帐号看到完整证件号和 `authorization`，子帐号看到掩码。", "图片地址十分钟内有效，过期后重新查询。"])
    .notes(&[
        "Spelt as the document prints it, `organizationcode` and `organizationCode_addr`. What is unset is left out.",
        "`authorization` is for admins. Document numbers are whole for admins, which the trail notes, and masked for subs.",
        "Pictures' addresses open them for ten minutes.",
    ])
    .in_path(&[("zone", "ac1")]);

pub const CHANGE: Endpoint = put("/customer")
    .number(40)
    .title("修改用户基本信息", "Change the customer's record")
    .access(ADMINS)
    .also_at(&[zoned!("/customer")])
    .zh(&[
        "不传的字段保持不变，空字符串清空；成功时响应体为空。",
        "改手机：`post_field=phone`，带 `mobile` 和发到新手机的验证码；改授权码：`post_field=auth`。两者都要求十分钟内登录过。",
    ])
    .notes(&[
        "What is absent stays, `\"\"` clears; the answer is empty.",
        "`authorization` is changed only with `post_field=auth`. No documented field carries a new phone: `post_field=phone` takes `mobile` with the code that went there. Both ask for a sign-in of the last ten minutes.",
        "What #39 and #52 show may come back whole; what this call does not change is refused by name when it differs.",
        "A new `mobile` is the customer's own; what accounts have bound stays.",
    ])
    .in_path(&[("zone", "ac1")])
    .takes(&[
        POST_FIELD.optional().depending(),
        TEL.optional(),
        ADDRESS.optional(),
        POSTCODE.optional(),
        FAX.optional(),
        AUTHORIZATION.optional(),
        MOBILE.optional().depending().left_out(),
        VERIFICATION_CODE.optional().depending().left_out(),
    ])
    .refuses(&[Reason::RecentSignInWanted, Reason::WrongCode]);

pub const MANAGER: Endpoint = get("/customer/accountmanager")
    .number(46)
    .title("获取客户经理信息", "Whom the customer can turn to")
    .access(MEMBERS)
    .also_at(&[zoned!("/customer/accountmanager")])
    .zh(&["返回运营指派的客户经理，未指派时为 `{}`。"])
    .notes(&["`{}` until the operator has named an account manager."])
    .in_path(&[("zone", "ac1")]);

/// #39
pub async fn show(app: Arc<App>, member: PortalMember, call: Call) -> Result<Success, Failure> {
    let (customer, papers) = app.portal.customer_with_papers(actor(&app, &member, &call)).await?;
    Success::content(&views::Customer::of(&customer, &papers, &member))
}

/// #40
pub async fn change(app: Arc<App>, member: PortalMember, mut call: Call) -> Result<Success, Failure> {
    let form = call.read(customer_change)?;
    if form.patch.authorization.is_some() || form.mobile.is_some() {
        member.caller.demand_recent_sign_in(call.now().real)?;
    }
    must_match(&app, actor(&app, &member, &call), &form.stated).await?;
    let change = |customer: &mut Customer| form.patch.apply_to(customer);
    match &form.mobile {
        Some((phone, code)) => app.portal.change_mobile(actor(&app, &member, &call), (phone, code), change).await?,
        None => app.portal.change_customer(actor(&app, &member, &call), change).await?,
    }
    Ok(Success::nothing())
}

/// #40: what is to be changed, and what is only sent back.
struct CustomerChange {
    patch: CustomerPatch,
    mobile: Option<(Phone, Code)>,
    stated: Stated,
}

/// #40: `post_field` says whether the service authorisation code or the mobile can be changed; else they are sent back.
fn customer_change(fields: &mut Fields) -> Result<CustomerChange, Failure> {
    let post_field = fields.optional(&POST_FIELD)?.map(|text| halfwidth(&text).to_ascii_lowercase());
    let code = fields.optional_text(&VERIFICATION_CODE)?;
    let (authorization, mobile) = match post_field.as_deref() {
        None => (None, None),
        Some("auth") => (fields.given(&AUTHORIZATION)?, None),
        Some("phone") => {
            let phone = fields.required(&MOBILE)?;
            let code = code.ok_or_else(|| missing(VERIFICATION_CODE.name()))?;
            (None, Some((phone, VERIFICATION_CODE.parse(&code)?)))
        }
        Some(_) => return Err(Failure::malformed("修改类型应为 phone 或 auth").of("post_field")),
    };
    let patch = CustomerPatch {
        tel: fields.given(&TEL)?,
        address: fields.given(&ADDRESS)?,
        postcode: fields.given(&POSTCODE)?,
        fax: fields.given(&FAX)?,
        authorization,
    };
    Ok(CustomerChange { patch, mobile, stated: fields.stated(RECORD) })
}

/// What is sent back of the record and not changed by the call must be what the record says.
pub async fn must_match(app: &App, actor: Actor<'_, &PortalMember>, stated: &Stated) -> Result<(), Failure> {
    if stated.is_empty() {
        return Ok(());
    }
    let (customer, papers) = app.portal.open_customer(actor).await?;
    stated.must_match(&views::WholeCustomer::of(&customer, &papers, actor.who))
}

/// What a customer's record shows in #39 and #52, and what joining said: each call changes a part of it.
pub const RECORD: &[(&str, &str)] = &[
    ("cus_name", "用户名"),
    ("short_name", "昵称"),
    ("cus_type", "用户类型"),
    ("tel", "固定电话"),
    ("address", "地址"),
    ("postcode", "邮编"),
    ("fax", "传真"),
    ("mobile", "手机号"),
    ("cred_type", "证件类型"),
    ("credentials", "证件号码"),
    ("permit_number", "营业执照编号"),
    ("permit_addr", "营业执照图片"),
    ("organizationcode", "组织机构代码证编号"),
    ("organizationCode_addr", "组织机构代码证图片"),
    ("authorization", "授权码"),
    ("industry_application", "行业应用"),
    ("main_business", "主营业务"),
    ("website", "用户网址"),
];

/// #46
pub async fn manager(app: Arc<App>, member: PortalMember, _: Call) -> Result<Success, Failure> {
    let customer = app.portal.customer(&member).await?;
    Success::content(&views::Manager::of(&customer))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{CHANGE, MANAGER, SHOW};
    use crate::views;
    use describe::{Answers, Operation, cloud};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![
            SHOW.answers(cloud::content::<views::Customer<'static>>(json!({
                "cus_name": "51idc", "cus_type": "FIRM", "tel": "021-4648", "address": "呼兰西路", "postcode": "242200",
                "fax": "445646", "mobile": "134123456", "cred_type": "DRIVER", "credentials": "146548796454515614546",
                "permit_number": "123", "permit_addr": "http://wwww.51idc.com", "organizationcode": "456",
                "organizationCode_addr": "http://www.51idc.com", "authorization": "121"
            }))),
            CHANGE.answers(cloud::nothing()),
            MANAGER.answers(cloud::content::<views::Manager<'static>>(json!({
                "name": "51idc", "mobile": "134123456", "email": "242200@test.com", "qq": "445646"
            }))),
        ]
    }
}
