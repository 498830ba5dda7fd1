//! Consumers and agents of the mall: a code signs them in, and their openId comes along (#8 to #11).

mod seat;

pub(super) use seat::OpenIdBinding;

use super::codes::{Ask, Codes};
use crate::{
    auth::tokens::{IssuedToken, Issuer},
    domain::{
        account::{Realm, Role},
        open_id::OpenId,
        origin::Origin,
        otp::{Binding, Code},
        phone::Phone,
        reason::Failure,
        session::Caller,
    },
    outside::random::Random,
    store::Store,
};
use jiff::Timestamp;

/// The accounts of consumers, or those of agents. They have no password, so nothing here hashes.
#[derive(Clone, Debug)]
pub struct MallUsers {
    pub(super) store: Store,
    pub(super) codes: Codes,
    issuer: Issuer,
    random: Random,
    role: Role,
}

/// A telephone with the code that went to it, and the openId that is to be its account's.
#[derive(Debug)]
pub struct CodeWithOpenId {
    pub open_id: OpenId,
    pub phone: Phone,
    pub code: Code,
}

impl MallUsers {
    /// `role` says whose accounts these are.
    pub fn new(store: Store, codes: Codes, issuer: Issuer, random: Random, role: Role) -> Self {
        Self { store, codes, issuer, random, role }
    }

    fn realm(&self) -> Realm {
        self.role.realm()
    }

    /// #8, #10: has a code sent. One that an agent's session asks for serves that agent's change (#13), any other signs in.
    pub async fn send_code(
        &self,
        caller: Option<&Caller>,
        (open_id, phone): (&OpenId, Phone),
        origin: &Origin,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let binding = Binding::asked(self.realm(), caller, phone, Some(open_id.into()));
        self.codes.ask(&Ask { binding, addition: None, only_known: false, captcha_after: None, origin, now }).await
    }

    /// #9, #11: signs in the holder of the telephone, makes the account of one that is new, and binds the openId to it.
    pub async fn sign_in(
        &self,
        given: CodeWithOpenId,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<IssuedToken, Failure> {
        let CodeWithOpenId { open_id, phone, code } = given;
        let binding = Binding::asked(self.realm(), None, phone, Some((&open_id).into()));
        let proof = self.codes.check(binding, &code, origin, now).await?;
        self.seat(&OpenIdBinding { proof: &proof, open_id: &open_id, leaving: None, origin, now }).await
    }
}
