//! What the reference says of these endpoints.

use crate::routes;
use describe::{Answer, Described, Document, get};

pub fn describe() -> Described {
    let file = |media| Answer::of_type(media).with("ETag").with("Cache-Control");
    let operations = vec![
        get("/openapi.json", "接口描述", "This document").answers(file("application/json")),
        get("/docs", "接口文档页面", "The page that shows it and sends requests")
            .note("It loads nothing from any other host, and its content security policy says so.")
            .answers(file("text/html")),
        get("/docs/start.js", "页面脚本", "What the page begins with").answers(file("text/javascript")),
        get("/docs/scalar.js", "页面组件", "What the page is made with")
            .note("Always compressed with gzip.")
            .answers(file("text/javascript")),
    ];
    Described::new("reference", Document::Reference, &routes(), operations)
}
