//! What template.yaml promises: least privilege, nothing in the clear, nothing that is lost without an alarm; and that
//! it deploys.

use serde_json::{Value, json};
use shared::{
    auth::{
        codes::CodeKey,
        passwords::{Passwords, Strength},
    },
    outside::{payment::NoticeKey, random::Random},
};
use std::{collections::BTreeSet, process::Command, sync::LazyLock};
use tests::{
    functions,
    stack::Place,
    template::{Template, python, repository},
};

static TEMPLATE: LazyLock<Template> = LazyLock::new(Template::read);

/// Each secret, with the variable that names it.
const SECRETS: [(&str, &str); 7] = [
    ("SigningKey", "SIGNING_KEY_SECRET"),
    ("VerifyingKeys", "VERIFYING_KEYS_SECRET"),
    ("FieldKeys", "FIELD_KEYS_SECRET"),
    ("Pepper", "PEPPER_SECRET"),
    ("CodeKey", "CODE_KEY_SECRET"),
    ("PaymentKey", "PAYMENT_KEY_SECRET"),
    ("AliyunKey", "ALIYUN_KEY_SECRET"),
];

fn binary(id: &str) -> &'static str {
    let name = TEMPLATE.properties(id)["FunctionName"]["Fn::Sub"].as_str();
    let binary = name.and_then(|name| name.strip_prefix("${AWS::StackName}-"));
    binary.unwrap_or_else(|| panic!("{id} is not called after its stack and its binary"))
}

#[test]
fn every_function_is_deployed_under_the_name_of_its_crate() {
    let crates = std::fs::read_dir(repository().join("functions")).unwrap();
    let crates: BTreeSet<_> = crates.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let functions: BTreeSet<_> = TEMPLATE.functions().into_iter().map(|id| binary(id).to_owned()).collect();
    assert_eq!(functions, crates);
    // `sam deploy` takes the packages where `cargo lambda build` puts them.
    let template = std::fs::read_to_string(repository().join("template.yaml")).unwrap();
    for name in functions {
        assert_eq!(template.matches(&format!("CodeUri: target/lambda/{name}\n")).count(), 1, "{name}");
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

/// The gateway's control plane creates ten routes a second, and functions answer unknown paths and methods themselves.
#[test]
fn the_gateway_has_the_prefixes_of_the_code_and_a_route_of_its_own_for_what_is_throttled_apart() {
    let of_code = functions::all().into_iter().flat_map(|function| {
        let key = |path: &'static str| if path == "$default" { path.to_owned() } else { format!("ANY {path}") };
        function.catch_all.clone().into_iter().map(move |path| (key(path), function.name.to_owned()))
    });
    let routes = TEMPLATE.routes().into_iter().map(|(key, function)| (key, binary(&function).to_owned()));
    let (prefixes, others): (BTreeSet<_>, BTreeSet<_>) =
        routes.partition(|(key, _)| key == "$default" || key.starts_with("ANY "));
    assert_eq!(prefixes, of_code.collect());

    let throttled = TEMPLATE.stage()["RouteSettings"].as_object().unwrap();
    assert!(others.iter().map(|(key, _)| key).eq(throttled.keys()), "{others:?}");
    for (key, function) in others {
        let (method, path) = key.split_once(' ').unwrap();
        let functions = functions::all();
        let route = functions.iter().find(|one| one.name == function).unwrap().table.iter();
        assert!(route.clone().any(|route| (route.method, route.path) == (method, path)), "{function} has no {key}");
        let settings = &throttled[&key];
        assert!(settings["ThrottlingRateLimit"].is_u64() && settings["ThrottlingBurstLimit"].is_u64(), "{key}");
    }
}

#[test]
fn every_policy_names_its_actions_and_its_resources() {
    for function in TEMPLATE.functions() {
        for allowed in TEMPLATE.allowed(function) {
            for action in &allowed.actions {
                // Reading by whole keys is no wider than `GetItem`; writing several items is what transactions are for.
                let is_wide = action.contains('*') || action.ends_with(":Scan") || action == "dynamodb:BatchWriteItem";
                assert!(!is_wide, "{function} may {action}");
            }
            // It takes no resource, and gives out only what `GetSecretValue` on the secret itself allows.
            let is_without_resource = allowed.actions == ["secretsmanager:BatchGetSecretValue"];
            assert_eq!(allowed.on == r#""*""#, is_without_resource, "{function} may {:?}", allowed.actions);
        }
    }
}

#[test]
fn entries_of_the_audit_trail_are_added_and_never_touched_again() {
    for function in TEMPLATE.functions() {
        let allowed = TEMPLATE.allowed(function);
        for allowed in allowed.iter().filter(|allowed| allowed.on.contains("AuditTable")) {
            // The function that reads cannot write, and the one that seals takes nothing from callers.
            let expected: &[&str] = match function {
                "AuditReader" => &["dynamodb:Query"],
                "AuditSealer" if allowed.on.contains("index") => &["dynamodb:Query"],
                "AuditSealer" => &["dynamodb:BatchGetItem", "dynamodb:DeleteItem"],
                _ => &["dynamodb:PutItem"],
            };
            assert_eq!(allowed.actions, expected, "{function}");
        }
        let is_sealer = function == "AuditSealer";
        assert_eq!(allowed.iter().any(|one| one.on.contains("AuditChainTable")), is_sealer, "{function}");
    }
    assert!(TEMPLATE.routes().values().all(|function| function != "AuditSealer"));
}

#[test]
fn a_secret_is_read_by_those_who_use_it_and_nobody_else() {
    for function in TEMPLATE.functions() {
        let variables = &TEMPLATE.properties(function)["Environment"]["Variables"];
        let mut reads = false;
        for (secret, variable) in SECRETS {
            let may = TEMPLATE.allowed(function).iter().any(|allowed| {
                allowed.actions == ["secretsmanager:GetSecretValue"] && allowed.on.contains(&format!("\"{secret}\""))
            });
            assert_eq!(may, variables.get(variable).is_some(), "{function} and {secret}");
            assert!(!may || variables[variable] == json!({ "Ref": secret }), "{function} and {secret}");
            reads |= may;
        }
        let in_one_call = |one: &tests::template::Allowed| one.actions == ["secretsmanager:BatchGetSecretValue"];
        assert_eq!(TEMPLATE.allowed(function).iter().any(in_one_call), reads, "{function}");
    }
}

/// A name would collide with the one of another stack, and for thirty days with the one of this stack that was deleted.
#[test]
fn no_secret_and_no_schedule_has_a_name_and_what_is_generated_is_what_functions_read() {
    let secrets = TEMPLATE.of_type("AWS::SecretsManager::Secret");
    assert_eq!(secrets.iter().map(|(id, _)| *id).collect::<BTreeSet<_>>(), SECRETS.map(|(id, _)| id).into());
    for (id, secret) in secrets.iter().copied().chain(TEMPLATE.of_type("AWS::Scheduler::Schedule")) {
        assert!(secret.get("Name").is_none(), "{id}");
    }
    let drawn = |id: &str| {
        // Exactly these lines: a change of them makes CloudFormation draw another value, which ends every password.
        let how = &TEMPLATE.properties(id)["GenerateSecretString"];
        let rest = json!({ "GenerateStringKey": "key", "PasswordLength": 44, "ExcludePunctuation": true });
        let template = how["SecretStringTemplate"].as_str().unwrap();
        assert_eq!(*how, with(rest, "SecretStringTemplate", template), "{id}");
        with(serde_json::from_str(template).unwrap(), "key", &"aZ09".repeat(11)).to_string()
    };
    assert!(Passwords::new(&drawn("Pepper").into(), Strength::PRODUCTION, Random::system()).is_ok());
    assert!(CodeKey::read(&drawn("CodeKey").into()).is_ok());
    assert!(NoticeKey::read(&drawn("PaymentKey").into()).is_ok());
    for id in ["SigningKey", "VerifyingKeys", "FieldKeys", "AliyunKey"] {
        assert!(TEMPLATE.properties(id).get("GenerateSecretString").is_none(), "{id} has a form of its own");
    }
}

fn with(mut object: Value, name: &str, value: &str) -> Value {
    object[name] = value.into();
    object
}

/// Each of these has a condition on an item that its transaction does not write.
#[test]
fn functions_that_check_a_condition_in_a_transaction_may() {
    for function in ["EvAccount", "EvCustomer", "MallDealer", "Operator", "Session", "ShopCustomer"] {
        let may = |one: &tests::template::Allowed| one.actions.iter().any(|one| one == "dynamodb:ConditionCheckItem");
        assert!(TEMPLATE.allowed(function).iter().any(may), "{function}");
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
        // Pictures have a key of their own, which the bucket uses for every caller.
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
        let reads = allowed.iter().any(|one| one.on.contains("\"FieldKeys\""));
        assert_eq!((reads, variables.get("FIELD_KEYS_SECRET").is_some()), (seals, seals), "{function}");
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
    let secrets = ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"];
    // It puts on its way that a decision was made, and reads no phone but the one that it is given.
    assert_eq!(actions, [table.as_slice(), &secrets, &["sqs:SendMessage"]].concat());
    let routes = TEMPLATE.routes().into_iter().filter(|(_, function)| function == "MallAudit");
    assert_eq!(routes.map(|(key, _)| key).collect::<Vec<_>>(), ["ANY /user/proxy/auditPUser"]);
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
    assert_eq!(tables.len(), 3);
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
    let headers = ["s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"];
    for (sid, header) in ["DenyOtherEncryption", "DenyOtherKeys"].into_iter().zip(headers) {
        assert_eq!(statement(sid)["Action"], "s3:PutObject");
        let condition = &statement(sid)["Condition"];
        assert!(condition["StringNotEquals"].get(header).is_some(), "{sid}");
        // A negated operator also matches an absent header, and our uploads send none.
        assert_eq!(condition["Null"], json!({ header: "false" }), "{sid}");
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
        let alias = json!({ "Ref": format!("{function}Aliaslive") });
        let of_function = |(_, mapping): &&(&str, &Value)| mapping["FunctionName"] == alias;
        let (_, mapping) = mappings.iter().find(of_function).unwrap();
        assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
        let limit = json!({ "MaximumConcurrency": { "Ref": "ChargingConsumers" } });
        assert_eq!(mapping.get("ScalingConfig"), (function == "ChargingScheduler").then_some(&limit), "{function}");
    }
    // An invocation takes up no work that it cannot end: a step takes some seconds at the most.
    let timeout = TEMPLATE.properties("ChargingScheduler")["Timeout"].as_i64().unwrap();
    assert!(charging_scheduler::WORKS_FOR.as_secs() + 8 <= timeout);
    let schedules = TEMPLATE.of_type("AWS::Scheduler::Schedule").into_iter();
    let schedules: BTreeSet<_> = schedules
        .map(|(_, one)| (one["Target"]["Input"].as_str().unwrap(), one["ScheduleExpression"].as_str().unwrap()))
        .collect();
    let expected = [
        (r#"{"sweep":true,"at":"<aws.scheduler.scheduled-time>"}"#, "rate(1 minute)"),
        (r#"{"seal":true}"#, "rate(5 minutes)"),
        (r#"{"pictures":true}"#, "rate(15 minutes)"),
    ];
    assert_eq!(schedules, expected.into());
}

/// SQS refuses a policy statement with several resources.
#[test]
fn the_policy_of_queues_names_one_resource() {
    let policy = TEMPLATE.properties("QueuePolicy");
    assert_eq!(policy["Queues"].as_array().unwrap().len(), TEMPLATE.of_type("AWS::SQS::Queue").len());
    let statements = policy["PolicyDocument"]["Statement"].as_array().unwrap();
    assert!(statements.iter().all(|one| one["Effect"] == "Deny" && one["Resource"] == "*"), "{statements:?}");
}

#[test]
fn the_china_regions_refuse_the_sms_provider_that_they_do_not_have() {
    let rule = &TEMPLATE.rule("ChinaSendsThroughAliyun");
    assert_eq!(
        rule["RuleCondition"]["Fn::Contains"],
        json!([["cn-north-1", "cn-northwest-1"], { "Ref": "AWS::Region" }])
    );
    assert_eq!(rule["Assertions"][0]["Assert"]["Fn::Equals"], json!([{ "Ref": "SmsProvider" }, "aliyun"]));
    let settings = std::fs::read_to_string(repository().join("samconfig.toml")).unwrap();
    let in_china = settings.split("\n[").filter(|section| section.contains("region = \"cn-"));
    assert!(in_china.clone().count() > 0 && in_china.clone().all(|one| one.contains("\"SmsProvider=aliyun\"")));
}

/// A stack that fails to create deletes what it made, which protected tables refuse.
#[test]
fn the_first_deployment_to_production_differs_in_the_protection_of_the_tables_only() {
    let settings = std::fs::read_to_string(repository().join("samconfig.toml")).unwrap();
    let section = |name: &str| {
        let text = settings.split_once(&format!("[{name}.deploy.parameters]\n")).unwrap().1;
        text.split("\n[").next().unwrap().trim().to_owned()
    };
    let first = section("prod-first");
    assert!(first.contains("\"DeletionProtection=false\""));
    assert_eq!(first.replace("DeletionProtection=false", "DeletionProtection=true"), section("prod"));
}

#[test]
fn the_access_log_has_the_route_and_neither_path_nor_query_string() {
    let stage = TEMPLATE.stage();
    let format = stage["AccessLogSettings"]["Format"].as_str().unwrap();
    let line: Value = serde_json::from_str(format).expect("a line is JSON");
    for value in line.as_object().unwrap().values() {
        let value = value.as_str().unwrap();
        let is_of_the_caller =
            ["query", "uthorization", "path", "Path", "proxy"].iter().any(|part| value.contains(part));
        assert!(!is_of_the_caller, "{value}");
    }
    assert_eq!(line["route"], "$context.routeKey");
    let settings = &stage["DefaultRouteSettings"];
    assert!(settings.get("ThrottlingRateLimit").is_some() && settings.get("ThrottlingBurstLimit").is_some());
}

/// CloudFormation refuses such a template; the emulator and the linters take it.
#[test]
fn no_resources_wait_for_each_other() {
    assert!(TEMPLATE.waiting_for_each_other().is_empty(), "{:?}", TEMPLATE.waiting_for_each_other());
}

/// A browser asks first whether it may send a header, and hides every header of the answer that is not exposed.
#[test]
fn web_pages_may_send_and_read_the_headers_of_the_documents() {
    let cors = &TEMPLATE.properties("HttpApi")["Body"]["x-amazon-apigateway-cors"];
    let names =
        |list: &str| cors[list].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect::<Vec<_>>();
    let sent = ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Device-Token"];
    assert_eq!(names("allowHeaders"), sent);
    assert_eq!(names("exposeHeaders"), ["X-Access-Token", "X-Device-Token", "ETag", "Retry-After"]);
    let methods = names("allowMethods");
    for route in functions::all().iter().flat_map(|function| function.table.clone()) {
        assert!(methods.contains(&route.method), "{route:?}");
    }
    assert!(cors.get("allowCredentials").is_none(), "no cookie is ever used");
}

/// Callers reach published versions, and a version keeps its environment: SAM by itself makes no new one when only the
/// value of a parameter changes, so that a kill switch would do nothing.
#[test]
fn every_deployment_publishes_every_function_anew() {
    let another = Template::read_with(&["--parameter", "Release=1780273805abc"]);
    let versions = |template: &Template| -> BTreeSet<String> {
        template.of_type("AWS::Lambda::Version").into_iter().map(|(id, _)| id.to_owned()).collect()
    };
    let (before, after) = (versions(&TEMPLATE), versions(&another));
    assert_eq!((before.len(), after.len()), (TEMPLATE.functions().len(), TEMPLATE.functions().len()));
    assert!(before.is_disjoint(&after), "{before:?}");
    for id in TEMPLATE.functions() {
        assert_eq!(TEMPLATE.properties(&format!("{id}Aliaslive"))["Name"], "live");
    }
}

#[test]
fn the_schedule_repeats_and_lambda_does_not() {
    let mut functions = BTreeSet::new();
    for (_, invoked) in TEMPLATE.of_type("AWS::Lambda::EventInvokeConfig") {
        functions.insert(invoked["FunctionName"]["Ref"].as_str().unwrap());
        assert_eq!((&invoked["MaximumRetryAttempts"], &invoked["MaximumEventAgeInSeconds"]), (&json!(0), &json!(60)));
    }
    assert_eq!(functions, ["AuditSealer", "ChargingScheduler"].into());
    for (id, schedule) in TEMPLATE.of_type("AWS::Scheduler::Schedule") {
        assert_eq!(schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"], 0, "{id}");
    }
}

#[test]
fn a_deleted_picture_can_be_brought_back_for_a_week_and_is_gone_then() {
    let bucket = TEMPLATE.properties("PicturesBucket");
    assert_eq!(bucket["VersioningConfiguration"]["Status"], "Enabled");
    let rules = bucket["LifecycleConfiguration"]["Rules"].as_array().unwrap();
    let old = rules.iter().find(|rule| rule["Id"] == "old-versions").unwrap();
    assert_eq!(old["NoncurrentVersionExpiration"]["NoncurrentDays"], 7);
    assert!(old.get("Prefix").is_none() && old.get("TagFilters").is_none(), "of every picture");
}

#[test]
fn the_table_and_its_indexes_are_warm_from_the_first_moment_on() {
    let table = TEMPLATE.properties("Table");
    let warm = json!({ "ReadUnitsPerSecond": { "Ref": "WarmReads" }, "WriteUnitsPerSecond": { "Ref": "WarmWrites" } });
    assert_eq!(table["WarmThroughput"], warm);
    for index in table["GlobalSecondaryIndexes"].as_array().unwrap() {
        let index = index.get("Fn::If").map_or(index, |condition| &condition[1]);
        assert_eq!(index["WarmThroughput"], warm, "{}", index["IndexName"]);
    }
}

/// CloudFormation adds or removes one index in an update, so an existing stack takes three.
#[test]
fn the_indexes_of_the_release_before_go_one_by_one() {
    let table = TEMPLATE.properties("Table");
    let conditional = |list: &str, name: &str| -> Vec<String> {
        let entries = table[list].as_array().unwrap().iter().filter_map(|entry| entry.get("Fn::If"));
        entries.map(|entry| format!("{}: {}", entry[0].as_str().unwrap(), entry[1][name].as_str().unwrap())).collect()
    };
    let indexes = conditional("GlobalSecondaryIndexes", "IndexName");
    assert_eq!(indexes, ["KeepsBillsByDay: bills-by-day", "KeepsBills: bills"]);
    let attributes = conditional("AttributeDefinitions", "AttributeName");
    assert_eq!(attributes, ["KeepsBillsByDay: bill_day", "KeepsBills: bill_all"]);
    assert_eq!(TEMPLATE.default("EarlierBillIndexes"), "none");
}

/// Quotas of CloudFormation, IAM, Lambda and API Gateway, and what we keep free of them for what is to come.
#[test]
fn the_stack_stays_well_inside_the_limits_of_aws() {
    let source = std::fs::read_to_string(repository().join("template.yaml")).unwrap();
    assert!(source.lines().count() <= 1800, "{} lines", source.lines().count());
    assert!(TEMPLATE.document().to_string().len() < 500_000, "CloudFormation takes a megabyte");
    let resources: usize = TEMPLATE.types().values().sum();
    assert!(resources <= 280, "{resources} resources of 500");
    assert!(TEMPLATE.routes().len() <= 60, "{} routes", TEMPLATE.routes().len());
    let count = |section: &str| TEMPLATE.document()[section].as_object().unwrap().len();
    assert!(count("Parameters") < 200 && count("Outputs") < 200);
    for id in TEMPLATE.functions() {
        let policies = &TEMPLATE.properties(&format!("{id}Role"))["Policies"];
        assert!(policies.to_string().len() < 8_000, "{id}: a role takes 10,240 characters of inline policies");
        let variables = TEMPLATE.properties(id)["Environment"]["Variables"].to_string().len();
        assert!(variables < 3_500, "{id}: a function takes 4 KB of variables");
        let permissions = TEMPLATE.of_type("AWS::Lambda::Permission").into_iter();
        let of_function = permissions.filter(|(permission, _)| permission.starts_with(id)).count();
        assert!(of_function < 30, "{id}: 20 KB of its resource policy hold about thirty permissions");
    }
}

/// The rest is created on MiniStack by [`the_template_deploys`]; the linters judge these.
#[test]
fn the_local_stack_leaves_out_what_its_emulator_does_not_know_and_nothing_else() {
    let local = Template::read_with(&["--ministack"]);
    let (of_aws, of_ministack) = (TEMPLATE.types(), local.types());
    let missing: Vec<_> = of_aws.iter().filter(|(kind, count)| of_ministack.get(*kind) != Some(*count)).collect();
    let functions = TEMPLATE.functions().len();
    let roles = of_aws["AWS::IAM::Role"];
    assert_eq!(
        missing,
        [
            (&"AWS::CodeDeploy::Application", &1),
            (&"AWS::CodeDeploy::DeploymentGroup", &functions),
            (&"AWS::IAM::Role", &roles),
        ]
    );
    assert_eq!(of_ministack["AWS::IAM::Role"], roles - 1, "the role of CodeDeploy");
}

/// An emulator stands in for AWS: two stacks are created side by side, and one is changed, deleted and created again.
#[test]
fn the_template_deploys() {
    let place = Place::new();
    let emulator = Emulator::start(&place);
    let deploy = |name: &str, more: &[&str]| {
        let env_file = place.path().join("functions.env");
        let mut stack = emulator.stack(name);
        stack.arg("--template").arg(repository().join("template.yaml")).arg("--env-file").arg(&env_file).args(more);
        let output = stack.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read_to_string(env_file).unwrap()
    };
    let created = deploy("a-stack", &["--parameter", "DeletionProtection=false"]);
    let beside = deploy("b-stack", &["--parameter", "DeletionProtection=false"]);
    assert!(
        created.contains("\nLOGIN_PER_IP_MINUTE=20\n") && created.contains("TABLE_NAME=a-stack-Table-"),
        "{created}"
    );
    let updated = deploy("a-stack", &["--parameter", "DeletionProtection=false", "--parameter", "LoginPerIpMinute=7"]);
    assert_eq!(updated, created.replace("LOGIN_PER_IP_MINUTE=20", "LOGIN_PER_IP_MINUTE=7"));
    let deleted = emulator.stack("a-stack").arg("--delete").output().unwrap();
    assert!(deleted.status.success(), "{}", String::from_utf8_lossy(&deleted.stderr));
    deploy("a-stack", &["--parameter", "DeletionProtection=false"]);
    let secret =
        |variables: &str| variables.lines().find(|line| line.starts_with("PEPPER_SECRET=")).unwrap().to_owned();
    assert_ne!(secret(&created), secret(&beside), "each stack has its own");
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

    fn stack(&self, name: &str) -> Command {
        let mut python = python();
        python.args(["-m", "stack", "--name", name, "--endpoint", &self.0.url()]);
        python
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.0.child.kill().ok();
        self.0.child.wait().ok();
    }
}
