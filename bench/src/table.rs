//! The table of docs/performance.md, in Markdown.

use crate::{Results, runtime_api::Measured};

type Of = fn(&Measured) -> f64;

/// A row: what is measured, what is wanted, and what it is compared with.
struct Row {
    what: &'static str,
    wanted: &'static str,
    variant: &'static str,
    of: Of,
    against: Against,
}

#[derive(Clone, Copy)]
enum Against {
    Floor,
    Database,
    Argon2,
    Nothing,
}

const ROWS: [Row; 12] = [
    Row {
        what: "CPU to first poll, without a table",
        wanted: "≤ 2.0 F",
        variant: "reference",
        of: |m| m.start_cpu_us,
        against: Against::Floor,
    },
    Row {
        what: "CPU to first poll, a table over TLS",
        wanted: "≤ 2.5 F",
        variant: "ev-charging",
        of: |m| m.start_cpu_us,
        against: Against::Floor,
    },
    Row {
        what: "CPU to first poll, hashes passwords",
        wanted: "≤ 2.5 F",
        variant: "ev-account",
        of: |m| m.start_cpu_us,
        against: Against::Floor,
    },
    Row {
        what: "CPU to first poll, a table and KMS",
        wanted: "≤ 3.5 F",
        variant: "shop-customer",
        of: |m| m.start_cpu_us,
        against: Against::Floor,
    },
    Row {
        what: "time to first poll, hashes passwords",
        wanted: "",
        variant: "ev-account",
        of: |m| m.start_us,
        against: Against::Floor,
    },
    Row {
        what: "first request over TLS",
        wanted: "≤ 5 ms",
        variant: "ev-charging",
        of: |m| m.first_us,
        against: Against::Nothing,
    },
    Row { what: "warm, 401", wanted: "≤ 1.6 F", variant: "401", of: |m| m.warm_us, against: Against::Floor },
    Row { what: "warm, 404", wanted: "≤ 1.6 F", variant: "404", of: |m| m.warm_us, against: Against::Floor },
    Row {
        what: "token and one read",
        wanted: "≤ 4.2 D",
        variant: "database",
        of: |m| m.warm_us,
        against: Against::Database,
    },
    Row {
        what: "CPU of the first login",
        wanted: "≤ 1.25 A",
        variant: "login",
        of: |m| m.first_cpu_us,
        against: Against::Argon2,
    },
    Row {
        what: "CPU of a warm login",
        wanted: "≤ 1.10 A",
        variant: "login",
        of: |m| m.warm_cpu_us,
        against: Against::Argon2,
    },
    Row { what: "peak memory, logins", wanted: "", variant: "login", of: |m| m.peak_kb, against: Against::Nothing },
];

pub fn write(results: &Results, builds: &[&str]) -> String {
    let least = |variant: &str, of: Of| {
        let rounds = results.rounds.get(variant)?.iter().filter(|round| round.wrong.is_none());
        rounds.map(of).filter(|value| *value > 0.0).min_by(f64::total_cmp)
    };
    let argon2 = results.argon2.iter().copied().min_by(f64::total_cmp);
    let mut lines = vec![
        format!("| measure | wanted | {} | against | Python |", builds.join(" | ")),
        format!("| --- | --- |{} --- | --- |", " --- |".repeat(builds.len())),
    ];
    for Row { what, wanted, variant, of, against } in &ROWS {
        let (letter, base) = match against {
            Against::Floor => ("F", least("floor", *of)),
            Against::Database => ("D", least("floor database", *of)),
            Against::Argon2 => ("A", argon2),
            Against::Nothing => ("", None),
        };
        let is_memory = what.contains("memory");
        let show = |value: Option<f64>| match (value, base) {
            (None, _) => "–".to_owned(),
            (Some(value), _) if is_memory => format!("{:.1} MB", value / 1e3),
            (Some(value), Some(base)) => format!("{} ({:.2} {letter})", time(value), value / base),
            (Some(value), None) => time(value),
        };
        let cells: Vec<_> = builds.iter().map(|build| show(least(&format!("{build} {variant}"), *of))).collect();
        let python = match *variant {
            "database" | "ev-charging" => show(least("python database", *of)),
            "login" => String::new(),
            _ => show(least("python", *of)),
        };
        let against = base.map(|base| format!("{letter} = {}", time(base))).unwrap_or_default();
        lines.push(format!("| {what} | {wanted} | {} | {against} | {python} |", cells.join(" | ")));
    }
    for function in crate::FUNCTIONS {
        let size = |build: &&str| {
            let bytes = results.sizes.get(&format!("{build} {function}"));
            bytes.map_or_else(|| "–".to_owned(), |bytes| format!("{:.2} MB", bytes / 1e6))
        };
        let sizes: Vec<_> = builds.iter().map(size).collect();
        lines.push(format!("| package of {function} | ≤ 4 MB | {} | | |", sizes.join(" | ")));
    }
    for (what, variant, is_start) in [
        ("instructions to first poll, a table over TLS", "ev-charging", true),
        ("instructions of a 401", "401", false),
        ("instructions of a token and one read", "database", false),
    ] {
        let count = |name: &str| {
            let counted = results.instructions.get(name)?;
            Some(if is_start { counted.start } else { counted.event })
        };
        let base = count(if variant == "database" { "floor database" } else { "floor" });
        let show = |build: &&str| match (count(&format!("{build} {variant}")), base) {
            (Some(counted), Some(base)) => format!("{:.0} k ({:.2})", counted / 1e3, counted / base),
            _ => "–".to_owned(),
        };
        let cells: Vec<_> = builds.iter().map(show).collect();
        let against = base.map(|base| format!("{:.0} k", base / 1e3)).unwrap_or_default();
        lines.push(format!("| {what} | | {} | {against} | |", cells.join(" | ")));
    }
    lines.join("\n") + "\n"
}

fn time(microseconds: f64) -> String {
    if microseconds < 1e3 { format!("{microseconds:.1} µs") } else { format!("{:.2} ms", microseconds / 1e3) }
}
