//! Staff in tests: appointed, signed in to the end, with an authenticator of their own.

use crate::{
    answer::Answer,
    keys::look_into,
    plaza::Plaza,
    request::{Request, get, post},
};
use aws_lc_rs::hmac;
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::domain::account::Role;

/// What an administrator gives, and what its owner chooses in its place.
pub const FIRST: &str = "a phrase for the first day";
pub const OWN: &str = "another phrase 7";

/// An authenticator as staff carry one: RFC 6238 over the secret of an enrolment.
pub struct Authenticator(Vec<u8>);

impl Authenticator {
    /// From base32.
    pub fn of(secret: &str) -> Self {
        let value = |c: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).expect("a secret is base32");
        let bits: Vec<_> = secret.chars().flat_map(|c| (0..5).rev().map(move |bit| value(c) >> bit & 1)).collect();
        let byte = |bits: &[usize]| u8::try_from(bits.iter().fold(0, |byte, bit| byte << 1 | bit)).unwrap();
        Self(bits.chunks_exact(8).map(byte).collect())
    }

    pub fn code_at(&self, now: Timestamp) -> String {
        let step = (now.as_second() / 30).to_be_bytes();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step);
        let offset = usize::from(tag.as_ref()[19] & 15);
        let word = u32::from_be_bytes(tag.as_ref()[offset..offset + 4].try_into().unwrap()) & 0x7FFF_FFFF;
        format!("{:06}", word % 1_000_000)
    }
}

impl Plaza {
    /// A member of staff with the first password, confirmed where that is needed; the account.
    pub async fn appointed(&self, name: &str, role: Role, shops: &str) -> String {
        let body = json!({"username": name, "password": FIRST, "role": role.as_str(), "shops": shops});
        let made = self.operator(post("/operator/people").bearer(&self.token_of(Role::Admin)).json(&body)).await;
        assert_eq!(made.status, 200, "{}", made.text());
        self.confirm_all().await;
        made.json()["account_id"].as_str().unwrap().to_owned()
    }

    /// Confirms all that waits, as another administrator.
    pub async fn confirm_all(&self) {
        let second = self.token_of(Role::Admin);
        let staff = self.operator(get("/operator/people?realm=platform").bearer(&second)).await.json();
        let waiting = staff["people"].as_array().unwrap().iter().filter(|member| !member["proposed"].is_null());
        for id in waiting.map(|member| member["account_id"].as_str().unwrap()) {
            let confirm = post(&format!("/operator/people/platform/{id}/confirmation")).bearer(&second);
            assert_eq!(self.operator(confirm).await.status, 200);
        }
    }

    pub async fn staff_sign_in(&self, realm: &str, name: &str, password: &str, more: &Value) -> Answer {
        let mut body = json!({"realm": realm, "username": name, "password": password});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.session(post("/auth/token").json(&body)).await
    }

    pub async fn change_own_password(&self, token: &str, name: &str, old: &str, new: &str) -> Answer {
        let body = json!({"username": name, "old_password": old, "password": new});
        self.session(post("/auth/password").bearer(token).json(&body)).await
    }

    /// A whole session of staff who have just been appointed: with a password of their own, and a second factor where
    /// the role demands one.
    pub async fn finished(&self, name: &str, role: Role) -> String {
        let answer = self.sign_in(role.realm().as_str(), name, FIRST).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        self.finish(name, FIRST, &answer).await
    }

    /// Takes the steps that a sign-in has left; without any, its own token.
    pub async fn finish(&self, name: &str, password: &str, answer: &Answer) -> String {
        let (mut next, mut token, mut password) = (answer.json()["next"].take(), answer.token(), password);
        if next == "change_password" {
            let changed = self.change_own_password(&token, name, password, OWN).await;
            assert_eq!(changed.status, 200, "{}", changed.text());
            (next, token, password) = (changed.json()["next"].take(), changed.token(), OWN);
        }
        if next == "enrol_second_factor" {
            return self.enrolled(name, password, &token).await.1["token"].as_str().unwrap().to_owned();
        }
        token
    }

    pub async fn offer(&self, name: &str, password: &str, token: &str, more: &Value) -> Answer {
        let mut body = json!({"username": name, "password": password});
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.session(post("/auth/second-factor").bearer(token).json(&body)).await
    }

    /// An authenticator that no code has confirmed.
    pub async fn offered(&self, name: &str, token: &str) -> Authenticator {
        Authenticator::of(self.offer(name, OWN, token, &json!({})).await.json()["secret"].as_str().unwrap())
    }

    /// A confirmed authenticator, and the answer to its confirmation.
    pub async fn enrolled(&self, name: &str, password: &str, token: &str) -> (Authenticator, Value) {
        let offer = self.offer(name, password, token, &json!({})).await;
        assert_eq!(offer.status, 200, "{}", offer.text());
        let authenticator = Authenticator::of(offer.json()["secret"].as_str().unwrap());
        let answer = self.confirm_enrolment(name, token, &authenticator.code_at(self.watch.now())).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        (authenticator, answer.json())
    }

    pub async fn confirm_enrolment(&self, name: &str, token: &str, code: &str) -> Answer {
        let confirm: Request = post("/auth/second-factor/confirm").bearer(token);
        self.session(confirm.json(&json!({"username": name, "totp": code}))).await
    }
}

/// The account of a token.
pub fn account_of(token: &str) -> String {
    look_into(token).1["sub"].as_str().unwrap().to_owned()
}
