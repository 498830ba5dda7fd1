//! Fields by which `mall-users.md` names its users. There `phoneNum` is the code, and `telephone` the number.

use super::Field;
use crate::domain::{open_id::OpenId, otp::Code, phone::Phone};

pub const OPEN_ID: Field<OpenId> = Field::new("openId", OpenId::parse)
    .about("微信用户唯一标识 · The WeChat user")
    .example("oGZUI0egBJY1zhBYw2KhdUfwVJJE")
    .rule(OpenId::RULE);

pub const TELEPHONE: Field<Phone> =
    Field::new("telephone", Phone::parse).about("手机号码 · Mobile number").example("13912345678").rule(Phone::RULE);

pub const PHONE_NUM: Field<Code> =
    Field::new("phoneNum", Code::read).about("短信验证码 · The SMS code").example("123456").rule(Code::RULE);
