//! Where a request came from, for throttles and the audit trail.

use std::net::{IpAddr, Ipv4Addr};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// As the gateway saw it, never from a header.
    pub address: IpAddr,
    /// The id under which the logs know the request.
    pub request: String,
    /// The name under which the gateway was called.
    pub domain: String,
}

/// For calls that come from no network: all of them count as one caller.
impl Default for Origin {
    fn default() -> Self {
        Self { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), request: String::new(), domain: String::new() }
    }
}
