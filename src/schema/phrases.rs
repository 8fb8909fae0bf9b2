//! Small phrases about values and types, in the words a reader of a report would use.

use jsonschema::{JsonType, JsonTypeSet};
use serde_json::Value;

use super::instance::is_whole;
use crate::load::tree::{Kind, Node};

/// Longest piece of the file repeated in a message, in characters.
const QUOTE_LIMIT: usize = 40;

/// Text in backticks, shortened and kept on one line.
pub(super) fn quoted(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    let mut shown: String = line.chars().take(QUOTE_LIMIT).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// A value of a schema as it would be written in a file.
pub(super) fn schema_value(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        other => quoted(&other.to_string()),
    }
}

/// What stands in the file: "text `\"12\"`", "the number `3.5`", "a list", "nothing".
pub(super) fn found(node: Node<'_>) -> String {
    match node.kind() {
        Kind::Null if node.span().is_empty() => "nothing".to_owned(),
        Kind::Null | Kind::Bool => quoted(node.source_text()),
        Kind::Number => format!("the number {}", quoted(node.source_text())),
        Kind::String if node.scalar_text().is_empty() => "empty text".to_owned(),
        Kind::String => format!("text {}", quoted(node.source_text())),
        Kind::Array => "a list".to_owned(),
        Kind::Object => "an object".to_owned(),
    }
}

/// The same for the label: the text itself stands above it.
pub(super) fn found_short(node: Node<'_>) -> &'static str {
    match node.kind() {
        Kind::Null => "nothing here",
        Kind::Bool => "this is true or false",
        Kind::Number if is_whole(node.scalar_text()) => "this is a number",
        Kind::Number => "this is a number with a fraction",
        Kind::String => "this is text",
        Kind::Array => "this is a list",
        Kind::Object => "this is an object",
    }
}

/// A value of a message: its text in backticks, or what it is.
pub(super) fn value(node: Node<'_>) -> String {
    match node.kind() {
        Kind::String if !node.scalar_text().is_empty() => quoted(node.scalar_text()),
        Kind::Number => quoted(node.source_text()),
        _ => found(node),
    }
}

/// The types a schema allows, joined with "or".
pub(super) fn types(set: JsonTypeSet) -> String {
    let has_number = set.contains(JsonType::Number);
    let names: Vec<&str> = set
        .into_iter()
        .filter(|one| !(has_number && *one == JsonType::Integer))
        .map(|one| match one {
            JsonType::Null => "null",
            JsonType::Boolean => "true or false",
            JsonType::Integer => "a whole number",
            JsonType::Number => "a number",
            JsonType::String => "text",
            JsonType::Array => "a list",
            JsonType::Object => "an object",
        })
        .collect();
    join(&names, "or")
}

/// "a, b or c".
pub(super) fn join<S: AsRef<str>>(words: &[S], last: &str) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
    }
}

/// How a value of the wrong type could be made right.
pub(super) fn type_help(node: Node<'_>, set: JsonTypeSet) -> Option<String> {
    let number = set.contains(JsonType::Number) || set.contains(JsonType::Integer);
    match node.kind() {
        Kind::String if number => number_help(node, !set.contains(JsonType::Number)),
        Kind::String if set.contains(JsonType::Boolean) => boolean_help(node),
        Kind::Number | Kind::Bool if set.contains(JsonType::String) => {
            Some(format!("put it in quotes: `\"{}\"`", node.source_text()))
        }
        Kind::Null => Some(match node.key() {
            Some(key) => format!("give `{key}` a value, or leave it out"),
            None => "give it a value, or leave it out".to_owned(),
        }),
        Kind::Object | Kind::Array => None,
        _ if set.contains(JsonType::Array) => Some("write a list, even of one entry".to_owned()),
        _ => None,
    }
}

fn number_help(node: Node<'_>, whole: bool) -> Option<String> {
    let text = node.scalar_text().trim();
    if is_plain_number(text) {
        return (!whole || is_whole(text)).then(|| "remove the quotes".to_owned());
    }
    if let Some(share) = text.strip_suffix('%').map(str::trim_end).filter(|share| is_plain_number(share)) {
        return Some(format!("a share is written as a fraction of 1: {share} % is {share} / 100"));
    }
    let bare: String =
        text.chars().filter(|c| !matches!(c, ',' | '_' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}')).collect();
    let grouped = bare.len() < text.len() && is_plain_number(&bare) && (!whole || is_whole(&bare));
    grouped.then(|| format!("write it without separators and quotes: `{bare}`"))
}

fn is_plain_number(text: &str) -> bool {
    text.ends_with(|last: char| last.is_ascii_digit())
        && text.trim_start_matches('-').starts_with(|first: char| first.is_ascii_digit())
        && text.parse::<f64>().is_ok()
}

fn boolean_help(node: Node<'_>) -> Option<String> {
    let help = match node.scalar_text().to_ascii_lowercase().as_str() {
        "true" | "false" if node.is_quoted() => "remove the quotes",
        "true" | "yes" | "on" | "y" => "write `true`",
        "false" | "no" | "off" | "n" => "write `false`",
        _ => return None,
    };
    Some(help.to_owned())
}

/// "1 entry", "3 entries".
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// What a `format` of JSON Schema asks for, with an example.
pub(super) fn format_name(format: &str) -> (&str, Option<&'static str>) {
    match format {
        "date" => ("a date", Some("2024-03-31")),
        "date-time" => ("a date with a time", Some("2024-03-31T12:00:00Z")),
        "time" => ("a time of day", Some("12:00:00Z")),
        "duration" => ("a duration", Some("P6M")),
        "uri" | "iri" => ("a web address", Some("https://example.org/report")),
        "uri-reference" | "iri-reference" => ("a web address or path", Some("reports/2024.html")),
        "email" | "idn-email" => ("an e-mail address", Some("name@example.org")),
        "hostname" | "idn-hostname" => ("a host name", Some("example.org")),
        "regex" => ("a regular expression", None),
        "uuid" => ("a UUID", None),
        other => (other, None),
    }
}
