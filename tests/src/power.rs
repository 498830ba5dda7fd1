//! A power cut for one program: it and all that descend from it end at once, and none of them can put anything in order.

use std::process::Command;

/// Kills a process and all its descendants. Those farthest from it come first, so that none sees another one end.
pub fn cut(root: u32) {
    let mut family = vec![root];
    let processes = processes();
    let mut at = 0;
    while let Some(&parent) = family.get(at) {
        family.extend(processes.iter().filter(|(_, of)| *of == parent).map(|(child, _)| *child));
        at += 1;
    }
    let family: Vec<_> = family.iter().rev().map(ToString::to_string).collect();
    // One that has ended meanwhile is no failure.
    Command::new("kill").arg("-KILL").args(family).status().unwrap();
}

/// Every process and its parent.
fn processes() -> Vec<(u32, u32)> {
    let listed = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let pair = |line: &str| {
        let (child, parent) = line.trim().split_once(char::is_whitespace)?;
        Some((child.parse().ok()?, parent.trim().parse().ok()?))
    };
    listed.lines().filter_map(pair).collect()
}
