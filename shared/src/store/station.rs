//! A station as one item, and its waiting cars as items of their own: AP-12 to AP-16.

use super::{
    Item, Key, Store, Transaction, fault,
    keys::{DUE_AT, DUE_SHARD, PK, SK},
    number, read, text,
};
use crate::domain::{
    charging::{Mode, Moment, Number, RequestId, Station, Waiting},
    day::Day,
    reason::{Failure, Reason},
    station_id::{StationId, StationNumber},
    takings::Crowd,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// So many partitions share the index of what is due, so that no one of them is hot.
pub(crate) const DUE_SHARDS: u8 = 8;
/// So many stations are looked up at once; what is settled meanwhile has left the index behind the page.
const DUE_PAGE: i32 = 100;

/// A station as it was read, with what its next write rests on.
#[derive(Clone, Debug)]
pub(crate) struct StationHead {
    pub id: StationId,
    pub number: StationNumber,
    pub station: Station,
    pub version: u64,
    /// How many detail records it has written.
    pub records: u64,
    /// How many cars have waited at most on the day up to which it is written.
    pub crowd: Crowd,
}

/// From which number to which, of each line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NumberRanges {
    pub fast: Option<(u32, u32)>,
    pub slow: Option<(u32, u32)>,
}

#[derive(Serialize, Deserialize)]
struct StationHeadItem {
    number: StationNumber,
    version: u64,
    records: u64,
    /// The day of the crowd, and the crowd.
    #[serde(default)]
    day: i32,
    #[serde(default)]
    peak: u32,
    station: ByteBuf,
    /// Keeps the item's size from depending on how many cars wait.
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

impl Store {
    /// AP-12: strongly consistent. Its version makes whoever writes it next the only one.
    pub(crate) async fn head(&self, id: &StationId) -> Result<StationHead, Failure> {
        let item: Option<StationHeadItem> = self.get(&Key::station(id), super::Consistency::Strong).await?;
        let item = item.ok_or(Reason::NoSuchStation)?;
        let station = Station::unpack(&item.station)
            .map_err(|error| Failure::internal(format!("stored station {} is invalid: {error}", id.as_str())))?;
        let crowd = Crowd { day: Day::numbered(item.day), peak: item.peak };
        Ok(StationHead {
            id: id.clone(),
            number: item.number,
            station,
            version: item.version,
            records: item.records,
            crowd,
        })
    }

    /// AP-13: the waiting cars of a stretch of each line, by number. One query, since the fronts of the lines lie side by
    /// side.
    pub(crate) async fn lines(&self, id: &StationId, wanted: &NumberRanges) -> Result<Vec<Waiting>, Failure> {
        let key = |mode, n| Key::waiting(id, Number { mode, n });
        let (first, last) = match (wanted.fast, wanted.slow) {
            (None, None) => return Ok(Vec::new()),
            (Some((first, last)), None) => (key(Mode::Fast, last), key(Mode::Fast, first)),
            (None, Some((first, last))) => (key(Mode::Slow, first), key(Mode::Slow, last)),
            (Some((_, fast)), Some((_, slow))) => (key(Mode::Fast, fast), key(Mode::Slow, slow)),
        };
        let request = self.client.query().table_name(&self.table).consistent_read(true);
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

    /// AP-15: the stations of one shard that have something due by `now`, page by page.
    pub(crate) async fn due_stations(
        &self,
        shard: u8,
        now: Moment,
        from: Option<Item>,
    ) -> Result<(Vec<StationId>, Option<Item>), Failure> {
        let request = self.client.query().table_name(&self.table).index_name("due").limit(DUE_PAGE);
        let request = request.set_exclusive_start_key(from);
        let request = request.key_condition_expression("#shard = :shard AND #at <= :now");
        let request = request.expression_attribute_names("#shard", DUE_SHARD).expression_attribute_names("#at", DUE_AT);
        let request = request.expression_attribute_values(":shard", text(shard.to_string()));
        let request = request.expression_attribute_values(":now", number(now.floor_millis()));
        let answer = request.send().await.map_err(fault)?;
        let ids = answer.items.unwrap_or_default();
        let ids = ids.iter().filter_map(|item: &Item| Key::station_of(item.get(PK)?.as_s().ok()?));
        Ok((ids.map(StationId::parse).collect::<Result<_, _>>()?, answer.last_evaluated_key))
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// A station that nobody has made yet, with a number that no other station has.
    pub(crate) fn create_station(self, head: &StationHead, exists: R, number_taken: R) -> Self {
        self.put_new(&Key::station(&head.id), &StationHeadItem::from(head), exists).put_new(
            &Key::station_number(head.number),
            &NumberItem { station: &head.id },
            number_taken,
        )
    }

    /// AP-16: the station as it is now, if nobody wrote it since it was read.
    pub(crate) fn save_station(self, head: &StationHead, raced: R) -> Self {
        let item = StationHeadItem { version: head.version + 1, ..StationHeadItem::from(head) };
        self.put_version(&Key::station(&head.id), &item, head.version, raced)
    }

    /// The entry of a waiting car.
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

/// What the lines of a station may take in its item: three cars of each mode and a bit for each of a thousand numbers.
/// Until they do, the room is filled, so that a write costs the same with ten cars waiting as with a thousand.
const ROOM: usize = 400;

fn room(station: &Station, packed: usize) -> ByteBuf {
    let mut bare = station.clone();
    bare.keep_windows(0);
    let taken = packed - bare.pack().len() + station.waiting() as usize / 8;
    ByteBuf::from(vec![0; ROOM.saturating_sub(taken)])
}

/// Any spread that stays the same for a station will do.
fn shard(id: &StationId) -> u8 {
    id.as_str().bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)) % DUE_SHARDS
}

impl StationHead {
    /// The id of the request that joins next. A request that is refused takes none, as it takes no number.
    pub(crate) fn next_request(&self) -> RequestId {
        let given = [Mode::Fast, Mode::Slow].map(|mode| u64::from(self.station.side(mode).line.numbers_given()));
        RequestId(self.number.id(given.iter().sum::<u64>() + 1))
    }
}
