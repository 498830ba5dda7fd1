//! Authentication: password hashes, SMS codes, captcha seals, token keys, tokens, and the gate that checks token and
//! session. Also the sealing of sensitive fields.

pub mod captcha;
pub mod codes;
pub mod gate;
pub mod hashing_memory;
pub mod keys;
pub mod passwords;
pub mod sealing;
pub mod tokens;
pub mod totp;
mod verified_tokens;
