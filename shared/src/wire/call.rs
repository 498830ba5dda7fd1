//! One request as a handler sees it.

use super::{
    body::{self, BodyRule},
    fields::{Fields, urlencoded},
    report::Tally,
};
use crate::{
    domain::{origin::Origin, reason::Failure},
    outside::{clock::RequestTime, payment::Webhook},
};
use axum::extract::{FromRequestParts as _, RawPathParams, Request};
use http::{
    Extensions, HeaderMap, HeaderValue,
    header::{ACCEPT_ENCODING, AUTHORIZATION, IF_MATCH, IF_NONE_MATCH},
    request::Parts,
};
use jiff::Timestamp;
use lambda_http::{RequestExt as _, request::RequestContext};
use std::{collections::HashMap, net::IpAddr, sync::Arc};

/// A request that has been let in: what it says, where it came from, and when it is.
#[derive(Debug)]
pub struct Call {
    fields: Fields,
    origin: Origin,
    now: RequestTime,
    tally: Arc<Tally>,
    path: HashMap<String, String>,
    idempotency_key: Option<HeaderValue>,
    if_none_match: Option<HeaderValue>,
    if_match: Option<HeaderValue>,
    accept_encoding: Option<HeaderValue>,
    webhook: Webhook,
}

impl Call {
    /// Parses the fields with a form's own function, and counts those that the form does not know.
    pub fn read<T>(&mut self, parse: impl FnOnce(&mut Fields) -> Result<T, Failure>) -> Result<T, Failure> {
        let form = parse(&mut self.fields);
        #[cfg(feature = "openapi")]
        self.tally.note_asked(self.fields.asked());
        let form = form?;
        self.tally.count_unknown_fields(self.fields.left_over());
        Ok(form)
    }

    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    pub fn now(&self) -> RequestTime {
        self.now
    }

    /// A parameter of the path, decoded once.
    pub fn path(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// The `Idempotency-Key` header, where there is one.
    pub fn idempotency_key(&self) -> Result<Option<String>, Failure> {
        let Some(value) = &self.idempotency_key else { return Ok(None) };
        let key = value.to_str().ok().map(str::trim).filter(|key| (1..=64).contains(&key.len()));
        let key = key.filter(|key| key.bytes().all(|b| b.is_ascii_graphic() && b != b'#'));
        key.map(|key| Some(key.to_owned()))
            .ok_or_else(|| Failure::malformed("Idempotency-Key 应为 1 至 64 个可见 ASCII 字符"))
    }

    /// Whether the caller has this version of an object already (`If-None-Match`).
    pub fn has(&self, tag: &str) -> bool {
        let known = self.if_none_match.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default();
        known.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == "*" || one == tag)
    }

    /// Whether the caller unpacks gzip (`Accept-Encoding`).
    pub fn takes_gzip(&self) -> bool {
        let known = self.accept_encoding.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default();
        known.split(',').any(|one| match one.split_once(';') {
            None => one.trim() == "gzip",
            Some((name, weight)) => {
                name.trim() == "gzip" && !weight.trim().trim_end_matches(['0', '.']).ends_with("q=")
            }
        })
    }

    /// The version that `If-Match` names, with or without quotes; `*` is any.
    pub fn if_match(&self) -> Result<Option<u64>, Failure> {
        let Some(value) = &self.if_match else { return Ok(None) };
        match value.to_str().unwrap_or_default().trim() {
            "*" => Ok(None),
            tag => {
                let tag = tag.strip_prefix("W/").unwrap_or(tag);
                let version = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(tag).parse();
                version.map(Some).map_err(|_| Failure::malformed("If-Match 应为记录的版本号"))
            }
        }
    }

    /// What was sent, on a route that reads nothing of it.
    pub fn webhook(&self) -> &Webhook {
        &self.webhook
    }

    /// Reads the body and then the query; `credential` is the query parameter that is no field but a token.
    pub(super) async fn receive(
        request: Request,
        (rule, credential): (BodyRule, Option<&str>),
        origin: Origin,
        now: RequestTime,
        tally: Arc<Tally>,
    ) -> Result<Self, Failure> {
        let (mut parts, content) = request.into_parts();
        let path = path_parameters(&mut parts).await?;
        let content = body::collect(content, rule.largest()).await?;
        let (mut fields, mut webhook) = (Fields::default(), Webhook::default());
        fields.extend(match rule {
            BodyRule::Fields => body::fields(&parts.headers, content).await?,
            BodyRule::Picture => body::picture(&parts.headers, content).await?,
            BodyRule::AsSent => {
                webhook = Webhook { headers: parts.headers.clone(), body: content };
                Vec::new()
            }
        });
        let mut query = urlencoded(parts.uri.query().unwrap_or_default().as_bytes())?;
        query.retain(|field| Some(field.name.as_str()) != credential);
        fields.extend(query);
        let idempotency_key = parts.headers.get("idempotency-key").cloned();
        let if_none_match = parts.headers.get(IF_NONE_MATCH).cloned();
        let if_match = parts.headers.get(IF_MATCH).cloned();
        let accept_encoding = parts.headers.get(ACCEPT_ENCODING).cloned();
        Ok(Self {
            fields,
            origin,
            now,
            tally,
            path,
            idempotency_key,
            if_none_match,
            if_match,
            accept_encoding,
            webhook,
        })
    }
}

async fn path_parameters(parts: &mut Parts) -> Result<HashMap<String, String>, Failure> {
    let parameters = RawPathParams::from_request_parts(parts, &()).await;
    let parameters = parameters.map_err(|_| Failure::malformed("路径不是有效的 UTF-8 文本"))?;
    Ok(parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// Where the gateway says the request came from. Headers can be written by anybody and are not asked.
pub(super) fn origin(extensions: &Extensions) -> Origin {
    let Some(RequestContext::ApiGatewayV2(gateway)) = extensions.request_context_ref() else {
        return Origin::default();
    };
    let address = gateway.http.source_ip.as_deref().and_then(|address| address.parse::<IpAddr>().ok());
    let lambda = extensions.lambda_context_ref().map(|context| context.request_id.clone());
    let request = lambda.or_else(|| gateway.request_id.clone()).unwrap_or_default();
    let domain = gateway.domain_name.clone().unwrap_or_default();
    Origin { address: address.unwrap_or(Origin::default().address), request, domain, device: None }
}

/// When the gateway took the request, if it says so.
pub(super) fn stamp(extensions: &Extensions) -> Option<Timestamp> {
    let Some(RequestContext::ApiGatewayV2(gateway)) = extensions.request_context_ref() else { return None };
    Timestamp::from_millisecond(gateway.time_epoch).ok().filter(|at| *at > Timestamp::UNIX_EPOCH)
}

/// Where a token was found.
pub(super) enum Credential {
    Bearer(String),
    Query(String),
    None,
}

impl Credential {
    /// `Authorization: Bearer`, or the query parameter of the two documents that show one.
    pub(super) fn find(headers: &HeaderMap, query: Option<&str>, parameter: Option<&str>) -> Self {
        let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if let Some((scheme, token)) = header.split_once(' ')
            && scheme.eq_ignore_ascii_case("bearer")
        {
            return Self::Bearer(token.trim().to_owned());
        }
        let Some(parameter) = parameter else { return Self::None };
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let mut tokens = pairs.filter(|(name, value)| name == parameter && !value.is_empty());
        tokens.next().map_or(Self::None, |(_, token)| Self::Query(token.into_owned()))
    }

    pub(super) fn token(&self) -> Option<&str> {
        match self {
            Self::Bearer(token) | Self::Query(token) => Some(token),
            Self::None => None,
        }
    }
}
