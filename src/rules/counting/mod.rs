//! TR4xx: what is being counted changed.

pub mod definition_changed;
pub mod reclassification_suspected;
pub mod units_compared;
