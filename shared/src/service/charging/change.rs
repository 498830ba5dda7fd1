//! 修改: another amount or another mode for the caller's charge request.

use super::write_station::{Charging, StationRequest, number_given};
use crate::{
    domain::{
        charging::{Mode, Number},
        energy::Energy,
        reason::Failure,
        session::Caller,
    },
    outside::clock::RequestTime,
};

impl Charging {
    /// Changes the request and answers its number. A new amount keeps the number, a new mode gets another.
    pub async fn change(
        &self,
        caller: &Caller,
        mode: Option<Mode>,
        energy: Option<Energy>,
        now: RequestTime,
    ) -> Result<Number, Failure> {
        let request = |live| StationRequest::Change { live, mode, energy };
        let (live, facts) = self.write_live_request(caller, request, now.station).await?;
        Ok(number_given(&facts).unwrap_or(live.number()))
    }
}
