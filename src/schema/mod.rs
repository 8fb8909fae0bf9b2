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

use crate::load::tree::Node;

/// Checks a value against one of the schemas that ship with candor. All violations, in the order of the file.
pub fn validate(name: SchemaName, root: Node<'_>) -> Vec<Violation> {
    match name.schema() {
        Ok(schema) => schema.validate(root),
        Err(error) => vec![Violation::of_schema(root.span(), error)],
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
