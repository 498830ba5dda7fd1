//! Another telephone for a dealer (#25): asked for soon after a sign-in, with a code that went to the new number, and
//! told to the old one.

use super::{Dealers, REALM, edit::own};
use crate::{
    auth::tokens::IssuedToken,
    domain::{
        account::LoginName,
        dealer::DealerUsername,
        device::DeviceId,
        origin::Origin,
        otp::{Binding, Code},
        phone::Phone,
        reason::{Failure, Reason},
        session::{Caller, life},
        sms::Notice,
    },
    service::codes::Proof,
    store::{Action, Attempts, AuditEntry, LoginCredential, PhoneHolder, WriteOutcome},
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The new telephone, and what proves that it is in the dealer's hands.
#[derive(Debug)]
pub struct DealerPhoneChange {
    pub named: DealerUsername,
    pub phone: Phone,
    pub device: DeviceId,
    pub code: Code,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DealerPhoneRefusal {
    Code,
    Taken,
    Raced,
    /// The session that asks has been ended meanwhile, or the account disabled.
    Ended,
}

impl Dealers {
    /// Moves the account to another telephone: sign-in, record and lock in one transaction. All sessions end, and the
    /// answer is a new one.
    pub async fn change_phone(
        &self,
        caller: &Caller,
        wish: DealerPhoneChange,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<IssuedToken, Failure> {
        caller.demand_recent_sign_in(now)?;
        let account = own(caller, &wish.named)?;
        let dealer = self.store.dealer(account).await?.filter(|dealer| dealer.is_named(&wish.named));
        let old = dealer.ok_or(Reason::NotYours)?.phone;
        let binding = Binding::asked(REALM, Some(caller), wish.phone, Some(wish.device.into()));
        let proof = self.codes.check(binding, &wish.code, origin, now).await?;
        if *proof.phone() == old {
            return Err(Reason::PhoneTaken.into());
        }
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let record = self.store.login(REALM, &LoginName::from(&old), now).await?;
            let credential = record.credential.filter(|credential| credential.account == *account);
            let credential = credential.ok_or(Reason::NotYours)?;
            if let Some(issued) = self.move_to(caller, (&old, &credential), &proof, origin, now).await? {
                self.codes.notices.notify(REALM, &old, Notice::PhoneChanged, now).await;
                return Ok(issued);
            }
        }
    }

    /// None when the record or the credential changed since it was read.
    async fn move_to(
        &self,
        caller: &Caller,
        (old, credential): (&Phone, &LoginCredential),
        proof: &Proof,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Option<IssuedToken>, Failure> {
        let (account, new) = (&caller.account, proof.phone());
        let (old_name, name) = (LoginName::from(old), LoginName::from(new));
        let session = self.sign_in.session(REALM, account.clone(), now);
        let live = BTreeMap::from([(session.id.clone(), now + life(REALM))]);
        let entry = AuditEntry {
            at: now,
            action: Action::PhoneChanged,
            realm: REALM,
            station: None,
            subject: Some(account.clone()),
            actor: Some(account.clone()),
            role: Some(caller.role),
            address: Some(origin.address),
            request: origin.request.clone(),
            id: self.sign_in.random.u128(),
        };
        let writes = self
            .store
            .transaction()
            .spend(proof, DealerPhoneRefusal::Code)
            .claim_login(REALM, &name, credential, DealerPhoneRefusal::Taken)
            .claim_phone(REALM, new, &PhoneHolder::new(account, Some(&name), now), DealerPhoneRefusal::Taken)
            .release_login(REALM, &old_name, credential, DealerPhoneRefusal::Raced)
            .release_phone(REALM, old, account, DealerPhoneRefusal::Raced)
            .change_dealers_phone(account, (old, new), now, DealerPhoneRefusal::Raced)
            .end_other_sessions(caller, &live, DealerPhoneRefusal::Ended)
            .audit(&entry);
        match writes.commit().await? {
            WriteOutcome::Committed => self.sign_in.issuer.issue(&session).map(Some),
            WriteOutcome::ConditionFailed(DealerPhoneRefusal::Code, _) => Err(Reason::WrongCode.into()),
            WriteOutcome::ConditionFailed(DealerPhoneRefusal::Taken, _) => Err(Reason::PhoneTaken.into()),
            WriteOutcome::ConditionFailed(DealerPhoneRefusal::Raced, _) => Ok(None),
            WriteOutcome::ConditionFailed(DealerPhoneRefusal::Ended, _) => Err(Reason::Unauthorized.into()),
        }
    }
}
