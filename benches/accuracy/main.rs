//! What share of known faults candor and other methods find at the same price in false alarms:
//! `cargo bench --bench accuracy`, or with seeds of your own `cargo bench --bench accuracy -- 4 5 6`.
//!
//! Faults of nine kinds, and of three more, are put into clean tables at known places (`fault`), each method ranks the
//! cells (`peer`, `candor`), and what it finds is counted at the threshold where the clean table has 10 or 50 alarms in
//! 1,000 cells (`measure`). With `--write` the tables are written to `docs/accuracy.md`.

// A benchmark prints its tables.
#![allow(clippy::print_stdout)]

mod candor;
mod clean;
mod fault;
mod measure;
mod peer;
mod report;
mod table;

use fault::{Fault, Kind, inject};
use measure::{Alarm, alarmed_cells, alarms_per_thousand, found, scores, threshold};
use rayon::prelude::*;
use table::{Random, Table};

/// Tables a kind of fault and seed.
const TABLES: usize = 30;
/// Prices at which recall is measured, in alarms per 1,000 clean cells.
pub const PRICES: [f64; 2] = [10.0, 50.0];

/// What a method alarms on in a table.
type Look = Box<dyn Fn(&Table) -> Vec<Alarm> + Sync>;

/// A method: its name, its ranking, and what it alarms on by default.
pub struct Method {
    name: &'static str,
    ranked: Look,
    shipped: Look,
}

/// All methods, candor last.
fn methods() -> Vec<Method> {
    let peer = |peer: &'static peer::Peer| Method {
        name: peer.name,
        ranked: Box::new(peer.run),
        shipped: Box::new(|table| {
            let alarms = (peer.run)(table);
            alarms.into_iter().filter(|alarm| alarm.score >= peer.default).collect()
        }),
    };
    let mut methods: Vec<Method> = peer::PEERS.iter().map(peer).collect();
    methods.push(Method {
        name: "candor",
        ranked: Box::new(candor::ranked),
        shipped: Box::new(candor::shipped),
    });
    methods
}

/// What one method reaches on one table in one view.
pub struct Result {
    method: &'static str,
    /// Per kind of fault: the scores at which each fault is found.
    faults: Vec<Vec<Vec<f64>>>,
    clean: Vec<Alarm>,
    cells: usize,
    /// Cells in known events that are alarmed as shipped.
    in_events: usize,
    /// Alarmed cells per 1,000 clean ones as shipped.
    shipped: f64,
    /// Findings that a reader sees per 1,000 clean cells as shipped: one finding may speak of many cells.
    findings: f64,
}

impl Result {
    /// The threshold at a price.
    fn threshold(&self, price: f64) -> f64 {
        self.threshold_at((price * self.cells as f64 / 1000.0).floor())
    }

    /// The threshold at which no more than so many clean cells are alarmed.
    fn threshold_at(&self, cells: f64) -> f64 {
        threshold(&self.clean, cells)
    }

    /// Alarms per 1,000 clean cells above a threshold.
    fn alarms(&self, threshold: f64) -> f64 {
        alarms_per_thousand(&self.clean, self.cells, threshold)
    }

    /// The shares found of all faults of a kind.
    fn found(&self, kind: usize, threshold: f64) -> Vec<f64> {
        self.faults[kind].iter().map(|scores| found(scores, threshold)).collect()
    }
}

/// What all methods reach on one table in one view.
pub struct Part {
    table: &'static str,
    cells: usize,
    series: usize,
    is_prospective: bool,
    results: Vec<Result>,
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut seeds: Vec<u64> = arguments.iter().filter_map(|one| one.parse().ok()).collect();
    if seeds.is_empty() {
        seeds = vec![1, 2, 3];
    }
    let mut tables = clean::published();
    tables.push(clean::calm(99));
    tables.push(clean::seasonal(98));
    tables.push(clean::swinging(97));
    if let Some(only) = arguments.iter().find_map(|one| one.strip_prefix("--only=")) {
        tables.retain(|table| table.name.contains(only));
    }
    let methods = methods();
    let mut parts = Vec::new();
    for is_prospective in [false, true] {
        for table in &tables {
            let part = measure(table, &methods, is_prospective, &seeds);
            println!("{}", report::part(&part));
            parts.push(part);
        }
    }
    println!("{}", report::transfer(&parts));
    if arguments.iter().any(|one| one == "--write") {
        std::fs::write(
            concat!(env!("CARGO_MANIFEST_DIR"), "/docs/accuracy.md"),
            report::document(&parts, &seeds, TABLES),
        )?;
    }
    Ok(())
}

/// What a method says of the clean cells of a table, or of those in known events. In the prospective view each period is
/// the newest once.
fn alarms_of(
    table: &Table,
    method: &(dyn Fn(&Table) -> Vec<Alarm> + Sync),
    is_prospective: bool,
    in_events: bool,
) -> Vec<Alarm> {
    let mut alarms = if is_prospective {
        (1..table.periods.len()).flat_map(|period| newest(table, period, method)).collect::<Vec<_>>()
    } else {
        method(table)
    };
    for alarm in &mut alarms {
        alarm.rows.retain(|row| clean::is_event(table, *row, alarm.period) == in_events);
    }
    alarms.retain(|alarm| !alarm.rows.is_empty());
    alarms
}

/// What a method says of a period when it is the newest.
fn newest(table: &Table, period: usize, method: &(dyn Fn(&Table) -> Vec<Alarm> + Sync)) -> Vec<Alarm> {
    let cut = table.up_to(period);
    let rows: Vec<usize> = (0..table.rows.len())
        .filter(|row| table.rows[*row].values[..=period].iter().any(Option::is_some))
        .collect();
    let alarms = method(&cut).into_iter().filter(|alarm| alarm.period == period);
    alarms.map(|alarm| Alarm { rows: alarm.rows.iter().map(|row| rows[*row]).collect(), ..alarm }).collect()
}

fn measure(table: &Table, methods: &[Method], is_prospective: bool, seeds: &[u64]) -> Part {
    let kinds: Vec<Kind> = Kind::NINE.into_iter().chain(Kind::FURTHER).collect();
    let faulted: Vec<Vec<(Table, Vec<Fault>)>> = kinds
        .iter()
        .enumerate()
        .map(|(kind_index, kind)| {
            let places = seeds.iter().flat_map(|seed| (0..TABLES).map(move |index| (*seed, index as u64)));
            let make = |(seed, index): (u64, u64)| {
                let mut random = Random(seed * 1_000_003 + kind_index as u64 * 10_007 + index * 101);
                inject(table, *kind, &mut random, is_prospective)
            };
            places.map(make).collect()
        })
        .collect();
    let of_method = |method: &Method| {
        let cells = clean::cells(table);
        let clean = alarms_of(table, &*method.ranked, is_prospective, false);
        let [shipped, in_events] =
            [false, true].map(|in_events| alarms_of(table, &*method.shipped, is_prospective, in_events));
        let of_kind = |tables: &Vec<(Table, Vec<Fault>)>| -> Vec<Vec<f64>> {
            let each = tables
                .par_iter()
                .map(|(faulted, faults)| look(faulted, faults, &*method.ranked, is_prospective));
            each.collect::<Vec<_>>().concat()
        };
        Result {
            method: method.name,
            faults: faulted.iter().map(of_kind).collect(),
            clean,
            cells,
            in_events: alarmed_cells(in_events.iter()),
            shipped: alarms_per_thousand(&shipped, cells, f64::MIN),
            findings: 1000.0 * shipped.iter().filter(|alarm| !alarm.is_within).count() as f64 / cells as f64,
        }
    };
    Part {
        table: table.name,
        cells: clean::cells(table),
        series: table.rows.len(),
        is_prospective,
        results: methods.iter().map(of_method).collect(),
    }
}

/// The scores at which each fault is found.
fn look(
    table: &Table,
    faults: &[Fault],
    method: &(dyn Fn(&Table) -> Vec<Alarm> + Sync),
    is_prospective: bool,
) -> Vec<Vec<f64>> {
    if is_prospective {
        return faults.iter().map(|fault| scores(fault, &newest(table, fault.period, method))).collect();
    }
    let alarms = method(table);
    faults.iter().map(|fault| scores(fault, &alarms)).collect()
}
