//! What a hundred wrong passwords in a row lead to: the password alone opens nothing any more, a code does.

use super::sign_in::{Attempt, SignIn};
use crate::{
    domain::{
        account::Realm,
        reason::{Failure, Reason},
    },
    store::{LoginCredential, LoginRecord},
};

impl SignIn {
    /// Refused until a sign-in or a reset by code has ended the series, which a guesser cannot do. No owner is locked
    /// out by it: an account that no code can reach goes on with the longest wait between two tries.
    pub(super) async fn refuse_without_second_proof(
        &self,
        attempt: &Attempt<'_>,
        record: &LoginRecord,
    ) -> Result<(), Failure> {
        if record.failures.want_second_proof() && self.reaches_by_code(attempt, record.credential.as_ref()).await? {
            return Err(Reason::SecondProofWanted.into());
        }
        Ok(())
    }

    /// Whether a telephone is bound to the account. An unknown name is answered as if there were one.
    async fn reaches_by_code(
        &self,
        attempt: &Attempt<'_>,
        credential: Option<&LoginCredential>,
    ) -> Result<bool, Failure> {
        let Some(credential) = credential else { return Ok(true) };
        Ok(match attempt.realm {
            Realm::Ev => self.store.driver(&credential.account).await?.is_some_and(|driver| driver.phone.is_some()),
            Realm::Cloud => match &credential.tenant {
                Some(tenant) => {
                    let account = self.store.cloud_account(tenant, &attempt.name).await?;
                    account.is_some_and(|account| account.phone.is_some())
                }
                None => false,
            },
            // They sign in with the number itself.
            Realm::MallDealer => true,
            // Consumers and agents have no password, staff no telephone.
            Realm::MallConsumer | Realm::MallAgent | Realm::Shop | Realm::Platform => false,
        })
    }
}
