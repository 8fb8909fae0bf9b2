//! The JSON Schema stage: does a document have the shape its type asks for?
//!
//! The `jsonschema` crate validates our own tree directly (see `instance.rs`), so one schema serves JSON, YAML and
//! TOML, and nothing is parsed twice. It finds *what* fails; this module says it so that a person can mend it: each
//! error becomes a [`Violation`] with the bytes it is about, a sentence in plain words, and a suggestion where there
//! is one. Errors inside `oneOf` and `anyOf` are reported from the branch that came closest (`branch.rs`).
//!
//! Start with [`validate`]; the schemas that ship with candor are in [`catalogue`].

mod branch;
pub mod catalogue;
mod explain;
mod instance;
mod lookup;
mod phrases;
mod suggest;
mod violation;

pub use catalogue::{Schema, SchemaError, SchemaName};
pub use violation::Violation;

use std::sync::OnceLock;

use rayon::prelude::*;
use serde_json::Value;

use crate::load::tree::Node;

/// Checks a value against one of the schemas that ship with candor. All violations, in the order of the file.
pub fn validate(name: SchemaName, root: Node<'_>) -> Vec<Violation> {
    match name.schema() {
        Ok(schema) => schema.validate(root),
        Err(error) => vec![Violation::of_schema(root.span(), error)],
    }
}

/// The same for a large report document: its series are looked at on all threads. Only where one of them is not as it
/// should be is everything gone through once more, to say what is wrong.
pub fn validate_report(root: Node<'_>) -> Vec<Violation> {
    static PARTS: OnceLock<Option<(Schema, Schema)>> = OnceLock::new();
    let parts = PARTS.get_or_init(|| {
        let mut frame = SchemaName::Report.schema().ok()?.document.clone();
        *frame.pointer_mut("/properties/series/items")? = Value::Bool(true);
        let series = format!("{{\"$ref\": \"urn:candor:schema:{}#/$defs/series\"}}", SchemaName::Report.id());
        Some((Schema::compile(&frame.to_string()).ok()?, Schema::compile(&series).ok()?))
    });
    let series: Vec<Node<'_>> = root.get("series").into_iter().flat_map(Node::items).collect();
    match parts {
        Some((frame, each)) if series.par_iter().all(|one| each.accepts(*one)) => frame.validate(root),
        _ => validate(SchemaName::Report, root),
    }
}

/// Checks a value against one of the definitions in a schema that ships with candor.
pub fn validate_part(name: SchemaName, part: &str, root: Node<'_>) -> Vec<Violation> {
    let schema = format!("{{\"$ref\": \"urn:candor:schema:{}#/$defs/{part}\"}}", name.id());
    match validate_with(&schema, root) {
        Ok(violations) => violations,
        Err(error) => vec![Violation::of_schema(root.span(), &error)],
    }
}

/// Checks a value against a schema given as JSON text. It may refer to the schemas that ship with candor.
pub fn validate_with(schema: &str, root: Node<'_>) -> Result<Vec<Violation>, SchemaError> {
    Ok(Schema::compile(schema)?.validate(root))
}

#[cfg(test)]
mod tests;
