//! What a driver's pages cost in calls and units, and that it does not grow with what a driver has done.

use http::Method;
use serde_json::json;
use tests::{
    capacity::bill,
    pictures::png,
    plaza::{PASSWORD, Plaza, TestDriver},
    request::{Request, get},
};

const PLATE: &str = "皖A12345";

fn put(path: &str) -> Request {
    Request::new(Method::PUT, &format!("/customer/customers/{path}"))
}

async fn cost(plaza: &Plaza, driver: &TestDriver, request: Request) -> String {
    plaza.database.take_calls();
    let answer = plaza.ev_customer(request.bearer(&driver.token)).await;
    assert!(answer.status.as_u16() < 400, "{}", answer.text());
    bill(&plaza.database.take_calls())
}

async fn vehicle(plaza: &Plaza, driver: &TestDriver, place: usize) -> String {
    let info = plaza.ev_customer(get("/customer/customers/myInfo").bearer(&driver.token)).await.json();
    info["data"]["vehicles"][place]["id"].to_string()
}

#[tokio::test]
async fn each_endpoint_costs_what_the_data_model_says() {
    let plaza = Plaza::open();
    let driver = plaza.driver_of("wyc2002", PLATE).await;
    let upload = || put("uploadAvatar").body("image/png", png(9, 9));
    let binding = || put("vehicleBinding").json(&json!({"carPlate": "皖AYN056"}));
    let mut costs = Vec::new();
    for (what, request) in [
        ("#1", put(&driver.id).json(&json!({"nickname": "zz"}))),
        ("#2", get("/customer/customers/myInfo")),
        ("#3, the first", upload()),
        ("#3, another", upload()),
        ("#4", get(&format!("/customer/customers/{}/avatar", driver.id))),
        ("#5", binding()),
        ("#5, again", binding()),
        ("#7", get("/customer/customers/getVehicleFeeStats")),
    ] {
        costs.push((what, cost(&plaza, &driver, request).await));
    }
    let unbinding = put(&format!("vehicleUnbinding?vehicleId={}", vehicle(&plaza, &driver, 1).await));
    costs.push(("#6", cost(&plaza, &driver, unbinding).await));
    let password = put("password").json(&json!({"oldPassword": PASSWORD, "newPassword": "another phrase 7"}));
    costs.push(("password", cost(&plaza, &driver, password).await));
    let driver = TestDriver { token: plaza.log_in("wyc2002", "another phrase 7").await.token(), ..driver };
    let closing = Request::new(Method::DELETE, &format!("/customer/customers/{}", driver.id));
    costs.push(("closing", cost(&plaza, &driver, closing).await));

    // A picture: counted and noted, the profile, what the profile names and no longer names, and the bucket has followed.
    let expected = [
        ("#1", "GetItem 1 + TransactWriteItems 2"),
        ("#2", "GetItem 1 + GetItem 1"),
        ("#3, the first", "GetItem 1 + TransactWriteItems 5 + GetItem 1 + TransactWriteItems 6 + TransactWriteItems 3"),
        (
            "#3, another",
            "GetItem 1 + TransactWriteItems 5 + GetItem 1 + TransactWriteItems 9 + TransactWriteItems 3 + TransactWriteItems 3",
        ),
        ("#4", "GetItem 1 + GetItem 1"),
        ("#5", "GetItem 1 + GetItem 1 + TransactWriteItems 6"),
        ("#5, again", "GetItem 1 + GetItem 1"),
        ("#7", "GetItem 1 + Query 1"),
        ("#6", "GetItem 1 + GetItem 1 + Query 1 + TransactWriteItems 8"),
        (
            "password",
            "GetItem 1 + GetItem 1 + Query 1 + GetItem 1 + GetItem 1 + TransactWriteItems 2 + TransactWriteItems 8",
        ),
        ("closing", "GetItem 1 + GetItem 1 + Query 1 + GetItem 1 + TransactWriteItems 13 + TransactWriteItems 3"),
    ];
    assert_eq!(costs, expected.map(|(what, cost)| (what, cost.to_owned())));
}

/// Twenty charges, all paid but the last, and ten vehicles: the same as with the first.
#[tokio::test]
async fn nothing_grows_with_what_a_driver_has_charged_and_paid() {
    let plaza = Plaza::open();
    plaza.station(|_| ()).await;
    let driver = plaza.driver_of("wyc2002", PLATE).await;
    let mut figures = Vec::new();
    for n in 0..20 {
        plaza.charged(&driver).await;
        let stats = cost(&plaza, &driver, get("/customer/customers/getVehicleFeeStats")).await;
        let info = cost(&plaza, &driver, get("/customer/customers/myInfo")).await;
        plaza.database.take_calls();
        plaza.ev_charging(get("/user/bills?num=10").bearer(&driver.token)).await;
        let listed = bill(&plaza.database.take_calls());
        plaza.ev_charging(get("/user/stations").bearer(&driver.token)).await;
        let stations = bill(&plaza.database.take_calls());
        if n == 0 || n > 10 {
            figures.push([stats, info, listed, stations]);
        }
        plaza.pay(&driver.id, plaza.bills(&driver.id).await[0].id).await;
    }
    let bills_and_stations = ["GetItem 1 + Query 1 + Query 0.5", "GetItem 1 + Query 0.5 + Query 0.5"];
    assert_eq!(figures[0][..2], ["GetItem 1 + Query 1", "GetItem 1 + GetItem 1"]);
    assert_eq!(figures[0][2..], bills_and_stations);
    let later: std::collections::BTreeSet<_> = figures[1..].iter().collect();
    assert_eq!(later.len(), 1, "{later:?}");
    assert_eq!(figures[1][..2], figures[0][..2]);
}
