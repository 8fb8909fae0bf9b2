//! Median and median absolute deviation, with and without one of the values.
//!
//! Leaving out the value under test matters on short series: with four values the faulty one itself inflates every
//! measure of spread. [`LeaveOut`] gives both measures for every value left out, or every two, in `O(n)` for all of them:
//! removing one or two values moves the middle by one rank at most, so that the few values around it ([`Middle`]) tell
//! every median, and for each of these medians the middle of the distances from it is found once.

/// Makes a median absolute deviation comparable with a standard deviation: 1 / Φ⁻¹(3/4) (Hampel 1974).
pub const NORMAL_CONSISTENCY: f64 = 1.4826;

/// Median; 0 for no values. The slice need not be sorted.
pub fn median(values: &[f64]) -> f64 {
    median_of(values.to_vec())
}

/// Median of values whose order is of no further use: they are only sorted as far as it takes.
fn median_of(values: Vec<f64>) -> f64 {
    Middle::of(values).median()
}

/// The middle of some values: those that can be the median, or one of its two neighbours, when one or two of them are
/// left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Middle {
    /// How many values there are.
    count: usize,
    /// Neighbours in the sorted values; only the first `kept` count.
    values: [f64; 4],
    kept: usize,
    /// Rank of the first of them.
    first: usize,
}

/// A whole number that comes before others where the number does, by `f64::total_cmp`.
fn key(value: f64) -> i64 {
    let bits = value.to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

/// The number that has this key.
fn of_key(key: i64) -> f64 {
    f64::from_bits((key ^ ((key >> 63).cast_unsigned() >> 1).cast_signed()).cast_unsigned())
}

impl Middle {
    /// Finds the middle of some values.
    pub fn of(values: Vec<f64>) -> Self {
        let count = values.len();
        // Whole numbers are compared faster, and take the room of the others.
        let mut keys: Vec<i64> = values.into_iter().map(key).collect();
        let (first, kept): (usize, &mut [i64]) = if count < 3 {
            (0, &mut keys)
        } else {
            let (below, above) = ((count - 3) / 2, count / 2 + 1);
            let (_, _, rest) = keys.select_nth_unstable(below);
            rest.select_nth_unstable(above - below - 1);
            (below, &mut keys[below..=above])
        };
        kept.sort_unstable();
        let mut values = [0.0; 4];
        values.iter_mut().zip(kept.iter()).for_each(|(value, key)| *value = of_key(*key));
        Self { count, values, kept: kept.len(), first }
    }

    /// Median; 0 for no values.
    pub fn median(&self) -> f64 {
        self.median_without([])
    }

    /// Median without some values, each of which is one of them; 0 where none is left.
    pub fn median_without<const COUNT: usize>(&self, left_out: [f64; COUNT]) -> f64 {
        let (mut values, mut kept, mut first) = (self.values, self.kept, self.first);
        for value in left_out {
            match values[..kept].iter().position(|one| *one == value) {
                Some(place) => {
                    values.copy_within(place + 1.., place);
                    kept -= 1;
                }
                None if value < values[0] => first -= 1,
                None => {}
            }
        }
        let at = |rank: usize| values[rank - first];
        match self.count - COUNT {
            0 => 0.0,
            count if count % 2 == 1 => at(count / 2),
            count => (at(count / 2 - 1) + at(count / 2)) / 2.0,
        }
    }

    /// No median is lower, whichever one or two of the values are left out.
    pub fn low(&self) -> f64 {
        self.values[0]
    }

    /// No median is higher, whichever one or two of the values are left out.
    pub fn high(&self) -> f64 {
        self.values[self.kept.saturating_sub(1)]
    }

    /// How far the median can move.
    pub fn slack(&self) -> f64 {
        (self.median() - self.low()).max(self.high() - self.median())
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

/// [`quantile`] of values whose order is of no further use: they are only sorted as far as it takes.
pub fn quantile_of_unsorted(values: &mut [f64], share: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return 0.0 };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let (_, below, rest) = values.select_nth_unstable_by(place.floor() as usize, f64::total_cmp);
    let above =
        if place > place.floor() { rest.iter().copied().fold(f64::INFINITY, f64::min) } else { *below };
    *below + (above - *below) * (place - place.floor())
}

/// From so many values on, a copy of them takes more room than the counts that [`median_of_many`] keeps.
pub const MANY: usize = 1 << 17;

/// Median of many values, none of which is below zero; 0 for none. They are gone through three times instead of being
/// kept: numbers above zero are in the order of their bits, so that the first bits tell which few have to be sorted.
pub fn median_of_many(values: impl Iterator<Item = f64> + Clone) -> f64 {
    const FIRST_BITS: u32 = 16;
    let bucket = |value: f64| (value.to_bits() >> (u64::BITS - FIRST_BITS)) as usize;
    let mut counts = vec![0_usize; 1 << FIRST_BITS];
    values.clone().for_each(|value| counts[bucket(value)] += 1);
    let count: usize = counts.iter().sum();
    let at = |rank: usize| {
        let mut before = 0;
        let holds = |count: &usize| {
            before += count;
            before > rank
        };
        let place = counts.iter().position(holds).unwrap_or_default();
        let mut alike: Vec<f64> = values.clone().filter(|value| bucket(*value) == place).collect();
        let rank = rank - (before - counts[place]);
        *alike.select_nth_unstable_by(rank, f64::total_cmp).1
    };
    match count {
        0 => 0.0,
        count if count % 2 == 1 => at(count / 2),
        count => (at(count / 2 - 1) + at(count / 2)) / 2.0,
    }
}

/// Linear interpolation between order statistics (Hyndman & Fan 1996, type 7); 0 for no values.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor())
}

/// Median and deviation of the other values, for each value of a series or each two of them.
#[derive(Debug)]
pub struct LeaveOut<'v> {
    values: &'v [f64],
    middle: Middle,
    /// For each median that occurs: the middle of the distances of all values from it.
    distances: Vec<(f64, Middle)>,
}

impl<'v> LeaveOut<'v> {
    /// Prepares a series, of which the middle is known; the order of the values does not matter.
    pub fn new(values: &'v [f64], middle: Middle) -> Self {
        Self { values, middle, distances: Vec::new() }
    }

    /// Median of the values without those in `left_out`, each of which is one of them.
    pub fn median<const COUNT: usize>(&self, left_out: [f64; COUNT]) -> f64 {
        self.middle.median_without(left_out)
    }

    /// Median absolute deviation of the values without those in `left_out`, times [`NORMAL_CONSISTENCY`].
    pub fn deviation<const COUNT: usize>(&mut self, left_out: [f64; COUNT]) -> f64 {
        let centre = self.median(left_out);
        let own = left_out.map(|value| (value - centre).abs());
        NORMAL_CONSISTENCY * self.distances_from(centre).median_without(own)
    }

    fn distances_from(&mut self, centre: f64) -> Middle {
        if let Some((_, known)) = self.distances.iter().find(|(known, _)| *known == centre) {
            return *known;
        }
        let distances = Middle::of(self.values.iter().map(|one| (one - centre).abs()).collect());
        self.distances.push((centre, distances));
        distances
    }
}
