//! Seals the audit trail into its hash chain and removes what retention has ended for. A function of its own, because it alone
//! may delete entries and write the chain, and takes nothing from callers.

use serde::Deserialize;
use shared::{
    boot::{AUDIT_CHAIN, Error, Function, Parts, TABLES},
    domain::reason::Failure,
    outside::{
        clock::Clock,
        metrics::{Metric, Property, Sink},
    },
    service::audit_chain::{AuditChain, SealingRun},
};

/// What the function needs from its environment.
pub const FUNCTION: Function = Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, AUDIT_CHAIN] };

#[derive(Debug)]
pub struct App {
    pub chain: AuditChain,
    pub clock: Clock,
    pub sink: Sink,
}

/// `{"seal":true}`, from a schedule.
#[derive(Debug, Deserialize)]
pub struct Event {}

/// The run could not be done; the schedule comes again.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Broken(String);

impl App {
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        Ok(Self { chain: parts.audit_chain()?, clock: parts.clock.clone(), sink: parts.sink.clone() })
    }

    pub async fn handle(&self, _: Event) -> Result<SealingRun, Broken> {
        let now = self.clock.now().real;
        let run = self.chain.run(now).await?;
        let metrics = [
            Metric::flag("AuditSealing", true),
            Metric::count("AuditSealed", run.sealed),
            Metric::count("AuditRemoved", run.removed),
        ];
        self.sink.emit(now, &metrics, &[("function", Property::Text(FUNCTION.name))]);
        Ok(run)
    }
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Self(failure.detail().unwrap_or_else(|| failure.text()).to_owned())
    }
}
