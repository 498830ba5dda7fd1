//! What a caller does first, as the page says it: before a sample, and to get a session.

use describe::{Document, Operation, SignIn, Token};
use shared::wire::{Before, Given, SampleSource, Way};

/// The calls and values that go before a sample; empty where it works at once.
pub fn first(operation: &Operation) -> String {
    let calls = operation.before.iter().map(call);
    let fields = operation.inputs.iter().filter(|input| !input.is_left_out);
    let fields = fields.filter_map(|input| Some(value(input.name, &input.source?)));
    let in_path = operation.path_sources.iter().map(|(name, source)| value(name, source));
    let lines: Vec<_> = calls.chain(in_path).chain(fields).map(|line| format!("- {line}")).collect();
    if lines.is_empty() { String::new() } else { format!("**先做 · First**\n\n{}", lines.join("\n")) }
}

fn call(before: &Before) -> String {
    let mut parts = vec![format!("`{}`", before.way)];
    if !before.with.is_empty() {
        let given = |(name, given): &(&str, Given)| match given {
            Given::Text(text) | Given::Json(text) => format!("`{name}`: `{text}`"),
            Given::From(source) => value(name, source),
        };
        parts.push(format!(" ({})", before.with.iter().map(given).collect::<Vec<_>>().join(", ")));
    }
    if before.minutes > 0 {
        parts.push(format!("，等 {0} 分钟 · then {0} minutes", before.minutes));
    }
    parts.concat()
}

fn value(name: &str, source: &SampleSource) -> String {
    match source {
        SampleSource::Sms { asked, number, with } => {
            let with = with.iter().map(|(name, text)| format!(", `{name}`: `{text}`")).collect::<Vec<_>>().concat();
            format!("`{name}`：`{asked}` 发到 `{number}` 的短信验证码 · the SMS code that it sends to `{number}`{with}")
        }
        SampleSource::Picture { asked } => format!("`{name}`：`{asked}` 图片中的字符 · the letters of its picture"),
        SampleSource::LastPart { of, at } => {
            let at = at.trim_start_matches('/').replace('/', ".");
            format!("`{name}`：`{of}` 响应中 `{at}` 的最后一段 · the last part of `{at}` of its answer")
        }
        SampleSource::Answer { of, at, .. } => {
            format!("`{name}`：`{of}` 响应中的 · of its answer `{}`", at.trim_start_matches('/').replace('/', "."))
        }
    }
}

/// How to get a session of a document, keep it and give it back.
pub fn session(document: Document, find: impl Fn(Way) -> Option<Operation>) -> Option<String> {
    let SignIn { call: opening, before, token, life, again } = document.sign_in()?;
    let (chinese_life, english_life) = life.texts();
    let operation = find(opening.way)?;
    let mut steps: Vec<String> = before.iter().map(call).collect();
    let sources = operation.inputs.iter().filter(|input| !input.is_left_out);
    steps.extend(sources.filter_map(|input| Some(format!("`{}` → `{}`", input.source?.way(), input.name))));
    let from = match token {
        Token::Body(at) => {
            let field = at.trim_start_matches('/');
            format!("令牌是响应中的 `{field}` · the token is `{field}` of the answer")
        }
        Token::Header => "令牌在响应头 `X-Access-Token` 中 · the token is in the header `X-Access-Token`".to_owned(),
    };
    steps.push(format!("{}：{from}", call(&opening)));
    let steps = steps.iter().enumerate().map(|(at, step)| format!("{}. {step}\n", at + 1)).collect::<Vec<_>>().concat();
    let (chinese_query, english_query) = match document {
        Document::ChargingApp => ("，或查询参数 `token`", ", or the query parameter `token`"),
        Document::ChargingCustomers => ("，或查询参数 `access_token`", ", or the query parameter `access_token`"),
        _ => ("", ""),
    };
    let (chinese, english) = again;
    let rules = [
        (
            format!("{chinese}之后每个请求都带上令牌：`Authorization: Bearer <token>`{chinese_query}。"),
            format!("{english} Every request carries the token: `Authorization: Bearer <token>`{english_query}."),
        ),
        (
            format!("令牌 {chinese_life}有效，不自动续期；一个账户最多 20 个会话，再多则最早的失效。"),
            format!(
                "The token is good for {english_life} and is not renewed by use; an account has 20 sessions at most, one more \
                 ends the oldest."
            ),
        ),
        (
            "修改密码或手机后其他会话失效，改用响应头 `X-Access-Token` 中的新令牌。".to_owned(),
            "A change of password or telephone ends all other sessions: go on with the token in `X-Access-Token`.".to_owned(),
        ),
        (
            "401：会话已失效，清除令牌并重新登录。403：会话有效但无权访问，不要退出登录。429：按 `Retry-After` 等待后重试。".to_owned(),
            "401: the session is over; drop the token and sign in again. 403: the session lives but may not do this; stay \
             signed in. 429: wait for `Retry-After` seconds."
                .to_owned(),
        ),
        ("退出登录：`POST /auth/logout`。".to_owned(), "To sign out: `POST /auth/logout`.".to_owned()),
    ];
    let rules: Vec<_> = rules.iter().map(|(chinese, english)| format!("- {chinese}  \n  {english}")).collect();
    let rules = rules.join("\n");
    Some(format!("**登录与会话 · Signing in and keeping the session**\n\n{steps}\n{rules}\n\n**约定 · Conventions**"))
}
