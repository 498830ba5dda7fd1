//! The floor: what a function costs that speaks the Lambda Runtime API over tokio and hyper and does nothing. It parses no
//! event and logs nothing.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, client::conn::http1};
use hyper_util::rt::TokioIo;

type Failed = Box<dyn std::error::Error>;

const ANSWER: &str = r#"{"statusCode":200,"headers":{"content-type":"application/json"},"body":"{\"ok\":true}","isBase64Encoded":false}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    let api = std::env::var("AWS_LAMBDA_RUNTIME_API")?;
    let stream = tokio::net::TcpStream::connect(&api).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    loop {
        sender.ready().await?;
        let next = Request::get("/2018-06-01/runtime/invocation/next").header("host", &api).body(Full::default())?;
        let event = sender.send_request(next).await?;
        let id = event.headers()["lambda-runtime-aws-request-id"].to_str()?.to_owned();
        event.into_body().collect().await?;
        sender.ready().await?;
        let path = format!("/2018-06-01/runtime/invocation/{id}/response");
        let answer = Request::builder().method(Method::POST).uri(path).header("host", &api);
        let taken = sender.send_request(answer.body(Full::from(ANSWER))?).await?;
        taken.into_body().collect().await?;
    }
}
