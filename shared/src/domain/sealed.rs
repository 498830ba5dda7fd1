//! Fields that are stored encrypted: what is kept in their place, and where each belongs.

use serde::{Deserialize, Serialize};

/// A field's text, encrypted for one place of one tenant. `<version>.<key>.<base64url of nonce and ciphertext>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(pub String);

/// Equal for equal texts of one tenant and kind, and otherwise telling nothing: for look-up and uniqueness.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlindIndex(pub String);

/// Whose a sealed field is, and where it stands. Moved to another place it cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedPlace {
    /// Each tenant has keys of its own.
    pub tenant: String,
    /// The key of the item that holds it, which the store gives.
    pub item: Vec<String>,
    pub field: &'static str,
}
