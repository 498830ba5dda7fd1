//! A cache of recently verified tokens. docs/decisions/0006-verified-tokens.md says why it is safe.

use super::tokens::Session;
use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::DecodingKey;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How long a verified token is remembered.
const REMEMBERED_FOR: SignedDuration = SignedDuration::from_mins(5);
/// The most tokens that are remembered. An environment serves one request at a time, so it rarely sees more.
const MOST: usize = 1000;

/// The SHA-256 of a whole token with its signature: a token that differs in any byte is another token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TokenDigest([u8; 32]);

impl TokenDigest {
    pub fn of(token: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(bytes)
    }
}

/// The result of verifying a token.
#[derive(Clone)]
pub(super) struct VerifiedToken {
    pub session: Session,
    /// The id of the key that verified it.
    pub key_id: String,
    /// The loaded key that verified it. After a reload of the keys, earlier results are no longer trusted.
    pub key: Arc<DecodingKey>,
    /// When the token expires, in seconds.
    pub expires: i64,
    pub verified_at: Timestamp,
}

impl VerifiedToken {
    fn is_fresh(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.verified_at);
        !age.is_negative() && age < REMEMBERED_FOR && now.as_second() < self.expires
    }
}

/// **Invariant:** only tokens whose signature and claims were verified are in here, and never more than [`MOST`].
#[derive(Default)]
pub(super) struct VerifiedTokens(Mutex<HashMap<TokenDigest, VerifiedToken>>);

impl VerifiedTokens {
    pub fn find(&self, digest: &TokenDigest, now: Timestamp) -> Option<VerifiedToken> {
        self.tokens().get(digest).filter(|token| token.is_fresh(now)).cloned()
    }

    pub fn remember(&self, digest: TokenDigest, token: VerifiedToken) {
        let mut tokens = self.tokens();
        if tokens.len() >= MOST {
            let now = token.verified_at;
            tokens.retain(|_, known| known.is_fresh(now));
        }
        if tokens.len() >= MOST {
            // All of them are fresh. Dropping them only costs verifying them once more.
            tokens.clear();
        }
        tokens.insert(digest, token);
    }

    fn tokens(&self) -> MutexGuard<'_, HashMap<TokenDigest, VerifiedToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for VerifiedTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VerifiedTokens")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        account::{AccountId, Realm},
        session::SessionId,
    };

    const NOON: Timestamp = Timestamp::constant(1_800_000_000, 0);

    fn verified(expires_in: i64) -> VerifiedToken {
        let account: AccountId = serde_json::from_value("1003".into()).unwrap();
        let id = SessionId("AAAAAAAAAAAAAAAA".to_owned());
        VerifiedToken {
            session: Session { realm: Realm::Ev, account, id, signed_in_at: NOON },
            key_id: "k1".to_owned(),
            key: Arc::new(DecodingKey::from_ed_der(&[0; 32])),
            expires: NOON.as_second() + expires_in,
            verified_at: NOON,
        }
    }

    fn after(seconds: i64) -> Timestamp {
        NOON + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn a_token_is_remembered_for_five_minutes_and_not_beyond_its_end() {
        let tokens = VerifiedTokens::default();
        let (long, short) = (TokenDigest::of("long"), TokenDigest::of("short"));
        tokens.remember(long, verified(3600));
        tokens.remember(short, verified(60));
        for (digest, at, known) in
            [(long, 0, true), (long, 299, true), (long, 300, false), (short, 59, true), (short, 60, false)]
        {
            assert_eq!(tokens.find(&digest, after(at)).is_some(), known, "{at}");
        }
        assert!(tokens.find(&long, after(-1)).is_none(), "a clock that was set back trusts nothing");
    }

    #[test]
    fn a_token_that_differs_in_one_byte_is_not_known() {
        let tokens = VerifiedTokens::default();
        tokens.remember(TokenDigest::of("header.claims.signature"), verified(3600));
        for other in ["header.claims.signaturf", "header.claims.signatur", "header.claims.signature.", ""] {
            assert!(tokens.find(&TokenDigest::of(other), NOON).is_none(), "{other}");
        }
    }

    #[test]
    fn there_are_never_more_than_a_thousand_and_fresh_ones_outlive_stale_ones() {
        let tokens = VerifiedTokens::default();
        for n in 0..MOST {
            let digest = TokenDigest::of(&n.to_string());
            tokens.remember(digest, verified(if n % 2 == 0 { 3600 } else { 10 }));
        }
        assert_eq!(tokens.tokens().len(), MOST);
        let later = VerifiedToken { verified_at: after(20), ..verified(3600) };
        tokens.remember(TokenDigest::of("later"), later.clone());
        assert_eq!(tokens.tokens().len(), MOST / 2 + 1);
        for n in 0..10 * MOST {
            tokens.remember(TokenDigest::of(&format!("more {n}")), later.clone());
            assert!(tokens.tokens().len() <= MOST, "{n}");
        }
    }
}
