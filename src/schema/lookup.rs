//! Looks things up in a schema for the wording: names, examples and descriptions around the keyword that failed.

use serde_json::Value;

/// So many references are followed on the way to one part of a schema; a schema may refer to itself.
const REFERENCE_LIMIT: usize = 16;

/// The part of the schema that holds the keyword at `keyword_path`.
pub(super) fn holder<'s>(document: &'s Value, keyword_path: &str) -> Option<&'s Value> {
    let (parent, _) = keyword_path.rsplit_once('/')?;
    document.pointer(parent)
}

/// The names of the properties that a part of a schema knows, through its references and branches.
pub(super) fn known_properties<'s>(document: &'s Value, part: &'s Value) -> Vec<&'s str> {
    let mut names = Vec::new();
    visit(document, part, REFERENCE_LIMIT, &mut |part| {
        if let Some(Value::Object(properties)) = part.get("properties") {
            names.extend(properties.keys().map(String::as_str));
        }
    });
    names.sort_unstable();
    names.dedup();
    names
}

/// What the schema says about the property `name` of an object that `part` describes.
pub(super) fn property<'s>(document: &'s Value, part: &'s Value, name: &str) -> Option<&'s Value> {
    let mut found = None;
    visit(document, part, REFERENCE_LIMIT, &mut |part| {
        found = found.or_else(|| part.get("properties").and_then(|properties| properties.get(name)));
    });
    found.map(|part| resolve(document, part))
}

/// Follows `$ref`s within the document, as long as the part says nothing itself.
fn resolve<'s>(document: &'s Value, part: &'s Value) -> &'s Value {
    let mut part = part;
    for _ in 0..REFERENCE_LIMIT {
        match target(document, part) {
            Some(next) if part.get("description").is_none() => part = next,
            _ => break,
        }
    }
    part
}

fn target<'s>(document: &'s Value, part: &Value) -> Option<&'s Value> {
    document.pointer(part.get("$ref")?.as_str()?.strip_prefix('#')?)
}

/// Calls `look` on a part and on everything it applies to the same value. Recurses at most `budget` deep.
fn visit<'s>(document: &'s Value, part: &'s Value, budget: usize, look: &mut dyn FnMut(&'s Value)) {
    look(part);
    let Some(budget) = budget.checked_sub(1) else { return };
    if let Some(next) = target(document, part) {
        visit(document, next, budget, look);
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for branch in part.get(keyword).and_then(Value::as_array).into_iter().flatten() {
            visit(document, branch, budget, look);
        }
    }
}

/// The first sentence of the description.
pub(super) fn first_sentence(part: &Value) -> Option<&str> {
    let description = part.get("description")?.as_str()?;
    let end = description.find(". ").unwrap_or(description.len());
    Some(description[..end].trim_end_matches('.'))
}

/// Examples that fit on a line, at most three.
pub(super) fn examples(part: &Value) -> Vec<String> {
    let examples = part.get("examples").and_then(Value::as_array);
    let short = examples.into_iter().flatten().filter_map(|example| match example {
        Value::String(text) if text.len() <= 60 => Some(format!("`{text}`")),
        Value::Number(number) => Some(format!("`{number}`")),
        _ => None,
    });
    short.take(3).collect()
}
