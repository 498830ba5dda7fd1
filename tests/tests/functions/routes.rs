//! The routes: the code declares them, the gateway and the watch router send whole prefixes. What the template has of it is in `tests/tests/template.rs`.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::{
    domain::{
        account::{Realm, Role},
        staff::{SignInStep, is_staff},
    },
    wire::{Access, Route},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::PathBuf,
};
use tests::{
    answer::Answer,
    functions::{Function, all, function_at},
    keys::look_into,
    plaza::Plaza,
    request::Request,
};

/// Method, path and function.
type Line = (String, String, String);

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn in_the_code() -> BTreeSet<Line> {
    let of = |function: &Function| {
        let line = |route: &Route| (route.method.to_owned(), route.path.to_owned(), function.name.to_owned());
        function.table.iter().map(line).collect::<Vec<_>>()
    };
    all().iter().flat_map(of).collect()
}

/// The watch router knows no methods and writes catch-alls in its own way.
fn in_the_watch_router() -> BTreeSet<(String, String)> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let router = manifest.split_once("[workspace.metadata.lambda.watch]").unwrap().1.split_once("\n]").unwrap().0;
    let quoted = |line: &str, name: &str| {
        line.split_once(&format!("{name} = \"")).map(|(_, rest)| rest.split('"').next().unwrap().to_owned())
    };
    router.lines().filter_map(|line| Some((quoted(line, "path")?, quoted(line, "function")?))).collect()
}

/// A prefix is not enough where another function has a longer one, or the same path written out.
#[test]
fn the_gateway_sends_every_route_to_the_function_that_has_it() {
    for (method, path, function) in in_the_code() {
        let called = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
        let called = called.collect::<Vec<_>>().join("/");
        assert_eq!(function_at(&called), function, "{method} {path}");
    }
}

#[test]
fn the_watch_router_has_the_paths_of_the_code() {
    let of = |function: &Function| {
        let name = function.name.to_owned();
        let paths = function.catch_all.iter().flat_map(|path| match *path {
            "$default" => vec!["/".to_owned(), "/{*rest}".to_owned()],
            path => vec![path.replace("{proxy+}", "{*rest}")],
        });
        paths.map(|path| (path, name.clone())).collect::<Vec<_>>()
    };
    assert_eq!(in_the_watch_router(), all().iter().flat_map(of).collect());
}

/// To the gateway a path is its shape: what parameters are called does not tell two routes apart.
#[test]
fn no_two_routes_collide() {
    let mut shapes = BTreeSet::new();
    for (method, path, function) in in_the_code() {
        let shape: Vec<_> = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect();
        let shape = (method, shape.join("/"));
        assert!(shapes.insert(shape.clone()), "{shape:?} of {function}");
    }
}

/// Who comes to a route: people without a session, among them some who had one that would do, and one of each role.
fn callers(plaza: &Plaza, access: Access) -> Vec<(&'static str, Option<Role>, Option<String>)> {
    let wanted = Role::ALL.into_iter().find(|role| may(access, Some(*role)).is_ok()).unwrap_or(Role::Admin);
    let spoiled = |field: &str, value: Value| {
        let token = plaza.token_of(wanted);
        let account = look_into(&token).1["sub"].as_str().unwrap().to_owned();
        let mut record =
            plaza.database.item(&format!("ACCOUNT#{}#{account}", wanted.realm().as_str()), "SESSIONS").unwrap();
        record[field] = value;
        plaza.database.put(&record);
        Some(token)
    };
    let expired = plaza.token_of(wanted);
    plaza.watch.advance(SignedDuration::from_hours(13));
    let mut callers = vec![
        ("no-session", None, None),
        ("garbage", None, Some("header.claims.signature".to_owned())),
        ("expired", None, Some(expired)),
        ("disabled", None, spoiled("enabled", json!({"BOOL": false}))),
        ("signed-out", None, spoiled("live", json!({"M": {}}))),
        ("unconfirmed", None, Some(unconfirmed(plaza))),
    ];
    callers.extend(Role::ALL.map(|role| (role.as_str(), Some(role), Some(plaza.token_of(role)))));
    callers
}

/// An administrator whom no second one has confirmed, with a session that an earlier state of the account opened.
fn unconfirmed(plaza: &Plaza) -> String {
    plaza.token_for(Role::Admin, "unconfirmed", &json!({"enabled": {"BOOL": false}}), 12 * 3600)
}

/// Staff whose sign-in has this step left.
fn unfinished(plaza: &Plaza, role: Role, step: SignInStep) -> String {
    let name = if step == SignInStep::Password { "password" } else { "second-factor" };
    let ends = (plaza.watch.now().as_second() + 900).to_string();
    let left = json!({"M": {"id": {"S": "session"}, "ends": {"N": ends}, "step": {"S": name}}});
    plaza.token_for(role, name, &json!({"live": {"M": {}}, "unfinished": left}), 12 * 3600)
}

/// What the rule of the route says about a caller. No session stands for a signature (`Access::Signed`).
fn may(access: Access, caller: Option<Role>) -> Result<(), u16> {
    match (access, caller) {
        (Access::Public | Access::Known(_), _) => Ok(()),
        (Access::SignedIn(realms), Some(role)) if realms.contains(&role.realm()) => Ok(()),
        (Access::Roles(roles), Some(role)) if roles.contains(&role) => Ok(()),
        (Access::SignedIn(_) | Access::Roles(_), Some(_)) => Err(403),
        _ => Err(401),
    }
}

async fn call(plaza: &Plaza, function: &str, method: &str, path: &str, token: Option<&str>) -> Answer {
    let method: Method = method.parse().unwrap();
    let request = Request::new(method, &path.replace("{zone}", "ac1").replace(['{', '}'], ""));
    plaza.send(function, token.map_or(request.clone(), |token| request.bearer(token))).await
}

/// What a caller gets: let in, 401, or 403.
fn cell(expected: Result<(), u16>) -> &'static str {
    match expected {
        Ok(()) => " +",
        Err(401) => " 1",
        Err(_) => " 3",
    }
}

/// The longest line of the snapshot.
const WIDTH: usize = 120;
/// Where the cells begin.
const CELLS: usize = 70;

/// Each route × each caller, by rule; the snapshot shows a reviewer what a change opens or closes. A new kind of caller is a
/// line in [`callers`] and a column here.
#[tokio::test]
async fn every_route_admits_exactly_the_callers_of_its_rule() {
    let (mut groups, mut columns) = (BTreeMap::<String, BTreeSet<String>>::new(), BTreeSet::new());
    for function in all() {
        for route in &function.table {
            let plaza = Plaza::open();
            let mut line = format!("{:<CELLS$}", format!("{:<6} {}", route.method, route.path));
            let callers = callers(&plaza, route.access);
            let mut names: Vec<_> = callers.iter().map(|(name, ..)| *name).collect();
            for (name, role, mut token) in callers {
                if role == Some(Role::Driver) {
                    token = Some(plaza.driver("wyc2002").await.token);
                }
                let answer = call(&plaza, function.name, route.method, route.path, token.as_deref()).await;
                let (status, expected) = (answer.status.as_u16(), may(route.access, role));
                match expected {
                    Ok(()) => assert!(status != 401 && status != 403, "{route:?} shuts out {name}: {status}"),
                    Err(refusal) => assert_eq!(status, refusal, "{route:?} and {name}"),
                }
                line.push_str(cell(expected));
            }
            for (name, step) in
                [("first-password", SignInStep::Password), ("no-second-factor", SignInStep::SecondFactor)]
            {
                let role = Role::ALL.into_iter().filter(|role| is_staff(role.realm()));
                let role = role.into_iter().find(|role| may(route.access, Some(*role)).is_ok()).unwrap_or(Role::Admin);
                let token = unfinished(&plaza, role, step);
                let answer = call(&plaza, function.name, route.method, route.path, Some(&token)).await;
                let expected = match may(route.access, Some(role)) {
                    Ok(()) if is_open(route) || route.step == Some(step) => Ok(()),
                    Ok(()) => Err(403),
                    refused => refused,
                };
                let status = answer.status.as_u16();
                match expected {
                    Ok(()) => assert!(status != 401 && status != 403, "{route:?} shuts out {name}: {status}"),
                    Err(refusal) => assert_eq!(status, refusal, "{route:?} and {name}"),
                }
                names.push(name);
                line.push_str(cell(expected));
            }
            columns.insert(names);
            groups.entry(format!("{:?}", route.access)).or_default().insert(line);
        }
    }
    let [columns] =
        <[_; 1]>::try_from(columns.into_iter().collect::<Vec<_>>()).expect("every route has the same callers");
    let matrix = written(&columns, &groups);
    assert_eq!(matrix.lines().find(|line| line.chars().count() > WIDTH), None);
    insta::assert_snapshot!("matrix", matrix);
}

/// The groups, each under its rule, with the letters of the columns above.
fn written(columns: &[&str], groups: &BTreeMap<String, BTreeSet<String>>) -> String {
    let letters: Vec<_> = ('A'..).take(columns.len()).map(|letter| format!(" {letter}")).collect();
    let letters = letters.concat();
    let mut matrix = "+ let in, 1 refused with 401, 3 refused with 403\n".to_owned();
    for (letter, name) in ('A'..).zip(columns) {
        writeln!(matrix, "{letter} {name}").unwrap();
    }
    for (rule, lines) in groups {
        writeln!(matrix, "\n{rule:<CELLS$}{letters}").unwrap();
        for line in lines {
            writeln!(matrix, "{line}").unwrap();
        }
    }
    matrix
}

/// Routes that take no session, or need none.
fn is_open(route: &Route) -> bool {
    matches!(route.access, Access::Public | Access::Known(_))
}

#[test]
fn no_rule_names_a_realm_or_role_that_cannot_come() {
    for route in all().iter().flat_map(|function| function.table.clone()) {
        match route.access {
            Access::Public | Access::Signed => {}
            Access::Known(realms) | Access::SignedIn(realms) => {
                assert!(!realms.is_empty() && realms.iter().all(|r| Realm::ALL.contains(r)));
            }
            Access::Roles(roles) => assert!(!roles.is_empty(), "{route:?}"),
        }
    }
}
