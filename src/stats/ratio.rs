//! How unusual a change from one period to the next is: a leave-one-out empirical-Bayes test on log-ratios.
//!
//! A series of three to thirty published counts says little of its own spread, its peers say more. Each log-ratio is
//! compared with the others of its series (itself left out), whose centre is shrunk to zero and whose spread is shrunk
//! to that of the peers, in the manner of Smyth (2004, *Statistical Applications in Genetics and Molecular Biology*
//! 3(1), art. 3); Poisson and rounding noise are added. The result is a two-sided probability from Student's t.

use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::gamma::digamma;

use super::digits;
use super::evidence::{self, Expectation};
use super::robust::{LeaveOut, MANY, Middle, NORMAL_CONSISTENCY, median_of_many};
use super::season::Season;

/// Smallest spread that is believed: two per cent. Below it, ties and rounding would make every change a surprise.
const SPREAD_FLOOR: f64 = 0.02;
/// Weight, in changes, of the belief that a series does not drift.
const CENTRE_PRIOR: f64 = 3.0;
/// Most degrees of freedom: published series are not as well behaved as a normal sample of their length.
pub const FREEDOM_CAP: f64 = 12.0;
/// Degrees of freedom of the prior where too few peers are long enough to estimate them.
const FREEDOM_DEFAULT: f64 = 6.0;
/// Range that estimated prior degrees of freedom are held to.
const FREEDOM_RANGE: (f64, f64) = (2.0, 30.0);
/// This many other changes say something of the spread of a series. Fewer would be less than one degree of freedom, which
/// [`evidence::most_of_transfer`] rests on.
const LEAST_OTHERS: usize = 3;
/// A series needs this many changes to tell something of how much series differ in spread.
const LONG_SERIES: usize = 6;

/// One step of a series, as logarithms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Count before; greater than zero.
    pub from: f64,
    /// Count after; greater than zero.
    pub to: f64,
    /// Printed steps of both counts; 0 where they are exact.
    pub grains: (f64, f64),
}

impl Step {
    /// Natural logarithm of the ratio.
    pub fn log_ratio(&self) -> f64 {
        (self.to / self.from).ln()
    }

    /// Variance of the log-ratio from Poisson counting and from rounding, if nothing had happened: a count that has
    /// fallen is not excused by being small now.
    fn noise(&self) -> f64 {
        noise_of(self.from, self.grains.0) + noise_of(self.to.max(self.from), self.grains.1)
    }
}

/// Variance of the logarithm of a count from Poisson counting and from rounding (a uniform error has a twelfth of its
/// width squared).
fn noise_of(count: f64, grain: f64) -> f64 {
    1.0 / count + grain * grain / (12.0 * count * count)
}

/// Variance of the statistic of an excursion, `(2 ln y − ln before − ln after) / √2`, from counting and rounding, if
/// the value lay between its neighbours.
fn noise_of_excursion(out: &Step, back: &Step) -> f64 {
    let between = (out.from * back.to).sqrt().max(out.to);
    0.5 * (4.0 * noise_of(between, out.grains.1)
        + noise_of(out.from, out.grains.0)
        + noise_of(back.to, back.grains.1))
}

/// The counts of one series and the steps between neighbours that can be compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    /// The counts in order of time; 0 where there is none above zero.
    values: Vec<f64>,
    /// Their printed steps; none where all are exact.
    grains: Vec<f64>,
    /// The place of the earlier count of each step; none where every two neighbours are one.
    starts: Option<Vec<u32>>,
}

impl Counts {
    /// Counts in order of time, each with its printed step; 0 where there is none. Every two neighbours above zero make
    /// a step where `is_step` says so of the earlier one's place.
    pub fn new(counts: impl Iterator<Item = (f64, f64)>, is_step: impl Fn(usize) -> bool) -> Self {
        let mut values = Vec::with_capacity(counts.size_hint().0);
        let mut grains = Vec::new();
        for (value, grain) in counts {
            if grain != 0.0 {
                grains.resize(values.len(), 0.0);
                grains.push(grain);
            }
            values.push(value);
        }
        if !grains.is_empty() {
            grains.resize(values.len(), 0.0);
        }
        let is_step = |start: usize| values[start] > 0.0 && values[start + 1] > 0.0 && is_step(start);
        let all = 0..values.len().saturating_sub(1);
        let starts = all.clone().position(|start| !is_step(start)).map(|first| {
            let others = all.skip(first + 1).filter(|start| is_step(*start));
            (0..first).chain(others).map(|start| start as u32).collect()
        });
        Self { values, grains, starts }
    }

    /// The counts in order of time; 0 where there is none above zero.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// How many steps there are.
    pub fn steps(&self) -> usize {
        self.starts.as_ref().map_or(self.values.len().saturating_sub(1), Vec::len)
    }

    /// The place of the earlier count of a step.
    pub fn start(&self, step: usize) -> usize {
        self.starts.as_ref().map_or(step, |starts| starts[step] as usize)
    }

    /// One step.
    pub fn step(&self, index: usize) -> Step {
        let start = self.start(index);
        let grain = |place: usize| self.grains.get(place).copied().unwrap_or(0.0);
        let grains = (grain(start), grain(start + 1));
        Step { from: self.values[start], to: self.values[start + 1], grains }
    }

    /// The log-ratios of all steps.
    pub fn log_ratios(&self) -> Vec<f64> {
        (0..self.steps()).map(|index| self.step(index).log_ratio()).collect()
    }
}

/// Log-ratios of one series, with their centre and spread.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratios {
    /// The log-ratios in order of time.
    pub values: Vec<f64>,
    centre: Middle,
    deviation: f64,
    /// A bound below the deviation without any one or two of them.
    least_deviation: f64,
}

impl Ratios {
    /// Measures some log-ratios.
    pub fn new(values: Vec<f64>) -> Self {
        let centre = Middle::of(values.clone());
        let distances = Middle::of(values.iter().map(|value| (value - centre.median()).abs()).collect());
        Self {
            centre,
            deviation: NORMAL_CONSISTENCY * distances.median(),
            // No distance changes by more than the centre moves.
            least_deviation: NORMAL_CONSISTENCY * (distances.low() - centre.slack()).max(0.0),
            values,
        }
    }

    /// The spread of the series where it is long enough, else that of its peers: a first impression.
    pub fn typical_spread(&self, prior: Option<Prior>) -> f64 {
        let peers = prior.map_or(0.0, |prior| prior.spread);
        if self.values.len() > LEAST_OTHERS { self.deviation.max(SPREAD_FLOOR) } else { peers }
    }
}

/// What a group of peers says of the spread of a series before the series itself is looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// Typical spread of a log-ratio.
    pub spread: f64,
    /// How many degrees of freedom that knowledge is worth.
    pub freedom: f64,
}

impl Prior {
    /// Learns from the log-ratios of all series of a group. `None` where there is none.
    pub fn learn<'a>(series: impl Iterator<Item = &'a Ratios> + Clone) -> Option<Self> {
        let (mut count, mut log_variances) = (0, Vec::new());
        for ratios in series.clone() {
            count += ratios.values.len();
            if ratios.values.len() >= LONG_SERIES {
                log_variances.push(2.0 * ratios.deviation.max(SPREAD_FLOOR).ln());
            }
        }
        let centred = series.flat_map(|ratios| {
            let centre = shrunk_centre(ratios.centre.median(), ratios.values.len());
            ratios.values.iter().map(move |ratio| (ratio - centre).abs())
        });
        let median = match count {
            0 => return None,
            MANY.. => median_of_many(centred),
            _ => Middle::of(centred.collect()).median(),
        };
        // About zero: that all peers move alike does not make their moves small.
        let spread = (NORMAL_CONSISTENCY * median).max(SPREAD_FLOOR);
        let freedom = if log_variances.len() < 4 { FREEDOM_DEFAULT } else { prior_freedom(&log_variances) };
        Some(Self { spread, freedom })
    }
}

/// Smyth's estimate: the log-variances of series differ by as much as those of samples with `d` degrees of freedom
/// from one population would, `trigamma(d / 2)`.
fn prior_freedom(log_variances: &[f64]) -> f64 {
    let count = log_variances.len() as f64;
    let mean = log_variances.iter().sum::<f64>() / count;
    let variance = log_variances.iter().map(|one| (one - mean) * (one - mean)).sum::<f64>() / (count - 1.0);
    (2.0 * inverse_trigamma(variance)).clamp(FREEDOM_RANGE.0, FREEDOM_RANGE.1)
}

/// The `x` with `trigamma(x) = value`, by bisection on its logarithm: trigamma falls from infinity to 0.
fn inverse_trigamma(value: f64) -> f64 {
    let (mut low, mut high) = (1e-3f64, 1e3f64);
    for _ in 0..60 {
        let middle = (low * high).sqrt();
        if trigamma(middle) > value { low = middle } else { high = middle }
    }
    (low * high).sqrt()
}

/// Second derivative of the log-gamma function, by central difference of digamma.
fn trigamma(x: f64) -> f64 {
    let width = 1e-4 * x;
    (digamma(x + width) - digamma(x - width)) / (2.0 * width)
}

fn shrunk_centre(median: f64, count: usize) -> f64 {
    let count = count as f64;
    median * count / (count + CENTRE_PRIOR)
}

/// How unusual one change is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surprise {
    /// Log-ratio that the rest of the series suggests.
    pub expected: f64,
    /// Distance from it in standard deviations.
    pub score: f64,
    /// Probability of a distance at least this large.
    pub probability: f64,
    /// What was expected of the logarithm of the figure itself.
    pub figure: Expectation,
}

/// Tests steps of one series against its other steps and the group's prior.
///
/// Without a prior a series must have four steps to be tested, so that three are left to learn from.
#[derive(Debug)]
pub struct Steps<'s> {
    counts: &'s Counts,
    /// The log-ratios, without their season where there is one.
    ratios: &'s [f64],
    season: Option<&'s Season>,
    prior: Option<Prior>,
    others: LeaveOut<'s>,
    /// Lowest and highest log-ratio that the other steps suggest for any one step.
    expected: (f64, f64),
    /// Bounds below the spread of a step, and of an excursion, noise left aside.
    spreads: (f64, f64),
}

impl<'s> Steps<'s> {
    /// Prepares a series; `ratios` are the log-ratios of its steps, of which the season is taken off where there is one.
    pub fn new(
        counts: &'s Counts,
        ratios: &'s Ratios,
        season: Option<&'s Season>,
        prior: Option<Prior>,
    ) -> Self {
        let ratios = season.map_or(ratios, |season| &season.rest);
        let count = ratios.values.len();
        let shrunk = |centre| shrunk_centre(centre, count.saturating_sub(1));
        let least_spread = |left_out| {
            let known = spread(ratios.least_deviation, count.saturating_sub(left_out), prior);
            // The margin is for what is lost in computing either side.
            known.map_or(0.0, |(variance, _)| (variance * (1.0 - 1e-9)).sqrt())
        };
        Self {
            counts,
            ratios: &ratios.values,
            season,
            prior,
            others: LeaveOut::new(&ratios.values, ratios.centre),
            expected: (shrunk(ratios.centre.low()), shrunk(ratios.centre.high())),
            spreads: (least_spread(1), least_spread(2)),
        }
    }

    /// A bound above the distance of a step from what is expected of it, in scales: infinite where nothing is known.
    pub fn highest_score(&self, index: usize) -> f64 {
        if self.spreads.0 > 0.0 { self.farthest(index) / self.spreads.0 } else { f64::INFINITY }
    }

    /// A bound above the distance of a step from what is expected of it.
    fn farthest(&self, index: usize) -> f64 {
        let ratio = self.ratios[index];
        (ratio - self.expected.0).max(self.expected.1 - ratio)
    }

    /// Tests one step. `None` where nothing can be said, or where the score is less than `least`.
    pub fn surprise(&mut self, index: usize, least: f64) -> Option<Surprise> {
        // Nearly all changes are usual.
        if self.farthest(index) < least * self.spreads.0 {
            return None;
        }
        let (ratio, count) = (self.ratios[index], self.ratios.len() - 1);
        let expected = shrunk_centre(self.others.median([ratio]), count);
        let own = self.others.deviation([ratio]);
        let step = self.counts.step(index);
        let surprise = judge(ratio, expected, (own, count), self.noise(index), self.prior, least)?;
        let season = self.season_of(index);
        let figure = surprise.figure.moved(step.from.ln() + season);
        Some(Surprise { expected: surprise.expected + season, figure, ..surprise })
    }

    /// Variance of a log-ratio from counting and rounding, and from what is not known of its season.
    fn noise(&self, index: usize) -> f64 {
        self.counts.step(index).noise() + self.season.map_or(0.0, |season| season.noise[index])
    }

    /// Variance of the statistic of an excursion from what is not known of the season.
    fn noise_of_season(&self, index: usize) -> f64 {
        self.season.map_or(0.0, |season| 0.5 * (season.noise[index] + season.noise[index + 1]))
    }

    /// The part of a log-ratio that is the season's.
    fn season_of(&self, index: usize) -> f64 {
        self.season.map_or(0.0, |season| season.parts[index])
    }

    /// What the other steps and the peers suggest for one step, with its noise. `None` where nothing is known.
    pub fn expectation(&mut self, index: usize) -> Option<Expectation> {
        let season = self.season_of(index);
        Some(self.expectation_of_rest(index)?.moved(season))
    }

    /// What they suggest for what is left of it without the season.
    fn expectation_of_rest(&mut self, index: usize) -> Option<Expectation> {
        let (ratio, count) = (self.ratios[index], self.ratios.len() - 1);
        let centre = shrunk_centre(self.others.median([ratio]), count);
        let own = self.others.deviation([ratio]);
        expectation(centre, (own, count), self.noise(index), self.prior)
    }

    /// The same for a step about which the next one may tell nothing either, since both have one figure in common.
    pub fn expectation_without_next(&mut self, index: usize) -> Option<Expectation> {
        let Some(next) = self.ratios.get(index + 1) else { return self.expectation(index) };
        let (ratios, count) = ([self.ratios[index], *next], self.ratios.len() - 2);
        let centre = shrunk_centre(self.others.median(ratios), count);
        let own = self.others.deviation(ratios);
        let expected = expectation(centre, (own, count), self.noise(index), self.prior)?;
        Some(expected.moved(self.season_of(index)))
    }

    /// Tests whether a step and the next one, taken together, are an excursion: out and back. The statistic is their
    /// difference over the square root of two, which varies as a single log-ratio does and in which drift cancels;
    /// both steps are left out of what the series tells of its spread. `None` as for [`Self::surprise`].
    pub fn surprise_of_excursion(&mut self, index: usize, least: f64) -> Option<Surprise> {
        let ratios = [*self.ratios.get(index)?, *self.ratios.get(index + 1)?];
        let count = self.ratios.len() - 2;
        let statistic = (ratios[0] - ratios[1]) / std::f64::consts::SQRT_2;
        if statistic.abs() < least * self.spreads.1 {
            return None;
        }
        let known = (self.others.deviation(ratios), count);
        let (out, back) = (self.counts.step(index), self.counts.step(index + 1));
        let noise = noise_of_excursion(&out, &back) + self.noise_of_season(index);
        let surprise = judge(statistic, 0.0, known, noise, self.prior, least)?;
        // The figure itself is as far from the line between its neighbours as the statistic over the same root.
        let figure =
            Expectation { spread: surprise.figure.spread / std::f64::consts::SQRT_2, ..surprise.figure };
        let season = 0.5 * (self.season_of(index) - self.season_of(index + 1));
        let between = f64::midpoint(out.from.ln(), back.to.ln()) + season;
        Some(Surprise { figure: figure.moved(between), ..surprise })
    }

    /// How many times better a fault explains a step than ordinary variation does; see [`evidence`].
    pub fn evidence(&mut self, index: usize) -> Option<f64> {
        let expected = self.expectation_of_rest(index)?;
        Some(evidence::of_move(self.ratios[index], &expected))
    }

    /// How many times better a fault explains an excursion than ordinary variation does: any, or a slip of a digit. The
    /// distance from the line between the neighbours is what a fault would have made.
    pub fn evidence_of_excursion(&mut self, index: usize) -> Option<f64> {
        let ratios = [*self.ratios.get(index)?, *self.ratios.get(index + 1)?];
        let (out, back) = (self.counts.step(index), self.counts.step(index + 1));
        let known = (self.others.deviation(ratios), self.ratios.len() - 2);
        let distance = 0.5 * (ratios[0] - ratios[1]);
        let noise = noise_of_excursion(&out, &back) + self.noise_of_season(index);
        let expected = expectation(0.0, known, noise, self.prior)?;
        let expected = Expectation { spread: expected.spread / std::f64::consts::SQRT_2, ..expected };
        let meant: Vec<f64> =
            digits::meant(out.to).into_iter().map(|(_, one)| distance + (one / out.to).ln()).collect();
        Some(evidence::of_move(distance, &expected).max(evidence::of_slip(distance, &meant, &expected)))
    }
}

/// The score that a change must have at least to be less probable than this: Student's t has heavier tails the fewer
/// its degrees of freedom, and no test has more than the cap, so that whatever is nearer need not be looked at more
/// closely.
pub fn least_score(probability: f64) -> f64 {
    let student = StudentsT::new(0.0, 1.0, FREEDOM_CAP);
    // The margin is for what is lost in computing either side.
    student.map_or(0.0, |student| 0.999 * student.inverse_cdf(1.0 - 0.5 * probability.clamp(0.0, 1.0)))
}

/// Distance, in powers of ten, within which a value fits a scale.
const SCALE_TOLERANCE: f64 = 0.1;
/// Powers of ten by which figures are mistaken: a digit too few or too many, hundredths, thousands, millions.
const SCALES: [i32; 8] = [-6, -3, -2, -1, 1, 2, 3, 6];
/// Chance that a value far out of line fits some power of ten all the same: its distance from the line, in powers of
/// ten, is as likely to end anywhere between two whole numbers, and a fifth of that range is within the tolerance.
pub const CHANCE_OF_FITTING_SCALE: f64 = 2.0 * SCALE_TOLERANCE;

/// The power of ten that a value must be multiplied by to lie on the line between its neighbours (their geometric
/// mean); none where no power fits.
pub fn scale_slip(before: f64, value: f64, after: f64) -> Option<i32> {
    let distance = 0.5 * (before.log10() + after.log10()) - value.log10();
    SCALES.into_iter().find(|power| (distance - f64::from(*power)).abs() < SCALE_TOLERANCE)
}

/// Probability of a value at least as far from what is expected, given the spread of so many other values. `None`
/// where nothing can be said, or where the score is less than `least`.
fn judge(
    value: f64,
    expected: f64,
    (own, count): (f64, usize),
    noise: f64,
    prior: Option<Prior>,
    least: f64,
) -> Option<Surprise> {
    let expectation = expectation(expected, (own, count), noise, prior)?;
    let score = (value - expected) / expectation.spread;
    // The distribution is slow to compute.
    if score.abs() < least {
        return None;
    }
    let student = StudentsT::new(0.0, 1.0, expectation.freedom).ok()?;
    let probability = (2.0 * student.sf(score.abs())).min(1.0);
    Some(Surprise { expected, score, probability, figure: expectation })
}

fn expectation(
    centre: f64,
    (own, count): (f64, usize),
    noise: f64,
    prior: Option<Prior>,
) -> Option<Expectation> {
    let (variance, freedom) = spread(own, count, prior)?;
    Some(Expectation { centre, spread: (variance + noise).sqrt(), freedom: freedom.min(FREEDOM_CAP) })
}

/// Variance of a log-ratio, noise left aside, and its degrees of freedom, from the spread `own` of so many other ones
/// and what peers say. `None` where nothing is known.
fn spread(own: f64, count: usize, prior: Option<Prior>) -> Option<(f64, f64)> {
    // Fewer than three other changes say nothing of the spread.
    let own_freedom = if count >= LEAST_OTHERS { 0.5 * (count as f64 - 1.0) } else { 0.0 };
    let own = own.max(SPREAD_FLOOR);
    let prior = prior.unwrap_or(Prior { spread: 0.0, freedom: 0.0 });
    let freedom = prior.freedom + own_freedom;
    if freedom <= 0.0 {
        return None;
    }
    let variance = (prior.freedom * prior.spread * prior.spread + own_freedom * own * own) / freedom;
    Some((variance * (1.0 + 1.0 / (count as f64 + CENTRE_PRIOR)), freedom))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_about(value: f64, expected: f64) -> bool {
        (value / expected - 1.0).abs() < 1e-6
    }

    #[test]
    fn noise_by_hand() {
        // 1/100 + 6² / (12 · 100²) = 0.0103, with a grain of 12 0.0112; a count that has fallen is taken for the one before.
        let fallen = Step { from: 100.0, to: 50.0, grains: (6.0, 12.0) };
        assert!(is_about(fallen.noise(), 0.0103 + 0.0112));
        // Between 100 and 400 lies 200: 0.005 + 0.0003.
        let (out, back) = (Step { to: 20.0, ..fallen }, Step { from: 20.0, to: 400.0, grains: (12.0, 24.0) });
        assert!(is_about(noise_of_excursion(&out, &back), 0.5 * (4.0 * 0.0053 + 0.0103 + 0.0028)));
    }

    #[test]
    fn a_gap_is_in_no_step() {
        let counts = Counts::new([(10.0, 1.0), (0.0, 0.0), (20.0, 2.0), (30.0, 3.0)].into_iter(), |_| true);
        assert_eq!(counts.values(), [10.0, 0.0, 20.0, 30.0]);
        assert_eq!((counts.steps(), counts.start(0)), (1, 2));
        assert_eq!(counts.step(0), Step { from: 20.0, to: 30.0, grains: (2.0, 3.0) });
    }

    #[test]
    fn a_first_impression_of_the_spread() {
        let prior = Some(Prior { spread: 0.5, freedom: 6.0 });
        let spread = |values: &[f64]| Ratios::new(values.to_vec()).typical_spread(prior);
        // Two are 0.05 from the median and two 0.15.
        assert!(is_about(spread(&[0.1, 0.2, 0.3, 0.4]), 0.148_26));
        assert_eq!((spread(&[0.1; 4]), spread(&[0.1, 0.2, 0.3])), (0.02, 0.5));
        assert_eq!(Ratios::new(vec![0.1]).typical_spread(None), 0.0);
    }

    #[test]
    fn trigamma_at_known_places() {
        // Abramowitz & Stegun 6.4.2, 6.4.4 and 6.4.6: π²/6 at 1, π²/2 at ½, and 1/x² more than a place further on.
        let sixth = std::f64::consts::PI.powi(2) / 6.0;
        for (place, value) in [(1.0, sixth), (0.5, 3.0 * sixth), (2.0, sixth - 1.0)] {
            assert!(is_about(trigamma(place), value), "{place}");
            assert!(is_about(inverse_trigamma(value), place), "{place}");
        }
        assert!(is_about(trigamma(0.001), 1e6 + trigamma(1.001)));
    }

    #[test]
    fn what_peers_say_by_hand() {
        let six =
            |size: f64| Ratios::new([-3.0, -1.0, -1.0, 1.0, 1.0, 3.0].iter().map(|one| one * size).collect());
        // Log-variances of `distance` about the mean differ by a variance of 4/3 · distance², here the trigamma of 3/2, π²/2 − 4.
        let distance = (0.75 * (std::f64::consts::PI.powi(2) / 2.0 - 4.0)).sqrt();
        let (low, high) = (six(0.5 * (-0.5 * distance).exp()), six(0.5 * (0.5 * distance).exp()));
        let four = Prior::learn([&low, &low, &high, &high].into_iter()).unwrap();
        assert!(is_about(four.freedom, 3.0), "{four:?}");
        let short = Ratios::new(vec![-0.9, -0.1, 0.0, 0.1, 0.9]);
        let three = Prior::learn([&low, &high, &high, &short].into_iter()).unwrap();
        assert_eq!(three.freedom, 6.0);
        // The median of three, 0.4, is shrunk to 0.2: distances of 0, 0.2 and 0.4.
        let drifting = Ratios::new(vec![0.4, 0.2, 0.6]);
        assert!(is_about(Prior::learn([&drifting].into_iter()).unwrap().spread, 1.4826 * 0.2));
    }

    /// Counts whose log-ratios are as given.
    fn counts(ratios: &[f64]) -> Counts {
        let mut at = 1000.0f64.ln();
        let later = ratios.iter().map(|ratio| {
            at += ratio;
            at.exp()
        });
        let all: Vec<(f64, f64)> =
            std::iter::once(1000.0).chain(later).map(|count| (count, 0.1 * count)).collect();
        Counts::new(all.into_iter(), |_| true)
    }

    #[test]
    fn a_first_look_passes_over_nothing() {
        let mut state = 7u64;
        let mut number = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / (1u64 << 24) as f64 - 0.5
        };
        for series in 0..300 {
            let size = [0.1, 1.0, 10.0][series % 3];
            let drift = size * number();
            let length = 4 + series % 6;
            let ratios: Vec<f64> = (0..length).map(|_| drift + size * number()).collect();
            let counts = counts(&ratios);
            let ratios = Ratios::new(counts.log_ratios());
            for prior in [None, Some(Prior { spread: 0.02 * size, freedom: 2.0 })] {
                let mut tests = Steps::new(&counts, &ratios, None, prior);
                for index in 0..length {
                    if let Some(expected) = tests.expectation(index) {
                        let score = expected.score(ratios.values[index]).abs();
                        assert!(score <= tests.highest_score(index), "{ratios:?} at {index}");
                    }
                    for least in [0.5, 1.0, 1.5, 2.0, 4.0] {
                        let is_far = |found: &Surprise| found.score.abs() >= least;
                        let all = tests.surprise(index, 0.0).filter(is_far);
                        assert_eq!(tests.surprise(index, least), all, "{ratios:?} at {index}");
                        let all = tests.surprise_of_excursion(index, 0.0).filter(is_far);
                        assert_eq!(tests.surprise_of_excursion(index, least), all, "{ratios:?} at {index}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_expected_of_a_series_with_a_season() {
        let of_season = [-0.4, 0.1, 0.1, 0.2];
        let other =
            [0.03, -0.05, 0.02, 0.04, -0.03, 0.01, -0.02, 0.05, -0.04, 0.02, -0.01, 0.03, -0.05, 0.04, 0.01];
        let ratios: Vec<f64> = other.iter().enumerate().map(|(at, one)| of_season[at % 4] + one).collect();
        let counts = counts(&ratios);
        let ratios = Ratios::new(counts.log_ratios());
        let season = Season::find(&ratios, 4).unwrap();
        let mut tests = Steps::new(&counts, &ratios, Some(&season), None);
        for (index, ratio) in ratios.values.iter().enumerate() {
            let score = tests.expectation(index).unwrap().score(*ratio).abs();
            assert!(score <= tests.highest_score(index), "{index}");
        }
        let rest = &season.rest.values;
        // What the 15 − `left_out` others suggest, with so much noise.
        let of_others = |left_out: &[usize], noise: f64| {
            let others: Vec<f64> = (0..15).filter(|at| !left_out.contains(at)).map(|at| rest[at]).collect();
            let (count, own) = (others.len() as f64, super::super::robust::deviation(&others).max(0.02));
            let centre = super::super::robust::median(&others) * count / (count + 3.0);
            let spread = (own * own * (1.0 + 1.0 / (count + 3.0)) + noise).sqrt();
            Expectation { centre, spread, freedom: 0.5 * (count - 1.0) }
        };
        let are_about = |one: Expectation, other: Expectation| {
            (one.centre - other.centre).abs() < 1e-9
                && is_about(one.spread, other.spread)
                && one.freedom == other.freedom
        };
        for index in 0..14 {
            let (step, next) = (counts.step(index), counts.step(index + 1));
            let noise = step.noise() + season.noise[index];
            let expected = of_others(&[index], noise);
            let with_season = expected.moved(season.parts[index]);
            assert!(are_about(tests.expectation(index).unwrap(), with_season));
            let found = tests.surprise(index, 0.0).unwrap();
            assert!(are_about(found.figure, with_season.moved(step.from.ln())));
            assert!((found.expected - with_season.centre).abs() < 1e-9);
            assert!((found.score - expected.score(rest[index])).abs() < 1e-6);
            assert!(is_about(tests.evidence(index).unwrap(), evidence::of_move(rest[index], &expected)));
            let without_next = of_others(&[index, index + 1], noise).moved(season.parts[index]);
            assert!(are_about(tests.expectation_without_next(index).unwrap(), without_next));

            let noise = noise_of_excursion(&step, &next);
            let noise = noise + 0.5 * (season.noise[index] + season.noise[index + 1]);
            let expected = Expectation { centre: 0.0, ..of_others(&[index, index + 1], noise) };
            let figure = Expectation { spread: expected.spread / 2.0f64.sqrt(), ..expected };
            let part = 0.5 * (season.parts[index] - season.parts[index + 1]);
            let found = tests.surprise_of_excursion(index, 0.0).unwrap();
            assert!(are_about(found.figure, figure.moved(0.5 * (step.from * next.to).ln() + part)));
            let distance = 0.5 * (rest[index] - rest[index + 1]);
            assert!((found.score - figure.score(distance)).abs() < 1e-6);
            // None of the counts is a whole number, so that no slip of a digit is looked for.
            let found = tests.evidence_of_excursion(index).unwrap();
            assert!(is_about(found, evidence::of_move(distance, &figure)));
        }
        assert_eq!(tests.expectation_without_next(14), tests.expectation(14));
        assert_eq!(tests.evidence_of_excursion(14), None);
    }

    #[test]
    fn evidence_of_a_slip_is_that_of_the_figure_meant() {
        // 5,821 for 8,521: the first two digits stand the other way round.
        let counts = Counts::new(
            [8_400.0, 8_600.0, 8_500.0, 5_821.0, 8_550.0, 8_450.0, 8_500.0]
                .map(|count| (count, 0.0))
                .into_iter(),
            |_| true,
        );
        let ratios = Ratios::new(counts.log_ratios());
        let prior = Some(Prior { spread: 0.02, freedom: 12.0 });
        let (out, back) = (counts.step(2), counts.step(3));
        let others: Vec<f64> = [0, 1, 4, 5].map(|at| ratios.values[at]).to_vec();
        let own = super::super::robust::deviation(&others).max(0.02);
        let variance = (12.0 * 0.02 * 0.02 + 1.5 * own * own) / 13.5 * (1.0 + 1.0 / 7.0);
        let spread = (0.5 * (variance + noise_of_excursion(&out, &back))).sqrt();
        let expected = Expectation { centre: 0.0, spread, freedom: 12.0 };
        let line = (8_500.0f64 * 8_550.0).sqrt();
        let meant: Vec<f64> = digits::meant(5_821.0).iter().map(|(_, one)| (one / line).ln()).collect();
        let slip = evidence::of_slip((5_821.0 / line).ln(), &meant, &expected);
        let found = Steps::new(&counts, &ratios, None, prior).evidence_of_excursion(2).unwrap();
        assert!(is_about(found, slip) && slip > 1.0, "{found} {slip}");
    }
}
