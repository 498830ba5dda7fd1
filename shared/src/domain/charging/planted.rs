//! Planted bugs for the mutation check: a build without the feature `planted-bugs` folds every switch to `false`.

macro_rules! bugs {
    (rules: [$($rule:ident),* $(,)?], keeping: [$($keeping:ident),* $(,)?]) => {
        /// What can be broken on purpose; `docs/charging-engine.md` says what each one does.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Bug { $($rule,)* $($keeping,)* }

        impl Bug {
            /// In the rules themselves.
            pub const ALL: &[Self] = &[$(Self::$rule),*];
            /// In how a station is kept and served: `docs/charging-queue.md`.
            pub const KEEPING: &[Self] = &[$(Self::$keeping),*];
        }
    };
}

bugs![
    rules: [
    ArrearsMayJoin,
    BandBoundaryOneMinuteLate,
    BestThenWaitSkipsWaiting,
    BillForgetsEarlierRecords,
    CallingGoesOnWhileDisplaced,
    CancelledHeadIsFree,
    CompletionAfterEvent,
    CompletionsInReversePileOrder,
    DispatchIgnoresChargingHead,
    DispatchToFullLane,
    DisplacedCountAsWaiting,
    FaultEndsBeforeCompletions,
    FaultedAgainExtends,
    FeeRoundedPerBand,
    FullCheckedAfterCalling,
    InterruptedCarLosesEnergy,
    LateCarSlipsIntoWindow,
    LateCommandLateCompletion,
    ModeChangeKeepsArrival,
    ModeChangeRefusedWhenFull,
    NewAmountAtDeliveredRefused,
    NewAmountMayRise,
    NextHeadStartsLate,
    NumberReused,
    OverdueAtOnceIsForgiven,
    PlacingTiesToHighestPile,
    PriceChangeTouchesSession,
    PriorityByNumber,
    QuantityChangeTakesNumber,
    RecoveryIgnoresDisplaced,
    RecoveryWithoutRegrouping,
    RefusalTakesNumber,
    RunningFeeRoundedPerSegment,
    SecondLiveRequestAccepted,
    SingleTotalIsGreedy,
    TieToHighestPile,
    TimeOrderWithoutLanes,
    TotalRoundedApart,
    ZeroSegmentRecorded,
    ],
    keeping: [
    BillOverEarlierBill,
    CancelledWithoutBill,
    DriverMayJoinTwice,
    EntryOutlivesCall,
    ForeignVehicleTaken,
    LooksAtThePast,
    LostRaceIsDone,
    NamedVehicleIgnored,
    OwedForgotten,
    PlateMayJoinTwice,
    RecordsShareAnId,
    SweepFindsNothing,
    WritesOverOthers,
    ]
];

/// Whether a bug is switched on for this thread.
#[cfg(feature = "planted-bugs")]
pub fn planted(bug: Bug) -> bool {
    switch::ON.get() == Some(bug)
}

/// Nothing is planted in a build that anyone runs.
#[cfg(not(feature = "planted-bugs"))]
pub const fn planted(_: Bug) -> bool {
    false
}

#[cfg(feature = "planted-bugs")]
pub use switch::plant;

#[cfg(feature = "planted-bugs")]
mod switch {
    use std::cell::Cell;

    thread_local!(pub(super) static ON: Cell<Option<super::Bug>> = const { Cell::new(None) });

    /// Switches one bug on for this thread, or none.
    pub fn plant(bug: Option<super::Bug>) {
        ON.set(bug);
    }
}
