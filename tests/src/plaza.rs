//! A plaza to test: the functions as `boot` builds them, on a database, a clock and keys that the test holds.

use crate::{
    answer::Answer,
    bucket::Bucket,
    database::{AUDIT, Database, MAIN},
    dealer::Drawn,
    keys::{TokenKey, sealer},
    request::{Request, get, post},
    watch::Watch,
};
use axum::Router;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use lambda_http::request::LambdaRequest;
use serde_json::{Value, json};
use shared::{
    auth::{
        captcha::CaptchaSeal,
        codes::CodeKey,
        gate::Gate,
        keys::{SigningKey, VerifyingKeys},
        passwords::{Passwords, Strength},
        tokens::{Issuer, Verifier},
    },
    domain::{
        account::{Realm, Role},
        cloud::Zones,
        otp,
        reason::Failure,
        shop::{GroupId, ShopId},
        station_id::StationId,
    },
    outside::{
        payment::{CheckoutClient, NoticeKey, WebhookReader},
        queue::{Queue, SmsMessage, SmsQueue, StationHint},
        random::Random,
        secrets::Secrets,
        sms::{Message, Sender},
    },
    service::{
        agent::Agents,
        bill::Bills,
        business::Business,
        captcha::Captchas,
        charging::Charging,
        cloud::{Portal, Settings as PortalSettings},
        codes::Codes,
        customer::Customers,
        dealer::Dealers,
        driver::Drivers,
        ledger::Ledger,
        mall_user::MallUsers,
        notifier::Notifier,
        papers::{Audits, Desk, Submissions},
        payment::{Notices, Payments},
        people::People,
        pictures::Pictures,
        reports::Reports,
        shop::{Directory, Limits, Records, ShopSettings},
        sign_in::SignIn,
        sms::Sms,
        staff::Staff,
        trail::Trail,
    },
    store::Store,
    wire::{Front, Sink, gateway},
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};
use tower::ServiceExt as _;

pub const ISSUER: &str = "ev-plaza";
pub const PASSWORD: &str = "123456wyc";
/// The key that the payment provider signs with.
pub const PAYMENT_KEY: &str = r#"{"key":"NDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU"}"#;
pub const CODE_KEY: &str = r#"{"key":"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"}"#;
/// The station that an order without a name means.
pub const STATION: &str = "S1";

/// What differs from plaza to plaza.
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
#[derive(Clone)]
pub struct Settings {
    pub portal: PortalSettings,
    pub logins_per_minute: u32,
    pub registrations_per_minute: u32,
    pub uploads_per_day: u32,
    /// Days that pictures of papers stay after a decision.
    pub picture_days: u32,
    pub pictures_per_minute: u32,
    pub tells_unknown_user: bool,
    pub allow_query_token: bool,
    /// The most records that a list of a shop reads.
    pub list_reads: usize,
    pub strength: Strength,
    pub pepper: Value,
    pub signing: TokenKey,
    pub codes: otp::Limits,
    pub codes_enabled: bool,
    /// Whether drivers are told by SMS when they are called.
    pub tells_called: bool,
    pub random: Random,
}

/// Limits per address that no test meets by accident, and the cheapest hashes there are.
impl Default for Settings {
    fn default() -> Self {
        Self {
            portal: PortalSettings {
                zones: Zones::parse("ac1", "bj2").unwrap(),
                most_accounts: 200,
                most_contacts: 500,
                password_min: 8,
                available_per_address_minute: 10,
            },
            logins_per_minute: 100_000,
            registrations_per_minute: 100_000,
            uploads_per_day: 100_000,
            picture_days: 30,
            pictures_per_minute: 100_000,
            tells_unknown_user: false,
            allow_query_token: true,
            list_reads: 500,
            strength: Strength { memory_kib: 8, passes: 1 },
            pepper: json!({"id": "p1", "key": "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"}),
            signing: TokenKey::new("k1", 1),
            codes: otp::Limits {
                per_address_hour: 100_000,
                per_address_day: 100_000,
                per_product_minute: 100_000,
                ..otp::Limits::default()
            },
            codes_enabled: true,
            tells_called: false,
            random: Random::system(),
        }
    }
}

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
    pub parcels: Arc<Mutex<Vec<SmsMessage>>>,
    /// Whether anything can be put on its way at the moment.
    pub sms_sending: Arc<Mutex<Sending>>,
    /// What the sender has sent, and when each was taken.
    pub outbox: Arc<Mutex<Vec<Message>>>,
    /// What every realm signs in and changes passwords with.
    pub accounts: SignIn,
    /// What pictures with letters were drawn from.
    pub drawn: Drawn,
    pub charging: Charging,
    pub pictures: Pictures,
    pub customers: Customers,
    /// Shops and groups, as the operator sets them up.
    pub directory: Directory,
    pub portal: Portal,
    pub scheduler: charging_scheduler::App,
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

    #[expect(clippy::too_many_lines, reason = "every function is wired here, one after the other")]
    fn build(
        (database, bucket): (Database, Bucket),
        watch: Watch,
        settings: Settings,
        published: Arc<Mutex<Value>>,
    ) -> Self {
        let store = Store::new(database.client(), MAIN, AUDIT);
        let random = settings.random.clone();
        let pepper = settings.pepper.to_string().into();
        let passwords = Arc::new(Passwords::new(&pepper, settings.strength, random.clone()).unwrap());
        let issuer = Issuer::new(ISSUER, SigningKey::read(&settings.signing.secret().into()).unwrap());
        let sign_in = |store: &Store| {
            let (passwords, issuer) = (Arc::clone(&passwords), issuer.clone());
            SignIn::new(store.clone(), passwords, issuer, random.clone(), settings.logins_per_minute)
        };

        let (key_readings, lines) = (Arc::<AtomicUsize>::default(), Arc::<Mutex<Vec<String>>>::default());
        let front = |function: &'static str| Front {
            function,
            gate: Some(Arc::new(Gate::new(verifier(&published, &key_readings, watch.now()), store.clone()))),
            clock: watch.clock(),
            sink: collecting(&lines),
            allow_query_token: settings.allow_query_token,
        };
        let drivers = Drivers::new(store.clone(), sign_in(&store), settings.registrations_per_minute);
        let staff = Staff::new(store.clone(), Arc::clone(&passwords), random.clone());
        let (parcels, outbox) = (Arc::<Mutex<Vec<SmsMessage>>>::default(), Arc::<Mutex<Vec<Message>>>::default());
        let (hints, sending) = (Arc::<Mutex<Vec<StationHint>>>::default(), Arc::new(Mutex::new(Sending::Works)));
        let sms_sending = Arc::new(Mutex::new(Sending::Works));
        let charging = Charging::new(store.clone(), queue(&hints, &sending), StationId::parse(STATION).unwrap());
        let charging =
            if settings.tells_called { charging.telling(sms_queue(&parcels, &sms_sending)) } else { charging };
        let (objects, drawn) = (bucket.handle(), Drawn::default());
        let seal = CaptchaSeal::new(&pepper).unwrap();
        let captchas =
            Captchas::new(store.clone(), objects.clone(), seal, drawn.random(), settings.pictures_per_minute);
        let pictures = Pictures::new(store.clone(), objects, random.clone(), settings.uploads_per_day);
        let code_key = CodeKey::read(&CODE_KEY.into()).unwrap();
        let codes = {
            let (queue, limits) = (sms_queue(&parcels, &sms_sending), settings.codes);
            Codes::new(store.clone(), code_key.clone(), queue, random.clone(), limits, settings.codes_enabled)
        };
        let sms = Sms::new(store.clone(), code_key, sender(&outbox));
        let proofs = (sign_in(&store), codes.clone());
        let customers = Customers::new(store.clone(), proofs, pictures.clone(), random.clone(), 10);
        let sms_sender = sms_sender::App { sms, clock: watch.clock(), sink: collecting(&lines) };
        let limits = settings.of_dealers();
        let dealers = Dealers::new(store.clone(), sign_in(&store), codes.clone(), captchas, pictures.clone(), limits);
        let (papers, desk) = papers(&store, &pictures, &random);
        let mall_dealer = mall_dealer::App { dealers, papers: papers.clone() };
        let mall_users = |role| MallUsers::new(store.clone(), codes.clone(), issuer.clone(), random.clone(), role);
        let session = session_of(sign_in(&store), codes.clone(), &settings);
        let portal = {
            let (proofs, private) = ((sign_in(&store), codes.clone()), (pictures.clone(), sealer()));
            Portal::new(store.clone(), proofs, private, settings.portal.clone())
        };
        let accounts = sign_in(&store);
        let operator = operators(&store, (charging.clone(), desk), &passwords, &random);
        let customer = ev_customer::App { customers: customers.clone() };
        let business = cloud_customer::App { portal: portal.clone() };
        let (charging_app, provider) = (drivers_of(&store, &random, charging.clone()), provider(&store, &random));
        let agents = mall_agent::App { agents: Agents::new(mall_users(Role::Agent)), papers: papers.clone() };
        let consumers = mall_consumer::App { consumers: mall_users(Role::Consumer) };
        let shops = shops(&store, &random, settings.list_reads);
        let routers = BTreeMap::from([
            ("cloud-customer", cloud_customer::routes().serve(&front("cloud-customer"), business)),
            ("ev-account", ev_account::routes().serve(&front("ev-account"), ev_account::App { drivers })),
            ("ev-charging", ev_charging::routes().serve(&front("ev-charging"), charging_app)),
            ("ev-customer", ev_customer::routes().serve(&front("ev-customer"), customer)),
            ("mall-agent", mall_agent::routes().serve(&front("mall-agent"), agents)),
            (
                "mall-audit",
                mall_audit::routes().serve(&front("mall-audit"), auditors(&store, codes.notices.clone(), &settings)),
            ),
            ("mall-consumer", mall_consumer::routes().serve(&front("mall-consumer"), consumers)),
            ("mall-dealer", mall_dealer::routes().serve(&front("mall-dealer"), mall_dealer)),
            ("operator", operator::routes().serve(&front("operator"), operator)),
            ("payment-callback", payment_callback::routes().serve(&front("payment-callback"), provider)),
            ("reference", reference::routes().serve(&front("reference"), ())),
            ("session", session::routes().serve(&front("session"), session)),
            ("shop-customer", shop_customer::routes().serve(&front("shop-customer"), shops)),
        ]);
        let scheduler = charging_scheduler::App {
            charging: charging.clone(),
            pictures: pictures.clone(),
            clock: watch.clock(),
            sink: collecting(&lines),
        };
        Self {
            first_admin: first_admin::App { staff, clock: watch.clock() },
            database,
            bucket,
            watch,
            settings,
            published,
            key_readings,
            lines,
            routers,
            codes,
            sms_sender,
            parcels,
            sms_sending,
            outbox,
            accounts,
            drawn,
            charging,
            pictures,
            customers,
            directory: Directory::new(store),
            portal,
            scheduler,
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

    pub async fn operator(&self, request: Request) -> Answer {
        self.send("operator", request).await
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
        let request: lambda_http::Request = gateway::readable(event).into();
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

fn verifier(published: &Arc<Mutex<Value>>, readings: &Arc<AtomicUsize>, now: Timestamp) -> Verifier {
    let (published, readings) = (Arc::clone(published), Arc::clone(readings));
    let first = published.lock().unwrap().to_string().into();
    let secrets = Secrets::from_fn(move |ids| {
        readings.fetch_add(1, Relaxed);
        let value = published.lock().unwrap().to_string();
        std::future::ready(Ok(ids.into_iter().map(|id| (id, value.clone().into())).collect()))
    });
    Verifier::new(ISSUER, VerifyingKeys::new(secrets, "verifying-keys", &first, now).unwrap())
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

fn sms_queue(parcels: &Arc<Mutex<Vec<SmsMessage>>>, sending: &Arc<Mutex<Sending>>) -> SmsQueue {
    let (parcels, sending) = (Arc::clone(parcels), Arc::clone(sending));
    SmsQueue::from_fn(move |parcel| {
        let sending = *sending.lock().unwrap();
        if sending == Sending::Works {
            parcels.lock().unwrap().push(parcel);
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

/// The charging app, with its bills and payments.
fn drivers_of(store: &Store, random: &Random, charging: Charging) -> ev_charging::App {
    let payments = Payments::new(store.clone(), CheckoutClient::stand_in(), random.clone());
    ev_charging::App { charging, bills: Bills::new(store.clone()), payments }
}

/// Where the payment provider writes to.
fn provider(store: &Store, random: &Random) -> payment_callback::App {
    let webhooks = WebhookReader::stand_in(NoticeKey::read(&PAYMENT_KEY.into()).unwrap());
    payment_callback::App { notices: Notices::new(store.clone(), webhooks), random: random.clone() }
}

fn operators(
    store: &Store,
    (charging, papers): (Charging, Desk),
    passwords: &Arc<Passwords>,
    random: &Random,
) -> operator::App {
    operator::App {
        charging,
        papers,
        reports: Reports::new(store.clone()),
        bills: Bills::new(store.clone()),
        ledger: Ledger::new(store.clone()),
        people: People::new(store.clone(), Arc::clone(passwords), random.clone()),
        trail: Trail::new(store.clone()),
        shops: Directory::new(store.clone()),
        business: Business::new(store.clone()),
        random: random.clone(),
    }
}

fn session_of(sign_in: SignIn, codes: Codes, settings: &Settings) -> session::App {
    let (zones, cloud_password_min) = (settings.portal.zones.clone(), settings.portal.password_min);
    session::App { sign_in, codes, zones, cloud_password_min }
}

/// Papers as they are handed in, and as auditors look at them.
fn papers(store: &Store, pictures: &Pictures, random: &Random) -> (Submissions, Desk) {
    let desk = Desk::new(store.clone(), sealer(), pictures.clone());
    (Submissions::new(store.clone(), sealer(), pictures.clone(), random.clone()), desk)
}

fn auditors(store: &Store, notices: Notifier, settings: &Settings) -> mall_audit::App {
    let audits = Audits::new(store.clone(), notices, settings.picture_days);
    mall_audit::App { audits, random: settings.random.clone() }
}

fn shops(store: &Store, random: &Random, list_reads: usize) -> shop_customer::App {
    let limits = Limits { signin_points: 10, list_reads };
    shop_customer::App { records: Records::new(store.clone(), sealer(), random.clone(), limits) }
}

fn collecting(lines: &Arc<Mutex<Vec<String>>>) -> Sink {
    let lines = Arc::clone(lines);
    Sink::from_fn(move |line| lines.lock().unwrap().push(line.to_owned()))
}

/// Sends a request to a function as the Lambda runtime does.
async fn send(router: &Router, request: http::Request<axum::body::Body>) -> Answer {
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}
