//! Claims: what somebody has said of the figures, and the expression over series that it should equal.
//!
//! A [`Claim`] belongs to a [`ClaimSource`], the article or release that makes it. Its [`Expression`] is a tree of
//! [`Function`]s over [`Selection`]s; it is complete when it gets here, so that whoever evaluates it needs no defaults.

use std::fmt;

use rust_decimal::Decimal;

use super::{Frequency, Period, Quantity, Unit};
use crate::diag::{Location, grouped};

/// An article, release or document that makes claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimSource {
    /// Identifier in its file.
    pub id: String,
    /// Who published it.
    pub publisher: String,
    /// Day, month or year of publication.
    pub published: Option<String>,
    /// Path of the file that states its claims.
    pub path: String,
}

/// A statement about published figures.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Identifier.
    pub id: String,
    /// Number of its source among the claim sources of the dataset.
    pub source: usize,
    /// What it says, in a short paraphrase.
    pub says: String,
    /// The number in it, where there is one.
    pub stated: Option<Stated>,
    /// The unit of count that it names.
    pub unit: Option<Unit>,
    /// The period that it names.
    pub periods: Option<Periods>,
    /// What its share or percentage is taken of, in its own words.
    pub base: Option<String>,
    /// What it should equal.
    pub reading: Reading,
    /// Other ways to understand it, each with its name.
    pub other_readings: Vec<(String, Expression)>,
    /// What follows for its number from other figures, where the number itself cannot be computed.
    pub bound: Option<Bound>,
    /// The claim of the same source whose figure it gives again.
    pub restates: Option<ClaimTerm>,
    /// Where its identifier stands.
    pub location: Location,
    /// Where its number stands; its identifier where it has none.
    pub value_location: Location,
}

/// What a claim should equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// This.
    Expression(Expression),
    /// An expression that could not be read; a finding says so.
    Faulty,
    /// Nothing that figures could be compared with, for this reason.
    Inexpressible(String),
}

/// An end that other figures set to a number that cannot itself be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// Whether the number is at least this; else at most.
    pub is_least: bool,
    /// The end.
    pub expression: Expression,
    /// Why it holds.
    pub because: String,
}

/// A number as a claim states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stated {
    /// This, to the printed precision.
    About(Quantity),
    /// This or more.
    AtLeast(Decimal),
    /// More than this.
    MoreThan(Decimal),
    /// This or less.
    AtMost(Decimal),
    /// Less than this.
    LessThan(Decimal),
}

impl fmt::Display for Stated {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, number) = match self {
            Self::About(Quantity::Rounded(rounded)) => ("", rounded.value),
            Self::About(quantity) => return write!(formatter, "{quantity}"),
            Self::AtLeast(number) => ("at least ", *number),
            Self::MoreThan(number) => ("more than ", *number),
            Self::AtMost(number) => ("at most ", *number),
            Self::LessThan(number) => ("less than ", *number),
        };
        write!(formatter, "{word}{}", grouped(number))
    }
}

/// One period, or all of one frequency from a first to a last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Periods {
    /// The first.
    pub first: Period,
    /// The last; the first where there is one only.
    pub last: Period,
}

impl Periods {
    /// Reads `2024` and `2019..2024`. Both ends of a range have the same frequency, and the last comes after the first.
    pub fn parse(text: &str) -> Option<Self> {
        let Some((first, last)) = text.split_once("..") else {
            return Period::parse(text).map(|only| Self { first: only, last: only });
        };
        let (first, last) = (Period::parse(first.trim())?, Period::parse(last.trim())?);
        let frequency = first.frequency();
        (frequency != Frequency::Other && frequency == last.frequency() && first < last)
            .then_some(Self { first, last })
    }

    /// Whether it is one period.
    pub fn is_single(self) -> bool {
        self.first == self.last
    }

    /// Every period of it, at most `most`.
    pub fn iter(self, most: usize) -> impl Iterator<Item = Period> {
        let next = move |period: &Period| period.next().filter(|next| *next <= self.last);
        std::iter::successors(Some(self.first), next).take(most)
    }

    /// The same, so many periods later; `None` where periods of its frequency do not follow each other.
    pub fn moved(self, steps: i16) -> Option<Self> {
        Some(Self { first: moved(self.first, steps)?, last: moved(self.last, steps)? })
    }
}

fn moved(period: Period, steps: i16) -> Option<Period> {
    let length = i16::from(period.frequency().months()?);
    let month = period.start.year().checked_mul(12)?.checked_add(i16::from(period.start.month()) - 1)?;
    let month = month.checked_add(steps.checked_mul(length)?)?;
    Period::months(month.div_euclid(12), i8::try_from(month.rem_euclid(12)).ok()? + 1, length as i8)
}

impl fmt::Display for Periods {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_single() {
            true => write!(formatter, "{}", self.first),
            false => write!(formatter, "{} to {}", self.first, self.last),
        }
    }
}

/// A word of an expression and where it stands. Two are equal where the words are.
#[derive(Debug, Clone)]
pub struct ClaimTerm {
    /// The word.
    pub text: String,
    /// Where.
    pub location: Location,
}

impl PartialEq for ClaimTerm {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for ClaimTerm {}

/// Which figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Who states them; need not be named where one publisher alone does.
    pub publisher: Option<ClaimTerm>,
    /// Whose activity they are about; the publisher's own total where neither this nor `company` is given.
    pub subject: Option<ClaimTerm>,
    /// A company, with every brand that belonged to it in the period.
    pub company: Option<ClaimTerm>,
    /// What is measured.
    pub metric: Option<ClaimTerm>,
    /// The unit of count; that of the metric where not given.
    pub unit: Option<Unit>,
    /// The publisher's category; figures without one where not given.
    pub category: Option<ClaimTerm>,
    /// Where; figures without one, or worldwide, where not given.
    pub jurisdiction: Option<ClaimTerm>,
    /// When.
    pub periods: Option<Periods>,
}

impl Selection {
    /// This one, completed by another where it says nothing itself.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let names_entity = self.subject.is_some() || self.company.is_some();
        let entity = if names_entity { self } else { other };
        let either =
            |own: &Option<ClaimTerm>, other: &Option<ClaimTerm>| own.clone().or_else(|| other.clone());
        Self {
            publisher: either(&self.publisher, &other.publisher),
            subject: entity.subject.clone(),
            company: entity.company.clone(),
            metric: either(&self.metric, &other.metric),
            // A unit belongs to its metric.
            unit: self.unit.or(if self.metric.is_none() { other.unit } else { None }),
            category: either(&self.category, &other.category),
            jurisdiction: either(&self.jurisdiction, &other.jurisdiction),
            periods: self.periods.or(other.periods),
        }
    }
}

macro_rules! functions {
    ($($variant:ident $name:literal $doc:literal,)*) => {
        /// What an expression computes from figures.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Function { $(#[doc = $doc] $variant,)* }

        impl Function {
            /// Every function.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word for it in expressions.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

functions! {
    Value "value" "The figure of one period.",
    Sum "sum" "The sum of figures or operands.",
    Minimum "minimum" "The lowest of figures or operands.",
    Maximum "maximum" "The highest of figures or operands.",
    Change "change" "The last minus the first.",
    PercentChange "percent_change" "The last over the first, less one, as a percentage.",
    Changes "changes" "The change from each period to the next: a list.",
    PercentChanges "percent_changes" "Likewise as percentages.",
    Share "share" "The first operand as a percentage of the second.",
    Ratio "ratio" "The first operand divided by the second.",
    Rank "rank" "The place of an entity among its peers, 1 being the highest; over several periods the worst.",
    Declines "declines" "In how many periods the figure is lower than in the one before.",
}

/// The four operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Sum.
    Plus,
    /// Difference.
    Minus,
    /// Product.
    Times,
    /// Quotient.
    Over,
}

/// A computation over published figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// A number.
    Number(Decimal),
    /// A function of the figures that are selected.
    Of(Function, Box<Selection>),
    /// A function of other expressions.
    Operands(Function, Vec<Self>),
    /// Two expressions joined.
    Binary(Operation, Box<Self>, Box<Self>),
}

impl Expression {
    /// The same with every selection changed.
    #[must_use]
    pub fn with_selections(&self, change: &mut impl FnMut(&Selection) -> Selection) -> Self {
        match self {
            Self::Number(number) => Self::Number(*number),
            Self::Of(function, selection) => Self::Of(*function, Box::new(change(selection))),
            Self::Operands(function, operands) => {
                let changed = operands.iter().map(|one| one.with_selections(change)).collect();
                Self::Operands(*function, changed)
            }
            Self::Binary(operation, left, right) => Self::Binary(
                *operation,
                Box::new(left.with_selections(change)),
                Box::new(right.with_selections(change)),
            ),
        }
    }

    /// Every selection, from left to right.
    pub fn selections(&self) -> Vec<&Selection> {
        match self {
            Self::Number(_) => Vec::new(),
            Self::Of(_, selection) => vec![selection.as_ref()],
            Self::Operands(_, operands) => operands.iter().flat_map(Self::selections).collect(),
            Self::Binary(_, left, right) => [left.selections(), right.selections()].concat(),
        }
    }
}
