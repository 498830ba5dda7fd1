//! 取消: the caller's car leaves the waiting area, its lane or its pile.

use super::write_station::{Charging, StationRequest};
use crate::{
    domain::{reason::Failure, session::Caller},
    outside::clock::RequestTime,
};

impl Charging {
    /// Ends the request. What the car was delivered is billed.
    pub async fn cancel(&self, caller: &Caller, now: RequestTime) -> Result<(), Failure> {
        self.write_live_request(caller, |live| StationRequest::Cancel { live }, now.station).await.map(drop)
    }
}
