//! Proof of who somebody is: password hashes, token keys, tokens, the gate that looks at both token and session; and the
//! sealing of fields that few may read.

pub mod captcha;
pub mod codes;
pub mod gate;
pub mod hashing_memory;
pub mod keys;
pub mod passwords;
pub mod sealing;
pub mod tokens;
mod verified_tokens;
