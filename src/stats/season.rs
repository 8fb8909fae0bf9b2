//! The season of a series: what its log-ratios do in the same part of every year.

use super::ratio::Ratios;
use super::robust::{deviation, median};

/// A series of fewer years tells nothing of a season: two other changes of one part of the year must be there.
const LEAST_YEARS: usize = 3;
/// Likeness of changes to those a year later that makes a closer look worth its while: without season it is zero but for
/// chance, and as likely as not 0.67 over the root of their number.
const LIKENESS: f64 = 0.25;
/// What is left of the changes when the season is taken off, at most.
const LEFT: f64 = 0.7;

/// The season of one series.
#[derive(Debug, Clone, PartialEq)]
pub struct Season {
    /// How many periods a year has.
    pub length: usize,
    /// Its part of each log-ratio, which the log-ratio itself has no say in.
    pub parts: Vec<f64>,
    /// How far each part may be off, as a variance.
    pub noise: Vec<f64>,
    /// The log-ratios without it.
    pub rest: Ratios,
}

impl Season {
    /// Finds the season of log-ratios of neighbouring periods, of which a year has `length`. `None` where the series is
    /// shorter than three years or taking a season off does not make it clearly calmer.
    ///
    /// The part of a log-ratio is the median `m` of the `n` others at its place in the year, of two in the middle the one
    /// nearer to zero, shrunk to zero in the manner of James & Stein (1961): by the factor `1 − s² / (n · m²)`, at least
    /// 0, where `s` is the spread of what the medians leave. Its variance is that of a median, `π/2 · s² / n`. Since each
    /// log-ratio is left out of its own part, taking off a season that is none makes a series more restless, so that
    /// the sum of all distances from the median hardly ever comes down to seven tenths by chance.
    pub fn find(ratios: &Ratios, length: usize) -> Option<Self> {
        let values = &ratios.values;
        if values.len() + 1 < LEAST_YEARS * length || likeness(values, length) < LIKENESS {
            return None;
        }
        let mut parts = vec![0.0; values.len()];
        let mut others = vec![0.0; values.len()];
        for place in 0..length {
            let mut alike: Vec<f64> = values[place..].iter().step_by(length).copied().collect();
            alike.sort_unstable_by(f64::total_cmp);
            for at in (place..values.len()).step_by(length) {
                let own = alike.partition_point(|one| *one < values[at]);
                parts[at] = middle_without(&alike, own);
                others[at] = (alike.len() - 1) as f64;
            }
        }
        let without = |parts: &[f64]| values.iter().zip(parts).map(|(value, part)| value - part).collect();
        let left: Vec<f64> = without(&parts);
        let variance = deviation(&left).powi(2);
        for (part, others) in parts.iter_mut().zip(&others) {
            *part *= (1.0 - variance / (others * *part * *part)).max(0.0);
        }
        let is_part = |(part, others): (&f64, &f64)| {
            if *part == 0.0 { 0.0 } else { std::f64::consts::FRAC_PI_2 * variance / others }
        };
        let noise = parts.iter().zip(&others).map(is_part).collect();
        let rest: Vec<f64> = without(&parts);
        (distances(&rest) <= LEFT * distances(values)).then(|| Self {
            length,
            parts,
            noise,
            rest: Ratios::new(rest),
        })
    }
}

/// How like some changes are to those a year later: the geometric means of their sizes, with the sign of their product,
/// over the sizes themselves; 1 where all are the same and about 0 where none has to do with the other.
fn likeness(values: &[f64], length: usize) -> f64 {
    let pairs = || values.iter().zip(&values[length..]).map(|(one, later)| (*one, *later));
    let alike: f64 = pairs().map(|(one, later)| (one * later).abs().sqrt().copysign(one * later)).sum();
    let size: f64 = pairs().map(|(one, later)| 0.5 * (one.abs() + later.abs())).sum();
    if size > 0.0 { alike / size } else { 0.0 }
}

/// Sum of the distances from the median.
fn distances(values: &[f64]) -> f64 {
    let middle = median(values);
    values.iter().map(|value| (value - middle).abs()).sum()
}

/// The middle of some sorted values without one of them: of two the one nearer to zero, 0 where they differ in sign.
fn middle_without(sorted: &[f64], left_out: usize) -> f64 {
    let at = |rank: usize| sorted[rank + usize::from(rank >= left_out)];
    let count = sorted.len() - 1;
    let (low, high) = (at((count - 1) / 2), at(count / 2));
    match low * high > 0.0 {
        true if low.abs() < high.abs() => low,
        true => high,
        false => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Log-ratios of four years of quarters with a season, and a little else.
    fn quarters(size: f64) -> Ratios {
        let season = [-0.4, 0.1, 0.1, 0.2];
        let other =
            [0.03, -0.05, 0.02, 0.04, -0.03, 0.01, -0.02, 0.05, -0.04, 0.02, -0.01, 0.03, -0.05, 0.04, 0.01];
        Ratios::new(other.iter().enumerate().map(|(at, other)| size * season[at % 4] + other).collect())
    }

    #[test]
    fn a_season_is_found_where_there_is_one() {
        let season = Season::find(&quarters(1.0), 4).unwrap();
        // Three other first quarters: −0.43, −0.44 and −0.45.
        assert!((season.parts[0] + 0.44).abs() < 0.005, "{:?}", season.parts);
        assert!(season.rest.values.iter().all(|one| one.abs() < 0.15));
        assert_eq!(Season::find(&quarters(0.0), 4), None);
    }

    #[test]
    fn one_month_a_year_is_a_season() {
        let month = |at: usize| if at % 12 == 11 { -0.7 } else { 0.01 * ((at * 7 % 5) as f64 - 2.0) };
        let season = Season::find(&Ratios::new((0..47).map(month).collect()), 12).unwrap();
        assert!((season.parts[11] + 0.7).abs() < 0.01 && season.rest.values[11].abs() < 0.01);
        assert!(season.noise[11] > 0.0);
    }

    #[test]
    fn two_years_are_no_season() {
        let short = Ratios::new(quarters(1.0).values[..10].to_vec());
        assert_eq!(Season::find(&short, 4), None);
    }

    #[test]
    fn of_two_others_the_one_nearer_to_zero_counts() {
        assert_eq!(middle_without(&[-0.7, -0.3, 0.1], 2), -0.3);
        assert_eq!(middle_without(&[-0.7, -0.3, 0.1], 0), 0.0);
    }

    #[test]
    fn three_years_are_enough() {
        let short = Ratios::new(quarters(1.0).values[..11].to_vec());
        assert!(Season::find(&short, 4).is_some());
    }

    #[test]
    fn parts_and_noise_by_hand() {
        let season = Season::find(&Ratios::new(vec![1.0, -1.0, 1.2, -1.1, 1.1]), 2).unwrap();
        // The medians of the others leave −0.1, 0.1, 0.2, −0.1 and 0.1, of which the deviation is 1.4826 · 0.1.
        let medians = [(1.1, 2.0), (-1.1, 1.0), (1.0, 2.0), (-1.0, 1.0), (1.0, 2.0)];
        let variance = 0.148_26 * 0.148_26;
        for (at, (median, others)) in medians.into_iter().enumerate() {
            assert!((season.parts[at] - (median - variance / (others * median))).abs() < 1e-12, "{season:?}");
            let noise = std::f64::consts::FRAC_PI_2 * variance / others;
            assert!((season.noise[at] - noise).abs() < 1e-12, "{season:?}");
        }
    }

    #[test]
    fn likeness_by_hand() {
        // 1 and 4, −4 and 9: (2 − 6) over (2.5 + 6.5).
        assert!((likeness(&[1.0, -4.0, 4.0, 9.0], 2) + 4.0 / 9.0).abs() < 1e-12);
        assert_eq!((likeness(&[0.0; 4], 2), likeness(&[3.0; 4], 2)), (0.0, 1.0));
        assert_eq!(distances(&[4.0, 1.0, 2.0]), 3.0);
    }

    #[test]
    fn large_changes_that_contradict_each_other_are_no_season() {
        // Taking off ±1 brings the sum of all distances down from 150 to 100, less than seven tenths; but of the changes
        // a year apart the large ones outweigh the rest: (49 − 50) over (49 + 25.5 + 50 + 25.5).
        let mut values: Vec<f64> = (0..54).map(|at| if at % 2 == 0 { 1.0 } else { -1.0 }).collect();
        (values[26], values[28]) = (50.0, -50.0);
        assert!((likeness(&values, 2) + 1.0 / 150.0).abs() < 0.01);
        assert_eq!(Season::find(&Ratios::new(values), 2), None);
    }

    #[test]
    fn of_an_odd_number_of_others_the_middle_counts() {
        assert_eq!(middle_without(&[0.2, 0.5, 0.6, 0.9], 1), 0.6);
        assert_eq!(middle_without(&[0.2, 0.5, 0.9], 1), 0.2);
    }
}
