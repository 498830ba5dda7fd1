//! A driver's account: made, and looked at.

use super::sign_in::SignIn;
use crate::{
    auth::tokens::IssuedToken,
    domain::{
        account::{AccountId, BatteryCapacity, Email, LoginName, PersonName, Realm, Role, Username},
        garage::{Vehicle, VehicleId},
        gender::Gender,
        origin::Origin,
        password::Password,
        reason::{Failure, Reason},
        session::{AccountStanding, Caller, Sessions},
        vehicle::Plate,
    },
    store::{Action, AddressLimit, Attempts, AuditEntry, Driver, LoginCredential, Store, WriteOutcome},
};
use jiff::Timestamp;

/// What a driver tells us to get an account.
#[derive(Clone, Debug)]
pub struct DriverRegistration {
    pub username: Username,
    pub password: Password,
    pub email: Email,
    pub plate: Option<Plate>,
    pub battery: Option<BatteryCapacity>,
}

/// A driver's own view of the account.
#[derive(Clone, Debug)]
pub struct DriverProfile {
    pub account: AccountId,
    pub username: Username,
    pub email: Email,
    pub plate: Option<Plate>,
    pub battery: Option<BatteryCapacity>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What keeps a registration from being stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DriverRefusal {
    Username,
    Plate,
    Id,
}

/// The accounts of drivers.
#[derive(Clone, Debug)]
pub struct Drivers {
    store: Store,
    pub sign_in: SignIn,
    /// Registrations that one address has in a minute.
    per_address_minute: u32,
}

impl Drivers {
    pub fn new(store: Store, sign_in: SignIn, per_address_minute: u32) -> Self {
        Self { store, sign_in, per_address_minute }
    }

    /// Makes the account and signs its driver in, all in one transaction.
    pub async fn register(
        &self,
        driver: &DriverRegistration,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<IssuedToken, Failure> {
        let limit = AddressLimit { action: "register", address: origin.address, per_minute: self.per_address_minute };
        if !self.store.count_address(limit, now).await? {
            return Err(Failure::throttled(AddressLimit::wait(now)));
        }
        let hash = self.sign_in.passwords.hash(&driver.password)?;
        let mut attempts = Attempts::default();
        while attempts.begin().is_ok() {
            let account = AccountId::numeric(self.sign_in.random.u64());
            let credential = LoginCredential::new(&account, hash.clone());
            match self.store_new(&account, driver, &credential, origin, now).await? {
                Err(DriverRefusal::Id) => {}
                Err(DriverRefusal::Username) => return Err(Reason::UsernameTaken.into()),
                Err(DriverRefusal::Plate) => return Err(Reason::PlateTaken.into()),
                Ok(issued) => return Ok(issued),
            }
        }
        Err(Failure::internal("no free account id after several tries"))
    }

    async fn store_new(
        &self,
        account: &AccountId,
        driver: &DriverRegistration,
        credential: &LoginCredential,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Result<IssuedToken, DriverRefusal>, Failure> {
        let (session, sessions) = self.sign_in.first_session(Role::Driver, account, now);
        let plates: Vec<_> = driver.plate.iter().cloned().collect();
        let vehicle = |plate: &Plate| Vehicle::of_plate(VehicleId::drawn(self.sign_in.random.u64()), plate.clone());
        let vehicles = plates.iter().map(vehicle).collect();
        let standing = AccountStanding { plates, ..AccountStanding::default() };
        let sessions = Sessions { standing, ..sessions };
        let record = Driver {
            username: driver.username.clone(),
            email: driver.email.clone(),
            vehicles,
            unbound: Vec::new(),
            battery: driver.battery,
            real_name: PersonName::default(),
            nickname: PersonName::default(),
            gender: Gender::default(),
            phone: None,
            avatar: None,
            created_at: now,
            updated_at: now,
        };
        let entry = AuditEntry {
            at: now,
            action: Action::AccountCreated,
            realm: Realm::Ev,
            station: None,
            subject: Some(account.clone()),
            actor: Some(account.clone()),
            role: Some(Role::Driver),
            address: Some(origin.address),
            request: origin.request.clone(),
            id: self.sign_in.random.u128(),
        };

        let name = LoginName::from(&driver.username);
        let mut writes = self.store.transaction().claim_login(Realm::Ev, &name, credential, DriverRefusal::Username);
        if let Some(plate) = &driver.plate {
            writes = writes.claim_plate(plate, account, now, DriverRefusal::Plate);
        }
        let writes = writes
            .create_driver(account, &record, DriverRefusal::Id)
            .open_sessions(Realm::Ev, account, &sessions, DriverRefusal::Id)
            .audit(&entry);
        match writes.commit().await? {
            WriteOutcome::Committed => self.sign_in.issuer.issue(&session).map(Ok),
            WriteOutcome::ConditionFailed(taken, _) => Ok(Err(taken)),
        }
    }

    /// The caller's own profile.
    pub async fn profile(&self, caller: &Caller) -> Result<DriverProfile, Failure> {
        let driver = self.store.driver(&caller.account).await?.ok_or(Reason::NotYours)?;
        Ok(DriverProfile {
            account: caller.account.clone(),
            username: driver.username,
            email: driver.email,
            plate: driver.vehicles.plates().into_iter().next(),
            battery: driver.battery,
            created_at: driver.created_at,
            updated_at: driver.updated_at,
        })
    }

    /// The caller's vehicles in the order in which they were bound, and the battery capacity that was registered.
    pub async fn vehicles(&self, caller: &Caller) -> Result<(Vec<Vehicle>, Option<BatteryCapacity>), Failure> {
        let driver = self.store.driver(&caller.account).await?.ok_or(Reason::NotYours)?;
        Ok((driver.vehicles.vehicles().to_vec(), driver.battery))
    }
}
