//! Where a request came from, for throttles and the audit trail.

use super::device::KnownDevice;
use std::net::{IpAddr, Ipv4Addr};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// As the gateway saw it, never from a header.
    pub address: IpAddr,
    /// The id under which the logs know the request.
    pub request: String,
    /// The name under which the gateway was called.
    pub domain: String,
    /// The device that the caller shows to be known, on routes that need no session.
    pub device: Option<KnownDevice>,
}

/// For calls that come from no network: all of them count as one caller.
impl Default for Origin {
    fn default() -> Self {
        let address = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Self { address, request: String::new(), domain: String::new(), device: None }
    }
}
