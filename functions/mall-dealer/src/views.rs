//! What the dealers' app reads.

use serde::Serialize;
use shared::service::{dealer::DealerProfile, papers::OwnPapers};

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
    pub fn of(profile: &'a DealerProfile) -> Self {
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

/// #21
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Picture<'a> {
    pub pic_url: &'a str,
}

/// Everything that the dealer's app shows of its owner; what is unset is `""` or `0`.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Info<'a> {
    /// 0 not certified (未认证), 1 under review (审核中), 2 refused (未通过), 3 certified (已通过).
    status: u8,
    /// Why the papers were refused; of others `""`.
    reason: &'a str,
    real_name: &'a str,
    /// Masked.
    id_no: &'a str,
    /// Addresses that open the pictures for ten minutes; `""` once they are deleted.
    front_img: &'a str,
    qualification: &'a str,
    telephone: &'a str,
    nick_name: &'a str,
    favicon: &'a str,
    gender: u8,
}

impl<'a> Info<'a> {
    pub fn of(profile: &'a DealerProfile, papers: &'a OwnPapers) -> Self {
        Self {
            status: papers.status.into(),
            reason: papers.reason.as_ref().map_or("", |why| why.as_str()),
            real_name: &papers.real_name,
            id_no: &papers.id_no,
            front_img: &papers.front,
            qualification: &papers.qualification,
            telephone: profile.phone.digits(),
            nick_name: profile.nickname.as_ref().map_or("", |name| name.as_str()),
            favicon: profile.favicon.as_deref().unwrap_or_default(),
            gender: profile.gender.into(),
        }
    }
}
