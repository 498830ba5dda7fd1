//! Who a proved telephone is, and whose an openId is from now on, in one transaction with the code and the session.

use super::MallUsers;
use crate::{
    auth::tokens::{IssuedToken, Session},
    domain::{
        account::AccountId,
        open_id::{OpenId, Rebinding},
        origin::Origin,
        reason::{Failure, Reason},
        session::{Caller, Sessions},
    },
    service::codes::Proof,
    store::{
        Action, Attempts, AuditEntry, MallUser, OpenIdHolder, PhoneHolder, Transaction, WriteOutcome, sessions_of,
    },
};
use futures_util::future::try_join;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A telephone that was proved and the openId that goes with it.
#[derive(Clone, Copy, Debug)]
pub struct OpenIdBinding<'a> {
    pub proof: &'a Proof,
    pub open_id: &'a OpenId,
    /// The caller who gives up the openId and this session for it (#13).
    pub leaving: Option<&'a Caller>,
    pub origin: &'a Origin,
    pub now: Timestamp,
}

/// Whose telephone and openId are, as was read.
struct Holders {
    account: Option<AccountId>,
    /// The account's own openId, where it is not the one asked for.
    its_own: Option<OpenId>,
    holder: Option<AccountId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SeatRefusal {
    Code,
    /// The session that is to end has ended.
    Left,
    /// Too many sessions, or the account is locked.
    Session,
    /// The telephone or an openId belongs to another account by now.
    Raced,
}

impl MallUsers {
    /// Opens a session of the account that has the telephone, which is made if there is none, and sees to it that the
    /// openId is that account's and no other's. A locked account is answered like a wrong code.
    pub(in crate::service) async fn seat(&self, by: &OpenIdBinding<'_>) -> Result<IssuedToken, Failure> {
        let mut crowded: Option<Sessions> = None;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let holders = self.holders(by).await?;
            if by.leaving.is_some_and(|caller| holders.holder.as_ref() != Some(&caller.account)) {
                return Err(Reason::NotYours.into());
            }
            let account = holders.account.clone().unwrap_or_else(|| AccountId::opaque(self.random.u128()));
            let session = Session::begin(self.realm(), account.clone(), &self.random, by.now);
            let writes = self.store.transaction().spend(by.proof, SeatRefusal::Code);
            let writes = match by.leaving {
                Some(caller) => {
                    writes.end_live_session((caller.realm, &caller.account), &caller.session, SeatRefusal::Left)
                }
                None => writes,
            };
            let writes = if holders.account.is_some() {
                self.open(writes, &session, crowded.as_ref(), by)
            } else {
                self.create(writes, &session, by)
            };
            match self.bind(writes, &holders, &account, by).commit().await? {
                WriteOutcome::Committed => return self.issuer.issue(&session),
                WriteOutcome::ConditionFailed(SeatRefusal::Code, _) => return Err(Reason::WrongCode.into()),
                WriteOutcome::ConditionFailed(SeatRefusal::Left, _) => return Err(Reason::Unauthorized.into()),
                WriteOutcome::ConditionFailed(SeatRefusal::Session, item) => match sessions_of(item)? {
                    Some(sessions) if sessions.enabled => crowded = Some(sessions),
                    _ => return Err(Reason::WrongCode.into()),
                },
                WriteOutcome::ConditionFailed(SeatRefusal::Raced, _) => {}
            }
        }
    }

    async fn holders(&self, by: &OpenIdBinding<'_>) -> Result<Holders, Failure> {
        let realm = self.realm();
        let phone = self.store.phone_holder(realm, by.proof.phone());
        let (phone, open_id) = try_join(phone, self.store.open_id_holder(realm, by.open_id)).await?;
        let (account, holder) = (phone.map(|it| it.account), open_id.map(|it| it.account));
        let its_own = match &account {
            Some(account) if holder.as_ref() != Some(account) => self.store.mall_user(realm, account).await?,
            _ => None,
        };
        Ok(Holders { account, its_own: its_own.and_then(|user| user.open_id), holder })
    }

    /// One more session of an account that is there.
    fn open<'t>(
        &self,
        writes: Transaction<'t, SeatRefusal>,
        session: &Session,
        crowded: Option<&Sessions>,
        by: &OpenIdBinding<'_>,
    ) -> Transaction<'t, SeatRefusal> {
        let account = (session.realm, &session.account);
        let writes = match crowded {
            None => writes.add_session(account, &session.id, session.ends(), SeatRefusal::Session),
            Some(before) => {
                let live = before.with(session.id.clone(), session.ends(), by.now);
                writes.replace_sessions(account, before, &live, SeatRefusal::Session)
            }
        };
        writes.audit(&self.entry(Action::SignedIn, &session.account, &session.account, by))
    }

    /// The account of a telephone that no account has yet.
    fn create<'t>(
        &self,
        writes: Transaction<'t, SeatRefusal>,
        session: &Session,
        by: &OpenIdBinding<'_>,
    ) -> Transaction<'t, SeatRefusal> {
        let (realm, account, phone) = (session.realm, &session.account, by.proof.phone());
        let live = BTreeMap::from([(session.id.clone(), session.ends())]);
        let sessions = Sessions { live, ..Sessions::of_new(self.role, vec![]) };
        let user = MallUser::new(phone.clone(), by.open_id.clone(), by.now);
        writes
            .claim_phone(realm, phone, &PhoneHolder::new(account, None, by.now), SeatRefusal::Raced)
            .create_mall_user(realm, account, &user, SeatRefusal::Raced)
            .open_sessions(realm, account, &sessions, SeatRefusal::Raced)
            .audit(&self.entry(Action::AccountCreated, account, account, by))
    }

    /// Moves the openId to the account, away from its holder. The account's old openId becomes free.
    fn bind<'t>(
        &self,
        writes: Transaction<'t, SeatRefusal>,
        holders: &Holders,
        account: &AccountId,
        by: &OpenIdBinding<'_>,
    ) -> Transaction<'t, SeatRefusal> {
        let (realm, open_id, now) = (self.realm(), by.open_id, by.now);
        let its_own = holders.its_own.as_ref();
        let Some(change) = Rebinding::of(open_id, holders.holder.as_ref(), (account, its_own)) else { return writes };
        let actor = by.leaving.map_or(account, |caller| &caller.account);
        let writes = match change.loser {
            None => {
                let holder = OpenIdHolder { account: account.clone(), since: now };
                writes.claim_open_id(realm, open_id, &holder, SeatRefusal::Raced)
            }
            Some(loser) => writes
                .transfer_open_id((realm, open_id), (loser, account), now, SeatRefusal::Raced)
                .change_open_id((realm, loser), (Some(open_id), None), now, SeatRefusal::Raced)
                .audit(&self.entry(Action::OpenIdLost, loser, actor, by)),
        };
        let writes = match change.given_up {
            None => writes,
            Some(old) => writes.release_open_id(realm, old, account, SeatRefusal::Raced),
        };
        if holders.account.is_none() {
            return writes;
        }
        writes.change_open_id((realm, account), (its_own, Some(open_id)), now, SeatRefusal::Raced).audit(&self.entry(
            Action::OpenIdBound,
            account,
            actor,
            by,
        ))
    }

    fn entry(&self, action: Action, subject: &AccountId, actor: &AccountId, by: &OpenIdBinding<'_>) -> AuditEntry {
        AuditEntry {
            at: by.now,
            action,
            realm: self.realm(),
            station: None,
            subject: Some(subject.clone()),
            actor: Some(actor.clone()),
            role: Some(self.role),
            address: Some(by.origin.address),
            request: by.origin.request.clone(),
            id: self.random.u128(),
        }
    }
}
