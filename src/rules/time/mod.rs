//! TR3xx: a series over time. Whether a figure fits what came before and after, and what peers do.

mod change;
mod explanation;
mod report;

pub mod implausibly_low;
pub mod repeated_value;
pub mod sharp_drop;
pub mod sharp_rise;
