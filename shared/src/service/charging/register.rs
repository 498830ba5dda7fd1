//! What a metered pile's register is accounted for: one query, no clock, no trust in the engine.

pub use crate::store::RegisterStretch;

use super::write_station::Charging;
use crate::domain::{
    charging::PileId,
    energy::Energy,
    reason::{Failure, Reason},
    station_id::StationId,
};

/// A page of a register's account. Registers are millijoules.
#[derive(Clone, Debug)]
pub struct RegisterAccount {
    pub pile: u64,
    pub commissioned: Option<u64>,
    /// As the last report has it.
    pub register: Option<u64>,
    pub stretches: Vec<RegisterStretch>,
    /// Whether the page tiles the register without gap or overlap, as far as it goes.
    pub is_complete: bool,
    pub next: Option<u64>,
}

impl Charging {
    pub async fn register_account(
        &self,
        station: &StationId,
        pile: PileId,
        after: Option<u64>,
    ) -> Result<RegisterAccount, Failure> {
        let head = self.store.head(station).await?;
        let unknown = || Failure::from(Reason::NotYours).saying("充电桩不存在");
        let known = head.station.piles().find(|known| known.id == pile).ok_or_else(unknown)?;
        let number = head.number.pile_id(pile);
        let (stretches, has_more) = self.store.register(number, after).await?;
        let meter = known.meter.as_ref();
        let accounted = meter.map(|meter| whole(meter.register));
        let open = known.charging().and_then(|charging| charging.metered()).map(|metered| metered.last.register);
        let stray = meter.and_then(|meter| meter.stray.as_ref()).map(|stray| stray.last.register);
        let is_tiled = stretches.windows(2).all(|pair| pair[0].to == pair[1].from);
        let is_begun = after.is_some() || stretches.first().map(|first| first.from) == first_of(meter, &stretches);
        let is_ended = has_more || stretches.last().is_none_or(|last| Some(last.to) == accounted);
        Ok(RegisterAccount {
            pile: number,
            commissioned: meter.map(|meter| whole(meter.commissioned)),
            register: open.or(stray).map(whole).or(accounted),
            is_complete: is_tiled && is_begun && is_ended,
            next: stretches.last().filter(|_| has_more).map(|last| last.from),
            stretches,
        })
    }
}

/// Where the stretches begin: at the commissioning, if there are any.
fn first_of(meter: Option<&crate::domain::charging::PileMeter>, stretches: &[RegisterStretch]) -> Option<u64> {
    meter.filter(|_| !stretches.is_empty()).map(|meter| whole(meter.commissioned))
}

fn whole(register: Energy) -> u64 {
    u64::try_from(register.millijoules().floor()).unwrap_or(u64::MAX)
}
