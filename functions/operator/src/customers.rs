//! Business customers: found by name, and given an account manager (客户经理), whom #46 shows them.

use crate::{ADMINS, App, actor};
use serde::Serialize;
use shared::{
    domain::{
        account::LoginName,
        cloud::{Customer, CustomerId, Manager, PortalZone, Tenant, line::line},
        reason::{Failure, Reason},
        session::Caller,
    },
    wire::{
        Call, Endpoint, Field, Fields, SampleSource, Way, answer, before, delete, get, label, missing, person::EMAIL,
        plain::Success, put,
    },
};
use std::sync::Arc;

const FOUND: SampleSource = answer(FIND.way(), "/customer_id");
const ID: &str = "0123456789abcdef0123456789abcdef";
const CUS_NAME: Field<LoginName> = Field::new("cus_name", |text| Ok(LoginName::read(text)))
    .about("客户名称，所有区域内唯一 · The customer's name, unique over all zones")
    .example("51idc");
const NAME: Field<String> =
    Field::new("name", |text| manager_line("name", text, 64)).about("姓名 · Name").example("51idc");
const MOBILE: Field<String> = Field::new("mobile", |text| manager_line("mobile", text, 32))
    .about("手机，原样保存 · Mobile number, kept as given")
    .example("134123456");
const QQ: Field<String> =
    Field::new("qq", |text| manager_line("qq", text, 20)).about("QQ 号 · QQ number").example("445646");

pub const FIND: Endpoint = get("/operator/customers")
    .title("查找企业客户", "Find a business customer")
    .access(ADMINS)
    .zh(&["按名称查找企业客户。"])
    .after(&[before(Way::to("POST /join"))])
    .takes(&[CUS_NAME.required()])
    .refuses(&[Reason::NotYours]);

pub const ONE: Endpoint = get("/operator/customers/{zone}/{customer}")
    .title("查看企业客户", "A business customer")
    .access(ADMINS)
    .zh(&["返回企业客户及其客户经理。"])
    .path_from(&[("customer", FOUND)])
    .in_path(&[("zone", "ac1"), ("customer", ID)])
    .refuses(&[Reason::NotYours]);

pub const ASSIGN: Endpoint = put("/operator/customers/{zone}/{customer}/manager")
    .title("指派客户经理", "Name the account manager")
    .access(ADMINS)
    .zh(&["指派客户经理，之后由 #46 返回。"])
    .notes(&["Whom #46 answers, from then on."])
    .path_from(&[("customer", FOUND)])
    .in_path(&[("zone", "ac1"), ("customer", ID)])
    .takes(&[NAME.required(), MOBILE.optional(), EMAIL.example("242200@test.com").optional(), QQ.optional()])
    .refuses(&[Reason::NotYours]);

pub const CLEAR: Endpoint = delete("/operator/customers/{zone}/{customer}/manager")
    .title("取消客户经理", "Have no account manager")
    .access(ADMINS)
    .zh(&["取消客户经理，之后 #46 返回 `{}`。"])
    .path_from(&[("customer", FOUND)])
    .in_path(&[("zone", "ac1"), ("customer", ID)])
    .refuses(&[Reason::NotYours]);

/// A business customer, as far as finding it and naming its manager goes.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CustomerView<'a> {
    zone: &'a str,
    customer_id: &'a str,
    cus_name: &'a str,
    cus_type: &'static str,
    manager: Option<ManagerView<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct ManagerView<'a> {
    name: &'a str,
    mobile: &'a str,
    email: &'a str,
    qq: &'a str,
}

impl<'a> CustomerView<'a> {
    fn of(Tenant { zone, customer: id }: &'a Tenant, customer: &'a Customer) -> Self {
        let manager = |manager: &'a Manager| ManagerView {
            name: &manager.name,
            mobile: &manager.mobile,
            email: &manager.email,
            qq: &manager.qq,
        };
        Self {
            zone: zone.as_str(),
            customer_id: id.as_str(),
            cus_name: &customer.cus_name,
            cus_type: customer.cus_type.as_str(),
            manager: customer.manager.as_ref().map(manager),
        }
    }
}

/// By `cus_name`, which is one customer's over all zones.
pub async fn find(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let name = call.read(|fields| fields.required(&CUS_NAME))?;
    let (tenant, customer) = app.business.named(&name).await?;
    Success::content(&CustomerView::of(&tenant, &customer))
}

pub async fn one(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let tenant = tenant(&call)?;
    Success::content(&CustomerView::of(&tenant, &app.business.customer(&tenant).await?))
}

pub async fn assign(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (tenant, manager) = (tenant(&call)?, call.read(manager)?);
    let customer = app.business.assign(&tenant, Some(&manager), &actor(&app, &caller, &call)).await?;
    Success::content(&CustomerView::of(&tenant, &customer))
}

pub async fn clear(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    app.business.assign(&tenant(&call)?, None, &actor(&app, &caller, &call)).await?;
    Ok(Success::Nothing)
}

/// What cannot be a customer's answers like an unknown one.
fn tenant(call: &Call) -> Result<Tenant, Failure> {
    let zone = PortalZone::parse(call.path("zone")).map_err(|_| Reason::NotYours)?;
    Ok(Tenant { zone, customer: CustomerId::parse(call.path("customer"))? })
}

/// `{"name","mobile","email","qq"}`; all but the name may be left out. The mobile is shown as it is given, because it may
/// be an extension or a landline.
fn manager(fields: &mut Fields) -> Result<Manager, Failure> {
    let name = fields.optional(&NAME)?.filter(|name| !name.is_empty());
    let (mobile, qq) = (fields.optional(&MOBILE)?.unwrap_or_default(), fields.optional(&QQ)?.unwrap_or_default());
    let name = name.ok_or_else(|| missing(NAME.name()))?;
    let email = fields.optional(&EMAIL)?.map_or_else(String::new, |email| email.as_str().to_owned());
    Ok(Manager { name, mobile, email, qq })
}

fn manager_line(name: &str, text: &str, longest: usize) -> Result<String, Failure> {
    line(text, longest, label(name)).map_err(|no| no.of(name))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{ASSIGN, CLEAR, CustomerView, FIND, ID, ONE};
    use describe::{Answers, Operation, plain};
    use serde_json::{Value, json};

    pub fn operations() -> Vec<Operation> {
        vec![
            FIND.answers(plain::content::<CustomerView<'static>>(customer())),
            ONE.answers(plain::content::<CustomerView<'static>>(customer())),
            ASSIGN.answers(plain::content::<CustomerView<'static>>(customer())),
            CLEAR.answers(plain::nothing()),
        ]
    }

    fn customer() -> Value {
        json!({
            "zone": "ac1", "customer_id": ID, "cus_name": "51idc", "cus_type": "FIRM",
            "manager": { "name": "51idc", "mobile": "134123456", "email": "242200@test.com", "qq": "445646" }
        })
    }
}
