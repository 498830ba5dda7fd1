//! Fields by which several documents name people and have them prove who they are.

use super::Field;
use crate::domain::{
    account::{Email, LoginName, Realm},
    otp::Code,
    password::Password,
    phone::Phone,
};

pub const TELEPHONE: Field<Phone> =
    Field::new("telephone", Phone::parse).about("手机号 · Mobile number").example("13800138000").rule(Phone::RULE);

pub const CODE: Field<Code> =
    Field::new("code", Code::read).about("短信验证码 · The SMS code").example("123456").rule(Code::RULE);

/// The name with which an account signs in.
pub const USERNAME: Field<LoginName> = Field::new("username", |text| Ok(LoginName::read(text)))
    .about("用户名，不区分大小写和全半角 · The user name; case and width do not matter")
    .example("wyc2002");

/// A password that is compared with the account's.
pub const PASSWORD: Field<Password> =
    Field::new("password", |text| Ok(Password::typed(text))).about("密码 · The password").example("123456wyc");

/// A password that is to be the account's; how it is judged depends on the account.
pub const NEW_PASSWORD: Field<String> = Field::text("password")
    .about("密码，8 至 128 个字符，不能是常见密码 · The password: 8–128 characters, not a common one")
    .example("123456wyc")
    .rule(Password::RULE);

pub const EMAIL: Field<Email> =
    Field::new("email", Email::parse).about("邮箱 · E-mail").example("wengyuechuan@163.com").rule(Email::RULE);

pub const REALM: Field<Realm> = Field::new("realm", Realm::parse).about("用户群 · The realm").example("ev").one_of(&[
    "ev",
    "mall-consumer",
    "mall-agent",
    "mall-dealer",
    "cloud",
    "shop",
    "platform",
]);
