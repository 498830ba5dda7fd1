//! Signing in with a password, in any realm, and signing out.

use super::staff_sign_in::StaffEntry;
use crate::{
    auth::{
        passwords::{PasswordMatch, Passwords, StoredHash},
        tokens::{IssuedToken, Issuer, Session},
    },
    domain::{
        account::{AccountId, LoginName, Realm, Role},
        cloud::PortalZone,
        origin::Origin,
        password::Password,
        reason::{Failure, Reason},
        second_factor::{self, SecondProof},
        session::{Caller, Sessions, Unfinished, life},
        staff::SecondFactorRoles,
        throttle::{Counted, ProofByCode, TryRefusal},
    },
    outside::random::Random,
    store::{
        Action, AddressLimit, Attempts, AuditEntry, LoginCredential, LoginTry, LoginTryRefusal, SecondFactor, Store,
        WriteOutcome, credential_of, sessions_of,
    },
};
use jiff::Timestamp;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// Signs people in and out.
#[derive(Clone, Debug)]
pub struct SignIn {
    pub(super) store: Store,
    pub(super) passwords: Arc<Passwords>,
    pub(super) issuer: Issuer,
    pub(super) random: Random,
    /// Tries that one address has in a minute.
    pub(super) per_address_minute: u32,
    /// The roles that demand a second factor.
    pub(super) second_factor_roles: SecondFactorRoles,
}

/// Who wants in, from where, when.
#[derive(Clone, Debug)]
pub struct Attempt<'a> {
    pub realm: Realm,
    pub name: LoginName,
    pub password: Password,
    /// A code of the second factor, which staff may have.
    pub second: Option<SecondProof>,
    pub origin: &'a Origin,
    pub now: Timestamp,
}

impl Attempt<'_> {
    pub(super) fn login_try(&self) -> LoginTry<'_> {
        let (address, device) = (self.origin.address, self.origin.device.as_ref());
        LoginTry { realm: self.realm, name: &self.name, address, device }
    }
}

/// A try that may be looked at.
#[derive(Debug)]
pub(super) struct CountedTry<'a> {
    pub credential: Option<LoginCredential>,
    pub second_factor: Option<SecondFactor>,
    pub by: LoginTry<'a>,
    pub counted: Counted,
}

/// What the transaction after a right password may run into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OpenRefused {
    /// Too many sessions, or the account is disabled or gone.
    Session,
    /// The password was changed while we compared.
    Hash,
    /// The business customer's account was deleted while we compared.
    Gone,
    /// The second factor was used or changed while we compared.
    SecondFactor,
}

impl SignIn {
    pub fn new(
        store: Store,
        passwords: Arc<Passwords>,
        issuer: Issuer,
        random: Random,
        per_address_minute: u32,
    ) -> Self {
        let second_factor_roles = SecondFactorRoles::default();
        Self { store, passwords, issuer, random, per_address_minute, second_factor_roles }
    }

    /// The same where a setting names the roles that demand a second factor.
    #[must_use]
    pub fn demanding(self, second_factor_roles: SecondFactorRoles) -> Self {
        Self { second_factor_roles, ..self }
    }

    /// Opens a session for a right password. A wrong one and an unknown name are answered alike, in time too.
    pub async fn with_password(&self, attempt: &Attempt<'_>) -> Result<IssuedToken, Failure> {
        self.with_password_in(attempt, None).await
    }

    /// The same for an account of the portal, whose customer must be in this zone.
    pub async fn with_password_in(
        &self,
        attempt: &Attempt<'_>,
        zone: Option<&PortalZone>,
    ) -> Result<IssuedToken, Failure> {
        let CountedTry { credential, second_factor, by, counted } =
            self.count(attempt.login_try(), attempt.now).await?;
        let stored = credential.as_ref().map(StoredHash::from);
        let matched = if attempt.password.is_oversized() {
            PasswordMatch::No
        } else {
            self.passwords.compare(&attempt.password, stored.as_ref())
        };
        let is_there = |credential: &&LoginCredential| {
            zone.is_none_or(|zone| credential.tenant.as_ref().is_some_and(|tenant| tenant.zone == *zone))
        };
        let opened = match (matched, credential.as_ref().filter(is_there)) {
            (PasswordMatch::No, _) | (_, None) => None,
            (matched, Some(credential)) => match self.judge_staff(attempt, credential, second_factor.as_ref()).await? {
                None => None,
                Some(entry) => {
                    let is_outdated = matched == PasswordMatch::Outdated;
                    let renewed = if is_outdated { Some(self.passwords.hash(&attempt.password)?) } else { None };
                    self.open(attempt, (by, counted), credential, renewed, &entry).await?
                }
            },
        };
        if let Some(issued) = opened {
            return Ok(issued);
        }
        self.note(attempt, Action::SignInFailed, credential.map(|credential| credential.account)).await;
        Err(Reason::WrongCredentials.into())
    }

    /// Ends the session of the call. Ending it twice is ending it.
    pub async fn out(&self, caller: &Caller) -> Result<(), Failure> {
        self.store.end_session(caller.realm, &caller.account, &caller.session).await
    }

    /// Counts the try before anything is compared, so that a thousand parallel guesses are a thousand tries.
    pub(super) async fn count<'a>(&self, by: LoginTry<'a>, now: Timestamp) -> Result<CountedTry<'a>, Failure> {
        let limit = AddressLimit { action: "sign-in", address: by.address, per_minute: self.per_address_minute };
        let mut attempts = Attempts::default();
        while attempts.begin().is_ok() {
            let record = Box::pin(self.store.login_for(by, now)).await?;
            let counted = record.series.admit(ProofByCode::of(by.realm), now).map_err(refused)?;
            match self.store.count_try(by, (&record.series, counted), limit, now).await? {
                WriteOutcome::Committed => {
                    let (credential, second_factor) = (record.credential, record.second_factor);
                    return Ok(CountedTry { credential, second_factor, by, counted });
                }
                WriteOutcome::ConditionFailed(LoginTryRefusal::AddressThrottled, _) => {
                    return Err(Failure::throttled_guess(AddressLimit::wait(now)));
                }
                WriteOutcome::ConditionFailed(LoginTryRefusal::SecondProof, _) => {
                    return Err(refused(TryRefusal::SecondProof));
                }
                WriteOutcome::ConditionFailed(LoginTryRefusal::Raced, _) => {}
            }
        }
        Err(Failure::throttled_guess(Duration::ZERO))
    }

    /// A session for a right password; none when the account is disabled or the password was changed meanwhile.
    async fn open(
        &self,
        attempt: &Attempt<'_>,
        (by, counted): (LoginTry<'_>, Counted),
        credential: &LoginCredential,
        renewed: Option<StoredHash>,
        staff: &StaffEntry,
    ) -> Result<Option<IssuedToken>, Failure> {
        let session = self.session(attempt.realm, credential.account.clone(), attempt.now);
        let mut renewed = renewed.map(|hash| LoginCredential::new(&credential.account, hash));
        let mut compared = credential.clone();
        let mut crowded: Option<Sessions> = None;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let ends = session.ends();
            let account = (attempt.realm, &credential.account);
            let name = (attempt.realm, &attempt.name);

            let writes = match (staff.step, &crowded) {
                (Some(step), _) => {
                    let unfinished = Unfinished::new(session.id.clone(), step, attempt.now);
                    self.store.transaction().open_step(account, &unfinished, false, OpenRefused::Session)
                }
                (None, None) => self.store.transaction().add_session(account, &session.id, ends, OpenRefused::Session),
                (None, Some(before)) => {
                    let live = before.with(session.id.clone(), ends, attempt.now);
                    self.store.transaction().replace_sessions(account, before, &live, OpenRefused::Session)
                }
            };
            let writes = staff.spend(writes, attempt, OpenRefused::SecondFactor);
            let writes = match &renewed {
                Some(renewed) => writes.renew_hash(name, &compared, renewed, OpenRefused::Hash),
                None => writes.still_holds(name.0, name.1, &compared, OpenRefused::Hash),
            };
            let from = (attempt.origin.address, attempt.now);
            let writes = match &credential.tenant {
                Some(tenant) => writes.note_cloud_sign_in(tenant, &attempt.name, from, OpenRefused::Gone),
                None => writes,
            };
            let entry = self.entry(attempt, Action::SignedIn, Some(credential.account.clone()));
            let writes = writes.forget_failures(by, counted).audit(&entry);

            match writes.commit().await? {
                WriteOutcome::Committed => return Ok(Some(self.issuer.issue(&session)?.unfinished(staff.step))),
                // Another sign-in may have renewed the same password's hash first.
                WriteOutcome::ConditionFailed(OpenRefused::Hash, item) => {
                    let Some(other) = credential_of(item)?.filter(|other| other.account == credential.account) else {
                        return Ok(None);
                    };
                    if self.passwords.compare(&attempt.password, Some(&StoredHash::from(&other))) != PasswordMatch::Yes
                    {
                        return Ok(None);
                    }
                    (compared, renewed) = (other, None);
                }
                WriteOutcome::ConditionFailed(OpenRefused::Session, item) => match sessions_of(item)? {
                    Some(sessions) if sessions.enabled && staff.step.is_none() => crowded = Some(sessions),
                    _ => return Ok(None),
                },
                WriteOutcome::ConditionFailed(OpenRefused::SecondFactor, _) => return Err(second_factor::wrong()),
                WriteOutcome::ConditionFailed(OpenRefused::Gone, _) => return Ok(None),
            }
        }
    }

    pub(super) fn session(&self, realm: Realm, account: AccountId, now: Timestamp) -> Session {
        Session::begin(realm, account, &self.random, now)
    }

    /// The session with which a new account begins, and the record that holds it.
    pub(super) fn first_session(&self, role: Role, account: &AccountId, now: Timestamp) -> (Session, Sessions) {
        let session = self.session(role.realm(), account.clone(), now);
        let live = BTreeMap::from([(session.id.clone(), now + life(role.realm()))]);
        (session, Sessions { live, ..Sessions::of_new(role, vec![]) })
    }

    /// Best effort: that a sign-in failed changes nothing, so there is nothing it could be written together with.
    pub(super) async fn note(&self, attempt: &Attempt<'_>, action: Action, account: Option<AccountId>) {
        let entry = self.entry(attempt, action, account);
        if let Err(failure) = self.store.audit_failure(&entry).await {
            tracing::warn!(detail = failure.detail(), "audit entry of a failed sign-in was not written");
        }
    }

    pub(super) fn entry(&self, attempt: &Attempt<'_>, action: Action, subject: Option<AccountId>) -> AuditEntry {
        AuditEntry {
            at: attempt.now,
            action,
            realm: attempt.realm,
            actor: subject.clone().filter(|_| is_by_owner(action)),
            station: None,
            subject,
            role: None::<Role>,
            address: Some(attempt.origin.address),
            request: attempt.origin.request.clone(),
            id: self.random.u128(),
        }
    }
}

fn refused(refusal: TryRefusal) -> Failure {
    match refusal {
        TryRefusal::Wait(wait) => Failure::throttled_guess(wait),
        TryRefusal::SecondProof => Reason::SecondProofWanted.into(),
    }
}

/// What only the owner of the account can have done.
fn is_by_owner(action: Action) -> bool {
    use Action::{PasswordChanged, RecoveryCodeUsed, SecondFactorEnrolled, SignedIn};
    matches!(action, SignedIn | PasswordChanged | SecondFactorEnrolled | RecoveryCodeUsed)
}

impl From<&LoginCredential> for StoredHash {
    fn from(credential: &LoginCredential) -> Self {
        Self { phc: credential.hash.clone(), pepper: credential.pepper.clone() }
    }
}

impl LoginCredential {
    pub(super) fn new(account: &AccountId, hash: StoredHash) -> Self {
        Self { account: account.clone(), hash: hash.phc, pepper: hash.pepper, tenant: None, first_until: None }
    }
}
