//! The operator console on a light stack, as a person uses it in a browser, and the people who make work for it.

use crate::{
    browser::Browser,
    stack::{Place, Stack},
};
use image::{ImageFormat, Rgb, RgbImage};
use local::http::send;
use serde_json::{Value, json};
use std::{
    io::{Cursor, Read as _},
    time::Duration,
};

const PASSWORD: &str = "long-enough-1";
const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

/// The screens by their addresses, without that of a single station.
pub const SCREENS: [&str; 9] =
    ["stations", "takings", "usage", "prices", "whatif", "papers", "money", "people", "trail"];

/// Finds what a person sees: a button, a link or an option by its words or its label.
const CLICK: &str = "const seen = it => it.getClientRects().length > 0 && !it.disabled;
    const scope = document.querySelector('dialog[open]') ?? document;
    const it = [...scope.querySelectorAll('button, a, summary')].find(it => seen(it)
        && (it.getAttribute('aria-label') ?? it.textContent).trim() === arguments[0]);
    if (!it) return null; it.click(); return true";
const FILL: &str = "const [label, value] = arguments[0].split('\\n');
    const scope = document.querySelector('dialog[open]') ?? document;
    const it = [...scope.querySelectorAll('input, textarea, select')].find(it =>
        (it.getAttribute('aria-label') ?? it.closest('label')?.querySelector('span')?.textContent) === label);
    if (!it) return null; it.value = value;
    it.dispatchEvent(new Event('input', { bubbles: true })); it.dispatchEvent(new Event('change', { bubbles: true }));
    return true";
const READS: &str = "return document.body.innerText.includes(arguments[0]) ? true : null";
const GONE: &str = "return document.body.innerText.includes(arguments[0]) ? null : true";
/// What axe finds: the rule, and the elements. The number of rules that hold shows that it looked.
const AXE: &str = "const done = arguments[arguments.length - 1];
    window.axe.run(document, { resultTypes: ['violations'] }).then(found => done({ passed: found.passes.length,
        violations: found.violations.map(it => it.id + ': ' + it.nodes.map(node => node.html.slice(0, 120)).join(' | ')) }))";

/// A window of the console.
pub struct Console<'a> {
    pub browser: &'a Browser,
    pub origin: String,
}

impl Console<'_> {
    /// Loads a screen anew.
    pub fn open(&self, screen: &str) {
        self.browser.go("about:blank");
        self.browser.go(&format!("{}/console#/{screen}", self.origin));
    }

    pub fn click(&self, words: &str) {
        self.browser.wait_for(&format!("«{words}» can be clicked"), CLICK, words);
    }

    /// Clicks what a selector finds, for buttons that have the words of another.
    pub fn press(&self, selector: &str) {
        let press = "const it = document.querySelector(arguments[0]); if (!it || it.disabled) return null; it.click(); return true";
        self.browser.wait_for(&format!("{selector} can be pressed"), press, selector);
    }

    pub fn fill(&self, label: &str, value: &str) {
        self.browser.wait_for(&format!("{label} can be filled in"), FILL, &format!("{label}\n{value}"));
    }

    pub fn reads(&self, text: &str) {
        self.browser.wait_for(&format!("the page says {text}"), READS, text);
    }

    pub fn reads_no_longer(&self, text: &str) {
        self.browser.wait_for(&format!("the page no longer says {text}"), GONE, text);
    }

    /// Language and theme as the page keeps them; they count from the next load on.
    pub fn prefer(&self, language: &str, theme: &str) {
        let keep = "const [language, theme] = arguments[0].split(' ');
            localStorage.setItem('ev-plaza.language', language); localStorage.setItem('ev-plaza.theme', theme)";
        self.browser.run(keep, &format!("{language} {theme}"));
    }

    /// Loads the console in Chinese and light, and signs in with a token.
    pub fn begin(&self, token: &str) {
        self.begin_in_chinese();
        self.sign_in_with_token(token);
        self.reads("S1");
    }

    /// The screen of sign-in, in Chinese and light.
    pub fn begin_in_chinese(&self) {
        self.open("stations");
        self.prefer("zh", "light");
        self.open("stations");
    }

    pub fn sign_in(&self, name: &str, password: &str) {
        self.fill("用户名", name);
        self.fill("密码", password);
        self.click("登录");
    }

    pub fn sign_in_with_token(&self, token: &str) {
        self.click("令牌");
        self.fill("令牌", token);
        self.click("登录");
    }

    /// What keeps people from using the page, by the rules of axe.
    pub fn barriers(&self) -> Vec<String> {
        let has_axe = self.browser.run("return Boolean(window.axe)", "");
        if has_axe == json!(false) {
            self.browser.run(&format!("{}; window.axe = axe", axe()), "");
        }
        let found = self.browser.run_until_done(AXE);
        assert!(found["passed"].as_u64() > Some(10), "axe looked at nothing: {found}");
        serde_json::from_value(found["violations"].clone()).unwrap()
    }
}

fn axe() -> String {
    let packed: &[u8] = include_bytes!("../axe/axe.min.js.gz");
    let mut script = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut script).unwrap();
    script
}

/// A token of a new administrator.
pub fn admin(place: &Place) -> String {
    let printed = place.cargo_local(&["token", "admin"]);
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    String::from_utf8(printed.stdout).unwrap().trim().to_owned()
}

/// A driver with a session.
pub fn driver(stack: &Stack, name: &str, plate: &str) -> String {
    let form = format!("username={name}&email={name}%40example.com&password={PASSWORD}&license_plate={plate}");
    let registered = stack.form("/u/register", None, &form);
    assert_eq!(registered["code"], 200, "{registered}");
    let answer = stack.form("/u/login", None, &format!("username={name}&password={PASSWORD}"));
    answer["token"].as_str().unwrap().to_owned()
}

/// An agent whose papers wait for a decision.
pub fn hand_in_papers(stack: &Stack, telephone: &str, name: &str, id_number: &str) {
    let open_id = format!("oGZUI0egBJY1zhBYw{telephone}");
    let post = |path: &str, token: Option<&str>, body: Value| {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> =
            JSON.into_iter().chain(bearer.as_deref().map(|bearer| ("Authorization", bearer))).collect();
        let answer = stack.send("POST", path, &headers, &body.to_string());
        assert!(answer.text().contains("200"), "{path}: {}", answer.text());
        answer
    };
    post("/user/proxy/sendPhoneNum", None, json!({ "openId": open_id, "telephone": telephone }));
    let code = stack.code_sent_to(telephone);
    let proof = json!({ "openId": open_id, "telephone": telephone, "phoneNum": code });
    let signed_in = post("/user/proxy/verifyPhoneNum", None, proof);
    let token = signed_in.header("x-access-token").unwrap().to_owned();
    let front = upload(stack, "/user/proxy/uploadFrontImg", &token, telephone);
    let qualification = upload(stack, "/user/proxy/uploadQualification", &token, telephone);
    let papers = json!({
        "telephone": telephone, "realName": name, "idNo": id_number, "frontImg": front["data"]["frontImg"],
        "qualification": qualification["data"]["qualification"],
    });
    post("/user/proxy/submitPUser", Some(&token), papers);
}

/// Something like a card: a field for a portrait, and lines of text.
fn card() -> Vec<u8> {
    let mut picture = RgbImage::from_pixel(640, 400, Rgb([222, 231, 238]));
    let mut fill = |(x, y, width, height): (u32, u32, u32, u32), color| {
        for (x, y) in (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y))) {
            picture.put_pixel(x, y, Rgb(color));
        }
    };
    fill((440, 60, 150, 190), [176, 190, 202]);
    for (line, width) in (0..).zip([150, 230, 300, 330, 260]) {
        fill((50, 70 + line * 44, width, 14), [120, 138, 154]);
    }
    fill((50, 330, 420, 18), [92, 110, 126]);
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

fn upload(stack: &Stack, path: &str, token: &str, telephone: &str) -> Value {
    let mut body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"telephone\"\r\n\r\n{telephone}\r\n--b\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"picture.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
    )
    .into_bytes();
    body.extend(card());
    body.extend(b"\r\n--b--\r\n");
    let bearer = format!("Bearer {token}");
    let headers = [("Content-Type", "multipart/form-data; boundary=b"), ("Authorization", bearer.as_str())];
    let answer = send(stack.api(), "POST", path, &headers, &body, Duration::from_secs(30)).unwrap();
    serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("{path}: {}", answer.text()))
}
