//! Payments: started by drivers, confirmed by the provider.

pub use crate::outside::payment::{Checkout, Webhook};

use super::{
    actor::{Actor, Identity},
    ledger::{Booking, Ledger, LedgerEntry},
};
use crate::{
    domain::{
        account::AccountId,
        ledger::EntryKind,
        money::Fen,
        payment::{PaymentId, is_reference},
        reason::{Failure, Reason},
    },
    outside::{
        payment::{CheckoutClient, CheckoutRequest, PaymentNotice, WebhookReader},
        random::Random,
    },
    store::{Attempts, PaymentItem, Store, WriteOutcome},
};
use jiff::Timestamp;

/// A payment that is under way.
#[derive(Clone, Debug)]
pub struct Started {
    pub payment: PaymentId,
    pub amount: Fen,
    pub checkout: Checkout,
}

/// Payments that drivers start.
#[derive(Clone, Debug)]
pub struct Payments {
    store: Store,
    checkout: CheckoutClient,
    random: Random,
}

impl Payments {
    pub fn new(store: Store, checkout: CheckoutClient, random: Random) -> Self {
        Self { store, checkout, random }
    }

    /// Starts the payment of what is owed on one of the driver's own bills. As long as as much is owed it is the same one.
    /// It is written before the provider hears of it, so that every message of the provider finds its bill.
    pub async fn start(&self, account: &AccountId, bill: u64, now: Timestamp) -> Result<Started, Failure> {
        let PaymentItem { payment, amount, .. } = self.written(account, bill, now).await?;
        let amount = Fen(amount);
        let checkout = self.checkout.start(CheckoutRequest { payment: payment.clone(), amount }).await?;
        Ok(Started { payment, amount, checkout })
    }

    async fn written(&self, account: &AccountId, bill: u64, now: Timestamp) -> Result<PaymentItem, Failure> {
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let amount = self.owed(account, bill).await?.0;
            let last = self.store.last_payment(account, bill).await?;
            if let Some(last) = last.as_ref().filter(|last| last.amount == amount) {
                return Ok(last.clone());
            }
            let payment = PaymentItem {
                payment: PaymentId::drawn(self.random.u128()),
                account: account.clone(),
                request: bill,
                amount,
                at: now.as_millisecond(),
            };
            match self.store.transaction().start_payment(&payment, last.as_ref(), ()).commit().await? {
                WriteOutcome::Committed => return Ok(payment),
                WriteOutcome::ConditionFailed((), _) => {}
            }
        }
    }

    async fn owed(&self, account: &AccountId, bill: u64) -> Result<Fen, Failure> {
        let open = self.store.open_bills(account).await?;
        if let Some(bill) = open.iter().find(|open| open.request == bill) {
            return Ok(bill.balance().outstanding());
        }
        let is_settled = super::bill::settled_bill(&self.store, account, bill).await?.is_some();
        Err(if is_settled {
            Failure::from(Reason::WrongState).saying("账单已结清")
        } else {
            Reason::NotYours.into()
        })
    }
}

/// What the provider says of payments.
#[derive(Clone, Debug)]
pub struct Notices {
    store: Store,
    ledger: Ledger,
    webhooks: WebhookReader,
}

impl Notices {
    pub fn new(store: Store, webhooks: WebhookReader) -> Self {
        Self { ledger: Ledger::new(store.clone()), store, webhooks }
    }

    /// Books money that the provider has, once for each of its transactions and in any state of the bill.
    pub async fn take(&self, letter: &Webhook, actor: &Actor<'_, impl Identity>) -> Result<LedgerEntry, Failure> {
        let PaymentNotice { payment, transaction, amount } = self.webhooks.read(letter, actor.now.real)?;
        if !is_reference(&transaction) {
            return Err(Failure::malformed("transaction 应为 1 至 64 个可见 ASCII 字符，不含 #"));
        }
        let unknown = || Failure::from(Reason::NotYours).saying("支付单不存在");
        let id = PaymentId::read(&payment).ok_or_else(unknown)?;
        let payment = self.store.payment(&id).await?.ok_or_else(unknown)?;
        let booking = Booking { kind: EntryKind::Payment, key: transaction, amount, reason: None };
        self.ledger.book((&payment.account, payment.request), &booking, actor).await
    }
}
