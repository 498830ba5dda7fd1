//! Answers against what was written: a caller with a success has it, a caller with a refusal has nothing, and a caller who looks
//! sees the station as it was at some moment of the looking.

use super::{
    Invariant, Violation,
    meter::{Outside, energy, pile_name},
    operations::{ClientAnswer, MODES, Op},
    post::{Message, Poison},
    reference::Reference,
    world::World,
};
use serde_json::Value;

impl World {
    pub fn check_answer(&self, n: usize, heard: &ClientAnswer) -> Result<(), Violation> {
        let doing = &self.doings[n];
        match (&doing.op, heard) {
            (Op::Apply(order), ClientAnswer::Done(number)) => {
                let first = order.key.as_ref().and_then(|key| self.answers.get(&(order.driver, key.clone())));
                let own = doing.accepted.as_ref();
                let first = first.filter(|(asked, _)| asked == order).map(|(_, first)| first);
                if own.or(first) == Some(number) {
                    Ok(())
                } else {
                    Violation::of(Invariant::NothingLost, format!("#{n} was told {number}, and {own:?} was written"))
                }
            }
            (Op::Modify { .. }, ClientAnswer::Done(number))
                if doing.accepted.as_ref().is_some_and(|own| own != number) =>
            {
                Violation::of(
                    Invariant::NumbersRise,
                    format!("#{n} was told {number}, and {:?} was written", doing.accepted),
                )
            }
            (Op::Modify { .. } | Op::Cancel { .. } | Op::Fail { .. } | Op::Recover { .. }, ClientAnswer::Done(_))
                if !doing.wrote =>
            {
                Violation::of(Invariant::NothingLost, format!("#{n} was told that it is done, and nothing was written"))
            }
            (Op::Apply(_) | Op::Modify { .. }, ClientAnswer::Refused(why)) if doing.accepted.is_some() => {
                Violation::of(
                    Invariant::NothingLost,
                    format!("#{n} was refused ({why}), and {:?} was written", doing.accepted),
                )
            }
            (Op::Info { driver }, ClientAnswer::Seen(seen)) => self.check_look(n, *driver, Some(seen)),
            (Op::Info { driver }, ClientAnswer::Refused(_)) => self.check_look(n, *driver, None),
            (Op::Fees { driver }, ClientAnswer::Seen(seen)) => self.check_fees(n, *driver, seen),
            (_, ClientAnswer::Refused(why)) => self.check_refusal(n, why),
            (Op::Deliver(messages), ClientAnswer::Failed(failed)) => {
                // While the table cannot be read, a station that does not exist cannot be told from one that does. Such a
                // message rightly comes again, and is quarantined the next time.
                let may_come_again = |poison| poison == Poison::NoStation && self.met_fault(n);
                let wrong = |message: &&Message| message.poison.is_some_and(|poison| !may_come_again(poison));
                match messages.iter().filter(|message| failed.contains(&message.id)).find(wrong) {
                    Some(poison) => Violation::of(Invariant::Model, format!("poison is tried again: {}", poison.id)),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// Some moment of the call shows exactly this.
    fn check_look(&self, n: usize, driver: usize, seen: Option<&Value>) -> Result<(), Violation> {
        let mut wanted = Vec::new();
        for live in &self.lives[driver] {
            let Some(live) = live else {
                wanted.push(None);
                continue;
            };
            let house = &self.houses[live.house];
            for (moment, settled) in &house.moments {
                let then = house.outside.at(moment, self.doings[n].now.max(*settled));
                wanted.push(look(&house.outside, &then, house.outside.cars[&live.request]));
                // A car of this step was not there before.
                if !moment.cars.contains_key(&house.outside.cars[&live.request]) {
                    wanted.push(None);
                }
            }
        }
        let seen = seen.map(said);
        if wanted.contains(&seen) {
            return Ok(());
        }
        Violation::of(Invariant::AnswersTrue, format!("#{n} saw {seen:?}, and it was one of {wanted:?}"))
    }
}

/// Number, status, pile, energy and fee in one line.
fn look(outside: &Outside, reference: &Reference, car: usize) -> Option<String> {
    let state = reference.cars.get(&car)?;
    let mode = state.mode;
    let lane = reference.piles[mode].iter().position(|pile| pile.lane.contains(&car));
    let (mut got, mut fees) = (state.got, [0, 0]);
    for (_, mode, _, start, stop) in reference.segments.iter().filter(|segment| segment.0 == car) {
        let part = outside.fees(reference, *mode, *start, *stop);
        fees = [fees[0] + part[0], fees[1] + part[1]];
    }
    let status = match lane {
        Some(pile) if reference.piles[mode][pile].lane[0] == car => {
            let since = reference.piles[mode][pile].since;
            got += (reference.now - since) * reference.layout.power[mode];
            let part = outside.fees(reference, mode, since, reference.now);
            fees = [fees[0] + part[0], fees[1] + part[1]];
            "charging"
        }
        Some(_) => "called",
        None if reference.displaced[mode].contains(&car) => "displaced",
        None => "waiting",
    };
    let number = format!("{}{}", ["F", "T"][mode], state.number);
    let pile = lane.map(|pile| pile_name(mode, pile)).unwrap_or_default();
    let [charging, service, total] = [fees[0], fees[1], fees[0] + fees[1]].map(yuan);
    let got = energy(reference, got);
    Some(format!("{number} {} {status} {pile} {got} {charging} {service} {total}", MODES[mode]))
}

fn said(seen: &Value) -> String {
    let field = |name: &str| seen[name].as_str().unwrap_or_default();
    let line =
        ["queue_num", "charging_type", "status", "pile", "charged_power", "charging_fee", "service_fee", "total_fee"];
    line.map(field).join(" ")
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}
