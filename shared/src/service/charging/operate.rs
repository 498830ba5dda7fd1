//! The operator's side of a station: making it, looking at all of it, and its piles.

use super::meters::{MeterView, meters};
use super::write_station::{AHEAD, AuditNote, Charging, StationRequest, Switch, instant};
use crate::{
    domain::{
        charging::{Mode, PileId, Settings, Station, Turn, Waiting},
        day::Day,
        place::StationPlace,
        reason::{Failure, Reason},
        station_id::{StationId, StationNumber},
        takings::{Crowd, DayRow},
    },
    service::actor::{Actor, Identity},
    store::{Action, Attempts, Consistency, NumberRanges, PricesItem, StationHead, StationListItem, WriteOutcome},
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A station in full, as of now.
#[derive(Clone, Debug)]
pub struct LiveView {
    pub id: StationId,
    pub number: StationNumber,
    pub station: Station,
    /// The cars behind the windows, which the station itself does not hold.
    pub behind: Vec<Waiting>,
    /// What its piles have taken in since it was made.
    pub total: DayRow,
    pub place: StationPlace,
    /// Of a metered station.
    pub meters: Vec<(PileId, MeterView)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StationRefusal {
    Id,
    Number,
}

impl Charging {
    /// Makes a station, on whose behalf the trail says. `false`: one of this name exists, and stays as it is.
    pub async fn create_station(
        &self,
        id: &StationId,
        settings: &Settings,
        place: &StationPlace,
        actor: &Actor<'_, impl Identity>,
    ) -> Result<bool, Failure> {
        // Numbers are drawn from two hundred thousand: with a thousand stations one draw in two hundred is taken.
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let number = StationNumber::drawn(actor.random.u64());
            let station = Station::new(settings.clone(), instant(actor.now.station));
            let at = station.settled_at();
            let prices =
                PricesItem::new(&settings.tariff, at, at, actor.who.caller().map(|caller| caller.account.clone()));
            let crowd = Crowd { day: Day::of(at), peak: 0 };
            let head =
                StationHead { id: id.clone(), number, station, version: 1, records: 0, crowd, piles: BTreeMap::new() };
            let writes = self.store.transaction().create_station(&head, StationRefusal::Id, StationRefusal::Number);
            let writes = writes
                .list_station(&StationListItem::new(id, number, settings))
                .create_place(id, place)
                .note_prices(id, head.version, &prices);
            match writes.audit(&actor.station_entry(Action::StationMade, id)).commit().await? {
                WriteOutcome::Committed => return Ok(true),
                WriteOutcome::ConditionFailed(StationRefusal::Id, _) => return Ok(false),
                WriteOutcome::ConditionFailed(StationRefusal::Number, _) => {}
            }
        }
    }

    /// Fails, recovers or switches a pile, by the rules. Doing it again changes nothing and is told.
    pub async fn switch_pile(
        &self,
        station: &StationId,
        pile: PileId,
        switch: Switch,
        actor: &Actor<'_, impl Identity>,
    ) -> Result<(), Failure> {
        let note = AuditNote { entry: actor.station_entry(Action::PileSwitched, station), change: switch.note(pile) };
        let request = StationRequest::SwitchPile { pile, switch, note };
        self.write_station(station, &request, None, actor.now.station).await?.into_facts().map(drop)
    }

    /// All of a station, the whole waiting line included: for people, so it may cost what it costs.
    pub async fn live_view(&self, id: &StationId, now: Timestamp) -> Result<LiveView, Failure> {
        let (head, place) = self.store.head_and_place(id, Consistency::Strong).await?;
        let mut turn = Turn::new(head.station.clone(), instant(now), None, usize::MAX);
        self.advance_turn(id, &mut turn, AHEAD).await?.ok_or(Reason::Contended)?;
        let (station, _) = turn.into_parts();
        let whole = |mode| station.side(mode).line.stretch(usize::MAX);
        let stretches = NumberRanges { fast: whole(Mode::Fast), slow: whole(Mode::Slow) };
        let behind = self.store.lines(id, &stretches, Consistency::Strong).await?;
        let total = self.store.station_total(id).await?;
        let meters = meters(&head, &station);
        Ok(LiveView { id: id.clone(), number: head.number, station, behind, total, place, meters })
    }
}
