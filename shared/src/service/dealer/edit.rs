//! What a dealer changes without further proof than a session (#26, #27).

use super::{Dealers, REALM};
use crate::{
    domain::{
        account::AccountId,
        dealer::{DealerUsername, Nickname},
        gender::Gender,
        reason::{Failure, Reason},
        session::Caller,
    },
    store::DealerEdit,
};
use jiff::Timestamp;

impl Dealers {
    pub async fn set_gender(
        &self,
        caller: &Caller,
        named: &DealerUsername,
        gender: Gender,
        now: Timestamp,
    ) -> Result<(), Failure> {
        self.edit(caller, named, &DealerEdit::Gender(gender), now).await
    }

    pub async fn set_nickname(
        &self,
        caller: &Caller,
        named: &DealerUsername,
        name: Nickname,
        now: Timestamp,
    ) -> Result<(), Failure> {
        self.edit(caller, named, &DealerEdit::Nickname(name), now).await
    }

    /// The write itself looks whether the telephone is the caller's, so nothing is read for it.
    async fn edit(
        &self,
        caller: &Caller,
        named: &DealerUsername,
        edit: &DealerEdit,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let account = own(caller, named)?;
        let is_own = self.store.edit_dealer(account, named, edit, now).await?;
        if is_own { Ok(()) } else { Err(Reason::NotYours.into()) }
    }
}

/// The caller's own account, unless the request names another one by its id.
pub(super) fn own<'c>(caller: &'c Caller, named: &DealerUsername) -> Result<&'c AccountId, Failure> {
    let is_other = matches!(named, DealerUsername::ById(id) if *id != caller.account);
    if caller.realm != REALM || is_other { Err(Reason::NotYours.into()) } else { Ok(&caller.account) }
}
