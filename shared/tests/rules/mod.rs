//! The rule tests. Each file lists its tests once, so that the mutation check can run the very same ones.

/// A rule test and its name.
pub type Rule = (&'static str, fn());

/// Makes a test of each function, and a list of them all.
macro_rules! rules {
    ($($rule:ident),* $(,)?) => {
        pub const RULES: &[super::Rule] = &[$((stringify!($rule), $rule)),*];

        mod each {
            $(#[test] fn $rule() { super::$rule(); })*
        }
    };
}

pub mod changes;
pub mod dispatch;
pub mod expectations;
pub mod faults;
pub mod histories;
pub mod instants;
pub mod invariants;
pub mod line;
pub mod money;
pub mod packing;
pub mod placing;
pub mod play;
pub mod queue;
pub mod reference;
pub mod scenarios;
pub mod settings;
pub mod underway;

/// Every rule, the quick ones first.
pub const ALL: &[&[Rule]] = &[
    queue::RULES,
    dispatch::RULES,
    changes::RULES,
    faults::RULES,
    instants::RULES,
    money::RULES,
    settings::RULES,
    underway::RULES,
    line::RULES,
    packing::RULES,
    expectations::RULES,
    scenarios::RULES,
    placing::RULES,
    histories::RULES,
];
