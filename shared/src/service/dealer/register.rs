//! How a person becomes a dealer: with a proved telephone, a solved captcha and a password (#19, #20,
//! #23).

use super::{DealerProfile, Dealers, REALM};
use crate::{
    auth::tokens::IssuedToken,
    domain::{
        account::{AccountId, LoginName, Role},
        captcha::Guess,
        device::DeviceId,
        origin::Origin,
        otp::{Binding, Code},
        password::Password,
        phone::Phone,
        reason::{Failure, Reason},
        session::Caller,
    },
    service::codes::{Ask, Proof},
    store::{Action, AddressLimit, AuditEntry, Dealer, LoginCredential, PhoneHolder, WriteOutcome},
};
use jiff::Timestamp;

/// The input that makes a dealer.
#[derive(Debug)]
pub struct DealerRegistration {
    pub device: DeviceId,
    pub phone: Phone,
    pub code: Code,
    pub guess: Guess,
    pub password: Password,
}

/// What keeps a registration from being stored, in the order in which it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RegistrationRefusal {
    Code,
    Captcha,
    Phone,
    Id,
}

impl Dealers {
    /// #19: has a code sent. After so many in an hour the device has to solve a picture for each.
    pub async fn send_code(
        &self,
        caller: Option<&Caller>,
        (device, phone): (&DeviceId, Phone),
        origin: &Origin,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let binding = Binding::asked(REALM, caller, phone, Some(device.clone().into()));
        let captcha_after = Some(self.settings.captcha_after);
        let ask = Ask { binding, addition: None, only_known: false, captcha_after, origin, now };
        match self.codes.ask(&ask).await {
            Err(failure) if failure.reason() == Reason::CaptchaWanted => {
                self.captchas.pay(device, now).await?;
                self.codes.ask(&Ask { captcha_after: None, ..ask }).await
            }
            asked => asked,
        }
    }

    /// #20: whether a code is right. It is sent once more with the form it belongs to, so this does not use it up.
    pub async fn verify_code(
        &self,
        caller: Option<&Caller>,
        (device, phone, code): (DeviceId, Phone, Code),
        origin: &Origin,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let binding = Binding::asked(REALM, caller, phone, Some(device.into()));
        let proof = self.codes.check(binding, &code, origin, now).await?;
        self.codes.mark_verified(&proof).await
    }

    /// #23: makes the account and signs its dealer in. Both codes are spent with it, or neither.
    pub async fn register(
        &self,
        wish: DealerRegistration,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<(IssuedToken, DealerProfile), Failure> {
        let per_minute = self.settings.registrations_per_minute;
        let limit = AddressLimit { action: "register", address: origin.address, per_minute };
        if !self.store.count_address(limit, now).await? {
            return Err(Failure::throttled(AddressLimit::wait(now)));
        }
        let binding = Binding::asked(REALM, None, wish.phone.clone(), Some(wish.device.clone().into()));
        // The picture first: guessing codes costs pictures. A registration that is sent again has used its picture up.
        let picture = match self.captchas.read_by(&wish.device, &wish.guess, now).await {
            Err(failure) if failure.reason() == Reason::WrongCaptcha => {
                let registered = self.codes.registered_with(binding, &wish.code, origin, now).await;
                return Err(registered.ok().flatten().unwrap_or(failure));
            }
            picture => picture?,
        };
        let proof = self.codes.check_to_register(binding, &wish.code, origin, now).await?;
        let issued = self.store_new(&wish, &proof, &picture, origin, now).await?;
        let profile = DealerProfile {
            phone: wish.phone,
            nickname: None,
            favicon: None,
            gender: <_>::default(),
            status: <_>::default(),
        };
        Ok((issued, profile))
    }

    async fn store_new(
        &self,
        wish: &DealerRegistration,
        proof: &Proof,
        picture: &str,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<IssuedToken, Failure> {
        let account = AccountId::opaque(self.sign_in.random.u128());
        let name = LoginName::from(&wish.phone);
        let credential = LoginCredential::new(&account, self.sign_in.passwords.hash(&wish.password)?);
        let (session, sessions) = self.sign_in.first_session(Role::Dealer, &account, now);
        let entry = AuditEntry {
            at: now,
            action: Action::AccountCreated,
            realm: REALM,
            station: None,
            subject: Some(account.clone()),
            actor: Some(account.clone()),
            role: Some(Role::Dealer),
            address: Some(origin.address),
            request: origin.request.clone(),
            id: self.sign_in.random.u128(),
        };
        let writes = self
            .store
            .transaction()
            .spend_on_account(proof, RegistrationRefusal::Code)
            .spend_captcha(&wish.device, picture, now, RegistrationRefusal::Captcha)
            .claim_login(REALM, &name, &credential, RegistrationRefusal::Phone)
            .claim_phone(REALM, &wish.phone, &PhoneHolder::new(&account, Some(&name), now), RegistrationRefusal::Phone)
            .create_dealer(&account, &Dealer::new(wish.phone.clone(), now), RegistrationRefusal::Id)
            .open_sessions(REALM, &account, &sessions, RegistrationRefusal::Id)
            .audit(&entry);
        match writes.commit().await? {
            WriteOutcome::Committed => self.sign_in.issuer.issue(&session),
            WriteOutcome::ConditionFailed(RegistrationRefusal::Code, _) => Err(Reason::WrongCode.into()),
            WriteOutcome::ConditionFailed(RegistrationRefusal::Captcha, _) => Err(Reason::WrongCaptcha.into()),
            WriteOutcome::ConditionFailed(RegistrationRefusal::Phone, _) => Err(Reason::UsernameTaken.into()),
            WriteOutcome::ConditionFailed(RegistrationRefusal::Id, _) => {
                Err(Failure::internal("a new account id was already in use"))
            }
        }
    }
}
