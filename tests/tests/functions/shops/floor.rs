//! Two shops of one group and a neighbour, with their staff.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{
    answer::Answer,
    plaza::{Plaza, Settings},
    request::{Request, get, post},
};

pub const CUSTOMERS: &str = "/customer/v1/customer";
pub const ID_NUMBER: &str = "11010519491231002X";
pub const MASK: &str = "****************2X";

pub struct Floor {
    pub plaza: Plaza,
    /// Of both shops of the group.
    pub manager: String,
    /// Of the first shop.
    pub staff: String,
    /// Manager of a shop outside the group.
    pub neighbour: String,
}

impl Floor {
    pub async fn open() -> Self {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Self {
        let plaza = Plaza::with(settings);
        plaza.shop("S1", Some("G1")).await;
        plaza.shop("S2", Some("G1")).await;
        plaza.shop("S9", None).await;
        let manager = plaza.staff_of(Role::ShopManager, &["S1", "S2"]);
        let staff = plaza.staff_of(Role::ShopStaff, &["S1"]);
        let neighbour = plaza.staff_of(Role::ShopManager, &["S9"]);
        Self { plaza, manager, staff, neighbour }
    }

    /// Time passes, and staff sign in anew: their sessions end after twelve hours.
    pub fn later(&mut self, wait: SignedDuration) {
        self.plaza.watch.advance(wait);
        self.manager = self.plaza.staff_of(Role::ShopManager, &["S1", "S2"]);
        self.staff = self.plaza.staff_of(Role::ShopStaff, &["S1"]);
    }

    pub async fn send(&self, request: Request, token: &str) -> Answer {
        self.plaza.shop_customer(request.bearer(token)).await
    }

    /// A record with these fields beside the needed ones, as its answer shows it.
    pub async fn record(&self, more: Value) -> Value {
        let mut body = json!({"shopId": "S1", "name": "王小明", "gender": "male"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.send(post(CUSTOMERS).json(&body), &self.manager).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    pub async fn read(&self, id: &str) -> Value {
        self.send(get(&at(id)), &self.staff).await.json()
    }

    pub async fn patch(&self, id: &str, body: &Value) -> Answer {
        self.send(patch(id).json(body), &self.staff).await
    }

    pub async fn list(&self, query: &str) -> Value {
        let answer = self.send(get(&encoded(&format!("{CUSTOMERS}?shopId=S1&{query}"))), &self.staff).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    pub async fn book(&self, id: &str, account: &str, amount: i64, key: &str) -> Answer {
        let body = json!({"account": account, "amount": amount, "reason": "充值", "key": key});
        self.send(post(&format!("{}/entries", at(id))).json(&body), &self.manager).await
    }

    pub async fn sign_in(&self, id: &str) -> Answer {
        self.send(post(&format!("{}/signin", at(id))), &self.manager).await
    }

    pub async fn delete(&self, id: &str) -> Answer {
        self.send(delete(id), &self.manager).await
    }

    /// The ledger of a record as it is stored.
    pub fn entries(&self, id: &str) -> Vec<Value> {
        let (shop, serial) = id.split_once('.').unwrap();
        let beside = self.plaza.database.under(&format!("SHOP#{shop}#CUSTOMER#{serial}"));
        beside.into_iter().filter(|item| item["sk"]["S"].as_str().unwrap().starts_with("ENTRY#")).collect()
    }
}

/// An address as a browser sends it.
pub fn encoded(target: &str) -> String {
    let encode = |c: char| form_urlencoded::byte_serialize(c.to_string().as_bytes()).collect::<String>();
    target.chars().map(|c| if c.is_ascii() { c.to_string() } else { encode(c) }).collect()
}

pub fn at(id: &str) -> String {
    format!("{CUSTOMERS}/{id}")
}

pub fn patch(id: &str) -> Request {
    Request::new(Method::PATCH, &at(id))
}

pub fn delete(id: &str) -> Request {
    Request::new(Method::DELETE, &at(id))
}

pub fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

pub fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}
