//! TR4xx: what is being counted changed.

pub mod units_compared;
