//! SMS codes: asked for, compared, and spent together with what they were asked for.

use super::notifier::Notifier;
use crate::{
    auth::codes::CodeKey,
    domain::{
        account::Realm,
        origin::Origin,
        otp::{Binding, Code, Device, LIFE, Limits, Purpose, Sent},
        phone::Phone,
        reason::{Failure, Reason},
        session::Caller,
        sms::{Content, Letter},
    },
    outside::{queue::SmsQueue, random::Random},
    store::{
        Action, Attempts, AuditEntry, CodeCounts, CodeRow, CodeScope, PhoneCodes, Store, Transaction, WriteOutcome,
    },
};
use futures_util::future::{try_join, try_join_all};
use jiff::Timestamp;
use std::time::Duration;

/// When everything is switched off, there is no point in coming back soon.
const SWITCHED_OFF: Duration = Duration::from_mins(10);

/// Codes of all products.
#[derive(Clone, Debug)]
pub struct Codes {
    store: Store,
    key: CodeKey,
    queue: SmsQueue,
    random: Random,
    limits: Limits,
    /// Tells owners of numbers what codes have changed.
    pub notices: Notifier,
    /// The kill switch: false, and no code goes out.
    enabled: bool,
}

/// Who wants a code for what.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    pub binding: Binding,
    /// What the caller wants stored with the code (#56).
    pub addition: Option<String>,
    /// For what only an account can do: numbers that have none in the product get no message, and the caller is not told.
    pub only_known: bool,
    /// Codes an hour after which the device has to solve a captcha first; none where it has, or never has to.
    pub captcha_after: Option<u32>,
    pub origin: &'a Origin,
    pub now: Timestamp,
}

impl Binding {
    /// What a code is for: one asked for with a session of the product changes that account, any other opens one.
    pub fn asked(product: Realm, caller: Option<&Caller>, phone: Phone, device: Option<Device>) -> Self {
        let caller = caller.filter(|caller| caller.realm == product);
        let purpose = caller.map_or(Purpose::SignIn, |caller| Purpose::Change(caller.account.clone()));
        Self { product, purpose, phone, device }
    }
}

/// A code that was compared and found right. Good for one [`Transaction::spend`].
#[derive(Clone, Debug)]
pub struct Proof {
    pub binding: Binding,
    /// What was given with the ask.
    pub addition: Option<String>,
    nonce: [u8; 16],
    now: Timestamp,
}

impl Proof {
    /// The phone that the person who gave the code holds.
    pub fn phone(&self) -> &Phone {
        &self.binding.phone
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// Spends the code of a right guess with the rest of the transaction. A code that is spent or over by now refuses the
    /// whole, and the answer to that is [`Reason::WrongCode`].
    pub(crate) fn spend(self, proof: &Proof, refused: R) -> Self {
        self.consume_code(&proof.binding, proof.nonce, proof.now, refused)
    }

    /// The same where the transaction makes an account.
    pub(crate) fn spend_on_account(self, proof: &Proof, refused: R) -> Self {
        self.consume_code_for_account(&proof.binding, proof.nonce, proof.now, refused)
    }
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CodeRefusal {
    /// Another request asked for the same phone.
    Raced,
    /// The last place was taken since we looked; `usize` says in which scope.
    Full(usize),
    Job,
}

impl Codes {
    pub fn new(store: Store, key: CodeKey, queue: SmsQueue, random: Random, limits: Limits, enabled: bool) -> Self {
        let notices = Notifier::new(store.clone(), queue.clone(), random.clone(), enabled);
        Self { store, key, queue, random, limits, notices, enabled }
    }

    /// Has a code sent. Known, unknown and closed numbers do the same work and get the same answer; only limits are told.
    pub async fn ask(&self, ask: &Ask<'_>) -> Result<(), Failure> {
        if !self.enabled {
            return Err(Failure::throttled(SWITCHED_OFF));
        }
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            if let Some(job) = self.try_ask(ask).await? {
                return self.queue.send(job).await;
            }
        }
    }

    /// The id of the message, or none when another request asked for the same phone meanwhile.
    async fn try_ask(&self, ask: &Ask<'_>) -> Result<Option<String>, Failure> {
        let (binding, now) = (&ask.binding, ask.now);
        let scopes = self.scopes(ask);
        let counting = scopes.iter().map(|scope| self.store.counted(scope, now));
        let (phone, counted) = try_join(self.store.phone_codes(&binding.phone), try_join_all(counting)).await?;
        let sent = phone.sent.one_more(&self.limits, now).map_err(Failure::throttled)?;
        if let Some(wait) = scopes.iter().zip(&counted).find_map(|(scope, counted)| scope.wait(counted, now)) {
            return Err(Failure::throttled(wait));
        }
        if binding.device.is_some()
            && let (Some(most), Some(device)) = (ask.captcha_after, counted.first())
            && device.in_the_last_hour(now) >= most
        {
            return Err(Reason::CaptchaWanted.into());
        }
        let history = CodeHistory { phone: &phone, scopes: &scopes, counted: &counted };
        self.save(ask, &history, &sent).await
    }

    async fn save(&self, ask: &Ask<'_>, history: &CodeHistory<'_>, sent: &Sent) -> Result<Option<String>, Failure> {
        let (binding, now) = (&ask.binding, ask.now);
        let (nonce, job) = (self.random.bytes(), format!("{:032x}", self.random.u128()));
        let row = CodeRow::new(nonce, binding.device.as_ref(), ask.addition.clone(), now);
        let content = Content::Code {
            binding: binding.clone(),
            nonce,
            until: now + LIFE,
            known_in: ask.only_known.then_some(binding.product),
            muted: history.phone.tries.is_closed(now),
        };
        let letter = Letter { to: binding.phone.clone(), content };
        let mut writes =
            self.store.transaction().record_sent_code(&binding.phone, history.phone, sent, now, CodeRefusal::Raced);
        for (n, (scope, counted)) in history.scopes.iter().zip(history.counted).enumerate() {
            writes = writes.count_sent_code(scope, counted, now, CodeRefusal::Full(n));
        }
        match writes.put_code(binding, &row).create_sms_job(&job, &letter, now, CodeRefusal::Job).commit().await? {
            WriteOutcome::Committed => Ok(Some(job)),
            WriteOutcome::ConditionFailed(CodeRefusal::Raced | CodeRefusal::Job, _) => Ok(None),
            WriteOutcome::ConditionFailed(CodeRefusal::Full(n), _) => {
                let wait = history.scopes.get(n).map_or(Duration::from_mins(1), |scope| scope.longest_wait(now));
                Err(Failure::throttled(wait))
            }
        }
    }

    /// Who is counted: the device first, where there is one.
    fn scopes(&self, ask: &Ask<'_>) -> Vec<CodeScope> {
        let Binding { product, phone, device, .. } = &ask.binding;
        let device = device.as_ref().map(|device| CodeScope::device(*product, device, phone, &self.limits));
        let address = CodeScope::address(ask.origin.address, &self.limits);
        device.into_iter().chain([address, CodeScope::product(*product, &self.limits)]).collect()
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
        let (binding, row) = self.newest(binding).await?.ok_or(Reason::WrongCode)?;
        match self.compare(binding, row, given, origin, now).await? {
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
        let row = self.row(&binding).await?.ok_or(Reason::WrongCode)?;
        match self.compare(binding, row, given, origin, now).await? {
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
        let Some(row) = self.row(&binding).await?.filter(CodeRow::has_made_account) else { return Ok(None) };
        self.compare(binding, row, given, origin, now).await?;
        Ok(Some(registered()))
    }

    /// The code for this purpose. In the documents that name no purpose of a code, a change of an account takes one that was
    /// asked for without its session, too: it went to the same phone for the same device, and the caller who gives it has the
    /// session. Of the two the newer one counts.
    async fn newest(&self, binding: Binding) -> Result<Option<(Binding, CodeRow)>, Failure> {
        let tells_purposes = !matches!(binding.product, Realm::MallAgent | Realm::MallDealer | Realm::Cloud);
        if binding.purpose.account().is_none() || tells_purposes {
            return Ok(self.row(&binding).await?.map(|row| (binding, row)));
        }
        let without_session = Binding { purpose: Purpose::SignIn, ..binding.clone() };
        let (with, without) = try_join(self.row(&binding), self.row(&without_session)).await?;
        let both = with.map(|row| (binding, row)).into_iter().chain(without.map(|row| (without_session, row)));
        Ok(both.max_by_key(|(_, row)| row.expires()))
    }

    async fn row(&self, binding: &Binding) -> Result<Option<CodeRow>, Failure> {
        let row = self.store.code(binding.product, &binding.phone, &binding.purpose).await?;
        Ok(row.filter(|row| row.is_for(binding.device.as_ref())))
    }

    /// The try is counted before anything is compared, so a thousand parallel guesses are a thousand tries, of which five
    /// are looked at.
    async fn compare(
        &self,
        binding: Binding,
        row: CodeRow,
        given: &Code,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Compared, Failure> {
        if !self.store.count_code_try(&binding, &row, now).await? {
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
        Ok(Compared::Right(Proof { binding, addition: row.addition, nonce, now }))
    }

    /// Marks a right code as shown to be right, without using it up (#20); it is compared again when it is used.
    pub async fn mark_verified(&self, proof: &Proof) -> Result<(), Failure> {
        let writes = self.store.transaction().verify_code(&proof.binding, proof.nonce, proof.now, ());
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

/// What an ask was decided on.
struct CodeHistory<'a> {
    phone: &'a PhoneCodes,
    scopes: &'a [CodeScope],
    counted: &'a [CodeCounts],
}
