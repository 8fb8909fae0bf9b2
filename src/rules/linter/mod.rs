//! TR9xx: the linter's own. The engine and the configuration make these findings; the rules here carry their
//! documentation, so that they are selected, explained and counted like all others.

pub mod allow_without_reason;
pub mod expired_allow;
pub mod rule_failed;
pub mod stale_baseline_entry;
pub mod unmatched_path;
pub mod unused_allow;
