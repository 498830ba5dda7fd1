//! What a pile reports, as JSON: `{"event":"reading","session":"s1","seq":3,"at":"…","register_wh":120500,"power_w":30000}`.

use super::json;
use crate::{
    domain::{
        charging::{Moment, PileReport, PileSessionId, PileStatus, Reading, StopReason},
        energy::{Energy, Exact, Power},
        reason::Failure,
    },
    parameters::Scalar,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

/// In Wh, a million megawatt hours: no meter of a pile ever shows more.
const LARGEST_REGISTER: i128 = 1_000_000_000_000;
const MILLIJOULES_PER_WATT_HOUR: u64 = 3_600_000;

#[derive(Deserialize)]
struct ReportBody {
    event: String,
    session: Option<String>,
    seq: Option<u64>,
    at: Option<String>,
    register_wh: Option<Box<RawValue>>,
    power_w: Option<Box<RawValue>>,
    reason: Option<String>,
    status: Option<String>,
}

/// Reads a report, or says what is wrong with it. Members that mean nothing are ignored.
pub fn read(body: &[u8]) -> Result<PileReport, Failure> {
    let wrong = || Failure::malformed("上报应为 JSON，含 event");
    let text = std::str::from_utf8(body).map_err(|_| wrong())?;
    // Refuses a key that stands twice, at any depth.
    json::object(text)?;
    let body: ReportBody = serde_json::from_str(text).map_err(|_| wrong())?;
    match body.event.as_str() {
        "began" => Ok(PileReport::Began { session: body.session()?, request: None, reading: body.reading()? }),
        "reading" => Ok(PileReport::Reading { session: body.session()?, reading: body.reading()? }),
        "stopped" => {
            let reason = stop_reason(body.reason.as_deref());
            let reason =
                reason.ok_or_else(|| Failure::malformed("reason 应为 full、unplugged、asked、fault 或 lost"))?;
            Ok(PileReport::Stopped { session: body.session()?, reading: body.reading()?, reason })
        }
        "status" => {
            let status = status(body.status.as_deref());
            let wrong = || Failure::malformed("status 应为 available、occupied、faulted 或 unavailable");
            status.map(PileReport::Status).ok_or_else(wrong)
        }
        _ => Err(Failure::malformed("event 应为 began、reading、stopped 或 status")),
    }
}

impl ReportBody {
    fn session(&self) -> Result<PileSessionId, Failure> {
        let session = self.session.as_deref().and_then(PileSessionId::parse);
        session.ok_or_else(|| Failure::malformed("session 应为 1 至 64 个可见 ASCII 字符，不含 #"))
    }

    fn reading(&self) -> Result<Reading, Failure> {
        let seq = self.seq.ok_or_else(|| Failure::malformed("seq 应为不小于 0 的整数"))?;
        let at: Option<Timestamp> = self.at.as_deref().and_then(|at| at.parse().ok());
        let at = at.ok_or_else(|| Failure::malformed("at 应为 2026-06-01T08:30:05+08:00 这样的时间"))?;
        let at = Moment::from_millis(at.as_millisecond());
        let register = self.register_wh.as_deref().and_then(register);
        let register = register.ok_or_else(|| Failure::malformed("register_wh 应为不小于 0 的数（Wh）"))?;
        Ok(Reading { seq, at, register, power: self.power()? })
    }

    /// No power, and a power of zero, say nothing of when the car is done.
    fn power(&self) -> Result<Option<Power>, Failure> {
        let Some(raw) = self.power_w.as_deref().filter(|raw| raw.get().trim() != "null") else { return Ok(None) };
        let watts = Scalar::of(raw).and_then(|scalar| Exact::decimal(&scalar.0)).map(|watts| watts.rounded_over(1));
        let watts = watts.and_then(|watts| u32::try_from(watts).ok());
        watts.map(Power::from_watts).ok_or_else(|| Failure::malformed("power_w 应为不小于 0 的数（W）"))
    }
}

/// The nearest millijoule.
fn register(raw: &RawValue) -> Option<Energy> {
    let watt_hours = Exact::decimal(&Scalar::of(raw)?.0)?;
    let fits = watt_hours >= Exact::ZERO && watt_hours <= Exact::whole(LARGEST_REGISTER);
    fits.then(|| Energy::from_millijoules(Exact::whole(watt_hours.times(MILLIJOULES_PER_WATT_HOUR).rounded_over(1))))
}

fn stop_reason(text: Option<&str>) -> Option<StopReason> {
    Some(match text? {
        "full" => StopReason::Full,
        "unplugged" => StopReason::Unplugged,
        "asked" => StopReason::Asked,
        "fault" => StopReason::Fault,
        "lost" => StopReason::Lost,
        _ => return None,
    })
}

fn status(text: Option<&str>) -> Option<PileStatus> {
    Some(match text? {
        "available" => PileStatus::Available,
        "occupied" => PileStatus::Occupied,
        "faulted" => PileStatus::Faulted,
        "unavailable" => PileStatus::Unavailable,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(register: &str) -> Option<Energy> {
        let body = format!(
            r#"{{"event":"reading","session":"s1","seq":1,"at":"2026-06-01T08:30:05+08:00","register_wh":{register}}}"#
        );
        read(body.as_bytes()).ok()?.reading().map(|reading| reading.register)
    }

    #[test]
    fn registers_are_watt_hours_to_the_nearest_millijoule() {
        let millijoules = |n| Some(Energy::from_millijoules(Exact::whole(n)));
        assert_eq!(reading("120500"), millijoules(433_800_000_000));
        assert_eq!(reading("\"0.0000002778\""), millijoules(1));
        for odd in ["-1", "1e3", "1000000000001", "null", "{}", "[]", "\"\""] {
            assert_eq!(reading(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_report_says_what_it_needs_and_no_more() {
        assert_eq!(
            read(br#"{"event":"status","status":"faulted","more":1}"#).ok(),
            Some(PileReport::Status(PileStatus::Faulted))
        );
        for wrong in [
            r#"{"event":"status"}"#,
            r#"{"event":"began","session":"s1"}"#,
            r#"{"event":"stopped","session":"s1","seq":1,"at":"2026-06-01T08:30:05+08:00","register_wh":1}"#,
            r#"{"event":"reading","session":"a#b","seq":1,"at":"2026-06-01T08:30:05+08:00","register_wh":1}"#,
            "[]",
            "",
        ] {
            assert!(read(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
