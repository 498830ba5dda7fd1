//! What the dealers' app reads.

use serde::Serialize;
use shared::service::{dealer::Profile, papers::HandedIn};

/// #18 and #23: every field is always there; what is unset is `""` or `0`.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
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
            status: profile.status.into(),
        }
    }
}

/// #29
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Favicon<'a> {
    pub favicon: &'a str,
}

/// In the shape of #14.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Front<'a> {
    pub front_img: &'a str,
}

/// In the shape of #15.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Qualification<'a> {
    pub qualification: &'a str,
}

/// In the shape of #16: the number is masked.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Papers<'a> {
    real_name: &'a str,
    id_no: &'a str,
    front_img: &'a str,
    qualification: &'a str,
    status: u8,
}

impl<'a> Papers<'a> {
    pub fn of(papers: &'a HandedIn) -> Self {
        Self {
            real_name: papers.real_name.as_str(),
            id_no: &papers.id_no,
            front_img: &papers.front,
            qualification: &papers.qualification,
            status: papers.status.into(),
        }
    }
}

/// #21
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Picture<'a> {
    pub pic_url: &'a str,
}
