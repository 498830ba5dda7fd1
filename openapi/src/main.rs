//! `cargo run -p openapi` writes docs/openapi.json and docs/errors.md. `cargo run -p openapi -- event POST /u/login` prints
//! the event with which the gateway calls the endpoint's function; `name=value` behind it replaces a sample's value, and
//! `token=…` is the session.

use openapi::event::{event, own_values, sample};
use shared::wire::Way;
use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => write_documents(),
        ["event", method, path, values @ ..] => print_event(method, path, values),
        _ => Err("usage: openapi [event METHOD PATH [name=value …]]".into()),
    }
}

fn write_documents() -> Result<(), Box<dyn Error>> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::write(docs.join("openapi.json"), openapi::text()?)?;
    fs::write(docs.join("errors.md"), openapi::errors::page())?;
    Ok(())
}

fn print_event(method: &str, path: &str, given: &[&str]) -> Result<(), Box<dyn Error>> {
    let functions = openapi::functions();
    let ways = functions.iter().flat_map(|function| function.operations.iter().map(move |one| (function, one)));
    let mut ways = ways.flat_map(|(function, one)| one.ways().into_iter().map(move |way| (function, one, way)));
    let found = ways.find(|(.., way)| *way == (method, path));
    let (function, operation, (method, path)) = found.ok_or_else(|| format!("no endpoint is {method} {path}"))?;
    let (mut values, mut token) = (own_values(operation), None);
    for pair in given {
        match pair.split_once('=').ok_or_else(|| format!("{pair} is no name=value"))? {
            ("token", value) => token = Some(value),
            (name, value) => drop(values.insert(name.to_owned(), value.into())),
        }
    }
    let event = event(function, &sample(operation, Way { method, path }, &values, token));
    #[expect(clippy::print_stdout, reason = "the event is what was asked for")]
    {
        println!("{event:#}");
    }
    Ok(())
}
