//! The operator console in a real browser: one stack, one window, one day's work.

use serde_json::json;
use tests::{
    browser::Browser,
    console::{Console, SCREENS, admin, driver, hand_in_papers},
    stack::{Place, Stack},
};

const STATION: &str = "/operator/stations/S1";

/// The numbers of the chart's table, row by row, without their thousands separators.
const TABLE: &str = "const rows = [...document.querySelectorAll('.chart tbody tr')];
    return rows.length ? rows.map(row => [...row.children].map(cell => cell.textContent.trim().replaceAll(',', ''))) : null";

#[test]
fn an_operator_works_a_day_in_the_console() {
    let place = Place::new();
    let Some(browser) = Browser::open(&place.path().join("browser")) else { return };
    let stack = Stack::start(&place, &["--light", "--clock", "2026-06-01T06:00"]);
    let console = Console { browser: &browser, origin: format!("http://{}", stack.api()) };
    let token = admin(&place);
    browser.resize(1440, 900);
    console.begin_in_chinese();
    a_wrong_password_is_answered_in_the_servers_words(&console);
    console.sign_in_with_token(&token);
    console.reads("S1");
    a_car_goes_from_waiting_to_finished(&console, &stack, &place);
    a_pile_fails_and_recovers(&console);
    the_charts_table_has_the_numbers_of_the_report(&console, &stack, &token);
    papers_are_passed(&console, &stack, &token);
    layouts_are_compared(&console);
    what_was_typed_survives_the_end_of_the_session(&console, &stack, (&token, &admin(&place)));
    the_board_shows_numbers_without_a_session(&console);

    let asked = browser.requests();
    let goes_out = |url: &&String| ["http", "ws"].iter().any(|scheme| url.starts_with(scheme));
    let elsewhere: Vec<_> = asked.iter().filter(goes_out).filter(|url| !url.starts_with(&console.origin)).collect();
    assert_eq!(elsewhere, [""; 0]);
    // A refused sign-in is in the console too, as the status of its request.
    let complaints: Vec<_> = browser.console().into_iter().filter(|line| line.contains("SEVERE")).collect();
    let unexpected: Vec<_> = complaints.iter().filter(|line| !line.contains("status of 401")).collect();
    assert_eq!(unexpected, [""; 0]);

    nothing_keeps_people_from_using_any_screen(&console);
}

fn a_wrong_password_is_answered_in_the_servers_words(console: &Console) {
    console.sign_in("chief", "not the password");
    console.reads("用户名或密码不正确");
}

fn a_car_goes_from_waiting_to_finished(console: &Console, stack: &Stack, place: &Place) {
    console.open("stations/S1");
    console.reads("等候区");
    // Two fast piles of two places each: the fifth car waits.
    for n in 1..=5 {
        let token = driver(stack, &format!("driver{n}"), &format!("皖A1234{n}"));
        let applied = stack.form("/user/charge/apply", Some(&token), "mode=fast&quantity=15");
        assert_eq!(applied["code"], 200, "{applied}");
    }
    let chip = "return [...document.querySelectorAll('.chip b')].some(it => it.textContent === 'F5') ? true : null";
    console.browser.wait_for("F5 waits", chip, "");
    move_clock(place, "2026-06-01T06:31");
    let charging =
        "return [...document.querySelectorAll('.words b')].some(it => it.textContent === arguments[0]) ? true : null";
    console.browser.wait_for("F3 charges", charging, "F3");
    move_clock(place, "2026-06-01T07:01");
    console.browser.wait_for("F5 charges", charging, "F5");
    move_clock(place, "2026-06-01T08:00");
    let done = "return document.querySelectorAll('.bar, .chip').length === 0 ? true : null";
    console.browser.wait_for("all cars have finished", done, "");
}

fn move_clock(place: &Place, to: &str) {
    let moved = place.cargo_local(&["clock", to]);
    assert!(moved.status.success(), "{}", String::from_utf8_lossy(&moved.stderr));
}

fn a_pile_fails_and_recovers(console: &Console) {
    console.click("操作充电桩 F1");
    console.fill("分钟数（可选，到时自动恢复）", "30");
    console.press("dialog button.grave");
    console.reads("暂停服务");
    console.reads("30 分后恢复");
    console.click("操作充电桩 F1");
    console.press("dialog button.main");
    console.reads_no_longer("暂停服务");
}

fn the_charts_table_has_the_numbers_of_the_report(console: &Console, stack: &Stack, admin: &str) {
    let report = stack.get(&format!("{STATION}/reports?from=2026-06-01"), admin);
    console.open("takings");
    console.click("查看数据表");
    let rows = console.browser.wait_for("the table is there", TABLE, "");
    let last = rows.as_array().unwrap().last().unwrap().clone();
    let row = &report["rows"][0];
    let kwh: f64 = row["kwh"].as_str().unwrap().parse().unwrap();
    assert_eq!(last, json!(["06-01", row["charging_fee"], row["service_fee"], format!("{kwh:.1}")]), "{report}");
    assert_eq!(row["sessions"], 5, "{report}");
}

fn papers_are_passed(console: &Console, stack: &Stack, admin: &str) {
    hand_in_papers(stack, "13612345678", "王小红", "11010519491231002X");
    console.open("papers");
    console.reads("王小红");
    let shown = "const all = [...document.querySelectorAll('.picture img')];
        return all.length === 2 && all.every(it => it.complete && it.naturalWidth > 0) ? true : null";
    console.browser.wait_for("both pictures are shown", shown, "");
    console.click("通过 (P)");
    console.reads("没有等待审核的证件");
    assert_eq!(stack.get("/operator/papers", admin)["papers"], json!([]));
}

fn layouts_are_compared(console: &Console) {
    console.open("whatif");
    console.reads("布局 B");
    console.press("main button.main");
    console.reads("最长等候");
}

fn what_was_typed_survives_the_end_of_the_session(console: &Console, stack: &Stack, (ended, next): (&str, &str)) {
    console.fill("随机种子", "41");
    let bearer = format!("Bearer {ended}");
    let answer = stack.send("POST", "/auth/logout", &[("Authorization", &bearer)], "");
    assert_eq!(answer.status, 204, "{}", answer.text());
    console.press("main button.main");
    console.reads("会话已结束，请重新登录");
    console.sign_in_with_token(next);
    console.reads_no_longer("会话已结束，请重新登录");
    let seed = "return document.querySelectorAll('input[type=number]')[2].value";
    assert_eq!(console.browser.run(seed, ""), "41");
}

fn the_board_shows_numbers_without_a_session(console: &Console) {
    console.browser.go(&format!("{}/board/S1", console.origin));
    console.reads("快充等候");
    let main = console.browser.run("return document.querySelector('main').innerText", "");
    assert!(main.as_str().unwrap().contains("F1") && !main.as_str().unwrap().contains("皖"), "{main}");
    assert_eq!(console.barriers(), [""; 0], "the board");
}

fn nothing_keeps_people_from_using_any_screen(console: &Console) {
    let loaded = "return document.querySelector('main h1') && !document.querySelector('.progress') ? true : null";
    for (language, theme) in [("zh", "light"), ("zh", "dark"), ("en", "light"), ("en", "dark")] {
        console.prefer(language, theme);
        for screen in SCREENS.into_iter().chain(["stations/S1"]) {
            console.open(screen);
            console.browser.wait_for(&format!("{screen} is shown"), loaded, "");
            assert_eq!(console.barriers(), [""; 0], "{screen} in {language}, {theme}");
        }
    }
    console.browser.run("sessionStorage.clear()", "");
    console.open("stations");
    console.browser.wait_for("the sign-in is shown", "return document.querySelector('dialog[open]') ? true : null", "");
    assert_eq!(console.barriers(), [""; 0], "sign-in");
}
