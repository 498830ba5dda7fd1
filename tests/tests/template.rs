//! What template.yaml promises: least privilege, nothing in the clear, nothing that is lost without an alarm; and that
//! it deploys.

use serde_json::{Value, json};
use std::{collections::BTreeSet, process::Command, sync::LazyLock};
use tests::{
    stack::Place,
    template::{Template, python, repository},
};

static TEMPLATE: LazyLock<Template> = LazyLock::new(Template::read);

fn binary(id: &str) -> &'static str {
    let name = &TEMPLATE.resource(id)["Metadata"]["BuildProperties"]["Binary"];
    name.as_str().unwrap_or_else(|| panic!("{id} does not say its binary"))
}

#[test]
fn every_function_is_deployed_under_the_name_of_its_crate() {
    let crates = std::fs::read_dir(repository().join("functions")).unwrap();
    let crates: BTreeSet<_> = crates.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let functions: BTreeSet<_> = TEMPLATE.functions().into_iter().map(|id| binary(id).to_owned()).collect();
    assert_eq!(functions, crates);
    for id in TEMPLATE.functions() {
        let function = TEMPLATE.properties(id);
        assert_eq!(function["FunctionName"], json!({ "Fn::Sub": format!("${{AWS::StackName}}-{}", binary(id)) }));
        assert_eq!(TEMPLATE.resource(id)["Metadata"]["BuildMethod"], "rust-cargolambda");
    }
}

#[test]
fn the_functions_that_hash_or_decode_pictures_have_cpu_and_the_others_are_cheap() {
    for id in TEMPLATE.functions() {
        let function = TEMPLATE.properties(id);
        let hashes = function["Environment"]["Variables"].get("PEPPER_SECRET").is_some();
        let puts = |one: &tests::template::Allowed| one.actions.iter().any(|action| action == "s3:PutObject");
        let decodes = TEMPLATE.allowed(id).iter().any(puts);
        assert_eq!(function["MemorySize"], if hashes || decodes { 1024 } else { 256 }, "{id}");
        // With the threshold, memory of 19 MiB for every hash would come fresh from the system.
        let returns_memory = function["Environment"]["Variables"].get("MALLOC_MMAP_THRESHOLD_").is_some();
        assert_eq!(returns_memory, decodes, "{id}");
        assert_eq!(function["LoggingConfig"]["LogGroup"], json!({ "Ref": "FunctionLogs" }), "{id}");
    }
    assert_eq!(TEMPLATE.properties("FunctionLogs")["RetentionInDays"], json!({ "Ref": "LogRetentionDays" }));
}

/// SAM would make one per route, and a function's policy is full after about thirty.
#[test]
fn the_gateway_has_one_permission_per_function() {
    let permissions = TEMPLATE.of_type("AWS::Lambda::Permission");
    let granted: Vec<_> = permissions.iter().map(|(_, permission)| permission["FunctionName"]["Ref"].clone()).collect();
    let integrations = TEMPLATE.of_type("AWS::ApiGatewayV2::Integration");
    let targets: Vec<_> =
        integrations.iter().map(|(_, integration)| integration["IntegrationUri"]["Fn::GetAtt"][0].clone()).collect();
    assert_eq!(granted, targets);
    let distinct: BTreeSet<_> = granted.iter().map(Value::to_string).collect();
    assert_eq!(distinct.len(), granted.len());
    for (id, permission) in permissions {
        assert!(permission["SourceArn"]["Fn::Sub"].as_str().unwrap().ends_with(":${HttpApi}/*/*"), "{id}");
    }
}

#[test]
fn every_policy_names_its_actions_and_its_resources() {
    for function in TEMPLATE.functions() {
        for allowed in TEMPLATE.allowed(function) {
            for action in &allowed.actions {
                let is_wide = action.contains('*') || action.ends_with(":Scan") || action.contains("Batch");
                assert!(!is_wide, "{function} may {action}");
            }
            assert_ne!(allowed.on, r#""*""#, "{function} may {:?} on anything", allowed.actions);
        }
    }
}

#[test]
fn entries_of_the_audit_trail_are_added_and_never_touched_again() {
    for function in TEMPLATE.functions() {
        for allowed in TEMPLATE.allowed(function).iter().filter(|allowed| allowed.on.contains("AuditTable")) {
            // Administrators read it through the operator's function; nobody else does, and nobody changes it.
            let expected: &[&str] =
                if function == "Operator" { &["dynamodb:PutItem", "dynamodb:Query"] } else { &["dynamodb:PutItem"] };
            assert_eq!(allowed.actions, expected, "{function}");
        }
    }
}

#[test]
fn a_secret_is_read_by_those_who_use_it_and_nobody_else() {
    for function in TEMPLATE.functions() {
        let variables = &TEMPLATE.properties(function)["Environment"]["Variables"];
        for (secret, variable) in [
            ("SigningKey", "SIGNING_KEY_SECRET"),
            ("Pepper", "PEPPER_SECRET"),
            ("CodeKey", "CODE_KEY_SECRET"),
            ("PaymentKey", "PAYMENT_KEY_SECRET"),
        ] {
            let may = TEMPLATE.allowed(function).iter().any(|allowed| {
                allowed.actions == ["secretsmanager:GetSecretValue"] && allowed.on.contains(&format!("\"{secret}\""))
            });
            assert_eq!(may, variables.get(variable).is_some(), "{function} and {secret}");
        }
        let may = TEMPLATE.allowed(function).iter().any(|allowed| allowed.actions == ["ssm:GetParameter"]);
        assert_eq!(may, variables.get("VERIFYING_KEYS_PARAMETER").is_some(), "{function} and the public keys");
    }
}

/// One action on one key, for data keys that were wrapped for fields.
#[test]
fn only_functions_that_seal_fields_open_their_keys() {
    assert_eq!(TEMPLATE.properties("FieldsKey")["EnableKeyRotation"], true);
    for function in TEMPLATE.functions() {
        let variables = &TEMPLATE.properties(function)["Environment"]["Variables"];
        let seals = variables.get("FIELDS_KEY").is_some();
        let allowed = TEMPLATE.allowed(function);
        let keys = allowed.iter().filter(|one| one.actions.iter().any(|action| action.starts_with("kms:")));
        // Pictures have a key of their own, which the bucket uses for whoever puts and gets them.
        let (of_pictures, keys): (Vec<_>, Vec<_>) = keys.partition(|one| one.on.contains("\"PicturesKey\""));
        let may = |wanted: &str| allowed.iter().any(|one| one.actions.iter().any(|action| action == wanted));
        let (puts, gets) = (may("s3:PutObject"), may("s3:GetObject"));
        assert_eq!(of_pictures.len(), usize::from(puts || gets), "{function} and the key of pictures");
        let wanted: &[&str] = if puts { &["kms:GenerateDataKey", "kms:Decrypt"] } else { &["kms:Decrypt"] };
        assert!(of_pictures.iter().all(|one| one.actions == wanted), "{function}");
        assert_eq!(keys.len(), usize::from(seals), "{function}");
        for statement in keys {
            assert_eq!(statement.actions, ["kms:Decrypt"], "{function}");
            assert_eq!(statement.on, json!({ "Fn::GetAtt": ["FieldsKey", "Arn"] }).to_string(), "{function}");
        }
        let reads = allowed.iter().any(|one| one.on.contains("field-keys"));
        assert_eq!((reads, variables.get("FIELD_KEYS_PARAMETER").is_some()), (seals, seals), "{function}");
    }
}

/// #17 decides on papers without opening them.
#[test]
fn the_audit_of_papers_is_a_function_of_its_own_that_opens_nothing() {
    let allowed = TEMPLATE.allowed("MallAudit");
    let mut actions: Vec<_> = allowed.iter().flat_map(|one| one.actions.iter().map(String::as_str)).collect();
    actions.sort_unstable();
    actions.dedup();
    let table = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];
    assert_eq!(actions, [table.as_slice(), &["ssm:GetParameter"]].concat());
    let of_audit = |(_, route): &&(&str, &Value)| route["Target"].to_string().contains("MallAuditIntegration");
    let routes: Vec<_> = TEMPLATE.of_type("AWS::ApiGatewayV2::Route");
    let routes: Vec<_> = routes.iter().filter(of_audit).map(|(_, route)| route["RouteKey"].clone()).collect();
    assert_eq!(routes, ["POST /user/proxy/auditPUser"]);
}

#[test]
fn only_functions_with_a_queue_send_to_it() {
    for function in TEMPLATE.functions() {
        let variables = &TEMPLATE.properties(function)["Environment"]["Variables"];
        for (queue, variable) in [("ChargingQueue", "CHARGING_QUEUE_URL"), ("SmsQueue", "SMS_QUEUE_URL")] {
            let may = TEMPLATE
                .allowed(function)
                .iter()
                .any(|allowed| allowed.actions == ["sqs:SendMessage"] && allowed.on.contains(&format!("\"{queue}\"")));
            assert_eq!(may, variables.get(variable).is_some(), "{function} and {queue}");
        }
    }
}

#[test]
fn tables_are_encrypted_recoverable_and_protected() {
    let tables = TEMPLATE.of_type("AWS::DynamoDB::Table");
    assert_eq!(tables.len(), 2);
    for (id, table) in tables {
        assert_eq!(table["BillingMode"], "PAY_PER_REQUEST", "{id}");
        assert_eq!(table["SSESpecification"]["SSEEnabled"], true, "{id}");
        assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true, "{id}");
        assert_eq!(table["DeletionProtectionEnabled"], json!({ "Ref": "DeletionProtection" }), "{id}");
        assert_eq!(TEMPLATE.resource(id)["UpdateReplacePolicy"], "Retain", "{id}");
    }
    assert_eq!(TEMPLATE.default("DeletionProtection"), "true");
    let ttl = &TEMPLATE.properties("Table")["TimeToLiveSpecification"];
    assert_eq!(*ttl, json!({ "AttributeName": "ttl", "Enabled": true }));
    assert!(TEMPLATE.properties("AuditTable").get("TimeToLiveSpecification").is_none(), "the audit trail is kept");
}

#[test]
fn pictures_are_private_and_encrypted_with_our_own_key() {
    let bucket = TEMPLATE.properties("PicturesBucket");
    let closed = bucket["PublicAccessBlockConfiguration"].as_object().unwrap();
    assert!(closed.len() == 4 && closed.values().all(|value| *value == true));
    let rule = &bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]["ServerSideEncryptionByDefault"];
    assert_eq!(rule["SSEAlgorithm"], "aws:kms");
    assert_eq!(rule["KMSMasterKeyID"]["Fn::GetAtt"], json!(["PicturesKey", "Arn"]));
    assert_eq!(TEMPLATE.properties("PicturesKey")["EnableKeyRotation"], true);
    let statements = &TEMPLATE.properties("PicturesBucketPolicy")["PolicyDocument"]["Statement"];
    let statement = |sid: &str| statements.as_array().unwrap().iter().find(|one| one["Sid"] == sid).unwrap();
    assert_eq!(statement("DenyWithoutTls")["Condition"]["Bool"]["aws:SecureTransport"], "false");
    for sid in ["DenyOtherEncryption", "DenyOtherKeys"] {
        assert_eq!(statement(sid)["Action"], "s3:PutObject");
        // An upload without the header is encrypted by the bucket's default, which comes after this policy.
        let condition = &statement(sid)["Condition"];
        let header = condition["StringNotEquals"].as_object().unwrap().keys().next().unwrap();
        assert_eq!(condition["Null"][header], "false");
    }
    assert!(statements.as_array().unwrap().iter().all(|one| one["Effect"] == "Deny"));
}

#[test]
fn queues_are_fast_fifo_and_lose_nothing_in_silence() {
    let queues = TEMPLATE.of_type("AWS::SQS::Queue");
    assert_eq!(queues.len(), 4);
    for (id, queue) in queues {
        assert_eq!(queue["SqsManagedSseEnabled"], true, "{id}");
        if id.starts_with("Sms") {
            assert!(queue.get("FifoQueue").is_none(), "{id}");
            continue;
        }
        assert_eq!(queue["FifoQueue"], true, "{id}");
        assert_eq!(queue["DeduplicationScope"], "messageGroup", "{id}");
        assert_eq!(queue["FifoThroughputLimit"], "perMessageGroupId", "{id}");
    }
    let ends =
        [("ChargingQueue", "ChargingDeadLetters", "ChargingScheduler"), ("SmsQueue", "SmsDeadLetters", "SmsSender")];
    for (queue, dead, function) in ends {
        let queue = TEMPLATE.properties(queue);
        assert_eq!(queue["RedrivePolicy"]["maxReceiveCount"], 5);
        assert_eq!(queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"], json!([dead, "Arn"]));
        let timeout = TEMPLATE.properties(function)["Timeout"].as_u64().unwrap();
        assert!(queue["VisibilityTimeout"].as_u64().unwrap() >= 6 * timeout);
        let mappings = TEMPLATE.of_type("AWS::Lambda::EventSourceMapping");
        let of_function = |(_, mapping): &&(&str, &Value)| mapping["FunctionName"] == json!({ "Ref": function });
        let (_, mapping) = mappings.iter().find(of_function).unwrap();
        assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    }
    let (_, schedule) = TEMPLATE.of_type("AWS::Scheduler::Schedule")[0];
    assert_eq!(schedule["ScheduleExpression"], "rate(1 minute)");
    assert_eq!(schedule["Target"]["Input"], r#"{"sweep":true}"#);
}

#[test]
fn the_access_log_has_no_query_string() {
    let stage = TEMPLATE.properties("HttpApiStage");
    let format = stage["AccessLogSettings"]["Format"].as_str().unwrap();
    let line: Value = serde_json::from_str(format).expect("a line is JSON");
    for value in line.as_object().unwrap().values() {
        let value = value.as_str().unwrap();
        assert!(!value.contains("query") && !value.contains("uthorization"), "{value}");
    }
    assert_eq!(line["path"], "$context.path");
    let settings = &stage["DefaultRouteSettings"];
    assert!(settings.get("ThrottlingRateLimit").is_some() && settings.get("ThrottlingBurstLimit").is_some());
}

#[test]
fn web_pages_may_send_and_read_the_headers_of_the_documents() {
    let cors = &TEMPLATE.properties("HttpApi")["CorsConfiguration"];
    let sent = ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Device-Token"];
    assert_eq!(cors["AllowHeaders"], json!(sent));
    assert_eq!(cors["ExposeHeaders"], json!(["X-Access-Token", "X-Device-Token", "ETag", "Retry-After"]));
    assert!(cors.get("AllowCredentials").is_none(), "no cookie is ever used");
}

#[test]
fn every_alarm_of_the_operations_handbook_is_there() {
    let alarms = TEMPLATE.of_type("AWS::CloudWatch::Alarm");
    let metric = |name: &str| alarms.iter().filter(|(_, alarm)| alarm["MetricName"] == name).count();
    let functions = TEMPLATE.functions().len();
    assert_eq!((metric("Errors"), metric("Throttles"), metric("Duration")), (functions, functions, functions));
    for name in ["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"] {
        assert_eq!(metric(name), 2, "{name} of each queue");
    }
    for name in ["5xx", "LoginFailure", "OtpSend", "IdempotencyConflict", "TransactionConflict", "UnbilledEnergy"] {
        assert_eq!(metric(name), 1, "{name}");
    }
    for (id, alarm) in alarms {
        assert_eq!(alarm["TreatMissingData"], "notBreaching", "{id}");
        assert_eq!(alarm["AlarmActions"]["Fn::If"][0], "HasAlarmTopic", "{id}");
    }
    for id in ["DeadLettersAlarm", "SmsDeadLettersAlarm"] {
        let dead = TEMPLATE.properties(id);
        assert_eq!((&dead["Threshold"], &dead["Period"]), (&json!(1), &json!(60)), "{id}");
    }
}

/// An emulator stands in for AWS: the stack is created, changed and deleted through its CloudFormation.
#[test]
fn the_template_deploys() {
    let place = Place::new();
    let emulator = Emulator::start(&place);
    let deploy = |more: &[&str]| {
        let env_file = place.path().join("functions.env");
        let mut stack = emulator.stack();
        stack.arg("--template").arg(repository().join("template.yaml")).arg("--env-file").arg(&env_file).args(more);
        let output = stack.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read_to_string(env_file).unwrap()
    };
    let created = deploy(&["--parameter", "DeletionProtection=false"]);
    assert!(
        created.contains("\nLOGIN_PER_IP_MINUTE=20\n") && created.contains("TABLE_NAME=a-stack-Table-"),
        "{created}"
    );
    let updated = deploy(&["--parameter", "DeletionProtection=false", "--parameter", "LoginPerIpMinute=7"]);
    assert_eq!(updated, created.replace("LOGIN_PER_IP_MINUTE=20", "LOGIN_PER_IP_MINUTE=7"));
    let deleted = emulator.stack().arg("--delete").output().unwrap();
    assert!(deleted.status.success(), "{}", String::from_utf8_lossy(&deleted.stderr));
}

struct Emulator(local::ministack::MiniStack);

impl Emulator {
    fn start(place: &Place) -> Self {
        let venv = local::venv::Venv::ready(&repository()).unwrap();
        let dir = local::paths::StackDir::make(place.path()).unwrap();
        let mut emulator = Self(local::ministack::MiniStack::start(&venv, &dir).unwrap());
        emulator.0.wait_until_it_answers(&dir).unwrap();
        emulator
    }

    fn stack(&self) -> Command {
        let mut python = python();
        python.args(["-m", "stack", "--name", "a-stack", "--endpoint", &self.0.url()]);
        python
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.0.child.kill().ok();
        self.0.child.wait().ok();
    }
}
