//! Two requests at once: an admin always stays, counts stay exact, nothing is lost.

use futures_util::future::join_all;
use serde_json::json;
use tests::{
    answer::Answer,
    plaza::{Plaza, Settings},
    portal::{delete, put},
    request::{get, post},
};

/// Several rounds, because which request comes first is chance.
const ROUNDS: usize = 10;

fn enabled_admins(plaza: &Plaza) -> usize {
    let items = plaza.database.under("Z#");
    let is_admin = |item: &&serde_json::Value| {
        item["sk"]["S"].as_str().unwrap().starts_with("ACCOUNT#")
            && item["account_type"]["S"] == "admin"
            && item["status"]["S"] == "ACTIVITY"
    };
    let counted = items.iter().find(|item| item["sk"]["S"] == "ACCOUNT").unwrap();
    let admins = items.iter().filter(is_admin).count();
    assert_eq!(counted["admins"]["N"], admins.to_string(), "the count is the truth");
    let accounts = items.iter().filter(|item| item["sk"]["S"].as_str().unwrap().starts_with("ACCOUNT#")).count();
    assert_eq!(counted["n"]["N"], accounts.to_string());
    admins
}

fn statuses(answers: &[Answer]) -> Vec<u16> {
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    statuses
}

#[tokio::test]
async fn two_admins_who_remove_each_other_at_once_leave_one() {
    for round in 0..ROUNDS {
        let plaza = Plaza::open();
        let one = plaza.customer("one").await;
        let two = plaza.portal_account(&one, "two", "admin").await;
        let (first, second) = match round % 3 {
            0 => (put("/customer/accounts/two/disabled"), put("/customer/accounts/one/disabled")),
            1 => (delete("/customer/accounts/two"), delete("/customer/accounts/one")),
            _ => (delete("/customer/accounts/two"), put("/customer/accounts/one/disabled")),
        };
        let answers = join_all([plaza.cloud(first.bearer(&one)), plaza.cloud(second.bearer(&two))]).await;
        assert_eq!(enabled_admins(&plaza), 1, "round {round}");
        let statuses = statuses(&answers);
        assert!(statuses == [200, 401] || statuses == [200, 409], "{statuses:?}");
    }
}

#[tokio::test]
async fn ten_admins_who_remove_all_the_others_at_once_leave_one() {
    let plaza = Plaza::open();
    let names: Vec<_> = (0..10).map(|n| format!("admin-{n}")).collect();
    let mut tokens = vec![plaza.customer(&names[0]).await];
    for name in &names[1..] {
        tokens.push(plaza.portal_account(&tokens[0], name, "admin").await);
    }
    let calls = tokens.iter().enumerate().map(|(own, token)| {
        let others: Vec<_> =
            names.iter().enumerate().filter(|(n, _)| *n != own).map(|(_, name)| name.clone()).collect();
        plaza.cloud(delete(&format!("/customer/accounts/{}", others.join(","))).bearer(token))
    });
    join_all(calls).await;
    assert!(enabled_admins(&plaza) >= 1);
}

#[tokio::test]
async fn the_same_deletion_at_once_is_told_once() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    plaza.make_account(&admin, "two", "admin").await;
    plaza.make_account(&admin, "sub", "sub").await;
    let answers = join_all((0..5).map(|_| plaza.cloud(delete("/customer/accounts/two,sub").bearer(&admin)))).await;
    let told: Vec<_> = answers.iter().map(|answer| answer.json()["account_ids"].as_array().unwrap().len()).collect();
    assert_eq!(told.iter().sum::<usize>(), 2, "{told:?}");
    assert_eq!(enabled_admins(&plaza), 1);
    assert_eq!(plaza.cloud(get("/customer/accounts").bearer(&admin)).await.json()["total_count"], 1);
}

#[tokio::test]
async fn one_login_id_asked_for_by_two_customers_at_once_is_ones() {
    let plaza = Plaza::open();
    let (one, two) = (plaza.customer("one").await, plaza.customer("two").await);
    let answers = join_all([&one, &two].map(|token| plaza.make_account(token, "same@51idc.com", "sub"))).await;
    assert_eq!(statuses(&answers), [200, 409]);
    let having = [plaza.login_ids(&one).await.len(), plaza.login_ids(&two).await.len()];
    assert_eq!(having.iter().sum::<usize>(), 3);
}

#[tokio::test]
async fn caps_hold_when_everybody_adds_at_once() {
    let plaza =
        Plaza::with(Settings::default().with("CLOUD_ACCOUNTS_PER_CUSTOMER", 4).with("CLOUD_CONTACTS_PER_CUSTOMER", 4));
    let admin = plaza.customer("51idc").await;
    let names: Vec<_> = (0..8).map(|n| format!("sub-{n}")).collect();
    let made = join_all(names.iter().map(|name| plaza.make_account(&admin, name, "sub"))).await;
    assert_eq!(statuses(&made), [200, 200, 200, 409, 409, 409, 409, 409]);
    let add = || plaza.cloud(post("/customer/contacts").bearer(&admin).json(&json!({})));
    let added = join_all((0..8).map(|_| add())).await;
    assert_eq!(statuses(&added), [200, 200, 200, 200, 409, 409, 409, 409]);
    assert_eq!(plaza.cloud(get("/customer/contacts").bearer(&admin)).await.json()["total_count"], 4);
    assert_eq!(enabled_admins(&plaza), 1);
}

#[tokio::test]
async fn changes_of_different_fields_at_once_are_all_kept() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let id = plaza.add_contact(&admin, &json!({"name": "小李"})).await;
    let changes = [json!({"contact_id": id, "tel": "021-1"}), json!({"contact_id": id, "sex": "F"})];
    let answers =
        join_all(changes.iter().map(|body| plaza.cloud(put("/customer/contacts").bearer(&admin).json(body)))).await;
    assert_eq!(statuses(&answers), [200, 200]);
    let kept = plaza.cloud(get("/customer/contacts").bearer(&admin)).await.json()["contacts"][0].clone();
    assert_eq!((&kept["tel"], &kept["sex"], &kept["name"]), (&json!("021-1"), &json!("F"), &json!("小李")));
    let records = [json!({"tel": "1"}), json!({"fax": "2"}), json!({"address": "3"})];
    join_all(records.iter().map(|body| plaza.cloud(put("/customer").bearer(&admin).json(body)))).await;
    let record = plaza.cloud(get("/customer").bearer(&admin)).await.json();
    assert_eq!((&record["tel"], &record["fax"], &record["address"]), (&json!("1"), &json!("2"), &json!("3")));
}

#[tokio::test]
async fn a_sign_in_while_the_account_is_taken_away_opens_nothing() {
    for round in 0..ROUNDS {
        let plaza = Plaza::open();
        let admin = plaza.customer("51idc").await;
        plaza.make_account(&admin, "sub", "sub").await;
        let removal =
            if round % 2 == 0 { delete("/customer/accounts/sub") } else { put("/customer/accounts/sub/disabled") };
        let answers = join_all([plaza.portal_sign_in("sub"), plaza.portal_sign_in("sub")]);
        let (removed, signed_in) = tokio::join!(plaza.cloud(removal.bearer(&admin)), answers);
        assert_eq!(removed.status, 200);
        for answer in signed_in.iter().filter(|answer| answer.status == 200) {
            assert_eq!(plaza.cloud(get("/customer/contacts").bearer(&answer.token())).await.status, 401);
        }
        let left = plaza.database.under("Z#").iter().filter(|item| item["sk"]["S"] == "ACCOUNT#sub").count();
        assert_eq!(left, round % 2, "no sign-in brings a deleted account back");
    }
}
