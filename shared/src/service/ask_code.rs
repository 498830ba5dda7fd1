//! Asking for an SMS code. What is counted here is asks, per device, address, and phone in one realm; messages are counted
//! where they are sent.

use super::codes::Codes;
use crate::{
    domain::{
        account::{AccountId, Realm},
        device::KnownDevice,
        open_id::OpenId,
        origin::Origin,
        otp::{AskLane, Binding, CaptchaAfter, LIFE, Sent, Share, Window},
        reason::{Failure, Reason},
        sms::{Content, Letter},
    },
    store::{Attempts, CodeCounts, CodePlace, CodeRow, CodeScope, PhoneCodes, RealmPhone, SentList, WriteOutcome},
};
use futures_util::future::{OptionFuture, try_join_all, try_join4};
use jiff::Timestamp;
use std::time::Duration;

/// When everything is switched off, there is no point in coming back soon.
const SWITCHED_OFF: Duration = Duration::from_mins(10);

/// Who wants a code for what.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    pub binding: Binding,
    /// What the caller wants kept with the code (#56).
    pub addition: Option<String>,
    /// For what only an account can do: numbers that have none in the product get no message, and the caller is not told.
    pub only_known: bool,
    /// Codes an hour after which the caller has to solve a captcha first; none where it has, or never has to.
    pub captcha_after: Option<CaptchaAfter>,
    pub origin: &'a Origin,
    pub now: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CodeRefusal {
    /// Another ask for the same phone came first.
    Raced,
    /// Another device has a live code in the shared place.
    Occupied,
    /// The last place was taken since we looked; `usize` says in which scope.
    Full(usize),
    Job,
}

/// How a round of an ask ended.
enum Round {
    /// The id of the message.
    Stored(String),
    Again(CodePlace),
}

/// What an ask is decided on.
struct CodeHistory {
    lane: AskLane,
    share: Share,
    asks: PhoneCodes,
    /// Those that count this ask.
    scopes: Vec<(CodeScope, CodeCounts)>,
}

impl Codes {
    /// Has a code sent. Known, unknown and closed numbers do the same work and get the same answer; only limits are told.
    pub async fn ask(&self, ask: &Ask<'_>) -> Result<(), Failure> {
        if !self.enabled {
            return Err(Failure::throttled(SWITCHED_OFF));
        }
        let ask = Ask { binding: ask.binding.clone().bound_to(ask.origin), ..ask.clone() };
        let (mut place, mut attempts) = (CodePlace::Shared, Attempts::default());
        loop {
            attempts.begin()?;
            match self.try_ask(&ask, place).await? {
                Round::Stored(job) => return self.queue.send(job).await,
                Round::Again(next) => place = next,
            }
        }
    }

    async fn try_ask(&self, ask: &Ask<'_>, place: CodePlace) -> Result<Round, Failure> {
        let (seen, unknown_numbers) = self.see(ask).await?;
        let now = ask.now;
        let sent = seen.asks.sent.one_more(&self.limits, now);
        let sent = sent.map_err(|wait| Failure::throttled(wait).by("phone"))?;
        if let Some((scope, wait)) =
            seen.scopes.iter().find_map(|(scope, counted)| Some((scope, scope.wait(counted, now)?)))
        {
            return Err(Failure::throttled(wait).by(scope.name));
        }
        if self.wants_captcha(ask, &seen, &unknown_numbers) {
            return Err(Reason::CaptchaWanted.into());
        }
        self.save(ask, &seen, &sent, place).await
    }

    /// Reads all that is needed at once, and the same whether the number is known.
    async fn see(&self, ask: &Ask<'_>) -> Result<(CodeHistory, CodeCounts), Failure> {
        let (Binding { product, phone, device, .. }, now) = (&ask.binding, ask.now);
        let device = device.as_ref().map(|device| CodeScope::device(*product, device, phone, &self.limits));
        let scopes: Vec<_> = device.into_iter().chain([CodeScope::address(ask.origin.address, &self.limits)]).collect();
        let messages = CodeScope::product(*product, Share::UnknownNumber, &self.limits);
        let load = OptionFuture::from(ask.captcha_after.map(|_| self.store.counted(&messages, now)));
        let reads = try_join4(
            self.store.realm_phone(*product, phone),
            self.owner_of_open_id(&ask.binding),
            try_join_all(scopes.iter().map(|scope| self.store.counted(scope, now))),
            async { load.await.transpose() },
        );
        // Four reads at once make a large future, which every caller would hold.
        let (of_phone, owner, counted, load) = Box::pin(reads).await?;
        let is_known = is_known_device(ask, &of_phone, owner.as_ref());
        let lane = AskLane::of(is_known, ask.only_known);
        let seen = CodeHistory {
            lane,
            share: Share::of(is_known, of_phone.holder.is_some()),
            asks: of_phone.asks(lane),
            // What others behind the same address ask for must not keep a known device out.
            scopes: if is_known { Vec::new() } else { scopes.into_iter().zip(counted).collect() },
        };
        Ok((seen, load.unwrap_or_default()))
    }

    /// In the mall's two documents without passwords, the device is the openId, which belongs to one account.
    async fn owner_of_open_id(&self, binding: &Binding) -> Result<Option<AccountId>, Failure> {
        let has_open_id = matches!(binding.product, Realm::MallConsumer | Realm::MallAgent);
        let device = binding.device.as_ref().filter(|_| has_open_id);
        let Some(open_id) = device.and_then(|device| OpenId::parse(device.as_str()).ok()) else { return Ok(None) };
        Ok(self.store.open_id_holder(binding.product, &open_id).await?.map(|holder| holder.account))
    }

    /// Whether the caller has to solve a captcha first: after some codes to its device; without a session also after some to
    /// its address, and while messages to unknown numbers come close to their limit.
    fn wants_captcha(&self, ask: &Ask<'_>, seen: &CodeHistory, unknown_numbers: &CodeCounts) -> bool {
        let Some(after) = ask.captcha_after else { return false };
        let has_session = ask.binding.purpose.account().is_some();
        let is_over = |(scope, counted): &(CodeScope, CodeCounts)| {
            let lately = counted.in_the_last(Window::Hour, ask.now);
            match scope.name {
                "device" => lately >= after.of_device,
                _ => !has_session && lately >= after.of_address,
            }
        };
        let lately = unknown_numbers.in_the_last(Window::Minute, ask.now);
        seen.scopes.iter().any(is_over) || (!has_session && self.limits.is_half_used(lately))
    }

    async fn save(&self, ask: &Ask<'_>, seen: &CodeHistory, sent: &Sent, place: CodePlace) -> Result<Round, Failure> {
        let (binding, now) = (&ask.binding, ask.now);
        let (nonce, job) = (self.random.bytes(), format!("{:032x}", self.random.u128()));
        let row = CodeRow::new(nonce, binding.device.as_ref(), ask.addition.clone(), now);
        let row = if seen.share == Share::KnownDevice { row.of_known_device() } else { row };
        let content = Content::Code {
            binding: binding.clone(),
            nonce,
            until: now + LIFE,
            known_in: ask.only_known.then_some(binding.product),
            // Whether others have closed the number is seen where messages are sent.
            muted: seen.asks.tries.is_closed(now),
            share: Some(seen.share),
        };
        let letter = Letter { to: binding.phone.clone(), content };
        let list = SentList::Asks(binding.product, &binding.phone, seen.lane);
        let before = (&seen.asks.sent, sent);
        let mut writes =
            self.store.transaction().record_sent_code(list, before, &seen.asks.tries, now, CodeRefusal::Raced);
        for (n, (scope, counted)) in seen.scopes.iter().enumerate() {
            writes = writes.count_sent_code(scope, counted, now, CodeRefusal::Full(n));
        }
        let writes = writes.put_code((binding, place), &row, now, CodeRefusal::Occupied);
        match writes.create_sms_job(&job, &letter, now, CodeRefusal::Job).commit().await? {
            WriteOutcome::Committed => Ok(Round::Stored(job)),
            WriteOutcome::ConditionFailed(CodeRefusal::Raced | CodeRefusal::Job, _) => Ok(Round::Again(place)),
            WriteOutcome::ConditionFailed(CodeRefusal::Occupied, _) => Ok(Round::Again(CodePlace::Device)),
            WriteOutcome::ConditionFailed(CodeRefusal::Full(n), _) => {
                let scope = seen.scopes.get(n).map(|(scope, _)| scope);
                let wait = scope.map_or(Duration::from_mins(1), |scope| scope.longest_wait(now));
                Err(Failure::throttled(wait).by(scope.map_or("phone", |scope| scope.name)))
            }
        }
    }
}

/// Whether the ask comes from a device that has signed in to the account of the phone: with a session, with the token of
/// such a device, or with the account's own openId.
fn is_known_device(ask: &Ask<'_>, of_phone: &RealmPhone, owner: Option<&AccountId>) -> bool {
    let Some(holder) = &of_phone.holder else { return false };
    let is_shown = |device: &KnownDevice| device.is_of(ask.binding.product, &holder.account);
    [ask.binding.purpose.account(), owner].into_iter().flatten().any(|account| *account == holder.account)
        || ask.origin.device.as_ref().is_some_and(is_shown)
}
