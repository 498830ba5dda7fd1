//! What a sign-in of staff needs beside the right password: a second factor, and a password of their own choice.

use super::sign_in::{Attempt, SignIn};
use crate::{
    domain::{
        account::{AccountId, Realm},
        reason::{Failure, Reason},
        second_factor::{SecondProof, wrong},
        staff::{SignInStep, is_staff},
    },
    store::{Action, AuditEntry, Enrolment, LoginCredential, SecondFactor, SecondTry, Transaction, WriteOutcome},
};

/// What a right password opens. The default is a whole session, which is what all accounts but those of staff get.
#[derive(Debug, Default)]
pub(super) struct StaffEntry {
    /// The session opens this step and nothing else.
    pub step: Option<SignInStep>,
    /// The code that is spent with the sign-in.
    pub spent: Option<SpentProof>,
}

/// A second factor after a code of it was taken.
#[derive(Debug)]
pub(super) struct SpentProof {
    pub after: SecondFactor,
    read: u64,
    /// Of a recovery code.
    entry: Option<AuditEntry>,
}

impl StaffEntry {
    pub fn spend<'a, R: Copy>(
        &self,
        writes: Transaction<'a, R>,
        attempt: &Attempt<'_>,
        raced: R,
    ) -> Transaction<'a, R> {
        match &self.spent {
            Some(spent) => spent.spend(writes, attempt, raced),
            None => writes,
        }
    }
}

impl SpentProof {
    /// A code is spent together with what it opens, or not at all.
    fn spend<'a, R: Copy>(&self, writes: Transaction<'a, R>, attempt: &Attempt<'_>, raced: R) -> Transaction<'a, R> {
        let name = (attempt.realm, &attempt.name);
        self.note(writes.save_second_factor(name, &self.after, Some(self.read), raced), attempt)
    }

    /// What is written about it, for a caller that saves the second factor itself.
    pub fn note<'a, R: Copy>(&self, writes: Transaction<'a, R>, attempt: &Attempt<'_>) -> Transaction<'a, R> {
        let writes = writes.forget_second_tries(attempt.second_try(&self.after.account));
        match &self.entry {
            Some(entry) => writes.audit(entry),
            None => writes,
        }
    }
}

impl Attempt<'_> {
    pub(super) fn second_try<'a>(&'a self, account: &'a AccountId) -> SecondTry<'a> {
        SecondTry { realm: self.realm, account, address: self.origin.address, now: self.now }
    }
}

/// The second factor under a login name, if it is that of this account.
pub(super) fn of_account<'a>(factor: Option<&'a SecondFactor>, account: &AccountId) -> Option<&'a SecondFactor> {
    factor.filter(|factor| factor.account == *account)
}

impl SignIn {
    /// Asks staff for their second factor and says what is left of the sign-in; none when the account is disabled, which
    /// is answered like a wrong password.
    pub(super) async fn judge_staff(
        &self,
        attempt: &Attempt<'_>,
        credential: &LoginCredential,
        second_factor: Option<&SecondFactor>,
    ) -> Result<Option<StaffEntry>, Failure> {
        if !is_staff(attempt.realm) {
            return Ok(Some(StaffEntry::default()));
        }
        let account = &credential.account;
        let sessions = self.store.sessions(attempt.realm, account).await?;
        let Some(sessions) = sessions.filter(|sessions| sessions.enabled) else { return Ok(None) };
        if credential.first_until.is_some_and(|until| until <= attempt.now) {
            return Err(Reason::FirstPasswordExpired.into());
        }
        let spent = self.prove_second_factor(attempt, of_account(second_factor, account)).await?;
        let has_first_password = credential.first_until.is_some();
        let step = self.second_factor_roles.step_left(sessions.role, has_first_password, spent.is_some());
        Ok(Some(StaffEntry { step, spent }))
    }

    /// What is left of the sign-in of staff who have replaced their password.
    pub(super) async fn step_after_change(
        &self,
        realm: Realm,
        account: &AccountId,
        second_factor: Option<&SecondFactor>,
    ) -> Result<Option<SignInStep>, Failure> {
        if !is_staff(realm) {
            return Ok(None);
        }
        let sessions = self.store.sessions(realm, account).await?.ok_or(Reason::Unauthorized)?;
        let is_enrolled = of_account(second_factor, account).is_some_and(|factor| factor.enrolled.is_some());
        Ok(self.second_factor_roles.step_left(sessions.role, false, is_enrolled))
    }

    /// Compares the code that came with the attempt with the second factor, where one is enrolled. The try is counted
    /// before that.
    pub(super) async fn prove_second_factor(
        &self,
        attempt: &Attempt<'_>,
        factor: Option<&SecondFactor>,
    ) -> Result<Option<SpentProof>, Failure> {
        let Some((factor, enrolment)) = factor.and_then(|factor| Some((factor, factor.enrolled.as_ref()?))) else {
            return Ok(None);
        };
        let proof = attempt.second.as_ref().ok_or(Reason::SecondFactorWanted)?;
        let is_recovery = matches!(proof, SecondProof::Recovery(_));
        self.count_code(attempt.second_try(&factor.account), is_recovery).await?;
        let Some(enrolment) = self.taken(factor, enrolment, proof, attempt)? else {
            self.note(attempt, Action::SecondFactorRefused, Some(factor.account.clone())).await;
            return Err(wrong());
        };
        let entry = is_recovery.then(|| self.entry(attempt, Action::RecoveryCodeUsed, Some(factor.account.clone())));
        let after = SecondFactor { version: factor.version + 1, enrolled: Some(enrolment), ..factor.clone() };
        Ok(Some(SpentProof { after, read: factor.version, entry }))
    }

    pub(super) async fn count_code(&self, tried: SecondTry<'_>, is_recovery: bool) -> Result<(), Failure> {
        match self.store.count_second_try(tried, is_recovery).await? {
            WriteOutcome::Committed => Ok(()),
            WriteOutcome::ConditionFailed(scope, _) => Err(Failure::throttled_guess(scope.wait(tried.now))),
        }
    }

    /// The enrolment without the code that was given; none when the code is wrong or was used.
    fn taken(
        &self,
        factor: &SecondFactor,
        enrolment: &Enrolment,
        proof: &SecondProof,
        attempt: &Attempt<'_>,
    ) -> Result<Option<Enrolment>, Failure> {
        let seed = &enrolment.seed;
        Ok(match proof {
            SecondProof::Code(code) => {
                let secret = seed.secret(&self.passwords, &factor.account)?;
                let step = secret.step_of(code, attempt.now, Some(enrolment.used));
                step.map(|used| Enrolment { used, ..enrolment.clone() })
            }
            SecondProof::Recovery(code) => {
                let hash = seed.recovery_hash(&self.passwords, &factor.account, code)?;
                let left: Vec<_> = enrolment.recovery.iter().filter(|known| **known != hash).cloned().collect();
                (left.len() < enrolment.recovery.len()).then(|| Enrolment { recovery: left, ..enrolment.clone() })
            }
        })
    }
}
