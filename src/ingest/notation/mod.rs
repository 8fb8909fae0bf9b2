//! Figures and periods as publishers write them.
//!
//! One publisher prints `20,800,000`, `4%-5%` and `N/A` in one column, another `15,935*` or `920793.0`; periods are
//! `Jul-Sep 2020`, `2021 H2` or a file name. [`number::read`] and [`period::read`] turn such texts into the model's
//! quantities and periods. How a publisher writes them is data, kept in a [`NumberNotation`] and a [`PeriodContext`], so
//! that a profile can state it; where nobody has stated it, [`Evidence`] of a whole column may settle what a comma means.
//! Nothing here guesses: a text that can be read in two ways is a [`Fault`], or no period.

pub mod evidence;
pub mod number;
pub mod period;

pub use super::value::Fault;
pub use evidence::{Evidence, Verdict};
pub use number::{GridStep, NumberNotation, Reading, Shares};
pub use period::PeriodContext;
