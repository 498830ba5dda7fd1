//! The business portal (`cloud-customers.md`) as its clients see it.

mod accounts;
mod contacts;
mod costs;
mod customer;
mod faults;
mod papers;
mod proof_faults;
mod proofs;
mod races;
mod sessions;

use tests::answer::Answer;

/// Status and `code` of a refusal, after a look at its shape.
fn refused(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
    assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
    (answer.status.as_u16(), body["code"].as_str().unwrap().to_owned())
}

fn refusal(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// 200 and zero bytes.
fn assert_empty(answer: &Answer) {
    assert_eq!(answer.whole(), (200, String::new()));
    assert_eq!(answer.header("content-type"), None);
}
