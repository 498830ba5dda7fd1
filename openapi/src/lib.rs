//! The OpenAPI document, put together from the functions' own descriptions.

pub mod errors;
pub mod event;
mod failures;
mod fields;
mod links;
mod order;
mod paths;
mod recipe;

use describe::{Described, Document, Operation};
use serde_json::{Map, Value, json};
use shared::wire::Way;

/// The functions that answer HTTP. A test holds each to its whole table.
pub fn functions() -> Vec<Described> {
    vec![
        audit_reader::describe(),
        cloud_customer::describe(),
        operator_console::describe(),
        ev_account::describe(),
        ev_charging::describe(),
        ev_customer::describe(),
        mall_agent::describe(),
        mall_audit::describe(),
        mall_consumer::describe(),
        mall_dealer::describe(),
        operator::describe(),
        payment_callback::describe(),
        pile_reports::describe(),
        reference::describe(),
        session::describe(),
        shop_customer::describe(),
    ]
}

/// The document as it is checked in: endpoints in the order of their documents, which is how the page lists them.
pub fn text() -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string_pretty(&order::ordered(&functions(), &document()))? + "\n")
}

/// The operation to which a way leads.
pub fn find(functions: &[Described], way: Way) -> Option<(&Described, &Operation)> {
    let all = functions.iter().flat_map(|function| function.operations.iter().map(move |one| (function, one)));
    all.into_iter().find(|(_, operation)| operation.ways().contains(&(way.method, way.path)))
}

pub fn document() -> Value {
    let functions = functions();
    let (mut paths, mut schemas, mut responses) = (Map::new(), Map::new(), Map::new());
    for function in &functions {
        paths::add(function, &mut paths, &mut schemas, &mut responses);
    }
    links::add(&functions, &mut paths, &mut responses);
    let used = |document: &Document| functions.iter().any(|function| function.document == *document);
    let tags = Document::ALL.into_iter().filter(used);
    let find = |way: Way| find(&functions, way).map(|(_, operation)| operation.clone());
    let about = |tag: Document| {
        let (chinese, english) = tag.about();
        let (more, also) = if tag.is_of_the_mall() { MALL } else { ("", "") };
        let about = format!("{chinese}{more}\n\n{english}{also}");
        recipe::session(tag, find).map_or(about.clone(), |session| format!("{session}\n\n{about}"))
    };
    let tags: Vec<_> = tags.map(|tag| json!({ "name": tag.tag(), "description": about(tag) })).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "ev-plaza",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "Where this document came from" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": responses,
            "securitySchemes": security_schemes(),
            "headers": headers(),
        },
    })
}

/// What the parts of `mall-users.md` have in common.
const MALL: (&str, &str) = (
    "成功为 `{\"errCode\":200,\"msg\":\"success\"}` 或 `{\"errCode\":\"200\",\"msg\":\"sucess\"}`，逐个接口与文档示例一致；失败为 \
     `{\"errCode\":2016,\"msg\"}`，总是数字，业务结果为 HTTP 200。",
    "Successes are `{\"errCode\":200,\"msg\":\"success\"}` or `{\"errCode\":\"200\",\"msg\":\"sucess\"}`, by endpoint, just as the \
     document prints them; failures are `{\"errCode\":2016,\"msg\"}`, always a number, with HTTP 200 where they are business \
     outcomes.",
);

const ABOUT: &str = "\
电动汽车广场后端：五份接口文档（充电桩用户端、充电桩客户、汽车城、企业客户、门店客户）与扩展接口。每个应用的部分都从如何登录开始。

The backend of an EV plaza: five documented APIs (charging app, EV customers, auto mall, business portal, shops) and our \
extensions. The part of each app begins with how to sign in.

**参数 · Input.** 所有接口读取参数的方式相同：JSON、表单、multipart 和查询参数合成一组字段，同名以前者为准；数字可以是字符串，字符串也可以是数字；\
全角数字和字母转为半角；未知字段被忽略并计数；`null` 和空视为没有；同一 JSON 对象中重复的键和全角逗号会被拒绝并指出位置。请求体最大 256 KiB，图片 4 MiB。

JSON, form, multipart and query are one map of fields, the earlier place counts; a number may come as a string and a string as \
a number; full-width digits and letters become ordinary ones; unknown fields are ignored and counted; `null` and empty mean \
missing; a key that comes twice in one JSON object is refused, a full-width comma too, with its position. 256 KiB at the most, \
pictures 4 MiB.

**状态 · Statuses.** 协议和安全问题使用真实的 HTTP 状态（400、401、403、404、405、413、415、429 带 `Retry-After`、500），响应体仍是各文档的格式。\
业务结果在充电桩用户端、汽车城和车辆绑定接口中为 HTTP 200 加失败代码，其余为 4xx。他人的数据与不存在的数据结果相同。

Protocol and security outcomes have their true status everywhere, in the document's own envelope. Business outcomes are HTTP \
200 with a failing code in the charging app, the mall and the vehicle pair, and 4xx elsewhere. Another person's object answers \
like one that does not exist.

**示例 · Samples.** 每个示例对刚注册的用户都有效；需要先做的步骤写在“先做”中。Each sample works for a caller who has just \
registered; what has to come before it is said under «First».";

fn security_schemes() -> Value {
    let query = |name: &str, document: &str| {
        let about = format!(
            "{document} 中的查询参数，可以关闭 · The query parameter that {document} shows; it can be switched off."
        );
        json!({ "type": "apiKey", "in": "query", "name": name, "description": about })
    };
    json!({
        "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
        "token": query("token", "charging-app.md"),
        "access_token": query("access_token", "charging-customers.md"),
    })
}

fn headers() -> Value {
    let header = |about: &str| json!({ "description": about, "schema": { "type": "string" } });
    json!({
        "X-Access-Token": header("新会话的令牌 · The token of the session that this answer opens"),
        "ETag": header("版本，用于 `If-Match` · The version of the record; `If-Match` takes it"),
        "Retry-After": header("多少秒后可以重试 · Seconds after which trying again makes sense"),
        "Cache-Control": header("可以缓存多久 · How long the answer may be kept"),
    })
}
