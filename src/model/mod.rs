//! The data model: what was published, free of file formats.
//!
//! A [`Dataset`] holds the [`Document`]s that were read (one disclosure by one publisher, one vintage each), the
//! [`Block`]s in them (the part of a series that one document states) and the [`Observation`]s (one published number
//! each, with its [`Origin`]). Blocks that speak of the same thing form one [`Series`], across documents; that is what
//! rules look at. The [`Registry`] says what the words mean: entities, metrics,
//! documented breaks and [`Relation`]s between figures. A [`Claim`] is what somebody else has said of the figures.

mod builder;
mod claim;
mod dataset;
mod entities;
mod number;
mod observations;
mod period;
mod quantity;
mod registry;
mod relation;
mod unit;

pub use builder::Builder;
pub use claim::{
    Bound, Claim, ClaimSource, ClaimTerm, Expression, Function, Operation, Periods, Reading, Selection,
    Stated,
};
pub use dataset::{
    AllowComment, Basis, Block, BlockId, Dataset, Document, DocumentId, Format, Makeup, Name, NumberStyle,
    Observation, ObservationId, Origin, Problem, ProblemKind, Provenance, Series, SeriesId, SeriesKey,
    Wording,
};
pub use entities::{Entities, Named, is_legal_form};
pub use number::Number;
pub use observations::{ObservationIds, Observations};
pub use period::{Frequency, Period};
pub use quantity::{Absence, Interval, LARGEST, NumberFault, Quantity, Rounded, parse_count, parse_number};
pub use registry::{
    Alias, Break, Direction, Entity, EntityKind, Jurisdiction, Membership, Metric, RateOf, Registry,
    jurisdiction, jurisdictions, names, territories_of,
};
pub use relation::{Relation, RelationKind, Scope, Term, fields_of};
pub use unit::{Additivity, Unit};
