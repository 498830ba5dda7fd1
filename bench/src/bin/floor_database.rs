//! The floor of a request with one read: the floor, and a `GetItem` that is signed by hand and sent over a connection that
//! stays open. No SDK, no JSON.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use ring::{digest, hmac};
use std::{
    fmt::Write as _,
    time::{SystemTime, UNIX_EPOCH},
};

type Failed = Box<dyn std::error::Error>;

const GET: &str =
    r#"{"TableName":"ev-plaza","Key":{"pk":{"S":"ACCOUNT#ev#1003"},"sk":{"S":"SESSIONS"}},"ConsistentRead":true}"#;

async fn connect(address: &str) -> Result<SendRequest<Full<Bytes>>, Failed> {
    let stream = tokio::net::TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    let variable = |name: &str| std::env::var(name);
    let (api, host) = (variable("AWS_LAMBDA_RUNTIME_API")?, variable("DATABASE_HOST")?);
    let signer = Signer {
        id: variable("AWS_ACCESS_KEY_ID")?,
        secret: variable("AWS_SECRET_ACCESS_KEY")?,
        token: variable("AWS_SESSION_TOKEN")?,
        region: variable("AWS_REGION")?,
    };
    let (mut runtime, mut database) = (connect(&api).await?, connect(&format!("{host}:80")).await?);
    loop {
        runtime.ready().await?;
        let next = Request::get("/2018-06-01/runtime/invocation/next").header("host", &api).body(Full::default())?;
        let event = runtime.send_request(next).await?;
        let id = event.headers()["lambda-runtime-aws-request-id"].to_str()?.to_owned();
        event.into_body().collect().await?;

        database.ready().await?;
        let item = database.send_request(signer.signed(&host)?).await?.into_body().collect().await?.to_bytes();
        let found = item.windows(7).any(|part| part == b"enabled");

        let answer = format!(
            r#"{{"statusCode":200,"headers":{{"content-type":"application/json"}},"body":"{found}","isBase64Encoded":false}}"#
        );
        runtime.ready().await?;
        let path = format!("/2018-06-01/runtime/invocation/{id}/response");
        let answered = Request::builder().method(Method::POST).uri(path).header("host", &api);
        let taken = runtime.send_request(answered.body(Full::from(answer))?).await?;
        taken.into_body().collect().await?;
    }
}

struct Signer {
    id: String,
    secret: String,
    token: String,
    region: String,
}

impl Signer {
    /// Signature version 4.
    fn signed(&self, host: &str) -> Result<Request<Full<Bytes>>, Failed> {
        const NAMES: &str = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target";
        const TARGET: &str = "DynamoDB_20120810.GetItem";
        let (at, token) = (timestamp()?, &self.token);
        let day = &at[..8];
        let scope = format!("{day}/{}/dynamodb/aws4_request", self.region);
        let canonical = format!(
            "POST\n/\n\ncontent-type:application/x-amz-json-1.0\nhost:{host}\nx-amz-date:{at}\nx-amz-security-token:{token}\nx-amz-target:{TARGET}\n\n{NAMES}\n{}",
            hash(GET)
        );
        let text = format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{}", hash(&canonical));
        let mut key = format!("AWS4{}", self.secret).into_bytes();
        for part in [day, &self.region, "dynamodb", "aws4_request"] {
            key = mac(&key, part);
        }
        let credential = format!("{}/{scope}", self.id);
        let signature = hex(&mac(&key, &text));
        let authorization =
            format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={NAMES}, Signature={signature}");
        let request = Request::post("/").header("host", host).header("content-type", "application/x-amz-json-1.0");
        let request = request.header("x-amz-date", &at).header("x-amz-security-token", token);
        let request = request.header("x-amz-target", TARGET).header("authorization", authorization);
        Ok(request.body(Full::from(GET))?)
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

fn hash(text: &str) -> String {
    hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// `20260102T030405Z`
fn timestamp() -> Result<String, Failed> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Howard Hinnant's algorithm, from the first of March of the year 0.
    let day = days + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    Ok(format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", second / 3_600, second / 60 % 60, second % 60))
}
