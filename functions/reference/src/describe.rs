//! What the reference says of these endpoints.

use crate::routes;
use describe::{Answer, Described, Document, Operation, get};

pub fn describe() -> Described {
    let file = |media| Answer::of_type(media).with("ETag").with("Cache-Control");
    let unchanged = || Answer::empty(304).with("ETag").with("Cache-Control");
    let shown = |operation: Operation, media| {
        operation.answers(file(media)).or_answers("The caller has it already", unchanged())
    };
    let operations = vec![
        shown(get("/openapi.json", "接口描述", "This document").zh("本接口描述（OpenAPI 3.1）。"), "application/json"),
        shown(
            get("/docs", "接口文档页面", "The page that shows it and sends requests")
                .zh("本页面，可直接发送请求；不加载任何外部资源。")
                .note("It loads nothing from any other host, and its content security policy says so."),
            "text/html",
        ),
        shown(get("/docs/start.js", "页面脚本", "What the page begins with").zh("页面脚本。"), "text/javascript"),
        shown(
            get("/docs/scalar.js", "页面组件", "What the page is made with")
                .zh("页面组件，始终以 gzip 压缩。")
                .note("Always compressed with gzip."),
            "text/javascript",
        ),
    ];
    Described::new("reference", Document::Reference, &routes(), operations)
}
