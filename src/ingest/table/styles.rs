//! How the numbers of each column are written.

use std::collections::BTreeMap;

use crate::source::{Cell, Span};

/// Where a number stands.
pub type Place = (Span, Option<Cell>);

/// Numbers from 1,000 on in one column.
#[derive(Debug, Clone, Default)]
struct Column {
    with_separators: usize,
    without: usize,
    first_with: Option<Place>,
    first_without: Option<Place>,
}

/// Counts how the numbers of each column are written.
#[derive(Debug, Clone, Default)]
pub struct Styles {
    columns: BTreeMap<usize, Column>,
}

/// A column whose numbers are written in two ways.
#[derive(Debug)]
pub struct Mixed {
    pub column: usize,
    pub message: String,
    /// The first number of those that are fewer.
    pub place: Place,
}

impl Styles {
    /// Counts a number.
    pub fn count(&mut self, column: usize, text: &str, has_separators: bool, place: Place) {
        if !has_separators && !is_four_digits(text) {
            return;
        }
        let column = self.columns.entry(column).or_default();
        if has_separators {
            column.with_separators += 1;
            column.first_with.get_or_insert(place);
        } else {
            column.without += 1;
            column.first_without.get_or_insert(place);
        }
    }

    /// Adds those of rows further down.
    pub fn add(&mut self, later: Self) {
        for (column, later) in later.columns {
            let column = self.columns.entry(column).or_default();
            column.with_separators += later.with_separators;
            column.without += later.without;
            column.first_with = column.first_with.or(later.first_with);
            column.first_without = column.first_without.or(later.first_without);
        }
    }

    /// Whether all numbers have separators, or none has, with the place of the first; `None` where there are both, or no
    /// number.
    pub fn uniform(&self) -> Option<(bool, Place)> {
        let with = self.columns.values().filter_map(|column| column.first_with).min_by_key(|place| place.0);
        let without =
            self.columns.values().filter_map(|column| column.first_without).min_by_key(|place| place.0);
        match (with, without) {
            (Some(place), None) => Some((true, place)),
            (None, Some(place)) => Some((false, place)),
            _ => None,
        }
    }

    /// Columns with both ways.
    pub fn mixed(self) -> impl Iterator<Item = Mixed> {
        self.columns.into_iter().filter_map(|(number, column)| {
            let (with, without) = (column.first_with?, column.first_without?);
            let all = column.with_separators + column.without;
            let (fewer, place, how) = if column.with_separators <= column.without {
                (column.with_separators, with, "with")
            } else {
                (column.without, without, "without")
            };
            let verb = if fewer == 1 { "is" } else { "are" };
            let message =
                format!("{fewer} of {all} numbers from 1,000 on {verb} written {how} thousands separators");
            Some(Mixed { column: number, message, place })
        })
    }
}

/// Whether a text is a number from 1,000 on, without separators.
fn is_four_digits(text: &str) -> bool {
    let unsigned = text.trim().trim_start_matches('-').as_bytes();
    let digits = unsigned.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 3 && matches!(unsigned.get(digits), None | Some(b'.'))
}
