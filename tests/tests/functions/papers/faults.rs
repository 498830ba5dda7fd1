//! What DynamoDB may do to each call of handing in and deciding: the whole or nothing, and safe to try again.

use super::{PHONE, code};
use jiff::SignedDuration;
use tests::{
    answer::Answer,
    database::{Fate, killed},
    papers::{Applicant, ID_NO, Kind, OTHER_ID_NO, assert_papers_sound, decision},
    plaza::Plaza,
    request::Request,
};

/// What is written: papers for the first time, others in their place, and each kind of decision.
#[derive(Clone, Copy, Debug)]
enum Write {
    First,
    Replace,
    Refuse,
    Pass,
    Reopen,
}

/// Each of them of agents and of dealers.
fn writes() -> impl Iterator<Item = (Kind, Write)> {
    let all = [Write::First, Write::Replace, Write::Refuse, Write::Pass, Write::Reopen];
    Kind::BOTH.into_iter().flat_map(move |kind| all.map(|write| (kind, write)))
}

struct Ready {
    plaza: Plaza,
    whose: Applicant,
    function: &'static str,
    request: Request,
    /// Where the papers stand when it has been done once.
    done: (u8, u64),
}

impl Ready {
    async fn to((kind, write): (Kind, Write)) -> Self {
        let plaza = Plaza::open();
        let whose = plaza.applicant_of(kind, PHONE).await;
        let auditor = plaza.auditor();
        if !matches!(write, Write::First) {
            plaza.hand_in(&whose, ID_NO).await;
        }
        if matches!(write, Write::Reopen) {
            plaza.decide(&auditor, &whose, 2).await;
        }
        let decide = |status: u8| decision(&whose, &serde_json::json!({"status": status})).bearer(&auditor);
        let (function, request, done) = match write {
            Write::First | Write::Replace => {
                let (front, qualification) = plaza.both_pictures(&whose).await;
                let version = if matches!(write, Write::First) { 1 } else { 2 };
                (whose.function, whose.submission(OTHER_ID_NO, &front, &qualification), (1, version))
            }
            Write::Refuse => ("mall-audit", decide(2), (2, 2)),
            Write::Pass => ("mall-audit", decide(3), (3, 2)),
            Write::Reopen => ("mall-audit", decide(1), (1, 3)),
        };
        plaza.database.take_calls();
        Self { plaza, whose, function, request, done }
    }

    async fn go(&self) -> Answer {
        self.plaza.send(self.function, self.request.clone()).await
    }

    /// As it is when the sweep has been, which sees to what the bucket was not told.
    async fn assert_sound(&self, what: &str) {
        self.plaza.watch.advance(SignedDuration::from_mins(3));
        self.plaza.pictures.sweep(self.plaza.watch.now()).await.unwrap();
        assert_papers_sound(&self.plaza, what);
    }
}

fn assert_honest(answer: &Answer, what: &str) {
    match code(answer) {
        (200, 200) => {}
        (429, 2019) => assert!(answer.header("retry-after").is_some(), "{what}"),
        (500, 500) => assert_eq!(answer.json()["msg"], "系统内部错误", "{what}"),
        other => panic!("{what}: {other:?} {}", answer.text()),
    }
}

#[tokio::test]
async fn one_fault_at_any_call_is_not_even_noticed() {
    for write in writes() {
        for fate in Fate::FAULTS {
            for call in 0..4 {
                let ready = Ready::to(write).await;
                ready.plaza.database.at(call, fate);
                let answer = ready.go().await;
                let what = format!("{write:?}, {fate:?} at {call}: {}", answer.text());
                assert_honest(&answer, &what);
                // A read that meets a transaction is not repeated by anybody; it says so.
                assert!(answer.status == 200 || fate == Fate::Conflict, "{what}");
                ready.plaza.database.heal();
                ready.assert_sound(&what).await;
                if answer.status == 200 {
                    assert_eq!(ready.whose.standing(&ready.plaza), ready.done, "{what}");
                }
            }
        }
    }
}

#[tokio::test]
async fn faults_that_do_not_end_leave_the_whole_or_nothing_and_a_repetition_ends_well_once() {
    for write in writes() {
        for fate in Fate::FAULTS {
            for call in 0..4 {
                let ready = Ready::to(write).await;
                ready.plaza.database.from(call, fate);
                let answer = ready.go().await;
                let what = format!("{write:?}, {fate:?} from {call} on: {}", answer.text());
                assert_honest(&answer, &what);
                ready.plaza.database.heal();
                ready.assert_sound(&what).await;
                let again = ready.go().await;
                assert_eq!(code(&again), (200, 200), "{what}: then {}", again.text());
                assert_eq!(ready.whose.standing(&ready.plaza), ready.done, "{what}: once and not twice");
                ready.assert_sound(&what).await;
            }
        }
    }
}

/// A function that is killed between two calls leaves what can be finished by asking again.
#[tokio::test]
async fn a_crash_between_any_two_calls_is_mended_by_asking_again() {
    for write in writes() {
        for fate in [Fate::Die, Fate::DieAfter] {
            for call in 0..4 {
                let ready = Ready::to(write).await;
                killed(&ready.plaza.database, call, fate, ready.go()).await;
                let what = format!("{write:?}, {fate:?} at {call}");
                ready.assert_sound(&what).await;
                assert_eq!(code(&ready.go().await), (200, 200), "{what}");
                assert_eq!(ready.whose.standing(&ready.plaza), ready.done, "{what}");
                ready.assert_sound(&what).await;
                ready.plaza.bucket.a_day_passes();
                assert_eq!(ready.plaza.kept_papers().len(), 2, "{what}: what the papers name is there");
            }
        }
    }
}

/// With any fault of the bucket, accepted papers name pictures that stay.
#[tokio::test]
async fn a_bucket_that_fails_loses_nothing_that_papers_name() {
    for kind in Kind::BOTH {
        for broken in ["PUT", "TAG", "DELETE"] {
            for fate in [Fate::Refuse, Fate::Break, Fate::LoseAnswer] {
                let what = format!("{kind:?} {broken} {fate:?}");
                let plaza = Plaza::open();
                let whose = plaza.waiting_of(kind, PHONE, ID_NO).await;
                let (front, qualification) = plaza.both_pictures(&whose).await;
                plaza.bucket.follow(move |operation| if operation == broken { fate } else { Fate::Apply });
                let answer = plaza.send(whose.function, whose.submission(ID_NO, &front, &qualification)).await;
                assert_eq!(code(&answer), (200, 200), "{what}");
                plaza.bucket.heal();
                plaza.watch.advance(SignedDuration::from_mins(3));
                plaza.pictures.sweep(plaza.watch.now()).await.unwrap();
                plaza.bucket.a_day_passes();
                assert_eq!(plaza.kept_papers().len(), 2, "{what}");
                assert_papers_sound(&plaza, &what);
            }
        }
    }
}
