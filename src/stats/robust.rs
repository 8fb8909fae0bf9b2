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
fn median_of(values: Vec<f64>) -> f64 {
    Middle::of(values).median
}

/// The middle of some values, and how far it can move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Middle {
    /// Median; 0 for no values.
    pub median: f64,
    /// No median is lower, whichever one or two of the values are left out.
    pub low: f64,
    /// No median is higher, whichever one or two of the values are left out.
    pub high: f64,
}

impl Middle {
    /// Finds the middle of some values.
    pub fn of(mut values: Vec<f64>) -> Self {
        let count = values.len();
        if count < 3 {
            let median = values.iter().sum::<f64>() / count.max(1) as f64;
            let low = values.iter().copied().fold(median, f64::min);
            return Self { median, low, high: values.iter().copied().fold(median, f64::max) };
        }
        // Leaving out two values moves the middle by one rank at most.
        let (below, above) = ((count - 3) / 2, count / 2 + 1);
        let (_, low, rest) = values.select_nth_unstable_by(below, f64::total_cmp);
        let (between, high, _) = rest.select_nth_unstable_by(above - below - 1, f64::total_cmp);
        let median = between.iter().sum::<f64>() / between.len() as f64;
        Self { median, low: *low, high: *high }
    }

    /// How far the median can move.
    pub fn slack(&self) -> f64 {
        (self.median - self.low).max(self.high - self.median)
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
