//! The documents, as the reference groups endpoints.

/// One of the five contracts, or an extension of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Document {
    ChargingApp,
    ChargingCustomers,
    MallUsers,
    CloudCustomers,
    ShopCustomers,
    Sessions,
    Operator,
    Payments,
    Reference,
}

impl Document {
    pub const ALL: [Self; 9] = [
        Self::ChargingApp,
        Self::ChargingCustomers,
        Self::MallUsers,
        Self::CloudCustomers,
        Self::ShopCustomers,
        Self::Sessions,
        Self::Operator,
        Self::Payments,
        Self::Reference,
    ];

    /// Its name in the reference, in both languages.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ChargingApp => "Charging app 充电桩用户端",
            Self::ChargingCustomers => "EV customers 充电桩客户",
            Self::MallUsers => "Auto mall 汽车城用户",
            Self::CloudCustomers => "Business portal 企业客户",
            Self::ShopCustomers => "Shops 门店客户",
            Self::Sessions => "Sessions 登录与凭证",
            Self::Operator => "Operator 运营",
            Self::Payments => "Payments 支付",
            Self::Reference => "Reference 接口文档",
        }
    }

    pub const fn about(self) -> &'static str {
        match self {
            Self::ChargingApp => {
                "`charging-app.md`: a driver's account, the charging queue and its history. 用户、充电与日志管理。\n\n\
                 Answers are `{\"code\":200,\"msg\",token|data|log}`, failures `{\"code\":-1,\"msg\"}`; business outcomes \
                 come with HTTP 200. The documents' example value `\"code\": 0` is a generator's placeholder."
            }
            Self::ChargingCustomers => {
                "`charging-customers.md`: a driver's profile, pictures, vehicles and fees. 客户资料、头像、车辆与费用。\n\n\
                 Answers are `{\"status\":\"SUCCESS\",\"data\"}`, failures `{\"status\":\"FAILURE\",\"message\"}` with their \
                 HTTP status; the two vehicle endpoints answer `{\"status\":true|false,\"data\":\"text\"}`."
            }
            Self::MallUsers => {
                "`mall-users.md`: consumers, agents and dealers of the auto mall. c端用户、代理商与经销商。\n\n\
                 Answers are `{\"errCode\":200,\"msg\":\"success\"}` or `{\"errCode\":\"200\",\"msg\":\"sucess\"}`, by endpoint, \
                 just as the document prints them; failures are `{\"errCode\":2016,\"msg\"}`, always a number, with HTTP 200 \
                 where they are business outcomes. A session comes in the header `X-Access-Token`."
            }
            Self::CloudCustomers => {
                "`cloud-customers.md`: business customers, their contacts and login accounts. 企业客户、联系人与登录账号。\n\n\
                 Answers are bare objects or truly empty, failures `{\"code\",\"message\"}`. Every path answers with and \
                 without `/v2/zone/{zone}`; a zone is a tenant boundary."
            }
            Self::ShopCustomers => {
                "`shop-customers.md`: customer records of shops. 门店客户档案。\n\n\
                 Answers are bare objects, a single record with its version as `ETag`; failures `{\"code\",\"message\"}`."
            }
            Self::Sessions => {
                "Our extension, which the five documents lack: getting a credential and giving it back. 登录、验证码、\
                 重置密码与退出。"
            }
            Self::Payments => {
                "Our extension: what the payment provider says, signed and without a session (`docs/payments.md`). 支付回调。"
            }
            Self::Operator => {
                "Our extension for platform staff and shop managers. 站点、充电桩、报表、账单、人员与审计。"
            }
            Self::Reference => "This document and the page that shows it. 接口描述与文档页面。",
        }
    }
}
