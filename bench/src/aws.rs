//! The stand-ins for AWS: DynamoDB (over HTTP and TLS), KMS, Secrets Manager, Systems Manager, and the extension that reads
//! the last two. They know the items and secrets of [`World`] and take every write.

use crate::{
    http::{Request, answer},
    world::{FIELD_KEY, World},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::Arc,
};

/// Listens where the functions call: needs a network namespace of its own, in which AWS's names lead here.
pub fn start(world: &Arc<World>, certificates: &Path) {
    for port in [80, 2773] {
        let (listener, world) = (TcpListener::bind(("127.0.0.1", port)).expect("a port"), Arc::clone(world));
        each(listener, move |mut stream| serve(&mut stream, &world));
    }
    let chain = CertificateDer::pem_file_iter(certificates.join("chain.pem")).expect("a chain");
    let chain = chain.collect::<Result<Vec<_>, _>>().expect("certificates");
    let key = PrivateKeyDer::from_pem_file(certificates.join("leaf.key")).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("versions").with_no_client_auth().with_single_cert(chain, key);
    let mut config = config.expect("a certificate for the key");
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let (config, world) = (Arc::new(config), Arc::clone(world));
    each(TcpListener::bind("127.0.0.1:443").expect("a port"), move |stream| {
        if let Ok(connection) = rustls::ServerConnection::new(Arc::clone(&config)) {
            serve(&mut rustls::StreamOwned::new(connection, stream), &world);
        }
    });
}

fn each(listener: TcpListener, handle: impl Fn(TcpStream) + Clone + Send + 'static) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handle = handle.clone();
            let _ = stream.set_nodelay(true);
            std::thread::spawn(move || handle(stream));
        }
    });
}

fn serve(stream: &mut (impl Read + Write), world: &World) {
    let mut buffer = Vec::new();
    while let Some(request) = Request::read(stream, &mut buffer) {
        let body = reply(&request, world).to_string();
        std::thread::sleep(world.round_trip);
        let headers = "x-amzn-RequestId: ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\nContent-Type: application/x-amz-json-1.0\r\n";
        if answer(stream, 200, headers, body.as_bytes()).is_err() {
            return;
        }
    }
}

fn reply(request: &Request, world: &World) -> Value {
    if let Some(name) = asked(&request.line, "secretId=") {
        return json!({ "Name": name, "SecretString": world.secret(&name) });
    }
    if let Some(name) = asked(&request.line, "get?name=") {
        return json!({ "Parameter": { "Name": name, "Value": world.secret(&name) } });
    }
    let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    match request.header("x-amz-target").and_then(|target| target.rsplit('.').next()) {
        Some("GetItem") => {
            let item = world.item(&asked["Key"]["pk"]["S"], &asked["Key"]["sk"]["S"]);
            item.map_or_else(|| json!({}), |item| json!({ "Item": item }))
        }
        Some("Query") => {
            let items = world.partition(&asked["ExpressionAttributeValues"]);
            json!({ "Count": items.len(), "ScannedCount": items.len(), "Items": items })
        }
        Some("Decrypt") => json!({
            "KeyId": "arn:aws:kms:us-east-1:123456789012:key/k",
            "Plaintext": BASE64_STANDARD.encode(FIELD_KEY),
            "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"
        }),
        Some("GetSecretValue") => secret(&asked["SecretId"], world),
        Some("BatchGetSecretValue") => {
            let ids = asked["SecretIdList"].as_array().into_iter().flatten();
            json!({ "SecretValues": ids.map(|id| secret(id, world)).collect::<Vec<_>>(), "Errors": [] })
        }
        Some("GetParameters") => {
            let names = asked["Names"].as_array().into_iter().flatten();
            let value =
                |name: &Value| json!({ "Name": name, "Value": world.secret(name.as_str().unwrap_or_default()) });
            json!({ "Parameters": names.map(value).collect::<Vec<_>>(), "InvalidParameters": [] })
        }
        _ => json!({}),
    }
}

fn secret(id: &Value, world: &World) -> Value {
    json!({ "ARN": id, "Name": id, "SecretString": world.secret(id.as_str().unwrap_or_default()) })
}

fn asked(line: &str, parameter: &str) -> Option<String> {
    let rest = line.split_once(parameter)?.1;
    rest.split([' ', '&']).next().map(ToOwned::to_owned)
}
