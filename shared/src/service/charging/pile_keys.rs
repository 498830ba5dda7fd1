//! Keys of metered piles: issued by operators, sealed in the table, checked on every report.

use super::{ReportAnswer, write_station::Charging};
use crate::{
    auth::sealing::Sealer,
    domain::{
        charging::{PileId, PileReport},
        reason::{Failure, Reason},
        station_id::StationId,
    },
    outside::{
        clock::RequestTime,
        payment::{NoticeKey, Webhook},
    },
    service::actor::{Actor, Identity},
    store::{Action, PileKeyItem, pile_key_place},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};

/// Epoch seconds at which the report was signed.
pub const TIMESTAMP: &str = "x-pile-timestamp";
/// Lowercase hexadecimal digits of HMAC-SHA256 over the timestamp as sent, a full stop, and the body as sent.
pub const SIGNATURE: &str = "x-pile-signature";

/// A key as it is handed out, once.
#[derive(Clone, Debug)]
pub struct IssuedPileKey {
    /// The integer by which piles report.
    pub pile: u64,
    /// 32 bytes in base64url.
    pub key: SecretString,
}

/// Reports as piles send them.
#[derive(Clone, Debug)]
pub struct PileReports {
    charging: Charging,
    sealer: Sealer,
}

impl PileReports {
    pub fn new(charging: Charging, sealer: Sealer) -> Self {
        Self { charging, sealer }
    }

    /// Takes a signed report, which `read` parses. The body is not parsed before its signature is known to be right.
    pub async fn take(
        &self,
        pile: &str,
        sent: &Webhook,
        read: fn(&[u8]) -> Result<PileReport, Failure>,
        now: RequestTime,
    ) -> Result<ReportAnswer, Failure> {
        let unsigned = || Failure::from(Reason::Unauthorized).saying("签名不正确");
        let number: u64 = pile.parse().map_err(|_| unsigned())?;
        let item = self.charging.store.pile_key(number).await?.ok_or_else(unsigned)?;
        let key = self.sealer.open(&pile_key_place(number), &item.key)?;
        key_of(&key)?.verify(sent, (TIMESTAMP, SIGNATURE), now.real)?;
        let report = read(&sent.body)?;
        let pile = PileId::parse(&item.pile).ok_or_else(|| Failure::internal("stored pile key is invalid"))?;
        self.charging.report(&item.station, pile, &report, now.station).await
    }
}

impl Charging {
    /// Issues a pile's key; the one before counts no longer.
    pub async fn issue_pile_key(
        &self,
        station: &StationId,
        pile: PileId,
        sealer: &Sealer,
        actor: &Actor<'_, impl Identity>,
    ) -> Result<IssuedPileKey, Failure> {
        let head = self.store.head(station).await?;
        if !head.station.piles().any(|known| known.id == pile) {
            return Err(Failure::from(Reason::NotYours).saying("充电桩不存在"));
        }
        let number = head.number.pile_id(pile);
        let bytes: [u8; 32] = actor.random.bytes();
        let key = SecretString::from(BASE64_URL_SAFE_NO_PAD.encode(bytes));
        let kept = sealer.seal(&pile_key_place(number), key.expose_secret())?;
        let issued_at = actor.now.real.as_millisecond();
        let item = PileKeyItem { station: station.clone(), pile: pile.to_string(), key: kept, issued_at };
        let entry = actor.station_entry(Action::PileKeyIssued, station);
        let writes = self.store.transaction::<()>().put_pile_key(number, &item);
        writes.audit_change(&entry, &pile.to_string()).commit().await?;
        Ok(IssuedPileKey { pile: number, key })
    }
}

fn key_of(key: &SecretString) -> Result<NoticeKey, Failure> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(key.expose_secret());
    Ok(NoticeKey::from_bytes(&bytes.map_err(|_| Failure::internal("stored pile key is invalid"))?))
}
