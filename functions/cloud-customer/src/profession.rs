//! The customer's business (业务信息).

use crate::{
    ADMINS, App, MEMBERS, actor,
    customer::{RECORD, must_match},
    views,
};
use shared::{
    domain::{
        cloud::{Customer, PortalMember, ProfessionPatch, Website},
        reason::Failure,
    },
    wire::{Call, Endpoint, Field, Fields, Stated, cloud::Success, get, label, put},
};
use std::sync::Arc;

const INDUSTRY_APPLICATION: Field<String> =
    Field::new("industry_application", |text| Customer::business(text, label("industry_application")))
        .about("行业应用 · Line of business")
        .example("电商")
        .rule(Customer::BUSINESS);
const MAIN_BUSINESS: Field<String> =
    Field::new("main_business", |text| Customer::business(text, label("main_business")))
        .about("主营业务 · Main business")
        .example("云主机")
        .rule(Customer::BUSINESS);
const WEBSITE: Field<Option<Website>> = Field::new("website", Website::parse)
    .about("用户网址，http 或 https，可为空 · Website: http or https, or empty")
    .example("https://www.51idc.com");

pub const PROFESSION: Endpoint = get("/customer/profession")
    .number(52)
    .title("获取业务信息", "The customer's business")
    .access(MEMBERS)
    .also_at(&[zoned!("/customer/profession")])
    .zh(&["返回行业应用、主营业务和网址，未填写为空字符串。"])
    .notes(&["What is unset is `\"\"`."])
    .in_path(&[("zone", "ac1")]);

pub const CHANGE_PROFESSION: Endpoint = put("/customer/profession")
    .number(53)
    .title("修改业务信息", "Change the customer's business")
    .access(ADMINS)
    .also_at(&[zoned!("/customer/profession")])
    .zh(&["不传的字段保持不变，空字符串清空；成功时响应体为空。"])
    .notes(&["What is absent stays, `\"\"` clears; the answer is empty."])
    .in_path(&[("zone", "ac1")])
    .takes(&[INDUSTRY_APPLICATION.optional(), MAIN_BUSINESS.optional(), WEBSITE.optional()]);

/// #52
pub async fn profession(app: Arc<App>, member: PortalMember, _: Call) -> Result<Success, Failure> {
    let customer = app.portal.customer(&member).await?;
    Success::content(&views::Profession::of(&customer))
}

/// #53
pub async fn change_profession(app: Arc<App>, member: PortalMember, mut call: Call) -> Result<Success, Failure> {
    let (form, stated) = call.read(form)?;
    must_match(&app, actor(&app, &member, &call), &stated).await?;
    app.portal.change_customer(actor(&app, &member, &call), |customer| form.apply_to(customer)).await?;
    Ok(Success::nothing())
}

/// #53
fn form(fields: &mut Fields) -> Result<(ProfessionPatch, Stated), Failure> {
    let patch = ProfessionPatch {
        industry_application: fields.given(&INDUSTRY_APPLICATION)?,
        main_business: fields.given(&MAIN_BUSINESS)?,
        website: fields.given(&WEBSITE)?,
    };
    Ok((patch, fields.stated(RECORD)))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{CHANGE_PROFESSION, PROFESSION};
    use crate::views;
    use describe::{Answers, Operation, cloud};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![
            PROFESSION.answers(cloud::content::<views::Profession<'static>>(json!({
                "industry_application": "", "main_business": "", "website": ""
            }))),
            CHANGE_PROFESSION.answers(cloud::nothing()),
        ]
    }
}
