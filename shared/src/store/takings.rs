//! The takings of piles, added up as detail records are written. The station version commits each of
//! its transactions once, so nothing is counted twice.

use super::{
    END, Item, Key, KeyRange, Store, Transaction,
    keys::{DAY, SK},
    station::StationHead,
};
use crate::domain::{
    charging::{DetailRecord, PileId},
    day::Day,
    money::Fen,
    reason::Failure,
    station_id::StationId,
    takings::{Crowd, DayRow, Takings},
};
use std::collections::BTreeMap;

/// The attribute with the peak queue length. The other attributes are named by a pile and one letter.
const PEAK: &str = "Peak";

/// Attributes with the amounts to add or to set.
type Numbers = BTreeMap<String, i64>;

impl Store {
    /// AP-57: the days of a station in a period, both ends included.
    pub(crate) async fn station_days(
        &self,
        station: &StationId,
        (from, to): (Day, Day),
    ) -> Result<BTreeMap<Day, DayRow>, Failure> {
        let (pk, mut days) = (Key::station_pk(station), BTreeMap::new());
        let (mut first, last) = (format!("{DAY}{from}"), format!("{DAY}{to}"));
        loop {
            let page = KeyRange { pk: &pk, first: &first, last: &last, limit: None, newest_first: false };
            let (items, more) = self.between(page).await?;
            for item in items {
                let sk = item.get(SK).and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
                let day = Day::parse(sk.strip_prefix(DAY).unwrap_or_default())
                    .map_err(|_| Failure::internal(format!("sort key {sk} is not a day")))?;
                days.insert(day, row(&item));
                first = format!("{sk}{END}");
            }
            if !more {
                return Ok(days);
            }
        }
    }

    /// AP-58: the takings of a station's piles since the station was created.
    pub(crate) async fn station_total(&self, station: &StationId) -> Result<DayRow, Failure> {
        let key = Key::station_total(station);
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key.item())).consistent_read(true);
        let answer = request.send().await.map_err(super::fault)?;
        Ok(answer.item.as_ref().map(row).unwrap_or_default())
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-59: adds detail records to the days on which they were closed and to the station's total, and stores the
    /// peak queue length of days that are over. One item for each day, and one for the total.
    pub(super) fn count_takings(self, head: &StationHead, records: &[DetailRecord], over: &[Crowd]) -> Self {
        let mut days: BTreeMap<Day, (Numbers, Numbers)> = BTreeMap::new();
        let mut total = BTreeMap::new();
        for record in records {
            let day = Day::of_millis(record.stop.floor_millis());
            for adds in [&mut days.entry(day).or_default().0, &mut total] {
                add(adds, record.pile, Takings::from(record));
            }
        }
        for crowd in over.iter().filter(|crowd| crowd.peak > 0) {
            days.entry(crowd.day).or_default().1.insert(PEAK.to_owned(), i64::from(crowd.peak));
        }
        let with_days = days
            .iter()
            .fold(self, |writes, (day, (adds, sets))| writes.add_up(&Key::station_day(&head.id, *day), adds, sets));
        if total.is_empty() {
            return with_days;
        }
        with_days.add_up(&Key::station_total(&head.id), &total, &BTreeMap::new())
    }
}

fn add(to: &mut Numbers, pile: PileId, takings: Takings) {
    for (letter, amount) in letters(takings) {
        *to.entry(format!("{pile}{letter}")).or_default() += amount;
    }
}

/// Number of sessions, duration in milliseconds, energy, charging fee, service fee.
fn letters(takings: Takings) -> [(char, i64); 5] {
    let Takings { sessions, millis, watt_hours, charging, service } = takings;
    [('n', sessions), ('t', millis), ('e', watt_hours), ('c', charging.0), ('s', service.0)]
}

fn row(item: &Item) -> DayRow {
    let mut row = DayRow::default();
    for (name, value) in item {
        let Some(value) = value.as_n().ok().and_then(|value| value.parse::<i64>().ok()) else { continue };
        if name == PEAK {
            row.peak_waiting = u32::try_from(value).unwrap_or(0);
        } else if let Some((pile, letter)) = name.char_indices().next_back().map(|(at, letter)| (&name[..at], letter))
            && let Some(pile) = PileId::parse(pile)
        {
            let takings = row.piles.entry(pile).or_default();
            match letter {
                'n' => takings.sessions = value,
                't' => takings.millis = value,
                'e' => takings.watt_hours = value,
                'c' => takings.charging = Fen(value),
                's' => takings.service = Fen(value),
                _ => {}
            }
        }
    }
    row
}
