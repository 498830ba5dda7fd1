//! The invariants of the simulation by name. docs/charging-queue.md lists them, and tests/mutants names those that a
//! fault must break.

/// What must hold after every step of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invariant {
    /// A car is in one place.
    OnePlace,
    /// A driver and a plate have at most one live request each.
    OneRequest,
    /// Lanes and waiting areas hold no more cars than their settings allow.
    Capacity,
    /// The lower queue number comes first.
    NumberOrder,
    /// Queue numbers rise and are never reused.
    NumbersRise,
    /// What was accepted is written, and nothing else is.
    NothingLost,
    /// What is due happens.
    DueHappens,
    /// An answer agrees with what was stored at some moment of the call.
    AnswersTrue,
    /// Faults move cars as the rules say.
    FaultMoves,
    /// Metered energy is billed or still being delivered.
    MeteredBilled,
    /// A charge has one bill.
    OneBill,
    /// The detail records of a bill are right.
    BillLines,
    /// What is written never changes and exists once.
    WrittenOnce,
    /// A driver's record knows what the driver owes.
    ArrearsKnown,
    /// The rules, played by the independent model, accept what was accepted and refuse what was refused.
    Model,
    /// No handler panics.
    NoPanic,
}

impl Invariant {
    pub const ALL: [Self; 16] = [
        Self::OnePlace,
        Self::OneRequest,
        Self::Capacity,
        Self::NumberOrder,
        Self::NumbersRise,
        Self::NothingLost,
        Self::DueHappens,
        Self::AnswersTrue,
        Self::FaultMoves,
        Self::MeteredBilled,
        Self::OneBill,
        Self::BillLines,
        Self::WrittenOnce,
        Self::ArrearsKnown,
        Self::Model,
        Self::NoPanic,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnePlace => "one-place",
            Self::OneRequest => "one-request",
            Self::Capacity => "capacity",
            Self::NumberOrder => "number-order",
            Self::NumbersRise => "numbers-rise",
            Self::NothingLost => "nothing-lost",
            Self::DueHappens => "due-happens",
            Self::AnswersTrue => "answers-true",
            Self::FaultMoves => "fault-moves",
            Self::MeteredBilled => "metered-billed",
            Self::OneBill => "one-bill",
            Self::BillLines => "bill-lines",
            Self::WrittenOnce => "written-once",
            Self::ArrearsKnown => "arrears-known",
            Self::Model => "model",
            Self::NoPanic => "no-panic",
        }
    }
}

impl std::fmt::Display for Invariant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Invariant;

    #[test]
    fn the_page_about_the_queue_lists_each_invariant_once() {
        let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/charging-queue.md")).unwrap();
        for invariant in Invariant::ALL {
            assert_eq!(page.matches(&format!("| `{invariant}` |")).count(), 1, "{invariant}");
        }
    }
}
