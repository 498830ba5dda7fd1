//! Binding and unbinding vehicles. A plate has one holder, also when two requests race.

use super::Customers;
use crate::{
    domain::{
        garage::{Bound, Garage, Vehicle, VehicleId, VehicleType},
        reason::{Failure, Reason},
        session::Caller,
        vehicle::Plate,
        vin::Vin,
    },
    store::{Attempts, Unbinding, WriteOutcome},
};
use jiff::Timestamp;

/// So many vehicles that were unbound are remembered of a driver.
const UNBOUND_KEPT: usize = 20;

/// A vehicle as its driver describes it.
#[derive(Clone, Debug)]
pub struct NewVehicle {
    pub plate: Plate,
    pub kind: VehicleType,
    pub vin: Option<Vin>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BindRefused {
    Taken,
    Raced,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UnbindRefused {
    InUse,
    Raced,
}

impl Customers {
    /// Binds a vehicle to the caller. Binding it again is fine, and takes what is new about it.
    pub async fn bind(&self, caller: &Caller, vehicle: &NewVehicle, now: Timestamp) -> Result<(), Failure> {
        let account = &caller.account;
        let NewVehicle { plate, kind, vin } = vehicle.clone();
        let mut wanted = Vehicle { id: self.draw(), plate, kind, vin };
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let driver = self.driver(account).await?;
            let before = driver.vehicles;
            let is_taken = |id: &VehicleId| before.find(*id).is_some() || driver.unbound.contains(id);
            if is_taken(&wanted.id) {
                wanted.id = self.draw();
                continue;
            }
            let writes = self.store.transaction();
            let writes = match before.with(wanted.clone(), self.most_vehicles)? {
                Bound::Already => return Ok(()),
                Bound::Changed(after) => {
                    writes.change_garage(account, (&before, &after), None, now, BindRefused::Raced)
                }
                Bound::Added(after) => writes
                    .claim_plate(&wanted.plate, account, now, BindRefused::Taken)
                    .change_garage(account, (&before, &after), None, now, BindRefused::Raced),
            };
            match writes.commit().await? {
                WriteOutcome::Committed => return Ok(()),
                // The holder may be the caller, whose other request was first: then it stands in the profile by now.
                WriteOutcome::ConditionFailed(BindRefused::Taken, _) if self.holds(caller, &wanted.plate).await? => {}
                WriteOutcome::ConditionFailed(BindRefused::Taken, _) => return Err(Reason::PlateTaken.into()),
                WriteOutcome::ConditionFailed(BindRefused::Raced, _) => {}
            }
        }
    }

    /// Unbinds a vehicle, unless its plate is in the queue, charging, or has an open bill. Bills of other plates do not
    /// matter. One that the caller has unbound already is unbound.
    pub async fn unbind(&self, caller: &Caller, id: VehicleId, now: Timestamp) -> Result<(), Failure> {
        let account = &caller.account;
        let mut standing = caller.standing.clone();
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let driver = self.driver(account).await?;
            let (before, mut unbound) = (driver.vehicles, driver.unbound);
            let Some(vehicle) = before.find(id) else {
                return if unbound.contains(&id) { Ok(()) } else { Err(Reason::NotYours.into()) };
            };
            // Read after the record: a bill that is issued between this and the write shows there.
            let open = self.store.open_bills(account).await?;
            if open.iter().any(|bill| bill.plate == vehicle.plate.as_str()) {
                return Err(Reason::VehicleInUse.into());
            }
            let after: Garage = before.without(id);
            unbound.push(id);
            let unbound = &unbound[unbound.len().saturating_sub(UNBOUND_KEPT)..];
            let unbinding = Unbinding { standing: &standing, unbound };
            let writes = self.store.transaction().require_idle(&vehicle.plate, UnbindRefused::InUse);
            let writes = writes.release_plate(&vehicle.plate, account, UnbindRefused::Raced);
            let writes = writes.change_garage(account, (&before, &after), Some(unbinding), now, UnbindRefused::Raced);
            match writes.commit().await? {
                WriteOutcome::Committed => return Ok(()),
                WriteOutcome::ConditionFailed(UnbindRefused::InUse, _) => return Err(Reason::VehicleInUse.into()),
                WriteOutcome::ConditionFailed(UnbindRefused::Raced, _) => {
                    let record = self.store.sessions(caller.realm, account).await?;
                    standing = record.filter(|record| record.enabled).ok_or(Reason::Unauthorized)?.standing;
                }
            }
        }
    }

    fn draw(&self) -> VehicleId {
        VehicleId::drawn(self.random.u64())
    }

    async fn holds(&self, caller: &Caller, plate: &Plate) -> Result<bool, Failure> {
        Ok(self.driver(&caller.account).await?.vehicles.plates().contains(plate))
    }
}
