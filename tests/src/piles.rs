//! Metered piles: keys issued by an operator, and reports signed with them.

use crate::{
    answer::Answer,
    plaza::{Plaza, STATION},
    request::{Request, post},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use http::Method;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use shared::{
    domain::{
        account::Role,
        charging::{MeteredSettings, Metering},
        sealed::{Sealed, SealedPlace},
    },
    outside::payment::NoticeKey,
    service::charging::{SIGNATURE, TIMESTAMP},
};

impl Plaza {
    /// Makes the default station, metered; gives the integer ids of these piles, whose keys are issued.
    pub async fn metered_station<const N: usize>(
        &self,
        change: impl FnOnce(&mut MeteredSettings),
        piles: [&str; N],
    ) -> [u64; N] {
        let mut settings = MeteredSettings::default();
        change(&mut settings);
        self.station(|draft| draft.metering = Metering::Metered(settings)).await;
        let mut ids = [0; N];
        for (id, pile) in ids.iter_mut().zip(piles) {
            *id = self.issue_pile_key(pile).await;
        }
        ids
    }

    /// Has an operator issue a key.
    pub async fn issue_pile_key(&self, pile: &str) -> u64 {
        let target = format!("/operator/stations/{STATION}/piles/{pile}/key");
        let answer = self.operator(post(&target).bearer(&self.token_of(Role::Admin))).await;
        answer.json()["pile_id"].as_u64().unwrap_or_else(|| panic!("{}", answer.text()))
    }

    /// A report now, signed by the pile: `{"event":"began","session":"s1","seq":0,"register_wh":1000}`.
    pub async fn report(&self, pile: u64, body: Value) -> Answer {
        self.send("pile-reports", self.report_request(pile, body)).await
    }

    pub fn report_request(&self, pile: u64, mut body: Value) -> Request {
        if body["event"] != "status" && body["at"].is_null() {
            body["at"] = json!(self.watch.now().to_string());
        }
        self.signed(Request::new(Method::PUT, &format!("/piles/{pile}/events")).json(&body))
    }

    /// Signed by the pile of its path.
    pub(crate) fn signed_by_pile(&self, request: Request) -> Request {
        let Some(pile) = request.path().split('/').nth(2).and_then(|pile| pile.parse().ok()) else { return request };
        let key = self.pile_key(pile);
        let second = self.watch.clock().now().real.as_second();
        request.signed_in(&key, second, (TIMESTAMP, SIGNATURE))
    }

    fn pile_key(&self, pile: u64) -> NoticeKey {
        let (pk, sk) = (format!("PILE#{pile}"), "KEY".to_owned());
        let place = SealedPlace { tenant: pk.clone(), item: vec![pk.clone(), sk.clone()], field: "key" };
        let sealed = match self.database.item(&pk, &sk) {
            Some(item) => Sealed(item["key"]["S"].as_str().unwrap().to_owned()),
            None => self.keep_a_key(&place),
        };
        let key = self.sealer.open(&place, &sealed).unwrap();
        NoticeKey::from_bytes(&BASE64_URL_SAFE_NO_PAD.decode(key.expose_secret()).unwrap())
    }

    /// For a pile that no operator has issued one, such as that of an example: F1 of the default station.
    fn keep_a_key(&self, place: &SealedPlace) -> Sealed {
        let sealed = self.sealer.seal(place, &BASE64_URL_SAFE_NO_PAD.encode([7; 32])).unwrap();
        let text = |text: &str| json!({ "S": text });
        self.database.put(&json!({
            "pk": text(&place.item[0]), "sk": text(&place.item[1]), "station": text(STATION), "pile": text("F1"),
            "key": text(&sealed.0), "issued_at": { "N": "0" }
        }));
        sealed
    }
}
