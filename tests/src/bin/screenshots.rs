//! Pictures of the console for the documentation: `cargo run -p tests --bin screenshots` writes docs/console/*.png. The data
//! are those of `cargo local demo`, on a day that is always the same.

use local::{demo, paths::StackDir};
use std::{fs, path::Path};
use tests::{
    browser::Browser,
    console::{Console, admin, hand_in_papers},
    stack::{Place, Stack},
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/console");
/// Name, address, what is clicked first, and what shows that it is ready.
const SCREENS: [(&str, &str, &str, &str); 8] = [
    ("station", "stations/S1", "", "document.querySelector('.bar')"),
    ("stations", "stations", "", "![...document.querySelectorAll('.tag')].some(it => it.textContent === '…')"),
    ("takings", "takings", "", "document.querySelector('.drawing rect.fill')"),
    ("usage", "usage", "", "document.querySelector('.heat td')"),
    ("prices", "prices", "main .card button", "document.querySelector('.bands')"),
    ("whatif", "whatif", "main form button.main:not(:disabled)", "document.querySelector('[aria-live] td')"),
    (
        "papers",
        "papers",
        "",
        "[...document.querySelectorAll('.picture img')].filter(it => it.naturalWidth).length === 2",
    ),
    ("money", "money", "", "document.querySelector('tbody tr')"),
];
const SIZES: [(u32, u32); 2] = [(1440, 900), (390, 844)];
/// A page of a document should not be longer than that.
const TALLEST: u64 = 1500;

fn main() {
    let place = Place::new();
    let browser = Browser::open(&place.path().join("browser")).expect("chromium and chromedriver are wanted");
    let stack = Stack::start(&place, &["--light", "--clock", "2026-06-01T06:00"]);
    let dir = StackDir::find(place.path()).expect("the stack has a directory");
    drop(demo::prepare(stack.api(), &dir).expect("the demonstration can be prepared"));
    hand_in_papers(&stack, "13612345678", "王小红", "11010519491231002X");
    fs::create_dir_all(FOLDER).expect("docs/console can be made");

    let console = Console { browser: &browser, origin: format!("http://{}", stack.api()) };
    console.begin(&admin(&place));
    for (width, height) in SIZES {
        for (name, screen, first, ready) in SCREENS {
            browser.resize(width, height);
            console.open(screen);
            if !first.is_empty() {
                console.press(first);
            }
            browser.wait_for(name, &format!("return {ready} ? true : null"), "");
            write(&browser, &format!("{name}-{width}"), (width, height));
        }
        browser.resize(width, height);
        browser.go(&format!("{}/board/S1", console.origin));
        console.reads("快充等候");
        write(&browser, &format!("board-{width}"), (width, height));
    }
    console.prefer("en", "dark");
    browser.resize(1440, 900);
    console.open("stations/S1");
    browser.wait_for("station", "return document.querySelector('.bar') ? true : null", "");
    write(&browser, "station-dark-1440", (1440, 900));
}

/// The whole page, once what moves on it has come to rest.
fn write(browser: &Browser, name: &str, (width, height): (u32, u32)) {
    let tall = browser.run("return document.documentElement.scrollHeight", "").as_u64().unwrap_or(0);
    browser.resize(width, u32::try_from(tall.min(TALLEST)).unwrap_or(height).max(height));
    let at_rest = "return document.getAnimations().every(it => it.playState !== 'running') ? true : null";
    browser.wait_for("nothing moves", at_rest, "");
    fs::write(Path::new(FOLDER).join(format!("{name}.png")), browser.picture()).expect("the picture can be written");
}
