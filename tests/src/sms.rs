//! SMS as the tests see them: what is on its way is handed to the sender, and the code is read from what it sends.

use crate::{answer::Answer, plaza::Plaza, request::post};
use serde_json::json;
use shared::domain::otp::Code;
use sms_sender::{Batch, Record};

impl Plaza {
    /// Hands the sender everything that is on its way, as the queue does.
    pub async fn deliver_sms(&self) -> sms_sender::Answer {
        let sms_messages = std::mem::take(&mut *self.sms_messages.lock().unwrap());
        let record = |(n, sms_message)| Record { message_id: format!("m{n}"), body: json!(sms_message).to_string() };
        let records = sms_messages.iter().enumerate().map(record).collect();
        self.sms_sender.handle(Batch { records }).await
    }

    /// The last code that was sent to a number, given by its eleven digits.
    pub async fn code_for(&self, digits: &str) -> String {
        let answer = self.deliver_sms().await;
        assert_eq!(answer, sms_sender::Answer::default());
        self.last_code_for(digits).unwrap_or_else(|| panic!("no code was sent to {digits}"))
    }

    pub fn last_code_for(&self, digits: &str) -> Option<String> {
        let outbox = self.outbox.lock().unwrap();
        let mut codes = outbox.iter().filter(|message| message.to.digits() == digits).filter_map(|m| m.code.as_ref());
        codes.next_back().map(|code| Code::expose(code).to_owned())
    }

    /// What has been sent to a number, by purpose.
    pub fn sent_to(&self, digits: &str) -> Vec<&'static str> {
        let outbox = self.outbox.lock().unwrap();
        outbox.iter().filter(|message| message.to.digits() == digits).map(|message| message.purpose).collect()
    }

    /// Binds a phone to an account as the product's own endpoint would; `login` is the name that has the password.
    pub fn bind_phone(&self, realm: &str, digits: &str, account: &str, login: &str) {
        self.database.put(&json!({
            "pk": {"S": format!("PHONE#{realm}#+86{digits}")}, "sk": {"S": "HOLDER"},
            "account": {"S": account}, "login": {"S": login}, "since": {"S": "2026-06-01T00:00:00Z"}
        }));
    }

    /// `POST /auth/code`.
    pub async fn ask_code(&self, realm: &str, digits: &str, purpose: &str) -> Answer {
        let body = json!({"realm": realm, "telephone": digits, "purpose": purpose});
        self.session(post("/auth/code").json(&body)).await
    }

    /// `POST /auth/code` with a driver's session, and what arrives there.
    pub async fn drivers_code(&self, token: &str, digits: &str) -> String {
        let body = json!({"realm": "ev", "telephone": digits, "purpose": "change"});
        let answer = self.session(post("/auth/code").bearer(token).json(&body)).await;
        assert_eq!(answer.whole(), (200, "{}".to_owned()));
        self.code_for(digits).await
    }

    /// `POST /auth/token` with a code.
    pub async fn sign_in_by_code(&self, realm: &str, digits: &str, code: &str) -> Answer {
        let body = json!({"realm": realm, "telephone": digits, "code": code});
        self.session(post("/auth/token").json(&body)).await
    }

    /// `POST /auth/password/reset`.
    pub async fn reset(&self, realm: &str, digits: &str, code: &str, password: &str) -> Answer {
        let body = json!({"realm": realm, "telephone": digits, "code": code, "password": password});
        self.session(post("/auth/password/reset").json(&body)).await
    }
}
