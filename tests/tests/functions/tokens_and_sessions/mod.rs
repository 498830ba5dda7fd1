//! Which tokens open something, and until when.

mod sessions;
mod tokens;

use jiff::SignedDuration;
use tests::plaza::Plaza;

fn seconds(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}

async fn is_refused(plaza: &Plaza, token: &str) -> bool {
    let answer = plaza.detail(token).await;
    let refused = answer.whole() == (401, r#"{"code":-1,"msg":"未登录或登录已失效"}"#.to_owned());
    assert!(refused || answer.status == 200, "{:?}", answer.whole());
    refused
}
