//! When the console shows what a person came for, on a processor four times as slow, compared with the reference page in
//! the same run: `cargo run -p tests --bin first_paint`.

use std::io::Write as _;
use tests::{
    browser::Browser,
    console::{Console, admin},
    stack::{Place, Stack},
};

const RUNS: usize = 5;
const SLOWER: u32 = 4;
/// When the largest thing of the first view was painted, in milliseconds after the request.
const PAINTED: &str = "const done = arguments[arguments.length - 1];
    new PerformanceObserver(list => done(Math.round(list.getEntries().at(-1).startTime)))
        .observe({ type: 'largest-contentful-paint', buffered: true })";

fn main() {
    let place = Place::new();
    let browser = Browser::open(&place.path().join("browser")).expect("chromium and chromedriver are wanted");
    let stack = Stack::start(&place, &["--light"]);
    let console = Console { browser: &browser, origin: format!("http://{}", stack.api()) };
    console.begin(&admin(&place));
    browser.slow_down(SLOWER);
    let seen = "return document.body.innerText.includes(arguments[0]) ? true : null";
    let pages = [("/console#/stations", "S1"), ("/docs", "Charging app")];
    for (page, text) in pages {
        let mut painted: Vec<_> = (0..RUNS)
            .map(|_| {
                browser.forget_files();
                browser.go("about:blank");
                browser.go(&format!("{}{page}", console.origin));
                browser.wait_for(page, seen, text);
                browser.run_until_done(PAINTED).as_u64().expect("a number")
            })
            .collect();
        painted.sort_unstable();
        let line = format!("{page}: {} ms (of {RUNS}: {painted:?}) at {SLOWER}× slower\n", painted[RUNS / 2]);
        std::io::stdout().write_all(line.as_bytes()).expect("a line can be written");
    }
}
