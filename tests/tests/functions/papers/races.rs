//! Several at once: one number, one decision, one place.

use super::{PHONE, code};
use futures_util::future::join_all;
use serde_json::json;
use tests::{
    papers::{ID_NO, Kind, OTHER_ID_NO, assert_papers_sound, decision},
    plaza::Plaza,
};

#[tokio::test]
async fn one_number_is_one_agents_and_one_dealers_whoever_comes_at_once() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        let mut requests = Vec::new();
        for n in 0..6 {
            let whose = plaza.applicant_of(kind, &format!("1390000000{n}")).await;
            let (front, qualification) = plaza.both_pictures(&whose).await;
            requests.push((whose.function, whose.submission(ID_NO, &front, &qualification)));
        }
        let answers = join_all(requests.into_iter().map(|(function, request)| plaza.send(function, request))).await;
        let won = answers.iter().filter(|answer| answer.json()["errCode"] == "200").count();
        assert_eq!(won, 1, "{kind:?}");
        for answer in answers.iter().filter(|answer| answer.json()["errCode"] != "200") {
            assert!([(200, 2021), (429, 2019)].contains(&code(answer)), "{}", answer.text());
        }
        assert_eq!(plaza.database.under("ID-NUMBER#").len(), 1, "{kind:?}");
        assert_papers_sound(&plaza, "six at once");
    }
}

#[tokio::test]
async fn different_papers_of_one_dealer_at_once_leave_one() {
    let plaza = Plaza::open();
    let whose = plaza.applicant(PHONE).await;
    let mut requests = Vec::new();
    for id_no in [ID_NO, OTHER_ID_NO, "310115200002291235"] {
        let (front, qualification) = plaza.both_pictures(&whose).await;
        requests.push(whose.submission(id_no, &front, &qualification));
    }
    join_all(requests.into_iter().map(|request| plaza.mall_dealer(request))).await;
    assert_eq!(whose.standing(&plaza).0, 1);
    assert_papers_sound(&plaza, "three at once");
}

#[tokio::test]
async fn decisions_at_once_are_one_after_the_other() {
    let plaza = Plaza::open();
    let auditors = [plaza.auditor(), plaza.auditor(), plaza.auditor()];
    let whose = plaza.waiting(PHONE, ID_NO).await;
    let asked = [2, 3, 3];
    let answers =
        join_all(auditors.iter().zip(asked).map(|(auditor, status)| plaza.decide(auditor, &whose, status))).await;
    let (status, version) = whose.standing(&plaza);
    assert_eq!(version, 2, "one of them counted");
    for (answer, asked) in answers.iter().zip(asked) {
        let expected: &[_] = if asked == status { &[(200, 200), (429, 2019)] } else { &[(200, 2021), (429, 2019)] };
        assert!(expected.contains(&code(answer)), "{asked} of {status}: {}", answer.text());
    }
    assert_papers_sound(&plaza, "three decisions");
}

#[tokio::test]
async fn a_decision_and_new_papers_at_once_leave_what_one_after_the_other_would() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    let whose = plaza.waiting(PHONE, ID_NO).await;
    let (front, qualification) = plaza.both_pictures(&whose).await;
    let seen = json!({"status": 3, "version": 1});
    let (decided, handed_in) = tokio::join!(
        plaza.mall_audit(decision(&whose, &seen).bearer(&auditor)),
        plaza.mall_dealer(whose.submission(OTHER_ID_NO, &front, &qualification)),
    );
    let won = [&decided, &handed_in].into_iter().filter(|answer| answer.json()["errCode"] == "200").count();
    assert!(won <= 1, "{} {}", decided.text(), handed_in.text());
    assert_papers_sound(&plaza, "a decision and new papers");
}
