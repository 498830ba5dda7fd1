//! Someone who has just come to the reference page: gets a session as its sign-in section says, does what it says goes
//! first, and sends samples as the page would. Every call is handed to its function as the gateway's event.

use crate::{
    answer::Answer,
    plaza::Plaza,
    request::{get, post},
    staff::Authenticator,
};
use describe::{Described, Document, Operation, Token};
use jiff::SignedDuration;
use openapi::event::{SampleCall, Values, event, own_values, sample};
use serde_json::{Value, json};
use shared::wire::{Access, Before, FieldPlace, Given, SampleSource, Way};
use std::{collections::BTreeMap, pin::Pin};

type Call<'n> = Pin<Box<dyn Future<Output = Answer> + 'n>>;

pub struct Newcomer<'n> {
    functions: &'n [Described],
    plaza: &'n Plaza,
    sessions: BTreeMap<Document, String>,
    /// What earlier calls have answered.
    known: BTreeMap<String, Answer>,
}

/// A sample that can be sent any number of times.
pub struct Prepared {
    way: Way,
    values: Values,
    token: Option<String>,
}

impl<'n> Newcomer<'n> {
    pub fn new(functions: &'n [Described], plaza: &'n Plaza) -> Self {
        Self { functions, plaza, sessions: BTreeMap::new(), known: BTreeMap::new() }
    }

    /// Sends the sample of an endpoint, by one of its ways, after what goes first.
    pub async fn try_sample(&mut self, way: Way) -> Answer {
        let (_, operation) = self.find(way);
        for before in operation.before {
            self.first(before).await;
        }
        self.send(way, Values::new()).await
    }

    /// Does what goes before the sample of an endpoint, and makes its values and its session.
    pub async fn prepare(&mut self, way: Way) -> Prepared {
        let (function, operation) = self.find(way);
        for before in operation.before {
            self.first(before).await;
        }
        let token = match access_of(function, operation) {
            Access::Public | Access::Known(_) | Access::Signed => None,
            Access::SignedIn(_) | Access::Roles(_) => Some(self.session(function.document).await),
        };
        let values = self.filled(operation, Values::new(), token.as_deref()).await;
        Prepared { way, values, token }
    }

    /// Sends a sample with another value of one field, in JSON where the endpoint takes no file. `body` may change the JSON as it
    /// is sent.
    pub async fn send_with(
        &self,
        prepared: &Prepared,
        (name, value): (&str, &Value),
        body: fn(String) -> String,
    ) -> Answer {
        let (function, operation) = self.find(prepared.way);
        let mut values = prepared.values.clone();
        values.insert(name.to_owned(), value.clone());
        let mut call = sample(operation, prepared.way, &values, prepared.token.as_deref());
        let of_body: Vec<_> = operation.inputs_in(FieldPlace::Body).collect();
        if of_body.iter().any(|input| input.name == name) && !of_body.iter().any(|input| input.is_file()) {
            let sent = of_body.iter().filter(|input| !input.is_left_out || input.name == name);
            let sent: Values = sent.map(|input| (input.name.to_owned(), values[input.name].clone())).collect();
            call.headers.retain(|(name, _)| name != "content-type");
            call.headers.push(("content-type".to_owned(), "application/json".to_owned()));
            call.body = body(Value::Object(sent).to_string()).into_bytes();
        }
        if access_of(function, operation) == Access::Signed {
            call.headers.extend(self.signature(&call));
        }
        self.hand(function, &call).await
    }

    fn find(&self, way: Way) -> (&'n Described, &'n Operation) {
        openapi::find(self.functions, way).unwrap_or_else(|| panic!("no endpoint is {way}"))
    }

    async fn first(&mut self, before: &Before) {
        let mut values = Values::new();
        for (name, given) in before.with {
            let value = match given {
                Given::Text(text) => json!(text),
                Given::Json(text) => serde_json::from_str(text).unwrap(),
                Given::From(source) => self.value(source, &Values::new(), None).await,
            };
            values.insert((*name).to_owned(), value);
        }
        self.once(before.way, values).await;
        if before.minutes > 0 {
            self.plaza.sweep().await;
            self.wait(before.minutes.into()).await;
            self.plaza.sweep().await;
        }
    }

    /// Lets time pass while the sessions stay in use: those of staff end after half an hour without.
    async fn wait(&self, minutes: i64) {
        for begun in (0..minutes).step_by(20) {
            self.plaza.watch.advance(SignedDuration::from_mins((minutes - begun).min(20)));
            for token in self.sessions.values() {
                self.plaza.session(get("/auth/sessions").bearer(token)).await;
            }
        }
    }

    /// A call that goes before others, made once with the same values.
    fn once(&mut self, way: Way, values: Values) -> Call<'_> {
        Box::pin(async move {
            let key = format!("{way} {values:?}");
            if let Some(answer) = self.known.get(&key) {
                return answer.clone();
            }
            for before in self.find(way).1.before {
                self.first(before).await;
            }
            let answer = self.send(way, values).await;
            assert!(answer.succeeded(), "{way} goes first: {} {}", answer.status, answer.text());
            // What is read may change with the next call.
            if way.method != "GET" {
                self.known.insert(key, answer.clone());
            }
            answer
        })
    }

    /// The value of a field; `sample` holds the values of the call that it is for, and `token` is that call's session.
    async fn value(&mut self, source: &SampleSource, sample: &Values, token: Option<&str>) -> Value {
        match source {
            SampleSource::Answer { of, at, with } => {
                let answer = self.once(*of, texts(with)).await.json();
                if of.path == "/auth/second-factor" {
                    let secret = Authenticator::of(answer["secret"].as_str().unwrap_or_default());
                    return json!(secret.code_at(self.plaza.watch.now()));
                }
                answer.pointer(at).unwrap_or_else(|| panic!("{of} answers no {at}: {answer}")).clone()
            }
            SampleSource::LastPart { of, at } => {
                let answer = self.once(*of, Values::new()).await.json();
                let address = answer.pointer(at).and_then(Value::as_str).unwrap_or_else(|| panic!("{of}: {answer}"));
                json!(address.rsplit('/').next())
            }
            SampleSource::Picture { asked } => {
                let shown = self.ask(*asked, sample.clone(), token).await;
                assert!(shown.succeeded(), "{asked}: {}", shown.text());
                json!(self.plaza.captcha_answers.letters())
            }
            SampleSource::Sms { asked, number, with } => {
                // A telephone gets one code a minute.
                self.plaza.watch.advance(SignedDuration::from_secs(61));
                let telephone = sample[*number].clone();
                let mut values = sample.clone();
                values.extend(["telephone", "mobile"].map(|name| (name.to_owned(), telephone.clone())));
                values.extend(texts(with));
                let sent = self.ask(*asked, values, token).await;
                assert!(sent.succeeded(), "{asked}: {}", sent.text());
                json!(self.plaza.code_for(telephone.as_str().unwrap()).await)
            }
        }
    }

    /// Asks for a code or a picture, in the session of the call that it is for.
    async fn ask(&self, way: Way, values: Values, token: Option<&str>) -> Answer {
        let (function, operation) = self.find(way);
        let mut whole = own_values(operation);
        whole.extend(values);
        self.hand(function, &sample(operation, way, &whole, token)).await
    }

    /// Hands a call to its function as the gateway does.
    async fn hand(&self, function: &Described, call: &SampleCall) -> Answer {
        self.plaza.replay(function.function, &event(function, call).to_string()).await
    }

    fn send(&mut self, way: Way, values: Values) -> Call<'_> {
        Box::pin(async move {
            let (function, operation) = self.find(way);
            let access = access_of(function, operation);
            let token = match access {
                Access::Public | Access::Known(_) | Access::Signed => None,
                Access::SignedIn(_) | Access::Roles(_) => Some(self.session(document_of(way, function)).await),
            };
            let values = self.filled(operation, values, token.as_deref()).await;
            let mut call = sample(operation, way, &values, token.as_deref());
            if access == Access::Signed {
                call.headers.extend(self.signature(&call));
            }
            self.hand(function, &call).await
        })
    }

    /// The headers in which the payment provider, or a pile, signs a call.
    fn signature(&self, call: &SampleCall) -> Vec<(String, String)> {
        let signed = post(&call.path).body("application/json", call.body.clone());
        let signed = self.plaza.signed(signed).into_http();
        let names = ["x-payment-timestamp", "x-payment-signature", "x-pile-timestamp", "x-pile-signature"];
        let header = |name: &str| Some((name.to_owned(), signed.headers().get(name)?.to_str().unwrap().to_owned()));
        names.into_iter().filter_map(header).collect()
    }

    /// The values of a sample: what was given, its own, and what comes from elsewhere.
    async fn filled(&mut self, operation: &Operation, given: Values, token: Option<&str>) -> Values {
        let mut values = own_values(operation);
        values.extend(given.clone());
        let sources = operation.inputs.iter().filter(|input| !input.is_left_out);
        let sources = sources.filter_map(|input| Some((input.name, input.source?)));
        for (name, source) in sources.chain(operation.path_sources.iter().copied()) {
            if !given.contains_key(name) {
                let value = self.value(&source, &values, token).await;
                values.insert(name.to_owned(), value);
            }
        }
        values
    }

    /// The session that the sign-in section of a document leads to.
    async fn session(&mut self, document: Document) -> String {
        if let Some(token) = self.sessions.get(&document) {
            return token.clone();
        }
        let sign_in = document.sign_in().unwrap_or_else(|| panic!("{document:?} has no sign-in section"));
        if document == Document::Operator {
            let appointment = json!({ "username": "root-admin", "password": "a phrase for 51" });
            let appointment = serde_json::from_value(appointment).unwrap();
            self.plaza.first_admin.appoint(appointment, "request".into()).await.unwrap();
        }
        for before in sign_in.before {
            self.first(before).await;
        }
        let is_of_staff = sign_in.call.way.path == "/auth/token";
        if is_of_staff {
            self.plaza.confirm_all().await;
        }
        let with = sign_in.call.with.iter().filter_map(|(name, given)| match given {
            Given::Text(text) => Some(((*name).to_owned(), json!(text))),
            Given::Json(_) | Given::From(_) => None,
        });
        let with: Values = with.collect();
        let answer = self.send(sign_in.call.way, with.clone()).await;
        assert!(answer.succeeded(), "{} signs in to {document:?}: {}", sign_in.call.way, answer.text());
        let token = match sign_in.token {
            Token::Body(at) => answer.json().pointer(at).and_then(Value::as_str).map(ToOwned::to_owned),
            Token::Header => answer.header("x-access-token").map(ToOwned::to_owned),
        };
        let token = token.unwrap_or_else(|| panic!("{} answers no token", sign_in.call.way));
        let token = match (with.get("username"), with.get("password")) {
            (Some(name), Some(password)) if is_of_staff => {
                let (name, password) = (name.as_str().unwrap(), password.as_str().unwrap());
                self.plaza.finish(name, password, &answer).await
            }
            _ => token,
        };
        self.known.insert(format!("{} {:?}", sign_in.call.way, Values::new()), answer);
        self.sessions.insert(document, token.clone());
        token
    }
}

fn access_of(function: &Described, operation: &Operation) -> Access {
    let route = function.routes.iter().find(|it| (it.method, it.path) == (operation.method, operation.path));
    route.expect("every operation has its route").access
}

/// Whose session a call is made in: what staff do for their own sign-in, in that of a shop's manager.
fn document_of(way: Way, function: &Described) -> Document {
    let is_of_staff = way.path == "/auth/password" || way.path.starts_with("/auth/second-factor");
    if is_of_staff { Document::ShopCustomers } else { function.document }
}

fn texts(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect()
}
