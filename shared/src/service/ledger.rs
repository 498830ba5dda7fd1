//! Booking beside a bill: payments, credits and refunds, each once.

pub use crate::store::LedgerEntry;

use super::{
    actor::{Actor, Identity},
    bill::whole_bill,
};
use crate::{
    domain::{
        account::{AccountId, Realm},
        charging::Moment as Instant,
        ledger::{BillState, EntryKind, Word},
        money::Fen,
        reason::{Failure, Reason},
    },
    store::{Action, Attempts, IssuedBill, Store, WriteOutcome, ledger_entry_of},
};
use jiff::Timestamp;

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

/// The ledgers of bills.
#[derive(Clone, Debug)]
pub struct Ledger {
    store: Store,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BookingRefusal {
    /// The key has an entry.
    Booked,
    /// Another entry was booked on this bill or another open one, or a bill was issued.
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
        actor: &Actor<'_, impl Identity>,
    ) -> Result<LedgerEntry, Failure> {
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            if let Some(entry) = self.store.ledger_entry((account, id), booking.kind, &booking.key).await? {
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
            let after = booked(&before, booking, actor)?;
            let entry = entry(account, (&before, &after), booking, actor);
            let writes = self.store.transaction();
            let mut writes = writes.add_ledger_entry(&entry, BookingRefusal::Booked).update_bill_sums(
                account,
                (&before, &after),
                BookingRefusal::Raced,
            );
            if before.is_open() {
                let standing = record.ok_or(Reason::NotYours)?.standing;
                let others = open.iter().filter(|bill| bill.request != id);
                let left = others.chain(Some(&after).filter(|bill| bill.is_open())).map(IssuedBill::arrears_from).min();
                let owed = left.and_then(|from| Timestamp::from_millisecond(from).ok());
                writes = writes.set_arrears(account, &standing, owed, BookingRefusal::Raced);
            }
            let audit = actor.entry(action(booking.kind), Realm::Ev, account);
            match writes.audit_change(&audit, &change_text(id, booking)).commit().await? {
                WriteOutcome::Committed => return Ok(entry),
                WriteOutcome::ConditionFailed(BookingRefusal::Booked, item) => {
                    return same(ledger_entry_of(item)?, (account, id), booking);
                }
                WriteOutcome::ConditionFailed(BookingRefusal::Raced, _) => {}
            }
        }
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

fn change_text(id: u64, Booking { kind, key, amount, reason }: &Booking) -> String {
    let why = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("bill {id}: {} of {amount}, {key}{why}", kind.as_str())
}

/// The bill with the entry, or why there must be none.
fn booked(before: &IssuedBill, booking: &Booking, actor: &Actor<'_, impl Identity>) -> Result<IssuedBill, Failure> {
    let word = if actor.who.caller().is_some() { Word::Operator } else { Word::Provider };
    if word == Word::Operator && before.entries >= MOST_ENTRIES {
        return Err(Reason::CapReached.into());
    }
    let balance = before.balance().with(booking.kind, booking.amount, word)?;
    Ok(before.with(balance, actor.now.station.as_millisecond()))
}

fn entry(
    account: &AccountId,
    (before, after): (&IssuedBill, &IssuedBill),
    booking: &Booking,
    actor: &Actor<'_, impl Identity>,
) -> LedgerEntry {
    let at = actor.now.station.as_millisecond();
    LedgerEntry {
        account: account.clone(),
        request: before.request,
        n: after.entries,
        kind: booking.kind,
        key: booking.key.clone(),
        amount: booking.amount.0,
        reason: booking.reason.clone(),
        at,
        by: actor.who.caller().map(|caller| caller.account.as_str().to_owned()),
        outstanding: after.balance().outstanding().0,
        state: BillState::of(after.balance(), Instant::from_millis(after.due), Instant::from_millis(at)),
        ended: before.ended,
    }
}

fn action(kind: EntryKind) -> Action {
    match kind {
        EntryKind::Payment => Action::BillSettled,
        EntryKind::Credit => Action::BillCredited,
        EntryKind::Refund => Action::BillRefunded,
    }
}
