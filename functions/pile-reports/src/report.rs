//! A report of a pile.

use crate::App;
use serde::Serialize;
use shared::{
    domain::reason::{Failure, Reason},
    wire::{Access, Call, Endpoint, Example, Field, Way, answer, pile_report, plain::Success, put},
};
use std::sync::Arc;

const EVENT: Field<String> = Field::text("event")
    .about("began 开始，reading 读数，stopped 停止，status 状态 · What has happened")
    .example("status")
    .one_of(&["began", "reading", "stopped", "status"]);
const SESSION: Field<String> = Field::text("session")
    .about("会话编号，1 至 64 个可见 ASCII 字符，不含 #，永不重复；status 不需要 · The pile's own name of the session, never used twice")
    .example("20260601-0001");
const SEQ: Field<String> =
    Field::text("seq").about("会话内递增的序号；status 不需要 · Rises within the session").shown(Example::Whole(0));
const AT: Field<String> =
    Field::text("at").about("充电桩的时刻；status 不需要 · The pile's instant").example("2026-06-01T08:30:05+08:00");
const REGISTER: Field<String> = Field::text("register_wh")
    .about("电表累计读数，Wh，可有小数；status 不需要 · All that has ever flowed through the meter, in Wh")
    .shown(Example::Whole(120_500));
const POWER: Field<String> =
    Field::text("power_w").about("当前功率，W · What flows now, in W").shown(Example::Whole(30_000));
const REASON: Field<String> = Field::text("reason")
    .about("停止原因，仅用于 stopped · Why it stopped")
    .example("full")
    .one_of(&["full", "unplugged", "asked", "fault", "lost"]);
const STATUS: Field<String> = Field::text("status")
    .about("状态，仅用于 status · The pile's state")
    .example("available")
    .one_of(&["available", "occupied", "faulted", "unavailable"]);

pub const REPORT: Endpoint = put("/piles/{pile}/events")
    .title("充电桩上报", "A report of a metered pile")
    .access(Access::Signed)
    .as_json()
    .zh(&["由按电表计量的充电桩调用，凭签名而非会话，可安全重复。`{pile}` 为充电桩的整数编号。"])
    .notes(&[
        "`X-Pile-Timestamp`: epoch seconds, taken for five minutes.",
        "`X-Pile-Signature`: hexadecimal HMAC-SHA256 under the pile's key over timestamp, full stop, body, as sent.",
        "Safe to repeat, in any order. The answer's `stop` asks the pile to stop this session.",
    ])
    .in_path(&[("pile", "10001")])
    .path_from(&[("pile", answer(Way::to("POST /operator/stations/{station}/piles/{pile}/key"), "/pile_id"))])
    .takes(&[
        EVENT.required(),
        SESSION.optional().depending().left_out(),
        SEQ.optional().depending().left_out(),
        AT.optional().depending().left_out(),
        REGISTER.optional().depending().left_out(),
        POWER.optional().left_out(),
        REASON.optional().depending().left_out(),
        STATUS.optional().depending(),
    ])
    .refuses(&[Reason::NotYours, Reason::WrongState]);

/// What a pile is answered.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Answer {
    /// The pile shall stop this session.
    stop: bool,
    /// The session is of a car that was called: what it delivers is billed.
    billed: bool,
}

pub async fn report(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    // There are no fields but what was signed; a query counts as unknown.
    call.read(|_| Ok(()))?;
    let answer = app.reports.take(call.path("pile"), call.webhook(), pile_report::read, call.now()).await?;
    Success::content(&Answer { stop: answer.stop, billed: answer.is_called })
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{Answer, REPORT};
    use describe::{Answers, Operation, plain};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![REPORT.answers(plain::content::<Answer>(json!({ "stop": false, "billed": true })))]
    }
}
