//! What a member changes with a proof: the password and the bound phone.

use crate::{
    App, MEMBERS, actor,
    customer::{MOBILE, VERIFICATION_CODE},
    joining::SEND_CODE,
};
use shared::{
    domain::{
        account::LoginName,
        cloud::{LoginId, PortalMember},
        otp::Code,
        password::Password,
        phone::Phone,
        reason::{Failure, Reason},
        text::halfwidth,
    },
    service::cloud::{LoginPasswordChange, LoginPhoneChange},
    wire::{Call, Endpoint, Field, Fields, cloud::Success, put, sms},
};
use std::sync::Arc;

const OWN_LOGIN: Field<LoginName> = Field::new("login_id", |text| Ok(LoginName::read(text)))
    .about("登录帐号，即当前会话的帐号 · The login id of this session's account")
    .example("51idc")
    .rule(LoginId::RULE);
const OLD_PASSWORD: Field<Password> = Field::new("old_passwd", |text| Ok(Password::typed(text)))
    .about("原密码 · The old password")
    .example("a phrase for 51");
const NEW_PASSWORD: Field<String> = Field::text("new_passwd")
    .about("新密码，至少 8 位，不能是常见密码 · The new password: from 8 characters, not a common one")
    .example("another phrase 7")
    .rule(Password::RULE);
const VERIFY_TYPE: Field<String> = Field::text("verify_type")
    .about("验证方式：phone 手机；wechat 暂不支持 · How it is proved; `wechat` is not supported yet")
    .example("phone")
    .one_of(&["phone", "wechat"]);
const CELL_NUMBER: Field<Phone> = Field::new("cell_number", Phone::parse)
    .about("已绑定的手机号 · The bound phone")
    .example("13312345864")
    .rule(Phone::RULE);
const VERIFY_CODE: Field<Code> =
    Field::new("verify_code", Code::read).about("短信验证码 · The SMS code").example("123456").rule(Code::RULE);
const ACTION_TYPE: Field<String> =
    Field::text("action_type").about("动作：0 绑定，1 解除绑定 · 0 binds, 1 unbinds").whole(0).one_of(&["0", "1"]);

pub const PASSWORD: Endpoint = put("/customer/account/passwd")
    .number(54)
    .title("修改密码", "Change one's own password")
    .access(MEMBERS)
    .also_at(&[zoned!("/customer/account/passwd")])
    .zh(&["需要原密码和发到绑定手机的验证码。成功后其他会话失效，新令牌在 `X-Access-Token` 中。"])
    .notes(&[
        "Old password and code together; `cell_number` is the bound phone. The answer is empty.",
        "`wechat` has no provider: 400 `unsupported_verify_type`.",
        "All other sessions end, a new one comes in `X-Access-Token`, and the owner is told by SMS.",
    ])
    .in_path(&[("zone", "ac1")])
    .takes(&[
        OWN_LOGIN.required(),
        OLD_PASSWORD.required(),
        NEW_PASSWORD.required(),
        VERIFY_TYPE.required(),
        CELL_NUMBER.required(),
        VERIFY_CODE.required().from(sms(SEND_CODE.way(), "cell_number")),
    ])
    .refuses(&[
        Reason::NotYours,
        Reason::WrongCode,
        Reason::WrongOldPassword,
        Reason::SecondProofWanted,
        Reason::WeakPassword,
        Reason::UnsupportedVerifyType,
    ]);

pub const PHONE: Endpoint = put("/customer/account/phone")
    .number(55)
    .title("绑定手机", "Bind or unbind one's own phone")
    .access(MEMBERS)
    .also_at(&[zoned!("/customer/account/phone")])
    .zh(&["验证码发到 `mobile`。更换或解绑已绑定的手机要求十分钟内登录过。", "成功后其他会话失效，新令牌在 `X-Access-Token` 中。"])
    .notes(&[
        "The sample's address is #54's and its JSON is broken: the heading counts.",
        "The code goes to `mobile`. A phone that is bound is replaced or unbound after a sign-in of the last ten minutes only, and its owner is told.",
        "All other sessions end, and a new one comes in `X-Access-Token`; nothing changes, and none comes, when the phone is bound already.",
    ])
    .in_path(&[("zone", "ac1")])
    .takes(&[
        MOBILE.about("手机号 · Mobile number").example("13312345865").required(),
        VERIFICATION_CODE.about("短信验证码 · The SMS code").required().from(sms(SEND_CODE.way(), "mobile")),
        ACTION_TYPE.required(),
    ])
    .refuses(&[Reason::WrongCode, Reason::RecentSignInWanted, Reason::PhoneTaken]);

/// #54
pub async fn password(app: Arc<App>, member: PortalMember, mut call: Call) -> Result<Success, Failure> {
    let wanted = call.read(new_password)?;
    let issued = app.portal.change_password(actor(&app, &member, &call), &wanted).await?;
    Ok(Success::nothing().with_token(issued.token))
}

/// #54
fn new_password(fields: &mut Fields) -> Result<LoginPasswordChange, Failure> {
    let (login_id, old) = (fields.required(&OWN_LOGIN)?, fields.required(&OLD_PASSWORD)?);
    let (new, verify_type) = (fields.required(&NEW_PASSWORD)?, fields.required(&VERIFY_TYPE)?);
    let (cell_number, verify_code) = (fields.required_text(&CELL_NUMBER)?, fields.required_text(&VERIFY_CODE)?);
    match halfwidth(&verify_type).to_ascii_lowercase().as_str() {
        "phone" => {}
        "wechat" => return Err(Reason::UnsupportedVerifyType.into()),
        _ => return Err(Failure::malformed("验证方式应为 phone 或 wechat").of("verify_type")),
    }
    Ok(LoginPasswordChange {
        login_id,
        old,
        new,
        phone: CELL_NUMBER.parse(&cell_number)?,
        code: VERIFY_CODE.parse(&verify_code)?,
    })
}

/// #55
pub async fn phone(app: Arc<App>, member: PortalMember, mut call: Call) -> Result<Success, Failure> {
    let wanted = call.read(new_phone)?;
    let issued = app.portal.change_phone(actor(&app, &member, &call), &wanted).await?;
    Ok(issued.map_or_else(Success::nothing, |issued| Success::nothing().with_token(issued.token)))
}

/// #55
fn new_phone(fields: &mut Fields) -> Result<LoginPhoneChange, Failure> {
    let (phone, code) = (fields.required(&MOBILE)?, fields.required_text(&VERIFICATION_CODE)?);
    let bind = match halfwidth(&fields.required(&ACTION_TYPE)?).as_str() {
        "0" => true,
        "1" => false,
        _ => return Err(Failure::malformed("动作应为 0（绑定）或 1（解除绑定）").of("action_type")),
    };
    Ok(LoginPhoneChange { phone, code: VERIFICATION_CODE.parse(&code)?, bind })
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{PASSWORD, PHONE};
    use describe::{Answers, Operation, cloud};

    pub fn operations() -> Vec<Operation> {
        vec![PASSWORD.answers(cloud::nothing().with_token()), PHONE.answers(cloud::nothing().with_token())]
    }
}
