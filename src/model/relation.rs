//! Relations: what published numbers have to do with each other.
//!
//! A relation names its members by [`Term`]s. What no term of a relation names (a category, a country …) may be
//! anything and is the same in all of them; what one term names and another does not is empty in that other. So
//! `whole: {metric: a}` with `parts: [{metric: b}, {metric: c}]` holds in every category by itself, and `parts: [{metric:
//! a, category: x}, {metric: a, category: y}]` makes the whole the figure without a category.

use rust_decimal::Decimal;

use super::{Name, SeriesKey};
use crate::diag::Location;

/// Which series stand at one place of a relation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Term {
    /// What is measured.
    pub metric: Name,
    /// Who states the numbers. Where another term names a publisher and this does not, the subject speaks of itself.
    pub publisher: Option<Name>,
    /// Whose activity they are about. Where another term names a subject and this does not, it is the publisher.
    pub subject: Option<Name>,
    /// The publisher's category.
    pub category: Option<Name>,
    /// How it came in.
    pub channel: Option<Name>,
    /// How it was found.
    pub detection: Option<Name>,
    /// Where on the product.
    pub surface: Option<Name>,
    /// Where in the world.
    pub jurisdiction: Option<Name>,
}

impl Term {
    /// The fields that it may name, in an order that [`fields_of`] shares.
    pub fn fields(&self) -> [Option<&Name>; 7] {
        [
            self.publisher.as_ref(),
            self.subject.as_ref(),
            self.category.as_ref(),
            self.channel.as_ref(),
            self.detection.as_ref(),
            self.surface.as_ref(),
            self.jurisdiction.as_ref(),
        ]
    }
}

/// What a series says in the fields that a [`Term`] may name.
pub fn fields_of(key: &SeriesKey) -> [Option<&Name>; 7] {
    [
        Some(&key.publisher),
        Some(&key.subject),
        key.category.as_ref(),
        key.channel.as_ref(),
        key.detection.as_ref(),
        key.surface.as_ref(),
        key.jurisdiction.as_ref(),
    ]
}

/// At which level two publishers speak of the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The subject under its own name.
    Entity,
    /// The company with everything that belongs to it.
    Company,
}

/// What has to hold between the members of a relation.
#[derive(Debug, Clone, PartialEq)]
pub enum RelationKind {
    /// The whole is the sum of the parts.
    Sum {
        /// The whole.
        whole: Term,
        /// All its parts.
        parts: Vec<Term>,
    },
    /// What is counted in the part is counted in the whole.
    PartOf {
        /// The part.
        part: Term,
        /// The whole.
        whole: Term,
    },
    /// Everything in the whole is in at least one of the parts, which may overlap.
    Union {
        /// What is in any of the parts.
        whole: Term,
        /// The parts, together all of it.
        parts: Vec<Term>,
    },
    /// A rate and the counts that it is the quotient of.
    Ratio {
        /// The rate, as a fraction of one.
        rate: Term,
        /// Above the line.
        numerator: Term,
        /// Below the line.
        denominator: Term,
    },
    /// One is never more than the other, for whatever reason.
    Order {
        /// At most as much.
        lower: Term,
        /// At least as much.
        upper: Term,
    },
    /// What there is at the end of a period is what there was at the end of the one before, and what came in.
    StockAndFlow {
        /// What there is at the end of a period.
        stock: Term,
        /// What came in during a period, less what went.
        flow: Term,
    },
    /// Two publishers state the same thing.
    SameAs {
        /// One statement.
        one: Term,
        /// The other.
        other: Term,
        /// At which level they speak of the same thing.
        scope: Scope,
        /// Difference, as a share of the mean of both, that is none.
        tolerance: Decimal,
    },
}

impl RelationKind {
    /// Every term: the whole, or what is derived, before its parts.
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            Self::Sum { whole, parts } | Self::Union { whole, parts } => {
                std::iter::once(whole).chain(parts).collect()
            }
            Self::PartOf { part, whole } => vec![whole, part],
            Self::Ratio { rate, numerator, denominator } => vec![rate, numerator, denominator],
            Self::Order { lower, upper } => vec![upper, lower],
            Self::StockAndFlow { stock, flow } => vec![stock, flow],
            Self::SameAs { one, other, .. } => vec![one, other],
        }
    }

    /// Likewise, to be changed.
    pub fn terms_mut(&mut self) -> Vec<&mut Term> {
        match self {
            Self::Sum { whole, parts } | Self::Union { whole, parts } => {
                std::iter::once(whole).chain(parts).collect()
            }
            Self::PartOf { part, whole } => vec![whole, part],
            Self::Ratio { rate, numerator, denominator } => vec![rate, numerator, denominator],
            Self::Order { lower, upper } => vec![upper, lower],
            Self::StockAndFlow { stock, flow } => vec![stock, flow],
            Self::SameAs { one, other, .. } => vec![one, other],
        }
    }
}

/// What has to hold between some published numbers, as a registry or a profile declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// Identifier.
    pub id: String,
    /// What holds, in a few words.
    pub title: String,
    /// What has to hold.
    pub kind: RelationKind,
    /// Where it is defined, where a file of the user defines it.
    pub location: Option<Location>,
}
