//! Periods as publishers write them.
//!
//! A text is cut into tokens (numbers, words, dashes, slashes), and these are compared with the forms that periods are
//! written in: `2021 Q3`, `H1-2015`, `Jan-Jun 2020`, `07/2020`, `26 Jul 2021 - 25 Aug 2021`. Letter case, the kind of
//! dash and the number of spaces do not matter. What a text leaves out and its surroundings say (the year in a heading,
//! that dates are the ends of quarters) is the [`PeriodContext`]. A text that may mean two periods, such as `FY2020` or
//! `07/08/2020`, is none.

use jiff::civil::Date;

use super::number::is_dash;
use crate::model::{Frequency, Period};

/// What the surroundings of a text say of its period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeriodContext {
    /// The year of periods that do not state theirs, such as `July` or `Q3`.
    pub year: Option<i16>,
    /// Single dates are the last days of periods of this frequency.
    pub ending: Option<Frequency>,
}

/// Reads a period; `None` where the text is none, or may be more than one.
pub fn read(text: &str, context: &PeriodContext) -> Option<Period> {
    let text = text.trim();
    if let Some(period) = Period::parse(text) {
        return Some(period);
    }
    let tokens = tokens(text)?;
    let kinds = kinds(&tokens);
    match (date(&kinds, None), context.ending) {
        (Some(day), Some(frequency)) => ending(day, frequency),
        (Some(_), None) => None,
        _ => named(&kinds, context.year)
            .or_else(|| between(&kinds, context.year))
            .or_else(|| without_spaces(&tokens)),
    }
}

/// The period from a first to a last day, each as `2021-07-26` or `20210726`.
pub fn from_dates(start: &str, end: &str) -> Option<Period> {
    let day = |text: &str| {
        let has_only_numbers = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        date(&kinds(&tokens(text)?), None).filter(|_| has_only_numbers)
    };
    let (start, end) = (start.trim(), end.trim());
    span(day(start)?, day(end)?)
}

/// The period that stands in two columns: a year, and a part of it as a number (`3`) or by name (`Q3`, `3Q`, `July`).
/// The part of a whole year is blank.
pub fn from_parts(year: &str, frequency: Frequency, part: &str) -> Option<Period> {
    let (years, parts) = (tokens(year.trim())?, tokens(part.trim())?);
    let (years, parts) = (kinds(&years), kinds(&parts));
    let [Kind::Number(year)] = years.as_slice() else { return None };
    let year = year.year()?;
    let period = match (frequency, parts.as_slice()) {
        (Frequency::Year, []) => Period::months(year, 1, 12)?,
        (Frequency::Month, [Kind::Number(month)]) if month.digits <= 2 => month_of(year, month.value)?,
        (Frequency::Half, [Kind::Number(half)]) => part_of(year, 'h', half.value)?,
        (Frequency::Quarter, [Kind::Number(quarter)]) => part_of(year, 'q', quarter.value)?,
        (_, parts) => named(parts, Some(year))?,
    };
    (period.frequency() == frequency && period.year() == Some(year)).then_some(period)
}

/// The period that a file's name states: `meta-2021-q3.csv`, `report_jul12jun13.csv`, `2023-by-provider`.
///
/// Of several, the shortest is taken, where there is only one as short; dates and fiscal years are no periods.
pub fn from_file_name(name: &str) -> Option<Period> {
    let name = name.rsplit(['/', '\\']).next()?;
    // Dashes may stand between the ends of a range; all else only keeps words apart.
    let is_kept = |letter: char| letter.is_alphanumeric() || is_dash(letter);
    let text: String = name.chars().map(|letter| if is_kept(letter) { letter } else { ' ' }).collect();
    let tokens = tokens(&text)?;
    if tokens.iter().any(|token| matches!(token.kind, Kind::Word(word) if is_fiscal(word))) {
        return None;
    }
    let mut found: Vec<Period> = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        // The longest run of tokens from here on that says something: `2021-q3` rather than `2021`.
        let runs = (start + 1..=tokens.len().min(start + LONGEST)).rev();
        let statement = runs
            .filter(|end| stands_alone(&tokens, start, *end))
            .find_map(|end| Some((end, statement(&tokens[start..end])?)));
        match statement {
            Some((end, period)) => {
                found.extend(period);
                start = end;
            }
            None => start += 1,
        }
    }
    found.sort_unstable_by_key(|period| (period.days(), *period));
    found.dedup();
    match found.as_slice() {
        [only] => Some(*only),
        [first, second, ..] if first.days() < second.days() && first.frequency() != second.frequency() => {
            Some(*first)
        }
        _ => None,
    }
}

/// Most tokens that a period has: two dates with dashes, and one between them.
const LONGEST: usize = 11;

/// Years that a number in a file's name may be.
const YEARS_IN_NAMES: std::ops::RangeInclusive<i16> = 1990..=2099;

/// What a part of a file's name says: a period, or a day, which is none but is not to be read as anything else either.
fn statement(tokens: &[Token<'_>]) -> Option<Option<Period>> {
    let kinds = kinds(tokens);
    if date(&kinds, None).is_some() {
        return Some(None);
    }
    let period = named(&kinds, None).or_else(|| between(&kinds, None)).or_else(|| without_spaces(tokens))?;
    (YEARS_IN_NAMES.contains(&period.start.year()) && YEARS_IN_NAMES.contains(&period.end.year()))
        .then_some(Some(period))
}

/// Whether a run of tokens is apart from those around it: the number in `v2021` is not.
fn stands_alone(tokens: &[Token<'_>], start: usize, end: usize) -> bool {
    let is_apart = |right: usize| {
        let is_separator = |place: usize| matches!(tokens[place].kind, Kind::Dash | Kind::Slash);
        tokens[right].after_space || is_separator(right) || is_separator(right - 1)
    };
    (start == 0 || is_apart(start)) && (end == tokens.len() || is_apart(end))
}

fn is_fiscal(word: &str) -> bool {
    ["fy", "fiscal"].iter().any(|fiscal| word.eq_ignore_ascii_case(fiscal))
}

/// A piece of a text.
#[derive(Clone, Copy)]
struct Token<'a> {
    kind: Kind<'a>,
    /// Whether white space or a comma stands before it.
    after_space: bool,
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    Number(Number),
    Word(&'a str),
    /// A dash, or a word such as `to`.
    Dash,
    Slash,
}

/// A number as it is printed.
#[derive(Clone, Copy)]
struct Number {
    value: u32,
    digits: usize,
}

impl Number {
    /// The number as a year: four digits.
    fn year(self) -> Option<i16> {
        i16::try_from(self.value).ok().filter(|_| self.digits == 4)
    }

    /// The number as a month or day, or as one of a few: one or two digits.
    fn small(self) -> Option<i8> {
        i8::try_from(self.value).ok().filter(|_| self.digits <= 2)
    }
}

/// The pieces of a text; `None` where it has a letter that no period has.
fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut rest = text;
    let mut after_space = false;
    while let Some(letter) = rest.chars().next() {
        let length = |belongs: fn(char) -> bool| rest.find(|next| !belongs(next)).unwrap_or(rest.len());
        let (kind, length) = if letter.is_ascii_digit() {
            let length = length(|next| next.is_ascii_digit());
            // Nothing longer than a date of eight digits is a part of a period.
            let value = if length > 8 { 0 } else { rest[..length].parse().ok()? };
            (Some(Kind::Number(Number { value, digits: length })), length)
        } else if letter.is_alphabetic() {
            let length = length(char::is_alphabetic);
            let word = &rest[..length];
            let is_dash = ["to", "through", "until"].iter().any(|dash| word.eq_ignore_ascii_case(dash));
            (Some(if is_dash { Kind::Dash } else { Kind::Word(word) }), length)
        } else if is_dash(letter) {
            (Some(Kind::Dash), letter.len_utf8())
        } else if letter == '/' {
            (Some(Kind::Slash), 1)
        } else if letter.is_whitespace() || letter == ',' {
            (None, letter.len_utf8())
        } else if letter == '.' && tokens.last().is_some_and(|last| matches!(last.kind, Kind::Word(_))) {
            // `Sept. 2020`
            (None, 1)
        } else {
            return None;
        };
        match kind {
            Some(kind) => {
                tokens.push(Token { kind, after_space });
                after_space = false;
            }
            None => after_space = true,
        }
        rest = &rest[length..];
    }
    Some(tokens)
}

fn kinds<'a>(tokens: &[Token<'a>]) -> Vec<Kind<'a>> {
    tokens.iter().map(|token| token.kind).collect()
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The number of a month by its English name, in full or as three letters.
fn month(word: &str) -> Option<i8> {
    let word = word.to_ascii_lowercase();
    let word = if word == "sept" { "sep" } else { word.as_str() };
    let place = MONTHS.iter().position(|name| word == *name || word == &name[..3])?;
    i8::try_from(place + 1).ok()
}

/// Whether a word says half or quarter: `h` or `q`.
fn part_letter(word: &str) -> Option<char> {
    match word {
        "h" | "H" => Some('h'),
        "q" | "Q" => Some('q'),
        _ => None,
    }
}

/// The half or quarter of a year.
fn part_of(year: i16, letter: char, number: u32) -> Option<Period> {
    let number = i8::try_from(number).ok()?;
    match (letter, number) {
        ('h', 1..=2) => Period::months(year, (number - 1) * 6 + 1, 6),
        ('q', 1..=4) => Period::months(year, (number - 1) * 3 + 1, 3),
        _ => None,
    }
}

fn month_of(year: i16, number: u32) -> Option<Period> {
    Period::months(year, i8::try_from(number).ok().filter(|month| (1..=12).contains(month))?, 1)
}

/// Two months with the last digits of their years: `jul12jun13`. With spaces, the numbers would be days.
fn without_spaces(tokens: &[Token<'_>]) -> Option<Period> {
    let [first, others @ ..] = tokens else { return None };
    if others.iter().any(|token| token.after_space) {
        return None;
    }
    match (first.kind, kinds(others).as_slice()) {
        (Kind::Word(first), [Kind::Number(start), Kind::Word(last), Kind::Number(end)])
            if start.digits == 2 && end.digits == 2 =>
        {
            let start = Period::months(2000 + i16::from(start.small()?), month(first)?, 1)?;
            let end = Period::months(2000 + i16::from(end.small()?), month(last)?, 1)?;
            span(start.start, end.end)
        }
        _ => None,
    }
}

/// A calendar year, half, quarter or month by its name; `year` is that of names without one.
fn named(kinds: &[Kind<'_>], year: Option<i16>) -> Option<Period> {
    use Kind::{Dash, Number, Slash, Word};
    // The dash in `Q3-2021` is a mere space. It is not between two numbers.
    let without_dash: Vec<Kind<'_>> = match kinds {
        [Word(_), Dash, Number(_)] | [Number(_), Dash, Word(_)] => vec![kinds[0], kinds[2]],
        [Number(_), Word(_), Dash, Number(_)] | [Word(_), Number(_), Dash | Slash, Number(_)] => {
            vec![kinds[0], kinds[1], kinds[3]]
        }
        [Number(_), Dash, Word(_), Number(_)] | [Number(_), Dash, Number(_), Word(_)] => {
            vec![kinds[0], kinds[2], kinds[3]]
        }
        _ => kinds.to_vec(),
    };
    match without_dash.as_slice() {
        [Number(year)] => Period::months(year.year()?, 1, 12),
        [Word(name)] => Period::months(year?, month(name)?, 1),
        [Word(name), Number(number)] => match part_letter(name) {
            Some(letter) => part_of(year?, letter, number.value),
            None => Period::months(number.year()?, month(name)?, 1),
        },
        [Number(number), Word(name)] => match part_letter(name) {
            Some(letter) => part_of(year?, letter, number.value),
            None => Period::months(number.year()?, month(name)?, 1),
        },
        [Number(year), Word(name), Number(part)] if year.digits == 4 => {
            part_of(year.year()?, part_letter(name)?, part.value)
        }
        [Number(year), Number(part), Word(name)] => part_of(year.year()?, part_letter(name)?, part.value),
        [Number(part), Word(name), Number(year)] | [Word(name), Number(part), Number(year)] => {
            part_of(year.year()?, part_letter(name)?, part.value)
        }
        [Number(year), Dash, Number(month)] if month.digits == 2 => month_of(year.year()?, month.value),
        [Number(month), Slash, Number(year)] if month.digits <= 2 => month_of(year.year()?, month.value),
        _ => None,
    }
}

/// A day; `year` is that of days without one.
fn date(kinds: &[Kind<'_>], year: Option<i16>) -> Option<Date> {
    use Kind::{Dash, Number, Word};
    match kinds {
        [Number(day)] if day.digits == 8 => {
            let (year, month, day) = (day.value / 10_000, day.value / 100 % 100, day.value % 100);
            Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
        }
        [Number(year), Dash, Number(month), Dash, Number(day)] if month.digits == 2 && day.digits == 2 => {
            Date::new(year.year()?, month.small()?, day.small()?).ok()
        }
        [Number(day), Word(name), Number(year)] | [Word(name), Number(day), Number(year)] => {
            Date::new(year.year()?, month(name)?, day.small()?).ok()
        }
        [Number(day), Word(name)] | [Word(name), Number(day)] => {
            Date::new(year?, month(name)?, day.small()?).ok()
        }
        _ => None,
    }
}

/// From the beginning of one period or day to the end of another, with a dash or slash between the two. The first may
/// leave the year to the second.
fn between(kinds: &[Kind<'_>], year: Option<i16>) -> Option<Period> {
    (1..kinds.len()).filter(|place| matches!(kinds[*place], Kind::Dash | Kind::Slash)).find_map(|place| {
        let (first, last) = (&kinds[..place], &kinds[place + 1..]);
        let last = end_of_range(last, year)?;
        let first = end_of_range(first, None).or_else(|| end_of_range(first, Some(last.end.year())))?;
        span(first.start, last.end)
    })
}

/// One end of a range. Two years are none: `2019-2020` may be a fiscal year.
fn end_of_range(kinds: &[Kind<'_>], year: Option<i16>) -> Option<Period> {
    match date(kinds, year) {
        Some(day) => Some(Period { start: day, end: day }),
        None => named(kinds, year).filter(|_| !matches!(kinds, [Kind::Number(_)])),
    }
}

fn span(start: Date, end: Date) -> Option<Period> {
    (start <= end).then_some(Period { start, end })
}

/// The period of a frequency that ends on a day.
fn ending(day: Date, frequency: Frequency) -> Option<Period> {
    let first = day.month() - frequency.months()? + 1;
    let period =
        (first >= 1).then(|| Period::months(day.year(), first, day.month() - first + 1)).flatten()?;
    (period.end == day && period.frequency() == frequency).then_some(period)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOTHING: PeriodContext = PeriodContext { year: None, ending: None };

    fn named_as(period: Option<Period>) -> String {
        period.map_or_else(|| "none".to_owned(), |period| period.to_string())
    }

    fn check(context: &PeriodContext, cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(named_as(read(text, context)), *expected, "{text:?}");
        }
    }

    #[test]
    fn calendar_periods_have_many_names() {
        for (expected, texts) in [
            ("2020", &["2020", " 2020\u{a0}", "2020-01-01/2020-12-31", "Jan-Dec 2020"][..]),
            (
                "2017-Q4",
                &["2017Q4", "2017-Q4", "2017 q4", "Q4 2017", "Q4-2017", "4Q 2017", "4q2017", "2017-4Q"],
            ),
            ("2017-Q4", &["Q4/2017", "Q4, 2017", "Oct-Dec 2017", "October – December 2017"]),
            (
                "2020-H1",
                &["2020 H1", "H1 2020", "H1-2020", "2020-H1", "2020-h1", "1H 2020", "1H2020", "2020H1"],
            ),
            ("2020-H1", &["Jan-Jun 2020", "January - June 2020", "JANUARY—JUNE 2020", "Jan. to Jun. 2020"]),
            (
                "2020-H1",
                &["Q1-Q2 2020", "Q1 2020 - Q2 2020", "January 1 – June 30, 2020", "Jan 2020 – Jun 2020"],
            ),
            ("2020-H1", &["20200101-20200630", "2020-01-01 to 2020-06-30", "1 Jan 2020 - 30 Jun 2020"]),
            ("2020-Q3", &["Jul–Sep 2020", "Jul-Sep 2020", "July through Sept 2020", "jul20sep20"]),
            (
                "2020-07",
                &["2020-07", "Jul 2020", "July 2020", "july, 2020", "Jul-2020", "2020 Jul", "2020-Jul"],
            ),
            ("2020-07", &["07/2020", "7/2020", "Jul. 2020", "20200701-20200731", "2020-07-01 / 2020-07-31"]),
            ("2020-09", &["Sep 2020", "Sept 2020", "Sept. 2020", "September 2020", "09/2020"]),
            ("2021-07-26/2021-08-25", &["2021-07-26/2021-08-25", "26 Jul 2021 - 25 Aug 2021"]),
            (
                "2021-07-26/2021-08-25",
                &["2021-07-26 to 2021-08-25", "26 Jul - 25 Aug 2021", "20210726–20210825"],
            ),
            (
                "2022-12-01/2023-05-31",
                &["December 2022 – May 2023", "Dec 2022-May 2023", "2022-12 - 2023-05"],
            ),
            ("2012-07-01/2013-06-30", &["jul12jun13", "Jul12Jun13", "July12June13"]),
        ] {
            texts.iter().for_each(|text| check(&NOTHING, &[(text, expected)]));
        }
    }

    #[test]
    fn other_texts_are_no_periods() {
        for text in [
            "",
            "FY2020",
            "FY 2020",
            "2020.0",
            "20",
            "2020-13",
            "13/2020",
            "0/2020",
            "2020-00",
            "Q5 2020",
            "Q0 2020",
            "H3 2020",
            "Q 2020",
            "Q42017",
            "July",
            "Q3",
            "Jul-Dec",
            "2019-2020",
            "2019/20",
            "2019-20",
            "Jul-20",
            "Jul 20",
            "07/08/2020",
            "2021-07-26",
            "20210726",
            "26 Jul 2021",
            "Dec-Feb 2021",
            "Jul 2020 - Jun 2020",
            "Jul 12 Jun 13",
            "Jul 12 - Jun 13",
            "Jul12-Jun13",
            "2021-02-30 to 2021-03-01",
            "20210230-20210301",
            "Juli 2020",
            "Ju 2020",
            "2020 report",
            "Jul-Sep 2021 removal policy",
            "2020-07-26/",
            "to 2020",
            "Q3 2020 Q4",
            "١٢٣٤",
            "99999999999 - 99999999999",
            "2020;07",
            "total",
            "é024",
        ] {
            assert_eq!(named_as(read(text, &NOTHING)), "none", "{text:?}");
        }
    }

    #[test]
    fn the_surroundings_may_state_the_year() {
        let context = PeriodContext { year: Some(2022), ending: None };
        let cases = [
            ("July", "2022-07"),
            ("jul", "2022-07"),
            ("Q3", "2022-Q3"),
            ("3Q", "2022-Q3"),
            ("H2", "2022-H2"),
            ("Jul-Dec", "2022-H2"),
            ("Q1 - Q2", "2022-H1"),
            ("26 Jul - 25 Aug", "2022-07-26/2022-08-25"),
            ("Dec 2021 - Feb", "2021-12-01/2022-02-28"),
            ("July 2020", "2020-07"),
            ("Dec-Feb", "none"),
            ("Total", "none"),
            ("7", "none"),
        ];
        check(&context, &cases);
    }

    #[test]
    fn dates_may_be_the_ends_of_periods() {
        let ending = |frequency| PeriodContext { year: None, ending: Some(frequency) };
        let quarters = [
            ("2020-09-30", "2020-Q3"),
            ("20200331", "2020-Q1"),
            ("December 31, 2020", "2020-Q4"),
            ("30 Jun 2020", "2020-Q2"),
            ("2020-09-29", "none"),
            ("2020-08-31", "none"),
            ("2020-01-31", "none"),
            ("2020-Q3", "2020-Q3"),
            ("2020", "2020"),
        ];
        check(&ending(Frequency::Quarter), &quarters);
        check(&ending(Frequency::Month), &[("2020-02-29", "2020-02"), ("2020-02-28", "none")]);
        check(&ending(Frequency::Half), &[("2020-06-30", "2020-H1"), ("2020-09-30", "none")]);
        check(&ending(Frequency::Year), &[("2020-12-31", "2020"), ("2020-06-30", "none")]);
        check(&ending(Frequency::Other), &[("2020-12-31", "none")]);
    }

    #[test]
    fn two_dates_are_a_period() {
        for (start, end, expected) in [
            ("20240101", "20240331", "2024-Q1"),
            ("2024-01-01", "20241231", "2024"),
            (" 2021-07-26 ", "2021-08-25", "2021-07-26/2021-08-25"),
            ("20240331", "20240101", "none"),
            ("20240230", "20240331", "none"),
            ("2024", "2025", "none"),
            ("2024-01", "2024-03", "none"),
            ("1 Jan 2024", "31 Mar 2024", "none"),
            ("", "", "none"),
        ] {
            assert_eq!(named_as(from_dates(start, end)), expected, "{start} {end}");
        }
    }

    #[test]
    fn a_period_may_stand_in_two_columns() {
        use Frequency::{Half, Month, Other, Quarter, Year};
        for (year, frequency, part, expected) in [
            ("2023", Month, "9", "2023-09"),
            ("2023", Month, "09", "2023-09"),
            ("2023", Month, "September", "2023-09"),
            (" 2023", Month, "sept ", "2023-09"),
            ("2023", Quarter, "3", "2023-Q3"),
            ("2023", Quarter, "Q3", "2023-Q3"),
            ("2023", Quarter, "3q", "2023-Q3"),
            ("2023", Half, "2", "2023-H2"),
            ("2023", Half, "H2", "2023-H2"),
            ("2023", Year, "", "2023"),
            ("2023", Month, "13", "none"),
            ("2023", Month, "0", "none"),
            ("2023", Month, "", "none"),
            ("2023", Month, "Q3", "none"),
            ("2023", Half, "3", "none"),
            ("2023", Quarter, "H1", "none"),
            ("2023", Quarter, "Q3 2024", "none"),
            ("2023", Year, "1", "none"),
            ("2023", Other, "1", "none"),
            ("23", Month, "9", "none"),
            ("", Year, "", "none"),
        ] {
            assert_eq!(named_as(from_parts(year, frequency, part)), expected, "{year} {part}");
        }
    }

    #[test]
    fn file_names_state_periods() {
        for (name, expected) in [
            ("discord-2022-q4.csv", "2022-Q4"),
            ("meta-2021-q3", "2021-Q3"),
            ("microsoft-2020-h1.xlsx", "2020-H1"),
            ("tiktok-2022-q4", "2022-Q4"),
            ("report_jul12jun13.csv", "2012-07-01/2013-06-30"),
            ("2023-by-provider", "2023"),
            ("data/2019/snap_2024_H1.csv", "2024-H1"),
            ("Transparency Report Q3 2021 (1).csv.gz", "2021-Q3"),
            ("report.2021Q3.csv", "2021-Q3"),
            ("github-2023-09.csv", "2023-09"),
            ("January-June 2020.xlsx", "2020-H1"),
            ("dsa-20240101-20240331.csv", "2024-Q1"),
            ("2022-release-2021-q4.csv", "2021-Q4"),
            ("2021-q4_2021-q4.csv", "2021-Q4"),
            ("2021-q1_2021-q2.csv", "none"),
            ("2021-h1_2021-h2.csv", "none"),
            ("2020_2021.csv", "none"),
            ("snapshot-2021-07-26.csv", "none"),
            ("snapshot-20210726.csv", "none"),
            ("2021-07-26-meta-2021-q2.csv", "2021-Q2"),
            ("fy2020.csv", "none"),
            ("fy-2020.csv", "none"),
            ("v2021.csv", "none"),
            ("2021x.csv", "none"),
            ("report-v2-2021.csv", "2021"),
            ("form-1234.csv", "none"),
            ("ocse-reports-per-year.csv", "none"),
            ("report-2021-13.csv", "2021"),
            ("", "none"),
            (".csv", "none"),
        ] {
            assert_eq!(named_as(from_file_name(name)), expected, "{name}");
        }
    }

    fn any_period() -> impl Strategy<Value = Period> {
        let months = (1970i16..2100, 1i8..=12, prop::sample::select(vec![1i8, 2, 3, 6, 12]));
        let months = months
            .prop_filter_map("beyond the year", |(year, month, count)| Period::months(year, month, count));
        let day = || (1970i16..2100, 1i8..=12, 1i8..=28);
        let days = (day(), day()).prop_filter_map("backwards", |(left, right)| {
            let day = |(year, month, day)| Date::new(year, month, day).ok();
            span(day(left)?, day(right)?)
        });
        prop_oneof![months, days]
    }

    proptest! {
        #[test]
        fn every_period_is_read_as_it_is_printed(period in any_period()) {
            let text = period.to_string();
            prop_assert_eq!(read(&text, &NOTHING), Some(period));
            prop_assert_eq!(read(&text.to_lowercase(), &NOTHING), Some(period));
            prop_assert_eq!(from_dates(&period.start.to_string(), &period.end.to_string()), Some(period));
        }

        #[test]
        fn every_period_is_read_by_its_first_and_last_month(
            one in (1990i16..2100, 0usize..12),
            other in (1990i16..2100, 0usize..12),
        ) {
            let (start, end) = (one.min(other), one.max(other));
            let text = format!("{} {} – {} {}", MONTHS[start.1], start.0, &MONTHS[end.1][..3], end.0);
            let first = Period::months(start.0, start.1 as i8 + 1, 1).unwrap();
            let last = Period::months(end.0, end.1 as i8 + 1, 1).unwrap();
            prop_assert_eq!(read(&text, &NOTHING), span(first.start, last.end));
        }

        #[test]
        fn any_text_is_a_period_or_none(text in "\\PC{0,16}|([0-9]{1,8}|[-/ ,.]|q|h|jul|Dec| to ){0,8}") {
            let context = PeriodContext { year: Some(2020), ending: Some(Frequency::Quarter) };
            let _ = (read(&text, &context), from_file_name(&text), from_dates(&text, &text));
            let _ = from_parts(&text, Frequency::Quarter, &text);
        }
    }
}
