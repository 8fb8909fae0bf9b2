//! candor: a linter for platform transparency reports.
//!
//! The library is a stack of layers; each imports only from those before it in this list (a test holds it to that):
//!
//! ```text
//! source    bytes of every input, spans, lines, cells
//! diag      what a finding is
//! model     observations, series, periods, quantities, registries
//! stats     pure functions
//! load      JSON, YAML, TOML, CSV and XLSX to spanned trees, rows and tables
//! schema    JSON Schema stage
//! ingest    trees and rows to the model
//! convert   the model to canonical files
//! history   releases of one publication: align, compare, follow
//! rule      what a rule is
//! rules     the rules
//! suppress  accepted findings and the baseline
//! engine    plan, run, fold, sort
//! config    candor.toml
//! render    one file a format
//! cli       one file a command
//! ```
//!
//! It never prints, never reads the clock and never opens a connection.

pub mod cli;
pub mod config;
pub mod convert;
pub mod diag;
pub mod engine;
pub mod history;
pub mod ingest;
pub mod load;
pub mod model;
pub mod render;
pub mod rule;
pub mod rules;
pub mod schema;
pub mod source;
pub mod stats;
pub mod suppress;
