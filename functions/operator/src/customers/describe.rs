//! What the reference says of business customers.

use super::CustomerView;
use describe::{Operation, Source, answer, before, delete, get, may, need, plain, put};
use serde_json::{Value, json};
use shared::domain::reason::Reason;

const CUSTOMER: Source = answer("GET /operator/customers", "/customer_id");
const ID: &str = "0123456789abcdef0123456789abcdef";

pub fn operations() -> Vec<Operation> {
    vec![
        get("/operator/customers", "查找企业客户", "Find a business customer")
            .after(&[before("POST /join")])
            .zh("按名称查找企业客户。")
            .takes([need("cus_name", "客户名称，所有区域内唯一 · The customer's name, unique over all zones", "51idc")])
            .refuses(&[Reason::NotYours])
            .answers(plain::content::<CustomerView<'static>>(customer())),
        get("/operator/customers/{zone}/{customer}", "查看企业客户", "A business customer")
            .path_from("customer", CUSTOMER)
            .zh("返回企业客户及其客户经理。")
            .in_path("zone", "ac1")
            .in_path("customer", ID)
            .refuses(&[Reason::NotYours])
            .answers(plain::content::<CustomerView<'static>>(customer())),
        put("/operator/customers/{zone}/{customer}/manager", "指派客户经理", "Name the account manager")
            .path_from("customer", CUSTOMER)
            .zh("指派客户经理，之后由 #46 返回。")
            .note("Whom #46 answers, from then on.")
            .in_path("zone", "ac1")
            .in_path("customer", ID)
            .takes([
                need("name", "姓名 · Name", "51idc"),
                may("mobile", "手机，原样保存 · Mobile number, kept as given", "134123456"),
                may("email", "邮箱 · E-mail", "242200@test.com"),
                may("qq", "QQ 号 · QQ number", "445646"),
            ])
            .refuses(&[Reason::NotYours])
            .answers(plain::content::<CustomerView<'static>>(customer())),
        delete("/operator/customers/{zone}/{customer}/manager", "取消客户经理", "Have no account manager")
            .path_from("customer", CUSTOMER)
            .zh("取消客户经理，之后 #46 返回 `{}`。")
            .in_path("zone", "ac1")
            .in_path("customer", ID)
            .refuses(&[Reason::NotYours])
            .answers(plain::nothing()),
    ]
}

fn customer() -> Value {
    json!({
        "zone": "ac1", "customer_id": ID, "cus_name": "51idc", "cus_type": "FIRM",
        "manager": { "name": "51idc", "mobile": "134123456", "email": "242200@test.com", "qq": "445646" }
    })
}
