//! Median and median absolute deviation, with and without one of the values.
//!
//! Leaving out the value under test matters on short series: with four values the faulty one itself inflates every
//! measure of spread. [`LeaveOneOut`] gives both measures for every value left out, in `O(n log n)` for all of them:
//! removing one of `n` sorted values leaves at most three different medians, and for each of these the sorted
//! distances are made once.

/// Makes a median absolute deviation comparable with a standard deviation: 1 / Φ⁻¹(3/4) (Hampel 1974).
pub const NORMAL_CONSISTENCY: f64 = 1.4826;

/// Median; 0 for no values. The slice need not be sorted.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    median_without(&sorted, None)
}

/// Median absolute deviation from the median, times [`NORMAL_CONSISTENCY`]; 0 for no values.
pub fn deviation(values: &[f64]) -> f64 {
    let centre = median(values);
    let distances: Vec<f64> = values.iter().map(|value| (value - centre).abs()).collect();
    NORMAL_CONSISTENCY * median(&distances)
}

/// Linear interpolation between order statistics (Hyndman & Fan 1996, type 7); 0 for no values.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor())
}

/// Median of a sorted slice, with the value at one rank left out.
fn median_without(sorted: &[f64], left_out: Option<usize>) -> f64 {
    let count = sorted.len() - usize::from(left_out.is_some());
    if count == 0 {
        return 0.0;
    }
    let at = |rank: usize| sorted[rank + usize::from(left_out.is_some_and(|out| rank >= out))];
    if count % 2 == 1 { at(count / 2) } else { (at(count / 2 - 1) + at(count / 2)) / 2.0 }
}

/// Median and deviation of the other values, for each value of a series.
#[derive(Debug)]
pub struct LeaveOneOut {
    sorted: Vec<f64>,
    /// For each median that occurs: the sorted distances of all values from it.
    distances: Vec<(f64, Vec<f64>)>,
}

impl LeaveOneOut {
    /// Prepares a series; the order of the values does not matter.
    pub fn new(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        Self { sorted, distances: Vec::new() }
    }

    /// Median of the values without one that equals `value`.
    pub fn median(&self, value: f64) -> f64 {
        median_without(&self.sorted, self.rank(value))
    }

    /// Median absolute deviation of the values without one that equals `value`, times [`NORMAL_CONSISTENCY`].
    pub fn deviation(&mut self, value: f64) -> f64 {
        let centre = self.median(value);
        let place = self.distances.iter().position(|(known, _)| *known == centre).unwrap_or_else(|| {
            let mut distances: Vec<f64> = self.sorted.iter().map(|one| (one - centre).abs()).collect();
            distances.sort_unstable_by(f64::total_cmp);
            self.distances.push((centre, distances));
            self.distances.len() - 1
        });
        let distances = &self.distances[place].1;
        let own = (value - centre).abs();
        let rank = distances.partition_point(|one| one.total_cmp(&own).is_lt());
        NORMAL_CONSISTENCY * median_without(distances, Some(rank))
    }

    fn rank(&self, value: f64) -> Option<usize> {
        let rank = self.sorted.partition_point(|one| one.total_cmp(&value).is_lt());
        (rank < self.sorted.len()).then_some(rank)
    }
}
