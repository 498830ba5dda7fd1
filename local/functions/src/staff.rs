//! The function of developers, which exists only on a local stack: tokens of platform staff, a first station, outgoing
//! messages and captcha answers, and a webhook signed as the payment provider signs it.

use crate::{machine::DIRECTORY, outbox};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use shared::{
    boot::{CHARGING, Error, Function, GATE, NOTICES, Need, Parts, SIGN_IN, TABLES},
    domain::{
        account::Role,
        charging::{Draft, MeteredSettings, Metering},
        origin::Origin,
        place::{Coordinates, StationPlace},
        reason::Failure,
    },
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
    /// `{"seed":true}`: a station with the default layout, metered or not, unless there is one.
    Seed {
        seed: bool,
        #[serde(default)]
        metered: bool,
    },
    /// `{"role":"shop-manager","shops":["s1"]}`
    Token {
        role: Role,
        #[serde(default)]
        shops: Vec<String>,
    },
    /// `{"sms":"13800138000"}`: the newest message to this phone.
    Sms { sms: String },
    /// `{"captcha":"a-device"}`: the answer of its newest captcha.
    Captcha { captcha: String },
    /// `{"notice":{"payment":"…","transaction":"…","amount":"67.44"}}`: a signed webhook with that notice.
    Notice { notice: Value },
    /// `{"report":{"event":"status",…},"key":"…"}`: a report that a pile with this key has signed.
    Report { report: Value, key: String },
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
        /// `X-Payment-Timestamp`, `X-Pile-Timestamp`
        timestamp: String,
        /// `X-Payment-Signature`, `X-Pile-Signature`
        signature: String,
        /// The body, to be sent byte for byte, because the signature covers it.
        body: String,
    },
    /// A line of an outgoing file, as it is.
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

    /// The requested value, or the reason of the failure.
    pub async fn handle(&self, event: Event) -> Result<Answer, String> {
        self.answer(event).await.map_err(|failure| failure.detail().unwrap_or_else(|| failure.text()).to_owned())
    }

    async fn answer(&self, event: Event) -> Result<Answer, Failure> {
        let now = self.clock.now();
        match event {
            Event::Seed { seed: false, .. } => Ok(Answer::Seeded { seeded: false }),
            Event::Seed { seed: true, metered } => {
                let metering = if metered { Metering::Metered(MeteredSettings::default()) } else { Metering::Nominal };
                let settings = Draft { metering, ..Draft::default() }.check();
                let settings = settings.map_err(|error| Failure::internal(format!("first station: {error}")))?;
                let (charging, place) = (&self.charging, seeded_place());
                let id = charging.default_station();
                let actor = Actor { who: None, origin: &Origin::default(), random: &self.random, now };
                let seeded = charging.create_station(id, &settings, &place, &actor).await?;
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
            Event::Report { report, key } => {
                let key = NoticeKey::read(&json!({ "key": key }).to_string().into())?;
                let (timestamp, body) = (now.real.as_second().to_string(), report.to_string());
                let signature = key.sign(&timestamp, body.as_bytes());
                Ok(Answer::Signed { timestamp, signature, body })
            }
            Event::Captcha { captcha } => {
                Ok(Answer::Left(outbox::newest(&self.directory.join("captcha.jsonl"), "deviceId", &captcha)?))
            }
        }
    }
}

/// People's Square in Shanghai, in GCJ-02, so that a map and a search nearby have something to show.
fn seeded_place() -> StationPlace {
    StationPlace {
        name: Some("人民广场充电站".to_owned()),
        address: Some("上海市黄浦区人民大道200号".to_owned()),
        hours: Some("00:00-24:00".to_owned()),
        phone: Some("021-63580000".to_owned()),
        coordinates: Coordinates::parse("31.230416,121.473701").ok(),
    }
}
