//! What share of the faults a method finds at a given price in false alarms.

use std::collections::BTreeSet;

use super::fault::Fault;

/// What a method says of one cell, or of a whole group in one period.
#[derive(Debug, Clone)]
pub struct Alarm {
    /// The series.
    pub rows: Vec<usize>,
    /// The period.
    pub period: usize,
    /// How suspicious.
    pub score: f64,
    /// Whether it speaks of a group as a whole. It then counts for faults of groups only, and costs all its cells.
    pub is_group: bool,
    /// Whether another alarm holds it, so that a reader does not see it apart. It is an alarm all the same.
    pub is_within: bool,
}

impl Alarm {
    /// An alarm at one cell.
    pub fn cell(row: usize, period: usize, score: f64) -> Self {
        Self { rows: vec![row], period, score, is_group: false, is_within: false }
    }

    /// The cells that it touches.
    fn cells(&self) -> impl Iterator<Item = (usize, usize)> {
        self.rows.iter().map(|row| (*row, self.period))
    }
}

/// The lowest threshold at which a clean table has no more than so many alarmed cells: an alarm counts where
/// its score is higher. A finding that touches several cells costs each of them, and no cell costs twice.
pub fn threshold(clean: &[Alarm], cells: f64) -> f64 {
    let mut alarms: Vec<&Alarm> = clean.iter().collect();
    alarms.sort_by(|left, right| right.score.total_cmp(&left.score));
    let mut alarmed = BTreeSet::new();
    for alarm in alarms {
        alarmed.extend(alarm.cells());
        if alarmed.len() as f64 > cells {
            return alarm.score;
        }
    }
    f64::MIN_POSITIVE
}

/// Cells in 1,000 that are alarmed above a threshold.
pub fn alarms_per_thousand(clean: &[Alarm], cells: usize, threshold: f64) -> f64 {
    1000.0 * alarmed_cells(clean.iter().filter(|alarm| alarm.score > threshold)) as f64 / cells as f64
}

/// How many cells some alarms speak of.
pub fn alarmed_cells<'a>(alarms: impl Iterator<Item = &'a Alarm>) -> usize {
    alarms.flat_map(Alarm::cells).collect::<BTreeSet<(usize, usize)>>().len()
}

/// The highest score at which a fault is found: one number; for a group one a series.
pub fn scores(fault: &Fault, alarms: &[Alarm]) -> Vec<f64> {
    let highest = |is_hit: &dyn Fn(&Alarm) -> bool| {
        let hits = alarms.iter().filter(|alarm| alarm.period == fault.period && is_hit(alarm));
        hits.map(|alarm| alarm.score).fold(f64::MIN, f64::max)
    };
    if fault.is_group {
        return fault.rows.iter().map(|row| highest(&|alarm| alarm.rows.contains(row))).collect();
    }
    vec![highest(&|alarm| !alarm.is_group && alarm.rows.iter().any(|row| fault.rows.contains(row)))]
}

/// How much of one fault is found above a threshold.
pub fn found(scores: &[f64], threshold: f64) -> f64 {
    scores.iter().filter(|score| **score > threshold).count() as f64 / scores.len() as f64
}

/// Mean and its standard error.
pub fn mean(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    if values.is_empty() {
        return (0.0, 0.0);
    }
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    (mean, (variance / count).sqrt())
}
