//! Booking money and points, and signing a customer in. An entry and the sum it makes are written together.

use super::{Actor, Records};
use crate::{
    domain::{
        reason::{Failure, Reason},
        shop::{ShopBooking, ShopRecord, ShopRecordId, has_signed_in, sign_in},
    },
    store::{Attempts, ShopRecordItem, WriteOutcome, customer_of, entry_of},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ShopBookingRefusal {
    /// An entry of this key is there.
    Again,
    Raced,
}

impl Records {
    /// Books an entry. The same key again books nothing and answers with the record as it is.
    pub async fn book(
        &self,
        actor: Actor<'_>,
        id: &ShopRecordId,
        booking: &ShopBooking,
    ) -> Result<ShopRecord, Failure> {
        let record = self.seen(actor, id).await?;
        self.write(actor, id, record, booking, |after| after).await
    }

    /// Signs a customer in for the shop's day. A second time of a day is the same and adds nothing.
    pub async fn sign_in(&self, actor: Actor<'_>, id: &ShopRecordId) -> Result<ShopRecord, Failure> {
        let (stored, customer) = self.seen(actor, id).await?;
        if has_signed_in(&customer, actor.now.real) {
            return Ok(customer);
        }
        let own = self.store.shop(&id.shop).await?.and_then(|shop| shop.signin_points);
        let booking = sign_in(actor.now.real, own.unwrap_or(self.limits.signin_points));
        let signed = |after| ShopRecord { last_signin_at: Some(actor.now.real), ..after };
        self.write(actor, id, (stored, customer), &booking, signed).await
    }

    async fn write(
        &self,
        actor: Actor<'_>,
        id: &ShopRecordId,
        (mut stored, mut before): (ShopRecordItem, ShopRecord),
        booking: &ShopBooking,
        finish: impl Fn(ShopRecord) -> ShopRecord,
    ) -> Result<ShopRecord, Failure> {
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let booked = booking.over(&before, actor.now.real, &actor.who.account);
            let (after, entry) = match booked {
                Ok(booked) => booked,
                // A sum that is too small now may be so because this very booking has made it so.
                Err(failure) => return self.again(actor, id, booking, failure).await,
            };
            let after = finish(ShopRecord { version: before.version + 1, ..after });
            let next = self.sealed(&after)?;
            let writes = self.store.transaction().add_entry(id, &entry, ShopBookingRefusal::Again);
            match writes.save_customer(id, Some(&stored), &next, ShopBookingRefusal::Raced).commit().await? {
                WriteOutcome::Committed => return Ok(after),
                WriteOutcome::ConditionFailed(ShopBookingRefusal::Raced, item) => {
                    (stored, before) = self.found(id, customer_of(item)?)?;
                }
                WriteOutcome::ConditionFailed(ShopBookingRefusal::Again, item) => {
                    if !by_sign_in(booking) && !entry_of(item)?.is(booking) {
                        return Err(Reason::KeyReused.into());
                    }
                    return Ok(self.seen(actor, id).await?.1);
                }
            }
        }
    }

    /// The answer to a booking that cannot be made: the first answer if it was made before, else the refusal.
    async fn again(
        &self,
        actor: Actor<'_>,
        id: &ShopRecordId,
        booking: &ShopBooking,
        refusal: Failure,
    ) -> Result<ShopRecord, Failure> {
        match self.store.entry(id, &booking.key).await? {
            Some(entry) if entry.is(booking) => Ok(self.seen(actor, id).await?.1),
            Some(_) => Err(Reason::KeyReused.into()),
            None => Err(refusal),
        }
    }
}

/// A day's sign-in counts once, with any number of points.
fn by_sign_in(booking: &ShopBooking) -> bool {
    booking.key.is_signin()
}
