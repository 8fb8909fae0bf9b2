//! Puts faults of known kinds at known places into a clean table.
//!
//! After each fault the publisher's rounding is applied again, so that no fault gives itself away by its digits.

use super::clean::is_event;
use super::table::{Random, Table};

/// Share of the series of a table that are faulted.
const SHARE: f64 = 0.12;
/// Places that are tried for a fault before it is given up: not every series can have every fault.
const TRIES: usize = 400;

/// What is done to the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Halved from a period on.
    HalvedForGood,
    /// Halved in one period.
    HalvedOnce,
    /// A thousand times too large in one period.
    Thousandfold,
    /// Two neighbouring digits swapped.
    Transposed,
    /// The figure of the period before.
    Stale,
    /// The mean of its neighbours.
    Interpolated,
    /// 30 to 70 per cent of one series are counted in another from a period on.
    Reclassified,
    /// One series ends and is counted in another.
    Merged,
    /// All series of a group are counted another way from a period on: 0.5 to 2 times as many.
    Redefined,
    /// A digit dropped or doubled.
    DigitLost,
    /// The period holds two periods.
    CountedTwice,
    /// Two series have each other's figures in one period.
    Swapped,
}

impl Kind {
    /// The kinds by which methods are compared.
    pub const NINE: [Self; 9] = [
        Self::HalvedForGood,
        Self::HalvedOnce,
        Self::Thousandfold,
        Self::Transposed,
        Self::Stale,
        Self::Interpolated,
        Self::Reclassified,
        Self::Merged,
        Self::Redefined,
    ];
    /// Further kinds that published files have.
    pub const FURTHER: [Self; 3] = [Self::DigitLost, Self::CountedTwice, Self::Swapped];

    /// The heading of its column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HalvedForGood => "halved for good",
            Self::HalvedOnce => "halved once",
            Self::Thousandfold => "×1000",
            Self::Transposed => "transposed",
            Self::Stale => "stale",
            Self::Interpolated => "interpolated",
            Self::Reclassified => "reclassified",
            Self::Merged => "merged",
            Self::Redefined => "group",
            Self::DigitLost => "digit lost",
            Self::CountedTwice => "counted twice",
            Self::Swapped => "swapped",
        }
    }

    /// Whether it touches two series.
    const fn is_pair(self) -> bool {
        matches!(self, Self::Reclassified | Self::Merged | Self::Swapped)
    }
}

/// A fault that was put in.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The series that were touched; an alarm at any of them finds it, for a group the share of them counts.
    pub rows: Vec<usize>,
    /// The first period that was touched.
    pub period: usize,
    /// Whether a whole group was.
    pub is_group: bool,
}

/// A table with faults of one kind, at different periods of different series. `is_prospective` leaves out places with
/// fewer than three values before them; otherwise a value must follow.
pub fn inject(table: &Table, kind: Kind, random: &mut Random, is_prospective: bool) -> (Table, Vec<Fault>) {
    let mut faulted = table.clone();
    let mut faults: Vec<Fault> = Vec::new();
    if kind == Kind::Redefined {
        let groups = table.groups();
        for _ in 0..TRIES {
            let Some(group) = (!groups.is_empty()).then(|| &groups[random.below(groups.len())]) else {
                break;
            };
            let period = 1 + random.below(table.periods.len() - 1);
            let touched: Vec<usize> =
                group.iter().copied().filter(|row| is_place(table, *row, period, is_prospective)).collect();
            if touched.len() >= 4 && redefine(&mut faulted, &touched, period, random) {
                return (faulted, vec![Fault { rows: touched, period, is_group: true }]);
            }
        }
        return (faulted, faults);
    }
    let wanted = ((table.rows.len() as f64 * SHARE).round() as usize).max(1);
    let mut used = vec![false; table.rows.len()];
    for _ in 0..TRIES * wanted {
        if faults.len() == wanted {
            break;
        }
        let row = random.below(table.rows.len());
        let period = 1 + random.below(table.periods.len() - 1);
        if used[row] || !is_place(table, row, period, is_prospective) {
            continue;
        }
        let rows = if kind.is_pair() {
            let others: Vec<usize> = (0..table.rows.len())
                .filter(|other| *other != row && !used[*other] && is_partner(table, row, *other))
                .filter(|other| is_place(table, *other, period, is_prospective))
                .collect();
            let Some(other) = random.pick(&others) else { continue };
            vec![row, other]
        } else {
            vec![row]
        };
        if apply(&mut faulted, kind, &rows, period, random) {
            rows.iter().for_each(|row| used[*row] = true);
            faults.push(Fault { rows, period, is_group: false });
        }
    }
    (faulted, faults)
}

fn is_place(table: &Table, row: usize, period: usize, is_prospective: bool) -> bool {
    if is_event(table, row, period) {
        return false;
    }
    let row = &table.rows[row];
    let is_count = row.values[period].is_some_and(|value| value >= 1.0);
    if is_prospective {
        period >= 3 && is_count && row.has(period - 3..=period)
    } else {
        is_count && row.len() >= 4 && row.has(period - 1..=period + 1)
    }
}

/// Figures move between series that count the same: categories of one entity, or entities.
fn is_partner(table: &Table, row: usize, other: usize) -> bool {
    let (row, other) = (&table.rows[row], &table.rows[other]);
    row.metric == other.metric && (row.category.is_empty() || row.entity == other.entity)
}

/// Puts one fault in; `false` where it would change nothing.
fn apply(table: &mut Table, kind: Kind, rows: &[usize], period: usize, random: &mut Random) -> bool {
    let own: Vec<Option<f64>> = table.rows[rows[0]].values.clone();
    let at = |period: usize| own.get(period).copied().flatten();
    let (Some(before), Some(value)) = (at(period - 1), at(period)) else { return false };
    let single = match kind {
        Kind::HalvedOnce => Some(value / 2.0),
        Kind::Thousandfold => Some(value * 1000.0),
        Kind::Transposed => transposed(value, random),
        Kind::Stale => Some(before),
        Kind::Interpolated => at(period + 1).map(|after| (before + after) / 2.0),
        Kind::DigitLost => digit_lost(value, random),
        Kind::CountedTwice => Some(value + before),
        _ => None,
    };
    if let Some(new) = single {
        return set(table, rows[0], period, new);
    }
    match kind {
        Kind::HalvedForGood => change_from(table, rows[0], period, |_, value| value / 2.0),
        Kind::Reclassified => {
            let share = 0.3 + 0.4 * random.even();
            let moved = |period: usize| at(period).unwrap_or(0.0) * share;
            change_from(table, rows[0], period, |_, value| value * (1.0 - share))
                && change_from(table, rows[1], period, |at, value| value + moved(at))
        }
        Kind::Merged => {
            let changes =
                change_from(table, rows[1], period, |period, value| value + at(period).unwrap_or(0.0));
            table.rows[rows[0]].values[period..].fill(None);
            changes
        }
        Kind::Swapped => {
            let other = table.rows[rows[1]].values[period].unwrap_or(value);
            set(table, rows[0], period, other) && set(table, rows[1], period, value)
        }
        _ => false,
    }
}

fn set(table: &mut Table, row: usize, period: usize, value: f64) -> bool {
    let new = table.print(value);
    let changes = table.rows[row].values[period] != Some(new);
    table.rows[row].values[period] = Some(new);
    changes
}

fn change_from(table: &mut Table, row: usize, first: usize, change: impl Fn(usize, f64) -> f64) -> bool {
    let mut changes = false;
    for period in first..table.periods.len() {
        if let Some(value) = table.rows[row].values[period] {
            let is_changed = set(table, row, period, change(period, value));
            changes |= is_changed && period == first;
        }
    }
    changes
}

fn redefine(table: &mut Table, rows: &[usize], period: usize, random: &mut Random) -> bool {
    // At least a fifth either way, evenly on the scale of logarithms.
    let size = 0.2 + (std::f64::consts::LN_2 - 0.2) * random.even();
    let factor = if random.even() < 0.5 { size.exp() } else { (-size).exp() };
    let mut changes = false;
    for row in rows {
        changes |= change_from(table, *row, period, |_, value| value * factor);
    }
    changes
}

/// The significant digits of a value, and the power of ten behind them.
fn digits(value: f64) -> (Vec<u8>, usize) {
    let text = format!("{value:.0}");
    let significant = text.trim_end_matches('0');
    (significant.bytes().collect(), text.len() - significant.len())
}

fn number(digits: &[u8], zeros: usize) -> Option<f64> {
    let text: String = digits.iter().map(|digit| char::from(*digit)).collect();
    format!("{text}{}", "0".repeat(zeros)).parse().ok()
}

fn transposed(value: f64, random: &mut Random) -> Option<f64> {
    let (mut digits, zeros) = digits(value);
    let places: Vec<usize> = (1..digits.len()).filter(|place| digits[*place] != digits[*place - 1]).collect();
    let place = random.pick(&places)?;
    digits.swap(place - 1, place);
    number(&digits, zeros)
}

fn digit_lost(value: f64, random: &mut Random) -> Option<f64> {
    let (mut digits, zeros) = digits(value);
    if digits.len() < 2 {
        return None;
    }
    let place = random.below(digits.len());
    if random.even() < 0.5 {
        digits.remove(place);
    } else {
        digits.insert(place, digits[place]);
    }
    number(&digits, zeros)
}
