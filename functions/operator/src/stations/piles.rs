//! Metered piles: the keys with which they report, and what their registers are accounted for.

use crate::{ADMINS, App, READERS, actor};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use shared::{
    domain::{
        charging::{Moment, PileId},
        reason::{Failure, Reason},
        session::Caller,
        station_id::StationId,
    },
    service::charging::{RegisterAccount, RegisterStretch},
    wire::{Call, Endpoint, Field, ev_app::time_of, get, plain::Success, post},
};
use std::sync::Arc;

const AFTER: Field<u64> =
    Field::new("after", millijoules).about("上一页的 next · The `next` of the page before").whole(433_800_000_000);

pub const ISSUE_KEY: Endpoint = post("/operator/stations/{station}/piles/{pile}/key")
    .title("签发充电桩密钥", "Issue the key of a metered pile")
    .access(ADMINS)
    .zh(&["签发充电桩上报用的密钥，只显示一次；再次签发后旧密钥立即失效。"])
    .notes(&["The key signs the pile's reports. It is shown once; the one before counts no longer."])
    .in_path(&[("station", "S1"), ("pile", "F1")])
    .refuses(&[Reason::NoSuchStation])
    .may_say(&[(Reason::NotYours, "充电桩不存在")]);

pub const REGISTER: Endpoint = get("/operator/stations/{station}/piles/{pile}/register")
    .title("充电桩电表账", "What a pile's register is accounted for")
    .access(READERS)
    .zh(&["返回充电桩电表读数的全部去向：已计费的详单和未归属的电量，首尾相接。"])
    .notes(&[
        "Stretches that tile the register from its commissioning: billed, or unassigned and why.",
        "A page; `next` is the `after` of the next one.",
    ])
    .in_path(&[("station", "S1"), ("pile", "F1")])
    .takes(&[AFTER.optional().left_out()])
    .refuses(&[Reason::NoSuchStation])
    .may_say(&[(Reason::NotYours, "充电桩不存在")]);

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Issued<'a> {
    /// The integer in `PUT /piles/{pile}/events`.
    pile_id: u64,
    /// 32 bytes in base64url.
    key: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct RegisterPage {
    pile_id: u64,
    /// None before the first report.
    commissioned_kwh: Option<String>,
    register_kwh: Option<String>,
    stretches: Vec<Stretch>,
    /// Whether stretches, and the open session, tile the register without gap or overlap; of the page that is shown.
    complete: bool,
    next: Option<u64>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Stretch {
    from_kwh: String,
    to_kwh: String,
    session: Option<String>,
    request_id: Option<u64>,
    /// `stray`, `between_sessions`, `above_order` or `too_little`; null where a driver is billed.
    unassigned: Option<String>,
    accounted_at: String,
}

pub async fn issue_key(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let (station, pile) = pile_of(&call)?;
    let issued = app.charging.issue_pile_key(&station, pile, &app.sealer, &actor(&app, &caller, &call)).await?;
    Success::content(&Issued { pile_id: issued.pile, key: issued.key.expose_secret() })
}

pub async fn register(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let (station, pile) = pile_of(&call)?;
    let after = call.read(|fields| fields.optional(&AFTER))?;
    let account = app.charging.register_account(&station, pile, after).await?;
    Success::content(&RegisterPage::of(&account))
}

fn pile_of(call: &Call) -> Result<(StationId, PileId), Failure> {
    Ok((StationId::parse(call.path("station"))?, super::pile(call.path("pile"))?))
}

fn millijoules(text: &str) -> Result<u64, Failure> {
    text.parse().map_err(|_| Failure::malformed("after 应为上一页的 next"))
}

impl RegisterPage {
    fn of(account: &RegisterAccount) -> Self {
        Self {
            pile_id: account.pile,
            commissioned_kwh: account.commissioned.map(kwh),
            register_kwh: account.register.map(kwh),
            stretches: account.stretches.iter().map(Stretch::of).collect(),
            complete: account.is_complete,
            next: account.next,
        }
    }
}

impl Stretch {
    fn of(stretch: &RegisterStretch) -> Self {
        Self {
            from_kwh: kwh(stretch.from),
            to_kwh: kwh(stretch.to),
            session: stretch.session.clone(),
            request_id: stretch.request,
            unassigned: stretch.unassigned.clone(),
            accounted_at: time_of(Moment::from_millis(stretch.at)),
        }
    }
}

/// Watt-hours, half up.
fn kwh(millijoules: u64) -> String {
    let watt_hours = (u128::from(millijoules) + 1_800_000) / 3_600_000;
    format!("{}.{:03}", watt_hours / 1000, watt_hours % 1000)
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{ISSUE_KEY, Issued, REGISTER, RegisterPage};
    use describe::{Answers, Operation, plain};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![
            ISSUE_KEY.answers(plain::content::<Issued<'static>>(
                json!({ "pile_id": 10_001, "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" }),
            )),
            REGISTER.answers(plain::content::<RegisterPage>(json!({
                "pile_id": 10_001, "commissioned_kwh": "120.500", "register_kwh": "130.500",
                "stretches": [{
                    "from_kwh": "120.500", "to_kwh": "130.500", "session": "20260601-0001", "request_id": 1_048_576,
                    "unassigned": null, "accounted_at": "2026-06-01T08:50:05+08:00"
                }],
                "complete": true, "next": null
            }))),
        ]
    }
}
