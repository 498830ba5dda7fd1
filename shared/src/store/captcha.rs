//! The captcha that a device was shown last.

use super::{
    Key, Store, Transaction, fault, number, read, text,
    transaction::{Change, WriteOutcome},
};
use crate::domain::{
    captcha::{LIFE, MOST_TRIES},
    device::DeviceId,
    reason::Failure,
};
use aws_sdk_dynamodb::{
    operation::update_item::UpdateItemError,
    types::{AttributeValue, ReturnValue},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// A stored captcha. Attributes that appear later say that it was solved, has paid for a message, or is spent.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Captcha {
    /// The id of the captcha. A newer one of the same device has another id.
    pub picture: String,
    /// A seal over the letters. The letters themselves are not stored.
    pub seal: ByteBuf,
    tries: u32,
    /// Milliseconds.
    ends: i64,
    ttl: i64,
}

impl Captcha {
    pub fn new(picture: String, seal: Vec<u8>, now: Timestamp) -> Self {
        let ends = now + LIFE;
        Self { picture, seal: seal.into(), tries: 0, ends: ends.as_millisecond(), ttl: ends.as_second() + 3600 }
    }
}

/// The condition of a live captcha: not expired, not spent, and with tries left where `tries` asks for that.
const ALIVE: &str = "#ends > :now AND attribute_not_exists(#spent)";

fn alive(update: &str, condition: &str, now: Timestamp) -> Change {
    Change {
        update: update.into(),
        condition: Some(format!("{ALIVE} AND {condition}")),
        names: vec![("#ends", "ends".into()), ("#spent", "spent".into())],
        values: vec![(":now", number(now.as_millisecond()))],
    }
}

impl Store {
    /// AP-27: stores a new captcha of a device. It replaces the one before.
    pub(crate) async fn show_captcha(&self, device: &DeviceId, captcha: &Captcha) -> Result<(), Failure> {
        self.transaction::<()>().put_over(&Key::captcha(device), captcha).commit().await.map(drop)
    }

    /// AP-28: counts a guess and then returns the captcha to compare it with; none when no live captcha is left. A
    /// retry by the SDK may count twice, which costs a person one of three tries and a guesser too.
    pub(crate) async fn count_guess(&self, device: &DeviceId, now: Timestamp) -> Result<Option<Captcha>, Failure> {
        let mut change = alive("ADD #tries :one", "#tries < :most", now);
        change.names.push(("#tries", "tries".into()));
        change.values.extend([(":one", number(1)), (":most", number(MOST_TRIES))]);
        let mut request = self.client.update_item().table_name(&self.table).set_key(Some(Key::captcha(device).item()));
        request = request.update_expression(change.update).set_condition_expression(change.condition);
        for (name, attribute) in change.names {
            request = request.expression_attribute_names(name, attribute);
        }
        for (name, value) in change.values {
            request = request.expression_attribute_values(name, value);
        }
        match request.return_values(ReturnValue::AllNew).send().await {
            Ok(answer) => answer.attributes.map(read).transpose(),
            Err(error)
                if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(fault(error)),
        }
    }

    /// AP-29: marks a captcha as solved. The tries begin anew, because the caller knows the letters and sends them
    /// again with the form.
    pub(crate) async fn solve_captcha(
        &self,
        device: &DeviceId,
        picture: &str,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let mut change = alive("SET #solved = :yes, #tries = :none", "#picture = :picture", now);
        change.names.extend([("#solved", "solved".into()), ("#tries", "tries".into()), ("#picture", "picture".into())]);
        change.values.extend([(":yes", AttributeValue::Bool(true)), (":none", number(0)), (":picture", text(picture))]);
        let writes = self.transaction().update(&Key::captcha(device), change, Some(()));
        Ok(matches!(writes.commit().await?, WriteOutcome::Committed))
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-30: a solved captcha pays for one more message to its device.
    pub(crate) fn pay_with_captcha(self, device: &DeviceId, now: Timestamp, refused: R) -> Self {
        let mut change = alive("SET #paid = :yes", "#solved = :yes AND attribute_not_exists(#paid)", now);
        change.names.extend([("#solved", "solved".into()), ("#paid", "paid".into())]);
        change.values.push((":yes", AttributeValue::Bool(true)));
        self.update(&Key::captcha(device), change, Some(refused))
    }

    /// AP-31: the solved captcha is spent, unless a newer one replaced it.
    pub(crate) fn spend_captcha(self, device: &DeviceId, picture: &str, now: Timestamp, refused: R) -> Self {
        let mut change = alive("SET #spent = :yes", "#picture = :picture", now);
        change.names.push(("#picture", "picture".into()));
        change.values.extend([(":yes", AttributeValue::Bool(true)), (":picture", text(picture))]);
        self.update(&Key::captcha(device), change, Some(refused))
    }
}
