//! How a caller of a document gets a session. The page of each app begins with it.

use crate::Document;
use shared::wire::{Before, Given, Way, before};

/// The sample whose answer opens the session, after what it needs itself.
#[derive(Clone, Copy, Debug)]
pub struct SignIn {
    pub call: Before,
    /// What goes before over and above that.
    pub before: &'static [Before],
    pub token: Token,
    /// For how long the token is good.
    pub life: Life,
    /// How the app signs in the next time, in both languages.
    pub again: (&'static str, &'static str),
}

/// Where the token stands in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// At a JSON pointer.
    Body(&'static str),
    /// In `X-Access-Token`.
    Header,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    ThirtyDays,
    TwelveHours,
}

impl Life {
    pub const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::ThirtyDays => ("30 天", "30 days"),
            Self::TwelveHours => ("12 小时", "12 hours"),
        }
    }
}

const REGISTER: Way = Way::to("POST /u/register");
const TOKEN: Way = Way::to("POST /auth/token");
const APPOINT: Way = Way::to("POST /operator/people");
const PASSWORD: Given = Given::Text("a phrase for 51");

const DRIVER: SignIn = SignIn {
    call: before(REGISTER),
    before: &[],
    token: Token::Body("/token"),
    life: Life::ThirtyDays,
    again: ("以后用 `POST /u/login` 登录。", "From then on, sign in with `POST /u/login`."),
};

const MANAGER_APPOINTED: &[Before] = &[before(APPOINT)];
const AUDITOR_APPOINTED: &[Before] = &[before(APPOINT).with(&[
    ("username", Given::Text("li.si")),
    ("role", Given::Text("auditor")),
    ("shops", Given::Text("")),
])];

/// The first administrator, for whom the name and the password of the sample stand.
const ADMIN: SignIn = SignIn {
    call: before(TOKEN).with(&[
        ("realm", Given::Text("platform")),
        ("username", Given::Text("root-admin")),
        ("password", PASSWORD),
    ]),
    before: &[],
    token: Token::Body("/token"),
    life: Life::TwelveHours,
    again: (
        "首个管理员在部署时任命（`docs/operations.md`），其余人员由管理员任命。本地可用 `cargo local token admin` 直接取得令牌。",
        "The first administrator is appointed with the deployment (`docs/operations.md`), all others by administrators. On a \
         local stack `cargo local token admin` prints a token.",
    ),
};

impl Document {
    /// None for documents that are called without a session.
    pub const fn sign_in(self) -> Option<SignIn> {
        Some(match self {
            Self::ChargingApp | Self::Sessions => DRIVER,
            Self::ChargingCustomers => SignIn {
                again: (
                    "账户与充电桩用户端相同：以后用 `POST /u/login` 登录，令牌两边通用。",
                    "The account is the charging app's: from then on, sign in with `POST /u/login`; its token opens both.",
                ),
                ..DRIVER
            },
            Self::MallConsumers => SignIn {
                call: before(Way::to("POST /user/custom/verifyPhoneNum")),
                token: Token::Header,
                again: SAME_STEPS,
                ..DRIVER
            },
            Self::MallAgents => SignIn {
                call: before(Way::to("POST /user/proxy/verifyPhoneNum")),
                token: Token::Header,
                again: SAME_STEPS,
                ..DRIVER
            },
            Self::MallDealers => SignIn {
                call: before(Way::to("POST /user/dealer/register")),
                token: Token::Header,
                again: (
                    "以后用 `POST /user/dealer/login` 登录。",
                    "From then on, sign in with `POST /user/dealer/login`.",
                ),
                ..DRIVER
            },
            Self::CloudCustomers => SignIn {
                call: before(Way::to("POST /join")),
                token: Token::Header,
                life: Life::TwelveHours,
                again: (
                    "以后用 `POST /auth/token` 登录，`realm` 为 `cloud`。",
                    "From then on, sign in with `POST /auth/token`, realm `cloud`.",
                ),
                ..DRIVER
            },
            Self::ShopCustomers => SignIn {
                call: before(TOKEN).with(&[
                    ("realm", Given::Text("shop")),
                    ("username", Given::Text("wang.xiaoming")),
                    ("password", PASSWORD),
                ]),
                before: MANAGER_APPOINTED,
                again: (
                    "门店人员由平台管理员任命。本地可用 `cargo local token shop-manager --shop S1` 直接取得令牌。",
                    "Staff of shops are appointed by administrators of the platform. On a local stack \
                     `cargo local token shop-manager --shop S1` prints a token.",
                ),
                ..ADMIN
            },
            Self::MallAudit => SignIn {
                call: before(TOKEN).with(&[
                    ("realm", Given::Text("platform")),
                    ("username", Given::Text("li.si")),
                    ("password", PASSWORD),
                ]),
                before: AUDITOR_APPOINTED,
                again: (
                    "审核员由平台管理员任命。本地可用 `cargo local token auditor` 直接取得令牌。",
                    "Auditors are appointed by administrators of the platform. On a local stack `cargo local token auditor` \
                     prints a token.",
                ),
                ..ADMIN
            },
            Self::Operator => ADMIN,
            Self::Payments | Self::Piles | Self::Console | Self::Reference => return None,
        })
    }
}

const SAME_STEPS: (&str, &str) = ("以后登录也是这两步。", "Signing in again takes the same two calls.");
