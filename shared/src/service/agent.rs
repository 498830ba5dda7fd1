//! Agents of the mall: where their papers stand, and changing to another telephone's account (#12, #13).

use super::mall_user::{CodeWithOpenId, MallUsers, OpenIdBinding};
use crate::{
    auth::tokens::IssuedToken,
    domain::{
        account::Realm,
        open_id::OpenId,
        origin::Origin,
        otp::Binding,
        papers::PapersStatus,
        phone::Phone,
        reason::{Failure, Reason},
        session::Caller,
    },
};
use jiff::Timestamp;

const REALM: Realm = Realm::MallAgent;

/// What an agent's app shows of its owner.
#[derive(Clone, Debug)]
pub struct AgentProfile {
    pub phone: Phone,
    pub open_id: Option<OpenId>,
}

/// The accounts of agents.
#[derive(Clone, Debug)]
pub struct Agents {
    pub users: MallUsers,
}

impl Agents {
    pub fn new(users: MallUsers) -> Self {
        Self { users }
    }

    /// The caller's own telephone and openId.
    pub async fn profile(&self, caller: &Caller) -> Result<AgentProfile, Failure> {
        let own = self.users.store.mall_user(REALM, &caller.account).await?.ok_or(Reason::WrongState)?;
        Ok(AgentProfile { phone: own.phone, open_id: own.open_id })
    }

    /// #12: where an agent's papers stand; an unknown agent has submitted none. Agents ask about their own telephone, staff of
    /// the platform about any.
    pub async fn status(&self, caller: &Caller, phone: &Phone) -> Result<PapersStatus, Failure> {
        let holder = self.users.store.phone_holder(REALM, phone).await?.map(|holder| holder.account);
        if caller.realm == REALM && holder.as_ref() != Some(&caller.account) {
            return Err(Reason::NotYours.into());
        }
        let Some(account) = holder else { return Ok(PapersStatus::None) };
        Ok(self.users.store.papers(REALM, &account).await?.map_or(PapersStatus::None, |papers| papers.status))
    }

    /// #13: the openId leaves the caller's account for that of another telephone, which a code proves; an account that
    /// the telephone has is taken, none is made twice. The caller's session ends, and the answer is one of that account.
    pub async fn switch(
        &self,
        caller: &Caller,
        wish: CodeWithOpenId,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<IssuedToken, Failure> {
        let CodeWithOpenId { open_id, phone, code } = wish;
        let own = self.users.store.mall_user(REALM, &caller.account).await?;
        let own = own.filter(|own| own.open_id.as_ref() == Some(&open_id)).ok_or(Reason::NotYours)?;
        let binding = Binding::asked(REALM, Some(caller), phone, Some((&open_id).into()));
        let proof = self.users.codes.check(binding, &code, origin, now).await?;
        if *proof.phone() == own.phone {
            return Err(Reason::PhoneTaken.into());
        }
        self.users.seat(&OpenIdBinding { proof: &proof, open_id: &open_id, leaving: Some(caller), origin, now }).await
    }
}
