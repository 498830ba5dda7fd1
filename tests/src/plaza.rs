//! A plaza to test: the functions as production composes them, over parts that the test holds.

pub use crate::settings::{CODE_KEY, ISSUER, PAYMENT_KEY, STATION, Settings};
use crate::{
    answer::Answer,
    bucket::Bucket,
    database::{AUDIT, Database, MAIN},
    dealer::CaptchaAnswers,
    functions::function_at,
    keys::TokenKey,
    request::{Request, get, post},
    watch::Watch,
};
use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;
use lambda_http::request::LambdaRequest;
use local_functions::{HTTP, HttpFunction};
use serde_json::{Value, json};
use shared::{
    auth::{hashing_memory::HashingMemory, sealing::Sealer},
    boot::{Error, Function, Parts},
    domain::{
        account::{Realm, Role},
        reason::Failure,
        shop::{GroupId, ShopId},
    },
    outside::{
        key_service::KeyService,
        queue::{Queue, SmsMessage, SmsQueue, StationHint},
        random::Random,
        secrets::Secrets,
        sms::{Message, Sender},
    },
    service::{
        charging::Charging,
        cloud::Portal,
        codes::Codes,
        customer::Customers,
        pictures::Pictures,
        shop::{Directory, ShopSettings},
        sign_in::SignIn,
    },
    store::Store,
    wire::{
        AskedFields, Router, Sink,
        gateway::{self, RawPath},
    },
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};
use tower::ServiceExt as _;

pub const PASSWORD: &str = "123456wyc";

/// The functions, and what they stand on.
pub struct Plaza {
    pub database: Database,
    pub bucket: Bucket,
    pub watch: Watch,
    pub first_admin: first_admin::App,
    settings: Settings,
    published: Arc<Mutex<Value>>,
    key_readings: Arc<AtomicUsize>,
    lines: Arc<Mutex<Vec<String>>>,
    routers: BTreeMap<&'static str, Router>,
    /// SMS codes, as every function has them.
    pub codes: Codes,
    pub sms_sender: sms_sender::App,
    /// What is on its way to the sender.
    pub sms_messages: Arc<Mutex<Vec<SmsMessage>>>,
    /// Whether anything can be put on its way at the moment.
    pub sms_sending: Arc<Mutex<Sending>>,
    /// What the sender has sent, and when each was taken.
    pub outbox: Arc<Mutex<Vec<Message>>>,
    /// What every realm signs in and changes passwords with.
    pub accounts: SignIn,
    /// The answers of the captchas so far.
    pub captcha_answers: CaptchaAnswers,
    pub charging: Charging,
    /// Opens the keys of piles.
    pub sealer: Sealer,
    pub pictures: Pictures,
    pub customers: Customers,
    /// Shops and groups, as the operator sets them up.
    pub directory: Directory,
    pub portal: Portal,
    pub scheduler: charging_scheduler::App,
    pub audit_sealer: audit_sealer::App,
    /// The hints that were sent and not yet delivered.
    pub hints: Arc<Mutex<Vec<StationHint>>>,
    /// Whether hints can be sent at the moment.
    pub sending: Arc<Mutex<Sending>>,
}

/// What the queue does with what is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    Works,
    Fails,
    /// No answer ever comes.
    Hangs,
}

impl Sending {
    async fn answer(self) -> Result<(), Failure> {
        match self {
            Self::Works => Ok(()),
            Self::Fails => Err(Failure::internal("the queue is away")),
            Self::Hangs => std::future::pending().await,
        }
    }
}

/// A driver who has registered.
#[derive(Clone)]
pub struct TestDriver {
    pub name: String,
    pub token: String,
    /// The account's id, as the token's `sub` gives it.
    pub id: String,
}

impl Plaza {
    pub fn open() -> Self {
        Self::with(Settings::default())
    }

    pub fn with(settings: Settings) -> Self {
        Self::on(Database::new(), settings)
    }

    pub fn on(database: Database, settings: Settings) -> Self {
        let published = Arc::new(Mutex::new(json!({"current": settings.signing.published()})));
        Self::build((database, Bucket::default()), Watch::new(), settings, published)
    }

    /// New environments of all functions on the same database, clock and published keys.
    #[must_use]
    pub fn restarted(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.settings.clone();
        change(&mut settings);
        let stores = (self.database.clone(), self.bucket.clone());
        Self::build(stores, self.watch.clone(), settings, Arc::clone(&self.published))
    }

    fn build(
        (database, bucket): (Database, Bucket),
        watch: Watch,
        settings: Settings,
        published: Arc<Mutex<Value>>,
    ) -> Self {
        let (captcha_answers, outbox) = (CaptchaAnswers::default(), Arc::<Mutex<Vec<Message>>>::default());
        let (hints, sms_messages) =
            (Arc::<Mutex<Vec<StationHint>>>::default(), Arc::<Mutex<Vec<SmsMessage>>>::default());
        let (sending, sms_sending) = (Arc::new(Mutex::new(Sending::Works)), Arc::new(Mutex::new(Sending::Works)));
        let (key_readings, lines) = (Arc::<AtomicUsize>::default(), Arc::<Mutex<Vec<String>>>::default());
        let parts = Parts {
            function: Function { name: "plaza", needs: &[] },
            variables: settings.environment(),
            clock: watch.clock(),
            random: settings.random.clone(),
            // Each pause is half its limit, so that a seed is one history.
            store: Store::new(database.client(), MAIN, AUDIT).pausing(Random::from_fn(halves)),
            secrets: counted(&published, &key_readings),
            values: settings.secrets(&published.lock().unwrap()),
            strength: settings.strength,
            hashing_memory: HashingMemory::default(),
            letters: captcha_answers.source(),
            sink: collecting(&lines),
            objects: Some(bucket.handle()),
            queue: Some(queue(&hints, &sending)),
            sms_queue: Some(sms_queue(&sms_messages, &sms_sending)),
            key_service: Some(KeyService::unwrapped()),
            sender: Some(sender(&outbox)),
        };
        Self {
            first_admin: first_admin::App::new(&parts.of(&first_admin::FUNCTION)).unwrap(),
            sms_sender: sms_sender::App::new(&parts.of(&sms_sender::FUNCTION)).unwrap(),
            audit_sealer: audit_sealer::App::new(&parts.of(&audit_sealer::FUNCTION)).unwrap(),
            scheduler: charging_scheduler::App::new(&parts.of(&charging_scheduler::FUNCTION)).unwrap(),
            routers: routers(&parts),
            codes: parts.codes().unwrap(),
            accounts: parts.sign_in().unwrap(),
            charging: parts.charging().unwrap(),
            sealer: now(parts.sealer()),
            pictures: parts.pictures().unwrap(),
            customers: parts.customers().unwrap(),
            directory: Directory::new(parts.store.clone()),
            portal: now(parts.portal()),
            database,
            bucket,
            watch,
            settings,
            published,
            key_readings,
            lines,
            sms_messages,
            sms_sending,
            outbox,
            captcha_answers,
            hints,
            sending,
        }
    }

    pub async fn ev_account(&self, request: Request) -> Answer {
        self.send("ev-account", request).await
    }

    pub async fn ev_charging(&self, request: Request) -> Answer {
        self.send("ev-charging", request).await
    }

    pub async fn ev_customer(&self, request: Request) -> Answer {
        self.send("ev-customer", request).await
    }

    /// Sends a request of an operator to the function that has its path.
    pub async fn operator(&self, request: Request) -> Answer {
        self.send(function_at(request.path()), request).await
    }

    pub async fn shop_customer(&self, request: Request) -> Answer {
        self.send("shop-customer", request).await
    }

    pub async fn session(&self, request: Request) -> Answer {
        self.send("session", request).await
    }

    /// Sends a request to a function.
    pub async fn send(&self, function: &str, request: Request) -> Answer {
        send(&self.routers[function], request.into_http()).await
    }

    /// Hands a function an event as API Gateway writes it.
    pub async fn replay(&self, function: &str, event: &str) -> Answer {
        let event: LambdaRequest = serde_json::from_str(event).unwrap();
        let request: lambda_http::Request = gateway::readable(event, RawPath::Decoded).into();
        send(&self.routers[function], request.map(axum::body::Body::new)).await
    }

    /// Registers a driver without a plate.
    pub async fn driver(&self, name: &str) -> TestDriver {
        let fields = [("username", name), ("password", PASSWORD), ("email", "wengyuechuan@163.com")];
        let answer = self.ev_account(post("/u/register").form(&fields)).await;
        let token = answer.token();
        let id = crate::keys::look_into(&token).1["sub"].as_str().unwrap().to_owned();
        TestDriver { name: name.to_owned(), token, id }
    }

    pub async fn log_in(&self, name: &str, password: &str) -> Answer {
        self.ev_account(post("/u/login").form(&[("username", name), ("password", password)])).await
    }

    pub async fn detail(&self, token: &str) -> Answer {
        self.ev_account(get("/user/detail").bearer(token)).await
    }

    pub async fn log_out(&self, token: &str) -> Answer {
        self.session(post("/auth/logout").bearer(token)).await
    }

    pub async fn sign_in(&self, realm: &str, name: &str, password: &str) -> Answer {
        let body = json!({"realm": realm, "username": name, "password": password});
        self.session(post("/auth/token").json(&body)).await
    }

    /// Publishes other verifying keys, as the operator does by writing the secret.
    pub fn publish(&self, keys: Value) {
        *self.published.lock().unwrap() = keys;
    }

    /// How often any function has read the verifying keys again.
    pub fn key_readings(&self) -> usize {
        self.key_readings.load(Relaxed)
    }

    /// The metric lines so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    pub fn random(&self) -> Random {
        self.settings.random.clone()
    }

    pub fn signing_key(&self) -> &TokenKey {
        &self.settings.signing
    }

    /// Makes a shop as the operator does.
    pub async fn shop(&self, id: &str, group: Option<&str>) {
        let group = group.map(|group| GroupId::parse(group).unwrap());
        if let Some(group) = &group {
            self.name_group(group, "一组").await;
        }
        let settings = ShopSettings { name: format!("门店{id}"), group, signin_points: None };
        self.save_shop(&ShopId::parse(id).unwrap(), &settings).await.unwrap();
    }

    /// A token of new staff with this role in these shops.
    pub fn staff_of(&self, role: Role, shops: &[&str]) -> String {
        self.token_with(role, &json!({"shops": {"L": shops.iter().map(|shop| json!({"S": shop})).collect::<Vec<_>>()}}))
    }

    /// A token of a new account with this role, whose session is over in 12 hours. No function makes such accounts yet,
    /// or a test that only looks at who may do what would take long to get there.
    pub fn token_of(&self, role: Role) -> String {
        self.token_with(role, &json!({}))
    }

    /// The same, with more in the session record.
    fn token_with(&self, role: Role, more: &Value) -> String {
        let account = format!("{}-{}", role.as_str(), self.database.under("ACCOUNT#").len());
        self.token_for(role, &account, more, 12 * 3600)
    }

    /// The same with a name, and for so many seconds.
    pub fn token_for(&self, role: Role, account: &str, more: &Value, seconds: i64) -> String {
        let (realm, now) = (role.realm().as_str(), self.watch.now().as_second());
        let ends = now + seconds;
        let mut record = json!({
            "pk": {"S": format!("ACCOUNT#{realm}#{account}")}, "sk": {"S": "SESSIONS"}, "enabled": {"BOOL": true},
            "role": {"S": role.as_str()}, "live": {"M": {"session": {"N": ends.to_string()}}}
        });
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        if role.realm() == Realm::Cloud {
            record["tenant"] = json!({"M": {"zone": {"S": "ac1"}, "customer": {"S": format!("{:032x}", 1)}}});
        }
        self.database.put(&record);
        let header = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": self.settings.signing.id});
        let claims = json!({"iss": ISSUER, "aud": realm, "sub": account, "sid": "session",
            "iat": now, "nbf": now, "exp": ends});
        self.settings.signing.sign(&header, &claims)
    }
}

/// What answers at once, because nothing outside this process is asked.
fn now<T>(parts: impl Future<Output = Result<T, Error>>) -> T {
    parts.now_or_never().unwrap().unwrap()
}

/// The functions that answer HTTP, each with the variables that it declares and no others.
fn routers(parts: &Parts) -> BTreeMap<&'static str, Router> {
    let built = |function: &HttpFunction| now((function.router)(parts.of(&function.declared)));
    HTTP.iter().map(|function| (function.declared.name, built(function))).collect()
}

/// The published keys, where readings are counted.
fn counted(published: &Arc<Mutex<Value>>, readings: &Arc<AtomicUsize>) -> Secrets {
    let (published, readings) = (Arc::clone(published), Arc::clone(readings));
    Secrets::from_fn(move |ids| {
        readings.fetch_add(1, Relaxed);
        let value = published.lock().unwrap().to_string();
        std::future::ready(Ok(ids.into_iter().map(|id| (id, value.clone().into())).collect()))
    })
}

/// The middle of all numbers.
fn halves(bytes: &mut [u8]) {
    bytes.copy_from_slice(&(1_u64 << 63).to_le_bytes());
}

fn queue(hints: &Arc<Mutex<Vec<StationHint>>>, sending: &Arc<Mutex<Sending>>) -> Queue {
    let (hints, sending) = (Arc::clone(hints), Arc::clone(sending));
    Queue::from_fn(move |hint| {
        let sending = *sending.lock().unwrap();
        if sending == Sending::Works {
            hints.lock().unwrap().push(hint);
        }
        sending.answer()
    })
}

fn sms_queue(sms_messages: &Arc<Mutex<Vec<SmsMessage>>>, sending: &Arc<Mutex<Sending>>) -> SmsQueue {
    let (sms_messages, sending) = (Arc::clone(sms_messages), Arc::clone(sending));
    SmsQueue::from_fn(move |sms_message| {
        let sending = *sending.lock().unwrap();
        if sending == Sending::Works {
            sms_messages.lock().unwrap().push(sms_message);
        }
        sending.answer()
    })
}

fn sender(outbox: &Arc<Mutex<Vec<Message>>>) -> Sender {
    let outbox = Arc::clone(outbox);
    Sender::from_fn(move |message, _| {
        outbox.lock().unwrap().push(message);
        std::future::ready(Ok(()))
    })
}

fn collecting(lines: &Arc<Mutex<Vec<String>>>) -> Sink {
    let lines = Arc::clone(lines);
    Sink::from_fn(move |line| lines.lock().unwrap().push(line.to_owned()))
}

/// Sends a request to a function as the Lambda runtime does.
async fn send(router: &Router, request: http::Request<axum::body::Body>) -> Answer {
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    let asked = parts.extensions.get::<AskedFields>().map(|asked| asked.0.clone()).unwrap_or_default();
    Answer { status: parts.status, headers: parts.headers, body, asked }
}
