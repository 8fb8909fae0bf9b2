//! TR4xx: what is being counted changed.

pub mod definition_changed;
pub mod units_compared;
