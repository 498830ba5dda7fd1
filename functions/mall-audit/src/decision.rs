//! What auditors decide on papers.

use crate::{AUDITORS, App};
use shared::{
    domain::{
        account::Realm,
        papers::{Decision, PapersStatus, Why},
        phone::Phone,
        reason::{Failure, Reason},
        session::Caller,
        text::halfwidth,
    },
    service::actor::Actor,
    wire::{
        Call, Endpoint, Field, Fields, Way, before,
        mall::{Spelling, Success},
        mall_user::TELEPHONE,
        person::REALM,
        post,
    },
};
use std::sync::Arc;

const STATUS: Field<PapersStatus> = Field::new("status", PapersStatus::asked)
    .about("审核结果：1 审核中，2 未通过，3 已通过 · The decision: 1 waiting, 2 refused, 3 passed; as text or number")
    .example("3")
    .one_of(&["1", "2", "3"]);
const REASON: Field<Why> = Field::new("reason", Why::parse)
    .about("原因，未通过时填写，最多 200 字 · The reason, wanted for 2, at most 200 characters")
    .example("资格证照片不清晰")
    .rule(Why::RULE);
const VERSION: Field<u64> = Field::new("version", version)
    .about("审核所依据的证件版本 · The version of the papers that were looked at")
    .whole(1);

pub const DECIDE: Endpoint = post("/user/proxy/auditPUser")
    .number(17)
    .title("审核认证信息", "Decide on an agent's or a dealer's papers")
    .access(AUDITORS)
    .zh(&["平台审核员审核代理商或经销商的认证信息：1 可改为 2 或 3，2、3 可改回 1。", "未通过时填写 `reason`；带上 `version` 可避免审核已被替换的证件。"])
    .notes(&[
        "From 1 to 2 or 3; back to 1 from 2 and 3. What is so already is a success and leaves no second entry.",
        "Dealers' papers are decided on here too: `realm` tells them from agents', whose telephone it is if it is left out.",
        "With `version`, as `GET /operator/papers` shows it, papers that were replaced meanwhile are not decided on.",
    ])
    .after(&[before(Way::to("POST /user/proxy/submitPUser"))])
    .takes(&[
        TELEPHONE.about("被审核人的手机号码 · The mobile number of the account").required(),
        STATUS.required(),
        REALM.about("用户群，默认 mall-agent · Whose papers; `mall-agent` if left out").example("mall-agent").one_of(&["mall-agent", "mall-dealer"]).optional(),
        REASON.optional(),
        VERSION.optional(),
    ])
    .refuses(&[Reason::NotYours, Reason::WrongState, Reason::OldVersion, Reason::IdNumberTaken]);

pub async fn decide(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (whose, decision) = call.read(decision)?;
    let actor = Actor { who: &caller, origin: call.origin(), random: &app.random, now: call.now() };
    app.audits.decide((whose.realm, &whose.phone), &decision, &actor).await?;
    Ok(Success::done(Spelling::Text))
}

/// Whose papers are meant: a telephone has one account of each kind.
struct Whose {
    realm: Realm,
    phone: Phone,
}

/// #17: `telephone` and `status`, which may be a number or a text; ours are `realm` (agents where it is missing),
/// `reason`, and `version`, that of the papers that the auditor saw.
fn decision(fields: &mut Fields) -> Result<(Whose, Decision), Failure> {
    let (phone, status) = (fields.required(&TELEPHONE)?, fields.required(&STATUS)?);
    let realm = fields.optional(&REALM)?.unwrap_or(Realm::MallAgent);
    if !matches!(realm, Realm::MallAgent | Realm::MallDealer) {
        return Err(Failure::malformed("用户群应为 mall-agent（代理商）或 mall-dealer（经销商）"));
    }
    let (why, version) = (fields.optional(&REASON)?, fields.optional(&VERSION)?);
    Ok((Whose { realm, phone }, Decision { status, why, version }))
}

fn version(text: &str) -> Result<u64, Failure> {
    halfwidth(text).parse().map_err(|_| Failure::malformed("版本号应为证件的版本号"))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::DECIDE;
    use describe::{Answers, Operation, mall};
    use shared::wire::mall::Spelling;

    pub fn operations() -> Vec<Operation> {
        vec![DECIDE.answers(mall::done(Spelling::Text))]
    }
}
