//! Pictures of papers are deleted some days after the decision, despite faults; the rest of the papers stays.

use super::{OTHER_PHONE, PHONE, code, refusal};
use jiff::SignedDuration;
use serde_json::Value;
use std::time::Duration;
use tests::{
    answer::Answer,
    database::Fate,
    papers::{Applicant, ID_NO, Kind, OTHER_ID_NO, assert_papers_sound},
    plaza::Plaza,
    request::get,
};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// As the template has it.
const STAY: i32 = 30;
/// Shorter than a session, where who handed in comes back.
const SHORT: i32 = 3;

fn forgetful() -> Plaza {
    Plaza::open().restarted(|settings| settings.set("PAPERS_PICTURE_DAYS", SHORT.unsigned_abs()))
}

/// One account's papers as administrators see them.
async fn look(plaza: &Plaza, whose: &Applicant) -> Value {
    let request = get(&format!("/operator/papers/{}/{}", whose.realm, whose.id));
    let admin = plaza.token_of(shared::domain::account::Role::Admin);
    plaza.operator(request.bearer(&admin)).await.json()
}

async fn sweep(plaza: &Plaza) {
    let swept = plaza.wake(serde_json::json!({"pictures": true})).await;
    assert_eq!(swept["due"], 0, "{swept}");
}

/// Papers with the addresses under which their pictures were handed in.
async fn waiting_with(plaza: &Plaza, kind: Kind) -> (Applicant, String, String) {
    let whose = plaza.applicant_of(kind, PHONE).await;
    let (front, licence) = plaza.both_pictures(&whose).await;
    let answer = plaza.send(whose.function, whose.submission(ID_NO, &front, &licence)).await;
    assert_eq!(code(&answer), (200, 200), "{}", answer.text());
    (whose, front, licence)
}

async fn decide(plaza: &Plaza, whose: &Applicant, status: u8) {
    let answer: Answer = plaza.decide(&plaza.auditor(), whose, status).await;
    assert_eq!(code(&answer), (200, 200), "{}", answer.text());
}

#[tokio::test]
async fn pictures_go_thirty_days_after_either_decision_and_the_rest_of_the_papers_stays() {
    for kind in Kind::BOTH {
        for status in [2, 3] {
            let what = format!("{kind:?} {status}");
            let plaza = Plaza::open();
            let (whose, ..) = waiting_with(&plaza, kind).await;
            plaza.watch.advance(DAY * 40);
            sweep(&plaza).await;
            assert_eq!(plaza.kept_papers().len(), 2, "{what}: as long as they wait");
            decide(&plaza, &whose, status).await;

            plaza.watch.advance(DAY * STAY - MINUTE);
            sweep(&plaza).await;
            assert_eq!(plaza.kept_papers().len(), 2, "{what}");
            let before = look(&plaza, &whose).await;
            let address = before["front_img"].as_str().unwrap();
            assert!(plaza.bucket.open(address, plaza.watch.now()).await.is_ok(), "{what}");
            assert_papers_sound(&plaza, &what);

            plaza.watch.advance(MINUTE);
            assert!(look(&plaza, &whose).await["front_img"].is_null(), "{what}: not shown, though the sweep is late");
            sweep(&plaza).await;
            assert!(plaza.kept_papers().is_empty() && plaza.database.under("PICTURE#").is_empty(), "{what}");
            assert_papers_sound(&plaza, &what);
            let mut after = look(&plaza, &whose).await;
            assert_eq!(
                (&after["qualification"], &after["id_no"]),
                (&Value::Null, &"110105********002X".into()),
                "{what}"
            );
            assert_eq!(after["history"].as_array().unwrap().len(), 2, "{what}");
            for address in ["front_img", "qualification"] {
                after[address] = before[address].clone();
            }
            assert_eq!(after, before, "{what}: nothing else is different");
        }
    }
}

#[tokio::test]
async fn how_many_days_is_a_setting() {
    let plaza = forgetful();
    let (whose, ..) = waiting_with(&plaza, Kind::Agent).await;
    decide(&plaza, &whose, 3).await;
    plaza.watch.advance(DAY * SHORT - MINUTE);
    sweep(&plaza).await;
    assert_eq!(plaza.kept_papers().len(), 2);
    plaza.watch.advance(MINUTE);
    sweep(&plaza).await;
    assert!(plaza.kept_papers().is_empty());
}

#[tokio::test]
async fn papers_that_are_reopened_in_time_keep_their_pictures_until_the_next_decision_is_old() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        let (whose, ..) = waiting_with(&plaza, kind).await;
        decide(&plaza, &whose, 2).await;
        plaza.watch.advance(DAY * 29);
        decide(&plaza, &whose, 1).await;
        assert_papers_sound(&plaza, "reopened");
        plaza.watch.advance(DAY * 40);
        sweep(&plaza).await;
        plaza.bucket.a_day_passes();
        assert!(look(&plaza, &whose).await["front_img"].is_string());
        assert_eq!(plaza.kept_papers().len(), 2);
        decide(&plaza, &whose, 3).await;
        plaza.watch.advance(DAY * STAY);
        sweep(&plaza).await;
        assert!(plaza.kept_papers().is_empty());
        assert_papers_sound(&plaza, "gone");
    }
}

#[tokio::test]
async fn papers_that_are_reopened_late_have_none_until_others_are_handed_in() {
    for kind in Kind::BOTH {
        let plaza = forgetful();
        let (whose, front, licence) = waiting_with(&plaza, kind).await;
        decide(&plaza, &whose, 3).await;
        plaza.watch.advance(DAY * SHORT);
        sweep(&plaza).await;
        decide(&plaza, &whose, 1).await;
        let (papers, _) = plaza.desk(&plaza.auditor(), "").await;
        assert_eq!((&papers[0]["front_img"], &papers[0]["id_no"]), (&Value::Null, &ID_NO.into()));

        let same = plaza.send(whose.function, whose.submission(ID_NO, &front, &licence)).await;
        assert_eq!(same.whole(), refusal(200, 2020, "图片已删除，请重新上传"));
        assert_eq!(plaza.hand_in(&whose, ID_NO).await.json()["data"]["status"], 1);
        let (papers, _) = plaza.desk(&plaza.auditor(), "").await;
        assert!(papers[0]["front_img"].is_string() && papers[0]["pictures_until"].is_null());
        plaza.watch.advance(DAY * 10);
        sweep(&plaza).await;
        plaza.bucket.a_day_passes();
        assert_eq!(plaza.kept_papers().len(), 2);
        assert_papers_sound(&plaza, "others");
    }
}

/// A name that was misspelt is no reason to photograph a card again.
#[tokio::test]
async fn refused_papers_are_handed_in_again_with_the_same_pictures_while_these_are_there() {
    for kind in Kind::BOTH {
        let plaza = forgetful();
        let (whose, front, licence) = waiting_with(&plaza, kind).await;
        decide(&plaza, &whose, 2).await;
        plaza.watch.advance(DAY * (SHORT - 1));
        let again = plaza.send(whose.function, whose.submission(OTHER_ID_NO, &front, &licence)).await;
        assert_eq!(code(&again), (200, 200), "{}", again.text());
        plaza.watch.advance(DAY * 10);
        sweep(&plaza).await;
        plaza.bucket.a_day_passes();
        assert_eq!(plaza.kept_papers().len(), 2);
        assert_papers_sound(&plaza, "again");

        decide(&plaza, &whose, 2).await;
        plaza.watch.advance(DAY * SHORT);
        let late = plaza.send(whose.function, whose.submission(ID_NO, &front, &licence)).await;
        assert_eq!(late.whole(), refusal(200, 2020, "图片已删除，请重新上传"), "no sweep has been");
        sweep(&plaza).await;
        assert!(plaza.kept_papers().is_empty());
    }
}

/// The sweep's clock may be ahead of the reviewer's.
#[tokio::test]
async fn a_reopening_that_races_with_the_sweep_is_asked_for_again() {
    let plaza = Plaza::open();
    let (whose, ..) = waiting_with(&plaza, Kind::Agent).await;
    decide(&plaza, &whose, 2).await;
    plaza.watch.advance(DAY * STAY - MINUTE);
    plaza.pictures.sweep(plaza.watch.now() + MINUTE).await.unwrap();
    let raced = plaza.decide(&plaza.auditor(), &whose, 1).await;
    assert_eq!((code(&raced), whose.standing(&plaza)), ((429, 2019), (2, 2)), "{}", raced.text());
    plaza.watch.advance(MINUTE);
    decide(&plaza, &whose, 1).await;
    assert_papers_sound(&plaza, "gone");
}

/// Each way in which a run can end early: the next runs finish, and no other pictures are deleted.
#[tokio::test]
async fn after_any_fault_a_later_sweep_deletes_what_is_over_and_nothing_else() {
    let fates = [Fate::Refuse, Fate::Break, Fate::LoseAnswer, Fate::Throttle, Fate::Hang, Fate::HangAfter];
    for fate in fates {
        for broken in ["DELETE", "table 0", "table 1", "table 2", "table 3"] {
            let what = format!("{fate:?} of {broken}");
            let plaza = Plaza::open();
            let (whose, ..) = waiting_with(&plaza, Kind::Agent).await;
            plaza.waiting(OTHER_PHONE, OTHER_ID_NO).await;
            decide(&plaza, &whose, 3).await;
            plaza.watch.advance(DAY * STAY);
            match broken.strip_prefix("table ") {
                Some(call) => {
                    plaza.database.take_calls();
                    plaza.database.from(call.parse().unwrap(), fate);
                }
                None => plaza.bucket.follow(move |operation| if operation == broken { fate } else { Fate::Apply }),
            }
            let run = plaza.pictures.sweep(plaza.watch.now());
            // The future is dropped in the middle, as everything is when an environment is killed.
            drop(tokio::time::timeout(Duration::from_millis(60), run).await);
            plaza.database.heal();
            plaza.bucket.heal();
            plaza.watch.advance(MINUTE);
            sweep(&plaza).await;
            assert_eq!(plaza.kept_papers().len(), 2, "{what}: the other's");
            assert_papers_sound(&plaza, &what);
        }
    }
}

/// The bucket is told late that papers name a picture; a decision that comes before must not make it forget.
#[tokio::test]
async fn a_decision_before_the_bucket_knows_of_the_papers_costs_no_picture() {
    for fate in [Fate::Refuse, Fate::Die] {
        for status in [2, 3] {
            let what = format!("{fate:?} {status}");
            let plaza = Plaza::open();
            let whose = plaza.applicant(PHONE).await;
            let (front, licence) = plaza.both_pictures(&whose).await;
            let submit = plaza.send(whose.function, whose.submission(ID_NO, &front, &licence));
            if fate == Fate::Die {
                assert!(plaza.bucket.killed("TAG", fate, submit).await.is_none(), "{what}");
            } else {
                plaza.bucket.follow(move |operation| if operation == "TAG" { fate } else { Fate::Apply });
                submit.await;
                plaza.bucket.heal();
            }
            assert_eq!(whose.standing(&plaza), (1, 1), "{what}: handed in");
            decide(&plaza, &whose, status).await;
            plaza.watch.advance(MINUTE * 3);
            sweep(&plaza).await;
            plaza.bucket.a_day_passes();
            assert_eq!(plaza.kept_papers().len(), 2, "{what}");
            assert_papers_sound(&plaza, &what);
            plaza.watch.advance(DAY * STAY);
            sweep(&plaza).await;
            assert!(plaza.kept_papers().is_empty(), "{what}");
        }
    }
}
