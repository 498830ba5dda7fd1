//! A driver's phone: bound with a code that went there, soon after a sign-in, and told to the number that it replaces.

use super::Customers;
use crate::{
    auth::tokens::IssuedToken,
    domain::{
        account::{LoginName, Realm},
        origin::Origin,
        otp::{Binding, Code},
        phone::Phone,
        reason::{Failure, Reason},
        session::{Caller, life},
        sms::Notice,
    },
    service::codes::Proof,
    store::{Action, AuditEntry, Driver, PhoneHolder, WriteOutcome},
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The phone, and what proves that it is in the driver's hands.
#[derive(Debug)]
pub struct DriverPhoneChange {
    pub phone: Phone,
    pub code: Code,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PhoneRefusal {
    Code,
    Taken,
    /// The session has ended meanwhile, by another such request or otherwise, or the account is closed.
    Ended,
}

impl Customers {
    /// Binds a phone to the caller's account, in the place of the one it had. All sessions end, and the answer is a new
    /// one; none when the phone is the account's already. A person with the phone can set a new password, so a session on
    /// a found device must not do it, the first time either.
    pub async fn change_phone(
        &self,
        caller: &Caller,
        wish: DriverPhoneChange,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Option<IssuedToken>, Failure> {
        caller.demand_recent_sign_in(now)?;
        let driver = self.driver(&caller.account).await?;
        let binding = Binding::asked(Realm::Ev, Some(caller), wish.phone, None);
        let proof = self.codes.check(binding, &wish.code, origin, now).await?;
        if driver.phone.as_ref() == Some(proof.phone()) {
            return Ok(None);
        }
        let issued = self.bind_phone(caller, &driver, &proof, origin, now).await?;
        if let Some(old) = &driver.phone {
            self.codes.notices.notify(Realm::Ev, old, Notice::PhoneChanged, now).await;
        }
        Ok(Some(issued))
    }

    async fn bind_phone(
        &self,
        caller: &Caller,
        driver: &Driver,
        proof: &Proof,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<IssuedToken, Failure> {
        let (account, new) = (&caller.account, proof.phone());
        let session = self.sign_in.session(Realm::Ev, account.clone(), now);
        let live = BTreeMap::from([(session.id.clone(), now + life(Realm::Ev))]);
        let holder = PhoneHolder::new(account, Some(&LoginName::from(&driver.username)), now);
        let entry = AuditEntry {
            at: now,
            action: Action::PhoneChanged,
            realm: Realm::Ev,
            station: None,
            subject: Some(account.clone()),
            actor: Some(account.clone()),
            role: Some(caller.role),
            address: Some(origin.address),
            request: origin.request.clone(),
            id: self.random.u128(),
        };
        let mut writes = self
            .store
            .transaction()
            .spend(proof, PhoneRefusal::Code)
            .change_drivers_phone(account, (driver.phone.as_ref(), new), now, PhoneRefusal::Ended)
            .end_other_sessions(caller, &live, PhoneRefusal::Ended)
            .claim_phone(Realm::Ev, new, &holder, PhoneRefusal::Taken)
            .audit(&entry);
        if let Some(old) = &driver.phone {
            writes = writes.release_phone(Realm::Ev, old, account, PhoneRefusal::Ended);
        }
        match writes.commit().await? {
            WriteOutcome::Committed => self.sign_in.issuer.issue(&session),
            WriteOutcome::ConditionFailed(PhoneRefusal::Code, _) => Err(Reason::WrongCode.into()),
            WriteOutcome::ConditionFailed(PhoneRefusal::Taken, _) => Err(Reason::PhoneTaken.into()),
            WriteOutcome::ConditionFailed(PhoneRefusal::Ended, _) => Err(Reason::Unauthorized.into()),
        }
    }
}
