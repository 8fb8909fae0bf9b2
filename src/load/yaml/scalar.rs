//! What a YAML scalar means: the core schema of YAML 1.2.

use std::borrow::Cow;

use saphyr_parser::{ScalarStyle, Tag};

use super::super::builder::Scalar;
use crate::source::Span;

/// What unquoted text stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Null,
    Bool(bool),
    Number,
    Text,
}

/// Turns an event into a scalar. The text is kept only where it differs from what stands in the file.
pub(super) fn resolve(
    source: &str,
    span: Span,
    text: Cow<'_, str>,
    style: ScalarStyle,
    tag: Option<&Tag>,
) -> Scalar {
    let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
    let written = source.get(span.range()).unwrap_or("");
    let inner = if quoted { written.get(1..written.len().saturating_sub(1)).unwrap_or("") } else { written };
    let scalar = match meaning(&text, style, tag) {
        Meaning::Null => return Scalar::null(span),
        Meaning::Bool(truth) => Scalar::boolean(span, truth),
        Meaning::Number => Scalar::number(span),
        Meaning::Text if quoted => Scalar::quoted(span),
        Meaning::Text => Scalar::plain(span),
    };
    let same = text == inner && (scalar.meta & super::super::tree::QUOTED != 0) == quoted;
    scalar.with_text((!same).then(|| text.into_owned().into_boxed_str()))
}

fn meaning(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Meaning {
    match tag {
        Some(tag) if tag.is_yaml_core_schema() => match (tag.suffix.as_str(), plain_meaning(text)) {
            ("int" | "float", Meaning::Number) => Meaning::Number,
            ("bool", meaning @ Meaning::Bool(_)) => meaning,
            ("null", Meaning::Null) => Meaning::Null,
            _ => Meaning::Text,
        },
        Some(tag) if tag.handle.is_empty() && tag.suffix == "!" => Meaning::Text,
        _ if style == ScalarStyle::Plain => plain_meaning(text),
        _ => Meaning::Text,
    }
}

/// The core schema, without hexadecimal, octal and the numbers that are none.
pub(super) fn plain_meaning(text: &str) -> Meaning {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Meaning::Null,
        "true" | "True" | "TRUE" => Meaning::Bool(true),
        "false" | "False" | "FALSE" => Meaning::Bool(false),
        _ if is_number(text) => Meaning::Number,
        _ => Meaning::Text,
    }
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return false;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction) && mantissa.len() > 1,
        None => digits(mantissa) && !mantissa.is_empty(),
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        digits(unsigned) && !unsigned.is_empty()
    });
    mantissa_fits && exponent_fits
}
