//! How many times better a fault explains some figures than ordinary variation does.
//!
//! A probability says how far out a figure is; it cannot be compared between unlike faults. A figure that repeats the
//! one before it is not far out at all. Every function here returns a likelihood ratio instead: the density of what is
//! seen if there were a fault, over that if there were none. Where there is none its expectation is 1, so that by
//! Markov's inequality a factor of `E` or more has a probability of at most `1 / E`: it is an e-value (Shafer 2021,
//! *JRSS A* 184(2); Vovk & Wang 2021, *Annals of Statistics* 49(3)). Averages of e-values are e-values, whatever their
//! dependence; the weights of the kinds of faults add up to one for that reason.

use statrs::distribution::{Continuous, ContinuousCDF, StudentsT};

/// Weight of each of the common kinds: a step, an excursion, a slip of digits, a figure carried forward, an ending.
const COMMON: f64 = 0.18;
/// Weight of each of the rare kinds: a mean of neighbours, a transfer between two series.
const RARE: f64 = 0.05;
/// Part of all steps and excursions that are slips of scale.
const SCALES_SHARE: f64 = 0.3;
/// The powers of ten that are mistaken for one another, either way.
const SCALES: [f64; 4] = [1.0, 2.0, 3.0, 6.0];
/// Smallest spread about a power of ten.
const SCALE_SPREAD: f64 = 0.5;
/// Shares of a series that may be counted elsewhere from now on.
const SHARES: [f64; 5] = [0.3, 0.4, 0.5, 0.6, 0.7];
/// Least common move of a group that is more than a wobble, as a logarithm: a tenth.
const LEAST_GROUP_MOVE: f64 = 0.1;
/// Scale of the Cauchy density of larger ones.
const GROUP_SCALE: f64 = 0.4;
/// Steps of the integration over the common move of a group, either way.
const GRID: i32 = 64;

/// What is expected of a logarithm, or of the logarithm of a ratio: Student's t.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expectation {
    /// Its centre.
    pub centre: f64,
    /// Its scale, greater than zero.
    pub spread: f64,
    /// Degrees of freedom.
    pub freedom: f64,
}

impl Expectation {
    /// Density at a value; 0 where the distribution is none.
    pub fn density(&self, value: f64) -> f64 {
        StudentsT::new(self.centre, self.spread, self.freedom).map_or(0.0, |student| student.pdf(value))
    }

    /// How many times denser it is at one value than at another. The constant that both have in common, which is slow
    /// to compute, cancels: `((ν + z₂²) / (ν + z₁²))^((ν + 1) / 2)` for the scores of both. As a logarithm.
    pub fn log_density_over(&self, value: f64, other: f64) -> f64 {
        let squared = |value: f64| self.freedom + self.score(value).powi(2);
        0.5 * (self.freedom + 1.0) * (squared(other) / squared(value)).ln()
    }

    /// Distance of a value from the centre in scales.
    pub fn score(&self, value: f64) -> f64 {
        (value - self.centre) / self.spread
    }

    /// The values of which a distance from the centre at least as large has this probability or more.
    pub fn range(&self, probability: f64) -> Option<(f64, f64)> {
        let reach =
            StudentsT::new(0.0, 1.0, self.freedom).ok()?.inverse_cdf(1.0 - 0.5 * probability.clamp(0.0, 1.0));
        Some((self.centre - reach * self.spread, self.centre + reach * self.spread))
    }

    /// The same, moved.
    #[must_use]
    pub fn moved(&self, by: f64) -> Self {
        Self { centre: self.centre + by, ..*self }
    }
}

/// That a step, or an excursion, is one: of any size (a Cauchy density of scale 1 on the scale of logarithms), or by a
/// power of ten.
pub fn of_move(value: f64, expected: &Expectation) -> f64 {
    let any = 1.0 / (std::f64::consts::PI * (1.0 + value * value));
    let spread = expected.spread.max(SCALE_SPREAD);
    let near = |power: f64| {
        let distance = (value - power * std::f64::consts::LN_10) / spread;
        (-0.5 * distance * distance).exp() / (spread * (2.0 * std::f64::consts::PI).sqrt())
    };
    let scales: f64 = SCALES.iter().map(|power| near(*power) + near(-power)).sum();
    let scales = scales / (2.0 * SCALES.len() as f64);
    COMMON * ((1.0 - SCALES_SHARE) * any + SCALES_SHARE * scales) / expected.density(value)
}

/// That a figure is one of some others, written with a slip; all as logarithms.
pub fn of_slip(value: f64, meant: &[f64], expected: &Expectation) -> f64 {
    if meant.is_empty() {
        return 0.0;
    }
    COMMON * meant.iter().map(|one| expected.log_density_over(*one, value).exp()).sum::<f64>()
        / meant.len() as f64
}

/// The chance that a figure falls into the printed step (as a share of the figure) in which another stands, where the
/// logarithm of their ratio is expected as given.
pub fn chance_of_tie(step: f64, expected: &Expectation) -> f64 {
    (step * expected.density(0.0)).min(1.0)
}

/// That a figure was carried forward: it equals the one before.
pub fn of_repetition(step: f64, expected: &Expectation) -> f64 {
    COMMON / chance_of_tie(step, expected)
}

/// That a figure was interpolated: it is the mean of its neighbours, which differ. It varies about them by a step's
/// spread over √2, since both have their say.
pub fn of_interpolation(step: f64, expected: &Expectation) -> f64 {
    let about = Expectation { centre: 0.0, spread: expected.spread / std::f64::consts::SQRT_2, ..*expected };
    RARE / chance_of_tie(step, &about)
}

/// One series over one step: the figure before, the log-ratio, and what was expected of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// The figure before; greater than zero.
    pub before: f64,
    /// Logarithm of the ratio.
    pub ratio: f64,
    /// What was expected of it.
    pub expected: Expectation,
}

impl Pace {
    /// How much more likely the ratio is if the series was moved by this logarithm than if it was not, as a logarithm.
    fn log_moved(&self, by: f64) -> f64 {
        self.expected.log_density_over(self.ratio - by, self.ratio)
    }
}

/// That a part of one series is counted in another from now on, the part unknown.
pub fn of_transfer(giver: &Pace, taker: &Pace) -> f64 {
    let moved = |share: f64| {
        let gain = (share * giver.before / taker.before).ln_1p();
        (giver.log_moved((1.0 - share).ln()) + taker.log_moved(gain)).exp()
    };
    RARE * SHARES.iter().map(|share| moved(*share)).sum::<f64>() / SHARES.len() as f64
}

/// No [`of_transfer`] is higher, where the giver and the taker are no more than so many scales away from what was expected
/// of them, with 1 to `freedom` degrees of freedom.
pub fn most_of_transfer(giver: f64, taker: f64, freedom: f64) -> f64 {
    // No move makes a ratio more likely than one that leads to the centre.
    let moved = |score: f64, freedom: f64| {
        let at_centre = Expectation { centre: 0.0, spread: 1.0, freedom };
        at_centre.log_density_over(0.0, score)
    };
    let most = |score: f64| moved(score, 1.0).max(moved(score, freedom));
    RARE * (most(giver) + most(taker)).exp()
}

/// That a series which ends is counted in another from now on: by how much the other's rise fits, over how often
/// series end.
pub fn of_merger(before: f64, taker: &Pace, rate_of_endings: f64) -> f64 {
    let gain = (before / taker.before).ln_1p();
    COMMON * taker.log_moved(gain).exp() / rate_of_endings
}

/// That all series of a group are counted another way from now on, by one unknown factor: the likelihood of what they
/// do if their common move is any of a tenth or more, over that if it is one of those that the group usually
/// makes. Both are integrals over the common move; series that go the other way speak against it. What is said of a
/// group is said once for all its series, so that it weighs as much as they do.
pub fn of_group(group: &[Pace], usual: &Expectation) -> f64 {
    let likelihood = |by: f64| group.iter().map(|one| one.log_moved(by)).sum::<f64>();
    // Fine about zero and coarse far out, up to a factor of 10⁵. What all widths have in common cancels.
    let grid: Vec<(f64, f64, f64)> = (-GRID..=GRID)
        .map(|place| f64::from(place) * 4.1 / f64::from(GRID))
        .map(|place| (GROUP_SCALE * place.sinh(), place.cosh()))
        .map(|(by, width)| (by, width, likelihood(by)))
        .collect();
    let highest = grid.iter().map(|one| one.2).fold(f64::MIN, f64::max);
    // What the Cauchy density leaves beyond the least move.
    let beyond = 1.0 - std::f64::consts::FRAC_2_PI * (LEAST_GROUP_MOVE / GROUP_SCALE).atan();
    let slab =
        |by: f64| 1.0 / (std::f64::consts::PI * GROUP_SCALE * (1.0 + (by / GROUP_SCALE).powi(2)) * beyond);
    let (mut ordinary, mut redefined, mut sign) = (0.0, 0.0, 0.0);
    for (by, width, logarithm) in &grid {
        let weight = width * (logarithm - highest).exp();
        ordinary += weight * usual.density(*by);
        if by.abs() >= LEAST_GROUP_MOVE {
            redefined += weight * slab(*by);
        }
        sign += weight * by.signum();
    }
    let along = group.iter().filter(|one| (one.ratio - one.expected.centre) * sign > 0.0).count();
    let agreement = (2.0 * along as f64 / group.len() as f64 - 1.0).max(0.0);
    COMMON * group.len() as f64 * agreement * redefined / ordinary
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Expectation = Expectation { centre: 0.0, spread: 0.1, freedom: 12.0 };

    /// Student's t of one degree of freedom: `1 / (π s (1 + (x / s)²))`.
    const CAUCHY: Expectation = Expectation { centre: 0.0, spread: 1.0, freedom: 1.0 };

    /// Whether both are equal but for what is lost in computing and in writing the second down.
    fn is_about(value: f64, expected: f64) -> bool {
        (value / expected - 1.0).abs() < 1e-6
    }

    #[test]
    fn half_of_a_cauchy_distribution_is_within_one_scale() {
        let expected = Expectation { centre: 0.25, spread: 2.0, freedom: 1.0 };
        let (low, high) = expected.range(0.5).unwrap();
        assert!(is_about(low, -1.75) && is_about(high, 2.25), "{low} {high}");
        assert_eq!(expected.moved(0.5), Expectation { centre: 0.75, ..expected });
    }

    #[test]
    fn evidence_of_a_move_by_hand() {
        // 0.18 · (0.7 / (π (1 + x²)) + 0.3 · Σ φ((x ± p · ln 10) / s) / (8 s)) over the density, for the powers p of 1, 2, 3
        // and 6 and an s of 0.5 or more; computed apart.
        let of = |value, spread| of_move(value, &Expectation { spread, ..CAUCHY });
        assert!(is_about(of(std::f64::consts::LN_10, 2.0), 0.125_632_754_7));
        assert!(is_about(of(std::f64::consts::LN_10, 0.25), 0.792_088_504_9));
        assert!(is_about(of(2.0, 2.0), 0.127_350_154_8));
    }

    #[test]
    fn evidence_of_a_slip_is_the_mean_over_what_may_be_meant() {
        // The density at 3 is a tenth of that at 0 and a fifth of that at 1.
        assert!(is_about(of_slip(3.0, &[1.0, 0.0], &CAUCHY), 0.18 * 7.5));
        assert_eq!(of_slip(3.0, &[], &CAUCHY), 0.0);
    }

    #[test]
    fn evidence_of_ties_by_hand() {
        // The density at the centre is 1/π; that of an interpolation is where the spread is one over √2 of what it is.
        assert!(is_about(of_repetition(0.01, &CAUCHY), 18.0 * std::f64::consts::PI));
        assert_eq!(of_repetition(10.0, &CAUCHY), 0.18);
        let wider = Expectation { centre: 5.0, spread: std::f64::consts::SQRT_2, freedom: 1.0 };
        assert!(is_about(of_interpolation(0.01, &wider), 5.0 * std::f64::consts::PI));
    }

    #[test]
    fn no_transfer_is_better_than_the_best() {
        let steps = |from: i32, to: i32, by: f64| (from..=to).map(move |one| f64::from(one) * by);
        for freedom in [1.0, 1.5, 2.0, 4.0, 7.5, 12.0] {
            let pace = |before, ratio| Pace {
                before,
                ratio,
                expected: Expectation { centre: 0.02, spread: 0.25, freedom },
            };
            let score = |pace: &Pace| pace.expected.score(pace.ratio).abs();
            for (fall, rise) in
                steps(-8, -1, 0.2).flat_map(|fall| steps(1, 8, 0.2).map(move |rise| (fall, rise)))
            {
                for size in [0.1, 0.5, 1.0, 2.0, 10.0] {
                    let (giver, taker) = (pace(size, fall), pace(1.0, rise));
                    let most = most_of_transfer(score(&giver), score(&taker), 12.0);
                    assert!(of_transfer(&giver, &taker) <= most, "{fall} {rise} {size} {freedom}");
                }
            }
        }
        // With one degree of freedom what is expected is 1 + 3² times as likely as what is 3 scales away.
        assert!(is_about(most_of_transfer(3.0, 3.0, 1.0), 0.05 * 100.0));
        assert!(is_about(most_of_transfer(0.0, 0.0, 12.0), 0.05));
        assert_eq!(most_of_transfer(f64::INFINITY, 0.0, 12.0), f64::INFINITY);
    }

    #[test]
    fn evidence_of_transfers_by_hand() {
        let pace = |before, ratio| Pace { before, ratio, expected: CAUCHY };
        // 0.05 times the mean of (1 + g²) / (1 + (g − ln(1 − q))²) · (1 + t²) / (1 + (t − ln(1 + q / 2))²) for the shares q,
        // a g of ln ½ and a t of 0.3; computed apart.
        let transfer = of_transfer(&pace(1000.0, 0.5f64.ln()), &pace(2000.0, 0.3));
        assert!(is_about(transfer, 0.073_726_890_12), "{transfer}");
        // 0.18 · (1 + ln² 2) / 0.01.
        let merger = of_merger(1000.0, &pace(1000.0, 2.0f64.ln()), 0.01);
        assert!(is_about(merger, 26.648_154_25), "{merger}");
    }

    #[test]
    fn evidence_of_a_group_by_integration() {
        // Both integrals to many digits, computed apart: 3.3554 over 1.2583, times 0.18 · 4 · ½, since three of four go
        // along. The coarse grid is right to a hundredth.
        let expected = Expectation { centre: 0.02, spread: 0.3, freedom: 4.0 };
        let usual = Expectation { centre: 0.05, spread: 0.1, freedom: 5.0 };
        let group = [-0.5, -0.4, -0.6, 0.02].map(|ratio| Pace { before: 1000.0, ratio, expected });
        let found = of_group(&group, &usual);
        assert!((found / 0.959_985 - 1.0).abs() < 0.01, "{found}");
        // 0.18 · 4 times 5.36797e10 over 1.65906e9, the likelihood being narrow and far from where the prior breaks off.
        let expected = Expectation { centre: 0.0, spread: 0.06, freedom: 4.0 };
        let group = [-0.5, -0.45, -0.55, -0.5].map(|ratio| Pace { before: 1000.0, ratio, expected });
        let found = of_group(&group, &usual);
        assert!((found / 23.2959 - 1.0).abs() < 0.001, "{found}");
    }

    #[test]
    fn who_goes_along_is_told_from_what_was_expected() {
        let expected = Expectation { centre: -0.1, ..QUIET };
        let group = |ratios: [f64; 2]| {
            of_group(&ratios.map(|ratio| Pace { before: 1000.0, ratio, expected }), &QUIET)
        };
        // −0.05 is a fall, but less of one than expected.
        assert_eq!(group([-0.5, -0.05]), 0.0);
        assert!(group([-0.5, -0.6]) > 0.0);
    }

    #[test]
    fn evidence_of_a_large_group_is_finite() {
        let expected = Expectation { spread: 0.02, ..QUIET };
        let group = [Pace { before: 1000.0, ratio: -0.7, expected }; 200];
        let found = of_group(&group, &QUIET);
        assert!(found.is_finite() && found > 50.0, "{found}");
    }

    #[test]
    fn density_is_that_of_student() {
        // Γ(1) / (√π · Γ(½)) = 1/π at the centre of one degree of freedom.
        let cauchy = Expectation { centre: 0.0, spread: 1.0, freedom: 1.0 };
        assert!((cauchy.density(0.0) - std::f64::consts::FRAC_1_PI).abs() < 1e-12);
        let wider = Expectation { centre: 1.0, spread: 2.0, freedom: 5.0 };
        let ratio = wider.density(3.0) / wider.density(-0.5);
        assert!((wider.log_density_over(3.0, -0.5).exp() - ratio).abs() < 1e-12);
    }

    #[test]
    fn a_large_move_is_evidence_and_a_small_one_is_none() {
        assert!(of_move(0.05, &QUIET) < 1.0);
        assert!(of_move(-0.7, &QUIET) > 100.0);
        // A thousandfold stands out even where figures double in an ordinary year.
        let restless = Expectation { spread: 1.0, ..QUIET };
        assert!(of_move(1000.0f64.ln(), &restless) > of_move(600.0f64.ln(), &restless) / 2.0);
        assert!(of_move(2.0f64.ln(), &restless) < 1.0);
    }

    #[test]
    fn evidence_is_about_one_on_average_without_a_fault() {
        // ∫ f₀ · E is at most the weight of the kind.
        let mean: f64 = (-4000..4000)
            .map(|place| f64::from(place) * 0.005)
            .map(|value| 0.005 * QUIET.density(value) * of_move(value, &QUIET))
            .sum();
        assert!((0.5 * COMMON..=COMMON).contains(&mean), "{mean}");
    }

    #[test]
    fn a_tie_of_large_exact_counts_is_evidence_and_one_of_coarse_counts_is_none() {
        assert!(of_repetition(1.0 / 20_000.0, &QUIET) > 500.0);
        assert!(of_repetition(0.1, &QUIET) < 1.0);
        assert!(of_interpolation(1.0 / 20_000.0, &QUIET) > 50.0);
    }

    #[test]
    fn what_one_series_loses_another_gains() {
        let pace = |before, ratio| Pace { before, ratio, expected: QUIET };
        let mirrored = of_transfer(&pace(1000.0, 0.5f64.ln()), &pace(1000.0, 1.5f64.ln()));
        let alone = of_transfer(&pace(1000.0, 0.5f64.ln()), &pace(1000.0, 0.0));
        // Less than ten to one is no evidence that anything is made of.
        assert!(mirrored > 1e3 && alone < 10.0, "{mirrored} {alone}");
        let merged = of_merger(500.0, &pace(1000.0, 1.5f64.ln()), 0.01);
        assert!(merged > 100.0 && of_merger(500.0, &pace(1000.0, 0.0), 0.01) < 10.0, "{merged}");
    }

    #[test]
    fn a_group_that_moves_as_one_is_evidence() {
        let expected = Expectation { spread: 0.3, ..QUIET };
        let usual = Expectation { spread: 0.1, ..QUIET };
        let group = |ratios: [f64; 8]| {
            let paces: Vec<Pace> =
                ratios.iter().map(|ratio| Pace { before: 1000.0, ratio: *ratio, expected }).collect();
            of_group(&paces, &usual)
        };
        assert!(group([-0.6, -0.7, -0.65, -0.8, -0.7, -0.6, -0.75, -0.7]) > 50.0);
        assert!(group([-0.7, 0.6, 0.1, -0.3, 0.2, -0.1, 0.0, 0.4]) < 1.0);
    }
}
