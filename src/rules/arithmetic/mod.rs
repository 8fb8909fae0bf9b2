//! TR2xx: arithmetic, on intervals of printed precision.

pub mod below_union;
pub mod derived_value_stale;
mod learned;
pub mod part_exceeds_whole;
pub mod rate_mismatch;
pub mod rate_out_of_range;
pub mod stock_flow_mismatch;
pub mod sum_mismatch;
pub mod unit_mixed_column;

use crate::model::{Dataset, Observation};

/// Name of what an observation is about, in a sentence.
pub fn name_of(dataset: &Dataset, observation: &Observation) -> String {
    let key = &dataset.series(dataset.block_of(observation).series).key;
    let subject = dataset.registry.entity_name(&key.subject);
    match key.narrowing() {
        Some(breakdown) if key.subject == key.publisher => breakdown,
        Some(breakdown) => format!("{subject}, {breakdown}"),
        None => subject.to_owned(),
    }
}
