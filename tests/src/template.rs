//! template.yaml as AWS gets it, after the SAM transform, for tests that read it.

use local::venv::Venv;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    process::Command,
};

#[derive(Debug)]
pub struct Template(Value);

/// What one statement of a function's policy allows.
#[derive(Debug)]
pub struct Allowed {
    pub actions: Vec<String>,
    /// The resources as they are written, as JSON.
    pub on: String,
}

impl Template {
    pub fn read() -> Self {
        Self::read_with(&[])
    }

    /// The same with arguments for `local/stack/translated.py`.
    pub fn read_with(arguments: &[&str]) -> Self {
        let mut python = python();
        python.args(["-m", "stack.translated"]).arg(repository().join("template.yaml")).args(arguments);
        let output = python.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self(serde_json::from_slice(&output.stdout).unwrap())
    }

    /// The logical ids and properties of all resources of a type.
    pub fn of_type<'t>(&'t self, kind: &str) -> Vec<(&'t str, &'t Value)> {
        let resources = self.0["Resources"].as_object().unwrap();
        let wanted = resources.iter().filter(|(_, resource)| resource["Type"] == kind);
        wanted.map(|(id, resource)| (id.as_str(), &resource["Properties"])).collect()
    }

    pub fn properties(&self, id: &str) -> &Value {
        &self.resource(id)["Properties"]
    }

    pub fn resource(&self, id: &str) -> &Value {
        let resource = &self.0["Resources"][id];
        assert!(resource.is_object(), "there is no {id}");
        resource
    }

    /// The resources that cannot be created because they wait for each other.
    pub fn waiting_for_each_other(&self) -> BTreeSet<&str> {
        let resources = self.0["Resources"].as_object().unwrap();
        let mut waiting: BTreeMap<&str, BTreeSet<String>> =
            resources.iter().map(|(id, resource)| (id.as_str(), references(resource))).collect();
        loop {
            let ready = |needs: &BTreeSet<String>| !needs.iter().any(|id| waiting.contains_key(id.as_str()));
            let created: Vec<&str> = waiting.iter().filter(|(_, needs)| ready(needs)).map(|(id, _)| *id).collect();
            if created.is_empty() {
                return waiting.into_keys().collect();
            }
            waiting.retain(|id, _| !created.contains(id));
        }
    }

    /// The key of every route, with the function that it goes to.
    pub fn routes(&self) -> BTreeMap<String, String> {
        let mut routes = BTreeMap::new();
        for (path, methods) in self.properties("HttpApi")["Body"]["paths"].as_object().unwrap() {
            for (method, route) in methods.as_object().unwrap() {
                let key = match (path.as_str(), method.as_str()) {
                    ("$default", _) => "$default".to_owned(),
                    (path, "x-amazon-apigateway-any-method") => format!("ANY {path}"),
                    (path, method) => format!("{} {path}", method.to_uppercase()),
                };
                let uri = route["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"].as_str().unwrap();
                let function = uri.split_once("functions/${").unwrap().1;
                let function = function.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap();
                let named = self.functions().into_iter().filter(|id| function.starts_with(id));
                let function = named.max_by_key(|id| id.len()).unwrap();
                assert!(routes.insert(key.clone(), function.to_owned()).is_none(), "{key} is there twice");
            }
        }
        routes
    }

    /// The one stage of the API.
    pub fn stage(&self) -> &Value {
        self.of_type("AWS::ApiGatewayV2::Stage")[0].1
    }

    pub fn rule(&self, name: &str) -> &Value {
        &self.0["Rules"][name]
    }

    pub fn has(&self, id: &str) -> bool {
        self.0["Resources"].get(id).is_some()
    }

    /// The types of all resources, with how many there are of each.
    pub fn types(&self) -> BTreeMap<&str, usize> {
        let mut types = BTreeMap::new();
        for resource in self.0["Resources"].as_object().unwrap().values() {
            *types.entry(resource["Type"].as_str().unwrap()).or_default() += 1;
        }
        types
    }

    /// The whole document.
    pub fn document(&self) -> &Value {
        &self.0
    }

    /// The default of a parameter.
    pub fn default(&self, parameter: &str) -> &Value {
        &self.0["Parameters"][parameter]["Default"]
    }

    pub fn functions(&self) -> Vec<&str> {
        self.of_type("AWS::Lambda::Function").into_iter().map(|(id, _)| id).collect()
    }

    /// The program of a function, which is called as the function is after the stack's name.
    pub fn binary(&self, id: &str) -> &str {
        let name = self.properties(id)["FunctionName"]["Fn::Sub"].as_str();
        name.and_then(|name| name.strip_prefix("${AWS::StackName}-")).unwrap_or_else(|| panic!("{id} has no name"))
    }

    /// What a function's own policy allows it.
    pub fn allowed(&self, function: &str) -> Vec<Allowed> {
        let role = self.properties(&format!("{function}Role"));
        // A function that may do nothing has no policy of its own.
        let policies = role["Policies"].as_array().into_iter().flatten();
        let statements = policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap());
        statements
            .map(|statement| {
                assert_eq!(statement["Effect"], "Allow");
                let actions = statement["Action"].as_array().unwrap();
                let actions = actions.iter().map(|action| action.as_str().unwrap().to_owned()).collect();
                let on = statement.get("Resource").unwrap_or(&statement["NotResource"]);
                Allowed { actions, on: on.to_string() }
            })
            .collect()
    }
}

pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Python with what `cargo local` installed, set up first if need be.
pub fn python() -> Command {
    let mut python = Venv::ready(&repository()).unwrap().python();
    python.env("PYTHONPATH", repository().join("local")).env("NO_PROXY", "*");
    python
}

/// The logical ids that a part of the template refers to.
fn references(part: &Value) -> BTreeSet<String> {
    match part {
        Value::Object(fields) => fields.iter().flat_map(|(name, value)| named(name, value)).collect(),
        Value::Array(values) => values.iter().flat_map(references).collect(),
        _ => BTreeSet::new(),
    }
}

fn named(function: &str, value: &Value) -> BTreeSet<String> {
    let first = |value: &Value| value.as_str().or_else(|| value[0].as_str()).unwrap_or_default().to_owned();
    match function {
        "Ref" => BTreeSet::from([first(value)]),
        "Fn::GetAtt" => first(value).split('.').next().map(ToOwned::to_owned).into_iter().collect(),
        "DependsOn" => value
            .as_array()
            .map_or_else(|| vec![first(value)], |ids| ids.iter().map(first).collect())
            .into_iter()
            .collect(),
        "Fn::Sub" => {
            let text = first(value);
            let ids = text.split("${").skip(1).filter_map(|rest| rest.split(['}', '.']).next());
            ids.map(ToOwned::to_owned).chain(references(value)).collect()
        }
        _ => references(value),
    }
}
