//! What a developer needs and no deployment gives away: tokens of the platform's own staff, a first station, what left the
//! system for a phone or a screen, and a payment provider's signature. A Lambda function that only a local stack has.

use crate::{machine::DIRECTORY, outbox};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared::{
    boot::{CHARGING, Error, Function, GATE, NOTICES, Need, Parts, SIGN_IN, TABLES},
    domain::{account::Role, charging::Settings, origin::Origin, reason::Failure},
    outside::{clock::Clock, payment::NoticeKey, random::Random},
    service::{actor::Actor, charging::Charging, sign_in::SignIn},
};
use std::path::PathBuf;

pub const FUNCTION: Function =
    Function { name: "local-staff", needs: &[TABLES, GATE, SIGN_IN, CHARGING, NOTICES, Need::of(&[DIRECTORY])] };

#[derive(Debug)]
pub struct App {
    sign_in: SignIn,
    charging: Charging,
    clock: Clock,
    random: Random,
    directory: PathBuf,
    provider: NoticeKey,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// `{"seed":true}`: a station with the default layout, unless there is one.
    Seed { seed: bool },
    /// `{"role":"shop-manager","shops":["s1"]}`
    Token {
        role: Role,
        #[serde(default)]
        shops: Vec<String>,
    },
    /// `{"sms":"13800138000"}`: the newest message to this phone.
    Sms { sms: String },
    /// `{"captcha":"a-device"}`: what its newest picture with letters shows.
    Captcha { captcha: String },
    /// `{"notice":{"payment":"…","transaction":"…","amount":"67.44"}}`: that as the payment provider sends it.
    Notice { notice: Value },
}

#[derive(Serialize)]
#[serde(untagged)]
pub enum Answer {
    Seeded {
        seeded: bool,
    },
    Token {
        token: String,
    },
    Signed {
        /// `X-Payment-Timestamp`
        timestamp: String,
        /// `X-Payment-Signature`
        signature: String,
        /// To be sent as it is, for the signature is over it.
        body: String,
    },
    /// A line of an outbox, as it stands there.
    Left(Map<String, Value>),
}

impl App {
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        Ok(Self {
            sign_in: parts.sign_in()?,
            charging: parts.charging()?,
            clock: parts.clock.clone(),
            random: parts.random.clone(),
            directory: parts.variables.get(DIRECTORY).into(),
            provider: parts.notice_key()?,
        })
    }

    /// What was asked for, or why it fails.
    pub async fn handle(&self, event: Event) -> Result<Answer, String> {
        self.answer(event).await.map_err(|failure| failure.detail().unwrap_or_else(|| failure.text()).to_owned())
    }

    async fn answer(&self, event: Event) -> Result<Answer, Failure> {
        let now = self.clock.now();
        match event {
            Event::Seed { seed: false } => Ok(Answer::Seeded { seeded: false }),
            Event::Seed { seed: true } => {
                let (charging, settings) = (&self.charging, Settings::default());
                let id = charging.default_station();
                let actor = Actor { who: None, origin: &Origin::default(), random: &self.random, now };
                let seeded = charging.create_station(id, &settings, &actor).await?;
                Ok(Answer::Seeded { seeded })
            }
            Event::Token { role, shops } => {
                let issued = self.sign_in.appoint_local(role, shops, now.real).await?;
                Ok(Answer::Token { token: issued.token.expose_secret().to_owned() })
            }
            Event::Sms { sms } => Ok(Answer::Left(outbox::newest(&self.directory.join("sms.jsonl"), "to", &sms)?)),
            Event::Notice { notice } => {
                let (timestamp, body) = (now.real.as_second().to_string(), notice.to_string());
                let signature = self.provider.sign(&timestamp, body.as_bytes());
                Ok(Answer::Signed { timestamp, signature, body })
            }
            Event::Captcha { captcha } => {
                Ok(Answer::Left(outbox::newest(&self.directory.join("captcha.jsonl"), "deviceId", &captcha)?))
            }
        }
    }
}
