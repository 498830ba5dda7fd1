//! What the agents' app reads.

use serde::Serialize;
use shared::service::papers::HandedIn;

/// #12: 0 not certified (未认证), 1 under review (审核中), 2 refused (未通过), 3 certified (已通过).
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Certification {
    pub status: u8,
}

/// #14
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Front<'a> {
    pub front_img: &'a str,
}

/// #15
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Qualification<'a> {
    pub qualification: &'a str,
}

/// #16: the number is masked.
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
