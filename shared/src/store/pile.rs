//! Metered piles: the open session of each, which readings change, and what its register is accounted for.

use super::{
    Consistency, END, Item, Key, KeyRange, Store, Transaction, fault,
    keys::{PILE, PK, REGISTER},
    number, read,
    station::StationHead,
    text,
    transaction::Change,
    turn::StationWriteRefusal,
};
use crate::domain::{
    charging::{
        Charging, Fact, Mode, Moment, PileId, PileSessionId, Reading, ReadingFlags, StraySession, UnassignedOrigin,
        What,
    },
    energy::{Energy, Exact, Power},
    reason::Failure,
    sealed::{Sealed, SealedPlace},
    station_id::StationId,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// A metered pile as its own item has it: newer than the station, because readings do not touch the station.
#[derive(Clone, Debug, Default)]
pub(crate) struct StoredPile {
    pub revision: u64,
    pub open: Option<OpenSession>,
    /// When the last report came, by our clock.
    pub heard: Option<Moment>,
    pub counts: PileCounts,
}

/// The session that a pile has open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OpenSession {
    /// Of the car that was called.
    Called(Box<Charging>),
    /// Of no car that was called.
    Stray(StraySession),
}

/// What was odd about a pile's reports, ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PileCounts {
    /// Refused: a register that fell, a sequence number with another register, a session while another is open.
    #[serde(default)]
    pub refused: u64,
    /// Impossible instants, replaced by ours.
    #[serde(default)]
    pub replaced: u64,
    /// Registers that rose faster than the pile's power.
    #[serde(default)]
    pub too_fast: u64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct PileItem {
    pile: String,
    revision: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    /// The sequence number of its last reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    /// Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<i64>,
    /// Millijoules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    register: Option<u64>,
    /// Watts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    power: Option<u64>,
    /// The open segment, packed; none for a session of no car that was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open: Option<ByteBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    heard: Option<i64>,
    #[serde(flatten)]
    counts: PileCounts,
}

/// A session's name, taken for ever.
#[derive(Serialize)]
struct SessionItem {
    at: i64,
}

/// A stretch of a pile's register that is accounted for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterStretch {
    /// Millijoules.
    pub from: u64,
    pub to: u64,
    /// The session, where the stretch is of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The request that is billed, or got more than it had ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<u64>,
    /// Why no driver is billed: `stray`, `between_sessions`, `above_order` or `too_little`; none where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unassigned: Option<String>,
    /// When it was accounted for, in milliseconds.
    pub at: i64,
}

/// The key with which a pile signs its reports, sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PileKeyItem {
    pub station: StationId,
    pub pile: String,
    pub key: Sealed,
    /// Milliseconds.
    pub issued_at: i64,
}

/// Where a pile's key is sealed.
pub(crate) fn pile_key_place(pile: u64) -> SealedPlace {
    Key::pile_key(pile).place("key")
}

impl Store {
    /// AP-157: the piles of a metered station, strongly consistent.
    pub(crate) async fn piles(&self, station: &StationId) -> Result<Vec<(PileId, StoredPile)>, Failure> {
        let (pk, last) = (Key::station_pk(station), format!("{PILE}{END}"));
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let request = request.key_condition_expression("#pk = :pk AND #sk BETWEEN :first AND :last");
        let request = request.expression_attribute_names("#pk", PK).expression_attribute_names("#sk", super::SK);
        let request = request.expression_attribute_values(":pk", text(pk));
        let request = request.expression_attribute_values(":first", text(PILE));
        let request = request.expression_attribute_values(":last", text(last));
        let (mut piles, mut from) = (Vec::new(), None);
        loop {
            let answer = request.clone().set_exclusive_start_key(from).send().await.map_err(fault)?;
            for item in answer.items.unwrap_or_default() {
                piles.push(stored(&read(item)?)?);
            }
            from = answer.last_evaluated_key;
            if from.is_none() {
                return Ok(piles);
            }
        }
    }

    /// AP-158: one pile, strongly consistent.
    pub(crate) async fn pile(&self, station: &StationId, pile: PileId) -> Result<Option<StoredPile>, Failure> {
        let item: Option<PileItem> = self.get(&Key::pile(station, pile), Consistency::Strong).await?;
        Ok(item.as_ref().map(stored).transpose()?.map(|(_, stored)| stored))
    }

    /// AP-159: saves a reading, if no other came first. The station is not touched.
    pub(crate) async fn save_reading(
        &self,
        station: &StationId,
        pile: PileId,
        after: &StoredPile,
    ) -> Result<bool, Failure> {
        let item = serde_dynamo::to_item::<_, Item>(PileItem::of(pile, after))
            .map_err(|error| Failure::internal(format!("item could not be serialised: {error}")))?;
        let mut item: Item = item;
        item.extend(Key::pile(station, pile).item());
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        let put = put.condition_expression("#revision = :read").expression_attribute_names("#revision", "revision");
        let put = put.expression_attribute_values(":read", number(after.revision - 1));
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(
                    aws_sdk_dynamodb::operation::put_item::PutItemError::is_conditional_check_failed_exception,
                ) =>
            {
                Ok(false)
            }
            Err(error) => Err(fault(error)),
        }
    }

    /// AP-160: counts a report that was refused.
    pub(crate) async fn count_refused(&self, station: &StationId, pile: PileId, now: Moment) -> Result<(), Failure> {
        let update = self.client.update_item().table_name(&self.table).set_key(Some(Key::pile(station, pile).item()));
        let update = update.update_expression("SET #pile = :pile, #heard = :heard ADD #refused :one, #revision :one");
        let names = [("#pile", "pile"), ("#heard", "heard"), ("#refused", "refused"), ("#revision", "revision")];
        let update =
            names.iter().fold(update, |update, (name, attribute)| update.expression_attribute_names(*name, *attribute));
        let update = update.expression_attribute_values(":pile", text(pile.to_string()));
        let update = update.expression_attribute_values(":heard", number(now.floor_millis()));
        update.expression_attribute_values(":one", number(1)).send().await.map(drop).map_err(fault)
    }

    /// AP-161: whether a pile has ever used this name for a session.
    pub(crate) async fn knows_session(&self, pile: u64, session: &PileSessionId) -> Result<bool, Failure> {
        let item: Option<serde::de::IgnoredAny> =
            self.get(&Key::pile_session(pile, session), Consistency::Strong).await?;
        Ok(item.is_some())
    }

    /// AP-162: what a pile's register is accounted for, in order: one query, which alone shows the invariant.
    pub(crate) async fn register(
        &self,
        pile: u64,
        after: Option<u64>,
    ) -> Result<(Vec<RegisterStretch>, bool), Failure> {
        let first = after.map_or_else(|| REGISTER.to_owned(), |after| format!("{} ", Key::register(pile, after).sk));
        let (pk, last) = (Key::pile_pk(pile), format!("{REGISTER}{END}"));
        let page = KeyRange { pk: &pk, first: &first, last: &last, limit: Some(1000), newest_first: false };
        let (items, has_more) = self.between(page).await?;
        Ok((items.into_iter().map(read).collect::<Result<_, _>>()?, has_more))
    }

    /// AP-163: the key of a pile.
    pub(crate) async fn pile_key(&self, pile: u64) -> Result<Option<PileKeyItem>, Failure> {
        self.get(&Key::pile_key(pile), Consistency::Strong).await
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-164: issues a key, in the place of the one before.
    pub(crate) fn put_pile_key(self, pile: u64, item: &PileKeyItem) -> Self {
        self.put_over(&Key::pile_key(pile), item)
    }
}

impl Transaction<'_, StationWriteRefusal> {
    /// AP-165: what a step of a metered station writes beside it: the piles whose sessions it changed, the names of new
    /// sessions, and the stretches of registers that are now accounted for.
    pub(super) fn write_piles(mut self, head: &StationHead, facts: &[Fact], billed: impl Fn(u64) -> bool) -> Self {
        for (pile, after) in head.changed_piles(facts) {
            let (key, read) = (Key::pile(&head.id, pile), head.piles.get(&pile).map(|stored| stored.revision));
            let (condition, names, values) = match read {
                Some(read) => ("#revision = :read", ("#revision", "revision"), vec![(":read", number(read))]),
                None => ("attribute_not_exists(#pk)", ("#pk", PK), vec![]),
            };
            let holds = Change {
                condition: Some(condition.into()),
                names: vec![(names.0, names.1.into())],
                values,
                ..Change::default()
            };
            self = self.put_if(&key, &PileItem::of(pile, &after), holds, StationWriteRefusal::Raced);
        }
        for Fact { at, what } in facts {
            let at = at.floor_millis();
            match what {
                What::Began { pile, session, .. } | What::StrayBegan { pile, session } => {
                    let key = Key::pile_session(head.number.pile_id(*pile), session);
                    self = self.put_new(&key, &SessionItem { at }, StationWriteRefusal::SessionUsed);
                }
                What::SegmentClosed(record) => {
                    let Some(stretch) = &record.meter else { continue };
                    let is_billed = billed(record.ticket.request.0);
                    self = self.put_stretch(
                        head,
                        record.pile,
                        &RegisterStretch {
                            from: millijoules(stretch.from),
                            to: millijoules(stretch.to),
                            session: Some(stretch.session.to_string()),
                            request: Some(record.ticket.request.0),
                            unassigned: (!is_billed).then(|| "too_little".to_owned()),
                            at,
                        },
                    );
                }
                What::Unassigned { pile, from, to, origin } => {
                    let (request, unassigned) = match origin {
                        UnassignedOrigin::Stray => (None, "stray"),
                        UnassignedOrigin::BetweenSessions => (None, "between_sessions"),
                        UnassignedOrigin::AboveOrder { request, .. } => (Some(request.0), "above_order"),
                    };
                    self = self.put_stretch(
                        head,
                        *pile,
                        &RegisterStretch {
                            from: millijoules(*from),
                            to: millijoules(*to),
                            session: None,
                            request,
                            unassigned: Some(unassigned.to_owned()),
                            at,
                        },
                    );
                }
                _ => {}
            }
        }
        self
    }

    fn put_stretch(self, head: &StationHead, pile: PileId, stretch: &RegisterStretch) -> Self {
        self.put_over(&Key::register(head.number.pile_id(pile), stretch.from), stretch)
    }
}

impl StationHead {
    /// The station with the readings that came since it was written.
    pub(super) fn catch_up(&mut self, piles: Vec<(PileId, StoredPile)>) {
        for (pile, stored) in &piles {
            match &stored.open {
                Some(OpenSession::Called(charging)) => self.station.catch_up(*pile, charging),
                Some(OpenSession::Stray(stray)) => self.station.catch_up_stray(*pile, stray),
                None => {}
            }
        }
        self.piles = piles.into_iter().collect();
    }

    /// The piles whose item is not as the station has it now.
    fn changed_piles(&self, facts: &[Fact]) -> Vec<(PileId, StoredPile)> {
        let sides = Mode::BOTH.into_iter().flat_map(|mode| &self.station.side(mode).piles);
        let changed = sides.filter_map(|pile| {
            let open = OpenSession::of(pile);
            let stored = self.piles.get(&pile.id);
            if stored.map_or(open.is_none(), |stored| stored.open == open) {
                return None;
            }
            let before = stored.cloned().unwrap_or_default();
            let counts = before.counts.and(flags_of(facts, pile.id));
            let heard = Some(self.station.settled_at());
            Some((pile.id, StoredPile { revision: before.revision + 1, open, heard, counts }))
        });
        changed.collect()
    }
}

impl OpenSession {
    fn of(pile: &crate::domain::charging::Pile) -> Option<Self> {
        let called = pile.charging().filter(|charging| charging.metered().is_some());
        let stray = || pile.meter.as_ref()?.stray.clone().map(Self::Stray);
        called.map(|charging| Self::Called(Box::new(charging.clone()))).or_else(stray)
    }

    pub(crate) fn session(&self) -> Option<&PileSessionId> {
        match self {
            Self::Called(charging) => charging.metered().map(|metered| &metered.session),
            Self::Stray(stray) => Some(&stray.session),
        }
    }

    pub(crate) fn last(&self) -> Option<Reading> {
        match self {
            Self::Called(charging) => charging.metered().map(|metered| metered.last),
            Self::Stray(stray) => Some(stray.last),
        }
    }
}

impl PileCounts {
    pub(crate) fn and(self, flags: ReadingFlags) -> Self {
        Self {
            replaced: self.replaced + u64::from(flags.instant_replaced),
            too_fast: self.too_fast + u64::from(flags.too_fast),
            ..self
        }
    }
}

/// What was odd about the first report of a session.
fn flags_of(facts: &[Fact], id: PileId) -> ReadingFlags {
    let began = facts.iter().find_map(|fact| match &fact.what {
        What::Began { pile, flags, .. } if *pile == id => Some(*flags),
        _ => None,
    });
    began.unwrap_or_default()
}

impl PileItem {
    fn of(pile: PileId, stored: &StoredPile) -> Self {
        let last = stored.open.as_ref().and_then(OpenSession::last);
        let open = stored.open.as_ref().and_then(|open| match open {
            OpenSession::Called(charging) => Some(ByteBuf::from(charging.pack())),
            OpenSession::Stray(_) => None,
        });
        Self {
            pile: pile.to_string(),
            revision: stored.revision,
            session: stored.open.as_ref().and_then(OpenSession::session).map(ToString::to_string),
            seq: last.map(|last| last.seq),
            at: last.map(|last| last.at.floor_millis()),
            register: last.map(|last| millijoules(last.register)),
            power: last.and_then(|last| last.power).map(Power::watts),
            open,
            heard: stored.heard.map(Moment::floor_millis),
            counts: stored.counts,
        }
    }
}

pub(super) fn stored(item: &PileItem) -> Result<(PileId, StoredPile), Failure> {
    let invalid = || Failure::internal("stored pile is invalid");
    let pile = PileId::parse(&item.pile).ok_or_else(invalid)?;
    let open = match (&item.open, &item.session) {
        (Some(open), _) => {
            let open = Charging::unpack(open);
            let open = open.map_err(|error| Failure::internal(format!("stored session is invalid: {error}")))?;
            Some(OpenSession::Called(Box::new(open)))
        }
        (None, Some(session)) => Some(OpenSession::Stray(StraySession {
            session: PileSessionId::parse(session).ok_or_else(invalid)?,
            last: Reading {
                seq: item.seq.ok_or_else(invalid)?,
                at: Moment::from_millis(item.at.ok_or_else(invalid)?),
                register: energy(item.register.ok_or_else(invalid)?),
                power: item.power.and_then(|watts| Power::from_watts(u32::try_from(watts).ok()?)),
            },
        })),
        (None, None) => None,
    };
    let heard = item.heard.map(Moment::from_millis);
    Ok((pile, StoredPile { revision: item.revision, open, heard, counts: item.counts }))
}

fn energy(millijoules: u64) -> Energy {
    Energy::from_millijoules(Exact::whole(i128::from(millijoules)))
}

/// Registers that come over the wire are whole millijoules, and no register ever reaches 2^64 of them.
fn millijoules(energy: Energy) -> u64 {
    u64::try_from(energy.millijoules().floor()).unwrap_or(u64::MAX)
}
