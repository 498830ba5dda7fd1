//! What is sent by SMS: codes, and notices to the owner of an account.

use super::{
    account::Realm,
    otp::{Binding, Code},
    phone::Phone,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something about an account that its owner should know, should it have been somebody else's doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notice {
    PasswordChanged,
    /// Goes to the number that was bound until now.
    PhoneChanged,
}

impl Notice {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password-changed",
            Self::PhoneChanged => "phone-changed",
        }
    }

    pub const fn text(self) -> &'static str {
        match self {
            Self::PasswordChanged => "您的登录密码已被修改。如非本人操作，请立即重置密码并联系客服。",
            Self::PhoneChanged => "您的账号已换绑新的手机号。如非本人操作，请立即联系客服。",
        }
    }
}

/// One message that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub to: Phone,
    pub content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A code, by what it is worked out from.
    Code {
        binding: Binding,
        nonce: [u8; 16],
        /// After that it would be of no use any more.
        until: Timestamp,
        /// Only numbers that an account of this realm has get one; the caller is not told.
        known_in: Option<Realm>,
        /// The number gets no codes at present; the caller is not told that either.
        muted: bool,
    },
    Notice(Notice),
}

/// The sentence around a code.
pub fn code_text(code: &Code) -> String {
    format!("您的验证码是 {}，5 分钟内有效。请勿告诉他人。", code.expose())
}
