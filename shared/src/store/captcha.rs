//! The picture with letters that a device was shown last.

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

/// As stored. That it was solved, has paid for a message or is spent is told by attributes that appear later.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Captcha {
    /// Names the picture; a newer one of the same device has another name.
    pub picture: String,
    /// Of the letters, which are nowhere.
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

/// Alive: not over, not spent, and in `tries` where that is asked.
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
    /// AP-100: a new picture of a device; the one before is dead with it.
    pub(crate) async fn show_captcha(&self, device: &DeviceId, captcha: &Captcha) -> Result<(), Failure> {
        self.transaction::<()>().put_over(&Key::captcha(device), captcha).commit().await.map(drop)
    }

    /// AP-101: counts a guess, and only then says what to compare it with; none when there is nothing to guess at any
    /// more. A repetition by the SDK may count twice, which costs a person one of three tries and a guesser too.
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

    /// AP-102: notes that a picture was solved. Whoever solved it knows the letters, so the tries begin anew for the form
    /// that sends them again.
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
    /// AP-103: a solved picture pays for one more message to its device.
    pub(crate) fn pay_with_captcha(self, device: &DeviceId, now: Timestamp, refused: R) -> Self {
        let mut change = alive("SET #paid = :yes", "#solved = :yes AND attribute_not_exists(#paid)", now);
        change.names.extend([("#solved", "solved".into()), ("#paid", "paid".into())]);
        change.values.push((":yes", AttributeValue::Bool(true)));
        self.update(&Key::captcha(device), change, Some(refused))
    }

    /// AP-104: the picture that was solved is spent, unless another one took its place.
    pub(crate) fn spend_captcha(self, device: &DeviceId, picture: &str, now: Timestamp, refused: R) -> Self {
        let mut change = alive("SET #spent = :yes", "#picture = :picture", now);
        change.names.push(("#picture", "picture".into()));
        change.values.extend([(":yes", AttributeValue::Bool(true)), (":picture", text(picture))]);
        self.update(&Key::captcha(device), change, Some(refused))
    }
}
