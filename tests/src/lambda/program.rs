//! The programs of the functions, and the variables that template.yaml gives them.

use crate::template::Template;
use local::secrets::Secrets;
use memchr::memmem::find;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----\n";
const END: &[u8] = b"-----END CERTIFICATE-----\n";
/// Certificates of the system, for what does not chain up to Amazon's: Aliyun.
const SYSTEM_ROOTS: &str = "SSL_CERT_FILE";

/// A copy of a program that trusts the stand-ins: the first of Amazon's root certificates is replaced by the test's own.
/// It differs from what is deployed in these bytes alone, so the product needs no switch for it.
#[derive(Debug)]
pub struct Program(PathBuf);

impl Program {
    pub fn copy(deployed: &Path) -> Self {
        Self::copy_as(deployed, "deployed")
    }

    /// The same, for several programs of one name.
    pub fn copy_as(deployed: &Path, kind: &str) -> Self {
        let mut program = fs::read(deployed).unwrap_or_else(|error| panic!("{}: {error}", deployed.display()));
        // A function that calls no service has no roots.
        if let Some(begin) = find(&program, BEGIN) {
            let end = begin + find(&program[begin..], END).unwrap() + END.len();
            let own = include_bytes!("certificates/root.pem");
            program[begin..end].fill(b'\n');
            program[begin..begin + own.len()].copy_from_slice(own);
        }
        let name = deployed.file_name().unwrap().to_str().unwrap();
        let path = std::env::temp_dir().join(format!("ev-plaza-{}-{kind}-{name}", std::process::id()));
        fs::write(&path, program).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
        fs::remove_file(self.0.with_extension("log")).ok();
    }
}

/// The environments of all functions by the names of their programs, and the values of the secrets in them by id.
#[derive(Debug)]
pub struct Environments {
    pub variables: BTreeMap<String, BTreeMap<String, String>>,
    pub secrets: BTreeMap<String, String>,
}

impl Environments {
    /// As a deployment with default parameters has them.
    pub fn read() -> Self {
        let (template, mut secrets) = (Template::read(), BTreeMap::new());
        let values = Secrets::new().unwrap();
        let variables = template.functions().into_iter().map(|id| {
            let declared = template.properties(id)["Environment"]["Variables"].as_object();
            let mut variables: BTreeMap<_, _> = declared
                .into_iter()
                .flatten()
                .map(|(name, value)| (name.clone(), resolved(&template, value)))
                .collect();
            for (name, id) in variables.iter().filter(|(name, _)| name.ends_with("_SECRET")) {
                secrets.insert(id.clone(), value_of(name, &values));
            }
            let roots = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lambda/certificates/root.pem");
            let lambdas = [
                ("AWS_REGION", "ap-southeast-1"),
                ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
                ("AWS_SECRET_ACCESS_KEY", "key"),
                ("AWS_SESSION_TOKEN", "token"),
                ("AWS_LAMBDA_FUNCTION_NAME", id),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024"),
                ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
                (SYSTEM_ROOTS, roots.to_str().unwrap()),
                // A build for AWS calls AWS for every value of its environment.
                ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ];
            variables.extend(lambdas.map(|(name, value)| (name.to_owned(), value.to_owned())));
            (template.binary(id).to_owned(), variables)
        });
        Self { variables: variables.collect(), secrets }
    }
}

/// The value of a variable: a text, a parameter's default, or the name of a resource.
fn resolved(template: &Template, value: &Value) -> String {
    let name = value["Ref"].as_str().or_else(|| value["Fn::GetAtt"][0].as_str());
    let Some(name) = name else { return value.as_str().unwrap().to_owned() };
    match template.default(name) {
        Value::Null if name == "AWS::StackName" => "ev-plaza".to_owned(),
        Value::Null => named(template, name),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn named(template: &Template, id: &str) -> String {
    let arn = |service: &str, name: &str| format!("arn:aws:{service}:ap-southeast-1:123456789012:{name}");
    match template.resource(id)["Type"].as_str().unwrap() {
        "AWS::DynamoDB::Table" if id == "Table" => crate::database::MAIN.to_owned(),
        "AWS::DynamoDB::Table" => crate::database::AUDIT.to_owned(),
        "AWS::SecretsManager::Secret" => arn("secretsmanager", &format!("secret:{id}-AbCdEf")),
        "AWS::KMS::Key" => arn("kms", "key/00000000-0000-0000-0000-000000000000"),
        "AWS::SQS::Queue" => format!("https://sqs.ap-southeast-1.amazonaws.com/123456789012/{id}"),
        "AWS::S3::Bucket" => super::isolation::BUCKET.to_owned(),
        other => panic!("no variable names a {other} yet"),
    }
}

fn value_of(variable: &str, values: &Secrets) -> String {
    let value = match variable {
        "SIGNING_KEY_SECRET" => &values.signing_key,
        "VERIFYING_KEYS_SECRET" => &values.verifying_keys,
        "PEPPER_SECRET" => &values.pepper,
        "FIELD_KEYS_SECRET" => &values.field_keys,
        "CODE_KEY_SECRET" => &values.code_key,
        "PAYMENT_KEY_SECRET" => &values.payment_key,
        "ALIYUN_KEY_SECRET" => return r#"{"id":"id","secret":"key"}"#.to_owned(),
        other => panic!("{other} has no value here yet"),
    };
    value.to_string()
}
