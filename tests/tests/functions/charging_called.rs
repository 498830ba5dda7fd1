//! Drivers who have bound a phone are told by SMS when their cars are called, where that is switched on.

use jiff::SignedDuration;
use serde_json::json;
use shared::outside::{queue::SmsMessage, sms::Message};
use tests::{
    plaza::{Plaza, Sending, Settings, TestDriver},
    request::Request,
};

const PHONE: &str = "13800138000";

async fn with_phone(plaza: &Plaza, driver: &TestDriver) -> TestDriver {
    let code = plaza.drivers_code(&driver.token, PHONE).await;
    let form = json!({"telephone": PHONE, "code": code});
    let bound = Request::new(http::Method::PUT, "/customer/customers/phone").bearer(&driver.token).json(&form);
    let answer = plaza.ev_customer(bound).await;
    let token = answer.header("x-access-token").unwrap_or_else(|| panic!("{}", answer.text())).to_owned();
    TestDriver { token, ..driver.clone() }
}

async fn opened(tells_called: bool) -> (Plaza, TestDriver) {
    let plaza = Plaza::with(Settings::default().with("TELL_CALLED", tells_called));
    plaza.station(|it| (it.fast_piles, it.lane_places) = (1, 1)).await;
    let driver = plaza.driver_of("wyc2002", "皖A12345").await;
    let driver = with_phone(&plaza, &driver).await;
    (plaza, driver)
}

fn told(plaza: &Plaza) -> Vec<String> {
    let outbox = plaza.outbox.lock().unwrap();
    outbox.iter().filter(|message| message.purpose == "called").map(Message::signed_text).collect()
}

#[tokio::test]
async fn a_driver_is_told_once_where_to_go_when_the_car_is_called() {
    let (plaza, driver) = opened(true).await;
    let other = plaza.driver_of("other", "皖A00001").await;
    plaza.joined(&other, "fast", "15").await;
    plaza.joined(&driver, "fast", "15").await;
    plaza.deliver().await;
    plaza.deliver_sms().await;
    assert_eq!(told(&plaza), [""; 0], "the one who was called has no phone, the other one waits");

    plaza.watch.advance(SignedDuration::from_mins(30));
    plaza.sweep().await;
    let sms_messages = plaza.sms_messages.lock().unwrap().clone();
    plaza.deliver_sms().await;
    let text = "【电动汽车充电】您的排队号 F2 已被叫号，请前往充电站 S1 的 F1 号充电桩。如不再需要，请及时取消。";
    assert_eq!(told(&plaza), [text]);
    // The queue brings it twice.
    *plaza.sms_messages.lock().unwrap() = sms_messages;
    plaza.deliver_sms().await;
    plaza.sweep().await;
    assert_eq!(told(&plaza).len(), 1);
}

#[tokio::test]
async fn unless_it_is_switched_on_nothing_is_put_on_the_queue() {
    let (plaza, driver) = opened(false).await;
    plaza.deliver_sms().await;
    plaza.joined(&driver, "fast", "15").await;
    plaza.deliver().await;
    assert!(plaza.sms_messages.lock().unwrap().is_empty());
}

/// The step makes the calls that it makes without, and sends one message for all cars.
#[tokio::test]
async fn a_step_that_calls_several_cars_sends_one_message_and_reads_nothing_more() {
    let mut calls = Vec::new();
    for tells_called in [false, true] {
        let plaza = Plaza::with(Settings::default().with("TELL_CALLED", tells_called));
        plaza.station(|it| (it.fast_piles, it.lane_places, it.waiting_places) = (4, 1, 4)).await;
        for n in 0..8 {
            let driver = plaza.driver_of(&format!("driver-{n}"), &format!("皖A0000{n}")).await;
            plaza.joined(&driver, "fast", "15").await;
            plaza.deliver().await;
        }
        // All four that charge are done, and one step calls the four that wait.
        plaza.watch.advance(SignedDuration::from_mins(30));
        plaza.sms_messages.lock().unwrap().clear();
        plaza.database.take_calls();
        plaza.sweep().await;
        calls.push(plaza.database.take_calls().len());
        let sms_messages = plaza.sms_messages.lock().unwrap().clone();
        let called = sms_messages.iter().map(|sms_message| match sms_message {
            SmsMessage::Called { called } => called.len(),
            SmsMessage::Job { .. } => 0,
        });
        assert_eq!(called.collect::<Vec<_>>(), if tells_called { vec![4] } else { vec![] });
    }
    assert_eq!(calls[0], calls[1]);
}

#[tokio::test]
async fn a_queue_that_is_away_holds_up_no_call() {
    let (plaza, driver) = opened(true).await;
    plaza.deliver_sms().await;
    plaza.joined(&driver, "fast", "15").await;
    *plaza.sms_sending.lock().unwrap() = Sending::Fails;
    plaza.deliver().await;
    assert_eq!(plaza.info(&driver).await.json()["data"]["status"], "charging");
}
