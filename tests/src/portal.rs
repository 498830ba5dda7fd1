//! Business customers in the portal.

use crate::{
    answer::Answer,
    plaza::Plaza,
    request::{Request, get, post},
};
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// What all accounts of tests sign in with.
pub const PHRASE: &str = "a phrase for the portal";

pub fn put(target: &str) -> Request {
    Request::new(Method::PUT, target)
}

pub fn delete(target: &str) -> Request {
    Request::new(Method::DELETE, target)
}

impl Plaza {
    pub async fn cloud(&self, request: Request) -> Answer {
        self.send("cloud-customer", request).await
    }

    /// A new customer in the default zone; the token of its first admin.
    pub async fn customer(&self, name: &str) -> String {
        self.customer_in("ac1", name).await
    }

    pub async fn customer_in(&self, zone: &str, name: &str) -> String {
        let digits = format!("133{:08}", self.database.under("Z#").len());
        let answer = self.join(zone, name, &digits).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.header("x-access-token").unwrap().to_owned()
    }

    /// Joins with a code that goes to this phone.
    pub async fn join(&self, zone: &str, name: &str, digits: &str) -> Answer {
        self.ask_portal_code(None, digits).await;
        let body = json!({"cus_name": name, "short_name": "idc", "passwd": PHRASE, "cus_type": "FIRM",
            "tel": "021-9621312", "mobile": digits, "verification_code": self.code_for(digits).await});
        self.cloud(post(&format!("/v2/zone/{zone}/join")).json(&body)).await
    }

    /// #56, with a session or without one.
    pub async fn ask_portal_code(&self, token: Option<&str>, digits: &str) -> Answer {
        let body = json!({"addition": "123abc", "smsype": "certify", "mobile": digits});
        let request = post("/verification_code").json(&body);
        self.cloud(token.map_or(request.clone(), |token| request.bearer(token))).await
    }

    /// A code for a change of the account that the session is of.
    pub async fn change_code(&self, token: &str, digits: &str) -> String {
        let asked = self.ask_portal_code(Some(token), digits).await;
        assert_eq!(asked.whole(), (200, "{}".to_owned()));
        self.code_for(digits).await
    }

    /// Makes another account and signs it in.
    pub async fn portal_account(&self, admin: &str, login_id: &str, account_type: &str) -> String {
        let made = self.make_account(admin, login_id, account_type).await;
        assert_eq!(made.whole(), (200, json!({"login_id": login_id}).to_string()));
        self.portal_sign_in(login_id).await.token()
    }

    pub async fn make_account(&self, admin: &str, login_id: &str, account_type: &str) -> Answer {
        let body = json!({"login_id": login_id, "passwd": PHRASE, "account_type": account_type});
        self.cloud(post("/customer/accounts").bearer(admin).json(&body)).await
    }

    pub async fn portal_sign_in(&self, login_id: &str) -> Answer {
        self.sign_in("cloud", login_id, PHRASE).await
    }

    /// The login ids of a customer, by name.
    pub async fn login_ids(&self, token: &str) -> Vec<String> {
        let listed = self.cloud(get("/customer/accounts?limit=100").bearer(token)).await.json();
        let accounts = listed["accounts"].as_array().unwrap();
        accounts.iter().map(|account| account["login_id"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn add_contact(&self, token: &str, contact: &Value) -> String {
        let answer = self.cloud(post("/customer/contacts").bearer(token).json(contact)).await;
        answer.json()["contact_id"].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
    }

    /// The customer of the example events, with a second account and a contact; `event` with what they are.
    pub async fn with_the_examples(&self, name: &str, event: &str) -> String {
        let admin = self.customer("51idc-of-examples").await;
        self.make_account(&admin, "test@51idc.com", "sub").await;
        let contact = self.add_contact(&admin, &json!({"name": "小张"})).await;
        let bound = self.cloud(get("/customer").bearer(&admin)).await.json()["mobile"].as_str().unwrap().to_owned();
        self.watch.advance(SignedDuration::from_secs(61));
        let code = if name.ends_with("join") {
            self.ask_portal_code(None, "13312345864").await;
            self.code_for("13312345864").await
        } else {
            self.change_code(&admin, &bound).await
        };
        let event = event.replace("CLOUD-TOKEN", &admin).replace("CONTACT-ID", &contact);
        event.replace("SMS-CODE", &code).replace("CELL-NUMBER", &bound)
    }
}
