//! Access tokens: JWT signed with Ed25519, one format for every realm, without personal data.

use super::{
    keys::{SigningKey, VerifyingKeys},
    verified_tokens::{TokenDigest, VerifiedToken, VerifiedTokens},
};
use crate::{
    domain::{
        account::{AccountId, Realm},
        device::KnownDevice,
        reason::{Failure, Reason},
        session::{SessionId, first_end, life},
        staff::{STEP_LASTS, SignInStep},
    },
    outside::random::Random,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, Header, Validation};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// RFC 9068: distinguishes an access token from other JWTs.
const TYPE: &str = "at+jwt";
/// The type of a device token, which opens nothing: neither kind of token passes for the other.
const DEVICE_TYPE: &str = "device+jwt";
/// How long a device is known after its last sign-in.
const DEVICE_KNOWN_FOR: SignedDuration = SignedDuration::from_hours(180 * 24);
/// The tolerated difference between the clocks of two machines.
const LEEWAY: SignedDuration = SignedDuration::from_secs(30);
/// No token of ours is longer, so longer ones are refused unread.
const LONGEST: usize = 2048;

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: Realm,
    sub: AccountId,
    sid: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// The content of a token. Role and shops are not in it: they are read from the session record with every request, so
/// that a change takes effect at once.
#[derive(Clone, Debug)]
pub struct Session {
    pub realm: Realm,
    pub account: AccountId,
    pub id: SessionId,
    pub signed_in_at: Timestamp,
}

impl Session {
    /// A new session. Its random id is never used again.
    pub fn begin(realm: Realm, account: AccountId, random: &Random, now: Timestamp) -> Self {
        let id = SessionId::new(realm, &BASE64_URL_SAFE_NO_PAD.encode(random.bytes::<12>()), now);
        Self { realm, account, id, signed_in_at: now }
    }

    /// When the session ends unless it is used.
    pub fn ends(&self) -> Timestamp {
        first_end(self.realm, self.signed_in_at)
    }
}

/// What a client keeps of a sign-in: the access token, and the token that makes its device known at the next one.
#[derive(Clone, Debug)]
pub struct SessionToken {
    access: SecretString,
    device: SecretString,
}

impl SessionToken {
    pub fn new(access: impl Into<SecretString>, device: impl Into<SecretString>) -> Self {
        Self { access: access.into(), device: device.into() }
    }

    pub fn expose_secret(&self) -> &str {
        self.access.expose_secret()
    }

    pub fn device(&self) -> &str {
        self.device.expose_secret()
    }
}

/// A signed token with its lifetime.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    pub account: AccountId,
    pub token: SessionToken,
    pub expires_in: SignedDuration,
    /// What is left of the sign-in.
    pub step: Option<SignInStep>,
}

impl IssuedToken {
    /// The token of a session that opens nothing but this step.
    #[must_use]
    pub fn unfinished(self, step: Option<SignInStep>) -> Self {
        match step {
            Some(_) => Self { expires_in: STEP_LASTS, step, ..self },
            None => self,
        }
    }
}

/// Issues tokens. Functions that only verify have no issuer.
#[derive(Clone)]
pub struct Issuer {
    name: String,
    key: SigningKey,
}

impl Issuer {
    pub fn new(name: impl Into<String>, key: SigningKey) -> Self {
        Self { name: name.into(), key }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Signs a token for one session.
    pub fn issue(&self, session: &Session) -> Result<IssuedToken, Failure> {
        let expires_in = life(session.realm);
        let since = session.signed_in_at.as_second();
        let claims = Claims {
            iss: self.name.clone(),
            aud: session.realm,
            sub: session.account.clone(),
            sid: session.id.0.clone(),
            iat: since,
            nbf: since,
            exp: since + expires_in.as_secs(),
        };
        let access = self.sign(TYPE, &claims)?;
        let device = self.sign(DEVICE_TYPE, &Claims { exp: since + DEVICE_KNOWN_FOR.as_secs(), ..claims })?;
        let (account, token) = (session.account.clone(), SessionToken { access, device });
        Ok(IssuedToken { account, token, expires_in, step: None })
    }

    fn sign(&self, typ: &str, claims: &Claims) -> Result<SecretString, Failure> {
        let header =
            Header { typ: Some(typ.to_owned()), kid: Some(self.key.id.clone()), ..Header::new(Algorithm::EdDSA) };
        let token = jsonwebtoken::encode(&header, claims, &self.key.key);
        token.map(Into::into).map_err(|error| Failure::internal(format!("token signing failed: {error}")))
    }
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Issuer")
    }
}

/// Verifies the tokens of one issuer.
#[derive(Debug)]
pub struct Verifier {
    name: String,
    keys: VerifyingKeys,
    verified: VerifiedTokens,
}

impl Verifier {
    pub fn new(name: impl Into<String>, keys: VerifyingKeys) -> Self {
        Self { name: name.into(), keys, verified: VerifiedTokens::default() }
    }

    /// Verifies a token that is ours and valid at `now`. All others are refused with the same reason.
    pub(super) async fn verify(&self, token: &str, now: Timestamp) -> Result<Session, Failure> {
        if token.len() > LONGEST {
            return Err(Reason::Unauthorized.into());
        }
        let digest = TokenDigest::of(token);
        if let Some(known) = self.verified.find(&digest, now) {
            let key = self.keys.find(&known.key_id, now).await;
            if key.is_some_and(|key| Arc::ptr_eq(&key, &known.key)) {
                return Ok(known.session);
            }
        }
        let token = self.verify_signature(token, TYPE, now).await?;
        let session = token.session.clone();
        self.verified.remember(digest, token);
        Ok(session)
    }

    /// The device that a device token names. A token that proves nothing is none: its device is not known.
    pub(super) async fn known_device(&self, token: &str, now: Timestamp) -> Option<KnownDevice> {
        let verified =
            if token.len() > LONGEST { None } else { self.verify_signature(token, DEVICE_TYPE, now).await.ok() };
        let Session { realm, account, id, .. } = verified?.session;
        Some(KnownDevice { realm, account, id: id.0 })
    }

    async fn verify_signature(&self, token: &str, typ: &str, now: Timestamp) -> Result<VerifiedToken, Failure> {
        let refused = || Failure::from(Reason::Unauthorized);
        let header = jsonwebtoken::decode_header(token).map_err(|_| refused())?;
        let id = header.kid.filter(|_| header.typ.as_deref() == Some(typ)).ok_or_else(refused)?;
        let key = self.keys.find(&id, now).await.ok_or_else(refused)?;

        let claims = jsonwebtoken::decode::<Claims>(token, &key, &self.validation()).map_err(|_| refused())?.claims;
        let signed_in_at = Timestamp::from_second(claims.iat).map_err(|_| refused())?;
        if !is_current(&claims, now) {
            return Err(refused());
        }
        let session = Session { realm: claims.aud, account: claims.sub, id: SessionId(claims.sid), signed_in_at };
        Ok(VerifiedToken { session, key_id: id, key, expires: claims.exp, verified_at: now })
    }

    /// One algorithm, all claims, this issuer, our realms as audiences. [`is_current`] compares the times with the
    /// request's own time, not with a clock of the library.
    fn validation(&self) -> Validation {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        validation.set_issuer(&[&self.name]);
        validation.set_audience(&Realm::ALL.iter().map(|realm| realm.as_str()).collect::<Vec<_>>());
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation
    }
}

fn is_current(claims: &Claims, now: Timestamp) -> bool {
    let (now, leeway) = (now.as_second(), LEEWAY.as_secs());
    claims.nbf <= now.saturating_add(leeway) && now <= claims.exp.saturating_add(leeway)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outside::secrets::Secrets;
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
    use futures_util::FutureExt as _;

    const NOON: Timestamp = Timestamp::constant(1_800_000_000, 0);

    fn issuer_and_verifier() -> (Issuer, Verifier) {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let public = BASE64_URL_SAFE_NO_PAD.encode(pair.public_key());
        let published = format!(r#"{{"current":{{"kid":"k1","public":"{public}"}}}}"#);
        let unread = Secrets::from_fn(|_| std::future::ready(Err(Failure::internal("the keys are read at start"))));
        let keys = VerifyingKeys::new(unread, "verifying-keys", &published.into(), NOON).unwrap();
        let secret = format!(r#"{{"kid":"k1","seed":"{}"}}"#, BASE64_URL_SAFE_NO_PAD.encode([7; 32]));
        let issuer = Issuer::new("ev-plaza", SigningKey::read(&secret.into()).unwrap());
        (issuer, Verifier::new("ev-plaza", keys))
    }

    #[test]
    fn only_a_token_that_was_verified_is_remembered() {
        let (signer, verifier) = issuer_and_verifier();
        let account: AccountId = serde_json::from_value("1003".into()).unwrap();
        let session = Session::begin(Realm::Ev, account, &Random::system(), NOON);
        let issued = signer.issue(&session).unwrap();
        let token = issued.token.expose_secret();
        let verify = |token: &str| verifier.verify(token, NOON).now_or_never().unwrap();

        let tampered = format!("{}A", &token[..token.len() - 2]);
        assert_eq!(verify(&tampered).unwrap_err().reason(), Reason::Unauthorized);
        assert!(
            verifier.verified.find(&TokenDigest::of(&tampered), NOON).is_none(),
            "a refused token is not remembered"
        );
        for _ in 0..2 {
            assert_eq!(verify(token).unwrap().id, session.id);
            assert!(verifier.verified.find(&TokenDigest::of(token), NOON).is_some());
        }
    }
}
