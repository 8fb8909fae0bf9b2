//! Median and median absolute deviation, with and without one of the values.
//!
//! Leaving out the value under test matters on short series: with four values the faulty one itself inflates every
//! measure of spread. [`LeaveOut`] gives both measures for every value left out, or every two, in `O(n log n)` for all
//! of them: removing one or two of `n` sorted values leaves a handful of different medians, and for each of these the
//! sorted distances are made once.

/// Makes a median absolute deviation comparable with a standard deviation: 1 / Φ⁻¹(3/4) (Hampel 1974).
pub const NORMAL_CONSISTENCY: f64 = 1.4826;

/// Median; 0 for no values. The slice need not be sorted.
pub fn median(values: &[f64]) -> f64 {
    median_of(values.to_vec())
}

/// Median of values whose order is of no further use: they are only sorted as far as it takes.
fn median_of(mut values: Vec<f64>) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let (middle, is_even) = (values.len() / 2, values.len().is_multiple_of(2));
    let (lower, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    match lower.iter().copied().max_by(f64::total_cmp) {
        Some(below) if is_even => (below + *upper) / 2.0,
        _ => *upper,
    }
}

/// Median absolute deviation from the median, times [`NORMAL_CONSISTENCY`]; 0 for no values.
pub fn deviation(values: &[f64]) -> f64 {
    deviation_from(values, median(values))
}

/// Median absolute deviation from a centre, times [`NORMAL_CONSISTENCY`]; 0 for no values.
pub fn deviation_from(values: &[f64], centre: f64) -> f64 {
    NORMAL_CONSISTENCY * median_of(values.iter().map(|value| (value - centre).abs()).collect())
}

/// Linear interpolation between order statistics (Hyndman & Fan 1996, type 7); 0 for no values.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor())
}

/// Median of a sorted slice without the values at some ranks, which are in ascending order.
fn median_without(sorted: &[f64], left_out: &[usize]) -> f64 {
    let count = sorted.len().saturating_sub(left_out.len());
    if count == 0 {
        return 0.0;
    }
    let at = |rank: usize| {
        let place = left_out.iter().fold(rank, |place, out| place + usize::from(place >= *out));
        sorted[place]
    };
    if count % 2 == 1 { at(count / 2) } else { (at(count / 2 - 1) + at(count / 2)) / 2.0 }
}

/// Ranks of some values in a sorted slice that holds them; of two that are equal the second has the next rank.
fn ranks<const COUNT: usize>(sorted: &[f64], values: [f64; COUNT]) -> [usize; COUNT] {
    let mut ranks = values.map(|value| sorted.partition_point(|one| one.total_cmp(&value).is_lt()));
    ranks.sort_unstable();
    for next in 1..COUNT {
        ranks[next] = ranks[next].max(ranks[next - 1] + 1);
    }
    ranks
}

/// Median and deviation of the other values, for each value of a series or each two of them.
#[derive(Debug)]
pub struct LeaveOut {
    sorted: Vec<f64>,
    /// For each median that occurs: the sorted distances of all values from it.
    distances: Vec<(f64, Vec<f64>)>,
}

impl LeaveOut {
    /// Prepares a series; the order of the values does not matter.
    pub fn new(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        Self { sorted, distances: Vec::new() }
    }

    /// Median of the values without those in `left_out`, each of which is one of them.
    pub fn median<const COUNT: usize>(&self, left_out: [f64; COUNT]) -> f64 {
        median_without(&self.sorted, &ranks(&self.sorted, left_out))
    }

    /// Median absolute deviation of the values without those in `left_out`, times [`NORMAL_CONSISTENCY`].
    pub fn deviation<const COUNT: usize>(&mut self, left_out: [f64; COUNT]) -> f64 {
        let centre = self.median(left_out);
        let distances = self.distances_from(centre);
        let own = left_out.map(|value| (value - centre).abs());
        NORMAL_CONSISTENCY * median_without(distances, &ranks(distances, own))
    }

    /// Lowest and highest median, and a bound below every deviation, with any one value left out.
    pub fn bounds(&mut self) -> (f64, f64, f64) {
        let mut bounds = (f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY);
        let Some(last) = self.sorted.len().checked_sub(1) else { return (0.0, 0.0, 0.0) };
        // Leaving out a value below, at or above the middle gives each median that there is.
        for rank in [0, last / 2, last.div_ceil(2), last] {
            let centre = median_without(&self.sorted, &[rank]);
            // Without the largest distance the median of the distances is least.
            let deviation = NORMAL_CONSISTENCY * median_without(self.distances_from(centre), &[last]);
            bounds = (bounds.0.min(centre), bounds.1.max(centre), bounds.2.min(deviation));
        }
        bounds
    }

    fn distances_from(&mut self, centre: f64) -> &[f64] {
        let place = self.distances.iter().position(|(known, _)| *known == centre).unwrap_or_else(|| {
            let mut distances: Vec<f64> = self.sorted.iter().map(|one| (one - centre).abs()).collect();
            // They fall up to the centre and rise from there; a stable sort joins such runs in one pass.
            distances.sort_by(f64::total_cmp);
            self.distances.push((centre, distances));
            self.distances.len() - 1
        });
        &self.distances[place].1
    }
}
