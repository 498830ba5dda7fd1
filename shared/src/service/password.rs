//! Changing a password, in any realm: the old one proves it, and everybody who came in by it has to come again.

use super::{
    codes::Proof,
    sign_in::{Attempt, CountedTry, SignIn},
};
use crate::{
    auth::{
        passwords::{PasswordMatch, StoredHash},
        tokens::IssuedToken,
    },
    domain::{
        account::{AccountId, LoginName, Realm},
        device::KnownDevice,
        origin::Origin,
        password::Password,
        reason::{Failure, Reason},
        session::Unfinished,
        staff::{SignInStep, is_staff},
        throttle::Counted,
    },
    store::{Action, Attempts, LoginCredential, LoginTry, WriteOutcome, credential_of},
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Who wants which password instead of which.
#[derive(Clone, Debug)]
pub struct PasswordChange<'a> {
    pub realm: Realm,
    /// The name that the account signs in with.
    pub name: LoginName,
    /// The account of the session that asks for it; none where the old password alone proves who asks (#24).
    pub account: Option<&'a AccountId>,
    pub old: Password,
    /// Made by [`Password::choose`], which judges its strength.
    pub new: Password,
    pub origin: &'a Origin,
    pub now: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PasswordRefusal {
    /// The hash is another by now.
    Hash,
    /// The account is disabled or gone.
    Account,
    /// Another request has spent the code, or it is over.
    Code,
}

impl SignIn {
    /// Changes the password. The old one is compared under the throttle of signing in; all sessions end, and the answer is
    /// a new one for the caller. A wrong old password and an unknown name are answered alike.
    pub async fn change_password(&self, change: &PasswordChange<'_>) -> Result<IssuedToken, Failure> {
        self.change_proved(change, None).await
    }

    /// The same where the document wants a code beside the old password (#54): both are spent together or not at all.
    pub async fn change_password_with_code(
        &self,
        change: &PasswordChange<'_>,
        proof: &Proof,
    ) -> Result<IssuedToken, Failure> {
        self.change_proved(change, Some(proof)).await
    }

    async fn change_proved(&self, change: &PasswordChange<'_>, proof: Option<&Proof>) -> Result<IssuedToken, Failure> {
        let attempt = Attempt {
            realm: change.realm,
            name: change.name.clone(),
            password: change.old.clone(),
            second: None,
            origin: change.origin,
            now: change.now,
        };
        // A session is a known device: what others guess must not keep its owner from a new password.
        let session = change.account.map(|account| KnownDevice {
            realm: change.realm,
            account: account.clone(),
            id: "session".to_owned(),
        });
        let device = session.as_ref().or(change.origin.device.as_ref());
        let by = LoginTry { realm: change.realm, name: &change.name, address: change.origin.address, device };
        let CountedTry { credential, second_factor, by, counted } = self.count(by, change.now).await?;
        let is_own = |credential: &LoginCredential| change.account.is_none_or(|account| *account == credential.account);
        let mut credential = credential.filter(is_own);
        let tried = credential.as_ref().map(|credential| credential.account.clone());
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let stored = credential.as_ref().map(StoredHash::from);
            let is_right =
                !change.old.is_oversized() && self.passwords.compare(&change.old, stored.as_ref()) != PasswordMatch::No;
            let Some(proved) = credential.filter(|_| is_right) else {
                self.note(&attempt, Action::PasswordChangeFailed, tried).await;
                return Err(Reason::WrongOldPassword.into());
            };
            if is_staff(change.realm) && change.old.expose() == change.new.expose() {
                return Err(Failure::from(Reason::WeakPassword).saying("新密码不能与原密码相同"));
            }
            let step = self.step_after_change(change.realm, &proved.account, second_factor.as_ref()).await?;
            match self.replace(&attempt, (by, counted), (&proved, &change.new, step), proof).await? {
                Ok(issued) => return Ok(issued),
                // A sign-in may have renewed the same password's hash.
                Err(now) => credential = now.filter(is_own),
            }
        }
    }

    /// The new hash, the one session, and the entry in the trail; or the credential as it is by now.
    async fn replace(
        &self,
        attempt: &Attempt<'_>,
        (by, counted): (LoginTry<'_>, Counted),
        (old, new, step): (&LoginCredential, &Password, Option<SignInStep>),
        proof: Option<&Proof>,
    ) -> Result<Result<IssuedToken, Option<LoginCredential>>, Failure> {
        let (realm, account) = (attempt.realm, &old.account);
        let session = self.session(realm, account.clone(), attempt.now);
        let new = LoginCredential::new(account, self.passwords.hash(new)?);
        let entry = self.entry(attempt, Action::PasswordChanged, Some(account.clone()));
        let writes = self
            .store
            .transaction()
            .change_hash((realm, &attempt.name), old, &new, PasswordRefusal::Hash)
            .forget_failures(by, counted)
            .audit(&entry);
        let writes = if let Some(step) = step {
            let unfinished = Unfinished::new(session.id.clone(), step, attempt.now);
            writes.open_step((realm, account), &unfinished, true, PasswordRefusal::Account)
        } else {
            let live = BTreeMap::from([(session.id.clone(), session.ends())]);
            writes.end_sessions_except((realm, account), &live, PasswordRefusal::Account)
        };
        let writes = match proof {
            Some(proof) => writes.spend(proof, PasswordRefusal::Code),
            None => writes,
        };
        match writes.commit().await? {
            WriteOutcome::Committed => Ok(Ok(self.issuer.issue(&session)?.unfinished(step))),
            WriteOutcome::ConditionFailed(PasswordRefusal::Hash, item) => Ok(Err(credential_of(item)?)),
            WriteOutcome::ConditionFailed(PasswordRefusal::Code, _) => Err(Reason::WrongCode.into()),
            WriteOutcome::ConditionFailed(PasswordRefusal::Account, _) => Err(Reason::WrongOldPassword.into()),
        }
    }
}
