//! The auto mall (`mall-users.md`): `{"errCode":…,"msg":…,"data":…}`; successes are spelled in two ways, failures are
//! always numbers.

use super::envelope::{Envelope, PictureAnswer, Response, app_status, failed, json, picture, with_token};
use crate::{auth::tokens::SessionToken, domain::reason::Failure};
use http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;

pub struct Mall;

/// A picture of the mall's; its failures are the document's.
pub struct MallPicture;

/// How the document prints this endpoint's success; old clients compare it letter by letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `{"errCode":200,"msg":"success"}`
    Number,
    /// `{"errCode":"200","msg":"sucess"}`
    Text,
}

#[derive(Debug)]
pub struct Success {
    pub spelling: Spelling,
    pub data: Option<Box<RawValue>>,
    pub token: Option<SessionToken>,
}

impl Success {
    /// The outcome and nothing else.
    pub fn done(spelling: Spelling) -> Self {
        Self { spelling, data: None, token: None }
    }

    /// The outcome and `data`.
    pub fn data(spelling: Spelling, view: &impl Serialize) -> Result<Self, Failure> {
        let data = serde_json::value::to_raw_value(view)
            .map_err(|error| Failure::internal(format!("response could not be serialised: {error}")))?;
        Ok(Self { data: Some(data), ..Self::done(spelling) })
    }

    /// The same, and a session in the header.
    #[must_use]
    pub fn with_token(self, session: SessionToken) -> Self {
        Self { token: Some(session), ..self }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum MallCode {
    Number(u16),
    Text(&'static str),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MallBody<'a> {
    err_code: MallCode,
    msg: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
}

impl Envelope for Mall {
    type Success = Success;

    const QUERY_TOKEN: Option<&'static str> = None;

    fn success(success: Success) -> Result<Response, Failure> {
        let (err_code, msg) = match success.spelling {
            Spelling::Number => (MallCode::Number(200), "success"),
            Spelling::Text => (MallCode::Text("200"), "sucess"),
        };
        let response = json(StatusCode::OK, &MallBody { err_code, msg, data: success.data.as_deref() })?;
        success.token.iter().try_fold(response, with_token)
    }

    fn failure(failure: &Failure) -> Response {
        let reason = failure.reason();
        let msg = failure.sentence().or(reason.mall_text()).unwrap_or(reason.text());
        let body = MallBody { err_code: MallCode::Number(reason.mall_code()), msg, data: None };
        failed(app_status(failure), failure, &body)
    }
}

impl Envelope for MallPicture {
    type Success = PictureAnswer;

    const QUERY_TOKEN: Option<&'static str> = None;

    fn success(content: PictureAnswer) -> Result<Response, Failure> {
        picture(&content)
    }

    fn failure(failure: &Failure) -> Response {
        Mall::failure(failure)
    }
}
