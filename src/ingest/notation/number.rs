use super::super::profile::Numbers;
use super::super::value::{self, Fault};
use crate::model::{Absence, Quantity};
pub struct Reading {
    pub quantity: Quantity,
    pub footnote: Option<char>,
    pub had_separators: bool,
}
pub fn read(text: &str, _n: &Numbers) -> Result<Reading, Fault> {
    let t = text.trim();
    let ok = |quantity, had_separators| Ok(Reading { quantity, footnote: None, had_separators });
    if ["", "N/A", "--", "-"].contains(&t) {
        return ok(Quantity::Absent(Absence::NotReported), false);
    }
    if let Some(p) = t.strip_suffix('%') {
        if let Ok(n) = value::number(p) {
            return ok(Quantity::Exact(n / rust_decimal::Decimal::ONE_HUNDRED), false);
        }
    }
    match value::without_separators(t) {
        Some(plain) => ok(Quantity::Exact(value::number(&plain)?), true),
        None => ok(Quantity::Exact(value::number(t)?), false),
    }
}
