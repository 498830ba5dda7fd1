//! EV customers (`charging-customers.md`): `{"status":"SUCCESS","data":…}`, and booleans for the two vehicle endpoints.

use super::envelope::{
    Envelope, PictureAnswer, Response, app_status, failed, json, picture, raw, rest_status, with_token,
};
use crate::{
    auth::tokens::SessionToken,
    domain::reason::{Failure, Reason},
};
use http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;

pub struct EvCustomer;

/// The vehicle pair of the same document, which prints `"status":true` and a text.
pub struct EvVehicle;

#[derive(Debug)]
pub enum Success {
    Done,
    /// Done, a new session in the header, and what is said of it.
    Renewed(Box<RawValue>, SessionToken),
    Data(Box<RawValue>),
    /// #4: the picture itself.
    Picture(PictureAnswer),
}

impl Success {
    pub fn data(view: &impl Serialize) -> Result<Self, Failure> {
        raw(view).map(Self::Data)
    }

    pub fn renewed(view: &impl Serialize, token: SessionToken) -> Result<Self, Failure> {
        Ok(Self::Renewed(raw(view)?, token))
    }
}

#[derive(Serialize)]
struct EvCustomerBody<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

#[derive(Serialize)]
struct VehicleBody<'a> {
    status: bool,
    data: &'a str,
}

impl Envelope for EvCustomer {
    type Success = Success;

    const QUERY_TOKEN: Option<&'static str> = Some("access_token");

    fn success(success: Success) -> Result<Response, Failure> {
        let (data, token) = match success {
            Success::Done => (None, None),
            Success::Data(data) => (Some(data), None),
            Success::Renewed(data, token) => (Some(data), Some(token)),
            Success::Picture(content) => return picture(&content),
        };
        let response =
            json(StatusCode::OK, &EvCustomerBody { status: "SUCCESS", data: data.as_deref(), message: None })?;
        token.iter().try_fold(response, with_token)
    }

    fn failure(failure: &Failure) -> Response {
        failed(
            rest_status(failure),
            failure,
            &EvCustomerBody { status: "FAILURE", data: None, message: Some(failure.text()) },
        )
    }
}

impl Envelope for EvVehicle {
    type Success = &'static str;

    const QUERY_TOKEN: Option<&'static str> = EvCustomer::QUERY_TOKEN;

    fn success(data: &'static str) -> Result<Response, Failure> {
        json(StatusCode::OK, &VehicleBody { status: true, data })
    }

    /// Business failures are HTTP 200 with `"status":false` here.
    fn failure(failure: &Failure) -> Response {
        // The document says 404 for a vehicle that is not the caller's.
        let status = match failure.reason() {
            Reason::NotYours => rest_status(failure),
            _ => app_status(failure),
        };
        failed(status, failure, &VehicleBody { status: false, data: failure.text() })
    }
}
