//! A driver as the customer pages see the account: profile and avatar. The vehicles are in `vehicles`, the phone in
//! `phone`, the end of an account in `closing`.

mod closing;
mod phone;
mod vehicles;

pub use crate::store::ProfileChange;
pub use phone::DriverPhoneChange;
pub use vehicles::NewVehicle;

use super::{
    actor::Actor,
    bill::Bills,
    codes::Codes,
    password::PasswordChange,
    pictures::{Pictures, Relinked},
    sign_in::SignIn,
};
use crate::{
    auth::tokens::IssuedToken,
    domain::{
        account::{AccountId, Email, PersonName, Realm, Username},
        garage::Vehicle,
        gender::Gender,
        image::{PictureKey, PicturePurpose},
        origin::Origin,
        phone::Phone,
        reason::{Failure, Reason},
        session::Caller,
        sms::Notice,
    },
    outside::{clock::RequestTime, random::Random},
    store::{Action, Attempts, Driver, Store, WriteOutcome},
};
use bytes::Bytes;
use jiff::Timestamp;

/// The customer pages of drivers.
#[derive(Clone, Debug)]
pub struct Customers {
    store: Store,
    pub sign_in: SignIn,
    codes: Codes,
    pictures: Pictures,
    pub bills: Bills,
    random: Random,
    /// Vehicles that one driver may have.
    most_vehicles: usize,
}

/// A driver's own view of the account.
#[derive(Clone, Debug)]
pub struct MyInfo {
    pub account: AccountId,
    pub real_name: PersonName,
    pub nickname: PersonName,
    pub phone: Option<Phone>,
    pub email: Email,
    pub gender: Gender,
    pub vehicles: Vec<Vehicle>,
}

/// What a driver signs in with, which no password may be.
#[derive(Clone, Debug)]
pub struct SignInNames {
    pub username: Username,
    pub email: Email,
    pub phone: Option<Phone>,
}

/// Why an avatar is not linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AvatarRefusal {
    Raced,
    Picture,
}

impl Customers {
    pub fn new(
        store: Store,
        (sign_in, codes): (SignIn, Codes),
        pictures: Pictures,
        random: Random,
        most_vehicles: u32,
    ) -> Self {
        let most_vehicles = usize::try_from(most_vehicles).unwrap_or(usize::MAX);
        Self { bills: Bills::new(store.clone()), store, sign_in, codes, pictures, random, most_vehicles }
    }

    /// A driver's profile.
    pub async fn info(&self, account: &AccountId) -> Result<MyInfo, Failure> {
        let driver = self.driver(account).await?;
        Ok(MyInfo {
            account: account.clone(),
            real_name: driver.real_name,
            nickname: driver.nickname,
            phone: driver.phone,
            email: driver.email,
            gender: driver.gender,
            vehicles: driver.vehicles.vehicles().to_vec(),
        })
    }

    /// What the caller signs in with.
    pub async fn sign_in_names(&self, caller: &Caller) -> Result<SignInNames, Failure> {
        let Driver { username, email, phone, .. } = self.driver(&caller.account).await?;
        Ok(SignInNames { username, email, phone })
    }

    /// The actor of a call.
    pub fn actor<'a>(&'a self, caller: &'a Caller, origin: &'a Origin, now: RequestTime) -> Actor<'a> {
        Actor { who: caller, origin, random: &self.random, now }
    }

    /// Changes the password of a driver, who is told of it.
    pub async fn change_password(
        &self,
        known: &SignInNames,
        change: &PasswordChange<'_>,
    ) -> Result<IssuedToken, Failure> {
        let issued = self.sign_in.change_password(change).await?;
        if let Some(phone) = &known.phone {
            self.codes.notices.notify(Realm::Ev, phone, Notice::PasswordChanged, change.now).await;
        }
        Ok(issued)
    }

    /// Changes what the change names, of a driver that exists. Whether the caller may is the route's question. The trail has the
    /// names of the fields that another person than the driver changed.
    pub async fn change(&self, actor: &Actor<'_>, account: &AccountId, change: &ProfileChange) -> Result<(), Failure> {
        let mut writes = self.store.transaction().change_profile(account, change, actor.now.real, ());
        if actor.who.realm != Realm::Ev {
            let fields = change.differing_from(&self.driver(account).await?);
            let entry = actor.entry(Action::ProfileChanged, Realm::Ev, account);
            if !fields.is_empty() {
                writes = writes.audit_change(&entry, &fields.join(", "));
            }
        }
        match writes.commit().await? {
            WriteOutcome::Committed => Ok(()),
            WriteOutcome::ConditionFailed((), _) => Err(Reason::NotYours.into()),
        }
    }

    /// Makes an upload the caller's avatar. The old one goes.
    pub async fn set_avatar(&self, caller: &Caller, upload: Bytes, now: Timestamp) -> Result<(), Failure> {
        let owner = (Realm::Ev, &caller.account);
        let key = self.pictures.upload(owner, PicturePurpose::Avatar, upload, now).await?;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let old = self.driver(&caller.account).await?.avatar;
            let writes = self.store.transaction();
            let writes = writes.change_avatar(&caller.account, old.as_ref(), Some(&key), AvatarRefusal::Raced);
            let mut writes = writes.link_picture(owner, &key, now, AvatarRefusal::Picture);
            if let Some(old) = &old {
                writes = writes.drop_picture(old, now);
            }
            match writes.commit().await? {
                WriteOutcome::Committed => {
                    let relinked = Relinked { linked: vec![key], dropped: old.into_iter().collect() };
                    self.pictures.follow(&relinked).await;
                    return Ok(());
                }
                WriteOutcome::ConditionFailed(AvatarRefusal::Raced, _) => {}
                WriteOutcome::ConditionFailed(AvatarRefusal::Picture, _) => {
                    return Err(Failure::internal("an upload could not be attached to its record"));
                }
            }
        }
    }

    /// Any driver may see any driver's avatar. A driver without one answers like an unknown driver.
    pub async fn avatar(&self, account: &AccountId) -> Result<PictureKey, Failure> {
        self.driver(account).await?.avatar.ok_or_else(|| Reason::NotYours.into())
    }

    /// The avatar itself. One that was replaced between the two reads is read again.
    pub async fn avatar_content(&self, account: &AccountId, key: PictureKey) -> Result<(PictureKey, Bytes), Failure> {
        if let Some(content) = self.pictures.content(&key).await? {
            return Ok((key, content));
        }
        let now = self.avatar(account).await?;
        match self.pictures.content(&now).await? {
            Some(content) if now != key => Ok((now, content)),
            _ => Err(Failure::internal(format!("{} is missing from the bucket", now.as_str()))),
        }
    }

    async fn driver(&self, account: &AccountId) -> Result<Driver, Failure> {
        self.store.driver(account).await?.ok_or_else(|| Reason::NotYours.into())
    }
}
