//! The auto mall (`mall-users.md`): `{"errCode":…,"msg":…,"data":…}`; successes are spelled in two ways, failures are
//! always numbers.

use super::envelope::{Envelope, Picture, Response, failed, json, picture, protocol_status, with_token};
use crate::domain::reason::{Failure, Reason};
use http::StatusCode;
use secrecy::SecretString;
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
    pub token: Option<SecretString>,
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
    pub fn with_token(self, session: SecretString) -> Self {
        Self { token: Some(session), ..self }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Code {
    Number(u16),
    Text(&'static str),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    err_code: Code,
    msg: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
}

impl Envelope for Mall {
    type Success = Success;

    const QUERY_TOKEN: Option<&'static str> = None;

    fn success(success: Success) -> Result<Response, Failure> {
        let (err_code, msg) = match success.spelling {
            Spelling::Number => (Code::Number(200), "success"),
            Spelling::Text => (Code::Text("200"), "sucess"),
        };
        let response = json(StatusCode::OK, &Body { err_code, msg, data: success.data.as_deref() })?;
        success.token.iter().try_fold(response, with_token)
    }

    fn failure(failure: &Failure) -> Response {
        let reason = failure.reason();
        let (number, text) = match reason {
            Reason::Malformed | Reason::UnreadablePicture | Reason::UnsupportedVerifyType => (400, None),
            Reason::Unauthorized => (401, None),
            Reason::Forbidden | Reason::NotYours | Reason::RecentSignInWanted | Reason::SecondProofWanted => {
                (403, None)
            }
            Reason::NoSuchRoute => (404, None),
            Reason::WrongMethod => (405, None),
            Reason::TooLarge => (413, None),
            Reason::UnsupportedType => (415, None),
            Reason::Internal => (500, None),
            Reason::WrongCredentials => (2017, Some("密码不正确")),
            Reason::UsernameTaken | Reason::PhoneTaken => (2017, Some("用户已存在")),
            Reason::Throttled | Reason::Contended => (2019, None),
            Reason::PlateTaken
            | Reason::NoSuchStation
            | Reason::NoPilesOfMode
            | Reason::QueueFull
            | Reason::AlreadyQueued
            | Reason::InArrears
            | Reason::NothingQueued
            | Reason::ChangeNotAllowed
            | Reason::KeyReused
            | Reason::StationExists
            | Reason::WrongState
            | Reason::IdNumberTaken
            | Reason::VehicleInUse
            | Reason::CapReached
            | Reason::OldVersion
            | Reason::BalanceLeft
            | Reason::LastAdmin => (2021, None),
            Reason::WeakPassword => (2022, None),
            Reason::WrongOldPassword => (2017, None),
            Reason::WrongCode => (2016, None),
            Reason::WrongCaptcha | Reason::CaptchaWanted => (2018, None),
            Reason::PictureNotYours => (2020, None),
            Reason::BadIdNumber => (2023, None),
            Reason::BadInput => (2024, None),
        };
        let status = match reason {
            Reason::NotYours => StatusCode::FORBIDDEN,
            other => protocol_status(other).unwrap_or(StatusCode::OK),
        };
        let body = Body {
            err_code: Code::Number(number),
            msg: failure.sentence().or(text).unwrap_or(reason.text()),
            data: None,
        };
        failed(status, failure, &body)
    }
}

impl Envelope for MallPicture {
    type Success = Picture;

    const QUERY_TOKEN: Option<&'static str> = None;

    fn success(content: Picture) -> Result<Response, Failure> {
        picture(&content)
    }

    fn failure(failure: &Failure) -> Response {
        Mall::failure(failure)
    }
}
