//! What is sent by SMS: codes, and notices to the owner of an account.

use super::{
    account::Realm,
    otp::{Binding, Code, Purpose, Share},
    phone::Phone,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Notices that one phone gets in a day (UTC), over all products.
pub const NOTICES_PER_DAY: u32 = 10;
/// The same notice again within this time says nothing new.
pub const FOLDED: SignedDuration = SignedDuration::from_hours(1);

/// A change of an account that its owner should know of, because another person may have made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notice {
    PasswordChanged,
    /// Goes to the number that was bound until now.
    PhoneChanged,
    /// Papers (证件) were decided on.
    PapersPassed,
    PapersRefused,
}

impl Notice {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password-changed",
            Self::PhoneChanged => "phone-changed",
            Self::PapersPassed => "papers-passed",
            Self::PapersRefused => "papers-refused",
        }
    }

    pub const fn text(self) -> &'static str {
        match self {
            Self::PasswordChanged => "您的登录密码已被修改。如非本人操作，请立即重置密码并联系客服。",
            Self::PhoneChanged => "您的账号已换绑新的手机号。如非本人操作，请立即联系客服。",
            Self::PapersPassed => "您提交的认证资料已通过审核。",
            Self::PapersRefused => "您提交的认证资料未通过审核，请登录应用查看原因后重新提交。",
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
        /// Whose share it is counted in; unknown of what the release before has put on the way, and counted already.
        share: Option<Share>,
    },
    Notice {
        notice: Notice,
        /// Whose account it is about; unknown of what earlier releases have put on the way.
        realm: Option<Realm>,
    },
    /// 叫号: a waiting car may go to its pile.
    Called(Called),
}

/// Which car is called where, as its driver knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    /// 排队号
    pub number: String,
    pub station: String,
    pub pile: String,
}

impl Called {
    pub fn text(&self) -> String {
        let Self { number, station, pile } = self;
        format!("您的排队号 {number} 已被叫号，请前往充电站 {station} 的 {pile} 号充电桩。如不再需要，请及时取消。")
    }
}

/// The app that a message is about, as its users know it: it stands before each text.
pub const fn app(realm: Realm) -> &'static str {
    match realm {
        Realm::Ev => "电动汽车充电",
        Realm::MallConsumer => "汽车商城",
        Realm::MallAgent => "汽车商城代理商",
        Realm::MallDealer => "汽车商城经销商",
        Realm::Cloud => "企业客户门户",
        Realm::Shop => "门店管理",
        Realm::Platform => "运营平台",
    }
}

/// The sentence around a code: what it is for, so that its owner does not hand it to a caller who asks for it.
pub fn code_text(code: &Code, purpose: &Purpose) -> String {
    let doing = match purpose {
        Purpose::SignIn => "登录或注册",
        Purpose::Reset => "重置登录密码",
        Purpose::Change(_) => "修改账号的手机号或密码",
    };
    format!("您正在{doing}，验证码 {}，5 分钟内有效。如非本人操作请忽略，切勿告诉他人。", code.expose())
}
