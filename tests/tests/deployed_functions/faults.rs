//! Functions that cannot start as they should: each says in its log what is wrong and what to do.

use crate::builds::deployed;
use serde_json::json;
use tests::{
    lambda::{Aws, Ended, Environments, Function, Program, Reply, error, isolated},
    request::get,
};

/// Starts the portal's function, which needs secrets and the keys of sealed fields.
fn start(aws_answers: impl FnMut(&tests::lambda::Call) -> Reply + Send + 'static) -> (Aws, Result<(), Ended>) {
    let environments = Environments::read();
    let aws = Aws::start(environments.secrets.clone());
    aws.follow(aws_answers);
    let program = Program::copy(&deployed("cloud-customer"));
    let mut function = Function::start(&program, &environments.variables["cloud-customer"]);
    let started = function.ready();
    if started.is_ok() {
        assert_eq!(function.log().lines().find(|line| line.contains("ERROR")), None);
    }
    (aws, started)
}

fn refusal(ended: Result<(), Ended>) -> String {
    let ended = ended.unwrap_err();
    assert!(!ended.succeeded, "{}", ended.log);
    ended.log
}

#[test]
fn a_missing_secret_is_named_with_what_to_do() {
    deployed("cloud-customer");
    isolated("faults::a_missing_secret_is_named_with_what_to_do", || {
        let (_, ended) = start(|call| match call.service.as_str() {
            "secretsmanager" => {
                let missing =
                    json!({ "SecretId": call.body["SecretIdList"][0], "ErrorCode": "ResourceNotFoundException" });
                Reply::Answer(200, json!({ "SecretValues": [], "Errors": [missing] }).to_string())
            }
            _ => Reply::Usual,
        });
        let log = refusal(ended);
        assert!(log.contains("CodeKey-AbCdEf cannot be read") && log.contains("cargo local bootstrap STACK"), "{log}");
    });
}

#[test]
fn a_malformed_secret_is_named_and_its_value_is_not_shown() {
    deployed("cloud-customer");
    isolated("faults::a_malformed_secret_is_named_and_its_value_is_not_shown", || {
        let (_, ended) = start(|call| match call.service.as_str() {
            "secretsmanager" => {
                let ids = call.body["SecretIdList"].as_array().unwrap();
                let values = ids.iter().map(|id| json!({ "ARN": id, "Name": id, "SecretString": "hunter2" }));
                Reply::Answer(200, json!({ "SecretValues": values.collect::<Vec<_>>(), "Errors": [] }).to_string())
            }
            _ => Reply::Usual,
        });
        let log = refusal(ended);
        assert!(log.contains("_SECRET") && log.contains("is malformed"), "{log}");
        assert!(!log.contains("hunter2"), "{log}");
    });
}

#[test]
fn a_slow_answer_is_asked_for_again_and_the_function_starts() {
    deployed("cloud-customer");
    isolated("faults::a_slow_answer_is_asked_for_again_and_the_function_starts", || {
        let mut is_first = true;
        let (aws, started) = start(move |call| match call.service.as_str() {
            "secretsmanager" if std::mem::take(&mut is_first) => Reply::Silence,
            _ => Reply::Usual,
        });
        started.unwrap_or_else(|ended| panic!("{}", ended.log));
        let calls = aws.take_calls();
        assert_eq!(calls.iter().filter(|call| call.service == "secretsmanager").count(), 2);
    });
}

#[test]
fn a_service_that_never_answers_ends_the_start() {
    deployed("cloud-customer");
    isolated("faults::a_service_that_never_answers_ends_the_start", || {
        let (_, ended) = start(|call| if call.service == "secretsmanager" { Reply::Silence } else { Reply::Usual });
        let log = refusal(ended);
        assert!(log.contains("Secrets Manager") && log.contains("timeout"), "{log}");
    });
}

#[test]
fn keys_that_kms_does_not_open_are_named() {
    deployed("cloud-customer");
    isolated("faults::keys_that_kms_does_not_open_are_named", || {
        let (_, ended) =
            start(|call| if call.service == "kms" { error("AccessDeniedException") } else { Reply::Usual });
        let log = refusal(ended);
        assert!(log.contains("AccessDeniedException") && log.contains("KMS"), "{log}");
    });
}

#[test]
fn a_missing_variable_is_named() {
    deployed("cloud-customer");
    isolated("faults::a_missing_variable_is_named", || {
        let mut environments = Environments::read();
        let _aws = Aws::start(environments.secrets.clone());
        let variables = environments.variables.get_mut("cloud-customer").unwrap();
        variables.remove("TABLE_NAME");
        variables.remove("DEFAULT_ZONE");
        let program = Program::copy(&deployed("cloud-customer"));
        let log = refusal(Function::start(&program, variables).ready());
        assert!(log.contains("DEFAULT_ZONE") && log.contains("TABLE_NAME"), "{log}");
    });
}

#[test]
fn a_panic_is_reported_and_the_next_event_is_answered() {
    isolated("faults::a_panic_is_reported_and_the_next_event_is_answered", || {
        let program = Program::copy(env!("CARGO_BIN_EXE_panicking").as_ref());
        let mut function = Function::start(&program, &Environments::read().variables["reference"]);
        function.ready().unwrap();
        let error = function.invoke(&get("/panic").into_event()).unwrap_err();
        assert!(error["errorMessage"].as_str().unwrap().contains("made by the test"), "{error}");
        let answer = function.invoke(&get("/").into_event()).unwrap();
        assert_eq!(answer["statusCode"], 200, "{answer}");
    });
}
