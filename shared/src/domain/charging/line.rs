//! The waiting line of one mode: its count, its next number, who is live, and only the front of it in full.

use std::collections::VecDeque;

use super::live::Live;
use super::moment::Moment;
use super::number::{DriverId, Mode, Number, RequestId, Ticket};
use crate::domain::energy::Energy;

/// How many waiting cars of a mode a station knows in full at the most. Every waiting car is also an entry of its own in
/// the store, so a station may forget as much of its windows as it likes.
pub const WINDOW: usize = 32;

/// A car in the waiting area.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiting {
    pub ticket: Ticket,
    pub asked: Energy,
    /// The order of arrival over both modes; a mode change is a new arrival.
    pub arrival: u32,
    /// Whether the store keeps an entry of its own for it; it does for every car that waits.
    pub own_entry: bool,
}

/// Which entries of the line are wanted: the lowest live numbers after `after`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wanted {
    pub mode: Mode,
    pub after: u32,
    pub at_least: usize,
}

/// Entries that are not the next live numbers of the line; taking them would break the order of calling.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the line holds {expected} next, which was not among the entries")]
pub struct Gap {
    pub expected: Number,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub(super) mode: Mode,
    pub(super) last_number: u32,
    pub(super) live: Live,
    pub(super) window: VecDeque<Waiting>,
}

/// What a car brings when it takes a number.
pub(super) struct Arrival {
    pub request: RequestId,
    pub driver: DriverId,
    pub plate: Box<str>,
    pub applied_at: Moment,
    pub asked: Energy,
}

impl Line {
    pub fn new(mode: Mode) -> Self {
        Self { mode, last_number: 0, live: Live::default(), window: VecDeque::new() }
    }

    /// How many wait, window or not.
    pub fn count(&self) -> u32 {
        self.live.count()
    }

    /// The front of the line, by number.
    pub fn window(&self) -> impl ExactSizeIterator<Item = &Waiting> + DoubleEndedIterator {
        self.window.iter()
    }

    /// How many stand behind the window.
    pub fn behind(&self) -> usize {
        self.count() as usize - self.window.len()
    }

    /// Whether this number waits, in the window or behind it.
    pub fn waits(&self, n: u32) -> bool {
        self.live.contains(n)
    }

    /// The numbers that wait, in the order in which they are called.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        std::iter::successors(self.live.next_after(0), |n| self.live.next_after(*n))
    }

    /// The stretch of numbers to read for `at_least` cars behind the window, as far as there are so many.
    pub fn stretch(&self, at_least: usize) -> Option<(u32, u32)> {
        let mut next = self.live.next_after(self.last_in_window());
        let first = next?;
        let mut last = first;
        for _ in 0..at_least {
            let Some(n) = next else { break };
            last = n;
            next = self.live.next_after(n);
        }
        Some((first, last))
    }

    pub fn numbers_given(&self) -> u32 {
        self.last_number
    }

    /// How many cars of the line are called before this number.
    pub fn ahead_of(&self, n: u32) -> u32 {
        self.live.below(n)
    }

    /// Numbers rise by one and are never reused.
    pub(super) fn join(&mut self, car: Arrival, arrival: u32) -> Waiting {
        let behind = self.window.len() >= WINDOW || self.behind() > 0;
        self.last_number += 1;
        let Arrival { request, driver, plate, applied_at, asked } = car;
        let number = Number { mode: self.mode, n: self.last_number };
        let ticket = Ticket { request, driver, plate, number, applied_at };
        let waiting = Waiting { ticket, asked, arrival, own_entry: true };
        self.live.push(number.n);
        if !behind {
            self.window.push_back(waiting.clone());
        }
        waiting
    }

    /// The car with the lowest number, unless it stands behind the window.
    pub(super) fn front(&self) -> Option<&Waiting> {
        self.window.front()
    }

    pub(super) fn position(&self, request: RequestId) -> Option<usize> {
        self.window.iter().position(|waiting| waiting.ticket.request == request)
    }

    /// Changes the amount of a car in the window; an entry of its own is the store's to change.
    pub(super) fn set_asked(&mut self, n: u32, asked: Energy) {
        if let Some(waiting) = self.window.iter_mut().find(|waiting| waiting.ticket.number.n == n) {
            waiting.asked = asked;
        }
    }

    pub(super) fn take(&mut self, position: usize) -> Option<Waiting> {
        let waiting = self.window.remove(position)?;
        self.live.remove(waiting.ticket.number.n);
        Some(waiting)
    }

    /// Whether an entry that the caller brought still waits behind the window.
    pub(super) fn holds_behind(&self, entry: &Waiting) -> bool {
        let number = entry.ticket.number;
        number.mode == self.mode && number.n > self.last_in_window() && self.live.contains(number.n)
    }

    pub(super) fn drop_behind(&mut self, entry: &Waiting) {
        self.live.remove(entry.ticket.number.n);
    }

    /// What a store would have to read for the window to hold `at_least` cars, as far as there are so many.
    pub fn wanted(&self, at_least: usize) -> Option<Wanted> {
        let at_least = at_least.min(self.count() as usize);
        if self.window.len() >= at_least {
            return None;
        }
        let next = self.live.next_after(self.last_in_window())?;
        Some(Wanted { mode: self.mode, after: next - 1, at_least })
    }

    /// Takes entries into the window, in order. Entries that no longer wait are passed over; a gap is refused.
    pub fn refill(&mut self, entries: impl IntoIterator<Item = Waiting>, room: usize) -> Result<(), Gap> {
        for entry in entries {
            let n = entry.ticket.number.n;
            if self.window.len() >= room.max(WINDOW) {
                break;
            }
            if !self.holds_behind(&entry) {
                continue;
            }
            match self.live.next_after(self.last_in_window()) {
                Some(expected) if expected != n => {
                    return Err(Gap { expected: Number { mode: self.mode, n: expected } });
                }
                _ => self.window.push_back(Waiting { own_entry: true, ..entry }),
            }
        }
        Ok(())
    }

    /// Keeps only the first of the window; the others stand behind it from now on.
    pub(super) fn keep(&mut self, most: usize) {
        self.window.truncate(most);
    }

    /// Forgets the cars behind the window, for looking ahead with what is known.
    pub(super) fn cut_behind_window(&mut self) {
        let mut live = Live::default();
        self.window.iter().for_each(|waiting| live.push(waiting.ticket.number.n));
        self.live = live;
    }

    /// The highest number in the window; a car behind it has a higher one.
    fn last_in_window(&self) -> u32 {
        self.window.back().map_or(0, |waiting| waiting.ticket.number.n)
    }
}
