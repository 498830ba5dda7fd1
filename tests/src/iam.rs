//! Roles on a stack's emulator, for tests that take rights away.

use crate::stack::Stack;
use local::http::send;
use serde_json::Value;
use std::time::Duration;

/// MiniStack takes this key for the account's own and checks no signature of it.
const AUTHORIZATION: (&str, &str) = (
    "Authorization",
    "AWS4-HMAC-SHA256 Credential=test/20260601/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0",
);

/// The policy of a function's role, as the stack was made with it.
#[derive(Debug)]
pub struct Policy {
    aws: String,
    role: String,
    name: String,
    document: Value,
}

impl Policy {
    /// `function` is a logical id of template.yaml.
    pub fn of(stack: &Stack, function: &str) -> Self {
        Self::find(stack, function).unwrap_or_else(|| panic!("{function} has no policy of its own"))
    }

    /// None for a function that may do nothing.
    pub fn find(stack: &Stack, function: &str) -> Option<Self> {
        let aws = stack.record().aws.replace("http://", "");
        let roles = ask(&aws, &[("Action", "ListRoles")]);
        let is_its = |name: &&str| name.contains(&format!("-{function}Role-"));
        let role = elements(&roles, "RoleName").into_iter().find(is_its).expect("it has a role").to_owned();
        let policies = ask(&aws, &[("Action", "ListRolePolicies"), ("RoleName", &role)]);
        let name = (*elements(&policies, "member").first()?).to_owned();
        let policy = ask(&aws, &[("Action", "GetRolePolicy"), ("RoleName", &role), ("PolicyName", &name)]);
        let document = format!("document={}", elements(&policy, "PolicyDocument")[0]);
        let (_, document) = form_urlencoded::parse(document.as_bytes()).next().unwrap();
        let document = serde_json::from_str(&document).unwrap();
        Some(Self { aws, role, name, document })
    }

    pub fn statements(&self) -> Vec<&Value> {
        self.document["Statement"].as_array().into_iter().flatten().collect()
    }

    /// Has the role lose an action, wherever its policy allows it.
    pub fn lose(&self, action: &str) {
        let mut document = self.document.clone();
        for statement in document["Statement"].as_array_mut().unwrap() {
            statement["Action"].as_array_mut().unwrap().retain(|allowed| allowed != action);
        }
        assert_ne!(document, self.document, "{action} is not allowed in the first place");
        self.put(&document);
    }

    /// Has the role do again what template.yaml says.
    pub fn restore(&self) {
        self.put(&self.document);
    }

    fn put(&self, document: &Value) {
        let (role, name, document) = (self.role.as_str(), self.name.as_str(), document.to_string());
        let fields = [("Action", "PutRolePolicy"), ("RoleName", role), ("PolicyName", name)];
        ask(&self.aws, &[&fields[..], &[("PolicyDocument", &document)]].concat());
    }
}

fn ask(aws: &str, fields: &[(&str, &str)]) -> String {
    let form = form_urlencoded::Serializer::new("Version=2010-05-08".to_owned()).extend_pairs(fields).finish();
    let headers = [AUTHORIZATION, ("Content-Type", "application/x-www-form-urlencoded")];
    let answer = send(aws, "POST", "/", &headers, form.as_bytes(), Duration::from_secs(10)).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text()
}

/// The texts of all elements of a name.
fn elements<'x>(xml: &'x str, name: &str) -> Vec<&'x str> {
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&start).skip(1).filter_map(|rest| rest.split(&end).next()).collect()
}
