//! Enrolment of a second factor: offered against the password, confirmed by a first code.

use super::{
    sign_in::{Attempt, CountedTry, SignIn},
    staff_sign_in::of_account,
};
use crate::{
    auth::{
        passwords::{PasswordMatch, StoredHash},
        tokens::IssuedToken,
    },
    domain::{
        account::LoginName,
        origin::Origin,
        password::Password,
        reason::{Failure, Reason},
        second_factor::{RECOVERY_CODES, RecoveryCode, SecondProof, Seed, TotpCode, otpauth_uri, wrong},
        session::Caller,
    },
    store::{Action, Enrolment, SecondFactor, WriteOutcome},
};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeMap;

/// Who enrols, under which login name.
#[derive(Clone, Debug)]
pub struct Enrolling<'a> {
    pub caller: &'a Caller,
    pub name: LoginName,
    pub origin: &'a Origin,
    pub now: Timestamp,
}

/// What an authenticator takes.
#[derive(Debug)]
pub struct EnrolmentOffer {
    pub secret: SecretString,
    /// The secret as an `otpauth` address, for a QR code.
    pub uri: SecretString,
}

/// A confirmed enrolment.
#[derive(Debug)]
pub struct Enrolled {
    pub session: IssuedToken,
    /// Shown this once.
    pub recovery: Vec<RecoveryCode>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EnrolmentRefusal {
    Hash,
    Raced,
    Account,
}

impl Enrolling<'_> {
    fn attempt(&self, password: Password, second: Option<SecondProof>) -> Attempt<'_> {
        let (realm, name) = (self.caller.realm, self.name.clone());
        Attempt { realm, name, password, second, origin: self.origin, now: self.now }
    }
}

impl SignIn {
    /// Offers a new secret. The password proves who asks, and a code of the present second factor, if there is one: an
    /// open session alone must not bind another person's authenticator. The present one goes on until the new one is
    /// confirmed.
    pub async fn offer_second_factor(
        &self,
        who: &Enrolling<'_>,
        password: Password,
        second: Option<SecondProof>,
    ) -> Result<EnrolmentOffer, Failure> {
        let (attempt, account) = (who.attempt(password, second), &who.caller.account);
        let CountedTry { credential, second_factor, by, counted } = self.count(attempt.login_try(), who.now).await?;
        let credential = credential.as_ref().filter(|credential| credential.account == *account);
        let stored = credential.map(StoredHash::from);
        let is_right = !attempt.password.is_oversized()
            && self.passwords.compare(&attempt.password, stored.as_ref()) != PasswordMatch::No;
        let Some(credential) = credential.filter(|_| is_right) else {
            self.note(&attempt, Action::SecondFactorRefused, Some(account.clone())).await;
            return Err(Reason::WrongOldPassword.into());
        };
        let present = of_account(second_factor.as_ref(), account);
        let spent = self.prove_second_factor(&attempt, present).await?;

        let seed = Seed::draw(&self.passwords, &self.random);
        let secret = seed.secret(&self.passwords, account)?.base32();
        let offered = SecondFactor {
            account: account.clone(),
            version: present.map_or(1, |factor| factor.version + 1),
            offered: Some(seed),
            enrolled: spent.as_ref().and_then(|spent| spent.after.enrolled.clone()),
        };
        let name = (attempt.realm, &attempt.name);
        let read = present.map(|factor| factor.version);
        let writes = self.store.transaction().save_second_factor(name, &offered, read, EnrolmentRefusal::Raced);
        let writes = writes.still_holds(name.0, name.1, credential, EnrolmentRefusal::Hash);
        let writes = writes.forget_failures(by, counted);
        let writes = match &spent {
            Some(spent) => spent.note(writes, &attempt),
            None => writes,
        };
        match writes.commit().await? {
            WriteOutcome::Committed => {
                let (issuer, role) = (self.issuer.name(), who.caller.role);
                let uri = otpauth_uri(issuer, attempt.name.as_str(), role, secret.expose_secret());
                Ok(EnrolmentOffer { secret, uri: uri.into() })
            }
            WriteOutcome::ConditionFailed(..) => Err(Reason::Contended.into()),
        }
    }

    /// Confirms the offer with a first code. Every other session ends, so that all that go on have a second factor.
    pub async fn confirm_second_factor(&self, who: &Enrolling<'_>, code: &TotpCode) -> Result<Enrolled, Failure> {
        let (attempt, account) = (who.attempt(Password::typed(""), None), &who.caller.account);
        let record = self.store.login(attempt.realm, &attempt.name, attempt.now).await?;
        let offered = of_account(record.second_factor.as_ref(), account)
            .and_then(|factor| Some((factor, factor.offered.as_ref()?)));
        let Some((factor, seed)) = offered else {
            return Err(Failure::from(Reason::WrongState).saying("请先获取动态验证码的密钥"));
        };
        let tried = attempt.second_try(account);
        self.count_code(tried, false).await?;
        let secret = seed.secret(&self.passwords, account)?;
        let Some(used) = secret.step_of(code, attempt.now, None) else {
            self.note(&attempt, Action::SecondFactorRefused, Some(account.clone())).await;
            return Err(wrong());
        };
        let recovery: Vec<_> = (0..RECOVERY_CODES).map(|_| RecoveryCode::of(self.random.bytes())).collect();
        let hashes = recovery.iter().map(|code| seed.recovery_hash(&self.passwords, account, code));
        let hashes = hashes.collect::<Result<Vec<_>, _>>()?;
        let enrolment = Enrolment { seed: seed.clone(), used, recovery: hashes, since: attempt.now };
        let (account, version) = (account.clone(), factor.version + 1);
        let confirmed = SecondFactor { account, version, offered: None, enrolled: Some(enrolment) };

        let session = self.session(attempt.realm, confirmed.account.clone(), attempt.now);
        let live = BTreeMap::from([(session.id.clone(), session.ends())]);
        let name = (attempt.realm, &attempt.name);
        let entry = self.entry(&attempt, Action::SecondFactorEnrolled, Some(confirmed.account.clone()));
        let writes = self.store.transaction();
        let writes = writes
            .save_second_factor(name, &confirmed, Some(factor.version), EnrolmentRefusal::Raced)
            .end_sessions_except((attempt.realm, &confirmed.account), &live, EnrolmentRefusal::Account)
            .forget_second_tries(tried)
            .audit(&entry);
        match writes.commit().await? {
            WriteOutcome::Committed => Ok(Enrolled { session: self.issuer.issue(&session)?, recovery }),
            WriteOutcome::ConditionFailed(EnrolmentRefusal::Account, _) => Err(Reason::Unauthorized.into()),
            WriteOutcome::ConditionFailed(..) => Err(Reason::Contended.into()),
        }
    }
}
