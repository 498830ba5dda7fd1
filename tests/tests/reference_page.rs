//! The reference as it is served: the document, and the page as a person meets it in a browser.

use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
};
use tests::{
    answer::Answer,
    browser::Browser,
    plaza::Plaza,
    request::get,
    stack::{Place, Stack},
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn checked_in() -> Vec<u8> {
    fs::read(root().join("docs/openapi.json")).unwrap()
}

fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut plain).unwrap();
    plain
}

async fn ask(path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers.iter().fold(get(path), |request, (name, value)| request.header(name, value));
    Plaza::open().send("reference", request).await
}

#[tokio::test]
async fn the_document_is_the_one_that_is_checked_in_compressed_or_not() {
    for (accepted, encoding) in
        [("", None), ("br, gzip;q=0", None), ("gzip", Some("gzip")), ("br;q=1, gzip;q=0.5", Some("gzip"))]
    {
        let answer = ask("/openapi.json", &[("accept-encoding", accepted)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-encoding")), (200, encoding), "{accepted}");
        assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
        let content = if encoding.is_some() { unpacked(&answer.body) } else { answer.body };
        assert!(content == checked_in(), "{accepted}");
    }
}

#[tokio::test]
async fn a_caller_with_the_current_files_gets_304() {
    for path in ["/openapi.json", "/docs", "/docs/start.js", "/docs/scalar.js"] {
        let first = ask(path, &[]).await;
        let again = ask(path, &[("if-none-match", first.header("etag").unwrap())]).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{path}");
        let other = ask(path, &[("if-none-match", "\"another\"")]).await;
        assert_eq!((other.status.as_u16(), other.header("etag")), (200, first.header("etag")), "{path}");
    }
}

/// Lambda answers six megabytes at the most, and writes what is not text a third longer.
#[tokio::test]
async fn every_answer_is_well_within_what_lambda_sends() {
    for path in ["/openapi.json", "/docs", "/docs/start.js", "/docs/scalar.js"] {
        let answer = ask(path, &[]).await;
        assert!(answer.body.len() < 3 << 20, "{path}: {}", answer.body.len());
    }
}

#[tokio::test]
async fn the_page_lets_no_other_host_in() {
    let page = ask("/docs", &[]).await;
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';") && policy.contains("connect-src 'self';"));
    assert!(!policy.contains("http") && !policy.contains('*') && !policy.contains("eval"), "{policy}");
    let start = ask("/docs/start.js", &[]).await;
    assert!(!page.text().contains("//") && !start.text().contains("://"), "no address of anybody else");
}

/// What is checked in is the version that the script beside it fetches.
#[tokio::test]
async fn the_page_is_made_with_the_version_that_is_stated() {
    let fetch = fs::read_to_string(root().join("functions/reference/page/fetch")).unwrap();
    let version = fetch.lines().find_map(|line| line.strip_prefix("version=")).unwrap();
    let scalar = unpacked(&ask("/docs/scalar.js", &[]).await.body);
    assert!(String::from_utf8(scalar).unwrap().contains(&format!("@scalar/api-reference@{version}")), "{version}");
}

fn tags() -> Vec<String> {
    let document: Value = serde_json::from_slice(&checked_in()).unwrap();
    document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap().to_owned()).collect()
}

const A_LINK_TO_THE_TAG: &str = "return [...document.querySelectorAll('a, button')]
    .find(it => it.textContent.includes(arguments[0])) ? true : null";
const A_TEXT: &str = "return document.body.innerText.includes(arguments[0]) ? true : null";
const CLICK_THE_BUTTON: &str = "const it = [...document.querySelectorAll('button')]
    .find(it => it.textContent.includes(arguments[0])); if (!it) return null; it.scrollIntoView(); it.click(); return true";
const SHOW_THE_ENDPOINT: &str = "const it = [...document.querySelectorAll('a')]
    .find(it => decodeURIComponent(it.getAttribute('href') ?? '').endsWith(arguments[0]));
    if (!it) return null; it.click(); return true";
const THE_STATUS: &str = "const it = document.querySelector('[role=dialog]')?.innerText.match(/Status:\\s*(\\d+)/);
    return it ? it[1] : null";

/// The example of the registration is sent as it stands on the page, and the driver is there afterwards.
#[test]
fn the_page_lists_every_document_and_sends_a_request_that_succeeds() {
    let place = Place::new();
    let Some(browser) = Browser::open(&place.path().join("browser")) else { return };
    let stack = Stack::start(&place, &[]);
    let origin = format!("http://{}/", stack.api());
    browser.go(&format!("{origin}docs"));
    for tag in tags() {
        browser.wait_for(&format!("the page lists {tag}"), A_LINK_TO_THE_TAG, &tag);
    }

    browser.wait_for("the first app's part begins with signing in", A_TEXT, "Signing in and keeping the session");

    browser.wait_for("the endpoint is listed", SHOW_THE_ENDPOINT, "POST/u/register");
    browser.wait_for("the endpoint can be tried", CLICK_THE_BUTTON, "(post /u/register)");
    browser.wait_for("the request can be sent", CLICK_THE_BUTTON, "Send post request to");
    assert_eq!(browser.wait_for("an answer is shown", THE_STATUS, ""), "200");
    let signed_in = stack.form("/u/login", None, "username=wyc2002&password=123456wyc");
    assert_eq!(signed_in["code"], 200, "{signed_in}");

    let asked = browser.requests();
    assert!(asked.contains(&format!("{origin}u/register")), "{asked:?}");
    // What begins otherwise (data:, blob:, chrome:) goes to no host.
    let goes_out = |url: &&String| ["http", "ws"].iter().any(|scheme| url.starts_with(scheme));
    let elsewhere: Vec<_> = asked.iter().filter(goes_out).filter(|url| !url.starts_with(&origin)).collect();
    assert_eq!(elsewhere, [""; 0]);
    let complaints: Vec<_> = browser.console().into_iter().filter(|line| line.contains("SEVERE")).collect();
    assert_eq!(complaints, [""; 0]);

    a_page_of_another_origin_signs_a_mall_user_in(&browser, &stack);
}

/// Sends the headers that the documents know, so that the browser asks first, and keeps what it is let read.
const SIGN_IN: &str = "const [api, body] = arguments[0].split('\\n');
    fetch(api, { method: 'POST', body, headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'k1',
        'If-None-Match': '\"x\"', 'X-Device-Token': 'd', 'Authorization': 'Bearer none' } })
      .then(async it => { window.answered = [it.status, it.headers.get('X-Access-Token'), await it.text()]; })
      .catch(why => { window.answered = [0, null, String(why)]; })";
const THE_ANSWER: &str = "return window.answered ?? null";

/// Another port is another origin. The reference stays on that of the API, so this page is the test's own.
fn a_page_of_another_origin_signs_a_mall_user_in(browser: &Browser, stack: &Stack) {
    let (open_id, telephone) = ("oGZUI0egBJY1zhBYw2KhdUfwVJJE", "13712345678");
    let wanted = json!({ "openId": open_id, "telephone": telephone }).to_string();
    let asked = stack.send("POST", "/user/custom/sendPhoneNum", &[("Content-Type", "application/json")], &wanted);
    assert_eq!(asked.status, 200, "{}", asked.text());
    let code = stack.code_sent_to(telephone);

    browser.go(&format!("http://{}/", blank_page()));
    let body = json!({ "openId": open_id, "telephone": telephone, "phoneNum": code });
    browser.run(SIGN_IN, &format!("http://{}/user/custom/verifyPhoneNum\n{body}", stack.api()));
    let answered = browser.wait_for("the mall answers", THE_ANSWER, "");
    assert_eq!(answered[0], 200, "{answered} {:?}", browser.console());
    assert!(answered[1].as_str().is_some_and(|token| token.starts_with("eyJ")), "{answered}");
}

/// Serves one empty page, on a port of its own, for as long as the test lives.
fn blank_page() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            BufReader::new(&stream).read_line(&mut String::new()).ok();
            stream
                .write_all(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                )
                .ok();
        }
    });
    address
}
