//! Dealers of the auto mall: who they are, and what they change of themselves.

mod edit;
mod favicon;
mod phone;
mod register;

pub use favicon::favicon_named;
pub use phone::DealerPhoneChange;
pub use register::DealerRegistration;

use super::{
    captcha::Captchas,
    codes::Codes,
    password::PasswordChange,
    pictures::Pictures,
    sign_in::{Attempt, SignIn},
};
use crate::{
    auth::tokens::IssuedToken,
    domain::{
        account::{AccountId, LoginName, Realm},
        dealer::{DealerUsername, Nickname},
        gender::Gender,
        origin::Origin,
        otp::CaptchaAfter,
        papers::PapersStatus,
        password::Password,
        phone::Phone,
        reason::{Failure, Reason},
        sms::Notice,
    },
    store::{Dealer, Store},
};
use jiff::Timestamp;

/// The realm of all of them.
const REALM: Realm = Realm::MallDealer;

/// The accounts of dealers.
#[derive(Clone, Debug)]
pub struct Dealers {
    store: Store,
    sign_in: SignIn,
    codes: Codes,
    pub captchas: Captchas,
    pictures: Pictures,
    settings: DealerSettings,
}

/// What is set per stage.
#[derive(Clone, Debug)]
pub struct DealerSettings {
    /// Registrations that one address has in a minute.
    pub registrations_per_minute: u32,
    /// Codes that a device and an address have in an hour before each further one asks for a solved picture.
    pub captcha_after: CaptchaAfter,
    /// Whether a sign-in says that a telephone is unknown. Off, it says of a wrong password and of an unknown telephone
    /// the same.
    pub tells_unknown_user: bool,
    /// The address of the API without a slash at its end, with which the addresses of favicons begin. Empty, they begin
    /// with the name under which the gateway was called.
    pub public_address: String,
}

/// What a dealer sees of itself.
#[derive(Clone, Debug)]
pub struct DealerProfile {
    pub phone: Phone,
    pub nickname: Option<Nickname>,
    /// An address that shows the picture for as long as it is set.
    pub favicon: Option<String>,
    pub gender: Gender,
    /// Where its papers stand.
    pub status: PapersStatus,
}

/// A change of password: who, from what, to what.
#[derive(Debug)]
pub struct DealerPasswordChange {
    pub named: DealerUsername,
    pub old: Password,
    /// As it was typed; whether it is good enough depends on whose it is.
    pub new: String,
}

impl Dealers {
    pub fn new(
        store: Store,
        sign_in: SignIn,
        codes: Codes,
        captchas: Captchas,
        pictures: Pictures,
        settings: DealerSettings,
    ) -> Self {
        Self { store, sign_in, codes, captchas, pictures, settings }
    }

    /// #18: a session, and what the dealer's app shows first.
    pub async fn log_in(
        &self,
        phone: &Phone,
        password: Password,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<(IssuedToken, DealerProfile), Failure> {
        let attempt = Attempt { realm: REALM, name: phone.into(), password, second: None, origin, now };
        let issued = match self.sign_in.with_password(&attempt).await {
            Err(failure) if failure.reason() == Reason::WrongCredentials => {
                return Err(self.told(failure, &attempt).await);
            }
            outcome => outcome?,
        };
        let profile = self.profile(&issued.account, origin).await?;
        Ok((issued, profile))
    }

    /// The document has a text for an unknown telephone. The setting decides whether it is used.
    async fn told(&self, failure: Failure, attempt: &Attempt<'_>) -> Failure {
        if !self.settings.tells_unknown_user {
            return failure;
        }
        match self.store.login(REALM, &attempt.name, attempt.now).await {
            Ok(record) if record.credential.is_none() => failure.saying("用户不存在"),
            _ => failure,
        }
    }

    /// What the dealer's app shows of its owner.
    pub async fn profile(&self, account: &AccountId, origin: &Origin) -> Result<DealerProfile, Failure> {
        let (dealer, papers) = self.store.with_papers::<Dealer>(REALM, account).await?;
        let dealer = dealer.ok_or(Reason::WrongState)?;
        let favicon = match &dealer.favicon {
            Some(key) => Some(self.favicon_address(key, origin)?),
            None => None,
        };
        let status = papers.map_or(PapersStatus::None, |papers| papers.status);
        Ok(DealerProfile { phone: dealer.phone, nickname: dealer.nickname, favicon, gender: dealer.gender, status })
    }

    /// #24: the old password proves who asks, with or without a session. All sessions end, and the answer is a new one.
    pub async fn change_password(
        &self,
        wish: DealerPasswordChange,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<IssuedToken, Failure> {
        let name = match &wish.named {
            DealerUsername::ByPhone(phone) => LoginName::from(phone),
            DealerUsername::ById(id) => match self.store.dealer(id).await? {
                Some(dealer) => LoginName::from(&dealer.phone),
                None => LoginName::read(id.as_str()),
            },
        };
        let new = Password::choose(&wish.new, &[name.as_str()])?;
        let change = PasswordChange { realm: REALM, name, account: None, old: wish.old, new, origin, now };
        let issued = self.sign_in.change_password(&change).await?;
        if let Ok(phone) = Phone::parse(change.name.as_str()) {
            self.codes.notices.notify(REALM, &phone, Notice::PasswordChanged, now).await;
        }
        Ok(issued)
    }
}
