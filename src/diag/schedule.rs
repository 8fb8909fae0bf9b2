//! Tables that a rule lays open beside its findings.
//!
//! A finding says what differs. Whoever files a report also wants to see what was compared and agreed: every pair of
//! publishers, every claim with its verdict, every vintage. A rule puts that into a [`Schedule`], as auditors call a
//! table that stands behind a conclusion.

use rust_decimal::Decimal;

use super::Location;

/// A table of everything that a rule compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Stable name, such as `cross-source-pairs`.
    pub name: &'static str,
    /// What it lists, in a few words.
    pub title: &'static str,
    /// Names of the columns, such as `difference_percent`.
    pub columns: &'static [&'static str],
    /// The rows.
    pub rows: Vec<ScheduleRow>,
}

/// A row of a [`Schedule`].
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleRow {
    /// One entry a column.
    pub entries: Vec<Entry>,
    /// Where its figures stand in the inputs.
    pub places: Vec<Location>,
}

/// What stands in a row under one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// A number, as exact as it is known.
    Number(Decimal),
}

impl<T: Into<Self>> From<Option<T>> for Entry {
    fn from(entry: Option<T>) -> Self {
        entry.map_or(Self::Empty, Into::into)
    }
}

impl From<&str> for Entry {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Entry {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Decimal> for Entry {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Entry {
    fn from(count: usize) -> Self {
        Self::Number(Decimal::from(count))
    }
}
