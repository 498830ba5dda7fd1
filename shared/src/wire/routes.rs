//! A function's routes: each with its access rule, without which it cannot be written down.

use super::{
    body::BodyRule,
    call::{Call, Credential, origin, stamp},
    endpoint::Endpoint,
    envelope::{DEVICE_TOKEN, Envelope, Response},
    front::Front,
    report::{RequestReport, Tally},
};
use crate::{
    domain::{
        account::{Realm, Role},
        device::KnownDevice,
        reason::{Failure, Reason},
        session::Caller,
        staff::SignInStep,
    },
    outside::clock::Deadline,
};
use axum::{Router, extract::Request, routing::MethodRouter};
use http::{
    HeaderMap, HeaderValue, Method,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    },
};
use jiff::{SignedDuration, Timestamp};
use std::{collections::BTreeMap, future::Future, marker::PhantomData, pin::Pin, sync::Arc};

/// Who may call a route. There is no default: what is not said is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody; the service behind it throttles.
    Public,
    /// Anyone; a live session of one of these realms identifies the caller; a token that opens nothing counts as
    /// none. The service behind it throttles.
    Known(&'static [Realm]),
    /// Callers who sign the body with a key that we share; sessions do not count. The service looks at the signature.
    Signed,
    /// Anybody with a live session of one of these realms; what they own is the service's question.
    SignedIn(&'static [Realm]),
    /// Only these roles.
    Roles(&'static [Role]),
}

impl Access {
    fn realms(self) -> Vec<Realm> {
        match self {
            Self::Public | Self::Signed => vec![],
            Self::Known(realms) | Self::SignedIn(realms) => realms.to_vec(),
            Self::Roles(roles) => roles.iter().map(|role| role.realm()).collect(),
        }
    }

    fn permits(self, role: Role) -> bool {
        match self {
            Self::Public | Self::Signed | Self::Known(_) | Self::SignedIn(_) => true,
            Self::Roles(roles) => roles.contains(&role),
        }
    }
}

/// One line of a route table. Paths are written as the gateway writes them, `{id}` and all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub access: Access,
    pub body: BodyRule,
    /// The step of a sign-in that this route finishes: a session of which this step is left may call it, too.
    pub step: Option<SignInStep>,
}

type Answer = Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send>>;
type BoxedHandler<S> = Arc<dyn Fn(Arc<S>, Option<Caller>, Call) -> Answer + Send + Sync>;

/// How a handler gets to know its caller.
pub trait FromCaller<S>: Sized {
    fn from_caller(state: &S, caller: Option<Caller>, call: &Call) -> Result<Self, Failure>;
}

/// Where the rule of the route lets in signed-in callers only.
impl<S> FromCaller<S> for Caller {
    fn from_caller(_: &S, caller: Option<Caller>, _: &Call) -> Result<Self, Failure> {
        caller.ok_or_else(|| Reason::Unauthorized.into())
    }
}

/// Where the rule of the route is [`Access::Known`].
impl<S> FromCaller<S> for Option<Caller> {
    fn from_caller(_: &S, caller: Self, _: &Call) -> Result<Self, Failure> {
        Ok(caller)
    }
}

/// A function that answers calls in the envelope `E`: `(state, caller, call)`, or `(state, call)` where it is all one who
/// calls. `Taken` tells the two apart.
pub trait Handler<E: Envelope, S, Taken>: Send + Sync + 'static {
    fn answer(&self, state: Arc<S>, caller: Option<Caller>, call: Call) -> Answer;
}

impl<E, S, F, R> Handler<E, S, ()> for F
where
    E: Envelope,
    F: Fn(Arc<S>, Call) -> R + Send + Sync + 'static,
    R: Future<Output = Result<E::Success, Failure>> + Send + 'static,
{
    fn answer(&self, state: Arc<S>, _: Option<Caller>, call: Call) -> Answer {
        let answer = self(state, call);
        Box::pin(async move { E::success(answer.await?) })
    }
}

impl<E, S, C, F, R> Handler<E, S, (C,)> for F
where
    E: Envelope,
    C: FromCaller<S>,
    F: Fn(Arc<S>, C, Call) -> R + Send + Sync + 'static,
    R: Future<Output = Result<E::Success, Failure>> + Send + 'static,
{
    fn answer(&self, state: Arc<S>, caller: Option<Caller>, call: Call) -> Answer {
        let answer = C::from_caller(&state, caller, &call).map(|caller| self(state, caller, call));
        Box::pin(async move { E::success(answer?.await?) })
    }
}

/// A route, what answers it, and how its document writes a failure.
struct RouteEntry<S> {
    route: Route,
    handler: BoxedHandler<S>,
    failure: fn(&Failure) -> Response,
    query_token: Option<&'static str>,
}

/// The routes of a function that speaks `E`, with handlers that work on `S`.
pub struct Routes<E: Envelope, S> {
    table: Vec<RouteEntry<S>>,
    catch_all: Vec<&'static str>,
    envelope: PhantomData<E>,
}

impl<E: Envelope, S: Send + Sync + 'static> Routes<E, S> {
    /// `catch_all`: the paths that the gateway sends to this function with any method, `{proxy+}` standing for
    /// everything below; unknown paths and methods among them are answered here.
    pub fn new(catch_all: &[&'static str]) -> Self {
        Self { table: Vec::new(), catch_all: catch_all.to_vec(), envelope: PhantomData }
    }

    /// What answers an endpoint, by each of its ways.
    #[must_use]
    pub fn on<H, Taken>(mut self, endpoint: &Endpoint, handler: H) -> Self
    where
        H: Handler<E, S, Taken>,
    {
        let handler: BoxedHandler<S> = Arc::new(move |state, caller, call| handler.answer(state, caller, call));
        self.table.extend(endpoint.routes().map(|route| RouteEntry {
            route,
            handler: Arc::clone(&handler),
            failure: E::failure,
            query_token: E::QUERY_TOKEN,
        }));
        self
    }

    /// The routes of the same document that are written in another way.
    #[must_use]
    pub fn with<O: Envelope>(mut self, other: Routes<O, S>) -> Self {
        self.table.extend(other.table);
        self
    }

    /// The table, for the tests that look at all routes.
    pub fn table(&self) -> Vec<Route> {
        self.table.iter().map(|entry| entry.route).collect()
    }

    /// The paths that the gateway sends to this function.
    pub fn catch_all(&self) -> &[&'static str] {
        &self.catch_all
    }

    /// The function itself.
    pub fn serve(self, front: &Front, state: S) -> Router {
        let state = Arc::new(state);
        let mut paths: BTreeMap<&'static str, Vec<RouteEntry<S>>> = BTreeMap::new();
        for entry in self.table {
            paths.entry(entry.route.path).or_default().push(entry);
        }
        let mut router = Router::new();
        for (path, entries) in paths {
            let allowed: Vec<_> = entries.iter().map(|entry| entry.route.method).collect();
            let failure = entries.first().map_or(E::failure as fn(&Failure) -> Response, |entry| entry.failure);
            let refused = front.clone();
            let mut methods: MethodRouter = axum::routing::any(move |request: Request| {
                let (front, allowed) = (refused.clone(), allowed.clone());
                async move { refuse(&front, path, (failure, &Failure::wrong_method(allowed)), &request) }
            });
            for entry in entries {
                let (front, state, entry) = (front.clone(), Arc::clone(&state), Arc::new(entry));
                let method = entry.route.method.parse::<Method>().map(axum::routing::MethodFilter::try_from);
                let Ok(Ok(filter)) = method else { continue };
                methods = methods.on(filter, move |request: Request| {
                    let (front, entry, state) = (front.clone(), Arc::clone(&entry), Arc::clone(&state));
                    async move { answer(&front, &entry, state, request).await }
                });
            }
            router = router.route(path, methods);
        }
        let front = front.clone();
        router.fallback(move |request: Request| async move {
            refuse(&front, "unknown", (E::failure, &Reason::NoSuchRoute.into()), &request)
        })
    }
}

/// How long a request takes up new attempts. A call of the SDK that it has begun takes six seconds more at the most, and
/// a function ten.
const PATIENCE: SignedDuration = SignedDuration::from_secs(3);

/// Lets a request in, has it handled, and writes the answer and the report.
async fn answer<S>(front: &Front, entry: &RouteEntry<S>, state: Arc<S>, request: Request) -> Response {
    let (now, tally, mut from) = (front.clock.now(), Arc::new(Tally::default()), origin(request.extensions()));
    let (route, parameter) = (entry.route, entry.query_token);
    let allowed = parameter.filter(|_| front.allow_query_token);
    let credential = Credential::find(request.headers(), request.uri().query(), allowed);

    from.device = known_device(front, route.access, request.headers(), now.real).await;
    let outcome = async {
        if request.method() != Method::GET {
            front.clock.check(now, stamp(request.extensions()))?;
        }
        let caller = admit(front, &route, credential, now.real, &tally).await?;
        let call = Call::receive(request, (route.body, parameter), from.clone(), now, Arc::clone(&tally)).await?;
        (entry.handler)(state, caller, call).await
    };
    #[cfg_attr(not(feature = "openapi"), expect(unused_mut, reason = "only then it gets an extension"))]
    let (mut response, failure) = match Deadline::after(&front.clock, PATIENCE).over(outcome).await {
        Ok(response) => (response, None),
        Err(failure) => ((entry.failure)(&failure), Some(failure)),
    };
    RequestReport {
        function: front.function,
        route: route.path,
        origin: &from,
        tally: &tally,
        status: response.status(),
        failure: failure.as_ref(),
        began: now.real,
        took: front.clock.now().real.duration_since(now.real),
    }
    .write(&front.sink);
    #[cfg(feature = "openapi")]
    response.extensions_mut().insert(tally.asked());
    with_safe_headers(response)
}

/// The device that a caller without a session may show to be known. Where there is a session, that says more.
async fn known_device(front: &Front, access: Access, headers: &HeaderMap, now: Timestamp) -> Option<KnownDevice> {
    let gate = front.gate.as_ref().filter(|_| matches!(access, Access::Public | Access::Known(_)))?;
    let token = headers.get(DEVICE_TOKEN)?.to_str().ok()?;
    gate.known_device(token, now).await
}

async fn admit(
    front: &Front,
    &Route { access, step, .. }: &Route,
    credential: Credential,
    now: Timestamp,
    tally: &Tally,
) -> Result<Option<Caller>, Failure> {
    if matches!(access, Access::Public | Access::Signed) {
        return Ok(None);
    }
    if let (Access::Known(_), None) = (access, credential.token()) {
        return Ok(None);
    }
    if matches!(credential, Credential::Query(_)) {
        tally.note_query_token();
    }
    let gate = front.gate.as_ref().ok_or(Reason::Unauthorized)?;
    let caller = match gate.admit(credential.token(), &access.realms(), now).await {
        Err(failure) if is_no_caller(failure.reason()) && matches!(access, Access::Known(_)) => {
            return Ok(None);
        }
        admitted => admitted?,
    };
    match caller.step {
        Some(_) if matches!(access, Access::Known(_)) => Ok(None),
        Some(left) if step != Some(left) => Err(left.refusal()),
        _ if access.permits(caller.role) => Ok(Some(caller)),
        _ => Err(Reason::Forbidden.into()),
    }
}

/// A session that is dead, or of another realm.
fn is_no_caller(reason: Reason) -> bool {
    matches!(reason, Reason::Unauthorized | Reason::Forbidden)
}

/// Answers what no handler is there for.
fn refuse(
    front: &Front,
    route: &str,
    (write, failure): (fn(&Failure) -> Response, &Failure),
    request: &Request,
) -> Response {
    let response = write(failure);
    RequestReport {
        function: front.function,
        route,
        origin: &origin(request.extensions()),
        tally: &Tally::default(),
        status: response.status(),
        failure: Some(failure),
        began: front.clock.now().real,
        took: SignedDuration::ZERO,
    }
    .write(&front.sink);
    with_safe_headers(response)
}

/// What a browser does with an answer that it is led to show: it runs nothing and puts it into no frame.
const SHOW_ONLY: &str = "default-src 'none'; frame-ancestors 'none'";
/// A browser that has come once comes over TLS for a year.
const TLS_ONLY: &str = "max-age=31536000";

/// Nothing is cached unless a view said so, nothing is guessed, and no address leaks to a page that a link leads to.
fn with_safe_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(SHOW_ONLY));
    headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TLS_ONLY));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
