//! Measures the functions' release binaries beside the floor and the peers, all in one run, and prints the table of
//! docs/performance.md. `run` builds what it needs and starts it in a network namespace of its own.

mod aws;
mod http;
mod instructions;
mod patch;
mod process;
mod runtime_api;
mod table;
mod world;

use argon2::Block;
use process::cpu_of_this_thread;
use runtime_api::Measured;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use world::{Case, DATABASE_HOST, Variables, World, event, login_form, variables};

/// A build of the functions: what it is called in the table, and where its binaries lie.
struct Build {
    name: String,
    directory: PathBuf,
    /// What its template sets besides.
    variables: Variables,
}

struct Options {
    work: PathBuf,
    floors: PathBuf,
    builds: Vec<Build>,
    python: Option<(PathBuf, PathBuf)>,
    rounds: usize,
    events: usize,
    round_trip: Duration,
    counts_instructions: bool,
}

/// All that was measured, by variant.
#[derive(Default)]
pub struct Results {
    rounds: BTreeMap<String, Vec<Measured>>,
    /// Processor time of a bare Argon2 hash in memory that is kept, in microseconds.
    argon2: Vec<f64>,
    instructions: BTreeMap<String, instructions::Counted>,
    /// Bytes of a binary, compressed.
    sizes: BTreeMap<String, f64>,
}

fn main() {
    let options = Options::read();
    let world = Arc::new(World::new(options.round_trip));
    aws::start(&world, &options.work);
    let variants = variants(&options, &world);
    let mut results = Results::default();
    let mut memory = vec![Block::new(); world::argon2().params().block_count()];
    for round in 0..options.rounds {
        for (name, case) in shuffled(&variants, round) {
            let events = if name.ends_with("login") { options.events.div_ceil(10) } else { options.events };
            let measured = runtime_api::run(case, events, &case.command, false);
            if let Some(wrong) = measured.wrong.as_ref().filter(|_| round == 0) {
                eprintln!("{name}: {wrong}");
            }
            results.rounds.entry(name.clone()).or_default().push(measured);
        }
        let mut tag = [0; 32];
        let argon2 = world::argon2();
        let before = cpu_of_this_thread();
        argon2.hash_password_into_with_memory(b"a-long-one-42x", &[9; 16], &mut tag, &mut memory).expect("a hash");
        results.argon2.push(cpu_of_this_thread() - before);
        eprintln!("round {} of {}", round + 1, options.rounds);
    }
    for (name, case) in variants.iter().filter(|_| options.counts_instructions) {
        if ["python", "login"].iter().any(|part| name.contains(part)) {
            continue;
        }
        if let Some(counted) = instructions::count(name, case, &options.work) {
            results.instructions.insert(name.clone(), counted);
        }
    }
    for build in &options.builds {
        for function in FUNCTIONS {
            let size = compressed(&build.directory.join(function));
            results.sizes.insert(format!("{} {function}", build.name), size);
        }
    }
    let names: Vec<_> = options.builds.iter().map(|build| build.name.as_str()).collect();
    print!("{}", table::write(&results, &names));
}

const FUNCTIONS: [&str; 4] = ["reference", "ev-charging", "shop-customer", "ev-account"];

fn variants(options: &Options, world: &World) -> Vec<(String, Case)> {
    let case = |command: Vec<String>, function: &str, event: String, status: u16| {
        let mut variables = variables(function);
        variables.push(("DATABASE_HOST".to_owned(), DATABASE_HOST.to_owned()));
        Case { command, variables, event, status }
    };
    let program = |path: PathBuf| vec![path.display().to_string()];
    let token = world.token();
    let info = |token: Option<&str>| event("GET", "/user/charge/info", token, "");

    let mut variants = vec![
        ("floor".to_owned(), case(program(options.floors.join("floor")), "", info(None), 200)),
        (
            "floor database".to_owned(),
            case(program(options.floors.join("floor_database")), "", info(Some(&token)), 200),
        ),
    ];
    if let Some((python, peers)) = &options.python {
        let handler = |name: &str, with_database: bool| {
            let command = vec![python.display().to_string(), "-m".into(), "awslambdaric".into(), format!("app.{name}")];
            let mut case = case(command, "", info(Some(&token)), 200);
            case.variables.push(("PYTHONPATH".into(), peers.display().to_string()));
            case.variables.retain(|(name, _)| with_database || name != "DATABASE_HOST");
            case
        };
        variants.push(("python".to_owned(), handler("hello", false)));
        variants.push(("python database".to_owned(), handler("read", true)));
    }
    let root = std::fs::read(options.work.join("root.pem")).expect("a root certificate");
    for build in &options.builds {
        let copy = |function: &str, without_tls: bool| {
            let to = options.work.join(format!("{}-{function}{}", build.name, if without_tls { "-http" } else { "" }));
            patch::copy(&build.directory.join(function), &to, &root, without_tls);
            program(to)
        };
        let mut add = |what: &str, function: &str, without_tls: bool, event: String, status: u16| {
            let mut case = case(copy(function, without_tls), function, event, status);
            case.variables.extend(build.variables.iter().cloned());
            variants.push((format!("{} {what}", build.name), case));
        };
        add("reference", "reference", false, event("GET", "/nothing", None, ""), 404);
        add("ev-charging", "ev-charging", false, info(Some(&token)), 200);
        add("shop-customer", "shop-customer", false, event("GET", "/customer/v1/customer/1", None, ""), 401);
        add("ev-account", "ev-account", false, event("GET", "/user/detail", None, ""), 401);
        add("401", "ev-charging", true, info(None), 401);
        add("404", "ev-charging", true, event("GET", "/user/charge/nothing", None, ""), 404);
        add("database", "ev-charging", true, info(Some(&token)), 200);
        add("login", "ev-account", true, event("POST", "/u/login", None, &login_form()), 200);
    }
    variants
}

/// Each round in another order, so that what else the machine does falls on all alike.
fn shuffled(variants: &[(String, Case)], round: usize) -> Vec<&(String, Case)> {
    let mut order: Vec<_> = variants.iter().collect();
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(round as u64 + 1);
    for n in (1..order.len()).rev() {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        order.swap(n, usize::try_from(seed % (n as u64 + 1)).unwrap_or(0));
    }
    order
}

/// What a package of it weighs: gzip and zip compress alike.
fn compressed(binary: &Path) -> f64 {
    let output = std::process::Command::new("gzip").args(["-9", "-c"]).arg(binary).output().expect("gzip");
    output.stdout.len() as f64
}

impl Options {
    /// WORK FLOORS ROUNDS EVENTS MILLISECONDS VALGRIND PYTHON PEERS NAME=DIRECTORY[,VARIABLE=VALUE…]…; `run` writes them.
    fn read() -> Self {
        let arguments: Vec<_> = std::env::args().skip(1).collect();
        let [work, floors, rounds, events, round_trip, valgrind, python, peers, builds @ ..] = &arguments[..] else {
            panic!("start `bench/run`, which starts this")
        };
        let build = |build: &String| {
            let mut parts =
                build.split(',').map(|part| part.split_once('=').expect("NAME=DIRECTORY or VARIABLE=VALUE"));
            let (name, directory) = parts.next().expect("NAME=DIRECTORY");
            let variables = parts.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            Build { name: name.to_owned(), directory: directory.into(), variables }
        };
        Self {
            work: work.into(),
            floors: floors.into(),
            rounds: rounds.parse().expect("a number of rounds"),
            events: events.parse().expect("a number of events"),
            round_trip: Duration::from_millis(round_trip.parse().expect("milliseconds of a round trip")),
            counts_instructions: valgrind == "yes",
            python: (!python.is_empty()).then(|| (python.into(), peers.into())),
            builds: builds.iter().map(build).collect(),
        }
    }
}
