//! Proof of who somebody is: password hashes, token keys, tokens, and the gate that looks at both token and session.

pub mod gate;
pub mod keys;
pub mod passwords;
pub mod tokens;
