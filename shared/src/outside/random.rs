//! The one source of random numbers. Services draw ids and codes and pass them down.

use std::sync::Arc;

/// Draws from the operating system, or from the seed of a simulation.
#[derive(Clone)]
pub struct Random(Arc<Fill>);

type Fill = dyn Fn(&mut [u8]) + Send + Sync;

impl Random {
    /// The cryptographic generator that the TLS stack uses too.
    #[expect(clippy::disallowed_methods, reason = "this is the edge at which chance comes in")]
    #[expect(clippy::expect_used, reason = "without entropy no secret can be made, and going on would be worse")]
    pub fn system() -> Self {
        Self::from_fn(|bytes| aws_lc_rs::rand::fill(bytes).expect("the operating system gives entropy"))
    }

    pub fn from_fn(fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0)(&mut bytes);
        bytes
    }

    pub fn u64(&self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    pub fn u128(&self) -> u128 {
        u128::from_le_bytes(self.bytes())
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random")
    }
}
