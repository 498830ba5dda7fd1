//! An SMS from the request to the provider, with every kind of answer that providers give.

use crate::{builds::deployed, start::send};
use serde_json::{Value, json};
use tests::{
    lambda::{Aws, Call, Environments, Function, Program, Reply, isolated},
    request::post,
};

const PHONE: &str = "13800138000";

/// Has a code sent to a phone that is known to nothing, and returns what was put into the queue.
fn message(aws: &Aws, environments: &Environments) -> Value {
    let program = Program::copy(&deployed("mall-consumer"));
    let mut function = Function::start(&program, &environments.variables["mall-consumer"]);
    function.ready().unwrap_or_else(|ended| panic!("{}", ended.log));
    let asked = json!({ "telephone": PHONE, "openId": "o6_bmjrPTlm6_2sgVt7hMZOPfL2M" });
    let answer = send(&mut function, post("/user/custom/sendPhoneNum").json(&asked));
    let calls = aws.take_calls();
    let sent = calls.iter().find(|call| call.service == "sqs").unwrap_or_else(|| panic!("{answer} {calls:?}"));
    json!({ "Records": [{ "messageId": "m1", "body": sent.body["MessageBody"], "eventSource": "aws:sqs" }] })
}

/// What SQS is answered when the provider answers so: whether the message is to come again, and the log.
fn outcome(provider: &str, answer: impl Fn(&Call) -> Reply + Send + 'static) -> (bool, String) {
    let mut environments = Environments::read();
    let aws = Aws::start(environments.secrets.clone());
    let event = message(&aws, &environments);
    let variables = environments.variables.get_mut("sms-sender").unwrap();
    variables.insert("SMS_PROVIDER".to_owned(), provider.to_owned());
    for name in ["ALIYUN_SIGN_NAME", "ALIYUN_CODE_TEMPLATE", "ALIYUN_NOTICE_TEMPLATE"] {
        variables.insert(name.to_owned(), "registered".to_owned());
    }
    let host = if provider == "sns" { "sns" } else { "dysmsapi" };
    aws.follow(move |call| if call.service == host { answer(call) } else { Reply::Usual });
    let program = Program::copy(&deployed("sms-sender"));
    let mut function = Function::start(&program, variables);
    function.ready().unwrap_or_else(|ended| panic!("{}", ended.log));
    aws.take_calls();
    let answer = function.invoke(&event).unwrap();
    assert!(aws.take_calls().iter().any(|call| call.service == host), "{host} was not asked");
    let log = function.log();
    assert!(!log.contains(PHONE), "{log}");
    (answer["batchItemFailures"] == json!([{ "itemIdentifier": "m1" }]), log)
}

fn sns(status: u16, code: &str) -> Reply {
    Reply::Answer(status, format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>"))
}

macro_rules! provider_answers {
    ($($name:ident: $provider:literal, $answer:expr, comes_again: $again:literal, metric: $metric:literal;)*) => {$(
        #[test]
        fn $name() {
            deployed("sms-sender");
            isolated(concat!("messages::", stringify!($name)), || {
                let (again, log) = outcome($provider, $answer);
                assert_eq!(again, $again, "{log}");
                assert!(log.contains(concat!("\"", $metric, "\":1")), "{log}");
            });
        }
    )*};
}

fn aliyun(code: &'static str) -> impl Fn(&Call) -> Reply + Send + 'static {
    move |_| Reply::Answer(200, json!({ "Code": code, "Message": "made by the test" }).to_string())
}

provider_answers! {
    sns_sends: "sns", |_| Reply::Usual, comes_again: false, metric: "OtpSend";
    sns_is_away: "sns", |_| sns(503, "ServiceUnavailable"), comes_again: true, metric: "SmsLater";
    sns_throttles: "sns", |_| sns(400, "Throttled"), comes_again: true, metric: "SmsLater";
    sns_refuses_for_good: "sns", |_| sns(400, "InvalidParameter"), comes_again: false, metric: "SmsRefused";
    sns_knows_an_opt_out: "sns", |_| sns(400, "OptedOut"), comes_again: false, metric: "SmsBlocked";
    aliyun_sends: "aliyun", aliyun("OK"), comes_again: false, metric: "OtpSend";
    aliyun_is_away: "aliyun", aliyun("isp.SYSTEM_ERROR"), comes_again: true, metric: "SmsLater";
    aliyun_throttles: "aliyun", aliyun("isv.BUSINESS_LIMIT_CONTROL"), comes_again: true, metric: "SmsLater";
    aliyun_refuses_for_good: "aliyun", aliyun("isv.TEMPLATE_MISSING_PARAMETERS"), comes_again: false, metric: "SmsRefused";
    aliyun_blocks_a_number: "aliyun", aliyun("isv.MOBILE_NUMBER_ILLEGAL"), comes_again: false, metric: "SmsBlocked";
}
