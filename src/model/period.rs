//! Periods: exact first and last days, and the names people use for them.
//!
//! A period is always two days, so that `2024`, `2024-01-01/2024-12-31` and twelve months can be compared. Its usual
//! name (`2024`, `2024-H1`, `2024-Q3`, `2024-07`, else an ISO 8601 interval) follows from the days.

use std::fmt;

use jiff::civil::Date;

/// A span of whole days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Date,
}

/// How long the periods of a series are. Only periods of one frequency are compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Frequency {
    /// A calendar year.
    Year,
    /// January to June or July to December.
    Half,
    /// A calendar quarter.
    Quarter,
    /// A calendar month.
    Month,
    /// Any other number of days.
    Other,
}

impl Frequency {
    /// Months in one period; `None` for [`Frequency::Other`].
    pub const fn months(self) -> Option<i8> {
        match self {
            Self::Year => Some(12),
            Self::Half => Some(6),
            Self::Quarter => Some(3),
            Self::Month => Some(1),
            Self::Other => None,
        }
    }

    /// The noun for one period.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Half => "half-year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Other => "period",
        }
    }
}

impl Period {
    /// Whole months from the first of `month`; `None` outside the calendar.
    pub fn months(year: i16, month: i8, count: i8) -> Option<Self> {
        let start = Date::new(year, month, 1).ok()?;
        let last = month + count - 1;
        let end = Date::new(year, last, 1).ok()?.last_of_month();
        Some(Self { start, end })
    }

    /// Reads the canonical forms: `2024`, `2024-H1`, `2024-Q3`, `2024-07`, `2021-07-26/2021-08-25`.
    pub fn parse(text: &str) -> Option<Self> {
        // The longest of the other forms is `2024-07`.
        if let Some((start, end)) = text.split_once('/').filter(|_| text.len() > 7) {
            let (start, end) = (parse_date(start)?, parse_date(end)?);
            return (start <= end).then_some(Self { start, end });
        }
        let year = parse_digits(text.get(..4)?)? as i16;
        let rest = text.as_bytes().get(4..)?;
        match rest {
            [] => Self::months(year, 1, 12),
            [b'-', b'H', half @ b'1'..=b'2'] => Self::months(year, ((half - b'1') * 6 + 1) as i8, 6),
            [b'-', b'Q', quarter @ b'1'..=b'4'] => Self::months(year, ((quarter - b'1') * 3 + 1) as i8, 3),
            [b'-', tens @ b'0'..=b'1', ones @ b'0'..=b'9'] => {
                Self::months(year, ((tens - b'0') * 10 + (ones - b'0')) as i8, 1)
            }
            _ => None,
        }
    }

    /// How long it is.
    pub fn frequency(self) -> Frequency {
        if self.start.day() != 1
            || self.end != self.end.last_of_month()
            || self.start.year() != self.end.year()
        {
            return Frequency::Other;
        }
        let (first, count) = (self.start.month() - 1, self.end.month() - self.start.month() + 1);
        match count {
            12 => Frequency::Year,
            6 if first % 6 == 0 => Frequency::Half,
            3 if first % 3 == 0 => Frequency::Quarter,
            1 => Frequency::Month,
            _ => Frequency::Other,
        }
    }

    /// The period of the same frequency that begins the day after this one ends.
    pub fn next(self) -> Option<Self> {
        let start = self.end.tomorrow().ok()?;
        Self::months(start.year(), start.month(), self.frequency().months()?)
    }

    /// The same months of the year before; `None` for [`Frequency::Other`].
    pub fn year_before(self) -> Option<Self> {
        Self::months(self.start.year() - 1, self.start.month(), self.frequency().months()?)
    }

    /// Whether `later` begins the day after this one ends.
    pub fn is_followed_by(self, later: Self) -> bool {
        self.end.tomorrow().is_ok_and(|day| day == later.start)
    }

    /// Whether every day of `inner` lies in this one.
    pub fn contains(self, inner: Self) -> bool {
        self.start <= inner.start && inner.end <= self.end
    }

    /// Of two periods the one that ends later; of two that end together the shorter.
    #[must_use]
    pub fn max_by_end(self, other: Self) -> Self {
        std::cmp::max_by_key(self, other, |period| (period.end, period.start))
    }

    /// Number of days.
    pub fn days(self) -> i32 {
        self.start.until(self.end).map_or(0, |span| span.get_days()) + 1
    }

    /// The calendar year it lies in, where it lies in one.
    pub fn year(self) -> Option<i16> {
        (self.start.year() == self.end.year()).then_some(self.start.year())
    }
}

fn parse_digits(text: &str) -> Option<u32> {
    text.bytes()
        .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

fn parse_date(text: &str) -> Option<Date> {
    if text.len() != 10 || !text.is_ascii() {
        return None;
    }
    text.parse().ok()
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.start.year(), self.start.month());
        match self.frequency() {
            Frequency::Year => write!(formatter, "{year:04}"),
            Frequency::Half => write!(formatter, "{year:04}-H{}", month / 6 + 1),
            Frequency::Quarter => write!(formatter, "{year:04}-Q{}", month / 3 + 1),
            Frequency::Month => write!(formatter, "{year:04}-{month:02}"),
            Frequency::Other => write!(formatter, "{}/{}", self.start, self.end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_names_survive_a_round_trip() {
        for name in [
            "1998",
            "2024-H1",
            "2024-H2",
            "2024-Q1",
            "2024-Q4",
            "2024-02",
            "2024-12",
            "2021-07-26/2021-08-25",
        ] {
            assert_eq!(Period::parse(name).unwrap().to_string(), name);
        }
        assert_eq!(Period::parse("2024-01-01/2024-12-31"), Period::parse("2024"));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "24",
            "2024-",
            "2024-H3",
            "2024-Q0",
            "2024-13",
            "2024-00",
            "2024-1",
            "20 4",
            "é024",
            "2024-07-01",
            "2024-02-30/2024-03-01",
            "2024-03-01/2024-02-01",
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn neighbours_follow_the_calendar() {
        for (name, next) in
            [("2023", "2024"), ("2023-H2", "2024-H1"), ("2023-Q4", "2024-Q1"), ("2023-12", "2024-01")]
        {
            let (period, next) = (Period::parse(name).unwrap(), Period::parse(next).unwrap());
            assert_eq!(period.next(), Some(next));
            assert!(period.is_followed_by(next) && !next.is_followed_by(period));
        }
        assert_eq!(Period::parse("2021-07-26/2021-08-25").unwrap().next(), None);
    }
}
