//! Bills: a driver's own, what each plate has to pay, and what operators look for.

pub use crate::store::LedgerEntry;

use crate::{
    domain::{
        account::{AccountId, LoginName, Realm},
        charging::Moment,
        day::Day,
        ledger::{Balance, BillState},
        money::Fen,
        reason::{Failure, Reason},
    },
    store::{BillIndex, BillRange, FoundBill, IssuedBill, Store},
};
use jiff::Timestamp;

/// A bill over nothing has no entries by which it is found; it is looked for among so many.
const LATELY: i32 = 100;

/// One bill as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillStatement {
    /// The request that was billed: one request, one bill.
    pub id: u64,
    pub plate: String,
    pub station: String,
    pub records: u16,
    pub watt_hours: i64,
    pub charging: Fen,
    pub service: Fen,
    pub balance: Balance,
    pub issued: Timestamp,
    pub due: Timestamp,
    /// Since when nothing is owed.
    pub closed: Option<Timestamp>,
    pub state: BillState,
}

/// A bill as an operator finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub driver: AccountId,
    pub bill: BillStatement,
}

/// A page of them. It may hold fewer than were asked for, or none, and yet not be the last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BillStatements {
    pub bills: Vec<Found>,
    /// What a next page is asked for with.
    pub next: Option<Cursor>,
}

/// What one plate has to pay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fees {
    /// Bills in arrears (待补缴).
    pub arrears: u32,
    /// Bills to be paid (待支付).
    pub current: u32,
}

/// Whose bills an operator looks for, issued when; of several all must hold, of none all do.
#[derive(Clone, Debug, Default)]
pub struct Whose {
    pub driver: Option<AccountId>,
    /// The name with which the driver signs in.
    pub username: Option<LoginName>,
    /// As it was billed.
    pub plate: Option<String>,
    /// Issued on this day of the business.
    pub day: Option<Day>,
}

impl Whose {
    /// A search reads the bills of the driver or of the plate, or all; the other conditions are checked bill by bill.
    fn holds(&self, found: &FoundBill) -> bool {
        self.driver.as_ref().is_none_or(|driver| *driver == found.account)
            && self.plate.as_ref().is_none_or(|plate| *plate == found.bill.plate)
            && self.day.is_none_or(|day| day == Day::of_millis(found.bill.ended))
    }
}

/// Bills in which state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among {
    All,
    Current,
    InArrears,
    Paid,
    /// Of the paid ones those on which there is something to give back.
    Overpaid,
}

/// What an operator looks for, a page at a time.
#[derive(Clone, Debug)]
pub struct BillSearch {
    pub whose: Whose,
    pub among: Among,
    pub after: Option<Cursor>,
    pub most: u8,
}

/// Where a page ended: a bill's place among those of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    /// What [`Cursor::shown`] has written.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let is_number = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        let place = text.trim().replace('.', "#");
        match place.split('#').collect::<Vec<_>>()[..] {
            ["OPEN" | "OVER" | "PAID", at, request] if is_number(at, 15) && is_number(request, 16) => Ok(Self(place)),
            _ => Err(Failure::malformed("after 应为上一页的 next")),
        }
    }

    pub fn shown(&self) -> String {
        self.0.replace('#', ".")
    }
}

/// The bills of drivers.
#[derive(Clone, Debug)]
pub struct Bills {
    store: Store,
}

impl Bills {
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// All open bills, the one that falls due first in front, and after them the newest paid ones.
    pub async fn of_driver(
        &self,
        account: &AccountId,
        most: u8,
        now: Timestamp,
    ) -> Result<Vec<BillStatement>, Failure> {
        let open = self.store.open_bills(account).await?;
        let paid = self.store.paid_bills(account, i32::from(most)).await?;
        Ok(open.iter().chain(&paid).map(|bill| BillStatement::of(bill, now)).collect())
    }

    /// A page of what an operator looks for. It costs the same however many bills there are. A page of a day also reads
    /// open bills of later days and leaves them out, so it may be short or empty and yet not the last.
    pub async fn find(
        &self,
        search: &BillSearch,
        (real, now): (Timestamp, Timestamp),
    ) -> Result<BillStatements, Failure> {
        let millis = now.as_millisecond();
        let stretch = match search.among {
            Among::All => BillRange::of_all(),
            Among::Current => BillRange::of_current(millis),
            Among::InArrears => BillRange::in_arrears(millis),
            Among::Paid => BillRange::of_paid(),
            Among::Overpaid => BillRange::of_overpaid(),
        };
        let mut whose = search.whose.clone();
        if let Some(name) = &whose.username {
            let credential = self.store.login(Realm::Ev, name, real).await?.credential.ok_or(Reason::NotYours)?;
            if whose.driver.as_ref().is_some_and(|driver| *driver != credential.account) {
                return Ok(BillStatements::default());
            }
            whose.driver = Some(credential.account);
        }
        let index = match (&whose.driver, &whose.plate) {
            (Some(driver), _) => BillIndex::OfDriver(driver),
            (None, Some(plate)) => BillIndex::OfPlate(plate),
            (None, None) => BillIndex::All,
        };
        let parts = whose.day.map_or_else(|| vec![stretch.clone()], |day| stretch.of_day(day));
        let after = search.after.as_ref().map(|after| after.0.as_str());
        let (mut found, mut next) = (Vec::new(), None);
        for part in parts.into_iter().filter_map(|part| part.behind(after)) {
            let page = self.store.find_bills(index, &part, usize::from(search.most) - found.len()).await?;
            found.extend(page.bills);
            if page.has_more {
                next = found.last().map(|last: &FoundBill| Cursor(last.place.clone()));
                break;
            }
        }
        let bills = found.into_iter().filter(|found| whose.holds(found)).map(|found| Found::of(found, now));
        Ok(BillStatements { bills: bills.collect(), next })
    }

    /// One bill with everything that was booked beside it.
    pub async fn one(
        &self,
        account: &AccountId,
        id: u64,
        now: Timestamp,
    ) -> Result<(BillStatement, Vec<LedgerEntry>), Failure> {
        let entries = self.store.ledger(account, id).await?;
        let bill = match whole_bill(&self.store, account, id, &entries).await? {
            Some(bill) => bill,
            None => bill_over_nothing(&self.store, account, id).await?.ok_or(Reason::NotYours)?,
        };
        Ok((BillStatement::of(&bill, now), entries))
    }

    /// What each of these plates has to pay: the open bills are counted, so the cost does not grow with what was paid.
    pub async fn fees<'p>(
        &self,
        account: &AccountId,
        plates: impl IntoIterator<Item = &'p str>,
        now: Timestamp,
    ) -> Result<Vec<(&'p str, Fees)>, Failure> {
        let open = self.store.open_bills(account).await?;
        let open: Vec<_> = open.iter().map(|bill| BillStatement::of(bill, now)).collect();
        let count = |plate: &str, state| {
            let bills = open.iter().filter(|bill| bill.plate == plate && bill.state == state).count();
            u32::try_from(bills).unwrap_or(u32::MAX)
        };
        let fees =
            |plate| Fees { arrears: count(plate, BillState::InArrears), current: count(plate, BillState::Current) };
        Ok(plates.into_iter().map(|plate| (plate, fees(plate))).collect())
    }
}

/// A bill on which nothing is owed any more, by its id.
pub(super) async fn settled_bill(store: &Store, account: &AccountId, id: u64) -> Result<Option<IssuedBill>, Failure> {
    let entries = store.ledger(account, id).await?;
    match entries.last() {
        Some(_) => whole_bill(store, account, id, &entries).await,
        None => bill_over_nothing(store, account, id).await,
    }
}

async fn bill_over_nothing(store: &Store, account: &AccountId, id: u64) -> Result<Option<IssuedBill>, Failure> {
    let lately = store.paid_bills(account, LATELY).await?;
    Ok(lately.into_iter().find(|bill| bill.request == id))
}

/// A bill, open or not, by its id and what was booked beside it.
pub(super) async fn whole_bill(
    store: &Store,
    account: &AccountId,
    id: u64,
    entries: &[LedgerEntry],
) -> Result<Option<IssuedBill>, Failure> {
    if let Some(last) = entries.last().filter(|last| last.state == BillState::Paid) {
        return store.closed_bill(account, (last.ended, id), last.outstanding < 0).await;
    }
    Ok(store.open_bills(account).await?.into_iter().find(|bill| bill.request == id))
}

impl Found {
    fn of(FoundBill { account, bill, .. }: FoundBill, now: Timestamp) -> Self {
        Self { driver: account, bill: BillStatement::of(&bill, now) }
    }
}

impl BillStatement {
    pub(super) fn of(bill: &IssuedBill, now: Timestamp) -> Self {
        let at = |millis| Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH);
        let (due, now) = (Moment::from_millis(bill.due), Moment::from_millis(now.as_millisecond()));
        Self {
            id: bill.request,
            plate: bill.plate.clone(),
            station: bill.station.clone(),
            records: bill.records,
            watt_hours: bill.watt_hours,
            charging: Fen(bill.charging),
            service: Fen(bill.service),
            balance: bill.balance(),
            issued: at(bill.ended),
            due: at(bill.due),
            closed: bill.closed.map(at),
            state: BillState::of(bill.balance(), due, now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_what_a_page_ended_with() {
        let cursor = Cursor("OPEN#001780000000000#0000000000000007".into());
        assert_eq!(cursor.shown(), "OPEN.001780000000000.0000000000000007");
        assert_eq!(Cursor::parse(&cursor.shown()), Ok(cursor));
        for odd in
            ["", "OPEN", "LOST.001780000000000.0000000000000007", "OPEN.1.2", "OPEN.00178000000000x.0000000000000007"]
        {
            assert!(Cursor::parse(odd).is_err(), "{odd}");
        }
    }
}
