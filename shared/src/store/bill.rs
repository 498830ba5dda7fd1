//! Bills, their indexes, and what a driver's record says about them.

use super::{
    Consistency, END, Item, Key, Store, Transaction,
    charge::whole,
    fault,
    keys::{
        BEHIND_OPEN_BILLS, BILL, BILL_PLATE, BILL_SHARD, BILL_SHARDS, LAST_MILLI, OPEN_BILL, OVERPAID_BILL, PAID_BILL,
        PK, SK,
    },
    number, read,
    station::StationHead,
    text,
    transaction::Change,
};
use crate::domain::{
    account::{AccountId, Realm},
    charging::{Bill, Moment, Ticket},
    day::Day,
    ledger::Balance,
    money::Fen,
    reason::Failure,
    session::AccountStanding,
};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A bill as it was issued (账单), which never changes, with the sums of its ledger entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IssuedBill {
    pub request: u64,
    pub plate: String,
    pub station: String,
    pub records: u16,
    pub watt_hours: i64,
    pub charging: i64,
    pub service: i64,
    pub total: i64,
    pub ended: i64,
    pub due: i64,

    /// Fen: the sums of the ledger entries and their number, kept in the transaction that adds an entry.
    pub paid: i64,
    pub credited: i64,
    pub entries: u32,
    /// Set when the bill was underpaid before it was due: it is in arrears after this millisecond.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// When the outstanding amount became zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<i64>,
}

/// A bill as it is written, with the attributes of the indexes.
#[derive(Serialize)]
struct BillItem<'a> {
    #[serde(flatten)]
    bill: &'a IssuedBill,
    bill_shard: String,
    /// These two are for the indexes that the release before reads; they cost nothing where these are gone.
    bill_all: &'static str,
    bill_day: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    bill_plate: Option<&'a str>,
}

/// The bills among which a search looks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BillIndex<'a> {
    All,
    OfDriver(&'a AccountId),
    OfPlate(&'a str),
}

/// A partition of bills, sorted by their sort keys.
#[derive(Clone, Copy, Debug)]
enum Partition<'a> {
    Shard(u8),
    OfDriver(&'a AccountId),
    OfPlate(&'a str),
}

/// A page of bills.
#[derive(Clone, Debug, Default)]
pub(crate) struct BillPage {
    pub bills: Vec<FoundBill>,
    /// Whether there may be more behind the last one. A page that is short may have more behind it.
    pub has_more: bool,
}

/// A range of a bill index. The index is sorted by the bills' sort keys: open bills by when they fall into arrears,
/// then overpaid ones, then settled ones, both newest first.
#[derive(Clone, Debug)]
pub(crate) struct BillRange {
    first: String,
    last: String,
}

/// A bill with its driver and its sort key, which is the cursor of the next page.
#[derive(Clone, Debug)]
pub(crate) struct FoundBill {
    pub account: AccountId,
    pub bill: IssuedBill,
    pub place: String,
}

impl Store {
    /// AP-60: all open bills of a driver, the first to fall into arrears first. Strongly consistent, because writes
    /// depend on it.
    pub(crate) async fn open_bills(&self, account: &AccountId) -> Result<Vec<IssuedBill>, Failure> {
        let (mut bills, mut from) = (Vec::new(), None);
        loop {
            let request = self.bills(account, OPEN_BILL, BEHIND_OPEN_BILLS).consistent_read(true);
            let answer = request.set_exclusive_start_key(from).send().await.map_err(fault)?;
            for item in answer.items.unwrap_or_default() {
                bills.push(read(item)?);
            }
            from = answer.last_evaluated_key;
            if from.is_none() {
                return Ok(bills);
            }
        }
    }

    /// AP-61: the overpaid bills of a driver, then the settled ones, newest first.
    pub(crate) async fn paid_bills(&self, account: &AccountId, most: i32) -> Result<Vec<IssuedBill>, Failure> {
        let request = self.bills(account, OVERPAID_BILL, &format!("{PAID_BILL}{END}")).limit(most);
        let answer = request.send().await.map_err(fault)?;
        answer.items.unwrap_or_default().into_iter().map(read).collect()
    }

    /// AP-63: a page of at most `most` bills.
    pub(crate) async fn find_bills(
        &self,
        index: BillIndex<'_>,
        range: &BillRange,
        most: usize,
    ) -> Result<BillPage, Failure> {
        let partition = match index {
            BillIndex::All => return self.merge_shards(range, most).await,
            BillIndex::OfDriver(account) => Partition::OfDriver(account),
            BillIndex::OfPlate(plate) => Partition::OfPlate(plate),
        };
        let bills = self.bills_in(partition, range, most).await?;
        Ok(BillPage { has_more: bills.len() >= most, bills })
    }

    /// AP-144: a page over all bills. The shards are read at the same time, a share of the page from each; the page ends where
    /// the first of those that may have more ends, so that no bill is passed over.
    async fn merge_shards(&self, range: &BillRange, most: usize) -> Result<BillPage, Failure> {
        let share = most.min((most / 4).max(SMALLEST_SHARE));
        let shards = (0..BILL_SHARDS).map(|shard| self.bills_in(Partition::Shard(shard), range, share));
        let shards = try_join_all(shards).await?;
        let ends = shards.iter().filter(|bills| bills.len() >= share).filter_map(|bills| bills.last());
        let end = ends.map(|last| last.place.clone()).min();
        let mut bills: Vec<_> = shards.into_iter().flatten().collect();
        bills.retain(|bill| end.as_ref().is_none_or(|end| bill.place <= *end));
        bills.sort_by(|one, other| one.place.cmp(&other.place));
        bills.truncate(most);
        Ok(BillPage { has_more: end.is_some() || bills.len() >= most, bills })
    }

    async fn bills_in(
        &self,
        partition: Partition<'_>,
        BillRange { first, last }: &BillRange,
        most: usize,
    ) -> Result<Vec<FoundBill>, Failure> {
        let (index, name, value) = partition.place();
        let request = self.client.query().table_name(&self.table).set_index_name(index.map(str::to_owned));
        let request = request.limit(i32::try_from(most).unwrap_or(i32::MAX));
        let request = request.key_condition_expression("#index = :index AND #sk BETWEEN :first AND :last");
        let request = request.expression_attribute_names("#index", name).expression_attribute_names("#sk", SK);
        let request = request.expression_attribute_values(":index", text(value));
        let request = request.expression_attribute_values(":first", text(first));
        let request = request.expression_attribute_values(":last", text(last));
        let answer = request.send().await.map_err(fault)?;
        answer.items.unwrap_or_default().into_iter().map(FoundBill::read).collect()
    }

    /// AP-64: a bill without an outstanding amount, found by the time at which it was issued.
    pub(crate) async fn closed_bill(
        &self,
        account: &AccountId,
        (ended, request): (i64, u64),
        overpaid: bool,
    ) -> Result<Option<IssuedBill>, Failure> {
        let key = if overpaid { Key::overpaid_bill } else { Key::paid_bill };
        self.get(&key(account, ended, request), Consistency::Strong).await
    }

    fn bills(
        &self,
        account: &AccountId,
        first: &str,
        last: &str,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        let request = self.client.query().table_name(&self.table);
        let request = request.key_condition_expression("#pk = :pk AND #sk BETWEEN :first AND :last");
        let request = request.expression_attribute_names("#pk", PK).expression_attribute_names("#sk", SK);
        let request = request.expression_attribute_values(":pk", text(Key::ev_account(account)));
        request.expression_attribute_values(":first", text(first)).expression_attribute_values(":last", text(last))
    }
}

/// Of a small page every shard may hold all.
const SMALLEST_SHARE: usize = 20;

impl Partition<'_> {
    /// The index, its key attribute, and the value of that attribute.
    fn place(self) -> (Option<&'static str>, &'static str, String) {
        match self {
            Self::Shard(shard) => (Some("bills-by-shard"), BILL_SHARD, shard.to_string()),
            Self::OfDriver(account) => (None, PK, Key::ev_account(account)),
            Self::OfPlate(plate) => (Some("bills-by-plate"), BILL_PLATE, plate.to_owned()),
        }
    }
}

impl BillRange {
    pub(crate) fn of_all() -> Self {
        Self { first: BILL.to_owned(), last: format!("{BILL}{END}") }
    }

    /// Open bills that are not in arrears at this millisecond.
    pub(crate) fn of_current(now: i64) -> Self {
        Self { first: format!("{OPEN_BILL}{now:015}#"), last: BEHIND_OPEN_BILLS.to_owned() }
    }

    /// Open bills that are in arrears at this millisecond.
    pub(crate) fn in_arrears(now: i64) -> Self {
        Self { first: OPEN_BILL.to_owned(), last: format!("{OPEN_BILL}{:015}#{END}", now - 1) }
    }

    pub(crate) fn of_overpaid() -> Self {
        Self { first: OVERPAID_BILL.to_owned(), last: format!("{OVERPAID_BILL}{END}") }
    }

    /// Settled bills, which include the overpaid ones.
    pub(crate) fn of_paid() -> Self {
        Self { first: OVERPAID_BILL.to_owned(), last: format!("{PAID_BILL}{END}") }
    }

    /// The part of the range after a bill; none if it would be empty.
    #[must_use]
    pub(crate) fn behind(self, place: Option<&str>) -> Option<Self> {
        // A space sorts before every character of a key, so the key with a space is the next possible key.
        let Some(behind) = place.map(|place| format!("{BILL}{place} ")) else { return Some(self) };
        self.and(Self { first: behind, last: format!("{BILL}{END}") })
    }

    /// The parts of the range in which the bills of a day lie. Settled and overpaid bills are sorted by the day; an open
    /// bill falls into arrears at some time after it, so that these parts hold open bills of later days as well.
    pub(crate) fn of_day(&self, day: Day) -> Vec<Self> {
        let (begins, ends) = (day.begins(), day.plus(1).begins());
        let closed = |state: &str| Self {
            first: format!("{state}{:015}#", LAST_MILLI - (ends - 1)),
            last: format!("{state}{:015}#{END}", LAST_MILLI - begins),
        };
        let open = Self { first: format!("{OPEN_BILL}{begins:015}#"), last: BEHIND_OPEN_BILLS.to_owned() };
        let parts = [open, closed(OVERPAID_BILL), closed(PAID_BILL)];
        parts.into_iter().filter_map(|part| self.clone().and(part)).collect()
    }

    /// What both ranges hold; none if nothing can be in both.
    fn and(self, other: Self) -> Option<Self> {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        (first <= last).then_some(Self { first, last })
    }
}

impl FoundBill {
    fn read(item: Item) -> Result<Self, Failure> {
        let part = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
        let (pk, sk) = (part(PK), part(SK));
        let account = AccountId::known(Key::driver_of(&pk).unwrap_or_default());
        let place = sk.strip_prefix(BILL).unwrap_or_default().to_owned();
        Ok(Self { account, place, bill: read(item)? })
    }
}

impl IssuedBill {
    pub(super) fn of(head: &StationHead, ticket: &Ticket, bill: &Bill, ended: Moment) -> Self {
        let ended = ended.floor_millis();
        Self {
            request: bill.request.0,
            plate: ticket.plate.clone().into(),
            station: head.id.as_str().to_owned(),
            records: bill.records,
            watt_hours: whole(bill.energy.watt_hours()),
            charging: bill.charging.0,
            service: bill.service.0,
            total: bill.total.0,
            ended,
            due: bill.due.ceil().floor_millis(),
            paid: 0,
            credited: 0,
            entries: 0,
            since: None,
            closed: (bill.total <= Fen(0)).then_some(ended),
        }
    }

    pub(crate) fn balance(&self) -> Balance {
        Balance { total: Fen(self.total), paid: Fen(self.paid), credited: Fen(self.credited) }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.balance().outstanding() > Fen(0)
    }

    /// The millisecond after which an open bill is in arrears.
    pub(crate) fn arrears_from(&self) -> i64 {
        self.since.unwrap_or(self.due)
    }

    /// The same bill with one ledger entry more.
    #[must_use]
    pub(crate) fn with(&self, balance: Balance, now: i64) -> Self {
        let bill =
            Self { paid: balance.paid.0, credited: balance.credited.0, entries: self.entries + 1, ..self.clone() };
        let is_underpaid = bill.is_open() && bill.paid > 0 && bill.since.is_none() && now <= bill.due;
        let since = if is_underpaid { Some(now - 1) } else { bill.since };
        Self { since, closed: bill.closed.or_else(|| (!bill.is_open()).then_some(now)), ..bill }
    }

    pub(super) fn key(&self, account: &AccountId) -> Key {
        match self.balance().outstanding() {
            owed if owed > Fen(0) => Key::open_bill(account, self.arrears_from(), self.request),
            Fen(0) => Key::paid_bill(account, self.ended, self.request),
            _ => Key::overpaid_bill(account, self.ended, self.request),
        }
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-62: writes an issued bill.
    pub(super) fn issue_bill(self, key: &Key, bill: &IssuedBill) -> Self {
        let bill_plate = Some(bill.plate.as_str()).filter(|plate| !plate.is_empty());
        let bill_day = Day::of_millis(bill.ended).to_string();
        let bill_shard = (bill.request % u64::from(BILL_SHARDS)).to_string();
        self.put_over(key, &BillItem { bill, bill_shard, bill_all: "ALL", bill_day, bill_plate })
    }

    /// AP-65: updates the sums of a bill by one ledger entry, if it has as many entries as were read. The bill moves
    /// to the range of its new state.
    pub(crate) fn update_bill_sums(
        self,
        account: &AccountId,
        (before, after): (&IssuedBill, &IssuedBill),
        raced: R,
    ) -> Self {
        let (old, new) = (before.key(account), after.key(account));
        let mut change = Change {
            update: "SET #paid = :paid, #credited = :credited, #entries = :after".into(),
            condition: Some("#entries = :before".into()),
            names: vec![("#entries", "entries".into())],
            values: vec![(":before", number(before.entries))],
        };
        if old != new {
            return self.delete_if(&old, change, raced).issue_bill(&new, after);
        }
        change.names.extend([("#paid", "paid".into()), ("#credited", "credited".into())]);
        let values = [(":paid", after.paid), (":credited", after.credited), (":after", after.entries.into())];
        change.values.extend(values.map(|(name, value)| (name, number(value))));
        self.update(&old, change, Some(raced))
    }

    /// AP-66: sets since when the driver is in arrears, or will be, if no bill was issued or booked on since the record
    /// was read. The counter `bills` tells writes that depend on the open bills that these have changed.
    pub(crate) fn set_arrears(
        self,
        account: &AccountId,
        read: &AccountStanding,
        owed: Option<Timestamp>,
        raced: R,
    ) -> Self {
        let mut change = Change {
            update: "REMOVE #owed ADD #bills :one".into(),
            condition: Some("#bills = :bills".into()),
            names: vec![("#owed", "owed".into()), ("#bills", "bills".into())],
            values: vec![(":bills", number(read.bills)), (":one", number(1))],
        };
        if let Some(owed) = owed {
            change.update = "SET #owed = :owed ADD #bills :one".into();
            change.values.push((":owed", number(owed.as_millisecond())));
        }
        self.update(&Key::sessions(Realm::Ev, account), change, Some(raced))
    }
}
