//! Places of stations: operators state them, drivers find stations by id, by name and by distance, and piles have links.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::{account::Role, place::Coordinates};
use tests::{
    answer::Answer,
    capacity::bill,
    database::AUDIT,
    plaza::{Plaza, TestDriver},
    request::{Request, get},
};

struct Desk {
    plaza: Plaza,
    admin: String,
    driver: TestDriver,
}

impl Desk {
    async fn open() -> Self {
        let plaza = Plaza::open();
        plaza.station(|_| ()).await;
        Self { admin: plaza.token_of(Role::Admin), driver: plaza.driver("wyc2002").await, plaza }
    }

    async fn put(&self, path: &str, body: &Value) -> Answer {
        let request = Request::new(Method::PUT, &format!("/operator/stations/{path}"));
        self.plaza.operator(request.bearer(&self.admin).json(body)).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.plaza.operator(get(&format!("/operator/stations{path}")).bearer(&self.admin)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// A station of the smallest size at a point.
    async fn make(&self, id: &str, name: &str, coordinates: &str) {
        let place = json!({"settings": {"fast_piles": 1, "slow_piles": 0}, "name": name, "coordinates": coordinates});
        assert_eq!(self.put(id, &place).await.status, 200);
    }

    /// What the app lists with a query.
    async fn list(&self, query: &str) -> Value {
        let answer = self.plaza.ev_charging(get(&format!("/user/stations?token={}{query}", self.driver.token))).await;
        assert_eq!(answer.json()["code"], 200, "{}", answer.text());
        answer.json()
    }
}

fn ids(list: &Value) -> Vec<&str> {
    let stations = list["data"].as_array().unwrap();
    stations.iter().map(|station| station["station_id"].as_str().unwrap()).collect()
}

/// All parts, as the operator reads them.
fn square() -> Value {
    json!({"name": "人民广场充电站", "address": "上海市黄浦区人民大道200号", "hours": "00:00-24:00",
        "phone": "021-63580000", "coordinates": "31.230416,121.473701"})
}

#[tokio::test]
async fn operators_state_a_place_part_by_part_and_the_trail_keeps_each_change() {
    let desk = Desk::open().await;
    let nothing = json!({"name": null, "address": null, "hours": null, "phone": null, "coordinates": null});
    assert_eq!(desk.get("/S1/place").await, nothing);
    let answer = desk.put("S1/place", &square()).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, square()));
    assert_eq!(desk.put("S1/place", &square()).await.json(), square(), "sent back whole it changes nothing");
    let answer = desk.put("S1/place", &json!({"name": "人民广场站", "phone": ""})).await;
    let mut after = square();
    (after["name"], after["phone"]) = (json!("人民广场站"), Value::Null);
    assert_eq!(answer.json(), after);
    assert_eq!(desk.get("/S1/place").await, after);
    assert_eq!(desk.get("/S1").await["place"], after);
    assert_eq!(desk.get("").await["stations"][0]["place"], after);

    let entries = desk.plaza.database.items(AUDIT);
    let changes = entries.iter().filter(|entry| entry["action"]["S"] == "place-changed");
    let mut changes: Vec<_> = changes.map(|entry| entry["change"]["S"].as_str().unwrap()).collect();
    changes.sort_unstable();
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert_eq!(changes[1], "name: 人民广场充电站 to 人民广场站; phone: 021-63580000 to none");
}

#[tokio::test]
async fn a_place_that_cannot_be_is_refused_and_so_is_one_of_no_station() {
    let desk = Desk::open().await;
    for (field, value) in [
        ("coordinates", json!("121.473701,31.230416")),
        ("coordinates", json!("31.230416")),
        ("coordinates", json!([31.2, 121.4])),
        ("name", json!("x".repeat(65))),
        ("name", json!("a\u{200b}b")),
        ("phone", json!("call us")),
        ("hours", json!(true)),
    ] {
        let answer = desk.put("S1/place", &json!({field: value})).await;
        let refused = (answer.status.as_u16(), answer.json()["code"].clone());
        assert_eq!(refused, (400, json!("invalid_parameter")), "{field} {value}");
    }
    assert_eq!(desk.put("S9/place", &square()).await.status, 404);
    assert_eq!(desk.put("S9/place", &json!({})).await.status, 404);
    let auditor = desk.plaza.token_of(Role::Auditor);
    let read = desk.plaza.operator(get("/operator/stations/S1/place").bearer(&auditor)).await;
    assert_eq!(read.status, 200);
    let write = Request::new(Method::PUT, "/operator/stations/S1/place").bearer(&auditor).json(&square());
    assert_eq!(desk.plaza.operator(write).await.status, 403);
}

#[tokio::test]
async fn drivers_read_the_place_beside_what_the_list_always_had() {
    let desk = Desk::open().await;
    desk.put("S1/place", &square()).await;
    let list = desk.list("").await;
    assert!(list.get("next").is_none(), "{list}");
    let station = &list["data"][0];
    assert_eq!((&station["name"], &station["hours"]), (&square()["name"], &square()["hours"]));
    assert_eq!((station["lat"].to_string(), station["lng"].to_string()), ("31.230416".into(), "121.473701".into()));
    assert_eq!((&station["service_fee"], &station["waiting_places_free"]), (&json!("0.80"), &json!(6)));
    assert!(station.get("distance").is_none(), "{station}");
}

#[tokio::test]
async fn every_station_is_on_one_page() {
    let desk = Desk::open().await;
    for n in 2..=7 {
        desk.make(&format!("S{n}"), "站", "31.2,121.4").await;
    }
    let (mut all, mut after) = (Vec::new(), String::new());
    for _ in 0..4 {
        let page = desk.list(&format!("&limit=3{after}")).await;
        all.extend(ids(&page).into_iter().map(str::to_owned));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(all, ["S1", "S2", "S3", "S4", "S5", "S6", "S7"]);
}

#[tokio::test]
async fn stations_nearby_come_by_distance_and_follow_their_coordinates() {
    let desk = Desk::open().await;
    desk.make("tower", "东方明珠", "31.239703,121.499718").await;
    desk.make("square", "人民广场", "31.230416,121.473701").await;
    desk.make("suzhou", "苏州站", "31.329900,120.610700").await;
    desk.make("beijing", "北京站", "39.902800,116.427200").await;
    let near = desk.list("&near=31.230416,121.473701").await;
    assert_eq!(ids(&near), ["square", "tower", "suzhou"], "S1 has no coordinates, and Beijing is out of range");
    let distances: Vec<_> = near["data"].as_array().unwrap().iter().map(|station| &station["distance"]).collect();
    assert_eq!((distances[0], distances[1]), (&json!(0), &json!(2681)));
    assert!(distances[2].as_u64().is_some_and(|metres| (82_500..83_500).contains(&metres)), "{distances:?}");
    assert_eq!(ids(&desk.list("&near=31.230416,121.473701&limit=1").await), ["square"]);

    desk.put("square/place", &json!({"coordinates": "31.239730,121.499718"})).await;
    assert_eq!(ids(&desk.list("&near=31.239703,121.499718&limit=2").await), ["tower", "square"]);
    desk.put("tower/place", &json!({"coordinates": ""})).await;
    assert_eq!(ids(&desk.list("&near=31.239703,121.499718").await), ["square", "suzhou"]);
    let swapped = get(&format!("/user/stations?token={}&near=121.47,31.23", desk.driver.token));
    assert_eq!(desk.plaza.ev_charging(swapped).await.json()["code"], -1);
}

#[tokio::test]
async fn stations_are_found_by_the_beginning_of_their_names() {
    let desk = Desk::open().await;
    desk.make("a", "人民广场 北", "31.2,121.4").await;
    desk.make("b", "人民广场", "31.2,121.4").await;
    desk.make("c", "东方明珠", "31.2,121.4").await;
    assert_eq!(ids(&desk.list("&name=人民").await), ["b", "a"]);
    let found = desk.get("?name=人民").await;
    assert_eq!((&found["stations"][0]["station_id"], &found["next"]), (&json!("b"), &Value::Null));
    desk.put("b/place", &json!({"name": "虹桥"})).await;
    assert_eq!(ids(&desk.list("&name=人民广场北").await), ["a"]);
    assert_eq!(ids(&desk.list("&name=虹").await), ["b"]);
}

#[tokio::test]
async fn a_station_that_cannot_be_read_does_not_hide_the_others() {
    let desk = Desk::open().await;
    desk.make("S2", "坏", "31.2,121.4").await;
    desk.make("S3", "好", "31.2,121.4").await;
    let mut head = desk.plaza.database.item("STATION#S2", "HEAD").unwrap();
    head["station"] = json!({"B": "AAAA"});
    desk.plaza.database.put(&head);
    assert_eq!(ids(&desk.list("").await), ["S1", "S3"]);
    assert_eq!(ids(&desk.list("&near=31.2,121.4").await), ["S3"]);
}

#[tokio::test]
async fn the_list_shows_the_price_that_counts_now() {
    let desk = Desk::open().await;
    let change = json!({"prices": {"tariff": [["00:00", "24:00", "0.33"]], "service_fee": "0.11"},
        "valid_from": "2026-06-01T09:00:00+08:00"});
    assert_eq!(desk.put("S1/prices", &change).await.status, 204);
    assert_eq!(desk.list("").await["data"][0]["service_fee"], "0.80");
    desk.plaza.watch.advance(SignedDuration::from_mins(30));
    let station = desk.list("").await["data"][0].take();
    assert_eq!((&station["service_fee"], &station["prices"][0]["price"]), (&json!("0.11"), &json!("0.33")));
}

#[tokio::test]
async fn each_pile_has_a_link_that_names_station_and_pile() {
    let desk = Desk::open().await;
    let live = desk.get("/S1").await;
    let links: Vec<_> = live["piles"].as_array().unwrap().iter().map(|pile| &pile["qr_link"]).collect();
    assert_eq!(links[0], "https://plaza.example/order?station=S1&pile=F1");
    assert_eq!(links[2], "https://plaza.example/order?station=S1&pile=T1");
}

/// The search reads keys, by the cells that `domain/place/nearest.rs` chooses; each station costs one more query.
#[tokio::test]
async fn a_search_costs_the_same_with_two_thousand_stations_as_with_two_hundred() {
    let desk = Desk::open().await;
    desk.make("square", "人民广场", "31.230416,121.473701").await;
    let mut costs = Vec::new();
    for (first, last) in [(0, 200), (200, 2_000)] {
        for n in first..last {
            // Over a hundred kilometres around, the same density everywhere.
            let at = format!("{},{}", 31.0 + f64::from(n * 7919 % 2_000) / 4_000.0, 121.2 + f64::from(n) / 4_000.0);
            let at = Coordinates::parse(&at).unwrap();
            let key = shared::domain::place::Cell::around(at, 12).hash();
            let (pk, sk) = (format!("LOCATION#{}", &key[..3]), format!("{key}#elsewhere-{n}"));
            desk.plaza.database.put(&json!({"pk": {"S": pk}, "sk": {"S": sk}}));
        }
        desk.plaza.database.take_calls();
        assert_eq!(ids(&desk.list("&near=31.230416,121.473701&limit=1").await), ["square"]);
        let calls = desk.plaza.database.take_calls();
        assert!(calls.iter().all(|call| ["GetItem", "Query"].contains(&call.operation.as_str())));
        let units: f64 = calls.iter().map(|call| call.units).sum();
        assert!(units <= 6.0, "{}", bill(&calls));
        costs.push(units);
    }
    assert!(costs[1] <= costs[0] + 3.0, "{costs:?}");
}
