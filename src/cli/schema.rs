//! `candor schema`: the embedded JSON Schemas.

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::print;
use crate::config::schema_text;
use crate::schema::SchemaName;

/// Names of all schemas that can be printed.
fn names() -> Vec<&'static str> {
    SchemaName::ALL.iter().map(|name| name.id()).chain(["config-v1"]).collect()
}

/// Options of `candor schema`.
#[derive(Debug, Args)]
pub struct Options {
    /// Which schema; all names where none is given.
    #[arg(value_parser = PossibleValuesParser::new(names()))]
    name: Option<String>,
}

pub(super) fn command(options: &Options) -> u8 {
    match options.name.as_deref() {
        None => print(&format!("{}\n", names().join("\n"))),
        Some("config-v1") => print(&schema_text()),
        Some(name) => print(SchemaName::from_id(name).map(SchemaName::text).unwrap_or_default()),
    }
}
