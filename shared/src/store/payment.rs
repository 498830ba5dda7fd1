//! Payments that drivers have started.

use super::{Consistency, Key, Store, Transaction, keys::PK, text, transaction::Change};
use crate::domain::{account::AccountId, payment::PaymentId, reason::Failure};
use serde::{Deserialize, Serialize};

/// A payment. What it is for never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PaymentItem {
    pub payment: PaymentId,
    pub account: AccountId,
    pub request: u64,
    /// The outstanding amount when it was started, in fen.
    pub amount: i64,
    /// Milliseconds.
    pub at: i64,
}

impl Store {
    /// AP-69: a payment by its id.
    pub(crate) async fn payment(&self, id: &PaymentId) -> Result<Option<PaymentItem>, Failure> {
        self.get(&Key::payment(id), Consistency::Strong).await
    }

    /// AP-70: the last payment that was started for a bill.
    pub(crate) async fn last_payment(&self, account: &AccountId, bill: u64) -> Result<Option<PaymentItem>, Failure> {
        self.get(&Key::last_payment(account, bill), Consistency::Strong).await
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-71: starts a payment, if the last one for the bill is still the one that was read.
    pub(crate) fn start_payment(self, payment: &PaymentItem, last: Option<&PaymentItem>, raced: R) -> Self {
        let PaymentItem { payment: id, account, request, .. } = payment;
        let (condition, values) = match last {
            None => ("attribute_not_exists(#pk)", vec![]),
            Some(last) => ("#payment = :last", vec![(":last", text(last.payment.as_str()))]),
        };
        let name = if last.is_some() { ("#payment", "payment") } else { ("#pk", PK) };
        let condition = Change {
            condition: Some(condition.into()),
            names: vec![(name.0, name.1.into())],
            values,
            ..Change::default()
        };
        self.put_new(&Key::payment(id), payment, raced).put_if(
            &Key::last_payment(account, *request),
            payment,
            condition,
            raced,
        )
    }
}
