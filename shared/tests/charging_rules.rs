//! Every sentence of the charging rules, as a test named for it; and with the feature `planted-bugs`, the check that
//! these tests would notice.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::format_push_string,
    reason = "a test stops at the first surprise, and need not be quick"
)]

#[cfg(feature = "planted-bugs")]
mod mutations;
mod rules;

#[test]
fn no_two_rules_have_the_same_name() {
    let mut names: Vec<&str> = rules::ALL.iter().flat_map(|rules| rules.iter().map(|(name, _)| *name)).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}
