//! The documents, as the reference groups endpoints.

/// One of the five contracts or a part of it, or an extension of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Document {
    ChargingApp,
    ChargingCustomers,
    MallConsumers,
    MallAgents,
    MallAudit,
    MallDealers,
    CloudCustomers,
    ShopCustomers,
    Sessions,
    Operator,
    Payments,
    Piles,
    Console,
    Reference,
}

impl Document {
    pub const ALL: [Self; 14] = [
        Self::ChargingApp,
        Self::ChargingCustomers,
        Self::MallConsumers,
        Self::MallAgents,
        Self::MallAudit,
        Self::MallDealers,
        Self::CloudCustomers,
        Self::ShopCustomers,
        Self::Sessions,
        Self::Operator,
        Self::Payments,
        Self::Piles,
        Self::Console,
        Self::Reference,
    ];

    /// Its name in the reference, in both languages.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ChargingApp => "充电桩用户端 Charging app",
            Self::ChargingCustomers => "充电桩客户 EV customers",
            Self::MallConsumers => "汽车城·c端用户 Mall consumers",
            Self::MallAgents => "汽车城·代理商 Mall agents",
            Self::MallAudit => "汽车城·审核 Mall audit",
            Self::MallDealers => "汽车城·提供商 Mall dealers",
            Self::CloudCustomers => "企业客户 Business portal",
            Self::ShopCustomers => "门店客户 Shops",
            Self::Sessions => "登录与凭证 Sessions",
            Self::Operator => "运营 Operator",
            Self::Payments => "支付 Payments",
            Self::Piles => "充电桩 Piles",
            Self::Console => "运营控制台 Console",
            Self::Reference => "接口文档 Reference",
        }
    }

    /// What it is about and how it answers, in Chinese and in English.
    pub const fn about(self) -> (&'static str, &'static str) {
        match self {
            Self::ChargingApp => (
                "`charging-app.md`：用户、充电队列与历史详单。成功为 `{\"code\":200,\"msg\",token|data|log}`，失败为 \
                 `{\"code\":-1,\"msg\"}`；业务结果一律 HTTP 200。文档示例中的 `\"code\": 0` 只是生成工具的占位值。",
                "`charging-app.md`: a driver's account, the charging queue and its history. Successes are \
                 `{\"code\":200,\"msg\",token|data|log}`, failures `{\"code\":-1,\"msg\"}`; business outcomes come with HTTP \
                 200. The document's example value `\"code\": 0` is a generator's placeholder.",
            ),
            Self::ChargingCustomers => (
                "`charging-customers.md`：车主资料、头像、车辆与费用。成功为 `{\"status\":\"SUCCESS\",\"data\"}`，失败为 \
                 `{\"status\":\"FAILURE\",\"message\"}` 加相应的 HTTP 状态；绑定和解绑车辆为 \
                 `{\"status\":true|false,\"data\":\"提示\"}`。",
                "`charging-customers.md`: a driver's profile, pictures, vehicles and fees. Successes are \
                 `{\"status\":\"SUCCESS\",\"data\"}`, failures `{\"status\":\"FAILURE\",\"message\"}` with their HTTP status; \
                 the two vehicle endpoints answer `{\"status\":true|false,\"data\":\"text\"}`.",
            ),
            Self::MallConsumers => (
                "`mall-users.md` 第一部分：汽车城 c 端用户。",
                "`mall-users.md`, first part: consumers of the auto mall. ",
            ),
            Self::MallAgents => (
                "`mall-users.md` 第二部分：代理商及其认证。",
                "`mall-users.md`, second part: agents and their papers. ",
            ),
            Self::MallAudit => (
                "`mall-users.md` 第二部分：平台审核员审核代理商和提供商的认证信息。",
                "`mall-users.md`, second part: staff of the platform decide on agents' and dealers' papers. ",
            ),
            Self::MallDealers => (
                "`mall-users.md` 第三部分：提供商（经销商），以及扩展的认证接口。",
                "`mall-users.md`, third part: dealers, with their papers as an extension. ",
            ),
            Self::CloudCustomers => (
                "`cloud-customers.md`：企业客户、联系人与登录帐号。成功为资源本身或空响应体，失败为 \
                 `{\"code\",\"message\"}`。每个路径都可带或不带 `/v2/zone/{zone}`；不同区域的数据互不可见。",
                "`cloud-customers.md`: business customers, their contacts and login accounts. Answers are bare objects or truly \
                 empty, failures `{\"code\",\"message\"}`. Every path answers with and without `/v2/zone/{zone}`; a zone sees \
                 nothing of another.",
            ),
            Self::ShopCustomers => (
                "`shop-customers.md`：门店顾客档案。成功为资源本身，单条记录的版本在 `ETag` 中；失败为 `{\"code\",\"message\"}`。",
                "`shop-customers.md`: customer records of shops. Answers are bare objects, a single record with its version as \
                 `ETag`; failures `{\"code\",\"message\"}`.",
            ),
            Self::Sessions => (
                "扩展：五份文档都没有的登录、验证码、重置密码与退出。`realm` 是用户群：`ev` 车主，`mall-consumer`、\
                 `mall-agent`、`mall-dealer` 汽车城三种用户，`cloud` 企业客户，`shop` 门店人员，`platform` 平台人员。",
                "Our extension, which the five documents lack: getting a credential and giving it back. `realm` says who signs \
                 in: `ev` drivers, `mall-consumer`, `mall-agent` and `mall-dealer` the users of the mall, `cloud` business \
                 customers, `shop` staff of shops, `platform` staff of the platform.",
            ),
            Self::Operator => (
                "扩展：平台人员使用的充电站、报表、账单、企业客户、人员、审计、证件与门店接口。",
                "Our extension for staff of the platform: stations, reports, bills, business customers, people, the audit \
                 trail, papers and shops.",
            ),
            Self::Payments => (
                "扩展：支付渠道的通知，凭签名，不需要会话（`docs/payments.md`）。",
                "Our extension: what the payment provider says, signed and without a session (`docs/payments.md`).",
            ),
            Self::Piles => (
                "扩展：按电表计量的充电桩上报，凭签名，不需要会话（`docs/metering.md`）。",
                "Our extension: what metered piles report, signed and without a session (`docs/metering.md`).",
            ),
            Self::Console => (
                "运营控制台与叫号屏的页面（`docs/console.md`）。",
                "The pages of the operator console and of the public board (`docs/console.md`).",
            ),
            Self::Reference => ("本接口描述与文档页面。", "This document and the page that shows it."),
        }
    }

    /// Whether it is a part of `mall-users.md`, whose envelope all parts share.
    pub const fn is_of_the_mall(self) -> bool {
        matches!(self, Self::MallConsumers | Self::MallAgents | Self::MallAudit | Self::MallDealers)
    }
}
