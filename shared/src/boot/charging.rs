//! The queues of stations, and payments.

use super::{Error, Need, codes::SMS_QUEUE, parts::Parts};
use crate::{
    domain::{place::PileLinks, station_id::StationId},
    outside::{
        payment::{CheckoutClient, NoticeKey, WebhookReader},
        queue::Queue,
    },
    service::{
        charging::{Charging, PileReports},
        payment::{Notices, Payments},
    },
};

const QUEUE: &str = "CHARGING_QUEUE_URL";
const PROVIDER: &str = "PAYMENT_PROVIDER";
const PILE_LINK: &str = "PILE_LINK_ADDRESS";

/// What a function needs that works on the queues of stations.
pub const CHARGING: Need = Need::through(&[QUEUE, "DEFAULT_STATION", "TELL_CALLED", SMS_QUEUE], |clients, parts| {
    let aws = clients.clone();
    parts.queue = Some(Queue::sqs(move || aws.sqs(), parts.variables.get(QUEUE)));
    Parts::connect_sms_queue(clients, parts);
});
/// What a function needs that shows the links of piles.
pub const PILE_LINKS: Need = Need::of(&[PILE_LINK]);
/// What the function needs that hears from the payment provider.
pub const NOTICES: Need = Need::of(&[PROVIDER, "PAYMENT_KEY_SECRET"]);
/// What a function needs that starts payments.
pub const PAYMENTS: Need = Need::of(&[PROVIDER]);

impl Parts {
    /// The queues of stations.
    pub fn charging(&self) -> Result<Charging, Error> {
        let queue = self.reached(self.queue.as_ref(), QUEUE)?;
        let default = StationId::parse(self.variables.get("DEFAULT_STATION"))?;
        let charging = Charging::new(self.store.clone(), queue, default);
        Ok(if self.variables.switch("TELL_CALLED")? { charging.telling(self.sms_jobs()?) } else { charging })
    }

    /// The links that the QR codes of piles say.
    pub fn pile_links(&self) -> Result<PileLinks, Error> {
        let links = PileLinks::at(self.variables.get(PILE_LINK));
        links.ok_or(Error::Invalid {
            name: PILE_LINK, expected: "an address without a query, such as https://…/order"
        })
    }

    /// What metered piles report, with the sealer of their keys.
    pub async fn pile_reports(&self) -> Result<PileReports, Error> {
        Ok(PileReports::new(self.charging()?, self.sealer().await?))
    }

    /// Payments that drivers start.
    pub fn payments(&self) -> Result<Payments, Error> {
        let checkout = match self.variables.get(PROVIDER) {
            "stand-in" => CheckoutClient::stand_in(),
            _ => return Err(no_provider()),
        };
        Ok(Payments::new(self.store.clone(), checkout, self.random.clone()))
    }

    /// What the payment provider reports, with the key that it signs with.
    pub fn notices(&self) -> Result<Notices, Error> {
        let webhooks = match self.variables.get(PROVIDER) {
            "stand-in" => WebhookReader::stand_in(self.notice_key()?),
            _ => return Err(no_provider()),
        };
        Ok(Notices::new(self.store.clone(), webhooks))
    }

    /// The key that the provider signs with.
    pub fn notice_key(&self) -> Result<NoticeKey, Error> {
        self.secret("PAYMENT_KEY_SECRET", NoticeKey::read)
    }
}

fn no_provider() -> Error {
    Error::Invalid { name: PROVIDER, expected: "stand-in" }
}
