//! The functions that are invoked with their own events.

use crate::staff;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use shared::boot::{Error, Function, Parts};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventFunction {
    AuditSealer,
    ChargingScheduler,
    FirstAdmin,
    LocalStaff,
    SmsSender,
}

/// A function that is ready for events.
#[derive(Debug)]
pub enum EventApp {
    AuditSealer(audit_sealer::App),
    ChargingScheduler(charging_scheduler::App),
    FirstAdmin(first_admin::App),
    LocalStaff(staff::App),
    SmsSender(sms_sender::App),
}

impl EventFunction {
    pub const ALL: [Self; 5] =
        [Self::AuditSealer, Self::ChargingScheduler, Self::FirstAdmin, Self::LocalStaff, Self::SmsSender];

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.declared().name == name)
    }

    pub fn declared(self) -> Function {
        match self {
            Self::AuditSealer => audit_sealer::FUNCTION,
            Self::ChargingScheduler => charging_scheduler::FUNCTION,
            Self::FirstAdmin => first_admin::FUNCTION,
            Self::LocalStaff => staff::FUNCTION,
            Self::SmsSender => sms_sender::FUNCTION,
        }
    }

    pub fn app(self, parts: &Parts) -> Result<EventApp, Error> {
        Ok(match self {
            Self::AuditSealer => EventApp::AuditSealer(audit_sealer::App::new(parts)?),
            Self::ChargingScheduler => EventApp::ChargingScheduler(charging_scheduler::App::new(parts)?),
            Self::FirstAdmin => EventApp::FirstAdmin(first_admin::App::new(parts)?),
            Self::LocalStaff => EventApp::LocalStaff(staff::App::new(parts)?),
            Self::SmsSender => EventApp::SmsSender(sms_sender::App::new(parts)?),
        })
    }
}

impl EventApp {
    /// The result of the function, or its error.
    pub async fn handle(&self, event: Value, request: String) -> Result<Value, String> {
        match self {
            Self::AuditSealer(app) => written(app.handle(read(event)?).await.map_err(|error| error.to_string())?),
            Self::ChargingScheduler(app) => written(app.handle(read(event)?).await.map_err(|error| error.to_string())?),
            Self::FirstAdmin(app) => {
                written(app.appoint(read(event)?, request).await.map_err(|error| error.to_string())?)
            }
            Self::LocalStaff(app) => written(app.handle(read(event)?).await?),
            Self::SmsSender(app) => written(app.handle(read(event)?).await),
        }
    }
}

fn read<T: DeserializeOwned>(event: Value) -> Result<T, String> {
    serde_json::from_value(event).map_err(|error| format!("invalid event: {error}"))
}

fn written(answer: impl Serialize) -> Result<Value, String> {
    serde_json::to_value(answer).map_err(|error| error.to_string())
}
