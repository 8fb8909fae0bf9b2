//! The schemas that ship with candor, and how a schema is made ready for use.
//!
//! Every schema is compiled once per process. Nothing is ever fetched: a reference can only point into the same schema
//! or to another one of the catalogue, by its `$id`.

use std::sync::OnceLock;

use jsonschema::{PatternOptions, Retrieve, Uri, Validator};
use serde_json::Value;

use super::instance::{Instance, TreeJson};
use super::{explain, violation::Violation};
use crate::load::tree::Node;

/// What all `$id`s of the catalogue start with.
const ID_PREFIX: &str = "urn:candor:schema:";

/// A schema that ships with candor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SchemaName {
    /// A report document.
    Report,
    /// The registry of entities.
    Entities,
    /// The registry of metrics.
    Metrics,
    /// The registry of breaks.
    Breaks,
    /// The registry of relations.
    Relations,
    /// Claims about published figures.
    Claims,
    /// One row of a tidy table.
    Tidy,
    /// A profile of a publisher's format.
    Profile,
    /// Findings that were there before.
    Baseline,
    /// A data package: what `datapackage.json` says of the tables beside it.
    DataPackage,
    /// What `candor check` writes as JSON.
    Findings,
    /// What `candor diff` writes as JSON.
    Difference,
}

impl SchemaName {
    /// Every schema of the catalogue.
    pub const ALL: [Self; 12] = [
        Self::Report,
        Self::Entities,
        Self::Metrics,
        Self::Breaks,
        Self::Relations,
        Self::Claims,
        Self::Tidy,
        Self::Profile,
        Self::Baseline,
        Self::DataPackage,
        Self::Findings,
        Self::Difference,
    ];

    /// Schemas of whole documents, which say in their `candor` member which one they follow.
    pub const DOCUMENTS: [Self; 6] =
        [Self::Report, Self::Entities, Self::Metrics, Self::Breaks, Self::Relations, Self::Claims];

    /// The name with its version, as documents state it in their `candor` member.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Report => "report-v1",
            Self::Entities => "entities-v1",
            Self::Metrics => "metrics-v1",
            Self::Breaks => "breaks-v1",
            Self::Relations => "relations-v1",
            Self::Claims => "claims-v1",
            Self::Tidy => "tidy-v1",
            Self::Profile => "profile-v1",
            Self::Baseline => "baseline-v1",
            Self::DataPackage => "datapackage-v1",
            Self::Findings => "findings-v1",
            Self::Difference => "diff-v1",
        }
    }

    /// The schema with this name and version.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.id() == id)
    }

    /// The schema as JSON text.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Report => include_str!("../../schemas/report-v1.schema.json"),
            Self::Entities => include_str!("../../schemas/entities-v1.schema.json"),
            Self::Metrics => include_str!("../../schemas/metrics-v1.schema.json"),
            Self::Breaks => include_str!("../../schemas/breaks-v1.schema.json"),
            Self::Relations => include_str!("../../schemas/relations-v1.schema.json"),
            Self::Claims => include_str!("../../schemas/claims-v1.schema.json"),
            Self::Tidy => include_str!("../../schemas/tidy-v1.schema.json"),
            Self::Profile => include_str!("../../schemas/profile-v1.schema.json"),
            Self::Baseline => include_str!("../../schemas/baseline-v1.schema.json"),
            Self::DataPackage => include_str!("../../schemas/datapackage-v1.schema.json"),
            Self::Findings => include_str!("../../schemas/findings-v1.schema.json"),
            Self::Difference => include_str!("../../schemas/diff-v1.schema.json"),
        }
    }

    /// The schema, ready for use.
    pub fn schema(self) -> Result<&'static Schema, &'static SchemaError> {
        static COMPILED: [OnceLock<Result<Schema, SchemaError>>; SchemaName::ALL.len()] =
            [const { OnceLock::new() }; SchemaName::ALL.len()];
        COMPILED[self as usize].get_or_init(|| Schema::compile(self.text())).as_ref()
    }
}

/// Why a schema cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// What is wrong with it, and where.
    pub message: String,
}

impl std::fmt::Display for SchemaError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "the schema cannot be used: {}", self.message)
    }
}

impl std::error::Error for SchemaError {}

/// A schema that is ready to check documents.
pub struct Schema {
    pub(super) document: Value,
    validator: Validator<TreeJson>,
}

impl std::fmt::Debug for Schema {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Schema").field("id", &self.document.get("$id")).finish_non_exhaustive()
    }
}

impl Schema {
    /// Reads and compiles a schema. Patterns run in linear time; formats are checked.
    pub fn compile(text: &str) -> Result<Self, SchemaError> {
        let document: Value =
            serde_json::from_str(text).map_err(|error| SchemaError { message: error.to_string() })?;
        let validator = jsonschema::options_for::<TreeJson>()
            .with_retriever(Catalogue)
            .with_pattern_options(PatternOptions::regex())
            .should_validate_formats(true)
            .build(&document)
            .map_err(|error| SchemaError { message: format!("{}: {error}", error.schema_path()) })?;
        Ok(Self { document, validator })
    }

    /// Checks a value. All violations, in the order of the file.
    pub fn validate(&self, root: Node<'_>) -> Vec<Violation> {
        let errors = self.validator.iter_errors(Instance::Node(root));
        explain::violations(self, root.tree(), errors)
    }

    /// Whether a value has no violation; quicker than [`validate`](Self::validate).
    pub fn accepts(&self, root: Node<'_>) -> bool {
        self.validator.is_valid(Instance::Node(root))
    }
}

/// Answers references from one schema to another.
struct Catalogue;

impl Retrieve for Catalogue {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let name = uri.as_str().strip_prefix(ID_PREFIX).and_then(SchemaName::from_id);
        let name = name.ok_or_else(|| format!("`{uri}` is not a schema that ships with candor"))?;
        Ok(serde_json::from_str(name.text())?)
    }
}
