//! What a publisher's later releases make of the figures of earlier ones.
//!
//! A publication that carries its history states many figures anew in every release. [`publications`] finds such
//! releases among the documents of a dataset and puts them in order; a [`Side`] is what one of them states, a
//! [`Comparison`] what became of it in the next: unchanged, restated, withdrawn, added, or under another key. Keys are
//! compared as they are; where one is gone and another new, `align` says which took its place, and by which evidence.
//! [`Histories`] follow every figure through all releases. Numbers are compared by what was printed, so that float noise
//! and another rounding are no restatements.

mod align;
mod compare;
mod histories;
mod printed;
mod release;
mod side;
mod wording;
pub mod words;

pub use align::{Basis, LabelChange, Mapping, Rename, mappings};
pub use compare::{Change, Comparability, Comparison, Statement, compare};
pub use histories::{Histories, History, Return};
pub use printed::{Relation, relation};
pub use release::{Publication, Release, publications};
pub use side::{Side, Stated, sides};
pub use wording::{WordingChange, changed_wordings, word_difference};
