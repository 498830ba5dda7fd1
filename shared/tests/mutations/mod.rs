//! The mutation check: every planted bug, switched on in the real engine, makes some rule test fail.

use std::panic::{catch_unwind, set_hook, take_hook};

use shared::domain::charging::planted::{Bug, plant};

use crate::rules::ALL;

/// The first rule that fails while a bug is planted in this thread.
fn caught_by(bug: Bug) -> Option<&'static str> {
    plant(Some(bug));
    let caught = ALL.iter().flat_map(|rules| rules.iter()).find(|(_, rule)| catch_unwind(rule).is_err());
    plant(None);
    caught.map(|(name, _)| *name)
}

#[test]
fn every_planted_bug_is_caught() {
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let mut results: Vec<(Bug, Option<&str>)> = Vec::new();
    for bug in Bug::ALL {
        let caught = caught_by(*bug);
        println!("{bug:?}: {}", caught.unwrap_or("NOT CAUGHT"));
        results.push((*bug, caught));
    }
    set_hook(hook);
    let missed: Vec<&Bug> = results.iter().filter(|(_, caught)| caught.is_none()).map(|(bug, _)| bug).collect();
    assert!(missed.is_empty(), "not caught: {missed:?}");
    assert!(results.len() >= 25);
}
