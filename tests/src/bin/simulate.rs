//! `cargo run --release -p tests --bin simulate -- --histories N --seed S`: N histories from seed S on; without `--seed`,
//! from one that is drawn. Use `taskset` or `nice` to leave the machine to others.
#![expect(clippy::disallowed_methods, reason = "a program for people reads its own arguments and time")]

use std::{
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Instant,
};
use tests::simulation::{Violation, compare, fresh_seed, play};

const USAGE: &str = "usage: simulate [--histories N] [--seed S] [--trace] [--compare] [--first-violation]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value =
        |name: &str| arguments.iter().position(|it| it == name).and_then(|at| arguments.get(at + 1)?.parse().ok());
    if arguments.iter().any(|it| it == "--help") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let (histories, seed): (u64, u64) =
        (value("--histories").unwrap_or(500), value("--seed").unwrap_or_else(fresh_seed));
    println!("{histories} histories from seed {seed}");
    if arguments.iter().any(|it| it == "--first-violation") {
        return first_violation(histories, seed);
    }
    let comparing = arguments.iter().any(|it| it == "--compare");
    std::panic::set_hook(Box::new(|_| {}));
    let (next, failed) = (AtomicU64::new(0), AtomicU64::new(0));
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Relaxed);
                    if n >= histories {
                        return;
                    }
                    if comparing {
                        if let Err(difference) = compare(seed.wrapping_add(n)) {
                            failed.fetch_add(1, Relaxed);
                            println!("{difference}");
                        }
                        continue;
                    }
                    let played = play(seed.wrapping_add(n));
                    if n > 0 && n.is_multiple_of((histories / 20).max(1)) {
                        println!("{n} of {histories}, {} s", started.elapsed().as_secs());
                    }
                    if arguments.iter().any(|it| it == "--trace") {
                        println!("{}", played.trace.join("\n"));
                    }
                    if played.violation.is_some() {
                        failed.fetch_add(1, Relaxed);
                        println!("{played}");
                    }
                }
            });
        }
    });
    let failed = failed.into_inner();
    println!("{failed} of {histories} from seed {seed} failed, {:.1} s", started.elapsed().as_secs_f32());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Plays one history after the other, and stops at the first that violates an invariant.
fn first_violation(histories: u64, seed: u64) -> ExitCode {
    std::panic::set_hook(Box::new(|_| {}));
    for n in 0..histories {
        if let Some(Violation { invariant, text }) = play(seed.wrapping_add(n)).violation {
            println!("violated: {invariant}, history {}: {text}", n + 1);
            return ExitCode::FAILURE;
        }
    }
    println!("no violation in {histories} histories from seed {seed}");
    ExitCode::SUCCESS
}
