//! What if: layouts on a day of cars, with nothing read and nothing stored.

use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{answer::Answer, plaza::Plaza, request::post};

const DAY: &str = include_str!("../../../docs/scenarios/a-day-without-trouble.json");
const ITS_ANSWER: &str = include_str!("../../../docs/scenarios/a-day-without-trouble.answer.json");

async fn compare(plaza: &Plaza, body: &Value) -> Answer {
    plaza.operator(post("/operator/what-if").bearer(&plaza.token_of(Role::Auditor)).json(body)).await
}

/// So many cars, most of them in the morning and in the evening.
fn demand(cars: u16, seed: u32) -> Value {
    let mut arrivals = [0; 24];
    (arrivals[8], arrivals[12], arrivals[18]) = (cars / 2, cars / 4, cars - cars / 2 - cars / 4);
    json!({ "arrivals": arrivals, "fast_percent": 60, "fast_kwh": [10, 25, 60], "slow_kwh": [5, 12, 30], "seed": seed })
}

fn layout(name: &str, fast_piles: u32) -> Value {
    json!({ "name": name, "settings": { "fast_piles": fast_piles, "slow_piles": 3, "waiting_area_N": 20 } })
}

#[tokio::test]
async fn a_scenario_comes_to_what_its_answer_says() {
    let plaza = Plaza::open();
    let scenario: Value = serde_json::from_str(DAY).unwrap();
    let answer = compare(&plaza, &json!({ "layouts": [{ "name": "as it is" }], "scenario": scenario })).await;
    let expected: Value = serde_json::from_str(ITS_ANSWER).unwrap();
    let records = expected["detail_records"].as_array().unwrap();
    let sum = |field: &str| {
        let fen = records.iter().map(|record| record[field].as_str().unwrap().replace('.', "").parse::<u64>().unwrap());
        let sum: u64 = fen.sum();
        format!("{}.{:02}", sum / 100, sum % 100)
    };
    let layout = &answer.json()["layouts"][0];
    assert_eq!(layout["total_fee"], json!(sum("total_fee")), "{layout}");
    assert_eq!(layout["charging_fee"], json!(sum("charge_fee")));
    assert_eq!(layout["kwh"], json!(format!("{}0", sum("kwh"))));
    assert_eq!(layout["finished_at"], expected["all_done_at"]);
}

#[tokio::test]
async fn more_piles_serve_more_cars_sooner_and_equal_seeds_are_equal_days() {
    let plaza = Plaza::open();
    let layouts = json!([layout("two", 2), layout("two again", 2), layout("five", 5)]);
    let body = json!({ "layouts": layouts, "demand": demand(120, 7) });
    let first = compare(&plaza, &body).await.json();
    assert_eq!(first, compare(&plaza, &body).await.json());
    let [two, again, five] = [0, 1, 2].map(|n| first["layouts"][n].clone());
    assert_eq!(two["waiting_seconds"], again["waiting_seconds"]);
    let number = |layout: &Value, field: &str| layout[field].as_u64().unwrap();
    assert_eq!(number(&two, "cars"), 120);
    assert_eq!(number(&two, "cars"), number(&two, "completed") + number(&two, "refused"));
    assert!(number(&five, "refused") < number(&two, "refused"), "{two} {five}");
    let half = |layout: &Value| layout["waiting_seconds"]["half"].as_i64().unwrap();
    assert!(half(&five) < half(&two), "{two} {five}");
    let other = compare(&plaza, &json!({ "layouts": layouts, "demand": demand(120, 8) })).await.json();
    assert_ne!(other["layouts"][0]["kwh"], two["kwh"], "another seed is another day");
}

/// The work has a bound for every input.
#[tokio::test]
async fn what_is_too_large_or_unclear_is_refused_with_a_reason() {
    let plaza = Plaza::open();
    let one = json!([layout("one", 2)]);
    let large = json!([{ "name": "large", "settings": { "fast_piles": 900, "pile_queue_length_M": 900 } }]);
    let refused = [
        (json!({ "layouts": one, "demand": demand(2_001, 1) }), "2000"),
        (json!({ "layouts": large, "demand": demand(1, 1) }), "推演规模过大"),
        (json!({ "layouts": [], "demand": demand(1, 1) }), "layouts"),
        (json!({ "layouts": vec![layout("one", 1); 4], "demand": demand(1, 1) }), "layouts"),
        (json!({ "layouts": [{ "name": "x", "settings": { "piles": 3 } }], "demand": demand(1, 1) }), "piles"),
        (json!({ "layouts": one }), "demand"),
        (
            json!({ "layouts": one, "scenario": { "parameters": {}, "rows": [{ "time": "08:00", "event": "(X)" }] } }),
            "row 1",
        ),
    ];
    for (body, says) in refused {
        let answer = compare(&plaza, &body).await;
        let message = answer.json()["message"].as_str().unwrap_or_default().to_owned();
        assert_eq!((answer.status.as_u16(), message.contains(says)), (400, true), "{says}: {message}");
    }
}

#[tokio::test]
async fn trying_reads_and_writes_nothing_but_the_session() {
    let plaza = Plaza::open();
    let token = plaza.token_of(Role::Admin);
    plaza.database.take_calls();
    let body = json!({ "layouts": [layout("one", 2)], "demand": demand(40, 1) });
    let answer = plaza.operator(post("/operator/what-if").bearer(&token).json(&body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let calls: Vec<_> = plaza.database.take_calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["GetItem"]);
}
