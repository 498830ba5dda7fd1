//! Each alarm of template.yaml is fed with the lines that the code really writes: it fires when it should, and only then.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::{
    auth::codes::CodeKey,
    domain::{account::Role, charging::Settings, otp::Limits},
    outside::sms::{Sender, SmsError},
    service::sms::Sms,
    store::Store,
    wire::{Access, Sink},
};
use sms_sender::{Batch, Record};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock, Mutex},
};
use tests::{
    database::{AUDIT, Fate, MAIN},
    functions::{self, Function},
    plaza::{CODE_KEY, PASSWORD, Plaza},
    request::{Request, post},
    template::Template,
};

static TEMPLATE: LazyLock<Template> = LazyLock::new(Template::read);

/// What a sink calls the namespace in a test; the template calls it after the stack.
const OURS: &str = "ev-plaza";
/// The bill in docs/operations.md counts with no more.
const MOST_METRICS: usize = 120;

/// One series of `CloudWatch`: namespace, name and dimensions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Series {
    namespace: String,
    name: String,
    dimensions: BTreeMap<String, String>,
}

/// What `CloudWatch` takes from a line in the embedded metric format.
fn points_of(line: &Value) -> Vec<(Series, f64)> {
    let mut points = Vec::new();
    for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
        for (metric, set) in directive["Metrics"].as_array().unwrap().iter().flat_map(|metric| {
            directive["Dimensions"].as_array().unwrap().iter().map(move |set| (metric, set.as_array().unwrap()))
        }) {
            let name = metric["Name"].as_str().unwrap().to_owned();
            let value_of = |dimension: &Value| {
                let dimension = dimension.as_str().unwrap().to_owned();
                let value = line[&dimension].as_str().unwrap().to_owned();
                (dimension, value)
            };
            let namespace = directive["Namespace"].as_str().unwrap().to_owned();
            let value = line[&name].as_f64().unwrap();
            points.push((Series { namespace, name, dimensions: set.iter().map(value_of).collect() }, value));
        }
    }
    points
}

fn points(lines: &[Value]) -> Vec<(Series, f64)> {
    lines.iter().flat_map(points_of).collect()
}

fn lines(plaza: &Plaza) -> Vec<Value> {
    plaza.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn last(plaza: &Plaza) -> Value {
    lines(plaza).pop().unwrap()
}

/// An alarm as the template defines it.
struct Alarm(&'static Value);

impl Alarm {
    fn of(id: &str) -> Self {
        Self(TEMPLATE.properties(id))
    }

    fn series(&self) -> Series {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            reference if *reference == json!({ "Ref": "AWS::StackName" }) => OURS.to_owned(),
            reference => reference.to_string(),
        };
        let dimensions = self.0["Dimensions"].as_array().into_iter().flatten();
        let dimensions = dimensions.map(|one| (text(&one["Name"]), text(&one["Value"])));
        Series {
            namespace: text(&self.0["Namespace"]),
            name: text(&self.0["MetricName"]),
            dimensions: dimensions.collect(),
        }
    }

    fn threshold(&self) -> f64 {
        let number = |value: &Value| value.as_f64().or_else(|| value.as_str()?.parse().ok());
        let parameter = self.0["Threshold"]["Ref"].as_str();
        number(parameter.map_or(&self.0["Threshold"], |name| TEMPLATE.default(name))).unwrap()
    }

    /// What one period with these points does.
    fn fires(&self, points: &[(Series, f64)]) -> bool {
        let series = self.series();
        let values: Vec<_> = points.iter().filter(|(of, _)| *of == series).map(|(_, value)| *value).collect();
        if values.is_empty() {
            return self.0["TreatMissingData"] == "breaching";
        }
        let sum: f64 = values.iter().sum();
        #[expect(clippy::cast_precision_loss, reason = "few points")]
        let statistic = match self.0["Statistic"].as_str().unwrap() {
            "Sum" => sum,
            "Average" => sum / values.len() as f64,
            "Maximum" => values.iter().copied().fold(f64::MIN, f64::max),
            other => panic!("{other} is not known here"),
        };
        match self.0["ComparisonOperator"].as_str().unwrap() {
            "GreaterThanThreshold" => statistic > self.threshold(),
            "GreaterThanOrEqualToThreshold" => statistic >= self.threshold(),
            "LessThanThreshold" => statistic < self.threshold(),
            other => panic!("{other} is not known here"),
        }
    }
}

/// `line` as often as the threshold allows is silent, once more is not.
fn assert_counts(id: &str, line: &Value) {
    let alarm = Alarm::of(id);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
    let most = alarm.threshold() as usize;
    let fed = |times: usize| points(&vec![line.clone(); times]);
    assert!(!alarm.fires(&fed(most)), "{id} fires at {most} × {line}");
    assert!(alarm.fires(&fed(most + 1)), "{id} is silent at {} × {line}", most + 1);
}

fn assert_silent(id: &str, line: &Value) {
    assert!(!Alarm::of(id).fires(&points(&vec![line.clone(); 10_000])), "{id} fires at {line}");
}

#[tokio::test]
async fn the_alarm_of_failed_sign_ins_sees_passwords_codes_and_tries_that_are_not_even_looked_at() {
    const ALARM: &str = "LoginFailuresAlarm";
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    assert_silent(ALARM, &last(&plaza));
    plaza.log_in("wyc2002", "not the password").await;
    assert_counts(ALARM, &last(&plaza));
    // Until the wait after too many of them begins.
    while plaza.log_in("wyc2002", "not the password").await.status != 429 {}
    assert_counts(ALARM, &last(&plaza));

    plaza.bind_phone("ev", "13800138000", &driver.id, "wyc2002");
    plaza.reset("ev", "13800138000", "000000", "a new phrase for it").await;
    assert_counts(ALARM, &last(&plaza));
    // Being told to come later for another reason is no guess.
    plaza.ask_code("ev", "13800138000", "reset").await;
    plaza.ask_code("ev", "13800138000", "reset").await;
    assert_eq!(last(&plaza)["status"], 429);
    assert_silent(ALARM, &last(&plaza));
}

/// #24 proves who asks with the old password, without a session.
#[tokio::test]
async fn the_alarm_of_failed_sign_ins_sees_wrong_old_passwords() {
    let plaza = Plaza::open();
    plaza.dealer("13912345678").await;
    let wrong = json!({ "username": "13912345678", "oldPS": "not the old one", "newPS": "a new phrase for it" });
    plaza.mall_dealer(post("/user/dealer/reset").json(&wrong)).await;
    assert_counts("LoginFailuresAlarm", &last(&plaza));
}

/// The mall answers a wrong code with HTTP 200.
#[tokio::test]
async fn the_alarm_of_failed_sign_ins_sees_wrong_codes_of_the_mall() {
    let plaza = Plaza::open();
    let (telephone, device) = ("13912345678", "oGZUI0egBJY1zhBYw2KhdUfwVJJE");
    let asked = json!({ "telephone": telephone, "openId": device });
    plaza.send("mall-consumer", post("/user/custom/sendPhoneNum").json(&asked)).await;
    assert_silent("LoginFailuresAlarm", &last(&plaza));
    let wrong = json!({ "telephone": telephone, "openId": device, "phoneNum": "000000" });
    let answer = plaza.send("mall-consumer", post("/user/custom/verifyPhoneNum").json(&wrong)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_counts("LoginFailuresAlarm", &last(&plaza));
}

/// A call of a route that reads the session, by a caller who may call it; none where a function has no such route.
fn by_another(plaza: &Plaza, function: &Function) -> Option<Request> {
    function.table.iter().find_map(|route| {
        let role = match route.access {
            Access::Roles(roles) => roles.first().copied(),
            Access::SignedIn(realms) => Role::ALL.into_iter().find(|role| realms.contains(&role.realm())),
            Access::Public | Access::Signed | Access::Known(_) => None,
        };
        let request = Request::new(route.method.parse().unwrap(), &route.path.replace(['{', '}'], ""));
        role.map(|role| request.bearer(&plaza.token_of(role)))
    })
}

#[tokio::test]
async fn the_alarm_of_a_function_sees_its_faults_and_those_of_no_other() {
    for function in functions::all() {
        let id = format!("{}FaultsAlarm", logical_id(function.name));
        let plaza = Plaza::open();
        // Nothing of ours has this path, so this is the line of a refusal.
        plaza.send(function.name, Request::new(Method::GET, "/unknown")).await;
        assert_silent(&id, &last(&plaza));
        let mut line = last(&plaza);
        if let Some(request) = by_another(&plaza, &function) {
            plaza.database.follow(|_| Fate::Break);
            plaza.send(function.name, request).await;
            line = last(&plaza);
            assert_eq!(line["status"], 500, "{} {line}", function.name);
        } else {
            line["Fault"] = 1.into();
        }
        assert_counts(&id, &line);
        for other in functions::all().iter().filter(|other| other.name != function.name) {
            assert_silent(&format!("{}FaultsAlarm", logical_id(other.name)), &line);
        }
    }
}

fn logical_id(function: &str) -> String {
    function.split('-').map(|part| part[..1].to_uppercase() + &part[1..]).collect()
}

#[tokio::test]
async fn the_alarms_of_the_scheduler_see_silence_unreadable_stations_and_unreadable_messages() {
    let plaza = Plaza::open();
    plaza.station_named("S1", &Settings::default()).await;
    let driver = plaza.driver("wyc2002").await;
    let fields = [("mode", "fast"), ("quantity", "15"), ("station_id", "S1")];
    plaza.ev_charging(post("/user/charge/apply").bearer(&driver.token).form(&fields)).await;
    plaza.deliver().await;
    assert!(Alarm::of("SweepAlarm").fires(&[]), "no sweep at all");
    plaza.wake(json!({ "Records": [] })).await;
    assert!(Alarm::of("SweepAlarm").fires(&points(&[last(&plaza)])), "messages are no sweep");
    plaza.wake(json!({ "sweep": true })).await;
    let calm = last(&plaza);
    assert!(!Alarm::of("SweepAlarm").fires(&points(std::slice::from_ref(&calm))));
    for id in ["SweepLeftAlarm", "UnsettledAlarm", "QuarantinedAlarm", "UnbilledEnergyAlarm"] {
        assert_silent(id, &calm);
    }
    assert_counts("SweepLeftAlarm", &with(&calm, "SweepLeft", 1));

    plaza.wake(json!({ "Records": [{ "messageId": "a", "body": "no hint" }] })).await;
    assert_counts("QuarantinedAlarm", &last(&plaza));

    let mut spoilt = plaza.database.item("STATION#S1", "HEAD").unwrap();
    spoilt["station"] = json!({ "B": "AAAA" });
    plaza.database.put(&spoilt);
    plaza.watch.advance(SignedDuration::from_hours(1));
    plaza.wake(json!({ "sweep": true })).await;
    assert_counts("UnsettledAlarm", &last(&plaza));

    // What a meter finds amiss is shown in tests/tests/functions; here its number goes to the alarm.
    let amiss = with(&calm, "UnbilledEnergy", 1);
    assert_counts("UnbilledEnergyAlarm", &amiss);

    plaza.database.follow(|_| Fate::Break);
    let before = lines(&plaza).len();
    assert!(plaza.scheduler.handle(serde_json::from_value(json!({ "sweep": true })).unwrap()).await.is_err());
    assert_eq!(lines(&plaza).len(), before, "a sweep that fails is silent, too");
}

#[tokio::test]
async fn the_alarm_of_the_sealing_sees_silence() {
    let alarm = Alarm::of("AuditSealingAlarm");
    assert!(alarm.fires(&[]), "no run at all");
    let plaza = Plaza::open();
    let event = || serde_json::from_value(json!({ "seal": true })).unwrap();
    plaza.audit_sealer.handle(event()).await.unwrap();
    assert!(!alarm.fires(&points(&[last(&plaza)])));
    plaza.database.follow(|_| Fate::Break);
    let before = lines(&plaza).len();
    assert!(plaza.audit_sealer.handle(event()).await.is_err());
    assert_eq!(lines(&plaza).len(), before, "a run that fails is silent");
}

fn with(line: &Value, name: &str, value: u64) -> Value {
    let mut line = line.clone();
    line[name] = value.into();
    line
}

#[tokio::test]
async fn the_alarms_of_sms_see_what_is_sent_refused_and_unreadable() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    plaza.bind_phone("ev", "13800138000", &driver.id, "wyc2002");
    plaza.ask_code("ev", "13800138000", "reset").await;
    let sms_message = serde_json::to_string(&plaza.sms_messages.lock().unwrap()[0]).unwrap();

    let refused = sms_line(&plaza, Err(SmsError::Permanent("made by the test".into())), &sms_message).await;
    assert_counts("SmsRefusedAlarm", &refused);
    assert_silent("SmsBudgetAlarm", &refused);
    let unreadable = sms_line(&plaza, Ok(()), "no message").await;
    assert_counts("QuarantinedAlarm", &unreadable);
    assert_silent("SmsRefusedAlarm", &unreadable);
    plaza.watch.advance(SignedDuration::from_mins(2));
    plaza.ask_code("ev", "13800138000", "reset").await;
    let sms_message = serde_json::to_string(plaza.sms_messages.lock().unwrap().last().unwrap()).unwrap();
    let sent = sms_line(&plaza, Ok(()), &sms_message).await;
    assert_counts("SmsBudgetAlarm", &sent);
    assert_silent("SmsRefusedAlarm", &sent);
}

#[tokio::test]
async fn the_alarms_of_limits_see_asks_that_are_refused_and_messages_that_are_given_up() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    plaza.bind_phone("ev", "13800138000", &driver.id, "wyc2002");
    plaza.ask_code("ev", "13800138000", "reset").await;
    assert_silent("CodeLimitAlarm", &last(&plaza));
    let message = serde_json::to_string(&plaza.sms_messages.lock().unwrap()[0]).unwrap();
    plaza.ask_code("ev", "13800138000", "reset").await;
    assert_counts("CodeLimitAlarm", &last(&plaza));

    let earlier = plaza.watch.now() - SignedDuration::from_hours(2);
    let sent = vec![json!({"N": earlier.as_millisecond().to_string()}); 10];
    plaza.database.put(&json!({"pk": {"S": "PHONE#+8613800138000"}, "sk": {"S": "CODES"}, "sent": {"L": sent}}));
    let given_up = sms_line(&plaza, Ok(()), &message).await;
    assert_counts("SmsOverLimitAlarm", &given_up);
    assert_silent("SmsBudgetAlarm", &given_up);
}

/// The line that the sender writes of one message when the provider answers like this.
async fn sms_line(plaza: &Plaza, answer: Result<(), SmsError>, body: &str) -> Value {
    let lines = Arc::<Mutex<Vec<String>>>::default();
    let written = Arc::clone(&lines);
    let sink = Sink::from_fn(move |line| written.lock().unwrap().push(line.to_owned()));
    let store = Store::new(plaza.database.client(), MAIN, AUDIT);
    let sender = Sender::from_fn(move |_, _| std::future::ready(answer.clone()));
    let sms = Sms::new(store, CodeKey::read(&CODE_KEY.into()).unwrap(), sender, Limits::default());
    let app = sms_sender::App { sms, clock: plaza.watch.clock(), sink };
    app.handle(Batch { records: vec![Record { message_id: "m".into(), body: body.to_owned() }] }).await;
    let lines = lines.lock().unwrap();
    serde_json::from_str(&lines[0]).unwrap()
}

#[tokio::test]
async fn the_alarms_of_conflicts_see_keys_used_twice_and_contended_items() {
    let plaza = Plaza::open();
    plaza.station_named("S1", &Settings::default()).await;
    let driver = plaza.driver("wyc2002").await;
    let apply = |quantity: &'static str| {
        let fields = [("mode", "fast"), ("quantity", quantity), ("station_id", "S1")];
        post("/user/charge/apply").bearer(&driver.token).header("Idempotency-Key", "k-1").form(&fields)
    };
    plaza.ev_charging(apply("15")).await;
    assert_silent("IdempotencyConflictsAlarm", &last(&plaza));
    plaza.ev_charging(apply("16")).await;
    assert_counts("IdempotencyConflictsAlarm", &last(&plaza));
    assert_silent("TransactionConflictsAlarm", &last(&plaza));

    plaza.database.follow(|call| if call.operation.starts_with("Transact") { Fate::Conflict } else { Fate::Apply });
    plaza.log_in("wyc2002", PASSWORD).await;
    assert_counts("TransactionConflictsAlarm", &last(&plaza));
}

/// The gateway's own refusals reach no function, so they are counted in its log.
#[test]
fn the_alarm_of_refusals_counts_them_in_the_access_log_of_the_gateway() {
    let filter = TEMPLATE.properties("TooManyRequestsMetric");
    assert_eq!(
        filter["LogGroupName"],
        TEMPLATE.stage()["AccessLogSettings"]["DestinationArn"]["Fn::GetAtt"][0]
            .as_str()
            .map(|id| json!({ "Ref": id }))
            .unwrap()
    );
    let line = |status: &str| -> Value {
        let format = TEMPLATE.stage()["AccessLogSettings"]["Format"].as_str().unwrap();
        serde_json::from_str(&format.replace("$context.status", status)).unwrap()
    };
    let pattern = filter["FilterPattern"].as_str().unwrap();
    let wanted = pattern.strip_prefix("{ $.status = \"").and_then(|rest| rest.strip_suffix("\" }")).unwrap();
    let transformation = &filter["MetricTransformations"][0];
    let alarm = Alarm::of("TooManyRequestsAlarm");
    let series = Series {
        namespace: OURS.to_owned(),
        name: transformation["MetricName"].as_str().unwrap().to_owned(),
        dimensions: BTreeMap::new(),
    };
    assert_eq!(transformation["MetricNamespace"], json!({ "Ref": "AWS::StackName" }));
    let counted = |status: &str, times: usize| {
        let value = if line(status)["status"] == wanted {
            &transformation["MetricValue"]
        } else {
            &transformation["DefaultValue"]
        };
        let value = value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap();
        vec![(series.clone(), value); times]
    };
    assert!(!alarm.fires(&counted("200", 10_000)) && !alarm.fires(&counted("429", 500)));
    assert!(alarm.fires(&counted("429", 501)));
}

/// What AWS publishes by itself, under which dimensions.
const OF_AWS: [(&str, &str, &str); 8] = [
    ("AWS/Lambda", "Errors", "FunctionName"),
    ("AWS/Lambda", "Throttles", ""),
    ("AWS/ApiGateway", "5xx", "ApiId"),
    ("AWS/ApiGateway", "Latency", "ApiId"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName"),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName"),
    ("AWS/DynamoDB", "WriteThrottleEvents", "TableName"),
    ("AWS/DynamoDB", "ReadThrottleEvents", "TableName"),
];

#[tokio::test]
async fn every_alarm_watches_something_that_is_published_and_the_series_stay_few() {
    let mut published = BTreeSet::new();
    let plaza = Plaza::open();
    for function in functions::all() {
        plaza.send(function.name, Request::new(Method::GET, "/unknown")).await;
    }
    plaza.wake(json!({ "Records": [] })).await;
    plaza.audit_sealer.handle(serde_json::from_value(json!({ "seal": true })).unwrap()).await.unwrap();
    let sms = sms_line(&plaza, Ok(()), "no message").await;
    published.extend(points(&lines(&plaza)).into_iter().chain(points_of(&sms)).map(|(series, _)| series));
    for (_, filter) in TEMPLATE.of_type("AWS::Logs::MetricFilter") {
        let name = filter["MetricTransformations"][0]["MetricName"].as_str().unwrap().to_owned();
        published.insert(Series { namespace: OURS.to_owned(), name, dimensions: BTreeMap::new() });
    }
    assert!(published.len() <= MOST_METRICS, "{} custom metrics", published.len());

    for (id, _) in TEMPLATE.of_type("AWS::CloudWatch::Alarm") {
        let series = Alarm::of(id).series();
        let dimensions = series.dimensions.keys().cloned().collect::<Vec<_>>().join(",");
        let of_aws = (series.namespace.as_str(), series.name.as_str(), dimensions.as_str());
        assert!(
            OF_AWS.contains(&of_aws) || published.contains(&series),
            "{id} watches {series:?}, which is not published"
        );
    }
}

/// The gateway counts a request as 5xx or not, and Lambda an invocation as an error or not, so averages are shares.
#[test]
fn the_alarms_on_metrics_of_aws_fire_at_their_shares_and_sums() {
    let fed = |id: &str, values: &[f64]| {
        let alarm = Alarm::of(id);
        let series = alarm.series();
        alarm.fires(&values.iter().map(|value| (series.clone(), *value)).collect::<Vec<_>>())
    };
    let share = |bad: usize, of: usize| [vec![1.0; bad], vec![0.0; of - bad]].concat();
    assert!(fed("ServerErrorsAlarm", &share(1, 100)) && !fed("ServerErrorsAlarm", &share(1, 101)));
    for (id, _) in TEMPLATE.of_type("AWS::CloudWatch::Alarm").into_iter().filter(|(id, _)| id.ends_with("ErrorsAlarm"))
    {
        if id != "ServerErrorsAlarm" {
            assert!(fed(id, &share(2, 100)) && !fed(id, &share(1, 100)), "{id}");
        }
    }
    for (id, silent, firing) in [
        ("ThrottlesAlarm", 0.0, 1.0),
        ("DeadLettersAlarm", 0.0, 1.0),
        ("SmsDeadLettersAlarm", 0.0, 1.0),
        ("OldMessageAlarm", 300.0, 301.0),
        ("OldSmsAlarm", 300.0, 301.0),
        ("WriteThrottlesAlarm", 10.0, 11.0),
        ("ReadThrottlesAlarm", 10.0, 11.0),
    ] {
        assert!(!fed(id, &[silent]) && fed(id, &[firing]), "{id}");
    }
    let latency = TEMPLATE.properties("LatencyAlarm");
    assert_eq!((&latency["ExtendedStatistic"], &latency["Threshold"]), (&json!("p99"), &json!(1000)));
    // With a handful of requests the slowest one in a hundred is a cold start.
    for (id, alarm) in TEMPLATE.of_type("AWS::CloudWatch::Alarm") {
        let is_percentile = alarm.get("ExtendedStatistic").is_some();
        assert_eq!(alarm.get("EvaluateLowSampleCountPercentile") == Some(&json!("ignore")), is_percentile, "{id}");
    }
}

#[test]
fn every_alarm_reaches_the_topic_and_only_silence_of_schedules_breaches() {
    for (id, alarm) in TEMPLATE.of_type("AWS::CloudWatch::Alarm") {
        assert_eq!(alarm["AlarmActions"], json!([{ "Ref": "AlarmTopic" }]), "{id}");
        let is_of_schedule = id == "SweepAlarm" || id == "AuditSealingAlarm";
        let missing = if is_of_schedule { "breaching" } else { "notBreaching" };
        assert_eq!(alarm["TreatMissingData"], missing, "{id}");
    }
}

/// A new version that fails gets no more traffic than a tenth, for five minutes.
#[test]
fn a_deployment_watches_the_alarms_of_its_function() {
    for id in TEMPLATE.functions() {
        let group = TEMPLATE.properties(&format!("{id}DeploymentGroup"));
        let alarms = group["AlarmConfiguration"]["Alarms"].as_array().unwrap();
        let alarms: Vec<_> = alarms.iter().map(|alarm| alarm["Name"]["Ref"].as_str().unwrap()).collect();
        let faults = format!("{id}FaultsAlarm");
        let mut wanted = vec![format!("{id}ErrorsAlarm")];
        wanted.extend(TEMPLATE.has(&faults).then_some(faults));
        assert_eq!(alarms, wanted, "{id}");
        assert_eq!(group["AutoRollbackConfiguration"]["Enabled"], true, "{id}");
    }
}
