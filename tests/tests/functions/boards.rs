//! The public board: numbers without people, at a cost that does not grow with the line.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{capacity::bill, plaza::Plaza, request::get};

async fn busy(waiting: u32) -> Plaza {
    let plaza = Plaza::open();
    let small = |draft: &mut shared::domain::charging::Draft| {
        (draft.fast_piles, draft.slow_piles, draft.lane_places, draft.waiting_places) = (1, 1, 2, 100);
    };
    plaza.station(small).await;
    for n in 1..=waiting + 2 {
        let driver = plaza.driver_of(&format!("driver{n}"), &format!("皖A{n:05}")).await;
        plaza.joined(&driver, "fast", "30").await;
    }
    plaza.deliver().await;
    plaza
}

async fn board(plaza: &Plaza) -> Value {
    plaza.ev_charging(get("/boards/S1")).await.json()
}

#[tokio::test]
async fn it_shows_called_numbers_and_lines_and_no_people() {
    let plaza = busy(3).await;
    let shown = board(&plaza).await;
    let data = &shown["data"];
    assert_eq!(data["piles"][0]["charging"], "F1");
    assert_eq!(data["piles"][0]["called"], json!(["F2"]));
    assert_eq!(data["lines"][0], json!({ "mode": "fast", "waiting": 3, "next": ["F3", "F4", "F5"] }));
    assert_eq!(data["lines"][1], json!({ "mode": "slow", "waiting": 0, "next": [] }));
    let text = shown.to_string();
    assert!(!text.contains('皖') && !text.contains("driver"), "{text}");
}

#[tokio::test]
async fn an_unknown_station_is_refused() {
    let answer = busy(0).await.ev_charging(get("/boards/none")).await.json();
    assert_eq!(answer, json!({ "code": -1, "msg": "充电站不存在" }));
}

#[tokio::test]
async fn it_costs_one_read_a_second_however_long_the_line_is() {
    let plaza = busy(40).await;
    plaza.database.take_calls();
    let first = board(&plaza).await;
    assert_eq!(first["data"]["lines"][0]["waiting"], 40);
    assert_eq!(first["data"]["lines"][0]["next"].as_array().map(Vec::len), Some(12));
    let cost = bill(&plaza.database.take_calls());
    assert_eq!(cost.matches("GetItem").count(), 1, "{cost}");
    assert!(!cost.contains("Query"), "{cost}");
    assert_eq!(board(&plaza).await, first);
    assert_eq!(bill(&plaza.database.take_calls()), "", "for a second the answer stays");
    plaza.watch.advance(SignedDuration::from_secs(2));
    assert_ne!(board(&plaza).await["data"]["at"], first["data"]["at"]);
}
