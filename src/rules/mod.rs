//! The rules: one file each, one folder a family.
//!
//! A rule looks at the dataset and puts findings into a sink; what it may import is the data model, statistics and
//! the finding itself. To add one: write the file, name it here, add fixtures. Everything else is derived from that.

mod arithmetic;
mod breakdown;
mod claims;
mod counting;
mod coverage;
mod derived;
mod documentation;
mod explanations;
mod linked;
mod linter;
mod members;
mod missing_member;
mod readable;
mod relations;
mod sources;
mod sums;
mod time;
mod vintages;

use crate::rule::Rule;

pub use linter::allow_without_reason::RULE as ALLOW_WITHOUT_REASON;
pub use linter::expired_allow::RULE as EXPIRED_ALLOW;
pub use linter::rule_failed::RULE as RULE_FAILED;
pub use linter::stale_baseline_entry::RULE as STALE_BASELINE_ENTRY;
pub use linter::unmatched_path::RULE as UNMATCHED_PATH;
pub use linter::unused_allow::RULE as UNUSED_ALLOW;

/// Every rule, by code.
pub static RULES: &[&Rule] = &[
    &readable::unreadable_input::RULE,
    &readable::schema_violation::RULE,
    &readable::unrecognised_format::RULE,
    &readable::ragged_row::RULE,
    &readable::conflicting_duplicate::RULE,
    &readable::repeated_key::RULE,
    &readable::unparsable_value::RULE,
    &readable::mixed_number_format::RULE,
    &readable::unrendered_placeholder::RULE,
    &readable::unknown_term::RULE,
    &readable::period_label_mismatch::RULE,
    &readable::label_drift::RULE,
    &coverage::period_gap::RULE,
    &coverage::periods_disagree::RULE,
    &coverage::coverage_lost::RULE,
    &coverage::entity_split::RULE,
    &coverage::partial_year::RULE,
    &coverage::entity_missing_from_total::RULE,
    &arithmetic::sum_mismatch::RULE,
    &arithmetic::part_exceeds_whole::RULE,
    &arithmetic::rate_mismatch::RULE,
    &arithmetic::rate_out_of_range::RULE,
    &arithmetic::stock_flow_mismatch::RULE,
    &arithmetic::below_union::RULE,
    &arithmetic::derived_value_stale::RULE,
    &arithmetic::unit_mixed_column::RULE,
    &time::sharp_drop::RULE,
    &time::sharp_rise::RULE,
    &time::level_shift::RULE,
    &time::repeated_value::RULE,
    &time::repeated_block::RULE,
    &time::scale_slip::RULE,
    &time::round_among_exact::RULE,
    &time::implausibly_low::RULE,
    &time::precision_change::RULE,
    &time::imputed_value::RULE,
    &counting::bundling_suspected::RULE,
    &counting::units_compared::RULE,
    &counting::reclassification_suspected::RULE,
    &counting::definition_changed::RULE,
    &counting::series_replaced::RULE,
    &counting::granularity_changed::RULE,
    &counting::undeclared_break::RULE,
    &counting::transfer_suspected::RULE,
    &vintages::restated::RULE,
    &vintages::restated_materially::RULE,
    &vintages::rolled_back::RULE,
    &vintages::withdrawn::RULE,
    &vintages::renamed::RULE,
    &vintages::stale_after_restatement::RULE,
    &vintages::not_comparable::RULE,
    &vintages::transcription_stale::RULE,
    &sources::cross_source_mismatch::RULE,
    &sources::scope_mismatch::RULE,
    &sources::value_explains_gap::RULE,
    &sources::one_sided_differences::RULE,
    &sources::copied_series::RULE,
    &claims::claim_contradicted::RULE,
    &claims::claim_wrong_unit::RULE,
    &claims::claim_wrong_period::RULE,
    &claims::claim_uncheckable::RULE,
    &claims::claims_contradict::RULE,
    &documentation::source_missing::RULE,
    &documentation::methodology_missing::RULE,
    &documentation::revision_unmarked::RULE,
    &linter::unused_allow::RULE,
    &linter::expired_allow::RULE,
    &linter::allow_without_reason::RULE,
    &linter::stale_baseline_entry::RULE,
    &linter::unmatched_path::RULE,
    &linter::rule_failed::RULE,
];

/// The rule with this code or name.
pub fn find(word: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id.code.eq_ignore_ascii_case(word) || rule.id.name == word)
}

/// Identity of the set of rules: a hash over codes, names, levels, needs, parameters and documentation.
pub fn rule_set_hash() -> String {
    let text: String = RULES
        .iter()
        .map(|rule| {
            let parameters: Vec<String> =
                rule.parameters.iter().map(|one| format!("{}={}", one.name, one.default)).collect();
            format!(
                "{} {} {:?} {:?} {parameters:?} {}\n",
                rule.id.code, rule.id.name, rule.level, rule.needs, rule.documentation
            )
        })
        .collect();
    crate::source::sha256_hex(text.as_bytes())
}
