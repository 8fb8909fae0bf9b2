//! Checks of the statistics against hand computation and against definitions spelled out slowly.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::counts::{same_rate, same_rate_range, sign_test};
use super::ratio::{
    CHANCE_OF_FITTING_SCALE, Counts, Prior, Ratios, Step, Steps, Surprise, least_score, scale_slip,
};
use super::robust::{LeaveOut, Middle, deviation, median, median_of_many, quantile, quantile_of_unsorted};

/// A small generator (xorshift), so that the cases are the same everywhere.
fn numbers(seed: u64, count: usize) -> Vec<f64> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            // A coarse grid, so that ties occur.
            (state % 41) as f64 - 20.0
        })
        .collect()
}

#[test]
fn robust_measures() {
    assert_eq!(median(&[]), 0.0);
    assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
    assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
    assert_eq!(deviation(&[1.0, 2.0, 3.0, 4.0, 100.0]), 1.4826);
    assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), 2.5);
    assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.1), 1.4);
    assert_eq!(quantile_of_unsorted(&mut [4.0, 1.0, 5.0, 3.0, 2.0], 0.1), 1.4);
    assert_eq!(quantile_of_unsorted(&mut [4.0, 1.0, 5.0, 3.0, 2.0], 1.0), 5.0);
    assert_eq!(quantile_of_unsorted(&mut [4.0, 1.0, 5.0, 3.0, 2.0], 0.625), 3.5);
}

#[test]
fn the_median_of_many_is_that_of_few() {
    for count in 0..60 {
        // From alike to numbers of very different size, with zeros and ties.
        for power in [0, 1, 3, 40] {
            let values: Vec<f64> =
                numbers(count as u64 + 7, count).iter().map(|value| value.abs().powi(power) / 3.0).collect();
            assert_eq!(median_of_many(values.iter().copied()), median(&values), "{values:?}");
        }
    }
}

#[test]
fn a_median_moves_as_far_as_its_neighbours_are() {
    // Without 7 and 15 the median of the first is 1, without 0 and 1 it is 7.
    assert_eq!(Middle::of(vec![15.0, 0.0, 3.0, 1.0, 7.0]).slack(), 4.0);
    assert_eq!(Middle::of(vec![15.0, 0.0, 12.0, 14.0, 8.0]).slack(), 4.0);
}

fn holds(middle: &Middle, rest: &[f64]) -> bool {
    (middle.low()..=middle.high()).contains(&median(rest))
}

#[test]
fn leaving_out_equals_removing() {
    for count in 1..40 {
        let values = numbers(count as u64 + 1, count);
        let middle = Middle::of(values.clone());
        let mut fast = LeaveOut::new(&values, middle);
        for (index, value) in values.iter().enumerate() {
            let mut rest = values.clone();
            rest.remove(index);
            assert_eq!(fast.median([*value]), median(&rest), "{values:?} without {value}");
            assert_eq!(fast.deviation([*value]), deviation(&rest), "{values:?} without {value}");
            assert!(rest.is_empty() || holds(&middle, &rest), "{values:?}");
            if index < rest.len() {
                let next = rest.remove(index);
                let both = [*value, next];
                assert!(rest.is_empty() || holds(&middle, &rest), "{values:?}");
                assert_eq!(fast.deviation(both), deviation(&rest), "{values:?} without {both:?}");
            }
        }
    }
}

#[test]
fn small_counts_prove_nothing() {
    // 2 · P(X ≤ 7 | n = 19, ½) = 2 · 94,184 / 524,288.
    assert!((same_rate(12.0, 7.0) - 2.0 * 94_184.0 / 524_288.0).abs() < 1e-9);
    assert_eq!(same_rate(0.0, 0.0), 1.0);
    assert!(same_rate(31.0, 15.0) > 0.01 && same_rate(36e6, 20e6) == 0.0);
}

#[test]
fn large_counts_differ_or_are_the_same() {
    // A million tosses have a standard deviation of 500, so that 999.5 from the middle, with half a toss for continuity,
    // are 1.999 of them: 2 · (1 − Φ(1.999)).
    assert!((same_rate(499_000.0, 501_000.0) - 0.045_608).abs() < 1e-4);
    assert_eq!((same_rate(500_000.0, 500_001.0), same_rate(500_001.0, 500_001.0)), (0.0, 1.0));
}

#[test]
fn a_rate_of_just_the_probability_is_another() {
    // None against three: 2 · ½³.
    let of_three = same_rate(0.0, 3.0);
    assert!((of_three - 0.25).abs() < 1e-9);
    assert_eq!(same_rate_range(0.0, of_three), (0.0, 2.0));
}

#[test]
fn signs_by_hand() {
    // 2 · (1 + 5) / 2⁵ and 2 / 2¹⁰.
    assert!((sign_test(1, 4) - 0.375).abs() < 1e-9 && (sign_test(4, 1) - 0.375).abs() < 1e-9);
    assert!((sign_test(0, 10) - 2.0 / 1024.0).abs() < 1e-9);
    assert_eq!((sign_test(3, 3), sign_test(0, 0)), (1.0, 1.0));
}

#[test]
fn the_range_of_one_rate_ends_where_the_test_does() {
    for count in [0.0, 1.0, 7.0, 12.0, 100.0, 1_234.0, 40_000.0, 499_990.0, 600_000.0] {
        for probability in [0.0001, 0.01, 0.05, 0.3] {
            let (low, high) = same_rate_range(count, probability);
            let is_same = |other: f64| same_rate(count, other) > probability;
            assert!(is_same(low) && is_same(high) && !is_same(high + 1.0), "{count} at {probability}");
            assert!(low == 0.0 || !is_same(low - 1.0), "{count} at {probability}");
        }
    }
}

fn steps(counts: &[f64]) -> Vec<Step> {
    counts.windows(2).map(|pair| Step { from: pair[0], to: pair[1], grains: (0.0, 0.0) }).collect()
}

/// Steps of which none begins where another ends.
fn counts(steps: &[Step]) -> Counts {
    let both = |step: &Step| [(step.from, step.grains.0), (step.to, step.grains.1)];
    Counts::new(steps.iter().flat_map(both), |start| start % 2 == 0)
}

fn surprises(steps: &[Step], prior: Option<Prior>) -> Vec<Option<Surprise>> {
    let counts = counts(steps);
    let ratios = Ratios::new(counts.log_ratios());
    let mut tests = Steps::new(&counts, &ratios, None, prior);
    (0..steps.len()).map(|index| tests.surprise(index, 0.0)).collect()
}

fn surprise_of_excursion(steps: &[Step], index: usize, prior: Option<Prior>) -> Option<Surprise> {
    let counts = counts(steps);
    Steps::new(&counts, &Ratios::new(counts.log_ratios()), None, prior).surprise_of_excursion(index, 0.0)
}

#[test]
fn what_is_nearer_than_the_least_score_is_never_less_probable() {
    for probability in [0.001, 0.01, 0.05, 0.2, 0.5] {
        let least = least_score(probability);
        for freedom in [0.5, 1.0, 3.0, 12.0] {
            let student = StudentsT::new(0.0, 1.0, freedom).unwrap();
            assert!(2.0 * student.sf(least) >= probability, "{probability} with {freedom}");
        }
    }
    assert_eq!(least_score(1.0), 0.0);
    // The tables give 2.1788 for twelve degrees of freedom; a thousandth is taken off.
    assert!((least_score(0.05) - 0.999 * 2.1788).abs() < 1e-4);
}

#[test]
fn reports_to_ncmec_by_hand() {
    // CyberTipline reports 1998 to 2025 (https://www.missingkids.org/cybertiplinedata); computed apart: without its own
    // change, 2024 is expected at 0.246, with a spread of 0.318, and stands at −2.51 standard deviations.
    let counts = [
        4_560.0,
        9_668.0,
        19_245.0,
        24_442.0,
        43_078.0,
        81_987.0,
        112_017.0,
        70_768.0,
        76_584.0,
        105_261.0,
        102_029.0,
        119_547.0,
        223_374.0,
        326_310.0,
        415_650.0,
        505_280.0,
        1_106_071.0,
        4_403_657.0,
        8_297_923.0,
        10_214_753.0,
        18_462_422.0,
        16_987_361.0,
        21_751_085.0,
        29_397_681.0,
        32_059_029.0,
        36_210_368.0,
        20_512_803.0,
        21_351_493.0,
    ];
    let found = surprises(&steps(&counts), None);
    let change = found[25].unwrap();
    assert!((change.expected - 0.246).abs() < 5e-4 && (change.score + 2.51).abs() < 0.01, "{change:?}");
    assert!(change.probability > 0.02 && change.probability < 0.05, "{change:?}");
    let rise_of_2015 = found[16].unwrap();
    assert!(rise_of_2015.probability < 0.01 && rise_of_2015.score > 4.0);
    assert!(found[9].unwrap().probability > 0.3 && found[20].unwrap().probability > 0.2);
}

#[test]
fn a_prior_speaks_where_a_series_is_short() {
    assert_eq!(surprises(&steps(&[100.0, 200.0, 400.0]), None), vec![None, None]);
    let quiet = |seed| Ratios::new(numbers(seed + 7, 8).iter().map(|one| one / 400.0).collect());
    let quiet: Vec<Ratios> = (0..5u64).map(quiet).collect();
    let prior = Prior::learn(quiet.iter()).unwrap();
    assert!(prior.spread < 0.1 && (2.0..=30.0).contains(&prior.freedom));
    let found =
        surprises(&steps(&[100_000.0, 101_000.0, 100_500.0, 100_900.0, 100_300.0, 50_500.0]), Some(prior));
    assert!(found[1].unwrap().probability > 0.1 && found[4].unwrap().probability < 0.01);
    assert_eq!(Prior::learn(std::iter::empty()), None);
}

#[test]
fn a_dip_is_one_event_and_a_step_is_none() {
    let dip = steps(&[1_000.0, 1_040.0, 990.0, 1_020.0, 101.0, 1_010.0, 1_030.0, 985.0]);
    let by_hand: Vec<f64> = [0, 1, 2, 5, 6].iter().map(|step| dip[*step].log_ratio()).collect();
    let found = surprise_of_excursion(&dip, 3, None).unwrap();
    let statistic = (dip[3].log_ratio() - dip[4].log_ratio()) / 2.0f64.sqrt();
    let spread = deviation(&by_hand);
    let between = (1_020.0f64 * 1_010.0).sqrt();
    let noise = 0.5 * (4.0 / between + 1.0 / 1_020.0 + 1.0 / 1_010.0);
    let score = statistic / (spread * spread * (1.0 + 1.0 / 8.0) + noise).sqrt();
    assert!((found.score - score).abs() < 1e-9, "{found:?} against {score}");
    assert!(found.probability < 0.01 && found.expected == 0.0);
    assert_eq!(surprise_of_excursion(&dip, 6, None), None);
}

#[test]
fn no_change_is_what_was_expected() {
    let still = steps(&[100.0; 6]);
    let found = surprises(&still, None)[2].unwrap();
    assert_eq!((found.score, found.probability), (0.0, 1.0));
    assert_eq!(surprise_of_excursion(&still, 2, None).unwrap().score, 0.0);
}

#[test]
fn scales_that_fit() {
    assert_eq!(scale_slip(17_838_422.0, 859_035.0, 4_907_710.0), Some(1));
    assert_eq!(scale_slip(1_000.0, 1_000_000.0, 1_100.0), Some(-3));
    assert_eq!(scale_slip(1_000.0, 500.0, 1_100.0), None);
    for power in [-6, -3, -2, -1, 1, 2, 3, 6] {
        assert_eq!(scale_slip(1e7, 10.0f64.powi(7 - power), 1e7), Some(power));
    }
    // A tenth of a power of ten on either side of a whole one.
    assert_eq!(CHANCE_OF_FITTING_SCALE, 0.2);
}
