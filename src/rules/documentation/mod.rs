//! TR8xx: documentation. Whether a reader can find out what was counted, and where the figures come from.

pub mod methodology_missing;
pub mod revision_unmarked;
pub mod source_missing;
