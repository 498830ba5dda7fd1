//! Dealers of the auto mall, as their app sees the plaza.

use crate::{
    answer::Answer,
    keys::look_into,
    plaza::{PASSWORD, Plaza},
    request::{Request, post},
};
use serde_json::json;
use shared::{
    domain::captcha::Letters,
    outside::{letters::LettersSource, random::Random},
};
use std::sync::{Arc, Mutex};

/// The letters of the captchas that were shown, so that a test can read them.
#[derive(Clone, Default)]
pub struct CaptchaAnswers(Arc<Mutex<Vec<Letters>>>);

impl CaptchaAnswers {
    /// Letters by the system's chance, all on record.
    pub fn source(&self) -> LettersSource {
        let (drawn, system) = (Arc::clone(&self.0), Random::system());
        LettersSource::from_fn(move |_, _| {
            let letters = Letters::draw(system.u64());
            drawn.lock().unwrap().push(letters.clone());
            letters
        })
    }

    /// The letters of the captcha that was shown last.
    pub fn letters(&self) -> String {
        self.0.lock().unwrap().last().expect("a captcha was shown").as_str().to_owned()
    }
}

impl Plaza {
    pub async fn mall_dealer(&self, request: Request) -> Answer {
        self.send("mall-dealer", request).await
    }

    /// Shows a device a picture; what it says and where it is.
    pub async fn picture(&self, device: &str) -> (String, String) {
        let answer = self.mall_dealer(post("/user/dealer/sendGraphCode").json(&json!({"deviceId": device}))).await;
        let address =
            answer.json()["data"]["picUrl"].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned();
        (self.captcha_answers.letters(), address)
    }

    /// #22
    pub async fn solve(&self, device: &str, letters: &str) -> Answer {
        let form = json!({"deviceId": device, "picCode": letters});
        self.mall_dealer(post("/user/dealer/verifyPicCode").json(&form)).await
    }
}

/// A dealer who has registered and is signed in.
#[derive(Clone)]
pub struct TestDealer {
    pub phone: String,
    pub device: String,
    pub token: String,
    /// The account's id, as the token's `sub` gives it.
    pub id: String,
}

impl Plaza {
    /// #19 and what arrives on the telephone; with a solved picture where the device has had enough without.
    pub async fn dealers_code(&self, device: &str, phone: &str, token: Option<&str>) -> String {
        let request = post("/user/dealer/sendPhoneNum").json(&json!({"deviceId": device, "telephone": phone}));
        let request = token.map_or(request.clone(), |token| request.bearer(token));
        let mut answer = self.mall_dealer(request.clone()).await;
        if answer.json()["errCode"] == 2018 {
            let (letters, _) = self.picture(device).await;
            self.solve(device, &letters).await;
            answer = self.mall_dealer(request).await;
        }
        assert_eq!(answer.json()["errCode"], "200", "{}", answer.text());
        self.code_for(phone).await
    }

    /// #23
    pub async fn register_dealer(&self, device: &str, phone: &str, code: &str, letters: &str) -> Answer {
        let form = json!({"deviceId": device, "telephone": phone, "phoneNum": code, "picCode": letters,
            "password": PASSWORD});
        self.mall_dealer(post("/user/dealer/register").json(&form)).await
    }

    /// Registers a dealer on a device of its own.
    pub async fn dealer(&self, phone: &str) -> TestDealer {
        let device = format!("device-of-{phone}");
        let code = self.dealers_code(&device, phone, None).await;
        let (letters, _) = self.picture(&device).await;
        let answer = self.register_dealer(&device, phone, &code, &letters).await;
        let token = answer.header("x-access-token").unwrap_or_else(|| panic!("{}", answer.text())).to_owned();
        let id = look_into(&token).1["sub"].as_str().unwrap().to_owned();
        TestDealer { phone: phone.to_owned(), device, token, id }
    }
}
