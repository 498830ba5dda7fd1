//! A station as one item, and its waiting cars as items of their own.

use super::{
    Consistency, Item, Key, Store, Transaction, fault,
    keys::{DUE_AT, DUE_SHARD, PILE, PK, SK},
    number,
    pile::StoredPile,
    read, text,
};
use crate::domain::{
    charging::{Metering, Mode, Moment, Number, PileId, RequestId, Station, Waiting},
    day::Day,
    place::StationPlace,
    reason::{Failure, Reason},
    station_id::{StationId, StationNumber},
    takings::Crowd,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;

/// The number of partitions of the due index, so that none of them is hot.
pub(crate) const DUE_SHARDS: u8 = 8;
/// How many due stations one query reads. A station that is handled meanwhile leaves the index.
const DUE_PAGE: i32 = 100;

/// A station as it was read, with the version that its next write depends on.
#[derive(Clone, Debug)]
pub(crate) struct StationHead {
    pub id: StationId,
    pub number: StationNumber,
    pub station: Station,
    pub version: u64,
    /// How many detail records the station has written.
    pub records: u64,
    /// The peak queue length of the day up to which the station is written.
    pub crowd: Crowd,
    /// The items of its piles, if it is metered.
    pub piles: BTreeMap<PileId, StoredPile>,
}

/// A range of queue numbers in each line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NumberRanges {
    pub fast: Option<(u32, u32)>,
    pub slow: Option<(u32, u32)>,
}

/// A page of the due stations of one shard, the longest due first.
pub(crate) struct DuePage {
    pub stations: Vec<StationId>,
    /// Where the next page starts.
    pub next: Option<Item>,
}

#[derive(Serialize, Deserialize)]
struct StationHeadItem {
    number: StationNumber,
    version: u64,
    records: u64,
    /// The day of the peak queue length, and that length.
    #[serde(default)]
    day: i32,
    #[serde(default)]
    peak: u32,
    station: ByteBuf,
    /// Padding that keeps the item's size independent of the number of waiting cars.
    #[serde(default)]
    room: ByteBuf,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_shard: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_at: Option<i64>,
}

#[derive(Serialize)]
struct NumberItem<'a> {
    station: &'a StationId,
}

#[derive(Serialize, Deserialize)]
struct WaitingItem {
    car: ByteBuf,
}

impl StationHeadItem {
    fn head(self, id: &StationId) -> Result<StationHead, Failure> {
        let station = Station::unpack(&self.station)
            .map_err(|error| Failure::internal(format!("stored station {} is invalid: {error}", id.as_str())))?;
        let crowd = Crowd { day: Day::numbered(self.day), peak: self.peak };
        let Self { number, version, records, .. } = self;
        Ok(StationHead { id: id.clone(), number, station, version, records, crowd, piles: BTreeMap::new() })
    }
}

impl Store {
    /// AP-47: reads a station, strongly consistent; a metered one with the readings of its piles since. Its version lets
    /// only one of several writers through.
    pub(crate) async fn head(&self, id: &StationId) -> Result<StationHead, Failure> {
        self.head_at(id, Consistency::Strong).await
    }

    /// The same at a consistency, for what is shown and not written.
    pub(crate) async fn head_at(&self, id: &StationId, consistency: Consistency) -> Result<StationHead, Failure> {
        let item: Option<StationHeadItem> = self.get(&Key::station(id), consistency).await?;
        let mut head = item.ok_or(Reason::NoSuchStation)?.head(id)?;
        if head.station.settings().metering != Metering::Nominal {
            head.catch_up(self.piles(id).await?);
        }
        Ok(head)
    }

    /// AP-151: a station, its piles and its place, in one query: piles lie between the other two.
    pub(crate) async fn head_and_place(
        &self,
        id: &StationId,
        consistency: Consistency,
    ) -> Result<(StationHead, StationPlace), Failure> {
        let request = self.client.query().table_name(&self.table);
        let request = request.consistent_read(consistency == Consistency::Strong);
        let request = request.key_condition_expression("#pk = :pk AND #sk BETWEEN :head AND :place");
        let request = request.expression_attribute_names("#pk", PK).expression_attribute_names("#sk", SK);
        let (head, place) = (Key::station(id), Key::station_place(id));
        let request = request.expression_attribute_values(":pk", text(&head.pk));
        let request = request.expression_attribute_values(":head", text(&head.sk));
        let request = request.expression_attribute_values(":place", text(&place.sk));
        let (mut found, mut described, mut piles) = (None, StationPlace::default(), Vec::new());
        for item in request.send().await.map_err(fault)?.items.unwrap_or_default() {
            match item.get(SK).and_then(|sk| sk.as_s().ok()) {
                Some(sk) if *sk == head.sk => found = Some(read::<StationHeadItem>(item)?),
                Some(sk) if sk.starts_with(PILE) => piles.push(super::pile::stored(&read(item)?)?),
                Some(sk) if *sk == place.sk => described = super::station_place::place(item)?.0,
                _ => {}
            }
        }
        let mut head = found.ok_or(Reason::NoSuchStation)?.head(id)?;
        head.catch_up(piles);
        Ok((head, described))
    }

    /// AP-48: the waiting cars in a number range of each line. One query reads both, because the fronts of the lines
    /// are adjacent.
    pub(crate) async fn lines(
        &self,
        id: &StationId,
        wanted: &NumberRanges,
        consistency: Consistency,
    ) -> Result<Vec<Waiting>, Failure> {
        let key = |mode, n| Key::waiting(id, Number { mode, n });
        let (first, last) = match (wanted.fast, wanted.slow) {
            (None, None) => return Ok(Vec::new()),
            (Some((first, last)), None) => (key(Mode::Fast, last), key(Mode::Fast, first)),
            (None, Some((first, last))) => (key(Mode::Slow, first), key(Mode::Slow, last)),
            (Some((_, fast)), Some((_, slow))) => (key(Mode::Fast, fast), key(Mode::Slow, slow)),
        };
        let request = self.client.query().table_name(&self.table);
        let request = request.consistent_read(consistency == Consistency::Strong);
        let request = request.key_condition_expression("#pk = :pk AND #sk BETWEEN :first AND :last");
        let request = request.expression_attribute_names("#pk", PK).expression_attribute_names("#sk", SK);
        let request = request.expression_attribute_values(":pk", text(first.pk));
        let request = request.expression_attribute_values(":first", text(first.sk));
        let request = request.expression_attribute_values(":last", text(last.sk));
        let (mut cars, mut from) = (Vec::new(), None);
        loop {
            let answer = request.clone().set_exclusive_start_key(from).send().await.map_err(fault)?;
            for item in answer.items.unwrap_or_default() {
                cars.push(waiting(&read(item)?)?);
            }
            from = answer.last_evaluated_key;
            if from.is_none() {
                cars.sort_by_key(|car| car.ticket.number.n);
                return Ok(cars);
            }
        }
    }

    /// AP-49: the stations of one shard with something due by `now`, page by page. The index holds keys only.
    pub(crate) async fn due_stations(&self, shard: u8, now: Moment, from: Option<Item>) -> Result<DuePage, Failure> {
        let request = self.client.query().table_name(&self.table).index_name("due").limit(DUE_PAGE);
        let request = request.set_exclusive_start_key(from);
        let request = request.key_condition_expression("#shard = :shard AND #at <= :now");
        let request = request.expression_attribute_names("#shard", DUE_SHARD).expression_attribute_names("#at", DUE_AT);
        let request = request.expression_attribute_values(":shard", text(shard.to_string()));
        let request = request.expression_attribute_values(":now", number(now.floor_millis()));
        let answer = request.send().await.map_err(fault)?;
        let ids = answer.items.unwrap_or_default();
        let ids = ids.iter().filter_map(|item: &Item| Key::station_of(item.get(PK)?.as_s().ok()?));
        let stations = ids.map(StationId::parse).collect::<Result<_, _>>()?;
        Ok(DuePage { stations, next: answer.last_evaluated_key })
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// Creates a station under an id and a number that no other station has.
    pub(crate) fn create_station(self, head: &StationHead, exists: R, number_taken: R) -> Self {
        self.put_new(&Key::station(&head.id), &StationHeadItem::from(head), exists).put_new(
            &Key::station_number(head.number),
            &NumberItem { station: &head.id },
            number_taken,
        )
    }

    /// AP-50: saves a station, if it is unchanged since it was read.
    pub(crate) fn save_station(self, head: &StationHead, raced: R) -> Self {
        let item = StationHeadItem { version: head.version + 1, ..StationHeadItem::from(head) };
        self.put_version(&Key::station(&head.id), &item, head.version, raced)
    }

    /// Stores the item of a waiting car.
    pub(crate) fn put_waiting(self, id: &StationId, car: &Waiting) -> Self {
        self.put_over(&Key::waiting(id, car.ticket.number), &WaitingItem { car: ByteBuf::from(car.pack()) })
    }

    pub(crate) fn delete_waiting(self, id: &StationId, number: Number) -> Self {
        self.delete(&Key::waiting(id, number))
    }
}

impl From<&StationHead> for StationHeadItem {
    fn from(head: &StationHead) -> Self {
        let (due, station) = (head.station.due(), head.station.pack());
        Self {
            number: head.number,
            version: head.version,
            records: head.records,
            day: head.crowd.day.number(),
            peak: head.crowd.peak,
            room: room(&head.station, station.len()),
            station: ByteBuf::from(station),
            due_shard: due.map(|_| shard(&head.id).to_string()),
            due_at: due.map(|due| due.ceil().floor_millis()),
        }
    }
}

fn waiting(WaitingItem { car }: &WaitingItem) -> Result<Waiting, Failure> {
    Waiting::unpack(car).map_err(|error| Failure::internal(format!("stored waiting car is invalid: {error}")))
}

/// The space that the lines may take in the station item: three cars of each mode and a bit for each of a thousand
/// numbers. Up to there the item is padded, so that a write costs the same with ten waiting cars as with a thousand.
const ROOM: usize = 400;

fn room(station: &Station, packed: usize) -> ByteBuf {
    let mut bare = station.clone();
    bare.keep_windows(0);
    let taken = packed - bare.pack().len() + station.waiting() as usize / 8;
    ByteBuf::from(vec![0; ROOM.saturating_sub(taken)])
}

/// Any function that is constant for a station would do.
fn shard(id: &StationId) -> u8 {
    id.as_str().bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)) % DUE_SHARDS
}

impl StationHead {
    /// The id of the next request. A refused request takes no id, as it takes no queue number.
    pub(crate) fn next_request(&self) -> RequestId {
        let given = [Mode::Fast, Mode::Slow].map(|mode| u64::from(self.station.side(mode).line.numbers_given()));
        RequestId(self.number.id(given.iter().sum::<u64>() + 1))
    }
}
