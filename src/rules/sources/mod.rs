//! TR6xx: between sources.
//!
//! A platform says how many reports it sent, a clearinghouse how many it received; a table by country and a table by
//! content come from one publisher. [`comparison`] finds figures that speak of the same thing and at which scope they do
//! (a company with all its services, one of these, a country with its territories); [`verdict`] says how far they are
//! apart. Each pair is one row of the schedule `cross-source-pairs`, also where it agrees, and belongs to at most one of
//! the rules that share this look.

pub mod copied_series;
pub mod cross_source_mismatch;
pub mod one_sided_differences;
pub mod scope_mismatch;
pub mod value_explains_gap;

mod comparison;
mod explanation;
mod matter;
mod mirror;
pub mod report;
mod side;
mod verdict;
