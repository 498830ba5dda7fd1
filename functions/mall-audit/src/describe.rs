//! What the reference says of these endpoints.

use crate::routes;
use describe::{Described, Document, before, mall, may, need, post};
use shared::{domain::reason::Reason, wire::mall::Spelling};

pub fn describe() -> Described {
    let operations = vec![
        post("/user/proxy/auditPUser", "审核认证信息", "Decide on an agent's or a dealer's papers")
            .after(&[before("POST /user/proxy/submitPUser")])
            .zh("平台审核员审核代理商或经销商的认证信息：1 可改为 2 或 3，2、3 可改回 1。")
            .zh("未通过时填写 `reason`；带上 `version` 可避免审核已被替换的证件。")
            .number(17)
            .note("From 1 to 2 or 3; back to 1 from 2 and 3. What is so already is a success and leaves no second entry.")
            .note("Dealers' papers are decided on here too: `realm` tells them from agents', whose telephone it is if it is left out.")
            .note("With `version`, as `GET /operator/papers` shows it, papers that were replaced meanwhile are not decided on.")
            .takes([
                need("telephone", "被审核人的手机号码 · The mobile number of the account", "13912345678"),
                need("status", "审核结果：1 审核中，2 未通过，3 已通过 · The decision: 1 waiting, 2 refused, 3 passed; as text or number", "3")
                    .one_of(&["1", "2", "3"]),
                may("realm", "用户群，默认 mall-agent · Whose papers; `mall-agent` if left out", "mall-agent").one_of(&["mall-agent", "mall-dealer"]),
                may("reason", "原因，未通过时填写，最多 200 字 · The reason, wanted for 2, at most 200 characters", "资格证照片不清晰"),
                may("version", "审核所依据的证件版本 · The version of the papers that were looked at", 1),
            ])
            .refuses(&[Reason::NotYours, Reason::WrongState, Reason::OldVersion, Reason::IdNumberTaken])
            .answers(mall::done(Spelling::Text)),
    ];
    Described::new("mall-audit", Document::MallAudit, &routes(), operations)
}
