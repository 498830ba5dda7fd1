//! The functions of one stack in this process, and what they stand on.

use crate::{
    database,
    engine::{Engine, make_tables},
    gateway,
    pictures::{self, BUCKET, Pictures},
    queues::{Line, schedule},
};
use lambda_http::{Adapter, Context, LambdaEvent, request::LambdaRequest};
use local::{
    Problem, Result, doing,
    front::{INVOCATIONS, Request, message},
    http::Answer,
    paths::StackDir,
};
use local_functions::{EventApp, EventFunction, HTTP, Machine, function_at};
use serde_json::{Value, json};
use shared::{
    auth::{hashing_memory::HashingMemory, passwords::Strength},
    boot::{Error, Function, Parts},
    outside::{clock::Clock, letters::LettersSource, metrics::Sink, objects::Objects, random::Random, secrets::Values},
    store::Store,
    wire::{
        Router,
        gateway::{RawPath, readable},
    },
};
use std::{collections::BTreeMap, fs::File, io::Write as _, sync::Arc, sync::Mutex, time::Duration};
use tower::ServiceExt as _;

const MAIN: &str = "ev-plaza";
const AUDIT: &str = "ev-plaza-audit";
const AUDIT_CHAIN: &str = "ev-plaza-audit-chain";
const REGION: &str = "ap-southeast-1";

pub struct Plaza {
    routers: BTreeMap<&'static str, Router>,
    apps: BTreeMap<&'static str, Arc<EventApp>>,
    pictures: Pictures,
}

impl Plaza {
    /// Opens what is stored in the directory and starts queues and schedules. The API listens at `api`.
    pub async fn open(dir: &StackDir, api: &str) -> Result<Self> {
        let file = dir.join("light.db");
        let engine = Engine::new(&file.to_string_lossy()).map_err(doing(file.display()))?;
        make_tables(&engine, [MAIN, AUDIT, AUDIT_CHAIN]).map_err(Problem)?;
        let pictures = Pictures::new(dir.join("pictures"), api, REGION);
        let (hints, sms) = (Line::new(), Line::new());
        let parts = parts(dir, api, (engine, pictures.clone()), (&hints, &sms)).await.map_err(broken)?;
        let mut routers = BTreeMap::new();
        for function in &HTTP {
            let router = (function.router)(parts.of(&function.declared)).await.map_err(broken)?;
            routers.insert(function.declared.name, router);
        }
        let mut apps = BTreeMap::new();
        for function in EventFunction::ALL {
            let app = function.app(&parts.of(&function.declared())).map_err(broken)?;
            apps.insert(function.declared().name, Arc::new(app));
        }
        let app = |function: EventFunction| Arc::clone(&apps[function.declared().name]);
        let scheduler = app(EventFunction::ChargingScheduler);
        let sealer = app(EventFunction::AuditSealer);
        tokio::spawn(schedule(sealer, Duration::from_mins(5), json!({ "seal": true })));
        tokio::spawn(hints.deliver(Arc::clone(&scheduler)));
        tokio::spawn(sms.deliver(app(EventFunction::SmsSender)));
        tokio::spawn(schedule(Arc::clone(&scheduler), Duration::from_mins(1), json!({ "sweep": true })));
        tokio::spawn(schedule(scheduler, Duration::from_mins(15), json!({ "pictures": true })));
        Ok(Self { routers, apps, pictures })
    }

    pub async fn answer(&self, request: &Request) -> Answer {
        if let Some(invoked) = request.path().strip_prefix(INVOCATIONS) {
            return self.invoke(invoked, request).await;
        }
        if request.path().starts_with(pictures::PREFIX) {
            return self.pictures.open(&request.target, Clock::system().now().real).await;
        }
        let name = function_at(request.path()).unwrap_or_default();
        let returned = self.call(name, gateway::event(request), RawPath::Encoded).await;
        returned.ok().and_then(|returned| gateway::answer(&returned)).unwrap_or_else(failed)
    }

    /// `functions/NAME/invocations`, as the AWS API has it.
    async fn invoke(&self, path: &str, request: &Request) -> Answer {
        let name =
            path.strip_prefix("functions/").and_then(|rest| rest.strip_suffix("/invocations")).unwrap_or_default();
        let event = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let returned = match self.apps.get(name) {
            Some(app) => app.handle(event, "local".to_owned()).await,
            None => self.call(name, event, RawPath::Decoded).await,
        };
        let (status, body) = match returned {
            Ok(returned) => (200, returned),
            Err(error) => (500, json!({ "errorType": "Error", "errorMessage": error })),
        };
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Answer { status, headers, body: body.to_string().into_bytes() }
    }

    /// Hands a function an event of API Gateway.
    async fn call(&self, name: &str, event: Value, path: RawPath) -> std::result::Result<Value, String> {
        let router = self.routers.get(name).ok_or_else(|| format!("no function is called {name:?}"))?;
        let event: LambdaRequest = serde_json::from_value(event).map_err(|error| error.to_string())?;
        let event = LambdaEvent::new(readable(event, path), Context::default());
        let answer = Adapter::from(router.clone()).oneshot(event).await.map_err(|error| error.to_string())?;
        serde_json::to_value(answer).map_err(|error| error.to_string())
    }
}

async fn parts(
    dir: &StackDir,
    api: &str,
    (engine, pictures): (Engine, Pictures),
    (hints, sms): (&Line, &Line),
) -> std::result::Result<Parts, Error> {
    let machine = Machine::at(dir.path());
    let variable = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    let address = format!("http://{api}");
    let here = RESOURCES.into_iter().chain([("PUBLIC_ADDRESS", address.as_str())]);
    let here = here.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let variables = machine.variables(crate::VARIABLES.lines().filter_map(variable).chain(here));
    let ids = RESOURCES.into_iter().filter(|(name, _)| name.ends_with("_SECRET"));
    let ids = ids.map(|(name, _)| variables.get(name).to_owned()).collect();
    let random = Random::system();
    let parts = machine.over(Parts {
        function: Function { name: "local-light", needs: &[] },
        clock: Clock::system(),
        letters: LettersSource::drawn_by(random.clone()),
        random,
        store: Store::new(database::client(engine, REGION), MAIN, AUDIT),
        secrets: shared::outside::secrets::Secrets::from_fn(|_| std::future::ready(Ok(Values::new()))),
        values: Values::new(),
        strength: Strength::PRODUCTION,
        hashing_memory: HashingMemory::default(),
        sink: sink(dir),
        objects: Some(Objects::new(move || pictures.client(), BUCKET)),
        queue: Some(hints.of_hints()),
        sms_queue: Some(sms.of_sms()),
        key_service: None,
        sender: None,
        variables,
    });
    let values = parts.secrets.read_all(ids).await?;
    Ok(Parts { values, ..parts })
}

/// What the template's resources are called here.
const RESOURCES: [(&str, &str); 15] = [
    ("AUDIT_CHAIN_TABLE_NAME", AUDIT_CHAIN),
    ("AUDIT_TABLE_NAME", AUDIT),
    ("AWS_REGION", REGION),
    ("CHARGING_QUEUE_URL", "charging"),
    ("CODE_KEY_SECRET", "file"),
    ("FIELDS_KEY", "unwrapped"),
    ("FIELD_KEYS_SECRET", "file"),
    ("PAYMENT_KEY_SECRET", "file"),
    ("PEPPER_SECRET", "file"),
    ("PICTURES_BUCKET", BUCKET),
    ("SIGNING_KEY_SECRET", "file"),
    ("SMS_PROVIDER", "file"),
    ("SMS_QUEUE_URL", "sms"),
    ("TABLE_NAME", MAIN),
    ("VERIFYING_KEYS_SECRET", "file"),
];

/// Metrics lines go where the log of the functions is.
fn sink(dir: &StackDir) -> Sink {
    let log = File::options().create(true).append(true).open(dir.join("functions.log")).ok().map(Mutex::new);
    Sink::from_fn(move |line| {
        if let Some(Ok(mut log)) = log.as_ref().map(Mutex::lock) {
            writeln!(log, "{line}").ok();
        }
    })
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn broken(error: Error) -> Problem {
    Problem(error.to_string())
}

fn failed() -> Answer {
    message(500, "Internal Server Error")
}
