//! The sessions of the caller's own account: listed, and ended one by one or all together.

use crate::App;
use serde::Serialize;
use shared::{
    domain::{account::Realm, reason::Failure, session::Caller},
    wire::{Access, Call, Endpoint, Example, Field, ev_app::time, get, plain::Success, post},
};
use std::sync::Arc;

const ALL: Field<String> =
    Field::text("all").about("是否退出所有会话 · Whether all sessions end").shown(Example::Flag(false));

pub const LIST: Endpoint = get("/auth/sessions")
    .title("会话列表", "The sessions of one's own account")
    .access(Access::SignedIn(&Realm::ALL))
    .zh(&["列出本账户的有效会话：登录时间、最近使用时间（仅平台和门店人员有记录，误差五分钟内）、失效时间、是否当前会话。"])
    .notes(&["`last_used` is recorded for staff alone, to within five minutes."]);

pub const SIGN_OUT: Endpoint = post("/auth/logout")
    .title("退出登录", "End this session, or all")
    .access(Access::SignedIn(&Realm::ALL))
    .zh(&["退出登录，当前令牌立即失效；`all` 为 `true` 时本账户的所有会话失效。"])
    .notes(&["With `all` every session of the account ends."])
    .takes(&[ALL.optional()]);

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct OwnSessions {
    sessions: Vec<OwnSession>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct OwnSession {
    created: String,
    /// To within five minutes; null where it is not recorded.
    last_used: Option<String>,
    /// When it ends unless it is used.
    ends: String,
    /// Whether it is the session of this call.
    current: bool,
}

pub async fn list(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let sessions = app.sign_in.own_sessions(&caller, call.now().real).await?;
    let view = sessions.iter().map(|session| OwnSession {
        created: time(session.created),
        last_used: session.last_used.map(time),
        ends: time(session.ends),
        current: session.id == caller.session,
    });
    Success::content(&OwnSessions { sessions: view.collect() })
}

pub async fn logout(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let all = call.read(|fields| fields.optional_flag(&ALL))?;
    if all == Some(true) {
        app.sign_in.out_everywhere(&caller, call.origin(), call.now().real).await?;
    } else {
        app.sign_in.out(&caller).await?;
    }
    Ok(Success::Nothing)
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{LIST, OwnSessions, SIGN_OUT};
    use describe::{Answers, Operation, plain};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![
            LIST.answers(plain::content::<OwnSessions>(json!({ "sessions": [{
                "created": "2026-06-01T08:30:05+08:00", "last_used": null, "ends": "2026-07-01T08:30:05+08:00",
                "current": true
            }] }))),
            SIGN_OUT.answers(plain::nothing()),
        ]
    }
}
