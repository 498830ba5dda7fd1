//! Messages after a station was written: to drivers whose cars were called, and to the scheduler.

use super::Charging;
use crate::{
    domain::{
        charging::{Fact, What},
        sms::Called,
    },
    outside::queue::{CalledCar, StationHint},
    store::StationHead,
};
use std::time::Duration;

/// How long an answer waits for a queue.
const QUEUE_PATIENCE: Duration = Duration::from_millis(500);

impl Charging {
    /// One message for all cars that were called, whose phones the sender looks up: a write costs one call to the queue,
    /// and only where drivers get an SMS at all. Best effort: the app shows the call in any case.
    pub(super) async fn announce_calls(&self, head: &StationHead, facts: &[Fact]) {
        let Some(queue) = &self.called else { return };
        let cars: Vec<_> = facts.iter().filter_map(|fact| called(head, &fact.what)).collect();
        if cars.is_empty() {
            return;
        }
        match tokio::time::timeout(QUEUE_PATIENCE, queue.send_called(cars)).await {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => {
                tracing::warn!(
                    station = head.id.as_str(),
                    detail = failure.detail(),
                    "calls were not queued for SMS; called drivers get none"
                );
            }
            Err(_) => tracing::warn!(station = head.id.as_str(), "SMS queue timed out; called drivers get no SMS"),
        }
    }

    /// Best effort: the hint only reduces latency. The sweep guarantees progress. So an answer waits for the queue only
    /// briefly and never fails with it.
    pub(super) async fn send_hint(&self, head: &StationHead) {
        let (station, version) = (head.id.clone(), head.version);
        let sent = self.queue.send(vec![StationHint { station, version }]);
        match tokio::time::timeout(QUEUE_PATIENCE, sent).await {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => {
                tracing::warn!(
                    station = head.id.as_str(),
                    detail = failure.detail(),
                    "station hint was not sent; the sweep will find the station"
                );
            }
            Err(_) => {
                tracing::warn!(station = head.id.as_str(), "station queue timed out; the sweep will find the station");
            }
        }
    }
}

fn called(head: &StationHead, what: &What) -> Option<CalledCar> {
    let What::Called { ticket, pile, .. } = what else { return None };
    let called =
        Called { number: ticket.number.to_string(), station: head.id.as_str().to_owned(), pile: pile.to_string() };
    Some(CalledCar { driver: ticket.driver.0, request: ticket.request.0, called })
}
