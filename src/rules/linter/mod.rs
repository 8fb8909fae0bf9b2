//! TR9xx: the linter's own. The engine and the configuration make these findings; the rules here carry their
//! documentation, so that they are selected, explained and counted like all others.

pub mod rule_failed;
pub mod unmatched_path;
