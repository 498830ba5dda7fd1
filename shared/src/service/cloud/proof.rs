//! What is proved by a code that goes to a phone: new passwords, bound phones, the customer's own number.

use super::{Actor, Portal};
use crate::{
    auth::tokens::IssuedToken,
    domain::{
        account::{LoginName, Realm},
        cloud::{Customer, LoginAccount, PortalMember},
        origin::Origin,
        otp::{Binding, Code},
        password::Password,
        phone::Phone,
        reason::{Failure, Reason},
        session::{Caller, life},
        sms::Notice,
    },
    service::{
        codes::{Ask, Proof},
        password::PasswordChange,
    },
    store::{Action, Attempts, PhoneHolder, WriteOutcome},
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What #54 asks for.
#[derive(Clone, Debug)]
pub struct LoginPasswordChange {
    pub login_id: LoginName,
    pub old: Password,
    /// As it was typed; whether it is strong enough depends on whose it is.
    pub new: String,
    pub phone: Phone,
    pub code: Code,
}

/// What #55 asks for: which phone, and the code that was sent there.
#[derive(Clone, Debug)]
pub struct LoginPhoneChange {
    pub phone: Phone,
    pub code: Code,
    /// Bound from now on, or no more.
    pub bind: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PhoneRefused {
    Code,
    Taken,
    Changed,
    Session,
}

impl Portal {
    /// #56: a code for joining, or for a change of the caller's own account.
    pub async fn ask_code(
        &self,
        caller: Option<&Caller>,
        phone: Phone,
        addition: String,
        (origin, now): (&Origin, Timestamp),
    ) -> Result<(), Failure> {
        let binding = Binding::asked(Realm::Cloud, caller, phone, None);
        let addition = Some(addition);
        self.codes.ask(&Ask { binding, addition, only_known: false, captcha_after: None, origin, now }).await
    }

    /// A code that the caller was sent for a change of the account.
    async fn prove(&self, actor: Actor<'_, &PortalMember>, phone: &Phone, code: &Code) -> Result<Proof, Failure> {
        let binding = Binding::asked(Realm::Cloud, Some(&actor.who.caller), phone.clone(), None);
        self.codes.check(binding, code, actor.origin, actor.now.real).await
    }

    /// #54: old password and code together; all other sessions end, and the owner is told.
    pub async fn change_password(
        &self,
        actor: Actor<'_, &PortalMember>,
        wanted: &LoginPasswordChange,
    ) -> Result<IssuedToken, Failure> {
        let caller = &actor.who.caller;
        let account = self.store.cloud_account(&actor.who.tenant, &wanted.login_id).await?;
        let account = account.filter(|account| account.account == caller.account).ok_or(Reason::NotYours)?;
        if account.phone.as_ref() != Some(&wanted.phone) {
            return Err(Failure::typed("手机号不是该帐号绑定的手机号").of("cell_number"));
        }
        let names = [account.login_id.as_str(), wanted.phone.digits(), &account.contact_name];
        let new = Password::choose_of(self.settings.password_min, &wanted.new, &names)?;
        let proof = self.prove(actor, &wanted.phone, &wanted.code).await?;
        let change = PasswordChange {
            realm: Realm::Cloud,
            name: wanted.login_id.clone(),
            account: Some(&caller.account),
            old: wanted.old.clone(),
            new,
            origin: actor.origin,
            now: actor.now.real,
        };
        let issued = self.sign_in.change_password_with_code(&change, &proof).await?;
        self.codes.notices.notify(Realm::Cloud, &wanted.phone, Notice::PasswordChanged, actor.now.real).await;
        Ok(issued)
    }

    /// #55: binds the phone that got the code to the caller's account, or unbinds it. All other sessions end. The old
    /// number gets a notice.
    pub async fn change_phone(
        &self,
        actor: Actor<'_, &PortalMember>,
        wanted: &LoginPhoneChange,
    ) -> Result<Option<IssuedToken>, Failure> {
        let tenant = &actor.who.tenant;
        let mut proof = None;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let account = self.own_account(actor).await?;
            let is_bound = account.phone.as_ref() == Some(&wanted.phone);
            if !wanted.bind && !is_bound {
                return Err(Failure::typed("手机号不是该帐号绑定的手机号").of("mobile"));
            }
            // Taking a number away, or another in its place, must not be done with a phone left lying about.
            if account.phone.is_some() {
                actor.who.caller.demand_recent_sign_in(actor.now.real)?;
            }
            let proof = match &proof {
                Some(proof) => proof,
                None => proof.insert(self.prove(actor, &wanted.phone, &wanted.code).await?),
            };
            if wanted.bind && is_bound {
                return Ok(None);
            }
            let session = self.sign_in.session(Realm::Cloud, account.account.clone(), actor.now.real);
            let live = BTreeMap::from([(session.id.clone(), actor.now.real + life(Realm::Cloud))]);
            let name = account.login_id.name();
            let holder = PhoneHolder::new(&account.account, Some(&name), actor.now.real);
            let holder = PhoneHolder { tenant: Some(tenant.clone()), ..holder };
            let to = wanted.bind.then_some(&wanted.phone);
            let mut writes = self
                .store
                .transaction()
                .spend(proof, PhoneRefused::Code)
                .change_cloud_phone(tenant, &account, to, PhoneRefused::Changed)
                .end_other_sessions(&actor.who.caller, &live, PhoneRefused::Session)
                .audit(&actor.entry(Action::PhoneChanged, Realm::Cloud, &account.account));
            if let Some(old) = &account.phone {
                writes = writes.release_phone(Realm::Cloud, old, &account.account, PhoneRefused::Changed);
            }
            if let Some(to) = to {
                writes = writes.claim_phone(Realm::Cloud, to, &holder, PhoneRefused::Taken);
            }
            match writes.commit().await? {
                WriteOutcome::Committed => {
                    if let Some(old) = &account.phone {
                        self.codes.notices.notify(Realm::Cloud, old, Notice::PhoneChanged, actor.now.real).await;
                    }
                    return self.sign_in.issuer.issue(&session).map(Some);
                }
                WriteOutcome::ConditionFailed(PhoneRefused::Code, _) => return Err(Reason::WrongCode.into()),
                WriteOutcome::ConditionFailed(PhoneRefused::Taken, _) => return Err(Reason::PhoneTaken.into()),
                WriteOutcome::ConditionFailed(PhoneRefused::Session, _) => return Err(Reason::Unauthorized.into()),
                WriteOutcome::ConditionFailed(PhoneRefused::Changed, _) => {}
            }
        }
    }

    /// #40: the customer's own number, with the other changes of the request; what the accounts have bound stays.
    pub async fn change_mobile(
        &self,
        actor: Actor<'_, &PortalMember>,
        (phone, code): (&Phone, &Code),
        change: impl Fn(&mut Customer),
    ) -> Result<(), Failure> {
        let tenant = &actor.who.tenant;
        let proof = self.prove(actor, phone, code).await?;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let mut customer = self.customer(actor.who).await?;
            let read = customer.version;
            change(&mut customer);
            (customer.version, customer.updated_at, customer.mobile) = (read + 1, actor.now.real, phone.clone());
            let entry = actor.entry(Action::PhoneChanged, Realm::Cloud, &actor.who.caller.account);
            let writes = self.store.transaction().spend(&proof, PhoneRefused::Code);
            let writes = writes.change_cloud_customer(tenant, &customer, read, PhoneRefused::Changed).audit(&entry);
            match writes.commit().await? {
                WriteOutcome::Committed => return Ok(()),
                WriteOutcome::ConditionFailed(PhoneRefused::Code, _) => return Err(Reason::WrongCode.into()),
                WriteOutcome::ConditionFailed(_, _) => {}
            }
        }
    }

    /// The caller's own login account. Its name is not in the session, so all are looked through: at most one page.
    async fn own_account(&self, actor: Actor<'_, &PortalMember>) -> Result<LoginAccount, Failure> {
        let cap = usize::try_from(self.settings.most_accounts).unwrap_or(usize::MAX);
        let all = self.store.cloud_accounts(&actor.who.tenant, cap).await?.list;
        let own = all.into_iter().find(|account| account.account == actor.who.caller.account);
        own.ok_or_else(|| Reason::NotYours.into())
    }
}
