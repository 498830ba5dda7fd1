//! SMS codes: asked for, compared, and spent together with what they were asked for.

pub use super::ask_code::Ask;
use super::notifier::Notifier;
use crate::{
    auth::codes::CodeKey,
    domain::{
        account::Realm,
        origin::Origin,
        otp::{Binding, Code, Device, Limits, Purpose},
        phone::Phone,
        reason::{Failure, Reason},
        session::Caller,
    },
    outside::{queue::SmsQueue, random::Random},
    store::{Action, AuditEntry, CodePlace, CodeRow, Store, Transaction, WriteOutcome},
};
use futures_util::future::try_join;
use jiff::Timestamp;

/// Codes of all products.
#[derive(Clone, Debug)]
pub struct Codes {
    pub(super) store: Store,
    key: CodeKey,
    pub(super) queue: SmsQueue,
    pub(super) random: Random,
    pub(super) limits: Limits,
    /// Tells owners of numbers what codes have changed.
    pub notices: Notifier,
    /// The kill switch: false, and no code goes out.
    pub(super) enabled: bool,
}

impl Binding {
    /// What a code is for: one asked for with a session of the product changes that account, any other opens one.
    pub fn asked(product: Realm, caller: Option<&Caller>, phone: Phone, device: Option<Device>) -> Self {
        let caller = caller.filter(|caller| caller.realm == product);
        let purpose = caller.map_or(Purpose::SignIn, |caller| Purpose::Change(caller.account.clone()));
        Self { product, purpose, phone, device }
    }

    /// The same, bound to the device that the caller shows where the document names none: the asks and guesses of others
    /// neither replace its code then nor use it up.
    pub(super) fn bound_to(self, origin: &Origin) -> Self {
        let shown = origin.device.as_ref().filter(|device| device.realm == self.product);
        let device = self.device.or_else(|| shown.map(|device| Device::known(format!("~{}", device.id))));
        Self { device, ..self }
    }
}

/// A code that was compared and found right. Good for one [`Transaction::spend`].
#[derive(Clone, Debug)]
pub struct Proof {
    pub binding: Binding,
    /// What was given with the ask.
    pub addition: Option<String>,
    place: CodePlace,
    nonce: [u8; 16],
    now: Timestamp,
}

impl Proof {
    fn code(&self) -> (&Binding, CodePlace, [u8; 16]) {
        (&self.binding, self.place, self.nonce)
    }

    /// The phone that the person who gave the code holds.
    pub fn phone(&self) -> &Phone {
        &self.binding.phone
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// Spends the code of a right guess with the rest of the transaction. A code that is spent or over by now refuses the
    /// whole, and the answer to that is [`Reason::WrongCode`].
    pub(crate) fn spend(self, proof: &Proof, refused: R) -> Self {
        self.consume_code(proof.code(), false, proof.now, refused)
    }

    /// The same where the transaction makes an account.
    pub(crate) fn spend_on_account(self, proof: &Proof, refused: R) -> Self {
        self.consume_code(proof.code(), true, proof.now, refused)
    }
}

/// A code of the caller's device, before it is compared.
struct FoundCode {
    binding: Binding,
    place: CodePlace,
    row: CodeRow,
}

/// What comparing a code came to, when it is the right one.
enum Compared {
    Right(Proof),
    Used { made_account: bool },
}

/// As every wrong code, and what to do about it.
fn used() -> Failure {
    Failure::from(Reason::WrongCode).saying("手机验证码错误：该验证码已使用过，请重新获取")
}

fn registered() -> Failure {
    Failure::from(Reason::UsernameTaken).saying("用户已存在，请直接登录")
}

impl Codes {
    pub fn new(store: Store, key: CodeKey, queue: SmsQueue, random: Random, limits: Limits, enabled: bool) -> Self {
        let notices = Notifier::new(store.clone(), queue.clone(), random.clone(), enabled);
        Self { store, key, queue, random, limits, notices, enabled }
    }

    /// Compares a code. Wrong, expired and never sent are one answer; that it was used is told to a caller who gives the right
    /// one from the same device.
    pub async fn check(
        &self,
        binding: Binding,
        given: &Code,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Proof, Failure> {
        let found = self.newest(binding.bound_to(origin)).await?.ok_or(Reason::WrongCode)?;
        match self.compare(found, given, origin, now).await? {
            Compared::Right(proof) => Ok(proof),
            Compared::Used { .. } => Err(used()),
        }
    }

    /// The same for a code that is to make an account. Where it has made one, the registration was sent again because its
    /// answer was lost, and is told that the account is there.
    pub async fn check_to_register(
        &self,
        binding: Binding,
        given: &Code,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Proof, Failure> {
        let found = self.find(binding.bound_to(origin)).await?.ok_or(Reason::WrongCode)?;
        match self.compare(found, given, origin, now).await? {
            Compared::Right(proof) => Ok(proof),
            Compared::Used { made_account: true } => Err(registered()),
            Compared::Used { made_account: false } => Err(used()),
        }
    }

    /// What a registration that is refused for another reason learns: that this code has made an account, if it has.
    pub async fn registered_with(
        &self,
        binding: Binding,
        given: &Code,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Option<Failure>, Failure> {
        let found = self.find(binding.bound_to(origin)).await?;
        let Some(found) = found.filter(|found| found.row.has_made_account()) else { return Ok(None) };
        self.compare(found, given, origin, now).await?;
        Ok(Some(registered()))
    }

    /// The code for this purpose. In the documents that name no purpose of a code, a change of an account takes one that was
    /// asked for without its session, too: it went to the same phone for the same device, and the caller who gives it has the
    /// session. Of the two the newer one counts.
    async fn newest(&self, binding: Binding) -> Result<Option<FoundCode>, Failure> {
        let tells_purposes = !matches!(binding.product, Realm::MallAgent | Realm::MallDealer | Realm::Cloud);
        if binding.purpose.account().is_none() || tells_purposes {
            return self.find(binding).await;
        }
        let without_session = Binding { purpose: Purpose::SignIn, ..binding.clone() };
        let (with, without) = try_join(self.find(binding), self.find(without_session)).await?;
        Ok(with.into_iter().chain(without).max_by_key(|found| found.row.expires()))
    }

    async fn find(&self, binding: Binding) -> Result<Option<FoundCode>, Failure> {
        let found = self.store.code(&binding).await?;
        Ok(found.map(|(place, row)| FoundCode { binding, place, row }))
    }

    /// The try is counted before anything is compared, so a thousand parallel guesses are a thousand tries, of which five
    /// are looked at.
    async fn compare(
        &self,
        FoundCode { binding, place, row }: FoundCode,
        given: &Code,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Compared, Failure> {
        if !self.store.count_code_try((&binding, place), &row, now).await? {
            return Err(Reason::WrongCode.into());
        }
        let nonce = row.nonce();
        if !self.key.is_right(given, &binding, &nonce) {
            self.note_wrong(&binding, origin, now).await;
            return Err(Reason::WrongCode.into());
        }
        if row.is_consumed() {
            return Ok(Compared::Used { made_account: row.has_made_account() });
        }
        Ok(Compared::Right(Proof { binding, addition: row.addition, place, nonce, now }))
    }

    /// Marks a right code as shown to be right, without using it up (#20); it is compared again when it is used.
    pub async fn mark_verified(&self, proof: &Proof) -> Result<(), Failure> {
        let writes = self.store.transaction().verify_code(proof.code(), proof.now, ());
        match writes.commit().await? {
            WriteOutcome::Committed => Ok(()),
            WriteOutcome::ConditionFailed((), _) => Err(Reason::WrongCode.into()),
        }
    }

    /// Best effort, as for a failed sign-in.
    async fn note_wrong(&self, binding: &Binding, origin: &Origin, now: Timestamp) {
        let entry = AuditEntry {
            at: now,
            action: Action::CodeRefused,
            realm: binding.product,
            station: None,
            subject: binding.purpose.account().cloned(),
            actor: None,
            role: None,
            address: Some(origin.address),
            request: origin.request.clone(),
            id: self.random.u128(),
        };
        if let Err(failure) = self.store.audit_failure(&entry).await {
            tracing::warn!(detail = failure.detail(), "audit entry of a wrong SMS code was not written");
        }
    }
}
