//! Figures as publishers write them.
//!
//! A figure is read from the outside in: first the words that say there is none, then footnote marks, then bounds
//! (`<10`, `1000+`), then the number or the two ends of a range, each with its sign, percent sign, magnitude word and
//! separators. What is printed decides the precision: `99.10%` is a share to the nearest 0.0001, `36.2 million` a number
//! to the nearest 100,000. A mark that the notation does not know is a fault, for it may mean two things.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::ingest::value::{self, Fault};
use crate::model::{Absence, Interval, LARGEST, NumberFault, ProblemKind, Quantity, parse_number};

/// How a publisher writes numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberNotation {
    /// What stands between groups of three digits, where anything may: a comma, a dot, a space (any kind of space) or an
    /// apostrophe (straight or curved). Numbers without it are read all the same. Must differ from `decimal`.
    pub thousands: Option<char>,
    /// What stands before the decimals.
    pub decimal: char,
    /// Texts that stand in place of a number, and what they say. Letter case does not matter; `""` is a blank cell.
    pub missing: Vec<(String, Absence)>,
    /// Footnote marks before or after a number, beside `*`, `†`, `‡`, `§` and superscript digits, which always are.
    pub footnotes: Vec<String>,
    /// Steps to which counts of a size are rounded.
    pub grid: Vec<GridStep>,
    /// How shares are written.
    pub shares: Shares,
    /// Whether figures are measured rather than counted (hours, rates), so that `<10` reaches up to 10 and not to 9, and
    /// no grid is looked for.
    pub measured: bool,
}

/// Counts from a size on are rounded to a step, up to where the next grid step begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GridStep {
    /// Smallest number, regardless of its sign.
    pub from: Decimal,
    /// What it is a multiple of.
    pub step: Decimal,
}

/// How shares are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shares {
    /// With a percent sign, or as fractions of one.
    #[default]
    WithSign,
    /// In percent, also where the sign is left out: `4.5` is 0.045.
    InPercent,
}

/// What a text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The number, range, bound or absence.
    pub quantity: Quantity,
    /// Whether it was written in percent; the quantity is a fraction of one.
    pub is_percent: bool,
    /// The footnote marks, where there are any.
    pub footnote: Option<String>,
    /// Whether there were separators between its thousands.
    pub had_separators: bool,
}

impl Default for NumberNotation {
    fn default() -> Self {
        let not_reported = ["", "N/A", "NA", "--", "-", "–", "—"].map(|word| (word, Absence::NotReported));
        let suppressed = ["Suppressed", "Redacted", "*"].map(|word| (word, Absence::Suppressed));
        Self {
            thousands: None,
            decimal: '.',
            missing: not_reported
                .into_iter()
                .chain(suppressed)
                .map(|(word, absence)| (word.to_owned(), absence))
                .collect(),
            footnotes: Vec::new(),
            grid: Vec::new(),
            shares: Shares::default(),
            measured: false,
        }
    }
}

impl NumberNotation {
    /// What a text in place of a number says.
    fn absence(&self, text: &str) -> Option<Absence> {
        self.missing.iter().find(|one| same_word(&one.0, text)).map(|one| one.1)
    }

    /// A count as it is: rounded, where it lies on the grid.
    fn count(&self, value: Decimal) -> Quantity {
        let size = value.abs();
        let steps = self.grid.iter().filter(|one| one.from <= size && one.step > Decimal::ZERO);
        match steps.max_by_key(|one| one.from) {
            Some(one) if value.is_integer() && value.checked_rem(one.step) == Some(Decimal::ZERO) => {
                Quantity::rounded(value, one.step)
            }
            _ => Quantity::exact(value),
        }
    }
}

/// Whether two texts are the same but for the case of letters.
fn same_word(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right) || (!left.is_ascii() && left.to_lowercase() == right.to_lowercase())
}

/// Reads a figure.
///
/// # Errors
/// Says what stands there instead of a number, or what the notation would have to state for it to be one.
pub fn read(text: &str, notation: &NumberNotation) -> Result<Reading, Fault> {
    let text = text.trim();
    plain(text, notation).map_or_else(|| read_closely(text, notation), Ok)
}

/// What nearly every figure is: a whole number in digits alone, or in groups of three. `None` where it may be something
/// else, and is to be read closely.
fn plain(text: &str, notation: &NumberNotation) -> Option<Reading> {
    let mark = notation.thousands.and_then(|mark| u8::try_from(mark).ok()).filter(u8::is_ascii);
    if !text.starts_with(|first| matches!(first, '1'..='9'))
        || notation.shares == Shares::InPercent
        || !notation.footnotes.is_empty()
        || notation.missing.iter().any(|(word, _)| word == text)
    {
        return None;
    }
    let (mut number, mut digits, mut had_separators) = (0_u64, 0, false);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                number = number.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?;
                digits += 1;
            }
            _ if Some(byte) == mark && (digits == 3 || (digits < 3 && !had_separators)) => {
                (digits, had_separators) = (0, true);
            }
            _ => return None,
        }
    }
    if had_separators && digits != 3 {
        return None;
    }
    let value = Decimal::from(number);
    let quantity = if notation.measured { Quantity::exact(value) } else { notation.count(value) };
    Some(Reading { quantity, is_percent: false, footnote: None, had_separators })
}

fn read_closely(text: &str, notation: &NumberNotation) -> Result<Reading, Fault> {
    let absent = |absence, footnote| Reading {
        quantity: Quantity::Absent(absence),
        is_percent: false,
        footnote,
        had_separators: false,
    };
    // Before footnote marks are taken off: `*` alone says that a number is withheld.
    if let Some(absence) = notation.absence(text) {
        return Ok(absent(absence, None));
    }
    let (body, footnote) = without_footnotes(text, &notation.footnotes);
    if footnote.is_some()
        && !body.is_empty()
        && let Some(absence) = notation.absence(body)
    {
        return Ok(absent(absence, footnote));
    }
    if let Some(quantity) = percentage_of(body, notation) {
        return Ok(Reading { quantity, is_percent: false, footnote, had_separators: false });
    }
    let figure = figure(body, notation).map_err(|trouble| trouble.fault(text))?;
    Ok(Reading {
        quantity: figure.quantity,
        is_percent: figure.is_percent,
        footnote,
        had_separators: figure.had_separators,
    })
}

/// A percentage of a number, as in `2.51 / 100 * 1,355,163`: the two, each with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareOfBase<'t> {
    /// The percentage as a fraction of one, with its printed precision.
    pub share: (&'t str, Quantity),
    /// The number that it is taken of.
    pub base: (&'t str, Quantity),
}

/// The percentage and the number in `2.51 / 100 * 1,355,163`; `None` where a text is written otherwise.
pub fn share_of_base<'t>(text: &'t str, notation: &NumberNotation) -> Option<ShareOfBase<'t>> {
    let (share, base) = text.split_once('*')?;
    let (share, base) = (share.trim().strip_suffix("100")?.trim_end().strip_suffix('/')?.trim(), base.trim());
    let grouped = NumberNotation { thousands: notation.thousands.or(Some(',')), ..NumberNotation::default() };
    Some(ShareOfBase {
        share: (share, figure(&format!("{share}%"), &grouped).ok()?.quantity),
        base: (base, figure(base, &grouped).ok()?.quantity),
    })
}

/// What a percentage of a number amounts to. The printed precision of the percentage makes it a range.
fn percentage_of(text: &str, notation: &NumberNotation) -> Option<Quantity> {
    let ShareOfBase { share, base } = share_of_base(text, notation)?;
    let (share, base) = (share.1.interval()?, base.1.interval()?);
    let low = share.low.checked_mul(base.low)?;
    let high = share.high?.checked_mul(base.high?)?;
    Some(Quantity::Range(Box::new(Interval { low: low.normalize(), high: Some(high.normalize()) })))
}

/// Marks that point to a footnote wherever they stand.
const FOOTNOTES: [char; 14] = ['*', '†', '‡', '§', '⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// A text without the footnote marks around it, and these in their order.
fn without_footnotes<'a>(text: &'a str, own: &[String]) -> (&'a str, Option<String>) {
    let own = || own.iter().map(String::as_str).filter(|mark| !mark.is_empty());
    let mut body = text;
    while let Some(rest) =
        body.strip_suffix(FOOTNOTES).or_else(|| own().find_map(|mark| body.strip_suffix(mark)))
    {
        body = rest.trim_end();
    }
    let after = &text[body.len()..];
    let whole = body;
    while let Some(rest) =
        body.strip_prefix(FOOTNOTES).or_else(|| own().find_map(|mark| body.strip_prefix(mark)))
    {
        body = rest.trim_start();
    }
    let before = &whole[..whole.len() - body.len()];
    let marks: String = before.chars().chain(after.chars()).filter(|mark| !mark.is_whitespace()).collect();
    (body, (!marks.is_empty()).then_some(marks))
}

/// A figure without its footnotes.
struct Figure {
    quantity: Quantity,
    is_percent: bool,
    had_separators: bool,
}

/// Why a text is no figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// It is no number at all, or one that cannot be kept.
    Number(NumberFault),
    /// A mark between digits that the notation does not know.
    UnknownMark(char),
    /// The thousands separator stands elsewhere than between groups of three digits.
    Groups(char),
    /// No number lies between the ends.
    EmptyRange,
    /// One end of a range has a percent sign or a magnitude that the other lacks.
    UnevenEnds,
}

impl From<NumberFault> for Trouble {
    fn from(fault: NumberFault) -> Self {
        Self::Number(fault)
    }
}

const NOT_A_NUMBER: Trouble = Trouble::Number(NumberFault::NotANumber);

impl Trouble {
    fn fault(self, text: &str) -> Fault {
        let shown = value::shortened(text);
        let (message, help) = match self {
            Self::Number(fault) => return value::number_fault(text, fault),
            Self::UnknownMark(mark) => {
                let mark = mark_name(mark);
                (
                    format!("`{shown}` has {mark} between its digits, and nothing says what that means here"),
                    format!("declare {mark} as the thousands separator or as the decimal mark"),
                )
            }
            Self::Groups(mark) => (
                format!("`{shown}` has {} elsewhere than between groups of three digits", mark_name(mark)),
                "correct the figure, or declare the marks that it is written with".to_owned(),
            ),
            Self::EmptyRange => (
                format!("no number lies in the range `{shown}`"),
                "write the low end first, then the high end".to_owned(),
            ),
            Self::UnevenEnds => (
                format!("the ends of the range `{shown}` are not written in the same unit"),
                "write the percent sign or the magnitude at both ends".to_owned(),
            ),
        };
        Fault { kind: ProblemKind::UnparsableValue, message, help: Some(help) }
    }
}

fn mark_name(mark: char) -> String {
    match mark {
        ' ' => "a space".to_owned(),
        _ if mark.is_whitespace() => "a no-break space".to_owned(),
        _ => format!("`{mark}`"),
    }
}

/// The mark that stands for all that look like it; `None` for what is never found between digits of one number.
pub(super) fn mark_family(mark: char) -> Option<char> {
    match mark {
        ',' | '.' => Some(mark),
        ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' => Some(' '),
        '\'' | '’' => Some('\''),
        _ => None,
    }
}

/// What stands before or after a number that it is compared with.
#[derive(Clone, Copy)]
enum Bound {
    Below,
    AtMost,
    AtLeast,
}

/// Longer signs first. `>1000` is taken as at least 1000: the weaker statement is never a false one.
const BOUNDS: [(&str, Bound); 11] = [
    ("<=", Bound::AtMost),
    ("≤", Bound::AtMost),
    ("<", Bound::Below),
    (">=", Bound::AtLeast),
    ("≥", Bound::AtLeast),
    (">", Bound::AtLeast),
    ("at most ", Bound::AtMost),
    ("less than ", Bound::Below),
    ("fewer than ", Bound::Below),
    ("at least ", Bound::AtLeast),
    ("more than ", Bound::AtLeast),
];

fn bound(text: &str) -> Option<(Bound, &str)> {
    let sign = BOUNDS.iter().find_map(|(sign, bound)| Some((*bound, strip_prefix(text, sign)?)));
    sign.or_else(|| Some((Bound::AtLeast, text.strip_suffix('+')?)))
}

/// The rest of a text that begins with a prefix in any letter case.
fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

/// The rest of a text that ends with a suffix in any letter case.
fn strip_suffix<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let (rest, end) = text.split_at_checked(text.len().checked_sub(suffix.len())?)?;
    end.eq_ignore_ascii_case(suffix).then_some(rest)
}

fn figure(text: &str, notation: &NumberNotation) -> Result<Figure, Trouble> {
    if let Some((bound, rest)) = bound(text) {
        let number = Printed::read(rest, notation)?;
        let (value, is_percent) = (number.value()?, number.is_percent);
        let quantity = match bound {
            Bound::AtLeast => Quantity::at_least(value),
            Bound::AtMost => range(Decimal::ZERO, value)?,
            // The largest count below 10 is 9.
            Bound::Below if value.is_integer() && !is_percent && !notation.measured => {
                range(Decimal::ZERO, value - Decimal::ONE)?
            }
            Bound::Below => range(Decimal::ZERO, value)?,
        };
        return Ok(Figure { quantity, is_percent, had_separators: number.had_separators });
    }
    match Printed::read(text, notation) {
        Ok(number) => Ok(Figure {
            quantity: number.quantity(notation)?,
            is_percent: number.is_percent,
            had_separators: number.had_separators,
        }),
        // `1e-5` and `-5` are numbers, so ends are looked for afterwards.
        Err(trouble) => match ends(text) {
            Some((low, high)) => between(Printed::read(low, notation)?, Printed::read(high, notation)?),
            None => Err(trouble),
        },
    }
}

fn range(low: Decimal, high: Decimal) -> Result<Quantity, Trouble> {
    if low > high {
        return Err(Trouble::EmptyRange);
    }
    Ok(Quantity::Range(Box::new(Interval { low, high: Some(high) })))
}

/// The range between two ends. `4-5%` leaves one percent sign out.
fn between(mut low: Printed, high: Printed) -> Result<Figure, Trouble> {
    low.is_percent |= high.is_percent && low.magnitude == Decimal::ONE;
    if low.is_percent != high.is_percent
        || (low.magnitude == Decimal::ONE) != (high.magnitude == Decimal::ONE)
    {
        // `0 - 5K` means the same either way.
        if low.is_percent || !low.number.is_zero() {
            return Err(Trouble::UnevenEnds);
        }
    }
    Ok(Figure {
        quantity: range(low.value()?, high.value()?)?,
        is_percent: high.is_percent,
        had_separators: low.had_separators || high.had_separators,
    })
}

/// All that looks like a hyphen or a dash.
pub(super) fn is_dash(letter: char) -> bool {
    matches!(letter, '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−')
}

/// The two ends of a range: `4%-5%`, `0 – 249`, `1 to 5`, `between 1 and 5`.
fn ends(text: &str) -> Option<(&str, &str)> {
    if let Some(rest) = strip_prefix(text, "between ") {
        return rest.split_once(" and ");
    }
    if let Some(ends) = text.split_once(" to ") {
        return Some(ends);
    }
    // A dash at the beginning is a sign.
    let (place, dash) = text.char_indices().skip(1).find(|(_, letter)| is_dash(*letter))?;
    let (low, high) = (text[..place].trim(), text[place + dash.len_utf8()..].trim());
    (low.contains(|letter: char| letter.is_ascii_digit()) && !high.is_empty()).then_some((low, high))
}

/// One number with what is printed at it.
struct Printed {
    /// As printed, with all its decimals.
    number: Decimal,
    /// What a word or letter behind it multiplies it with.
    magnitude: Decimal,
    is_percent: bool,
    had_separators: bool,
}

const MAGNITUDES: [(&str, u64); 3] =
    [("thousand", 1_000), ("million", 1_000_000), ("billion", 1_000_000_000)];

impl Printed {
    fn read(text: &str, notation: &NumberNotation) -> Result<Self, Trouble> {
        let mut text = text.trim();
        // Accountants put negative numbers into parentheses.
        let in_parentheses = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        text = in_parentheses.unwrap_or(text).trim();
        let negative = text.strip_prefix(['-', '−']).filter(|_| in_parentheses.is_none());
        let positive = text.strip_prefix('+').filter(|_| in_parentheses.is_none());
        text = negative.or(positive).unwrap_or(text);
        let is_negative = negative.is_some() || in_parentheses.is_some();
        let mut is_percent = notation.shares == Shares::InPercent;
        let mut magnitude = Decimal::ONE;
        if let Some(rest) = text.strip_suffix('%') {
            is_percent = true;
            text = rest.trim_end();
        } else if let Some((rest, factor)) = without_magnitude(text) {
            is_percent = false;
            magnitude = Decimal::from(factor);
            text = rest.trim_end();
        }
        let (number, had_separators) = digits(text, notation)?;
        let number = without_noise(number);
        let number = if is_negative && !number.is_zero() { -number } else { number };
        Ok(Self { number, magnitude, is_percent, had_separators })
    }

    fn scaled(&self, number: Decimal) -> Result<Decimal, Trouble> {
        let unit = if self.is_percent { Decimal::new(1, 2) } else { self.magnitude };
        let value = number.checked_mul(unit).filter(|value| value.abs() <= LARGEST);
        value.ok_or(Trouble::Number(NumberFault::TooLarge))
    }

    /// The number that is meant.
    fn value(&self) -> Result<Decimal, Trouble> {
        let value = self.scaled(self.number)?;
        // A count written as a float, `920793.0`, or as 1.5 thousand.
        Ok(if value.is_integer() && !self.is_percent { value.trunc() } else { value })
    }

    /// The number, with the precision that its printed form has.
    fn quantity(&self, notation: &NumberNotation) -> Result<Quantity, Trouble> {
        let value = self.value()?;
        if self.is_percent || self.magnitude != Decimal::ONE {
            let last_digit = Decimal::new(1, self.number.scale());
            Ok(Quantity::rounded(value, self.scaled(last_digit)?.normalize()))
        } else if notation.measured {
            Ok(Quantity::exact(value))
        } else {
            Ok(notation.count(value))
        }
    }
}

/// A number without the word or letter that multiplies it. Letters are taken in upper case only: `45m` may be minutes.
fn without_magnitude(text: &str) -> Option<(&str, u64)> {
    let words = MAGNITUDES.iter().map(|(word, factor)| (strip_suffix(text, word), *factor));
    let letters =
        ["K", "M", "B"].iter().zip(MAGNITUDES).map(|(letter, one)| (text.strip_suffix(letter), one.1));
    words.chain(letters).find_map(|(rest, factor)| Some((rest?, factor)))
}

/// An unsigned number in digits and the marks of the notation, and whether it has thousands separators.
fn digits(text: &str, notation: &NumberNotation) -> Result<(Decimal, bool), Trouble> {
    let is_digit = |letter: char| letter.is_ascii_digit();
    // A second sign is none.
    if text.starts_with(['-', '+']) {
        return Err(NOT_A_NUMBER);
    }
    if notation.decimal == '.' || text.bytes().all(|byte| byte.is_ascii_digit()) {
        match parse_number(text) {
            Err(NumberFault::NotANumber) => {}
            read => return Ok((read?, false)),
        }
    }
    let is_of_number =
        |letter: char| is_digit(letter) || letter == notation.decimal || mark_family(letter).is_some();
    let (whole, fraction) = text.split_once(notation.decimal).unwrap_or((text, ""));
    if !text.chars().all(is_of_number)
        || !text.ends_with(is_digit)
        || !(whole.is_empty() || whole.starts_with(is_digit))
    {
        return Err(NOT_A_NUMBER);
    }
    let known = notation.thousands.and_then(mark_family);
    let mut marks = text.chars().filter(|letter| !is_digit(*letter));
    let is_known = |mark: char| mark == notation.decimal || mark_family(mark) == known;
    if let Some(mark) = marks.clone().find(|mark| !is_known(*mark)) {
        return Err(Trouble::UnknownMark(mark));
    }
    let had_separators = marks.any(|mark| mark != notation.decimal);
    let mut groups = whole.split(|letter| !is_digit(letter));
    let first = groups.next().unwrap_or_default();
    let are_groups = (1..=3).contains(&first.len())
        // `0,975` has a decimal comma.
        && !first.starts_with('0')
        && groups.all(|group| group.len() == 3);
    if let Some(mark) = fraction.chars().find(|letter| !is_digit(*letter)) {
        // After the decimals begin, nothing may separate them, not even what separates thousands.
        return Err(if mark == notation.decimal {
            Trouble::UnknownMark(mark)
        } else {
            Trouble::Groups(mark)
        });
    }
    if had_separators && !are_groups {
        return Err(notation.thousands.map_or(NOT_A_NUMBER, Trouble::Groups));
    }
    let whole: String = whole.chars().filter(|letter| is_digit(*letter)).collect();
    Ok((parse_number(&format!("{whole}.{fraction}"))?, had_separators))
}

/// Digits after which the rest of a float may be noise.
const SIGNIFICANT: u32 = 12;

/// The number that was meant where a program printed a binary float: `0.9470000000000001` is 0.947.
///
/// A float has at most 17 digits. It is noise where the number to 12 digits is shorter than these (so that 1/3 stays as
/// it is) and differs by less than a millionth of a millionth.
fn without_noise(number: Decimal) -> Decimal {
    let is_float = number.scale() > SIGNIFICANT && number.mantissa().unsigned_abs() < 10u128.pow(17);
    if !is_float {
        return number;
    }
    let short = number
        .round_sf_with_strategy(SIGNIFICANT, RoundingStrategy::MidpointAwayFromZero)
        .map(|short| short.normalize())
        .filter(|short| short.mantissa().unsigned_abs() < 10u128.pow(SIGNIFICANT - 1));
    let limit = number.checked_mul(Decimal::new(1, SIGNIFICANT));
    match (short, limit) {
        (Some(short), Some(limit)) if (number - short).abs() <= limit => short,
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with(thousands: char, decimal: char) -> NumberNotation {
        NumberNotation { thousands: Some(thousands), decimal, ..NumberNotation::default() }
    }

    fn decimal(text: &str) -> Decimal {
        parse_number(text).unwrap()
    }

    proptest! {
        #[test]
        fn a_plain_figure_says_what_it_says_read_closely(
            text in "[0-9]{0,4}([,. '][0-9]{1,4}){0,6}[-+*%M]?",
            marks in prop::sample::select(vec![(',', '.'), ('.', ','), (' ', '.'), ('\'', '.')]),
            measured: bool,
        ) {
            let step = GridStep { from: Decimal::ONE_THOUSAND, step: Decimal::TEN };
            let notation = NumberNotation { measured, grid: vec![step], ..with(marks.0, marks.1) };
            if let Some(reading) = plain(&text, &notation) {
                prop_assert_eq!(Some(reading), read_closely(&text, &notation).ok());
            }
        }
    }

    #[test]
    fn what_a_notation_takes_for_missing_is_no_plain_figure() {
        let mut notation = with(',', '.');
        assert!(plain("1,234", &notation).is_some_and(|reading| reading.had_separators));
        notation.missing.push(("999".into(), Absence::Suppressed));
        assert_eq!(outlined("999", &notation), "suppressed");
        assert!(plain("12,34", &notation).is_none() && plain("1234,567", &notation).is_none());
    }

    #[test]
    fn a_percentage_of_a_number_is_a_range() {
        // 2.505 to 2.515 per cent of 1,355,163.
        let range = Interval { low: decimal("33946.83315"), high: Some(decimal("34082.34945")) };
        let read = read("2.51 / 100 * 1,355,163", &NumberNotation::default()).unwrap();
        assert_eq!(read.quantity, Quantity::Range(Box::new(range)));
        for text in ["2.51 * 1,355,163", "2.51 / 10 * 1,355,163", "2.51 / 100 *x", "a / 100 * b"] {
            assert!(read_fails(text), "{text}");
        }
    }

    fn read_fails(text: &str) -> bool {
        read(text, &NumberNotation::default()).is_err()
    }

    /// A quantity in one line: `5`, `5±1` with its step, `0..9`, `5..`, or the absence.
    fn outline(quantity: &Quantity) -> String {
        match quantity {
            Quantity::Exact(value) => value.decimal().to_string(),
            Quantity::Rounded(rounded) => format!("{}±{}", rounded.value, rounded.step),
            Quantity::Range(range) => format!("{}..{}", range.low, range.high.unwrap()),
            Quantity::LowerBound(low) => format!("{low}.."),
            Quantity::Absent(absence) => absence.words().to_owned(),
        }
    }

    fn outlined(text: &str, notation: &NumberNotation) -> String {
        let reading = read(text, notation).unwrap_or_else(|fault| panic!("{text:?}: {fault:?}"));
        outline(&reading.quantity)
    }

    fn message(text: &str, notation: &NumberNotation) -> String {
        let fault = read(text, notation).err().unwrap_or_else(|| panic!("{text:?} was read"));
        format!("{}; {}", fault.message, fault.help.unwrap_or_default())
    }

    fn check(notation: &NumberNotation, cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(outlined(text, notation), *expected, "{text:?}");
        }
    }

    #[test]
    fn plain_numbers_keep_their_digits() {
        let cases = [
            ("0", "0"),
            ("36210368", "36210368"),
            (" 12\u{a0}", "12"),
            ("-12", "-12"),
            ("−12", "-12"),
            ("+12", "12"),
            ("(123)", "-123"),
            ("-0", "0"),
            (".5", "0.5"),
            ("0.50", "0.50"),
            ("1.234", "1.234"),
            ("1.5e6", "1500000"),
            ("1e-5", "0.00001"),
        ];
        check(&NumberNotation::default(), &cases);
    }

    #[test]
    fn floats_are_the_numbers_that_they_were_meant_to_be() {
        let cases = [
            ("0.9470000000000001", "0.947"),
            ("0.9109999999999999", "0.911"),
            ("0.30000000000000004", "0.3"),
            ("-0.9470000000000001", "-0.947"),
            ("0.3333333333333333", "0.3333333333333333"),
            ("0.6666666666666666", "0.6666666666666666"),
            ("0.8414709848078965", "0.8414709848078965"),
            ("0.9470000001", "0.9470000001"),
            ("94.70000000000001%", "0.947±0.001"),
            ("920793.0", "920793"),
            ("920793.00", "920793"),
            ("123456789012345678901.2345678", "123456789012345678901.2345678"),
        ];
        check(&NumberNotation::default(), &cases);
    }

    #[test]
    fn separators_stand_between_groups_of_three() {
        check(&with(',', '.'), &[("20,800,000", "20800000"), ("1,234.5", "1234.5"), ("1.234", "1.234")]);
        check(&with(',', '.'), &[("20800000", "20800000"), ("-1,234", "-1234"), ("(1,234)", "-1234")]);
        check(
            &with('.', ','),
            &[("1.234.567,89", "1234567.89"), ("1.234", "1234"), ("0,5", "0.5"), (",5", "0.5")],
        );
        for space in [' ', '\u{a0}', '\u{202f}', '\u{2009}'] {
            check(&with(space, ','), &[("1 234 567", "1234567"), ("1\u{a0}234\u{202f}567,8", "1234567.8")]);
        }
        check(&with('\'', '.'), &[("1'234'567.8", "1234567.8"), ("1’234", "1234")]);
        let reading = read("1,234", &with(',', '.')).unwrap();
        assert!(reading.had_separators && !read("1234", &with(',', '.')).unwrap().had_separators);
        assert!(read("0-1,249", &with(',', '.')).unwrap().had_separators);
    }

    #[test]
    fn marks_that_the_notation_does_not_know_are_faults() {
        let plain = NumberNotation::default();
        assert!(message("1,234", &plain).contains("`,` between its digits"));
        assert!(
            message("1,234", &plain)
                .contains("declare `,` as the thousands separator or as the decimal mark")
        );
        assert!(message("1 234", &plain).contains("a space"));
        assert!(message("1\u{202f}234", &with(',', '.')).contains("a no-break space"));
        assert!(message("1.234.567", &with(',', '.')).contains("`.` between its digits"));
        assert!(message("1,000-1,249", &plain).contains("`,` between its digits"));
        for text in ["12,34", "1,23,456", "1234,567", "0,975", "1.234,567", "1,2345", "1,,234"] {
            assert!(message(text, &with(',', '.')).contains("groups of three"), "{text}");
        }
        assert!(message("12.34", &with('.', ',')).contains("groups of three"));
    }

    #[test]
    fn percentages_are_as_precise_as_printed() {
        let cases = [
            ("99.10%", "0.9910±0.0001"),
            ("4%", "0.04±0.01"),
            ("4 %", "0.04±0.01"),
            ("0%", "0±0.01"),
            ("0.00%", "0±0.0001"),
            ("100%", "1.00±0.01"),
            ("-2.5%", "-0.025±0.001"),
            ("(4%)", "-0.04±0.01"),
        ];
        check(&NumberNotation::default(), &cases);
        assert!(read("4%", &NumberNotation::default()).unwrap().is_percent);
        check(&with('.', ','), &[("99,1%", "0.991±0.001")]);
        let bare = NumberNotation { shares: Shares::InPercent, ..NumberNotation::default() };
        check(&bare, &[("4.5", "0.045±0.001"), ("4.5%", "0.045±0.001"), ("4-5", "0.04..0.05")]);
        assert!(read("4.5", &bare).unwrap().is_percent);
    }

    #[test]
    fn ranges_have_two_ends() {
        let cases = [
            ("4%-5%", "0.04..0.05"),
            ("4% - 5%", "0.04..0.05"),
            ("4-5%", "0.04..0.05"),
            ("0 - 249", "0..249"),
            ("0-249", "0..249"),
            ("0–249", "0..249"),
            ("0 — 249", "0..249"),
            ("10000000-11000000", "10000000..11000000"),
            ("between 1 and 5", "1..5"),
            ("1 to 5", "1..5"),
            ("-5 - -3", "-5..-3"),
            ("5-5", "5..5"),
            ("1M-2M", "1000000..2000000"),
            ("0-5K", "0..5000"),
        ];
        check(&NumberNotation::default(), &cases);
        check(&with(',', '.'), &[("1,000-1,249", "1000..1249"), ("750 – 1,249", "750..1249")]);
        for text in ["5-3", "2021-07", "<0"] {
            assert!(message(text, &NumberNotation::default()).contains("no number lies"), "{text}");
        }
        for text in ["4%-5", "1-5M", "500-2K"] {
            assert!(
                message(text, &NumberNotation::default()).contains("not written in the same unit"),
                "{text}"
            );
        }
    }

    #[test]
    fn bounds_are_ranges_or_open() {
        let cases = [
            ("<10", "0..9"),
            ("< 10", "0..9"),
            ("fewer than 10", "0..9"),
            ("<1%", "0..0.01"),
            ("<0.5", "0..0.5"),
            ("≤5", "0..5"),
            ("<= 5", "0..5"),
            (">1000", "1000.."),
            (">= 1000", "1000.."),
            ("≥1000", "1000.."),
            ("1000+", "1000.."),
            ("More than 1000", "1000.."),
            (">99%", "0.99.."),
            ("1M+", "1000000.."),
        ];
        check(&NumberNotation::default(), &cases);
        let measured = NumberNotation { measured: true, ..NumberNotation::default() };
        check(&measured, &[("<1", "0..1"), ("4", "4")]);
    }

    #[test]
    fn magnitudes_round_to_the_last_digit_printed() {
        let cases = [
            ("1.2M", "1200000±100000"),
            ("36.2 million", "36200000±100000"),
            ("2 Million", "2000000±1000000"),
            ("1.25K", "1250±10"),
            ("1.50 billion", "1500000000±10000000"),
            ("-3 thousand", "-3000±1000"),
        ];
        check(&NumberNotation::default(), &cases);
        for text in ["45m", "million", "1.2 Mio", "3 MM", "5%M"] {
            assert!(read(text, &NumberNotation::default()).is_err(), "{text}");
        }
    }

    #[test]
    fn footnote_marks_are_set_apart() {
        let own = NumberNotation { footnotes: vec!["[1]".into(), "(a)".into()], ..with(',', '.') };
        for (text, expected, footnote) in [
            ("15,935*", "15935", Some("*")),
            ("15,935 *†", "15935", Some("*†")),
            ("‡ 12", "12", Some("‡")),
            ("*12*", "12", Some("**")),
            ("12¹", "12", Some("¹")),
            ("12²³", "12", Some("²³")),
            ("12[1]", "12", Some("[1]")),
            ("12 (a)", "12", Some("(a)")),
            ("4%*", "0.04±0.01", Some("*")),
            ("0-5§", "0..5", Some("§")),
            ("N/A*", "not reported", Some("*")),
            ("*", "suppressed", None),
            ("12", "12", None),
        ] {
            let reading = read(text, &own).unwrap();
            assert_eq!(
                (outline(&reading.quantity).as_str(), reading.footnote.as_deref()),
                (expected, footnote)
            );
        }
        for text in ["12[2]", "12 (b)", "**", "†"] {
            assert!(read(text, &own).is_err(), "{text}");
        }
    }

    #[test]
    fn absences_stay_apart_from_each_other_and_from_zero() {
        let mut notation = NumberNotation::default();
        notation.missing.push(("Does not apply".into(), Absence::NotApplicable));
        for text in ["N/A", "n/a", "NA", "--", "-", "–", "—", "", "  ", "\u{a0}"] {
            assert_eq!(outlined(text, &notation), "not reported", "{text:?}");
        }
        for text in ["Suppressed", "redacted", "*"] {
            assert_eq!(outlined(text, &notation), "suppressed", "{text:?}");
        }
        assert_eq!(outlined("does not apply", &notation), "not applicable");
        assert_eq!(outlined("0", &notation), "0");
        let blank_is_none = NumberNotation { missing: Vec::new(), ..NumberNotation::default() };
        for text in ["", "-", "N/A", "*"] {
            assert!(read(text, &blank_is_none).is_err(), "{text:?}");
        }
    }

    #[test]
    fn other_texts_are_faults() {
        for text in [
            "~5",
            "approximately 5",
            "five",
            "1e",
            "--5",
            "+-5",
            "5 5%%",
            "2021-07-26",
            "1.2.3",
            "0x10",
            "１",
            "(5",
            "5)",
            "<",
            "+",
            "%",
            "<N/A",
            "1/2",
            "NaN",
            "5 reports",
            "between 1 and",
        ] {
            assert!(read(text, &with(',', '.')).is_err(), "{text}");
        }
        let kind = |text: &str| read(text, &NumberNotation::default()).unwrap_err().kind;
        assert_eq!(kind("TBD"), ProblemKind::Placeholder);
        assert_eq!(kind("#REF!"), ProblemKind::Placeholder);
        assert_eq!(kind("five"), ProblemKind::UnparsableValue);
        assert!(message("900000000000000 billion", &NumberNotation::default()).contains("larger"));
        assert!(
            message("123456789012345678901234567890", &NumberNotation::default()).contains("more digits")
        );
    }

    #[test]
    fn counts_on_the_grid_are_rounded() {
        let step = |from: &str, step: &str| GridStep { from: decimal(from), step: decimal(step) };
        let grid = vec![step("0", "10"), step("100", "100"), step("1e9", "1e8"), step("1e6", "1e5")];
        let notation = NumberNotation { grid, ..with(',', '.') };
        let cases = [
            ("1,600,000,000", "1600000000±100000000"),
            ("20,800,000", "20800000±100000"),
            ("1,000,000", "1000000±100000"),
            ("812,400", "812400±100"),
            ("100", "100±100"),
            ("90", "90±10"),
            ("-20", "-20±10"),
            ("812,450", "812450"),
            ("20,850,000", "20850000"),
            ("97", "97"),
            ("0.5", "0.5"),
            ("99.10%", "0.9910±0.0001"),
        ];
        check(&notation, &cases);
        check(&NumberNotation { measured: true, ..notation }, &[("100", "100")]);
    }

    /// A number as it is written with these marks.
    fn printed(value: Decimal, thousands: Option<char>, decimal: char) -> String {
        let text = value.abs().to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let mut written = String::from(if value.is_sign_negative() { "-" } else { "" });
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place) % 3 == 0 {
                written.extend(thousands);
            }
            written.push(digit);
        }
        if !fraction.is_empty() {
            written.push(decimal);
            written.push_str(fraction);
        }
        written
    }

    proptest! {
        #[test]
        fn a_number_is_read_as_it_was_written(
            mantissa in any::<i64>(),
            scale in 0u32..=6,
            marks in prop::sample::select(vec![
                (None, '.'), (None, ','), (Some(','), '.'), (Some('.'), ','), (Some(' '), ','),
                (Some('\u{a0}'), ','), (Some('\u{202f}'), ','), (Some('\''), '.'), (Some('’'), '.'),
            ]),
        ) {
            let value = Decimal::new(mantissa, scale);
            let notation = NumberNotation { thousands: marks.0, decimal: marks.1, ..NumberNotation::default() };
            let reading = read(&printed(value, marks.0, marks.1), &notation).unwrap();
            prop_assert_eq!(reading.quantity, Quantity::exact(value));
            prop_assert_eq!(reading.had_separators, marks.0.is_some() && value.abs() >= Decimal::ONE_THOUSAND);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,12}|[-+<>(]?[0-9., '%*KM–]{0,12}\\)?") {
            let _ = read(&text, &with(',', '.'));
            let _ = read(&text, &with(' ', ','));
        }

        #[test]
        fn a_float_with_noise_is_read_as_the_decimal_that_was_meant(thousandths in -100_000i64..100_000) {
            // A sum of floats is rarely the float of the sum.
            let noisy = (thousandths as f64 / 1000.0 - 0.1) + 0.1;
            let reading = read(&noisy.to_string(), &NumberNotation::default()).unwrap();
            // Near zero the noise is large beside the number.
            if thousandths.abs() > 100 {
                prop_assert_eq!(reading.quantity, Quantity::exact(Decimal::new(thousandths, 3)));
            }
        }
    }
}
