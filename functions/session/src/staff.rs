//! What staff do for their own sign-in: another password, and a second factor.

use crate::{App, credentials::Issued};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use shared::{
    domain::{
        account::{LoginName, Realm},
        password::Password,
        reason::{Failure, Reason},
        second_factor::{RecoveryCode, SecondProof, TotpCode},
        session::Caller,
        staff::{SecondFactorRoles, SignInStep},
    },
    service::{password::PasswordChange, second_factor::Enrolling},
    wire::{
        Access, Call, Endpoint, Field, Fields, answer,
        person::{NEW_PASSWORD, PASSWORD, USERNAME},
        plain::Success,
        post,
    },
};
use std::sync::Arc;

const STAFF: Access = Access::SignedIn(&[Realm::Platform, Realm::Shop]);
const WITH_SECOND_FACTOR: Access = Access::Roles(SecondFactorRoles::POSSIBLE);

const OWN_NAME: Field<LoginName> =
    USERNAME.about("登录用户名 · The name with which the account signs in").example("wang.xiaoming");
const OLD_PASSWORD: Field<Password> = Field::new("old_password", |text| Ok(Password::typed(text)))
    .about("原密码 · The present password")
    .example("another phrase 7");
pub const TOTP: Field<TotpCode> = Field::new("totp", TotpCode::read)
    .about("动态验证码，绑定后必填 · The code of the authenticator, once one is enrolled")
    .example("287082");
pub const RECOVERY_CODE: Field<RecoveryCode> = Field::new("recovery_code", RecoveryCode::read)
    .about("恢复码，代替动态验证码 · A recovery code in its place")
    .example("ABCD-EFGH-IJKL-MNOP");

pub const CHANGE_PASSWORD: Endpoint = post("/auth/password")
    .title("修改密码", "Change one's own password")
    .access(STAFF)
    .finishes(SignInStep::Password)
    .zh(&["平台和门店人员修改密码，须提供原密码；其他会话全部失效，返回新令牌。初始密码须在首次登录时修改。"])
    .notes(&[
        "Staff of the platform and of shops. All sessions end, and the answer holds a new one.",
        "A password that an administrator gave lasts 24 hours and is replaced at the first sign-in by another one.",
    ])
    .takes(&[
        OWN_NAME.required(),
        OLD_PASSWORD.required(),
        NEW_PASSWORD
            .about("新密码，8 至 128 个字符，不能是常见密码 · The new password: 8–128 characters, not a common one")
            .example("a third phrase 9")
            .required(),
    ])
    .refuses(&[Reason::WrongOldPassword, Reason::WeakPassword, Reason::SignInUnfinished]);

pub const OFFER_SECOND_FACTOR: Endpoint = post("/auth/second-factor")
    .title("获取动态验证码密钥", "Begin to enrol a second factor")
    .access(WITH_SECOND_FACTOR)
    .finishes(SignInStep::SecondFactor)
    .zh(&["管理员、审核员和门店经理绑定动态验证器（TOTP）：返回密钥和二维码地址，`/auth/second-factor/confirm` 确认后生效。"])
    .notes(&[
        "For administrators, auditors and shop managers. Show `uri` as a QR code.",
        "Where a second factor is enrolled already, a code of it is wanted too; it goes on until the new one is confirmed.",
    ])
    .takes(&[
        OWN_NAME.required(),
        PASSWORD.example("another phrase 7").required(),
        TOTP.optional().left_out(),
        RECOVERY_CODE.optional().left_out(),
    ])
    .refuses(&[Reason::WrongOldPassword, Reason::SecondFactorWanted, Reason::WrongCode, Reason::SignInUnfinished]);

pub const CONFIRM_SECOND_FACTOR: Endpoint = post("/auth/second-factor/confirm")
    .title("确认动态验证码", "Confirm the second factor")
    .access(WITH_SECOND_FACTOR)
    .finishes(SignInStep::SecondFactor)
    .zh(&["输入验证器上的第一个验证码完成绑定。返回十个恢复码（只显示这一次，每个可用一次）和新令牌，其他会话失效。"])
    .notes(&["The recovery codes are shown this once. All other sessions end."])
    .takes(&[
        OWN_NAME.required(),
        TOTP.about("验证器显示的验证码 · The code that the authenticator shows for the secret")
            .required()
            .from(answer(OFFER_SECOND_FACTOR.way(), "/secret")),
    ])
    .refuses(&[Reason::WrongCode, Reason::WrongState, Reason::SignInUnfinished]);

/// What an authenticator takes.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Offered<'a> {
    /// In base32, for authenticators without a camera.
    secret: &'a str,
    /// For a QR code.
    uri: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Confirmed<'a> {
    /// Shown this once; each works once in the place of a code.
    recovery_codes: Vec<String>,
    token: &'a str,
    expires_in: i64,
}

/// A code of the second factor, or a recovery code.
pub fn second_proof(fields: &mut Fields) -> Result<Option<SecondProof>, Failure> {
    let (totp, recovery) = (fields.optional(&TOTP)?, fields.optional(&RECOVERY_CODE)?);
    Ok(totp.map(SecondProof::Code).or(recovery.map(SecondProof::Recovery)))
}

pub async fn change_password(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (name, old, new) = call.read(|fields| {
        let (name, old) = (fields.required(&OWN_NAME)?, fields.required(&OLD_PASSWORD)?);
        let new = Password::choose(&fields.required(&NEW_PASSWORD)?, &[name.as_str()])?;
        Ok((name, old, new))
    })?;
    let (origin, now) = (call.origin(), call.now().real);
    let change = PasswordChange { realm: caller.realm, name, account: Some(&caller.account), old, new, origin, now };
    let issued = app.sign_in.change_password(&change).await?;
    Ok(Success::content(&Issued::of(&issued))?.with_token(issued.token.clone()))
}

pub async fn offer(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (name, password, second) =
        call.read(|fields| Ok((fields.required(&OWN_NAME)?, fields.required(&PASSWORD)?, second_proof(fields)?)))?;
    let who = Enrolling { caller: &caller, name, origin: call.origin(), now: call.now().real };
    let offer = app.sign_in.offer_second_factor(&who, password, second).await?;
    Success::content(&Offered { secret: offer.secret.expose_secret(), uri: offer.uri.expose_secret() })
}

pub async fn confirm(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (name, code) = call.read(|fields| Ok((fields.required(&OWN_NAME)?, fields.required(&TOTP)?)))?;
    let who = Enrolling { caller: &caller, name, origin: call.origin(), now: call.now().real };
    let enrolled = app.sign_in.confirm_second_factor(&who, &code).await?;
    let session = &enrolled.session;
    let body = Confirmed {
        recovery_codes: enrolled.recovery.iter().map(RecoveryCode::shown).collect(),
        token: session.token.expose_secret(),
        expires_in: session.expires_in.as_secs(),
    };
    Ok(Success::content(&body)?.with_token(session.token.clone()))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{CHANGE_PASSWORD, CONFIRM_SECOND_FACTOR, Confirmed, Issued, OFFER_SECOND_FACTOR, Offered};
    use crate::credentials::reference::token;
    use describe::{Answers, Operation, plain};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        let mut confirmed = token();
        confirmed["recovery_codes"] = json!(["ABCD-EFGH-IJKL-MNOP"]);
        vec![
            CHANGE_PASSWORD.answers(plain::content::<Issued>(token()).with_token()),
            OFFER_SECOND_FACTOR.answers(plain::content::<Offered<'static>>(json!({
                "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
                "uri": "otpauth://totp/ev-plaza:wang.xiaoming%20%28shop-manager%29?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=ev-plaza&algorithm=SHA1&digits=6&period=30"
            }))),
            CONFIRM_SECOND_FACTOR.answers(plain::content::<Confirmed<'static>>(confirmed).with_token()),
        ]
    }
}
