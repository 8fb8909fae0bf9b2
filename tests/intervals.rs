//! Sums of rounded numbers, held against vectors made with another implementation of XBRL Calculations 1.1.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::path::PathBuf;

use candor::stats::interval::{Bounds, Rounding, sum};
use rust_decimal::Decimal;
use serde_json::Value;

/// Half a step to either side, or a whole one, as the `decimals` of XBRL state the step.
fn printed(fact: &Value, rounding: Rounding) -> Bounds {
    let value: Decimal = fact[0].as_str().unwrap().parse().unwrap();
    let step = match fact[1].as_i64() {
        Some(decimals) if decimals >= 0 => Decimal::new(1, decimals as u32),
        Some(decimals) => Decimal::from(10i64.pow(-decimals as u32)),
        None => {
            assert_eq!(fact[1], "INF");
            Decimal::ZERO
        }
    };
    Bounds::printed(value, step, rounding).unwrap()
}

fn ends(bounds: Bounds) -> [Decimal; 2] {
    [bounds.low.unwrap().at, bounds.high.unwrap().at]
}

fn expected(vector: &Value, name: &str) -> [Decimal; 2] {
    [0, 1].map(|end| vector[name][end].as_str().unwrap().parse().unwrap())
}

#[test]
fn every_vector_holds() {
    let Some(folder) = std::env::var_os("CANDOR_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: CANDOR_CORPUS names no folder of published files");
        return;
    };
    let text = std::fs::read_to_string(folder.join("../data/calc11-vectors.json")).unwrap();
    let vectors: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(vectors.len(), 308);
    for vector in &vectors {
        let name = vector["name"].as_str().unwrap();
        for (rounding, mode) in [(Rounding::Nearest, "round"), (Rounding::CutOff, "truncate")] {
            let parts = vector["parts"].as_array().unwrap().iter();
            let total = printed(&vector["total"], rounding);
            let parts = sum(parts.map(|part| {
                printed(part, rounding).times(Decimal::from(part[2].as_i64().unwrap())).unwrap()
            }))
            .unwrap();
            assert_eq!(ends(parts), expected(vector, &format!("{mode}_sum")), "{name}, {mode}");
            assert_eq!(ends(total), expected(vector, &format!("{mode}_total")), "{name}, {mode}");
            assert_eq!(parts.meets(total), vector[mode].as_bool().unwrap(), "{name}, {mode}");
        }
    }
}
