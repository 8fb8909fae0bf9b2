//! The series of a finding in one line of the terminal: `▂▂▃▃▄[▁]▃`, the period that the finding points at in
//! brackets.
//!
//! Bars stand on zero, so that a half looks like a half; a period without a number is a dot. Only findings on what a series does over
//! time have one: a sum is not seen in it.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;
use rust_decimal::prelude::ToPrimitive;

use crate::diag::{Finding, Location, grouped};
use crate::model::{Dataset, Observation};

/// A narrower terminal has none.
pub const LEAST_WIDTH: usize = 80;
/// Fewest numbers that make a line worth looking at.
const FEWEST: usize = 5;
/// Most periods in one line.
const MOST: usize = 40;
/// Bars from lowest to highest.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The figures that findings point at.
pub struct Sparklines<'d> {
    dataset: &'d Dataset,
    by_place: HashMap<Location, &'d Observation>,
}

impl<'d> Sparklines<'d> {
    /// Looks for the figures of some findings.
    pub fn new<'f>(dataset: &'d Dataset, findings: impl Iterator<Item = &'f Finding>) -> Self {
        let places: HashSet<Location> =
            findings.filter(|one| is_about_series(one)).map(|one| one.primary.location).collect();
        let by_place = if places.is_empty() {
            HashMap::new()
        } else {
            // Most figures are told to be none of them by the last bits of their place.
            let mut may_be = vec![false; 1 << 16];
            let bits = |place: Location| place.span.start as usize % (1 << 16);
            places.iter().for_each(|place| may_be[bits(*place)] = true);
            let placed = dataset.observations.par_iter().map(|one| (one.origin.location(), one));
            placed.filter(|(place, _)| may_be[bits(*place)] && places.contains(place)).collect()
        };
        Self { dataset, by_place }
    }

    /// The line of a finding; none where it is about something else, or the series is short.
    pub fn of(&self, finding: &Finding) -> Option<String> {
        let at = *self.by_place.get(&finding.primary.location).filter(|_| is_about_series(finding))?;
        let series = self.dataset.series(self.dataset.block_of(at).series);
        // One figure for each period of this length.
        let alike = self.dataset.point_ids_by_frequency(&[series]).remove(&at.period.frequency())?;
        let period = |id| self.dataset.observation(id).period;
        let marked = alike.partition_point(|id| period(id) < at.period);
        if alike.get(marked).map(period) != Some(at.period) {
            return None;
        }
        // As much before as fits, so that what came after is seen as well.
        let last = alike.len().min((marked + MOST / 2).max(MOST));
        let first = last.saturating_sub(MOST);
        let shown: Vec<&Observation> =
            (first..last).map(|place| self.dataset.observation(alike.at(place))).collect();
        let values: Vec<Option<f64>> =
            shown.iter().map(|one| one.quantity.point().and_then(|value| value.to_f64())).collect();
        let highest = values.iter().flatten().copied().fold(0.0, f64::max);
        if values.iter().flatten().count() < FEWEST || highest <= 0.0 {
            return None;
        }
        let bar = |value: Option<f64>| match value {
            Some(value) => BARS[(value / highest * 7.0).round().clamp(0.0, 7.0) as usize],
            None => '·',
        };
        let mut bars = String::new();
        for (place, value) in (first..last).zip(&values) {
            let marks = if place == marked { ("[", "]") } else { ("", "") };
            bars.push_str(marks.0);
            bars.push(bar(*value));
            bars.push_str(marks.1);
        }
        let most = shown.iter().filter_map(|one| one.quantity.point()).max().unwrap_or_default();
        Some(format!(
            "{bars} {} to {}, up to {}",
            shown[0].period,
            shown[shown.len() - 1].period,
            grouped(most)
        ))
    }
}

/// Whether a finding speaks of what a series does over time.
fn is_about_series(finding: &Finding) -> bool {
    finding.rule.code.starts_with("TR3") || finding.rule.code.starts_with("TR4")
}
