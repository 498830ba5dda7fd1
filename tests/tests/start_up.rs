//! What a cold start must not pay for. A file of its own, so that the first draw of this process is measured.

use shared::outside::random::Random;
use std::time::Duration;
use tests::cpu;

/// With AWS-LC's jitter entropy it takes twenty milliseconds of CPU and more.
#[test]
fn the_first_random_draw_takes_no_entropy_of_its_own() {
    let before = cpu::taken();
    let drawn: [u8; 32] = Random::system().bytes();
    let took = cpu::since(before);
    assert_ne!(drawn, [0; 32]);
    assert!(took < Duration::from_millis(10), "{took:?}");
}
