//! Passwords, and how wrong ones slow down the next try.

mod known_devices;
mod passwords;
mod second_proof;
mod throttles;

use jiff::SignedDuration;
use tests::{answer::Answer, plaza::Plaza};

const WRONG: &str = "123456wyd";

fn seconds(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}

fn is_wrong(answer: &Answer) -> bool {
    answer.status == 200 && answer.json()["msg"] == "用户名或密码不正确"
}

async fn fail(plaza: &Plaza, name: &str, times: usize) {
    for _ in 0..times {
        let answer = plaza.log_in(name, WRONG).await;
        assert!(is_wrong(&answer), "{}", answer.text());
    }
}
