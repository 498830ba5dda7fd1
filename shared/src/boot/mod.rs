//! Starting a function: the only place that reads the environment and makes clients.

mod clients;
mod environment;

use crate::{
    auth::{
        captcha::CaptchaSeal,
        codes::CodeKey,
        gate::Gate,
        hashing_memory::HashingMemory,
        keys::{SigningKey, VerifyingKeys},
        passwords::{Passwords, Strength},
        sealing::Sealer,
        tokens::{Issuer, Verifier},
    },
    domain::{account::Role, cloud::Zones, otp, reason::Failure, station_id::StationId},
    outside::{
        clock::Clock,
        objects::Objects,
        payment::{CheckoutClient, NoticeKey, WebhookReader},
        queue::{Queue, SmsQueue},
        random::Random,
        secrets::{Secrets, Values},
        sms::{Aliyun, AliyunKey, RegisteredNames, Sender},
    },
    service::{
        captcha::Captchas,
        charging::Charging,
        cloud::{Portal, Settings},
        codes::Codes,
        customer::Customers,
        mall_user::MallUsers,
        notifier::Notifier,
        papers::{Audits, Desk, Submissions},
        payment::{Notices, Payments},
        pictures::Pictures,
        shop::{Limits, Records},
        sign_in::SignIn,
        sms::Sms,
    },
    store::Store,
    wire::{Front, Sink},
};
use clients::Clients;
use environment::{Environment, SECRET};
use secrecy::SecretString;
use std::{collections::BTreeSet, sync::Arc};
use tracing_subscriber::filter::LevelFilter;

/// What every function needs.
pub const TABLES: &[&str] = &["AWS_REGION", "TABLE_NAME", "AUDIT_TABLE_NAME"];
/// What a function with routes needs to let callers in.
pub const GATE: &[&str] = &["TOKEN_ISSUER", "VERIFYING_KEYS_SECRET"];
/// What a function needs that signs people in by code alone.
pub const ISSUING: &[&str] = &["SIGNING_KEY_SECRET"];
/// A function that needs this hashes passwords.
const PEPPER: &str = "PEPPER_SECRET";
/// What a function needs that signs people in.
pub const SIGN_IN: &[&str] = &["SIGNING_KEY_SECRET", PEPPER, "LOGIN_PER_IP_MINUTE"];
/// What a function needs that makes password hashes and nothing more.
pub const PASSWORDS: &[&str] = &[PEPPER];
/// What a function needs that seals fields.
pub const FIELDS: &[&str] = &["FIELDS_KEY", "FIELD_KEYS_SECRET"];

/// What a function needs that keeps shops' records.
pub const SHOP: &[&str] = &["SHOP_SIGNIN_POINTS", "SHOP_LIST_READS"];
/// What a function needs that has SMS codes sent and compares them.
pub const CODES: &[&str] = &[
    "CODE_KEY_SECRET",
    "SMS_QUEUE_URL",
    "OTP_ENABLED",
    "OTP_PER_PHONE_MINUTE",
    "OTP_PER_PHONE_HOUR",
    "OTP_PER_PHONE_DAY",
    "OTP_PER_DEVICE_HOUR",
    "OTP_PER_DEVICE_DAY",
    "OTP_PER_IP_HOUR",
    "OTP_PER_IP_DAY",
    "OTP_PER_PRODUCT_MINUTE",
];
/// What the function needs that sends SMS.
pub const SMS: &[&str] = &["CODE_KEY_SECRET", "SMS_PROVIDER"];

/// What it needs besides where SMS go through Aliyun.
const ALIYUN: &[&str] = &["ALIYUN_KEY_SECRET", "ALIYUN_SIGN_NAME", "ALIYUN_CODE_TEMPLATE", "ALIYUN_NOTICE_TEMPLATE"];

/// What the function needs that hears from the payment provider.
pub const NOTICES: &[&str] = &["PAYMENT_PROVIDER", "PAYMENT_KEY_SECRET"];
/// What a function needs that starts payments.
pub const PAYMENTS: &[&str] = &["PAYMENT_PROVIDER"];

/// What a function needs that works on the queues of stations.
pub const CHARGING: &[&str] = &["CHARGING_QUEUE_URL", "DEFAULT_STATION", "TELL_CALLED", "SMS_QUEUE_URL"];

/// What a function needs that takes pictures or shows them.
pub const PICTURES: &[&str] = &["PICTURES_BUCKET", "UPLOADS_PER_DAY"];

/// What the function needs that decides on papers.
pub const AUDITS: &[&str] = &["PAPERS_PICTURE_DAYS", "SMS_QUEUE_URL"];

/// What the business portal needs.
pub const PORTAL: &[&str] = &[
    "DEFAULT_ZONE",
    "CLOUD_ACCOUNTS_PER_CUSTOMER",
    "CLOUD_CONTACTS_PER_CUSTOMER",
    "CLOUD_PASSWORD_MIN",
    "AVAILABLE_PER_IP_MINUTE",
];
/// What a function needs that signs in accounts of the portal.
pub const ZONES: &[&str] = &["DEFAULT_ZONE"];

/// Why a function cannot start; shown in its log.
#[derive(thiserror::Error)]
pub enum Error {
    #[error("these environment variables are missing: {}", .0.join(", "))]
    Missing(Vec<String>),
    #[error("{name} should be {expected}")]
    Invalid { name: &'static str, expected: &'static str },
    #[error("the secret of {variable} ({id}) is malformed: {problem}. docs/operations.md, «Keys», shows its form")]
    MalformedSecret { variable: &'static str, id: String, problem: String },
    #[error("{0}")]
    Broken(String),
}

/// `main` writes an error in its debug form, and that is what an operator reads.
impl std::fmt::Debug for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Broken(detail(&failure))
    }
}

fn detail(failure: &Failure) -> String {
    failure.detail().unwrap_or_else(|| failure.text()).to_owned()
}

/// A function that has read its environment.
#[derive(Debug)]
pub struct Boot {
    function: &'static str,
    environment: Environment,
    clients: Clients,
    hashing_memory: HashingMemory,
    pub clock: Clock,
    pub random: Random,
    pub store: Store,
    /// Where the public keys are read again.
    secrets: Secrets,
    /// Everything else is read once.
    values: Values,
}

impl Boot {
    /// Reads the environment (every missing name is reported at once), starts the log, makes the clients, and reads all
    /// secrets that are needed in one call, while the first call to the table is on its way.
    pub async fn start(function: &'static str, needs: &[&[&'static str]]) -> Result<Self, Error> {
        let environment = Environment::read(needs)?;
        let aliyun: &[&str] = if environment.sends_through_aliyun() { ALIYUN } else { &[] };
        environment.require(aliyun)?;
        start_log(&environment);
        let hashing_memory = HashingMemory::default();
        if needs.iter().any(|names| names.contains(&PEPPER)) {
            hashing_memory.touch(Strength::PRODUCTION);
        }
        let clients = Clients::new(&environment)?;
        let store = Store::new(clients.dynamodb(), environment.get("TABLE_NAME"), environment.get("AUDIT_TABLE_NAME"));
        let secrets = environment.secrets(&clients);
        let wanted = needs.iter().copied().flatten().chain(aliyun).filter(|name| name.ends_with(SECRET));
        let ids: BTreeSet<_> = wanted.map(|name| environment.secret_id(name)).collect();
        let ((), values) = tokio::join!(store.prime(), secrets.read_all(ids.into_iter().collect()));
        let (values, clock, random) = (values?, environment.clock(), Random::system());
        Ok(Self { function, environment, clients, hashing_memory, clock, random, store, secrets, values })
    }

    /// A secret as `read` reads it; one that is malformed is named.
    fn secret<T>(
        &self,
        variable: &'static str,
        read: impl FnOnce(&SecretString) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let id = self.environment.secret_id(variable);
        let value = self.values.get(&id).ok_or_else(|| Error::Missing(vec![variable.to_owned()]))?;
        read(value).map_err(|failure| Error::MalformedSecret { variable, id, problem: detail(&failure) })
    }

    /// What stands before the handlers.
    pub fn front(&self) -> Result<Front, Error> {
        let (variable, now) = ("VERIFYING_KEYS_SECRET", self.clock.now().real);
        let id = self.environment.secret_id(variable);
        let keys = self.secret(variable, |first| VerifyingKeys::new(self.secrets.clone(), &id, first, now))?;
        let verifier = Verifier::new(self.environment.get("TOKEN_ISSUER"), keys);
        let allow_query_token = self.environment.or("ALLOW_QUERY_TOKEN", "true") == "true";
        let gate = Some(Arc::new(Gate::new(verifier, self.store.clone())));
        Ok(Front { gate, allow_query_token, ..self.front_without_gate() })
    }

    /// The same for a function whose routes admit no session.
    pub fn front_without_gate(&self) -> Front {
        let (function, clock, sink) = (self.function, self.clock.clone(), sink(&self.environment));
        Front { function, gate: None, clock, sink, allow_query_token: false }
    }

    /// Where a local stack keeps its files.
    #[cfg(feature = "local")]
    pub fn directory(&self) -> std::path::PathBuf {
        self.environment.directory()
    }

    /// Where metrics go.
    pub fn sink(&self) -> Sink {
        sink(&self.environment)
    }

    /// The hasher at production strength.
    pub fn passwords(&self) -> Result<Arc<Passwords>, Error> {
        let made = |pepper: &_| Passwords::new(pepper, Strength::PRODUCTION, self.random.clone());
        Ok(Arc::new(self.secret(PEPPER, made)?.working_in(self.hashing_memory.clone())))
    }

    /// The sealer of fields, its keys opened.
    pub async fn sealer(&self) -> Result<Sealer, Error> {
        let ring = self.secret("FIELD_KEYS_SECRET", |ring| Ok(ring.clone()))?;
        Ok(Sealer::open_keys(&ring, &self.environment.key_service(&self.clients), self.random.clone()).await?)
    }

    /// The private key.
    fn issuer(&self) -> Result<Issuer, Error> {
        Ok(Issuer::new(self.environment.get("TOKEN_ISSUER"), self.secret("SIGNING_KEY_SECRET", SigningKey::read)?))
    }

    /// Signing in, with the private key.
    pub fn sign_in(&self) -> Result<SignIn, Error> {
        let (passwords, issuer) = (self.passwords()?, self.issuer()?);
        let limit = self.limit("LOGIN_PER_IP_MINUTE")?;
        Ok(SignIn::new(self.store.clone(), passwords, issuer, self.random.clone(), limit))
    }

    /// Consumers or agents of the mall, as the role says.
    pub fn mall_users(&self, role: Role) -> Result<MallUsers, Error> {
        let (codes, issuer) = (self.codes()?, self.issuer()?);
        Ok(MallUsers::new(self.store.clone(), codes, issuer, self.random.clone(), role))
    }

    /// The queues of stations.
    pub fn charging(&self) -> Result<Charging, Error> {
        let clients = self.clients.clone();
        let queue = Queue::sqs(move || clients.sqs(), self.environment.get("CHARGING_QUEUE_URL"));
        let default = StationId::parse(self.environment.get("DEFAULT_STATION"))?;
        let charging = Charging::new(self.store.clone(), queue, default);
        Ok(if self.switch("TELL_CALLED")? { charging.telling(self.sms_queue()) } else { charging })
    }

    /// The private bucket.
    pub fn objects(&self) -> Objects {
        let clients = self.clients.clone();
        Objects::new(move || clients.s3(), self.environment.get("PICTURES_BUCKET"))
    }

    /// Pictures that people upload.
    pub fn pictures(&self) -> Result<Pictures, Error> {
        let per_day = self.limit("UPLOADS_PER_DAY")?;
        Ok(Pictures::new(self.store.clone(), self.objects(), self.random.clone(), per_day))
    }

    /// Papers of agents and dealers, as these hand them in.
    pub async fn submissions(&self) -> Result<Submissions, Error> {
        let (sealer, pictures) = (self.sealer().await?, self.pictures()?);
        Ok(Submissions::new(self.store.clone(), sealer, pictures, self.random.clone()))
    }

    /// The same as auditors look at them.
    pub async fn desk(&self) -> Result<Desk, Error> {
        Ok(Desk::new(self.store.clone(), self.sealer().await?, self.pictures()?))
    }

    /// Decisions on them.
    pub fn audits(&self) -> Result<Audits, Error> {
        let name = "PAPERS_PICTURE_DAYS";
        match self.limit(name)? {
            days @ 1..=3650 => {
                let notices = Notifier::new(self.store.clone(), self.sms_queue(), self.random.clone());
                Ok(Audits::new(self.store.clone(), notices, days))
            }
            _ => Err(Error::Invalid { name, expected: "a number of days from 1 to 3650" }),
        }
    }

    /// Shops' records, with the sealer.
    pub async fn shop_records(&self) -> Result<Records, Error> {
        let signin_points = self.limit("SHOP_SIGNIN_POINTS")?;
        let list_reads = usize::try_from(self.limit("SHOP_LIST_READS")?).unwrap_or(usize::MAX);
        let limits = Limits { signin_points, list_reads };
        Ok(Records::new(self.store.clone(), self.sealer().await?, self.random.clone(), limits))
    }

    /// SMS codes, with the key they are worked out from.
    pub fn codes(&self) -> Result<Codes, Error> {
        let queue = self.sms_queue();
        let limits = otp::Limits {
            per_phone_minute: self.limit("OTP_PER_PHONE_MINUTE")?,
            per_phone_hour: self.limit("OTP_PER_PHONE_HOUR")?,
            per_phone_day: self.limit("OTP_PER_PHONE_DAY")?,
            per_device_hour: self.limit("OTP_PER_DEVICE_HOUR")?,
            per_device_day: self.limit("OTP_PER_DEVICE_DAY")?,
            per_address_hour: self.limit("OTP_PER_IP_HOUR")?,
            per_address_day: self.limit("OTP_PER_IP_DAY")?,
            per_product_minute: self.limit("OTP_PER_PRODUCT_MINUTE")?,
        };
        let enabled = self.environment.get("OTP_ENABLED") == "true";
        Ok(Codes::new(self.store.clone(), self.code_key()?, queue, self.random.clone(), limits, enabled))
    }

    fn sms_queue(&self) -> SmsQueue {
        let clients = self.clients.clone();
        SmsQueue::sqs(move || clients.sqs(), self.environment.get("SMS_QUEUE_URL"))
    }

    /// Sending SMS: through Aliyun where that is configured, else through SNS; on a local stack into a file.
    pub fn sms(&self) -> Result<Sms, Error> {
        let sender = match (self.environment.outbox(), self.environment.get("SMS_PROVIDER")) {
            (Some(outbox), _) => outbox,
            (None, "aliyun") => Sender::aliyun(self.aliyun()?, self.random.clone())?,
            (None, "sns") => Sender::sns(self.clients.sns()),
            (None, _) => return Err(Error::Invalid { name: "SMS_PROVIDER", expected: "sns or aliyun" }),
        };
        Ok(Sms::new(self.store.clone(), self.code_key()?, sender))
    }

    fn aliyun(&self) -> Result<Aliyun, Error> {
        let of = |name: &str| self.environment.get(name).to_owned();
        let expected = "one name, or some of the form realm.purpose=name before it";
        let choice = |name| RegisteredNames::read(&of(name)).ok_or(Error::Invalid { name, expected });
        Ok(Aliyun {
            key: self.secret("ALIYUN_KEY_SECRET", AliyunKey::read)?,
            sign_name: choice("ALIYUN_SIGN_NAME")?,
            code_template: choice("ALIYUN_CODE_TEMPLATE")?,
            notice_template: choice("ALIYUN_NOTICE_TEMPLATE")?,
        })
    }

    /// Payments that drivers start.
    pub fn payments(&self) -> Result<Payments, Error> {
        let checkout = match self.environment.get("PAYMENT_PROVIDER") {
            "stand-in" => CheckoutClient::stand_in(),
            _ => return Err(Error::Invalid { name: "PAYMENT_PROVIDER", expected: "stand-in" }),
        };
        Ok(Payments::new(self.store.clone(), checkout, self.random.clone()))
    }

    /// What the payment provider says of them, with the key that it signs with.
    pub fn notices(&self) -> Result<Notices, Error> {
        let webhooks = match self.environment.get("PAYMENT_PROVIDER") {
            "stand-in" => WebhookReader::stand_in(self.notice_key()?),
            _ => return Err(Error::Invalid { name: "PAYMENT_PROVIDER", expected: "stand-in" }),
        };
        Ok(Notices::new(self.store.clone(), webhooks))
    }

    /// What the provider signs with.
    pub fn notice_key(&self) -> Result<NoticeKey, Error> {
        self.secret("PAYMENT_KEY_SECRET", NoticeKey::read)
    }

    fn code_key(&self) -> Result<CodeKey, Error> {
        self.secret("CODE_KEY_SECRET", CodeKey::read)
    }

    /// Pictures with letters, sealed with a key made from the pepper.
    pub fn captchas(&self) -> Result<Captchas, Error> {
        let seal = self.secret("PEPPER_SECRET", CaptchaSeal::new)?;
        let (store, random, limit) = (self.store.clone(), self.random.clone(), self.limit("CAPTCHA_PER_IP_MINUTE")?);
        let captchas = Captchas::new(store, self.objects(), seal, random, limit);
        #[cfg(feature = "local")]
        let captchas = captchas.told_in(self.environment.directory().join("captcha.jsonl"));
        Ok(captchas)
    }

    /// The address of the API, as apps reach it.
    pub fn public_address(&self) -> String {
        self.environment.get("PUBLIC_ADDRESS").trim_end_matches('/').to_owned()
    }

    /// A setting that is on or off.
    pub fn switch(&self, name: &'static str) -> Result<bool, Error> {
        match self.environment.get(name) {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Error::Invalid { name, expected: "true or false" }),
        }
    }

    /// The customer pages of drivers.
    pub fn customers(&self) -> Result<Customers, Error> {
        let most_vehicles = self.limit("VEHICLES_PER_DRIVER")?;
        let proofs = (self.sign_in()?, self.codes()?);
        Ok(Customers::new(self.store.clone(), proofs, self.pictures()?, self.random.clone(), most_vehicles))
    }

    /// The zones of the business portal.
    pub fn zones(&self) -> Result<Zones, Error> {
        Ok(Zones::parse(self.environment.get("DEFAULT_ZONE"), self.environment.or("MORE_ZONES", ""))?)
    }

    /// The business portal.
    pub async fn portal(&self) -> Result<Portal, Error> {
        let settings = Settings {
            zones: self.zones()?,
            most_accounts: self.limit("CLOUD_ACCOUNTS_PER_CUSTOMER")?,
            most_contacts: self.limit("CLOUD_CONTACTS_PER_CUSTOMER")?,
            password_min: usize::try_from(self.limit("CLOUD_PASSWORD_MIN")?).unwrap_or(usize::MAX),
            available_per_address_minute: self.limit("AVAILABLE_PER_IP_MINUTE")?,
        };
        let proofs = (self.sign_in()?, self.codes()?);
        let papers = (self.pictures()?, self.sealer().await?);
        Ok(Portal::new(self.store.clone(), proofs, papers, settings))
    }

    /// A limit that is a setting.
    pub fn limit(&self, name: &'static str) -> Result<u32, Error> {
        self.environment.get(name).parse().map_err(|_| Error::Invalid { name, expected: "a whole number" })
    }
}

/// What stands before the handlers of a function that has public routes alone. It makes no client and reads no key.
pub fn front_without_gate(function: &'static str) -> Result<Front, Error> {
    let environment = Environment::read(&[])?;
    start_log(&environment);
    let (clock, sink) = (environment.clock(), sink(&environment));
    Ok(Front { function, gate: None, clock, sink, allow_query_token: false })
}

fn start_log(environment: &Environment) {
    let level = environment.or("LOG_LEVEL", "info").parse().unwrap_or(LevelFilter::INFO);
    tracing_subscriber::fmt().json().with_max_level(level).with_current_span(false).without_time().init();
}

fn sink(environment: &Environment) -> Sink {
    Sink::stdout(environment.or("METRICS_NAMESPACE", "ev-plaza"))
}
