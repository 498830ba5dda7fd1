//! What the reference says of these endpoints.

use crate::{bills, customers, papers, routes, shops, stations};
use describe::{Described, Document, get, may, need, plain, put};
use serde_json::{Value, json};
use shared::domain::reason::Reason;

pub fn describe() -> Described {
    let mut operations = vec![
        put("/operator/stations/{station}", "新建充电站", "Make a station")
            .note("Settings have the names that scenarios use; what is left out has its default.")
            .in_path("station", "S2")
            .as_json()
            .takes([may("settings", "充电站参数", json!({ "fast_piles": 2, "slow_piles": 3 }))])
            .refuses(&[Reason::StationExists])
            .answers(plain::content::<stations::Made>(json!({ "station_id": "S2" }))),
        get("/operator/stations/{station}", "查看充电站", "A station as it is now")
            .note("Lanes with energy and fee so far, the waiting line in order of arrival, displaced cars.")
            .in_path("station", "S1")
            .refuses(&[Reason::NoSuchStation])
            .answers(plain::content::<stations::Live>(json!({
                "station_id": "S1", "at": "2026-06-01T08:31:40+08:00",
                "piles": [{ "id": 65_537, "name": "F1", "state": "OK", "cars": [{
                    "request_id": 1_048_576, "driver_id": 4_503_599_627_370_496_u64, "plate": "皖A12345", "number": "F12",
                    "applied_at": "2026-06-01T08:30:05+08:00", "waiting_seconds": 0, "requested_kwh": "100.40",
                    "delivered_kwh": "0.75", "remaining_kwh": "99.65", "fee": "1.13",
                    "charging_since": "2026-06-01T08:30:05+08:00", "expected_start_at": null,
                    "expected_finish_at": "2026-06-01T11:50:53+08:00"
                }], "totals": {
                    "sessions": 12, "hours": "9.50", "kwh": "285.000", "charging_fee": "199.50",
                    "service_fee": "228.00", "total_fee": "427.50"
                } }],
                "waiting": [], "displaced": []
            }))),
        put("/operator/stations/{station}/piles/{pile}", "切换充电桩", "Switch, fail or recover a pile")
            .note("By the charging rules: cars of a failed pile are moved or wait for one.")
            .in_path("station", "S1")
            .in_path("pile", "F1")
            .takes([
                need("state", "状态", "off").one_of(&["on", "off", "failed", "recovered"]),
                may("minutes", "1–527040; only with off and failed: after that it comes back by itself", 30),
            ])
            .refuses(&[Reason::NoSuchStation])
            .answers(plain::nothing()),
        get("/operator/papers", "待审核证件", "Papers that wait for an auditor")
            .note("The oldest first. ID numbers are whole for auditors, which the audit trail notes of each, and masked for admins.")
            .note("`next` is the `after` of the next page; decide with #17.")
            .takes([
                may("after", "上一页的 next", "001780273805000#mall-dealer#0000000000000000000000000000abcd"),
                may("limit", "每页条数: 1–50", 20),
            ])
            .answers(plain::content::<papers::Waiting>(json!({ "papers": [papers_example()], "next": null }))),
        get("/operator/papers/{realm}/{account}", "查看证件", "One account's papers and their history")
            .note("Whatever their state, with the newest fifty lines of what happened to them.")
            .in_path("realm", "mall-dealer")
            .in_path("account", "0000000000000000000000000000abcd")
            .refuses(&[Reason::NotYours])
            .answers(plain::content::<papers::One>({
                let mut one = papers_example();
                one["history"] = json!([{ "at": "2026-06-01T08:30:05+08:00", "by": "0000000000000000000000000000abcd",
                    "role": "dealer", "from": 0, "to": 1, "reason": null }]);
                one
            })),
    ];
    operations.extend(bills::operations());
    operations.extend(customers::operations());
    operations.push(shops::listing());
    Described::new("operator", Document::Operator, &routes(), operations)
}

fn papers_example() -> Value {
    json!({
        "account_id": "0000000000000000000000000000abcd", "realm": "mall-dealer", "telephone": "13912345678",
        "real_name": "王小明", "id_no": "11010519491231002X",
        "front_img": "https://bucket.s3.cn-north-1.amazonaws.com.cn/kyc/…", "qualification": "https://…", "status": 1,
        "version": 1, "submitted_at": "2026-06-01T08:30:05+08:00", "waiting_since": "2026-06-01T08:30:05+08:00"
    })
}
