//! What the agents' app reads.

use serde::Serialize;

/// #12: 0 not certified (未认证), 1 under review (审核中), 2 refused (未通过), 3 certified (已通过).
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Certification {
    pub status: u8,
}
