//! Joining the portal: a customer and its first admin account, made together.

use super::{
    Portal,
    accounts::{AccountRefused, NewAccount},
};
use crate::{
    auth::tokens::IssuedToken,
    domain::{
        account::{Realm, Role},
        cloud::{AccountType, Customer, CustomerId, CustomerKind, LoginId, PortalPapers, PortalZone, Tenant},
        origin::Origin,
        otp::{Binding, Code},
        password::Password,
        phone::Phone,
        reason::{Failure, Reason},
        session::{Sessions, life},
    },
    store::{Action, AuditEntry, LoginCredential, PhoneHolder, WriteOutcome},
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The input that makes a customer.
#[derive(Clone, Debug)]
pub struct Joining {
    /// The customer's name and the first account's.
    pub cus_name: LoginId,
    pub short_name: String,
    pub password: Password,
    pub cus_type: CustomerKind,
    pub tel: String,
    /// The customer's phone, and bound to the first account.
    pub mobile: Phone,
    /// What was sent there.
    pub code: Code,
}

impl Portal {
    /// #38: the customer, its first admin account and a session of it.
    pub async fn join(
        &self,
        joining: &Joining,
        zone: PortalZone,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<IssuedToken, Failure> {
        let binding = Binding::asked(Realm::Cloud, None, joining.mobile.clone(), None);
        let proof = self.codes.check_to_register(binding, &joining.code, origin, now).await?;
        let tenant = Tenant { zone, customer: CustomerId::new(self.random().u128()) };
        let first = NewAccount {
            login_id: joining.cus_name.clone(),
            password: joining.password.clone(),
            account_type: AccountType::Admin,
            contact_name: String::new(),
        };
        let account = self.new_account(&first, Some(joining.mobile.clone()), now);
        let hash = self.sign_in.passwords.hash(&joining.password)?;
        let credential =
            LoginCredential { tenant: Some(tenant.clone()), ..LoginCredential::new(&account.account, hash) };
        let session = self.sign_in.session(Realm::Cloud, account.account.clone(), now);
        let live = BTreeMap::from([(session.id.clone(), now + life(Realm::Cloud))]);
        let sessions = Sessions { live, ..Sessions::of_member(&account, &tenant) };
        let entry = AuditEntry {
            at: now,
            action: Action::AccountCreated,
            realm: Realm::Cloud,
            station: None,
            subject: Some(account.account.clone()),
            actor: Some(account.account.clone()),
            role: Some(Role::CloudAdmin),
            address: Some(origin.address),
            request: origin.request.clone(),
            id: self.random().u128(),
        };
        let name = joining.cus_name.name();
        let holder =
            PhoneHolder { tenant: Some(tenant.clone()), ..PhoneHolder::new(&account.account, Some(&name), now) };
        let taken = (AccountRefused::LoginTaken, AccountRefused::IdTaken);
        let writes = self.store.transaction().spend_on_account(&proof, AccountRefused::Code);
        let writes = writes.create_cloud_customer(&tenant, &joining.record(now), &name, taken).claim_phone(
            Realm::Cloud,
            &joining.mobile,
            &holder,
            AccountRefused::PhoneTaken,
        );
        let writes = self.with_account(writes, &tenant, &account, &credential, &sessions).audit(&entry);
        match writes.commit().await? {
            WriteOutcome::Committed => self.sign_in.issuer.issue(&session),
            WriteOutcome::ConditionFailed(AccountRefused::LoginTaken, _) => Err(Reason::UsernameTaken.into()),
            WriteOutcome::ConditionFailed(refused, _) => Err(refused.into()),
        }
    }
}

impl Joining {
    fn record(&self, now: Timestamp) -> Customer {
        Customer {
            version: 1,
            cus_name: self.cus_name.as_str().to_owned(),
            short_name: self.short_name.clone(),
            cus_type: self.cus_type,
            tel: self.tel.clone(),
            mobile: self.mobile.clone(),
            address: String::new(),
            postcode: String::new(),
            fax: String::new(),
            authorization: String::new(),
            industry_application: String::new(),
            main_business: String::new(),
            website: None,
            manager: None,
            papers: PortalPapers::default(),
            created_at: now,
            updated_at: now,
        }
    }
}
