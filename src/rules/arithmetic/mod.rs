//! TR2xx: arithmetic, on intervals of printed precision.

pub mod part_exceeds_whole;
pub mod rate_out_of_range;
pub mod sum_mismatch;

use crate::model::{Dataset, Observation};

/// Name of what an observation is about, in a sentence.
fn name_of(dataset: &Dataset, observation: &Observation) -> String {
    let key = &dataset.series(dataset.block_of(observation).series).key;
    let subject = dataset.registry.entity_name(&key.subject);
    match key.narrowing() {
        Some(breakdown) if key.subject == key.publisher => breakdown,
        Some(breakdown) => format!("{subject}, {breakdown}"),
        None => subject.to_owned(),
    }
}
