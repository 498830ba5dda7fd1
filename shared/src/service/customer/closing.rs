//! The end of an account.

use super::Customers;
use crate::{
    domain::{
        origin::Origin,
        reason::{Failure, Reason},
        session::Caller,
    },
    service::pictures::Relinked,
    store::{Action, Attempts, AuditEntry, WriteOutcome},
};
use jiff::Timestamp;

impl Customers {
    /// Closes the caller's account. Every session ends, the plates, the phone and the user name are free for others, and
    /// what is personal is gone: names, address, phone, avatar, vehicles. Bills, detail records and the trail stay under
    /// the account's number, as the law on accounts asks. Refused while something is charging or unpaid.
    pub async fn close(&self, caller: &Caller, origin: &Origin, now: Timestamp) -> Result<(), Failure> {
        caller.demand_recent_sign_in(now)?;
        let account = &caller.account;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let record = self.store.sessions(caller.realm, account).await?;
            let standing = record.filter(|record| record.enabled).ok_or(Reason::Unauthorized)?.standing;
            if standing.charge.is_some() {
                return Err(Failure::from(Reason::WrongState).saying("有进行中的充电请求，不能注销账户"));
            }
            if !self.store.open_bills(account).await?.is_empty() {
                return Err(Failure::from(Reason::WrongState).saying("有未结清的账单，不能注销账户"));
            }
            let driver = self.driver(account).await?;
            let mut writes = self.store.transaction().close_driver(account, (&driver, &standing), ());
            if let Some(avatar) = &driver.avatar {
                writes = writes.drop_picture(avatar, now);
            }
            let entry = AuditEntry {
                at: now,
                action: Action::AccountClosed,
                realm: caller.realm,
                station: None,
                subject: Some(account.clone()),
                actor: Some(account.clone()),
                role: Some(caller.role),
                address: Some(origin.address),
                request: origin.request.clone(),
                id: self.random.u128(),
            };
            match writes.audit(&entry).commit().await? {
                WriteOutcome::Committed => {
                    let relinked = Relinked { dropped: driver.avatar.into_iter().collect(), ..Relinked::default() };
                    self.pictures.follow(&relinked).await;
                    return Ok(());
                }
                WriteOutcome::ConditionFailed((), _) => {}
            }
        }
    }
}
