//! What a table schema says of one field, and whether the text of a cell is a value of it.
//!
//! Types and formats are those of the Table Schema standard (<https://datapackage.org/standard/table-schema/>), in both
//! of its versions. A date of the format `any`, and other texts that the standard leaves to the reader, are taken as they
//! come: what may be right is not reported.

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::diag::Location;
use crate::load::{self, Kind};
use crate::model::{Absence, parse_number};

/// A text that stands in place of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The text of the cell.
    pub text: String,
    /// What it says.
    pub absence: Absence,
}

/// How numbers of a field are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// What stands before the decimals.
    pub decimal: char,
    /// What stands between groups of digits.
    pub group: Option<char>,
    /// Whether nothing stands before or after a number.
    pub bare: bool,
}

impl Default for Marks {
    fn default() -> Self {
        Self { decimal: '.', group: None, bare: true }
    }
}

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Anything.
    Any,
    /// Text.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// True or false.
    Boolean,
    /// Days.
    Date,
    /// Times of the day.
    Time,
    /// Days with times.
    DateTime,
    /// Years.
    Year,
    /// Months of a year.
    YearMonth,
    /// Lengths of time.
    Duration,
    /// Objects in JSON.
    Object,
    /// Lists in JSON.
    Array,
    /// Longitude and latitude.
    GeoPoint,
}

impl Type {
    /// The type of this name; text where there is no such type, which the schema of packages reports.
    pub fn parse(name: &str) -> Self {
        match name {
            "any" | "list" => Self::Any,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "date" => Self::Date,
            "time" => Self::Time,
            "datetime" => Self::DateTime,
            "year" => Self::Year,
            "yearmonth" => Self::YearMonth,
            "duration" => Self::Duration,
            "object" | "geojson" => Self::Object,
            "array" => Self::Array,
            "geopoint" => Self::GeoPoint,
            _ => Self::Text,
        }
    }

    /// Whether values are numbers.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Number)
    }
}

/// A value of a field. Values of one field are of one variant, but for what cannot be compared, which is text.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text, or what is not compared in size.
    Text(String),
    /// A number, a year, or a month as the number of months since the year 0.
    Number(Decimal),
    /// True or false.
    Truth(bool),
    /// A day.
    Date(Date),
    /// A time of the day.
    Time(Time),
    /// A day with a time; in coordinated universal time where an offset is stated.
    Moment(DateTime),
}

impl Value {
    /// Which of two values is larger; `None` where the type has no such order.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => Some(one.cmp(other)),
            (Self::Date(one), Self::Date(other)) => Some(one.cmp(other)),
            (Self::Time(one), Self::Time(other)) => Some(one.cmp(other)),
            (Self::Moment(one), Self::Moment(other)) => Some(one.cmp(other)),
            _ => None,
        }
    }
}

/// One field of a table schema.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name, which is the heading of its column.
    pub name: String,
    /// Where the schema names it.
    pub at: Location,
    /// What its values are.
    pub kind: Type,
    /// Where its type is stated; where its name is, if nowhere.
    pub kind_at: Location,
    /// How values are written, where not in the default way.
    pub format: Option<String>,
    /// Texts in place of a value.
    pub missing: Vec<Missing>,
    /// How numbers are written.
    pub marks: Marks,
    /// Words for true and for false.
    pub truths: (Vec<String>, Vec<String>),
    /// What values must be.
    pub constraints: Vec<super::constraint::Constraint>,
}

impl Field {
    /// What a text in place of a value says.
    pub fn absence(&self, text: &str) -> Option<Absence> {
        self.missing.iter().find(|one| one.text == text).map(|one| one.absence)
    }

    /// Whether it states marks of numbers, or texts in place of a value beside the blank cell.
    pub fn states_notation(&self) -> bool {
        self.marks != Marks::default() || self.missing.iter().any(|one| !one.text.is_empty())
    }

    /// The value that a text is; `None` where it is none of this field.
    pub fn value(&self, text: &str) -> Option<Value> {
        let trimmed = text.trim();
        let as_text = |holds: bool| holds.then(|| Value::Text(text.to_owned()));
        match self.kind {
            Type::Any => as_text(true),
            Type::Text => as_text(is_text_of(text, self.format.as_deref())),
            Type::Integer => self.number(trimmed).filter(|_| self.is_whole(trimmed)),
            Type::Number => self.number(trimmed),
            Type::Boolean => {
                let has = |words: &[String]| words.iter().any(|word| word == trimmed);
                let truth = has(&self.truths.0);
                (truth || has(&self.truths.1)).then_some(Value::Truth(truth))
            }
            Type::Date => self.moment(trimmed, date).map(|one| match one {
                Value::Moment(moment) => Value::Date(moment.date()),
                other => other,
            }),
            Type::Time => self.moment(trimmed, time),
            Type::DateTime => self.moment(trimmed, moment),
            Type::Year => year(trimmed).map(|year| Value::Number(year.into())),
            Type::YearMonth => {
                let (before, month) = trimmed.rsplit_once('-')?;
                let month: i64 = month.parse().ok().filter(|_| month.len() == 2)?;
                let months = year(before)? * 12 + month - 1;
                (1..=12).contains(&month).then_some(Value::Number(months.into()))
            }
            Type::Duration => as_text(trimmed.parse::<jiff::Span>().is_ok()),
            Type::Object => as_text(is_json(trimmed, Kind::Object)),
            Type::Array => as_text(is_json(trimmed, Kind::Array)),
            Type::GeoPoint => as_text(match self.format.as_deref() {
                None | Some("default") => trimmed.split_once(',').is_some_and(|(one, other)| {
                    [one, other].iter().all(|one| parse_number(one.trim()).is_ok())
                }),
                Some("array") => is_json(trimmed, Kind::Array),
                Some(_) => is_json(trimmed, Kind::Object),
            }),
        }
    }

    /// A number without the marks of its field, as it is written elsewhere; the text as it is where it is no number.
    pub fn plain_number<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.kind.is_number() || self.marks == Marks::default() {
            return Cow::Borrowed(text);
        }
        let is_number = matches!(self.value(text), Some(Value::Number(_)));
        let plain = self.digits(text.trim()).filter(|_| is_number);
        plain.map_or(Cow::Borrowed(text), |plain| Cow::Owned(plain.into_owned()))
    }

    /// The text of a number with a dot before its decimals and nothing else between its digits; `None` where it has a
    /// mark that the field does not.
    fn digits<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        let Marks { decimal, group, bare } = self.marks;
        let is_end = |one: char| one.is_ascii_digit() || one == decimal;
        let body = if bare {
            text
        } else {
            let start = text.find(|one: char| is_end(one) || one == '-' || one == '+')?;
            let end = text.rfind(is_end)?;
            text.get(start..=end)?
        };
        if decimal == '.' && group.is_none() {
            return Some(Cow::Borrowed(body));
        }
        if decimal != '.' && group != Some('.') && body.contains('.') {
            return None;
        }
        let without: String = body.chars().filter(|one| Some(*one) != group).collect();
        Some(Cow::Owned(without.replace(decimal, ".")))
    }

    fn number(&self, text: &str) -> Option<Value> {
        if self.kind == Type::Number && ["NaN", "INF", "-INF"].contains(&text) {
            return Some(Value::Text(text.to_owned()));
        }
        let plain = self.digits(text)?;
        match parse_number(&plain) {
            Ok(number) => Some(Value::Number(number)),
            // A number that is longer than candor keeps is still one.
            Err(crate::model::NumberFault::NotANumber) => None,
            Err(_) => Some(Value::Text(plain.into_owned())),
        }
    }

    fn is_whole(&self, text: &str) -> bool {
        let plain = self.digits(text).unwrap_or_default();
        plain.strip_prefix(['-', '+']).unwrap_or(&plain).bytes().all(|byte| byte.is_ascii_digit())
    }

    /// A day or time: as the standard writes it, by a pattern, or anything.
    fn moment(&self, text: &str, usual: impl Fn(&str) -> Option<Value>) -> Option<Value> {
        match self.format.as_deref() {
            None | Some("default") => usual(text),
            Some("any") => {
                let value = usual(text).or_else(|| Some(Value::Text(text.to_owned())));
                value.filter(|_| text.bytes().any(|byte| byte.is_ascii_digit()))
            }
            Some(pattern) => {
                let pattern = pattern.strip_prefix("fmt:").unwrap_or(pattern);
                let parsed = jiff::fmt::strtime::parse(pattern, text).ok()?;
                let (date, time) = (parsed.to_date().ok(), parsed.to_time().ok());
                match (self.kind, date, time) {
                    (Type::Time, _, Some(time)) => Some(Value::Time(time)),
                    (Type::Date | Type::DateTime, Some(date), time) => {
                        Some(Value::Moment(date.to_datetime(time.unwrap_or(Time::midnight()))))
                    }
                    // There is no such day.
                    _ if [parsed.year().is_some(), parsed.month().is_some(), parsed.day().is_some()]
                        == [true; 3] =>
                    {
                        None
                    }
                    // A pattern may leave parts out.
                    _ => Some(Value::Text(text.to_owned())),
                }
            }
        }
    }

    /// What values of the field are, for people.
    pub fn expected(&self) -> String {
        let formatted = |name: &str, usual: &str| match self.format.as_deref() {
            None | Some("default") => format!("{name} ({usual})"),
            Some("any") => name.to_owned(),
            Some(pattern) => format!("{name} ({pattern})"),
        };
        match self.kind {
            Type::Any => "a value".to_owned(),
            Type::Text => match self.format.as_deref() {
                Some("email") => "an email address".to_owned(),
                Some("uri") => "a web address".to_owned(),
                Some("uuid") => "a UUID".to_owned(),
                _ => "text".to_owned(),
            },
            Type::Integer => "an integer".to_owned(),
            Type::Number => "a number".to_owned(),
            Type::Boolean => format!("`{}` or `{}`", self.truths.0.join("`, `"), self.truths.1.join("`, `")),
            Type::Date => formatted("a date", "YYYY-MM-DD"),
            Type::Time => formatted("a time", "hh:mm:ss"),
            Type::DateTime => formatted("a date and time", "YYYY-MM-DDThh:mm:ssZ"),
            Type::Year => "a year (YYYY)".to_owned(),
            Type::YearMonth => "a month (YYYY-MM)".to_owned(),
            Type::Duration => "a duration (ISO 8601)".to_owned(),
            Type::Object => "an object in JSON".to_owned(),
            Type::Array => "a list in JSON".to_owned(),
            Type::GeoPoint => "a geographical point".to_owned(),
        }
    }
}

fn is_json(text: &str, kind: Kind) -> bool {
    let tree = load::json::parse(text);
    tree.failure.is_none() && tree.root().is_some_and(|root| root.kind() == kind)
}

/// Whether a text has the form that a format of text asks for. Others than these are not looked at.
fn is_text_of(text: &str, format: Option<&str>) -> bool {
    match format {
        Some("email") => text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && !host.is_empty() && !text.contains(char::is_whitespace)
        }),
        Some("uri") => text.split_once(':').is_some_and(|(scheme, rest)| {
            let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
            scheme.starts_with(|one: char| one.is_ascii_alphabetic())
                && scheme.bytes().all(is_scheme)
                && !rest.is_empty()
                && !rest.contains(char::is_whitespace)
        }),
        Some("uuid") => {
            let groups: Vec<&str> = text.split('-').collect();
            groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
                && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
        }
        _ => true,
    }
}

fn year(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_year = (4..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_year { text.parse().ok() } else { None }
}

fn date(text: &str) -> Option<Value> {
    let is_date = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    text.parse().ok().filter(|_| is_date).map(Value::Date)
}

fn time(text: &str) -> Option<Value> {
    let body = text.strip_suffix('Z').unwrap_or(text);
    body.parse().ok().filter(|_| body.matches(':').count() == 2).map(Value::Time)
}

fn moment(text: &str) -> Option<Value> {
    if text.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    match text.parse::<jiff::Timestamp>() {
        Ok(stamp) => Some(Value::Moment(TimeZone::UTC.to_datetime(stamp))),
        Err(_) => text.parse().ok().map(Value::Moment),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceId, Span};

    fn field(kind: &str, format: Option<&str>) -> Field {
        let at = Location { source: SourceId(0), span: Span::default(), cell: None };
        Field {
            name: "x".to_owned(),
            at,
            kind: Type::parse(kind),
            kind_at: at,
            format: format.map(str::to_owned),
            missing: Vec::new(),
            marks: Marks::default(),
            truths: (vec!["true".to_owned()], vec!["false".to_owned()]),
            constraints: Vec::new(),
        }
    }

    #[test]
    fn texts_are_values_of_their_type() {
        for (kind, format, good, bad) in [
            ("integer", None, "12 -3 +4 123456789012345678901234567890123", "1.0 1,200 12* n/a 1e3 0x1F"),
            ("number", None, "1 -0.5 1e3 .5 NaN INF -INF", "1,200 5% abc"),
            ("boolean", None, "true false", "yes 1 True"),
            ("date", None, "2024-02-29", "2023-02-29 20240229 29.02.2024 2024-2-1"),
            ("date", Some("%d.%m.%Y"), "29.02.2024 01.01.2024", "2024-02-29 30.02.2024"),
            ("date", Some("any"), "29/2/24 2024-02-29", "never"),
            (
                "datetime",
                None,
                "2024-02-29T10:00:00Z 2024-02-29T10:00:00+02:00 2024-02-29T10:00:00.5",
                "2024-02-29 2024-02-29T25:00:00Z",
            ),
            ("time", None, "10:00:00 23:59:59", "10:00 24:30:00"),
            ("year", None, "2024 -0044", "24 2024.0"),
            ("yearmonth", None, "2024-01 2024-12", "2024-13 2024-1 2024"),
            ("duration", None, "P1D PT5H30M", "1 day"),
            ("string", Some("email"), "a@example.org", "example.org @x"),
            ("string", Some("uri"), "https://www.example.org/x", "example"),
            ("string", Some("uuid"), "123e4567-e89b-12d3-a456-426614174000", "123e4567"),
            ("object", None, "{\"a\":1}", "[1] {"),
            ("array", None, "[1]", "{}"),
            ("geopoint", None, "90.5,45", "90 a,b"),
        ] {
            let field = field(kind, format);
            for text in good.split(' ') {
                assert!(field.value(text).is_some(), "{kind} {text}");
            }
            for text in bad.split(' ') {
                assert!(field.value(text).is_none(), "{kind} {text}");
            }
        }
    }

    #[test]
    fn numbers_are_read_with_the_marks_of_their_field() {
        let mut number = field("number", None);
        number.marks = Marks { decimal: ',', group: Some('.'), bare: false };
        for (text, expected) in
            [("1.234,5", "1234.5"), ("€ 5", "5"), ("-2,5 %", "-2.5"), ("1.000.000", "1000000")]
        {
            assert_eq!(number.value(text), Some(Value::Number(expected.parse().unwrap())), "{text}");
            assert_eq!(number.plain_number(text), expected);
        }
        number.marks = Marks { decimal: ',', group: None, bare: true };
        assert!(number.value("1.5").is_none() && number.value("1,5").is_some());
        let mut whole = field("integer", None);
        whole.marks.group = Some(',');
        assert!(whole.value("1,234").is_some() && whole.value("1.5").is_none());
        whole.marks.bare = false;
        assert!(whole.value("95%").is_some());
    }

    #[test]
    fn values_of_one_type_have_an_order() {
        let order = |kind: &str, one: &str, other: &str| {
            let field = field(kind, None);
            field.value(one).unwrap().order(&field.value(other).unwrap())
        };
        assert_eq!(order("yearmonth", "2023-12", "2024-01"), Some(Ordering::Less));
        assert_eq!(order("date", "2024-01-02", "2024-01-01"), Some(Ordering::Greater));
        assert_eq!(
            order("datetime", "2024-01-01T10:00:00Z", "2024-01-01T12:00:00+02:00"),
            Some(Ordering::Equal)
        );
        assert_eq!(order("string", "a", "b"), None);
    }
}
