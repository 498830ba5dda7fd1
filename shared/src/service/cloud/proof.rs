//! What is proved by a code that goes to a phone: new passwords, bound phones, the customer's own number.

use super::{By, Portal, TRIES};
use crate::{
    auth::tokens::IssuedToken,
    domain::{
        account::{LoginName, Realm},
        cloud::{Account, Customer},
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
    store::{Action, PhoneHolder, WriteOutcome},
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What #54 asks for.
#[derive(Clone, Debug)]
pub struct NewPassword {
    pub login_id: LoginName,
    pub old: Password,
    /// As it was typed; whether it is strong enough depends on whose it is.
    pub new: String,
    pub phone: Phone,
    pub code: Code,
}

/// What #55 asks for: which phone, and the code that was sent there.
#[derive(Clone, Debug)]
pub struct NewPhone {
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
    async fn prove(&self, by: By<'_>, phone: &Phone, code: &Code) -> Result<Proof, Failure> {
        let binding = Binding::asked(Realm::Cloud, Some(&by.member.caller), phone.clone(), None);
        self.codes.check(binding, code, by.origin, by.now).await
    }

    /// #54: old password and code together; all other sessions end, and the owner is told.
    pub async fn change_password(&self, by: By<'_>, wanted: &NewPassword) -> Result<IssuedToken, Failure> {
        let caller = &by.member.caller;
        let account = self.store.cloud_account(&by.member.tenant, &wanted.login_id).await?;
        let account = account.filter(|account| account.account == caller.account).ok_or(Reason::NotYours)?;
        if account.phone.as_ref() != Some(&wanted.phone) {
            return Err(Failure::typed("手机号不是该帐号绑定的手机号").of("cell_number"));
        }
        let names = [account.login_id.as_str(), wanted.phone.digits(), &account.contact_name];
        let new = Password::choose_of(self.settings.password_min, &wanted.new, &names)?;
        let proof = self.prove(by, &wanted.phone, &wanted.code).await?;
        let change = PasswordChange {
            realm: Realm::Cloud,
            name: wanted.login_id.clone(),
            account: Some(&caller.account),
            old: wanted.old.clone(),
            new,
            origin: by.origin,
            now: by.now,
        };
        let issued = self.sign_in.change_password_with_code(&change, &proof).await?;
        self.codes.notices.notify(Realm::Cloud, &wanted.phone, Notice::PasswordChanged, by.now).await;
        Ok(issued)
    }

    /// #55: binds the phone that got the code to the caller's account, or unbinds it. All other sessions end; whoever had
    /// the old number is told.
    pub async fn change_phone(&self, by: By<'_>, wanted: &NewPhone) -> Result<Option<IssuedToken>, Failure> {
        let tenant = &by.member.tenant;
        let mut proof = None;
        for _ in 0..TRIES {
            let account = self.own_account(by).await?;
            let is_bound = account.phone.as_ref() == Some(&wanted.phone);
            if !wanted.bind && !is_bound {
                return Err(Failure::typed("手机号不是该帐号绑定的手机号").of("mobile"));
            }
            // Taking a number away, or another in its place, must not be done with a phone left lying about.
            if account.phone.is_some() {
                by.member.caller.demand_recent_sign_in(by.now)?;
            }
            let proof = match &proof {
                Some(proof) => proof,
                None => proof.insert(self.prove(by, &wanted.phone, &wanted.code).await?),
            };
            if wanted.bind && is_bound {
                return Ok(None);
            }
            let session = self.sign_in.session(Realm::Cloud, account.account.clone(), by.now);
            let live = BTreeMap::from([(session.id.clone(), by.now + life(Realm::Cloud))]);
            let name = account.login_id.name();
            let holder = PhoneHolder::new(&account.account, Some(&name), by.now);
            let holder = PhoneHolder { tenant: Some(tenant.clone()), ..holder };
            let to = wanted.bind.then_some(&wanted.phone);
            let mut writes = self
                .store
                .transaction()
                .spend(proof, PhoneRefused::Code)
                .change_cloud_phone(tenant, &account, to, PhoneRefused::Changed)
                .end_other_sessions(&by.member.caller, &live, PhoneRefused::Session)
                .audit(&self.entry(by, Action::PhoneChanged, &account.account));
            if let Some(old) = &account.phone {
                writes = writes.release_phone(Realm::Cloud, old, &account.account, PhoneRefused::Changed);
            }
            if let Some(to) = to {
                writes = writes.claim_phone(Realm::Cloud, to, &holder, PhoneRefused::Taken);
            }
            match writes.commit().await? {
                WriteOutcome::Committed => {
                    if let Some(old) = &account.phone {
                        self.codes.notices.notify(Realm::Cloud, old, Notice::PhoneChanged, by.now).await;
                    }
                    return self.sign_in.issuer.issue(&session).map(Some);
                }
                WriteOutcome::ConditionFailed(PhoneRefused::Code, _) => return Err(Reason::WrongCode.into()),
                WriteOutcome::ConditionFailed(PhoneRefused::Taken, _) => return Err(Reason::PhoneTaken.into()),
                WriteOutcome::ConditionFailed(PhoneRefused::Session, _) => return Err(Reason::Unauthorized.into()),
                WriteOutcome::ConditionFailed(PhoneRefused::Changed, _) => {}
            }
        }
        Err(Reason::Contended.into())
    }

    /// #40: the customer's own number, with whatever else the request changes; what the accounts have bound stays.
    pub async fn change_mobile(
        &self,
        by: By<'_>,
        (phone, code): (&Phone, &Code),
        change: impl Fn(&mut Customer),
    ) -> Result<(), Failure> {
        let tenant = &by.member.tenant;
        let proof = self.prove(by, phone, code).await?;
        for _ in 0..TRIES {
            let mut customer = self.customer(by.member).await?;
            let read = customer.version;
            change(&mut customer);
            (customer.version, customer.updated_at, customer.mobile) = (read + 1, by.now, phone.clone());
            let entry = self.entry(by, Action::PhoneChanged, &by.member.caller.account);
            let writes = self.store.transaction().spend(&proof, PhoneRefused::Code);
            let writes = writes.change_cloud_customer(tenant, &customer, read, PhoneRefused::Changed).audit(&entry);
            match writes.commit().await? {
                WriteOutcome::Committed => return Ok(()),
                WriteOutcome::ConditionFailed(PhoneRefused::Code, _) => return Err(Reason::WrongCode.into()),
                WriteOutcome::ConditionFailed(_, _) => {}
            }
        }
        Err(Reason::Contended.into())
    }

    /// The caller's own login account. Its name is not in the session, so all are looked through: at most one page.
    async fn own_account(&self, by: By<'_>) -> Result<Account, Failure> {
        let cap = usize::try_from(self.settings.most_accounts).unwrap_or(usize::MAX);
        let all = self.store.cloud_accounts(&by.member.tenant, cap).await?.list;
        let own = all.into_iter().find(|account| account.account == by.member.caller.account);
        own.ok_or_else(|| Reason::NotYours.into())
    }
}
