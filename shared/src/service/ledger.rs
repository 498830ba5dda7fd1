//! Booking beside a bill: payments, credits and refunds, each once.

pub use crate::store::LedgerEntry;

use super::bill::whole_bill;
use crate::{
    domain::{
        account::{AccountId, Realm},
        charging::Moment as Instant,
        ledger::{BillState, EntryKind, Word},
        money::Fen,
        origin::Origin,
        reason::{Failure, Reason},
        session::Caller,
    },
    outside::{clock::RequestTime, random::Random},
    store::{Action, AuditEntry, IssuedBill, Store, WriteOutcome, ledger_entry_of},
};
use jiff::Timestamp;

/// How often a read is repeated when somebody else wrote between it and the write that rests on it.
const TRIES: u32 = 8;
/// Entries that operators may book on one bill.
const MOST_ENTRIES: u32 = 100;

/// What is to be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    pub kind: EntryKind,
    /// What makes it one: the reference of a payment or refund over all bills, a credit's key on its own bill.
    pub key: String,
    pub amount: Fen,
    /// Why; of a credit always.
    pub reason: Option<String>,
}

/// Who books, from where, when: an operator, or in the name of nobody the payment provider.
#[derive(Clone, Copy, Debug)]
pub struct Bookkeeper<'a> {
    pub caller: Option<&'a Caller>,
    pub origin: &'a Origin,
    pub random: &'a Random,
    pub now: RequestTime,
}

/// The ledgers of bills.
#[derive(Clone, Debug)]
pub struct Ledger {
    store: Store,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    /// The key has an entry.
    Booked,
    /// Somebody booked on this bill, or on another open one, or a bill was issued.
    Raced,
}

impl Ledger {
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Books an entry, and with it, in one transaction, what the bill comes to, since when its driver is in arrears, and
    /// the audit trail's. The same again answers as the first time, for ever; with other content it is refused.
    pub async fn book(
        &self,
        (account, id): (&AccountId, u64),
        booking: &Booking,
        by: &Bookkeeper<'_>,
    ) -> Result<LedgerEntry, Failure> {
        for _ in 0..TRIES {
            if let Some(entry) = self.store.booked((account, id), booking.kind, &booking.key).await? {
                return same(entry, (account, id), booking);
            }
            // Before the bills: what is booked or issued between this and the write shows here.
            let record = self.store.sessions(Realm::Ev, account).await?;
            let open = self.store.open_bills(account).await?;
            let before = match open.iter().find(|bill| bill.request == id) {
                Some(bill) => bill.clone(),
                None => match self.closed(account, id).await? {
                    Some(bill) => bill,
                    None => continue,
                },
            };
            let after = by.booked(&before, booking)?;
            let entry = by.entry(account, &before, &after, booking);
            let writes = self.store.transaction();
            let mut writes =
                writes.book(&entry, Refused::Booked).update_bill_sums(account, (&before, &after), Refused::Raced);
            if before.is_open() {
                let standing = record.ok_or(Reason::NotYours)?.standing;
                let others = open.iter().filter(|bill| bill.request != id);
                let left = others.chain(Some(&after).filter(|bill| bill.is_open())).map(IssuedBill::arrears_from).min();
                let owed = left.and_then(|from| Timestamp::from_millisecond(from).ok());
                writes = writes.set_arrears(account, &standing, owed, Refused::Raced);
            }
            match writes.audit_change(&by.audit(account, booking.kind), &told(id, booking)).commit().await? {
                WriteOutcome::Committed => return Ok(entry),
                WriteOutcome::ConditionFailed(Refused::Booked, item) => {
                    return same(ledger_entry_of(item)?, (account, id), booking);
                }
                WriteOutcome::ConditionFailed(Refused::Raced, _) => {}
            }
        }
        Err(Reason::Contended.into())
    }

    /// A bill on which nothing is owed any more; none if it is being booked on at this moment.
    async fn closed(&self, account: &AccountId, id: u64) -> Result<Option<IssuedBill>, Failure> {
        let entries = self.store.ledger(account, id).await?;
        if entries.is_empty() {
            return Err(Reason::NotYours.into());
        }
        whole_bill(&self.store, account, id, &entries).await
    }
}

/// The first answer, if this is what was asked then.
fn same(entry: LedgerEntry, (account, id): (&AccountId, u64), booking: &Booking) -> Result<LedgerEntry, Failure> {
    let is_same = (&entry.account, entry.request, entry.kind) == (account, id, booking.kind)
        && (Fen(entry.amount), &entry.reason) == (booking.amount, &booking.reason);
    if is_same {
        Ok(entry)
    } else {
        Err(Failure::from(Reason::KeyReused).saying("该凭证号已用于内容不同的入账"))
    }
}

fn told(id: u64, Booking { kind, key, amount, reason }: &Booking) -> String {
    let why = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("bill {id}: {} of {amount}, {key}{why}", kind.as_str())
}

impl Bookkeeper<'_> {
    /// The bill with the entry, or why there must be none.
    fn booked(&self, before: &IssuedBill, booking: &Booking) -> Result<IssuedBill, Failure> {
        let word = if self.caller.is_some() { Word::Operator } else { Word::Provider };
        if word == Word::Operator && before.entries >= MOST_ENTRIES {
            return Err(Reason::CapReached.into());
        }
        let balance = before.balance().with(booking.kind, booking.amount, word)?;
        Ok(before.with(balance, self.now.station.as_millisecond()))
    }

    fn entry(&self, account: &AccountId, before: &IssuedBill, after: &IssuedBill, booking: &Booking) -> LedgerEntry {
        let at = self.now.station.as_millisecond();
        LedgerEntry {
            account: account.clone(),
            request: before.request,
            n: after.entries,
            kind: booking.kind,
            key: booking.key.clone(),
            amount: booking.amount.0,
            reason: booking.reason.clone(),
            at,
            by: self.caller.map(|caller| caller.account.as_str().to_owned()),
            outstanding: after.balance().outstanding().0,
            state: BillState::of(after.balance(), Instant::from_millis(after.due), Instant::from_millis(at)),
            ended: before.ended,
        }
    }

    fn audit(&self, account: &AccountId, kind: EntryKind) -> AuditEntry {
        AuditEntry {
            at: self.now.real,
            action: match kind {
                EntryKind::Payment => Action::BillSettled,
                EntryKind::Credit => Action::BillCredited,
                EntryKind::Refund => Action::BillRefunded,
            },
            realm: Realm::Ev,
            station: None,
            subject: Some(account.clone()),
            actor: self.caller.map(|caller| caller.account.clone()),
            role: self.caller.map(|caller| caller.role),
            address: Some(self.origin.address),
            request: self.origin.request.clone(),
            id: self.random.u128(),
        }
    }
}
