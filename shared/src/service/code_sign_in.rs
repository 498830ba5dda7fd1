//! What a right code opens: a session of an account that exists, or a new password for one.

use super::{
    codes::{Codes, Proof},
    sign_in::SignIn,
};
use crate::{
    auth::tokens::IssuedToken,
    domain::{
        account::{AccountId, LoginName, Realm},
        cloud::PortalZone,
        origin::Origin,
        otp::{Binding, Code, Purpose},
        password::Password,
        phone::Phone,
        reason::{Failure, Reason},
        session::{Sessions, life},
        sms::Notice,
        throttle::Counted,
    },
    store::{Action, Attempts, AuditEntry, LoginCredential, LoginTry, PhoneHolder, WriteOutcome, sessions_of},
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A phone, the code that was sent to it, and what for.
#[derive(Clone, Debug)]
pub struct CodeGiven<'a> {
    pub realm: Realm,
    pub phone: Phone,
    pub code: Code,
    pub origin: &'a Origin,
    pub now: Timestamp,
}

/// The series of wrong passwords that a code ends: all of the name, and the network's from which it came.
fn given_by<'a>(realm: Realm, name: &'a LoginName, origin: &Origin) -> LoginTry<'a> {
    LoginTry { realm, name, address: origin.address, device: None }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CodeSignInRefusal {
    Code,
    Session,
    LoginCredential,
    /// The account has given it up since we looked.
    Phone,
}

impl SignIn {
    /// Opens a session of the account that has the phone. No account and a wrong code are one answer.
    pub async fn with_code(&self, codes: &Codes, given: &CodeGiven<'_>) -> Result<IssuedToken, Failure> {
        self.with_code_in(codes, given, None).await
    }

    /// The same for an account of the portal, whose customer must be in this zone.
    pub async fn with_code_in(
        &self,
        codes: &Codes,
        given: &CodeGiven<'_>,
        zone: Option<&PortalZone>,
    ) -> Result<IssuedToken, Failure> {
        let (proof, holder) = self.prove(codes, given, Purpose::SignIn).await?;
        let is_there = |holder: &PhoneHolder| {
            zone.is_none_or(|zone| holder.tenant.as_ref().is_some_and(|tenant| tenant.zone == *zone))
        };
        let holder = holder.filter(is_there).ok_or(Reason::WrongCode)?;
        self.open_noted(&holder, &proof, (given.origin, given.now)).await
    }

    /// Opens a session of the account whose phone has been proved, if it still has it, and spends the code with it; wrong
    /// passwords before that are forgotten, and an account of the portal also tells when and from where.
    async fn open_noted(
        &self,
        holder: &PhoneHolder,
        proof: &Proof,
        (origin, now): (&Origin, Timestamp),
    ) -> Result<IssuedToken, Failure> {
        let (realm, account) = (proof.binding.product, &holder.account);
        let session = self.session(realm, account.clone(), now);
        let (owner, ends) = ((realm, account), now + life(realm));
        let login = holder.login();
        let noted = holder.tenant.as_ref().zip(login.as_ref());
        let mut crowded: Option<Sessions> = None;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let writes = self.store.transaction().spend(proof, CodeSignInRefusal::Code);
            let writes = match &crowded {
                None => writes.add_session(owner, &session.id, ends, CodeSignInRefusal::Session),
                Some(before) => {
                    let live = before.with(session.id.clone(), ends, now);
                    writes.replace_sessions(owner, before, &live, CodeSignInRefusal::Session)
                }
            };
            let writes = writes.still_has_phone(realm, proof.phone(), account, CodeSignInRefusal::Phone);
            let writes = match &login {
                Some(name) => writes.forget_failures(given_by(realm, name, origin), Counted::Network),
                None => writes,
            };
            let writes = match &noted {
                Some((tenant, name)) => {
                    writes.note_cloud_sign_in(tenant, name, (origin.address, now), CodeSignInRefusal::LoginCredential)
                }
                None => writes,
            };
            let entry = self.proved_entry(Action::SignedIn, proof, account, origin, now);
            match writes.audit(&entry).commit().await? {
                WriteOutcome::Committed => return self.issuer.issue(&session),
                WriteOutcome::ConditionFailed(CodeSignInRefusal::Session, item) => match sessions_of(item)? {
                    Some(sessions) if sessions.enabled => crowded = Some(sessions),
                    _ => return Err(Reason::WrongCode.into()),
                },
                WriteOutcome::ConditionFailed(
                    CodeSignInRefusal::Code | CodeSignInRefusal::LoginCredential | CodeSignInRefusal::Phone,
                    _,
                ) => {
                    return Err(Reason::WrongCode.into());
                }
            }
        }
    }

    /// A new password for the holder of the phone, which is at least so long: all sessions end, and the wait after wrong
    /// passwords too.
    pub async fn reset_password(
        &self,
        codes: &Codes,
        given: &CodeGiven<'_>,
        (wanted, shortest): (&str, usize),
    ) -> Result<(), Failure> {
        // Judged first, so that a weak one costs no try. What is the owner's own name shows below.
        Password::choose_of(shortest, wanted, &[given.phone.digits()])?;
        let (proof, holder) = self.prove(codes, given, Purpose::Reset).await?;
        let login = holder.as_ref().and_then(PhoneHolder::login);
        let (Some(holder), Some(name)) = (holder, login) else { return Err(Reason::WrongCode.into()) };
        let password = Password::choose_of(shortest, wanted, &[given.phone.digits(), name.as_str()])?;
        self.replace_forgotten(given, &proof, &holder.account, &name, &password).await?;
        codes.notices.notify(given.realm, &given.phone, Notice::PasswordChanged, given.now).await;
        Ok(())
    }

    async fn replace_forgotten(
        &self,
        given: &CodeGiven<'_>,
        proof: &Proof,
        account: &AccountId,
        name: &LoginName,
        password: &Password,
    ) -> Result<(), Failure> {
        let credential = LoginCredential::new(account, self.passwords.hash(password)?);
        let entry = self.proved_entry(Action::PasswordReset, proof, account, given.origin, given.now);
        let writes = self
            .store
            .transaction()
            .spend(proof, CodeSignInRefusal::Code)
            .set_hash((given.realm, name), &credential, CodeSignInRefusal::LoginCredential)
            .still_has_phone(given.realm, &given.phone, account, CodeSignInRefusal::Phone)
            .end_sessions_except((given.realm, account), &BTreeMap::new(), CodeSignInRefusal::Session)
            .forget_failures(given_by(given.realm, name, given.origin), Counted::Network)
            .audit(&entry);
        match writes.commit().await? {
            WriteOutcome::Committed => Ok(()),
            WriteOutcome::ConditionFailed(_, _) => Err(Reason::WrongCode.into()),
        }
    }

    /// The code is compared whether or not an account has the phone, so that the time does not tell.
    async fn prove(
        &self,
        codes: &Codes,
        given: &CodeGiven<'_>,
        purpose: Purpose,
    ) -> Result<(Proof, Option<PhoneHolder>), Failure> {
        let holder = self.store.phone_holder(given.realm, &given.phone).await?;
        let binding = Binding { product: given.realm, purpose, phone: given.phone.clone(), device: None };
        let proof = codes.check(binding, &given.code, given.origin, given.now).await?;
        Ok((proof, holder))
    }

    /// What the holder of a proved phone did.
    pub(super) fn proved_entry(
        &self,
        action: Action,
        proof: &Proof,
        account: &AccountId,
        origin: &Origin,
        now: Timestamp,
    ) -> AuditEntry {
        AuditEntry {
            at: now,
            action,
            realm: proof.binding.product,
            station: None,
            subject: Some(account.clone()),
            actor: Some(account.clone()),
            role: None,
            address: Some(origin.address),
            request: origin.request.clone(),
            id: self.random.u128(),
        }
    }
}
