//! What may come between the calls of what a code proves (#40, #54, #55) and of the papers: faults, crashes, other
//! requests. Everything that belongs together is there or is not, and the answer says which.

use super::{assert_empty, papers::multipart, refusal, refused};
use futures_util::future::join;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{
    answer::Answer,
    database::{AUDIT, Fate, killed},
    pictures::png,
    plaza::Plaza,
    portal::{PHRASE, put},
    request::{Request, get},
};

const PHONE: &str = "13312345864";
const NEW: &str = "13900000002";
const PHRASE_TO_BE: &str = "another phrase for it";
const WRITES: [&str; 4] = ["passwd", "bind", "unbind", "mobile"];

/// A customer whose first account has [`PHONE`], its session, and a request with a code in it.
async fn ready(write: &str) -> (Plaza, String, Request) {
    let plaza = Plaza::open();
    let token = plaza.join("ac1", "51idc", PHONE).await.header("x-access-token").unwrap().to_owned();
    plaza.watch.advance(SignedDuration::from_secs(61));
    let to = if matches!(write, "bind" | "mobile") { NEW } else { PHONE };
    let code = plaza.change_code(&token, to).await;
    let request = match write {
        "passwd" => put("/customer/account/passwd").json(&json!({"login_id": "51idc", "old_passwd": PHRASE,
            "new_passwd": PHRASE_TO_BE, "verify_type": "phone", "cell_number": PHONE, "verify_code": code})),
        "mobile" => put("/customer").json(&json!({"post_field": "phone", "mobile": to, "verification_code": code,
            "fax": "021-1"})),
        _ => put("/customer/account/phone").json(&json!({"mobile": to, "verification_code": code,
            "action_type": u8::from(write == "unbind")})),
    };
    (plaza, token.clone(), request.bearer(&token))
}

fn entries(plaza: &Plaza, action: &str) -> usize {
    plaza.database.items(AUDIT).iter().filter(|entry| entry["action"]["S"] == action).count()
}

fn item(plaza: &Plaza, sk: &str) -> Value {
    plaza.database.under("Z#").into_iter().find(|item| item["sk"]["S"] == sk).unwrap()
}

/// Whether the write was done; everything else that belongs to it agrees.
async fn is_done(plaza: &Plaza, write: &str, token: &str, what: &str) -> bool {
    let held: Vec<_> = plaza.database.holders("PHONE#cloud#").iter().map(|item| item["pk"]["S"].clone()).collect();
    let held = |digits: &str| held == [json!(format!("PHONE#cloud#+86{digits}"))];
    let (account, customer) = (item(plaza, "ACCOUNT#51idc"), item(plaza, "CUSTOMER"));
    let is_open = plaza.cloud(get("/customer").bearer(token)).await.status == StatusCode::OK;
    let facts = match write {
        "passwd" => {
            let new = plaza.sign_in("cloud", "51idc", PHRASE_TO_BE).await.status == 200;
            let old = plaza.sign_in("cloud", "51idc", PHRASE).await.status == 200;
            vec![new, !old, !is_open, entries(plaza, "password-changed") == 1]
        }
        "bind" => vec![
            account["phone"]["S"] == format!("+86{NEW}"),
            held(NEW),
            !held(PHONE),
            !is_open,
            entries(plaza, "phone-changed") == 1,
        ],
        "unbind" => vec![account.get("phone").is_none(), !held(PHONE), !is_open, entries(plaza, "phone-changed") == 1],
        _ => {
            assert!(is_open && held(PHONE), "{what}");
            vec![
                customer["mobile"]["S"] == format!("+86{NEW}"),
                customer["fax"]["S"] == "021-1",
                entries(plaza, "phone-changed") == 1,
            ]
        }
    };
    assert_eq!(facts.iter().collect::<BTreeSet<_>>().len(), 1, "{what}: {facts:?}");
    facts[0]
}

fn assert_honest(answer: &Answer, what: &str) {
    match answer.status.as_u16() {
        200 => assert_empty(answer),
        429 => assert!(answer.header("retry-after").is_some(), "{what}"),
        500 => assert_eq!(answer.json(), json!({"code": "internal_error", "message": "系统内部错误"}), "{what}"),
        other => panic!("{what}: {other} {}", answer.text()),
    }
}

#[tokio::test]
async fn a_fault_at_any_call_changes_everything_or_nothing() {
    for write in WRITES {
        for fate in Fate::FAULTS {
            for call in 0..8 {
                for lasting in [false, true] {
                    let (plaza, token, request) = ready(write).await;
                    if lasting {
                        plaza.database.from(call, fate);
                    } else {
                        plaza.database.at(call, fate);
                    }
                    let answer = plaza.cloud(request.clone()).await;
                    plaza.database.heal();
                    let what = format!("{write}, {fate:?} at {call}, lasting: {lasting}: {}", answer.text());
                    assert_honest(&answer, &what);
                    // A read that meets a transaction is not repeated by anybody; it says so.
                    assert!(lasting || answer.status == 200 || fate == Fate::Conflict, "{what}");
                    let done = is_done(&plaza, write, &token, &what).await;
                    assert!(done || answer.status != 200, "{what}");
                    if !done {
                        let again = plaza.cloud(request).await;
                        assert_eq!(again.whole(), (200, String::new()), "{what}: it can be tried again");
                    }
                }
            }
        }
    }
}

/// A function that is killed after any of its calls has left nothing that hinders the next one.
#[tokio::test]
async fn a_crash_between_any_two_calls_blocks_no_later_call() {
    for write in WRITES {
        for calls_before in 0..6 {
            let (plaza, token, request) = ready(write).await;
            killed(&plaza.database, calls_before, Fate::Die, plaza.cloud(request.clone())).await;
            let what = format!("{write}, killed after {calls_before} calls");
            if !is_done(&plaza, write, &token, &what).await {
                assert_eq!(plaza.cloud(request).await.whole(), (200, String::new()), "{what}");
            }
        }
    }
}

/// Several rounds, because which request comes first is chance.
#[tokio::test]
async fn the_same_code_sent_twice_at_once_changes_one_thing_once() {
    for write in WRITES {
        for _ in 0..3 {
            let (plaza, token, request) = ready(write).await;
            let answers = join(plaza.cloud(request.clone()), plaza.cloud(request)).await;
            let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16()];
            statuses.sort_unstable();
            assert!(matches!(statuses, [200, 400 | 401 | 429]), "{write}: {statuses:?}");
            assert!(is_done(&plaza, write, &token, write).await);
        }
    }
}

#[tokio::test]
async fn of_two_accounts_that_bind_one_number_at_once_one_gets_it() {
    let plaza = Plaza::open();
    let one = plaza.customer("51idc").await;
    let two = plaza.portal_account(&one, "two@51idc.com", "sub").await;
    let first = plaza.change_code(&one, NEW).await;
    plaza.watch.advance(SignedDuration::from_secs(61));
    let second = plaza.change_code(&two, NEW).await;
    let bind = |token: &str, code: &str| {
        let body = json!({"mobile": NEW, "verification_code": code, "action_type": 0});
        plaza.cloud(put("/customer/account/phone").bearer(token).json(&body))
    };
    let answers = join(bind(&one, &first), bind(&two, &second)).await;
    let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let held = plaza.database.holders(&format!("PHONE#cloud#+86{NEW}"));
    let accounts = plaza.database.under("Z#");
    let having: Vec<_> = accounts.iter().filter(|item| item["phone"]["S"] == format!("+86{NEW}")).collect();
    assert_eq!((held.len(), having.len()), (1, 1));
    assert_eq!(held[0]["account"], having[0]["account"]);
}

/// A stolen session binds a phone while the owner's change ends it: the stolen session fails.
#[tokio::test]
async fn a_session_that_has_been_ended_binds_nothing_any_more() {
    for _ in 0..5 {
        let (plaza, token, request) = ready("passwd").await;
        let code = plaza.change_code(&token, NEW).await;
        let body = json!({"mobile": NEW, "verification_code": code, "action_type": 0});
        let bind = put("/customer/account/phone").bearer(&token).json(&body);
        let (changed, bound) = join(plaza.cloud(request), plaza.cloud(bind)).await;
        let phone = item(&plaza, "ACCOUNT#51idc")["phone"]["S"].clone();
        let bound_it = phone == format!("+86{NEW}");
        assert_eq!(bound.status == 200, bound_it, "{} {}", changed.text(), bound.text());
        let sessions = [changed.header("x-access-token"), bound.header("x-access-token")];
        let mut open = 0;
        for token in sessions.into_iter().flatten() {
            open += usize::from(plaza.cloud(get("/customer").bearer(token)).await.status == 200);
        }
        assert_eq!(open, 1, "the last change ended the other's session");
    }
}

/// The picture that the record names, as the table and the bucket have it a day later.
async fn assert_pictures_agree(plaza: &Plaza, what: &str) {
    for _ in 0..2 {
        plaza.watch.advance(SignedDuration::from_hours(13));
        assert_eq!(plaza.wake(json!({"pictures": true})).await["due"], 0, "{what}");
    }
    plaza.bucket.a_day_passes();
    let papers = &item(plaza, "CUSTOMER")["papers"]["M"];
    let named: Vec<_> = papers["permit_picture"]["S"].as_str().into_iter().collect();
    let objects = plaza.bucket.objects();
    assert_eq!(objects.keys().map(String::as_str).collect::<Vec<_>>(), named, "{what}");
    let noted: Vec<_> = plaza.database.under("PICTURE#").into_iter().map(|item| item["state"]["S"].clone()).collect();
    assert_eq!(noted, vec!["linked"; named.len()], "{what}");
}

#[tokio::test]
async fn papers_and_their_pictures_agree_after_any_fault() {
    for fate in [Fate::Refuse, Fate::LoseAnswer, Fate::Break, Fate::Conflict, Fate::Hang, Fate::HangAfter] {
        for call in 0..7 {
            for lasting in [false, true] {
                let plaza = Plaza::open();
                let admin = plaza.customer("51idc").await;
                let send = |side: u32| {
                    let (kind, body) = multipart("permit_addr", &png(side, side));
                    plaza.cloud(put("/customer/papers").bearer(&admin).body(&kind, body))
                };
                assert_empty(&send(20).await);
                let before = item(&plaza, "CUSTOMER");
                if lasting {
                    plaza.database.from(call, fate);
                } else {
                    plaza.database.at(call, fate);
                }
                let answer = send(30).await;
                plaza.database.heal();
                let what = format!("{fate:?} at {call}, lasting: {lasting}: {}", answer.text());
                assert_honest(&answer, &what);
                assert!(lasting || answer.status == 200 || fate == Fate::Conflict, "{what}");
                let changed = item(&plaza, "CUSTOMER") != before;
                assert!(changed || answer.status != 200, "{what}");
                assert_eq!(entries(&plaza, "papers-submitted"), 1 + usize::from(changed), "{what}");
                if !changed {
                    assert_empty(&send(30).await);
                }
                assert_pictures_agree(&plaza, &what).await;
            }
        }
    }
}

#[tokio::test]
async fn papers_sent_at_once_are_all_kept_and_one_picture_stays() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let numbers = [json!({"permit_number": "123"}), json!({"organizationcode": "456"})];
    let send = |body: &Value| plaza.cloud(put("/customer/papers").bearer(&admin).json(body));
    let (kind, picture) = multipart("permit_addr", &png(20, 20));
    let upload = || plaza.cloud(put("/customer/papers").bearer(&admin).body(&kind, picture.clone()));
    let (texts, pictures) = join(join(send(&numbers[0]), send(&numbers[1])), join(upload(), upload())).await;
    for answer in [&texts.0, &texts.1, &pictures.0, &pictures.1] {
        assert_empty(answer);
    }
    let shown = plaza.cloud(get("/customer").bearer(&admin)).await.json();
    assert_eq!((&shown["permit_number"], &shown["organizationcode"]), (&json!("123"), &json!("456")));
    assert!(shown["permit_addr"].as_str().unwrap().contains("/kyc/"));
    assert_pictures_agree(&plaza, "two at once").await;
    assert_eq!(plaza.bucket.objects().len(), 1);
}

/// `CLOUD_PASSWORD_MIN` holds where a forgotten password is set anew, too.
#[tokio::test]
async fn a_forgotten_password_is_as_long_as_the_portal_asks() {
    for (shortest, phrase, status) in [(12, "a phrase 77", 400), (12, "a phrase 777", 200), (6, "123abc", 200)] {
        let plaza = Plaza::open().restarted(|settings| settings.set("CLOUD_PASSWORD_MIN", shortest));
        plaza.join("ac1", "51idc", PHONE).await;
        plaza.watch.advance(SignedDuration::from_secs(61));
        plaza.ask_code("cloud", PHONE, "reset").await;
        let code = plaza.code_for(PHONE).await;
        let reset = plaza.reset("cloud", PHONE, &code, phrase).await;
        assert_eq!(reset.status, status, "{phrase}: {}", reset.text());
        if status == 400 {
            assert_eq!(refused(&reset), refusal(400, "weak_password"));
        }
        let signed_in = plaza.sign_in("cloud", "51idc", phrase).await.status;
        assert_eq!(signed_in == 200, status == 200, "{phrase}");
    }
}
