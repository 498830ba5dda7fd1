//! What a cold start must not pay for. A file of its own, so that the first draw of this process is measured.

use shared::outside::random::Random;
use std::time::{Duration, Instant};

/// With AWS-LC's jitter entropy it takes twenty milliseconds of CPU and more.
#[test]
#[expect(clippy::disallowed_methods, reason = "it measures real time")]
fn the_first_random_draw_takes_no_time() {
    let before = Instant::now();
    let drawn: [u8; 32] = Random::system().bytes();
    let took = before.elapsed();
    assert_ne!(drawn, [0; 32]);
    assert!(took < Duration::from_millis(10), "{took:?}");
}
