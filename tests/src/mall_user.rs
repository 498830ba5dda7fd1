//! Consumers and agents of the auto mall, as their apps see the plaza.

use crate::{
    answer::Answer,
    keys::look_into,
    plaza::Plaza,
    request::{Request, post},
};
use jiff::SignedDuration;
use serde_json::json;

/// One as `WeChat` gives them.
pub const OPEN_ID: &str = "oGZUI0egBJY1zhBYw2KhdUfwVJJE";

/// What #8 and #10 answer.
pub const SENT: &str = r#"{"errCode":200,"msg":"success"}"#;
/// What #9 and #11 answer.
pub const DONE: &str = r#"{"errCode":"200","msg":"sucess"}"#;

/// Both kinds of users, who sign in alike.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Consumer,
    Agent,
}

impl Kind {
    pub const BOTH: [Self; 2] = [Self::Consumer, Self::Agent];

    pub fn realm(self) -> &'static str {
        match self {
            Self::Consumer => "mall-consumer",
            Self::Agent => "mall-agent",
        }
    }

    /// #8 or #10
    pub async fn send(self, plaza: &Plaza, open_id: &str, phone: &str) -> Answer {
        let form = json!({"openId": open_id, "telephone": phone});
        match self {
            Self::Consumer => plaza.mall_consumer(post("/user/custom/sendPhoneNum").json(&form)).await,
            Self::Agent => plaza.mall_agent(post("/user/proxy/sendPhoneNum").json(&form)).await,
        }
    }

    /// The same, and what arrives on the telephone.
    pub async fn code(self, plaza: &Plaza, open_id: &str, phone: &str) -> String {
        assert_eq!(self.send(plaza, open_id, phone).await.whole(), (200, SENT.to_owned()));
        plaza.code_for(phone).await
    }

    /// #9 or #11
    pub async fn verify(self, plaza: &Plaza, open_id: &str, phone: &str, code: &str) -> Answer {
        match self {
            Self::Consumer => plaza.verify_consumer(open_id, phone, code).await,
            Self::Agent => plaza.verify_agent(open_id, phone, code).await,
        }
    }

    /// From the code to the session, a minute after the step before.
    pub async fn sign_in(self, plaza: &Plaza, open_id: &str, phone: &str) -> TestMallUser {
        plaza.watch.advance(SignedDuration::from_secs(60));
        let code = self.code(plaza, open_id, phone).await;
        let answer = self.verify(plaza, open_id, phone, &code).await;
        assert_eq!(answer.whole(), (200, DONE.to_owned()));
        TestMallUser::of(open_id, phone, &answer)
    }
}

/// A consumer or an agent who is signed in.
#[derive(Clone, Debug)]
pub struct TestMallUser {
    pub open_id: String,
    pub phone: String,
    pub token: String,
    /// The account's id, as the token's `sub` gives it.
    pub id: String,
}

impl TestMallUser {
    /// Whom the session is of that an answer opened.
    pub fn of(open_id: &str, phone: &str, answer: &Answer) -> Self {
        let token = answer.header("x-access-token").unwrap_or_else(|| panic!("{}", answer.text())).to_owned();
        let id = look_into(&token).1["sub"].as_str().unwrap().to_owned();
        Self { open_id: open_id.to_owned(), phone: phone.to_owned(), token, id }
    }
}

impl Plaza {
    pub async fn mall_consumer(&self, request: Request) -> Answer {
        self.send("mall-consumer", request).await
    }

    pub async fn mall_agent(&self, request: Request) -> Answer {
        self.send("mall-agent", request).await
    }

    /// #8 and what arrives on the telephone.
    pub async fn consumers_code(&self, open_id: &str, phone: &str) -> String {
        let form = json!({"openId": open_id, "telephone": phone});
        let answer = self.mall_consumer(post("/user/custom/sendPhoneNum").json(&form)).await;
        assert_eq!(answer.json()["errCode"], 200, "{}", answer.text());
        self.code_for(phone).await
    }

    /// #10 and what arrives on the telephone.
    pub async fn agents_code(&self, open_id: &str, phone: &str, token: Option<&str>) -> String {
        let request = post("/user/proxy/sendPhoneNum").json(&json!({"openId": open_id, "telephone": phone}));
        let answer = self.mall_agent(token.map_or(request.clone(), |token| request.bearer(token))).await;
        assert_eq!(answer.json()["errCode"], 200, "{}", answer.text());
        self.code_for(phone).await
    }

    /// #9
    pub async fn verify_consumer(&self, open_id: &str, phone: &str, code: &str) -> Answer {
        let form = json!({"openId": open_id, "telephone": phone, "phoneNum": code});
        self.mall_consumer(post("/user/custom/verifyPhoneNum").json(&form)).await
    }

    /// #11
    pub async fn verify_agent(&self, open_id: &str, phone: &str, code: &str) -> Answer {
        let form = json!({"openId": open_id, "telephone": phone, "phoneNum": code});
        self.mall_agent(post("/user/proxy/verifyPhoneNum").json(&form)).await
    }

    /// Signs a consumer in.
    pub async fn consumer(&self, open_id: &str, phone: &str) -> TestMallUser {
        let code = self.consumers_code(open_id, phone).await;
        TestMallUser::of(open_id, phone, &self.verify_consumer(open_id, phone, &code).await)
    }

    /// Signs an agent in.
    pub async fn agent(&self, open_id: &str, phone: &str) -> TestMallUser {
        let code = self.agents_code(open_id, phone, None).await;
        TestMallUser::of(open_id, phone, &self.verify_agent(open_id, phone, &code).await)
    }

    /// #13
    pub async fn switch_agent(&self, agent: &TestMallUser, phone: &str, code: &str) -> Answer {
        let form = json!({"telephone": phone, "openId": agent.open_id, "phoneNum": code});
        self.mall_agent(post("/user/proxy/switchPUser").bearer(&agent.token).json(&form)).await
    }
}
