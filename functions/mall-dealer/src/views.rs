//! What the dealers' app reads.

use serde::Serialize;
use shared::{
    domain::reason::Failure,
    service::dealer::Profile,
    wire::mall::{Spelling, Success},
};

/// #18 and #23: every field is always there; what is unset is `""` or `0`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dealer<'a> {
    telephone: &'a str,
    nick_name: &'a str,
    favicon: &'a str,
    gender: u8,
    status: u8,
}

impl<'a> Dealer<'a> {
    pub fn of(profile: &'a Profile) -> Self {
        Self {
            telephone: profile.phone.digits(),
            nick_name: profile.nickname.as_ref().map_or("", |name| name.as_str()),
            favicon: profile.favicon.as_deref().unwrap_or_default(),
            gender: profile.gender.into(),
            status: 0,
        }
    }
}

/// #29
#[derive(Serialize)]
pub struct Favicon<'a> {
    pub favicon: &'a str,
}

/// #21
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture<'a> {
    pub pic_url: &'a str,
}

pub fn done(spelling: Spelling) -> Success {
    Success { spelling, data: None, token: None }
}

pub fn data(spelling: Spelling, view: &impl Serialize) -> Result<Success, Failure> {
    let data = serde_json::value::to_raw_value(view)
        .map_err(|error| Failure::internal(format!("an answer cannot be written: {error}")))?;
    Ok(Success { data: Some(data), ..done(spelling) })
}
