//! A driver's bills: which are open, what each plate has to pay, and that one has been paid.

use crate::{
    domain::{
        account::{AccountId, Realm},
        charging::{BillState, Moment},
        money::Fen,
        reason::{Failure, Reason},
    },
    store::{IssuedBill, Outcome, Payment, Store},
};
use jiff::Timestamp;

/// How often a read is repeated when somebody else wrote between it and the write that rests on it.
const TRIES: u32 = 5;
/// So many paid bills are looked at when one is said to be paid again.
const LATELY: i32 = 100;

/// One bill as its driver sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// The request that was billed: one request, one bill.
    pub id: u64,
    pub plate: String,
    pub station: String,
    pub amount: Fen,
    pub issued: Timestamp,
    pub due: Timestamp,
    pub paid: Option<Timestamp>,
    pub state: BillState,
}

/// What one plate has to pay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fees {
    /// Bills in arrears (待补缴).
    pub arrears: u32,
    /// Bills to be paid (待支付).
    pub current: u32,
}

/// The bills of drivers.
#[derive(Clone, Debug)]
pub struct Bills {
    store: Store,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SettleRefused {
    Gone,
    Raced,
}

impl Bills {
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// All open bills, the one that falls due first in front, and after them the newest paid ones.
    pub async fn of_driver(&self, account: &AccountId, most: u8, now: Timestamp) -> Result<Vec<Bill>, Failure> {
        let open = self.store.open_bills(account).await?;
        let paid = self.store.paid_bills(account, i32::from(most)).await?;
        Ok(open.iter().chain(&paid).map(|bill| Bill::of(bill, now)).collect())
    }

    /// What each of these plates has to pay: the open bills are counted, so the cost does not grow with what was paid.
    pub async fn fees<'p>(
        &self,
        account: &AccountId,
        plates: impl IntoIterator<Item = &'p str>,
        now: Timestamp,
    ) -> Result<Vec<(&'p str, Fees)>, Failure> {
        let open = self.store.open_bills(account).await?;
        let open: Vec<_> = open.iter().map(|bill| Bill::of(bill, now)).collect();
        let count = |plate: &str, state| {
            let bills = open.iter().filter(|bill| bill.plate == plate && bill.state == state).count();
            u32::try_from(bills).unwrap_or(u32::MAX)
        };
        let fees =
            |plate| Fees { arrears: count(plate, BillState::InArrears), current: count(plate, BillState::Current) };
        Ok(plates.into_iter().map(|plate| (plate, fees(plate))).collect())
    }

    /// Notes that a bill has been paid. The bill moves from the open to the paid ones, and the driver's record says from
    /// now on when the oldest one that is left falls due, in one transaction. Saying it again changes nothing and answers
    /// as the first time.
    pub async fn settle(&self, account: &AccountId, id: u64, reference: &str, now: Timestamp) -> Result<Bill, Failure> {
        for _ in 0..TRIES {
            let standing = self.store.sessions(Realm::Ev, account).await?.ok_or(Reason::NotYours)?.standing;
            let open = self.store.open_bills(account).await?;
            let Some(bill) = open.iter().find(|bill| bill.request == id) else {
                let paid = self.store.paid_bills(account, LATELY).await?;
                let bill = paid.iter().find(|bill| bill.request == id).ok_or(Reason::NotYours)?;
                return Ok(Bill::of(bill, now));
            };
            let left = open.iter().filter(|bill| bill.request != id).map(|bill| bill.due).min();
            let owed = left.and_then(|due| Timestamp::from_millisecond(due).ok());
            let payment = Payment { at: now.as_millisecond(), amount: bill.total, reference: reference.to_owned() };
            let writes = self.store.transaction();
            let writes = writes.settle_bill(account, bill, payment.clone(), SettleRefused::Gone);
            match writes.change_owed(account, &standing, owed, SettleRefused::Raced).commit().await? {
                Outcome::Done => return Ok(Bill::of(&IssuedBill { payment: Some(payment), ..bill.clone() }, now)),
                Outcome::Refused(SettleRefused::Gone | SettleRefused::Raced, _) => {}
            }
        }
        Err(Reason::Contended.into())
    }
}

impl Bill {
    fn of(bill: &IssuedBill, now: Timestamp) -> Self {
        let at = |millis| Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH);
        let paid = bill.payment.as_ref().map(|payment| at(payment.at));
        Self {
            id: bill.request,
            plate: bill.plate.clone(),
            station: bill.station.clone(),
            amount: Fen(bill.total),
            issued: at(bill.ended),
            due: at(bill.due),
            paid,
            state: BillState::of(
                Fen(bill.total),
                Fen(bill.payment.as_ref().map_or(0, |payment| payment.amount)),
                Moment::from_millis(bill.due),
                Moment::from_millis(now.as_millisecond()),
            ),
        }
    }
}
