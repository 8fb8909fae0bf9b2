//! From the data model back to the canonical files: what `candor convert` writes.
//!
//! A figure keeps its series, period, digits, precision and kind of absence; where it stood in the publisher's file is
//! not kept. Figures come in the order in which they were read, so that converting the result again changes nothing.

mod document;
mod table;

use rust_decimal::Decimal;

pub use document::{json, yaml};
pub use table::csv;

use crate::model::{Absence, Quantity};

/// A figure in the parts that the canonical files have for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Parts {
    value: Option<Decimal>,
    rounded_to: Option<Decimal>,
    low: Option<Decimal>,
    high: Option<Decimal>,
    kind: Option<&'static str>,
}

/// Takes a figure apart; `None` for one that could not be read.
fn parts(quantity: &Quantity) -> Option<Parts> {
    let absent = |kind| Parts { kind: Some(kind), ..Parts::default() };
    Some(match quantity {
        Quantity::Exact(value) => Parts { value: Some(value.decimal()), ..Parts::default() },
        Quantity::Rounded(rounded) => {
            Parts { value: Some(rounded.value), rounded_to: Some(rounded.step), ..Parts::default() }
        }
        Quantity::Range(range) => Parts { low: Some(range.low), high: range.high, ..Parts::default() },
        Quantity::LowerBound(low) => {
            Parts { low: Some(**low), kind: Some("lower_bound"), ..Parts::default() }
        }
        Quantity::Absent(Absence::Suppressed) => absent("suppressed"),
        Quantity::Absent(Absence::NotReported) => absent("not_reported"),
        Quantity::Absent(Absence::NotApplicable) => absent("not_applicable"),
        Quantity::Absent(Absence::Unreadable) => return None,
    })
}
