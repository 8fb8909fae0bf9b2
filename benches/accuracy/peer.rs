//! The methods that people reach for, as peers to compare with. They live here only.

use super::measure::Alarm;
use super::table::Table;

/// A method with the score from which it alarms by default.
pub struct Peer {
    /// Name in the results.
    pub name: &'static str,
    /// The usual threshold.
    pub default: f64,
    /// All cells that it can say something of, with scores.
    pub run: fn(&Table) -> Vec<Alarm>,
}

/// All of them.
pub const PEERS: [Peer; 5] = [
    // A fall of 30 per cent is ln 0.7.
    Peer { name: "fixed threshold (30 %)", default: 0.356_674_943_938_732_4, run: fixed },
    Peer { name: "z-score on differences", default: 3.0, run: z_score },
    Peer { name: "MAD on log-ratio", default: 3.5, run: mad },
    Peer { name: "Hidiroglou–Berthelot", default: 4.0, run: hidiroglou_berthelot },
    Peer { name: "PELT", default: 1.0, run: pelt },
];

/// Changes between neighbouring periods of one series: period, earlier and later value.
fn changes(values: &[Option<f64>]) -> Vec<(usize, f64, f64)> {
    let pairs = values.windows(2).enumerate();
    pairs.filter_map(|(index, pair)| Some((index + 1, pair[0]?, pair[1]?))).collect()
}

fn log_ratios(values: &[Option<f64>]) -> Vec<(usize, f64)> {
    let positive = |change: &(usize, f64, f64)| change.1 > 0.0 && change.2 > 0.0;
    changes(values)
        .into_iter()
        .filter(positive)
        .map(|(period, from, to)| (period, (to / from).ln()))
        .collect()
}

fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = share * last as f64;
    let below = place.floor() as usize;
    let above = place.ceil() as usize;
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

fn deviation(values: &[f64]) -> f64 {
    let centre = median(values);
    1.4826 * median(&values.iter().map(|value| (value - centre).abs()).collect::<Vec<_>>())
}

fn each_row(table: &Table, judge: impl Fn(&[Option<f64>]) -> Vec<(usize, f64)>) -> Vec<Alarm> {
    let rows = table.rows.iter().enumerate();
    rows.flat_map(|(row, series)| {
        judge(&series.values).into_iter().map(move |(period, score)| Alarm::cell(row, period, score))
    })
    .collect()
}

/// The size of the change, whatever the series.
fn fixed(table: &Table) -> Vec<Alarm> {
    each_row(table, |values| {
        log_ratios(values).into_iter().map(|(period, ratio)| (period, ratio.abs())).collect()
    })
}

/// Differences against mean and standard deviation of all differences of the series.
fn z_score(table: &Table) -> Vec<Alarm> {
    each_row(table, |values| {
        let differences: Vec<(usize, f64)> =
            changes(values).into_iter().map(|(period, from, to)| (period, to - from)).collect();
        let count = differences.len() as f64;
        let mean = differences.iter().map(|one| one.1).sum::<f64>() / count;
        let variance = differences.iter().map(|one| (one.1 - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let score = |difference: f64| (difference - mean).abs() / variance.sqrt().max(1e-9);
        differences.iter().filter(|_| count >= 3.0).map(|(period, one)| (*period, score(*one))).collect()
    })
}

/// Iglewicz & Hoaglin (1993) on log-ratios.
fn mad(table: &Table) -> Vec<Alarm> {
    each_row(table, |values| {
        let ratios = log_ratios(values);
        let all: Vec<f64> = ratios.iter().map(|one| one.1).collect();
        let (centre, spread) = (median(&all), deviation(&all).max(0.02));
        ratios
            .iter()
            .filter(|_| all.len() >= 3)
            .map(|(period, ratio)| (*period, (ratio - centre).abs() / spread))
            .collect()
    })
}

/// Hidiroglou & Berthelot (1986) with U = 0.5 and A = 0.05: the units of one period against each other.
fn hidiroglou_berthelot(table: &Table) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    for period in 1..table.periods.len() {
        let mut units: Vec<(usize, f64, f64)> = Vec::new();
        for (row, series) in table.rows.iter().enumerate() {
            if let (Some(from), Some(to)) = (series.values[period - 1], series.values[period])
                && from > 0.0
                && to > 0.0
            {
                units.push((row, from, to));
            }
        }
        if units.len() < 5 {
            continue;
        }
        let middle = median(&units.iter().map(|(_, from, to)| to / from).collect::<Vec<_>>());
        let effects: Vec<f64> = units
            .iter()
            .map(|(_, from, to)| {
                let ratio = to / from;
                let size = if ratio < middle { 1.0 - middle / ratio } else { ratio / middle - 1.0 };
                size * from.max(*to).sqrt()
            })
            .collect();
        let centre = median(&effects);
        let least = (0.05 * centre).abs().max(1e-9);
        let below = (centre - quantile(&effects, 0.25)).max(least);
        let above = (quantile(&effects, 0.75) - centre).max(least);
        for ((row, _, _), effect) in units.iter().zip(&effects) {
            let score = if *effect < centre { (centre - effect) / below } else { (effect - centre) / above };
            alarms.push(Alarm::cell(*row, period, score));
        }
    }
    alarms
}

/// Changes of the mean of the logarithms (Killick, Fearnhead & Eckley 2012): the segmentation of least squares plus a
/// penalty a change. Score: the largest multiple of the usual penalty, 2 ln n, under which the change stays.
fn pelt(table: &Table) -> Vec<Alarm> {
    const MULTIPLES: [f64; 14] = [0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.5, 7.0, 10.0, 20.0, 50.0];
    each_row(table, |values| {
        let points: Vec<(usize, f64)> = values
            .iter()
            .enumerate()
            .filter_map(|(period, value)| Some((period, value.filter(|value| *value > 0.0)?.ln())))
            .collect();
        let differences: Vec<f64> = points.windows(2).map(|pair| pair[1].1 - pair[0].1).collect();
        if differences.len() < 3 {
            return Vec::new();
        }
        let scale = (deviation(&differences) / std::f64::consts::SQRT_2).max(0.02);
        let standard: Vec<f64> = points.iter().map(|point| point.1 / scale).collect();
        let mut scores: Vec<(usize, f64)> = Vec::new();
        for multiple in MULTIPLES {
            let penalty = multiple * 2.0 * (standard.len() as f64).ln();
            for place in segmentation(&standard, penalty) {
                let period = points[place].0;
                match scores.iter_mut().find(|one| one.0 == period) {
                    Some(one) => one.1 = multiple,
                    None => scores.push((period, multiple)),
                }
            }
        }
        scores
    })
}

/// Places at which new segments begin, by optimal partitioning: PELT's own pruning changes the time, not the result.
fn segmentation(values: &[f64], penalty: f64) -> Vec<usize> {
    let mut sums = vec![(0.0, 0.0)];
    for value in values {
        let last = sums[sums.len() - 1];
        sums.push((last.0 + value, last.1 + value * value));
    }
    let cost = |from: usize, to: usize| {
        let (sum, squares) = (sums[to].0 - sums[from].0, sums[to].1 - sums[from].1);
        squares - sum * sum / (to - from) as f64
    };
    let mut best = vec![(-penalty, 0usize)];
    for end in 1..=values.len() {
        let costs = (0..end).map(|start| (best[start].0 + cost(start, end) + penalty, start));
        best.push(costs.min_by(|left, right| left.0.total_cmp(&right.0)).unwrap_or((0.0, 0)));
    }
    let mut places = Vec::new();
    let mut end = values.len();
    while end > 0 {
        end = best[end].1;
        if end > 0 {
            places.push(end);
        }
    }
    places
}
