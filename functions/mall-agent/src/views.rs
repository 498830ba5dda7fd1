//! What the agents' app reads of its owner.

use serde::Serialize;
use shared::service::{agent::AgentProfile, papers::OwnPapers};

/// #12: 0 not certified (未认证), 1 under review (审核中), 2 refused (未通过), 3 certified (已通过).
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Certification {
    pub status: u8,
}

/// Everything that the agent's app shows of its owner; what is unset is `""` or `0`.
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
    open_id: &'a str,
}

impl<'a> Info<'a> {
    pub fn of(profile: &'a AgentProfile, papers: &'a OwnPapers) -> Self {
        Self {
            status: papers.status.into(),
            reason: papers.reason.as_ref().map_or("", |why| why.as_str()),
            real_name: &papers.real_name,
            id_no: &papers.id_no,
            front_img: &papers.front,
            qualification: &papers.qualification,
            telephone: profile.phone.digits(),
            open_id: profile.open_id.as_ref().map_or("", |open_id| open_id.as_str()),
        }
    }
}
