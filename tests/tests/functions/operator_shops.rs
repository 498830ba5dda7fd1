//! Shops, groups and business customers as the operator sees them: listed page by page, changed, and audited.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{
    answer::Answer,
    capacity::bill as cost,
    plaza::Plaza,
    request::{Request, get},
};

struct Desk {
    plaza: Plaza,
    admin: String,
}

impl Desk {
    fn open() -> Self {
        let plaza = Plaza::open();
        Self { admin: plaza.token_of(Role::Admin), plaza }
    }

    /// A second after the last one: what happens at one instant has no order in the trail.
    async fn send(&self, method: Method, target: &str, body: Option<Value>) -> Answer {
        self.plaza.watch.advance(SignedDuration::from_secs(1));
        let request = Request::new(method, &format!("/operator/{target}")).bearer(&self.admin);
        self.plaza.operator(body.iter().fold(request, Request::json)).await
    }

    async fn get(&self, target: &str) -> Value {
        self.send(Method::GET, target, None).await.json()
    }

    async fn save(&self, shop: &str, body: Value) -> Answer {
        self.send(Method::PUT, &format!("shops/{shop}"), Some(body)).await
    }

    /// What the trail says of a subject, the newest first.
    async fn trail(&self, kind: &str, subject: &str) -> Vec<(String, String)> {
        let trail = self.get(&format!("audit?kind={kind}&subject={subject}")).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        trail["entries"].as_array().unwrap().iter().map(|it| (text(&it["action"]), text(&it["change"]))).collect()
    }
}

fn told(action: &str, change: &str) -> (String, String) {
    (action.to_owned(), change.to_owned())
}

#[tokio::test]
async fn all_shops_are_listed_page_by_page_as_they_are() {
    let desk = Desk::open();
    for n in 0..7 {
        assert_eq!(desk.save(&format!("s{n}"), json!({"name": format!("{n}号店")})).await.status, 200);
    }
    assert_eq!(desk.save("s3", json!({"name": "新三号店", "signin_points": 5})).await.status, 200);
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = desk.get(&format!("shops?limit=3{after}")).await;
        seen.extend(page["shops"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    let ids: Vec<_> = seen.iter().map(|shop| shop["shop_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["s0", "s1", "s2", "s3", "s4", "s5", "s6"]);
    assert_eq!(seen[3], json!({"shop_id": "s3", "name": "新三号店", "group": null, "signin_points": 5}));
    assert_eq!(seen[3], desk.get("shops/s3").await);
    let auditor = desk.plaza.token_of(Role::Auditor);
    assert_eq!(desk.plaza.operator(get("/operator/shops").bearer(&auditor)).await.status, 403);
}

#[tokio::test]
async fn each_change_of_a_shop_or_a_group_leaves_one_entry_and_none_is_left_by_what_changes_nothing() {
    let desk = Desk::open();
    for _ in 0..2 {
        let group = desk.send(Method::PUT, "shop-groups/g1", Some(json!({"name": "华东"}))).await;
        assert_eq!(group.status, 204);
        assert_eq!(desk.save("s1", json!({"name": "一号店"})).await.status, 200);
    }
    for _ in 0..2 {
        assert_eq!(desk.save("s1", json!({"name": "一号店", "group": "g1", "signin_points": 5})).await.status, 200);
    }
    assert_eq!(desk.save("s1", json!({"name": "x", "group": "unknown"})).await.status, 404);
    assert_eq!(
        desk.trail("shops", "s1").await,
        [
            told("shop-changed", "一号店, g1, sign-in points 5"),
            told("shop-made", "一号店, no group, sign-in points default")
        ]
    );
    assert_eq!(desk.trail("shop-groups", "g1").await, [told("shop-group-named", "华东")]);
}

#[tokio::test]
async fn an_operator_names_the_manager_of_a_customer_found_by_name_and_clears_it() {
    let desk = Desk::open();
    let customer = desk.plaza.customer("51idc").await;
    let found = desk.get("customers?cus_name=５１IDC").await;
    assert_eq!((&found["cus_name"], &found["manager"]), (&json!("51idc"), &Value::Null));
    let id = found["customer_id"].as_str().unwrap();
    let path = format!("customers/ac1/{id}/manager");
    let manager = json!({"name": "王经理", "mobile": "134123456", "email": "242200@test.com", "qq": "445646"});
    let shown = async || desk.plaza.cloud(get("/customer/accountmanager").bearer(&customer)).await.json();
    for _ in 0..2 {
        let assigned = desk.send(Method::PUT, &path, Some(manager.clone())).await;
        assert_eq!((assigned.status.as_u16(), &assigned.json()["manager"]), (200, &manager));
        assert_eq!(shown().await, manager);
    }
    assert_eq!(desk.get(&format!("customers/ac1/{id}")).await["manager"], manager);
    for _ in 0..2 {
        assert_eq!(desk.send(Method::DELETE, &path, None).await.status, 204);
        assert_eq!(shown().await, json!({}));
    }
    let told = [told("manager-assigned", "none"), told("manager-assigned", "王经理")];
    assert_eq!(desk.trail("customers", &format!("ac1.{id}")).await, told);

    for body in [json!({}), json!({"name": ""}), json!({"name": "x", "email": "no"}), json!({"name": "x".repeat(65)})] {
        assert_eq!(desk.send(Method::PUT, &path, Some(body.clone())).await.status, 400, "{body}");
    }
    let unknown = "0123456789abcdef0123456789abcdef";
    for nobodys in [format!("customers/ac1/{unknown}"), format!("customers/bj2/{id}"), "customers/ac1/x".to_owned()] {
        assert_eq!(desk.send(Method::GET, &nobodys, None).await.status, 404, "{nobodys}");
        let assigned = desk.send(Method::PUT, &format!("{nobodys}/manager"), Some(manager.clone())).await;
        assert_eq!(assigned.status, 404, "{nobodys}");
    }
    assert_eq!(desk.send(Method::GET, "customers?cus_name=unknown", None).await.status, 404);
}

/// Calls and units at the wire, the admission of the caller included.
#[tokio::test]
async fn these_cost_a_few_units() {
    let desk = Desk::open();
    desk.plaza.customer("51idc").await;
    let id = desk.get("customers?cus_name=51idc").await["customer_id"].as_str().unwrap().to_owned();
    let path = format!("customers/ac1/{id}/manager");
    let mut costs = Vec::new();
    for (method, target, body) in [
        (Method::PUT, "shops/s1", Some(json!({"name": "一号店"}))),
        (Method::GET, "shops", None),
        (Method::GET, "customers?cus_name=51idc", None),
        (Method::PUT, path.as_str(), Some(json!({"name": "王经理"}))),
    ] {
        desk.plaza.database.take_calls();
        assert_eq!(desk.send(method.clone(), target, body).await.status, 200);
        costs.push(format!("{method}: {}", cost(&desk.plaza.database.take_calls())));
    }
    assert_eq!(
        costs,
        [
            "PUT: GetItem 1 + GetItem 1 + TransactWriteItems 6",
            "GET: GetItem 1 + Query 0.5",
            "GET: GetItem 1 + GetItem 1 + GetItem 1",
            "PUT: GetItem 1 + GetItem 1 + TransactWriteItems 4",
        ]
    );
}

#[tokio::test]
async fn shops_and_groups_that_are_sent_back_whole_pass_and_what_else_they_show_is_refused_by_name() {
    let desk = Desk::open();
    desk.send(Method::PUT, "shop-groups/g1", Some(json!({"name": "北区"}))).await;
    desk.save("s1", json!({"name": "一号店", "group": "g1"})).await;
    let (shop, group) = (desk.get("shops/s1").await, desk.get("shop-groups/g1").await);
    assert_eq!((&shop["shop_id"], &group["shops"]), (&json!("s1"), &json!(["s1"])));
    assert_eq!(desk.save("s1", shop.clone()).await.json(), shop);
    assert!(desk.send(Method::PUT, "shop-groups/g1", Some(group.clone())).await.status.is_success());
    for (target, body, field) in [
        ("shops/s1", json!({"name": "新一号店", "shop_id": "s2"}), "shop_id"),
        ("shop-groups/g1", json!({"name": "南区", "group_id": "g2"}), "group_id"),
        ("shop-groups/g1", json!({"name": "南区", "shops": ["s2"]}), "shops"),
        ("shop-groups/g9", json!({"name": "新区", "shops": ["s1"]}), "shops"),
    ] {
        let answer = desk.send(Method::PUT, target, Some(body)).await;
        assert_eq!(answer.status, 400, "{target}");
        assert!(answer.text().contains(field), "{}", answer.text());
    }
    assert_eq!((desk.get("shops/s1").await, desk.get("shop-groups/g1").await), (shop, group));
}
