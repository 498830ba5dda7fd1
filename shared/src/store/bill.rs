//! Bills that are open and bills that have been paid: AP-38 to AP-41.

use super::{
    Key, Store, Transaction,
    charge::{IssuedBill, Payment},
    fault,
    keys::{OPEN_BILL, PAID_BILL, PK, SK},
    number, read, text,
    transaction::Change,
};
use crate::domain::{
    account::{AccountId, Realm},
    reason::Failure,
    session::Standing,
};
use jiff::Timestamp;

impl Store {
    /// AP-38: all open bills of a driver, the one that falls due first in front. Strongly consistent, because writes rest
    /// on it.
    pub(crate) async fn open_bills(&self, account: &AccountId) -> Result<Vec<IssuedBill>, Failure> {
        let (mut bills, mut from) = (Vec::new(), None);
        loop {
            let request = self.bills(account, OPEN_BILL).consistent_read(true).set_exclusive_start_key(from);
            let answer = request.send().await.map_err(fault)?;
            for item in answer.items.unwrap_or_default() {
                bills.push(read(item)?);
            }
            from = answer.last_evaluated_key;
            if from.is_none() {
                return Ok(bills);
            }
        }
    }

    /// AP-39: the newest paid bills of a driver.
    pub(crate) async fn paid_bills(&self, account: &AccountId, most: i32) -> Result<Vec<IssuedBill>, Failure> {
        let request = self.bills(account, PAID_BILL).scan_index_forward(false).limit(most);
        let answer = request.send().await.map_err(fault)?;
        answer.items.unwrap_or_default().into_iter().map(read).collect()
    }

    fn bills(
        &self,
        account: &AccountId,
        range: &str,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        let request = self.client.query().table_name(&self.table);
        let request = request.key_condition_expression("#pk = :pk AND begins_with(#sk, :range)");
        let request = request.expression_attribute_names("#pk", PK).expression_attribute_names("#sk", SK);
        let request = request.expression_attribute_values(":pk", text(Key::ev_account(account)));
        request.expression_attribute_values(":range", text(range))
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-40: an open bill moves to the paid ones. Refused when it is not open any more.
    pub(crate) fn settle_bill(self, account: &AccountId, bill: &IssuedBill, payment: Payment, gone: R) -> Self {
        let paid = IssuedBill { payment: Some(payment), ..bill.clone() };
        self.delete_existing(&Key::open_bill(account, bill.due, bill.request), gone)
            .put_over(&Key::paid_bill(account, bill.ended, bill.request), &paid)
    }

    /// AP-41: when the oldest open bill falls due, if since the record was read no bill was issued and none was paid.
    pub(crate) fn change_owed(self, account: &AccountId, read: &Standing, owed: Option<Timestamp>, raced: R) -> Self {
        let mut change = Change {
            update: "REMOVE #owed".into(),
            condition: Some("#bills = :bills AND attribute_not_exists(#owed)".into()),
            names: vec![("#owed", "owed".into()), ("#bills", "bills".into())],
            values: vec![(":bills", number(read.bills))],
        };
        if let Some(before) = read.owed_since {
            change.condition = Some("#bills = :bills AND #owed = :before".into());
            change.values.push((":before", number(before.as_millisecond())));
        }
        if let Some(owed) = owed {
            change.update = "SET #owed = :owed".into();
            change.values.push((":owed", number(owed.as_millisecond())));
        }
        self.update(&Key::sessions(Realm::Ev, account), change, Some(raced))
    }
}
