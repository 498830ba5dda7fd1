//! The document, and the page that shows it.

use crate::files;
use shared::{
    domain::reason::Failure,
    wire::{Access, Call, Endpoint, StaticFile, get, plain::Success},
};
use std::sync::Arc;

pub const DOCUMENT: Endpoint =
    get("/openapi.json").title("接口描述", "This document").access(Access::Public).zh(&["本接口描述（OpenAPI 3.1）。"]);

pub const PAGE: Endpoint = get("/docs")
    .title("接口文档页面", "The page that shows it and sends requests")
    .access(Access::Public)
    .zh(&["本页面，可直接发送请求；不加载任何外部资源。"])
    .notes(&["It loads nothing from any other host, and its content security policy says so."]);

pub const START: Endpoint =
    get("/docs/start.js").title("页面脚本", "What the page begins with").access(Access::Public).zh(&["页面脚本。"]);

pub const SCALAR: Endpoint = get("/docs/scalar.js")
    .title("页面组件", "What the page is made with")
    .access(Access::Public)
    .zh(&["页面组件，始终以 gzip 压缩。"])
    .notes(&["Always compressed with gzip."]);

pub async fn document(_: Arc<()>, call: Call) -> Result<Success, Failure> {
    Ok(Success::File(files::DOCUMENT.answer(&call, StaticFile::ASK_EACH_TIME, None)))
}

pub async fn page(_: Arc<()>, call: Call) -> Result<Success, Failure> {
    Ok(Success::File(files::PAGE.answer(&call, StaticFile::ASK_EACH_TIME, Some(files::POLICY))))
}

pub async fn start(_: Arc<()>, call: Call) -> Result<Success, Failure> {
    Ok(Success::File(files::START.answer(&call, StaticFile::ASK_EACH_TIME, None)))
}

pub async fn scalar(_: Arc<()>, call: Call) -> Result<Success, Failure> {
    Ok(Success::File(files::SCALAR.answer(&call, "public, max-age=86400", None)))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{DOCUMENT, PAGE, SCALAR, START};
    use describe::{Answers, Operation};

    pub fn operations() -> Vec<Operation> {
        vec![
            DOCUMENT.answers_file("application/json"),
            PAGE.answers_file("text/html"),
            START.answers_file("text/javascript"),
            SCALAR.answers_file("text/javascript"),
        ]
    }
}
