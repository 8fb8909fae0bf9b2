//! One place where a document is not what its schema asks for.

use super::catalogue::SchemaError;
use crate::source::Span;

/// One place where a document is not what its schema asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The bytes it is about: the value, the key of an unknown property, the start of an object that lacks one.
    pub span: Span,
    /// JSON pointer of the value it is about.
    pub pointer: String,
    /// The keyword of the schema that is not met, such as `type` or `required`.
    pub keyword: String,
    /// What is wrong, in one clause without a full stop.
    pub message: String,
    /// A few words to stand under the marked bytes.
    pub label: String,
    /// What would mend it.
    pub help: Option<String>,
    /// Other places that matter, each with a few words.
    pub related: Vec<(Span, String)>,
}

impl Violation {
    /// Stands in for all others when the schema itself is broken.
    pub(super) fn of_schema(span: Span, error: &SchemaError) -> Self {
        Self {
            span: Span::new(span.start, span.start),
            pointer: String::new(),
            keyword: "$schema".to_owned(),
            message: error.to_string(),
            label: "not checked".to_owned(),
            help: None,
            related: Vec::new(),
        }
    }
}
