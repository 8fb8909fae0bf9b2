//! What might explain that figures do not add up.
//!
//! A slip of the pen leaves traces: one digit is another, a figure is that of the period before or of half the time, a
//! row was added twice or not at all, two cells changed places. Where one such slip alone would make everything hold
//! exactly, it is offered as a possibility; nothing is ever changed.

use rust_decimal::Decimal;

use super::sums::Sum;
use crate::diag::{grouped, signed};
use crate::model::{Dataset, Observation, Quantity, Series};

/// Below this a figure repeats another one, or equals a difference, easily by chance.
const LEAST: Decimal = Decimal::TEN;

/// One figure of a sum that does not hold.
#[derive(Debug, Clone)]
pub struct Cell<'d> {
    /// What it is, in a sentence.
    pub name: String,
    /// The figure.
    pub at: &'d Observation,
    /// Its value.
    pub value: Decimal,
    /// The value with which the sum would hold.
    pub needed: Decimal,
}

/// A sum of exact figures that does not hold.
#[derive(Debug, Clone)]
pub struct Misfit<'d> {
    /// The whole.
    pub whole: Cell<'d>,
    /// Its parts.
    pub parts: Vec<Cell<'d>>,
    /// What the whole has more than the parts.
    pub residual: Decimal,
}

impl<'d> Misfit<'d> {
    /// Takes a sum apart; `None` where one of its figures is not exact.
    pub fn of(sum: &Sum<'d>, name: impl Fn(&Observation) -> String) -> Option<Self> {
        let exact = |one: &Observation| one.quantity.exact_value();
        let whole = exact(sum.whole)?;
        let total =
            sum.parts.iter().try_fold(Decimal::ZERO, |total, part| total.checked_add(exact(part)?))?;
        let residual = whole.checked_sub(total)?;
        let cell = |at: &'d Observation, value: Decimal, needed| Cell { name: name(at), at, value, needed };
        let parts = sum.parts.iter().filter_map(|part| {
            let value = exact(part)?;
            Some(cell(part, value, value.checked_add(residual)?))
        });
        Some(Self { parts: parts.collect(), whole: cell(sum.whole, whole, total), residual })
    }

    /// The only part whose change by one digit would make the sum hold; none where the whole itself is one digit away.
    pub fn suspect(&self) -> Option<&Cell<'d>> {
        if is_one_digit_away(self.whole.value, self.whole.needed) {
            return None;
        }
        let mut close = self
            .parts
            .iter()
            .filter(|part| !part.needed.is_sign_negative() && is_one_digit_away(part.value, part.needed));
        close.next().filter(|_| close.next().is_none())
    }

    /// What would make it hold exactly, in words, the plainest first.
    pub fn possibilities(&self, dataset: &'d Dataset) -> Vec<String> {
        let needed = |cell: &Cell<'_>| format!("{}, {}", grouped(cell.needed), slip(cell.value, cell.needed));
        let digit =
            self.suspect().map(|part| format!("the sum would hold if {} were {}", part.name, needed(part)));
        let twice = self.parts.iter().find(|part| part.needed.is_zero() && part.value >= Decimal::ONE);
        let twice = twice.map(|part| {
            format!("{} is exactly the difference: it may be counted twice, or not belong here", part.name)
        });
        let total = is_one_digit_away(self.whole.value, self.whole.needed)
            .then(|| format!("the total would hold as {}", needed(&self.whole)));
        let found: Vec<String> = [
            digit,
            twice,
            total,
            self.left_out(dataset),
            self.repeated(dataset),
            self.of_another_length(dataset),
        ]
        .into_iter()
        .flatten()
        .take(2)
        .collect();
        if found.is_empty() && self.residual > Decimal::ZERO {
            return vec!["only stated parts are added: one may be missing".to_owned()];
        }
        found
    }

    /// A figure beside the parts, in the same document, that is exactly what they lack.
    fn left_out(&self, dataset: &'d Dataset) -> Option<String> {
        if self.residual < LEAST {
            return None;
        }
        let whole = dataset.block_of(self.whole.at);
        let key = &dataset.series(whole.series).key;
        let is_known = |one: &Observation| {
            std::iter::once(&self.whole).chain(&self.parts).any(|cell| cell.at.origin == one.origin)
        };
        let blocks = dataset.blocks_of(whole.document).iter().map(|block| dataset.series(block.series));
        let alike = blocks.filter(|series| {
            series.key.publisher == key.publisher
                && series.key.metric == key.metric
                && series.key.unit == key.unit
        });
        let mut fitting = alike
            .filter_map(|series| dataset.point_at(series, self.whole.at.period))
            .filter(|one| one.quantity == Quantity::exact(self.residual) && !is_known(one));
        let one = fitting.next().filter(|first| fitting.all(|other| other.origin == first.origin))?;
        let name = super::arithmetic::name_of(dataset, one);
        Some(format!("{name} is exactly the difference: it may be missing from the sum"))
    }

    /// A figure that is that of an earlier period again.
    fn repeated(&self, dataset: &'d Dataset) -> Option<String> {
        self.cells().find_map(|cell| {
            let earlier = earlier(dataset, cell.at)?;
            let repeats = cell.value >= LEAST
                && earlier.quantity == cell.at.quantity
                && !cell.needed.is_sign_negative();
            repeats.then(|| {
                format!(
                    "{} repeats the figure of {}; with {} the sum would hold",
                    cell.name,
                    earlier.period,
                    grouped(cell.needed)
                )
            })
        })
    }

    /// A figure in place of which that of a longer or a shorter period would fit.
    fn of_another_length(&self, dataset: &'d Dataset) -> Option<String> {
        self.cells().filter(|cell| cell.needed >= LEAST).find_map(|cell| {
            let other = dataset.points(series_of(dataset, cell.at)).find(|other| {
                other.quantity == Quantity::exact(cell.needed)
                    && other.period != cell.at.period
                    && (other.period.contains(cell.at.period) || cell.at.period.contains(other.period))
                    && self.cells().all(|known| known.at.origin != other.origin)
            })?;
            Some(format!(
                "the sum would hold with {}, which is stated for {} in place of {}",
                grouped(cell.needed),
                other.period,
                cell.name
            ))
        })
    }

    fn cells(&self) -> impl Iterator<Item = &Cell<'d>> {
        self.parts.iter().chain([&self.whole])
    }

    /// Two parts, one of each of two sums, that make both hold where they change places.
    pub fn swapped_with(&self, other: &Self) -> Option<String> {
        if self.residual != -other.residual {
            return None;
        }
        let fits = |mine: &Cell<'d>, theirs: &Cell<'d>| {
            theirs.value - mine.value == self.residual && mine.at.origin != theirs.at.origin
        };
        let mut pairs = self
            .parts
            .iter()
            .flat_map(|mine| other.parts.iter().map(move |theirs| (mine, theirs)))
            .filter(|(mine, theirs)| fits(mine, theirs));
        let (mine, theirs) = pairs.next().filter(|_| pairs.next().is_none())?;
        Some(format!("both sums would hold if {} and {} changed places", mine.name, theirs.name))
    }
}

fn series_of<'d>(dataset: &'d Dataset, one: &Observation) -> &'d Series {
    dataset.series(dataset.block_of(one).series)
}

/// The figure of the period before, of the same length.
fn earlier<'d>(dataset: &'d Dataset, one: &Observation) -> Option<&'d Observation> {
    dataset.points(series_of(dataset, one)).find(|other| {
        other.period.is_followed_by(one.period) && other.period.frequency() == one.period.frequency()
    })
}

/// Whether one number becomes the other by inserting, dropping or replacing one digit, or by swapping two neighbours.
pub fn is_one_digit_away(left: Decimal, right: Decimal) -> bool {
    let (left, right) = (left.normalize().to_string(), right.normalize().to_string());
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left == right || left.len().abs_diff(right.len()) > 1 {
        return false;
    }
    let start = left.iter().zip(right).take_while(|(one, other)| one == other).count();
    let (left, right) = (&left[start..], &right[start..]);
    match left.len() as isize - right.len() as isize {
        0 => {
            left[1..] == right[1..]
                || (left.len() > 1 && left[0] == right[1] && left[1] == right[0] && left[2..] == right[2..])
        }
        1 => &left[1..] == right,
        _ => left == &right[1..],
    }
}

/// How far apart two numbers are of which [`is_one_digit_away`] holds, in words.
pub fn slip(left: Decimal, right: Decimal) -> &'static str {
    let digits = |number: Decimal| {
        let mut digits = number.normalize().to_string().into_bytes();
        digits.sort_unstable();
        digits
    };
    if digits(left) == digits(right) { "two digits swapped" } else { "one digit away" }
}

/// The number one digit away from a whole one that comes nearest to another, and what then remains; `None` where two
/// come equally near.
pub fn nearest_digit_edit(value: Decimal, wanted: Decimal) -> Option<(Decimal, Decimal)> {
    let digits = value.normalize().to_string().into_bytes();
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut edits: Vec<Decimal> = Vec::new();
    for place in 0..digits.len() {
        let mut swapped = digits.clone();
        if place + 1 < digits.len() {
            swapped.swap(place, place + 1);
        }
        let replaced = (b'0'..=b'9').map(|digit| {
            let mut edited = digits.clone();
            edited[place] = digit;
            edited
        });
        for edited in replaced.chain([swapped]) {
            let number: Option<Decimal> = String::from_utf8(edited).ok().and_then(|text| text.parse().ok());
            edits.extend(number.filter(|number| *number != value));
        }
    }
    edits.sort_unstable_by_key(|edit| ((*edit - wanted).abs(), *edit));
    edits.dedup();
    let nearest = *edits.first()?;
    let left = (nearest - wanted).abs();
    edits.get(1).is_none_or(|second| (*second - wanted).abs() > left).then_some((nearest, left))
}

/// A difference in words.
pub fn differs(residual: Decimal) -> String {
    format!("by {}", signed(residual))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_digit_away() {
        let away = |left: i64, right: i64| is_one_digit_away(Decimal::from(left), Decimal::from(right));
        assert!(away(875_783, 87_578) && away(87_578, 875_783) && away(58_213, 58_231) && away(1_299, 1_298));
        assert!(!away(100, 100) && !away(1_299, 1_308) && !away(12, 1_234));
    }

    #[test]
    fn the_nearest_edit_of_one_digit() {
        let edit = nearest_digit_edit(Decimal::from(427_139), Decimal::from(927_077));
        assert_eq!(edit, Some((Decimal::from(927_139), Decimal::from(62))));
    }
}
