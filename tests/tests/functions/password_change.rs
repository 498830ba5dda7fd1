//! Changing a password: what proves it, what it ends, and that no race leaves the old one a way in.

use futures_util::future::join;
use shared::{
    auth::tokens::IssuedToken,
    domain::{
        account::{AccountId, LoginName, Realm},
        origin::Origin,
        password::Password,
        reason::{Failure, Reason},
    },
    service::password::PasswordChange,
};
use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::Poll,
};
use tests::{
    capacity::bill,
    database::{AUDIT, Fate},
    plaza::{PASSWORD, Plaza, Settings, TestDriver},
};

const NEW: &str = "another phrase 7";

async fn change_from(plaza: &Plaza, account: Option<&str>, old: &str, new: &str) -> Result<IssuedToken, Failure> {
    let (account, origin) = (account.map(AccountId::known), Origin::default());
    let change = PasswordChange {
        realm: Realm::Ev,
        name: LoginName::read("wyc2002"),
        account: account.as_ref(),
        old: Password::typed(old),
        new: Password::choose(new, &["wyc2002"])?,
        origin: &origin,
        now: plaza.watch.now(),
    };
    plaza.accounts.change_password(&change).await
}

async fn change(plaza: &Plaza, driver: &TestDriver, old: &str, new: &str) -> Result<IssuedToken, Failure> {
    change_from(plaza, Some(&driver.id), old, new).await
}

fn reason(outcome: Result<IssuedToken, Failure>) -> Reason {
    outcome.map(|_| ()).unwrap_err().reason()
}

fn entries(plaza: &Plaza, action: &str) -> usize {
    plaza.database.items(AUDIT).iter().filter(|entry| entry["action"]["S"] == action).count()
}

#[tokio::test]
async fn the_new_password_opens_the_old_one_does_not_and_every_other_session_has_ended() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let other = plaza.log_in("wyc2002", PASSWORD).await.token();
    let issued = change(&plaza, &driver, PASSWORD, NEW).await.unwrap();
    for ended in [&driver.token, &other] {
        assert_eq!(plaza.detail(ended).await.status, 401);
    }
    assert_eq!(plaza.detail(issued.token.expose_secret()).await.status, 200);
    assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.json()["code"], -1);
    assert_eq!(plaza.log_in("wyc2002", NEW).await.json()["code"], 200);
    assert_eq!(entries(&plaza, "password-changed"), 1);
}

#[tokio::test]
async fn a_wrong_old_password_an_unknown_name_and_anothers_account_are_refused_alike() {
    let plaza = Plaza::open();
    assert_eq!(reason(change_from(&plaza, None, PASSWORD, NEW).await), Reason::WrongOldPassword);
    let driver = plaza.driver("wyc2002").await;
    assert_eq!(reason(change(&plaza, &driver, "123456wyd", NEW).await), Reason::WrongOldPassword);
    assert_eq!(reason(change_from(&plaza, Some("1004"), PASSWORD, NEW).await), Reason::WrongOldPassword);
    assert_eq!(entries(&plaza, "password-change-failed"), 3);
    assert_eq!(plaza.detail(&driver.token).await.status, 200, "nothing has ended");
    assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.json()["code"], 200);
}

#[tokio::test]
async fn old_passwords_are_guessed_no_faster_here_than_at_the_sign_in() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    for _ in 0..5 {
        change(&plaza, &driver, "123456wyd", NEW).await.unwrap_err();
    }
    assert_eq!(reason(change(&plaza, &driver, PASSWORD, NEW).await), Reason::Throttled);
    assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.json()["code"], 200, "sessions wait for themselves");
    plaza.watch.advance(jiff::SignedDuration::from_secs(1));
    change(&plaza, &driver, PASSWORD, NEW).await.unwrap();
    assert!(plaza.database.item("LOGIN#ev#wyc2002", "FAILURES").is_none());

    let plaza = Plaza::with(Settings::default().with("LOGIN_PER_IP_MINUTE", 1));
    plaza.driver("wyc2002").await;
    change_from(&plaza, None, "123456wyd", NEW).await.unwrap_err();
    let limited = change_from(&plaza, None, PASSWORD, NEW).await;
    assert_eq!(reason(limited), Reason::Throttled, "without a session the address is limited");
}

#[tokio::test]
async fn of_two_changes_at_once_one_is_made() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let (one, two) =
        join(change(&plaza, &driver, PASSWORD, NEW), change(&plaza, &driver, PASSWORD, "a third one 8")).await;
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    assert_eq!(entries(&plaza, "password-changed"), 1);
}

/// Runs `future` until so many calls have been made; they are applied, but it has not seen the last one's answer.
async fn run_up_to<F: Future>(plaza: &Plaza, calls: usize, mut future: Pin<&mut F>) -> Option<F::Output> {
    let made = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&made);
    plaza.database.follow(move |_| {
        counter.fetch_add(1, Relaxed);
        Fate::Apply
    });
    let ended =
        poll_fn(
            |context| {
                if made.load(Relaxed) >= calls { Poll::Ready(None) } else { future.as_mut().poll(context).map(Some) }
            },
        );
    let ended = ended.await;
    plaza.database.heal();
    ended
}

/// The change happens between any two calls of a sign-in with the old password, which then opens nothing that lasts.
#[tokio::test]
async fn a_sign_in_that_races_the_change_leaves_no_session_for_the_old_password() {
    for calls in 0..=4 {
        let plaza = Plaza::open();
        let driver = plaza.driver("wyc2002").await;
        let mut sign_in = pin!(plaza.log_in("wyc2002", PASSWORD));
        assert!(run_up_to(&plaza, calls, sign_in.as_mut()).await.is_none(), "it has {calls} calls");
        let issued = change(&plaza, &driver, PASSWORD, NEW).await.unwrap();
        let answer = sign_in.await;
        let opened = answer.json()["code"] == 200;
        assert_eq!(opened, calls == 4, "after {calls} calls: {}", answer.text());
        if opened {
            assert_eq!(plaza.detail(&answer.token()).await.status, 401);
        }
        assert_eq!(plaza.detail(issued.token.expose_secret()).await.status, 200);
    }
}

#[tokio::test]
async fn a_change_is_made_whole_or_not_at_all() {
    for fate in [Fate::Refuse, Fate::LoseAnswer, Fate::Throttle, Fate::Conflict, Fate::Hang, Fate::HangAfter] {
        for lasting in [false, true] {
            for call in 0..5 {
                let plaza = Plaza::open();
                let driver = plaza.driver("wyc2002").await;
                if lasting {
                    plaza.database.from(call, fate);
                } else {
                    plaza.database.at(call, fate);
                }
                let outcome = change(&plaza, &driver, PASSWORD, NEW).await;
                plaza.database.heal();
                let (made, what) = (entries(&plaza, "password-changed"), format!("{fate:?} at {call}, {lasting}"));
                assert!(outcome.is_err() || made == 1, "{what}: {outcome:?}");
                plaza.watch.advance(jiff::SignedDuration::from_secs(60));
                let opens = if made == 1 { NEW } else { PASSWORD };
                assert_eq!(plaza.log_in("wyc2002", opens).await.json()["code"], 200, "{what}");
                assert_eq!(plaza.detail(&driver.token).await.status, if made == 1 { 401 } else { 200 }, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn a_change_costs_three_reads_one_throttle_write_and_one_transaction() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    plaza.database.take_calls();
    change(&plaza, &driver, PASSWORD, NEW).await.unwrap();
    assert_eq!(
        bill(&plaza.database.take_calls()),
        "Query 1 + GetItem 1 + GetItem 1 + TransactWriteItems 2 + TransactWriteItems 8"
    );
}
