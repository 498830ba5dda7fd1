//! The `--table` view of a scenario: the station row by row, and figures for comparing two layouts.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::scenario::{Answer, PileAnswer, Played, RowAnswer, Scenario};
use shared::domain::charging::{Mode, Moment, PileId, RequestId, What};
use shared::domain::money::Fen;

pub fn draw(scenario: &Scenario, played: &Played) -> String {
    let answer = Answer::of(scenario, played);
    let mut grid = vec![heading(&answer)];
    grid.extend(answer.rows.iter().map(line));
    let mut text = columns(&grid);
    text.push('\n');
    text += &summary(scenario, played, &answer);
    text
}

fn heading(answer: &Answer) -> Vec<String> {
    let piles = answer.rows.first().map(|row| row.state.piles.iter().map(|(id, _)| id.clone()));
    let first = ["time", "event", "outcome"].map(str::to_owned).into_iter();
    first.chain(piles.into_iter().flatten()).chain(["displaced".to_owned(), "waiting".to_owned()]).collect()
}

fn line(row: &RowAnswer) -> Vec<String> {
    let waiting = row.state.waiting.iter().map(|car| format!("{}:{} {}", car.mode, car.car, car.kwh));
    let queue = &row.state.fault_queue;
    let displaced = queue.fast.iter().chain(&queue.slow).map(|car| format!("{} {}", car.car, car.remaining_kwh));
    let mut cells = vec![row.time.clone(), row.event.clone().unwrap_or_default(), row.outcome.clone()];
    cells.extend(row.state.piles.iter().map(|(_, pile)| lane(pile)));
    cells.push(joined(displaced));
    cells.push(joined(waiting));
    cells
}

/// The charging car with its energy and fee so far, then the others.
fn lane(pile: &PileAnswer) -> String {
    if pile.state == "FAULT" {
        return "FAULT".to_owned();
    }
    joined(pile.cars.iter().enumerate().map(|(place, car)| match place {
        0 => format!("{} {} ¥{}", car.car, car.kwh, car.fee),
        _ => car.car.clone(),
    }))
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { "-".to_owned() } else { parts.join(", ") }
}

fn columns(grid: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = grid.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..grid.first().map_or(0, Vec::len)).map(width).collect();
    let mut text = String::new();
    for row in grid {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn summary(scenario: &Scenario, played: &Played, answer: &Answer) -> String {
    let records = answer.detail_records.iter().map(|record| {
        [&record.car, &record.pile, &record.start, &record.stop, &record.kwh, &record.total_fee]
            .map(String::clone)
            .into()
    });
    let heading = ["car", "pile", "start", "stop", "kWh", "yuan"].map(str::to_owned).into();
    let mut text = columns(&std::iter::once(heading).chain(records).collect::<Vec<_>>());
    text.push('\n');
    for (pile, share) in utilisation(scenario, played) {
        let _ = writeln!(text, "{pile}  busy {}.{} % of the time", share / 10, share % 10);
    }
    let mut waits = waits(played);
    waits.sort_unstable();
    let (median, longest) = (waits.get(waits.len().saturating_sub(1) / 2), waits.last());
    let shown = |wait: Option<&i64>| wait.map_or("none".to_owned(), |millis| minutes(*millis));
    let _ = writeln!(text, "waiting before charging: median {}, longest {}", shown(median), shown(longest));
    let _ = writeln!(text, "all done at {}", answer.all_done_at.as_deref().unwrap_or("never"));
    let income: Fen = played.records().map(|record| record.total).sum();
    let _ = writeln!(text, "income {income} yuan");
    text
}

/// For each pile, the share of the time in which it charged, in thousandths.
fn utilisation(scenario: &Scenario, played: &Played) -> Vec<(PileId, i64)> {
    let settings = &scenario.parameters.settings;
    let start = scenario.parameters.start;
    let end = played.facts.iter().map(|fact| fact.at).max().unwrap_or(start);
    let whole = millis(start, end).max(1);
    let busy = |pile: PileId| -> i64 {
        let segments = played.records().filter(|record| record.pile == pile);
        segments.map(|record| millis(record.start, record.stop)).sum()
    };
    let piles = Mode::BOTH.into_iter().flat_map(|mode| (1..=settings.piles(mode)).map(move |n| PileId { mode, n }));
    piles.map(|pile| (pile, (busy(pile) * 1000 + whole / 2) / whole)).collect()
}

/// The time from each request to its first start.
fn waits(played: &Played) -> Vec<i64> {
    let mut first: BTreeMap<RequestId, i64> = BTreeMap::new();
    for fact in &played.facts {
        if let What::Started { ticket, .. } = &fact.what {
            first.entry(ticket.request).or_insert_with(|| millis(ticket.applied_at, fact.at));
        }
    }
    first.into_values().collect()
}

fn millis(from: Moment, to: Moment) -> i64 {
    to.floor_millis() - from.floor_millis()
}

fn minutes(millis: i64) -> String {
    let minutes = (millis + 30_000) / 60_000;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}
