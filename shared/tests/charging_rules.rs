//! Every sentence of the charging rules, as a test named for it. `tests/mutants` shows that they notice faults.

#![expect(
    clippy::unwrap_used,
    clippy::format_push_string,
    reason = "a test stops at the first surprise, and need not be quick"
)]

mod rules;
