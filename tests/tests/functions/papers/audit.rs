//! Who decides what (#17), and what is kept of it.

use super::{OTHER_PHONE, PHONE, THIRD_PHONE, code, refusal};
use jiff::SignedDuration;
use serde_json::json;
use shared::domain::account::Role;
use tests::{
    papers::{ID_NO, Kind, assert_papers_sound, decision},
    plaza::Plaza,
    request::{Request, get},
};

const DONE: (u16, u64) = (200, 200);

#[tokio::test]
async fn only_allowed_edges_are_gone() {
    for (way, asked, allowed) in [
        (&[][..], 1, true),
        (&[], 2, true),
        (&[], 3, true),
        (&[2], 1, true),
        (&[2], 2, true),
        (&[2], 3, false),
        (&[3], 1, true),
        (&[3], 2, false),
        (&[3], 3, true),
        (&[3, 1], 2, true),
        (&[2, 1], 3, true),
        (&[], 0, false),
        (&[2], 0, false),
        (&[], 4, false),
    ] {
        let plaza = Plaza::open();
        let auditor = plaza.auditor();
        let whose = plaza.waiting(PHONE, ID_NO).await;
        for step in way {
            assert_eq!(code(&plaza.decide(&auditor, &whose, *step).await), DONE);
        }
        let before = whose.standing(&plaza);
        let answer = plaza.decide(&auditor, &whose, asked).await;
        if allowed {
            assert_eq!(code(&answer), DONE, "{way:?} {asked}");
            let moved = u64::from(before.0 != asked);
            assert_eq!(whose.standing(&plaza), (asked, before.1 + moved), "{way:?} {asked}");
        } else {
            assert_eq!(answer.whole(), refusal(200, 2021, "当前状态不允许该操作"), "{way:?} {asked}");
            assert_eq!(whose.standing(&plaza), before, "{way:?} {asked}");
        }
        assert_papers_sound(&plaza, &format!("{way:?} {asked}"));
    }
}

#[tokio::test]
async fn the_same_decision_again_is_a_success_and_no_second_event() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    let whose = plaza.waiting(PHONE, ID_NO).await;
    for _ in 0..3 {
        assert_eq!(code(&plaza.decide(&auditor, &whose, 3).await), DONE);
        assert_eq!((whose.standing(&plaza), whose.history(&plaza)), ((3, 2), 2));
        assert_eq!(plaza.entries("papers-audited").len(), 1);
    }
}

#[tokio::test]
async fn nothing_is_decided_where_nothing_was_handed_in() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    let whose = plaza.applicant(PHONE).await;
    for status in [1, 2, 3] {
        let answer = plaza.decide(&auditor, &whose, status).await;
        assert_eq!(answer.whole(), refusal(200, 2021, "当前状态不允许该操作"));
    }
    let unknown = tests::papers::Applicant { phone: THIRD_PHONE.to_owned(), ..whose };
    assert_eq!(plaza.decide(&auditor, &unknown, 3).await.whole(), refusal(403, 403, "记录不存在"));
}

#[tokio::test]
async fn only_auditors_and_administrators_decide() {
    let plaza = Plaza::open();
    let whose = plaza.waiting(PHONE, ID_NO).await;
    for role in Role::ALL {
        let expected = match role {
            Role::Admin | Role::Auditor => continue,
            _ => (403, 403),
        };
        let answer = plaza.decide(&plaza.token_of(role), &whose, 3).await;
        assert_eq!(code(&answer), expected, "{role:?}");
    }
    let own = plaza.decide(&whose.token, &whose, 3).await;
    assert_eq!(code(&own), (403, 403), "the dealer's own session");
    assert_eq!(code(&plaza.mall_audit(decision(&whose, &json!({"status": 3}))).await), (401, 401));
    assert_eq!(whose.standing(&plaza), (1, 1));
    assert_eq!(code(&plaza.decide(&plaza.token_of(Role::Admin), &whose, 2).await), DONE);
    assert_eq!(code(&plaza.decide(&plaza.auditor(), &whose, 1).await), DONE);
}

/// The applicant cannot decide on the own papers in any role.
#[tokio::test]
async fn the_submitter_never_decides() {
    let plaza = Plaza::open();
    let whose = plaza.waiting(PHONE, ID_NO).await;
    for role in [Role::Auditor, Role::Admin] {
        let token = plaza.token_for(role, &whose.id, &json!({}), 3600);
        for status in [1, 2, 3] {
            let answer = plaza.decide(&token, &whose, status).await;
            assert_eq!(answer.whole(), refusal(403, 403, "不能审核自己提交的证件"));
        }
    }
    assert_eq!((whose.standing(&plaza), whose.history(&plaza)), ((1, 1), 1));
}

#[tokio::test]
async fn what_cannot_be_read_is_malformed() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    let whose = plaza.waiting(PHONE, ID_NO).await;
    for more in [
        json!({}),
        json!({"status": "三"}),
        json!({"status": 1.5}),
        json!({"status": 3, "realm": "ev"}),
        json!({"status": 3, "realm": "agent?"}),
        json!({"status": 3, "version": "latest"}),
    ] {
        let answer = plaza.mall_audit(decision(&whose, &more).bearer(&auditor)).await;
        assert_eq!(code(&answer), (400, 400), "{more}: {}", answer.text());
    }
    for typed in [
        json!({"status": 3, "telephone": "12345678910"}),
        json!({"status": 3, "reason": "长".repeat(201)}),
        json!({"status": 3, "reason": "a\u{7}b"}),
    ] {
        let answer = plaza.mall_audit(decision(&whose, &typed).bearer(&auditor)).await;
        assert_eq!(code(&answer), (200, 2024), "{typed}: {}", answer.text());
    }
    let read = plaza.mall_audit(get("/user/proxy/auditPUser").bearer(&auditor)).await;
    assert_eq!(code(&read), (405, 405));
    assert_eq!(whose.standing(&plaza), (1, 1));
}

/// A telephone may have an account of each kind; without a word it is the agent's that is meant.
#[tokio::test]
async fn a_dealer_is_told_from_an_agent_by_the_realm() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    let dealer = plaza.waiting(PHONE, ID_NO).await;
    let unsaid = |status: &str| {
        let request = Request::new(http::Method::POST, "/user/proxy/auditPUser").bearer(&auditor);
        plaza.mall_audit(request.json(&json!({"telephone": PHONE, "status": status})))
    };
    assert_eq!(unsaid("3").await.whole(), refusal(403, 403, "记录不存在"), "no agent has this telephone");
    plaza.watch.advance(SignedDuration::from_secs(60));
    let agent = plaza.waiting_of(Kind::Agent, PHONE, ID_NO).await;
    assert_eq!(code(&unsaid("3").await), DONE);
    assert_eq!((agent.standing(&plaza).0, dealer.standing(&plaza).0), (3, 1));
    assert_eq!(code(&plaza.decide(&auditor, &dealer, 2).await), DONE);
    assert_eq!((agent.standing(&plaza).0, dealer.standing(&plaza).0), (3, 2));
    assert_papers_sound(&plaza, "one of each kind");
}

#[tokio::test]
async fn papers_that_were_replaced_meanwhile_are_not_decided_on_unseen() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    let whose = plaza.waiting(PHONE, ID_NO).await;
    plaza.hand_in(&whose, ID_NO).await;
    let decide = async |version: u64| {
        plaza.mall_audit(decision(&whose, &json!({"status": 3, "version": version})).bearer(&auditor)).await
    };
    assert_eq!(decide(1).await.whole(), refusal(200, 2021, "记录已被修改，请刷新后重试"));
    assert_eq!(whose.standing(&plaza), (1, 2));
    assert_eq!(code(&decide(2).await), DONE);
    assert_eq!(code(&decide(2).await), DONE, "and once more");
    assert_eq!(whose.history(&plaza), 3);
}

#[tokio::test]
async fn refused_papers_are_not_reopened_when_another_account_has_the_number() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    let whose = plaza.waiting(PHONE, ID_NO).await;
    plaza.decide(&auditor, &whose, 2).await;
    plaza.waiting(OTHER_PHONE, ID_NO).await;
    let answer = plaza.decide(&auditor, &whose, 1).await;
    assert_eq!(answer.whole(), refusal(200, 2021, "该身份证号码已被使用"));
    assert_papers_sound(&plaza, "not reopened");
}

/// Who, as what, when, from where to where, why: in the papers' own history and in the trail.
#[tokio::test]
async fn the_history_and_the_trail_say_who_decided_what_when_and_why() {
    let plaza = Plaza::open();
    let admin = plaza.token_of(Role::Admin);
    let whose = plaza.waiting(PHONE, ID_NO).await;
    plaza.watch.advance(SignedDuration::from_mins(5));
    let auditor = plaza.token_for(Role::Auditor, "auditor-1", &json!({}), 3600);
    let refused = json!({"status": "2", "reason": " 资格证照片不清晰 "});
    plaza.mall_audit(decision(&whose, &refused).bearer(&auditor)).await;
    let path = format!("/operator/papers/{}/{}", whose.realm, whose.id);
    let shown = plaza.operator(get(&path).bearer(&admin)).await.json();
    let history = json!([
        {"at": "2026-06-01T08:35:05+08:00", "by": "auditor-1", "role": "auditor", "from": 1, "to": 2,
            "reason": "资格证照片不清晰"},
        {"at": "2026-06-01T08:30:05+08:00", "by": whose.id, "role": "dealer", "from": 0, "to": 1, "reason": null}
    ]);
    assert_eq!((&shown["history"], &shown["status"]), (&history, &json!(2)));

    let trail = format!("/operator/audit?kind={}&subject={}", whose.realm, whose.id);
    let trail = plaza.operator(get(&trail).bearer(&admin)).await.json();
    let lines: Vec<_> =
        trail["entries"].as_array().unwrap().iter().filter(|entry| entry["action"] != "account-created").collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["action"], &lines[0]["actor"]), (&json!("papers-audited"), &json!("auditor-1")));
    assert_eq!((&lines[0]["role"], &lines[0]["change"]), (&json!("auditor"), &json!("1 -> 2: 资格证照片不清晰")));
    assert_eq!(lines[0]["address"], tests::request::HOME);
    assert_eq!((&lines[1]["action"], &lines[1]["actor"]), (&json!("papers-submitted"), &json!(whose.id)));
}
