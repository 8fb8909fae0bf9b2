//! From the errors of the validator to violations: where each one stands, and what to say about it.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use jsonschema::error::ValidationErrorKind as ErrorKind;
use jsonschema::{JsonTypeSet, ValidationError};
use serde_json::Value;

use super::branch::{self, Verdict};
use super::catalogue::Schema;
use super::instance::{Subject, node_of, to_value};
use super::suggest::Suggestions;
use super::violation::Violation;
use super::{lookup, phrases};
use crate::load::tree::{Kind, Node, Tree};
use crate::source::Span;

/// A list of options up to this length is printed in full.
const OPTIONS_SHOWN: usize = 12;

/// Turns errors into violations: all of them, in the order of the file, none twice.
pub(super) fn violations<'e>(
    schema: &Schema,
    tree: &Tree<'_>,
    errors: impl Iterator<Item = ValidationError<'e>>,
) -> Vec<Violation> {
    let mut explainer = Explainer { schema, tree, suggestions: Suggestions::default(), out: Vec::new() };
    for error in errors {
        explainer.error(&error);
    }
    let mut found = explainer.out;
    drop_misspelt(&mut found);
    found.sort_by(|left, right| {
        let order = |violation: &Violation| (violation.span.start, violation.span.end);
        order(left).cmp(&order(right)).then_with(|| left.message.cmp(&right.message))
    });
    // A YAML alias shows the same bytes in several places: the mistake in them is still one.
    let mut seen = HashSet::new();
    found.retain(|violation| {
        let mut hasher = DefaultHasher::new();
        (violation.span, &violation.keyword, &violation.message).hash(&mut hasher);
        seen.insert(hasher.finish())
    });
    found
}

/// A key that is misspelt is both unknown and missing: the first says it all.
fn drop_misspelt(found: &mut Vec<Violation>) {
    let parent = |pointer: &str| pointer.rsplit_once('/').map_or("", |(parent, _)| parent).to_owned();
    let misspelt: HashSet<(String, String)> = found
        .iter()
        .filter(|violation| violation.message.starts_with(UNKNOWN_PROPERTY))
        .filter_map(|violation| {
            Some((parent(&violation.pointer), violation.help.as_ref()?.split('`').nth(1)?.to_owned()))
        })
        .collect();
    if !misspelt.is_empty() {
        found.retain(|violation| {
            let name = violation.message.split('`').nth(1).unwrap_or_default();
            violation.keyword != "required"
                || !misspelt.contains(&(violation.pointer.clone(), name.to_owned()))
        });
    }
}

/// How the message about an unknown property begins.
const UNKNOWN_PROPERTY: &str = "unknown property";

/// What to say about an error.
struct Wording {
    message: String,
    label: String,
    help: Option<String>,
}

impl Wording {
    fn new(message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { message: message.into(), label: label.into(), help: None }
    }

    fn help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }
}

struct Explainer<'s, 't> {
    schema: &'s Schema,
    tree: &'t Tree<'t>,
    suggestions: Suggestions,
    out: Vec<Violation>,
}

impl<'t> Explainer<'_, 't> {
    fn error(&mut self, error: &ValidationError<'_>) {
        let node = match node_of(error.instance(), self.tree) {
            Some(Subject::Node(node)) => node,
            // A name is reported together with the object it stands in.
            Some(Subject::Name(_)) | None => return,
        };
        if node.is_incomplete() && wants_more(error.kind()) {
            return;
        }
        match error.kind() {
            ErrorKind::AnyOf { context } | ErrorKind::OneOfNotValid { context } => {
                self.branches(error, node, context);
            }
            ErrorKind::AdditionalProperties { unexpected }
            | ErrorKind::UnevaluatedProperties { unexpected } => {
                self.unknown_properties(error, node, unexpected);
            }
            ErrorKind::PropertyNames { error: inner } => self.property_name(error, node, inner),
            ErrorKind::Required { property } => self.required(error, node, property),
            ErrorKind::UniqueItems => self.repeated_item(error, node),
            kind => {
                let wording = self.wording(error, node, kind);
                self.report(error, node.span(), wording);
            }
        }
    }

    fn report(&mut self, error: &ValidationError<'_>, span: Span, wording: Wording) {
        self.report_at(error, error.instance_path().as_str().to_owned(), span, wording);
    }

    fn report_at(&mut self, error: &ValidationError<'_>, pointer: String, span: Span, wording: Wording) {
        let Wording { message, label, help } = wording;
        let keyword = error.kind().keyword().to_owned();
        self.out.push(Violation { span, pointer, keyword, message, label, help, related: Vec::new() });
    }

    /// The part of the schema that holds the keyword an error is about.
    fn holder(&self, error: &ValidationError<'_>) -> Option<&Value> {
        lookup::holder(&self.schema.document, error.schema_path().as_str())
    }

    fn branches(&mut self, error: &ValidationError<'_>, node: Node<'t>, context: &branch::Branches) {
        match branch::closest(context, error.instance_path().as_str()) {
            Verdict::Types(set) => {
                let wording = wrong_type(node, set);
                self.report(error, node.span(), wording);
            }
            Verdict::Options { at, options } => {
                if let Some(Subject::Node(node)) = node_of(at.instance(), self.tree) {
                    let wording = self.wrong_option(at, node, &options);
                    self.report(at, node.span(), wording);
                }
            }
            Verdict::Errors(errors) => errors.iter().for_each(|error| self.error(error)),
        }
    }

    fn unknown_properties(&mut self, error: &ValidationError<'_>, node: Node<'t>, unexpected: &[String]) {
        let unexpected: HashSet<&str> = unexpected.iter().map(String::as_str).collect();
        for member in node.members().filter(|member| unexpected.contains(&*member.key)) {
            let near = self.nearest_property(error, &member.key);
            let help = near.map(|near| format!("did you mean `{near}`?"));
            let message = format!("{UNKNOWN_PROPERTY} {}", phrases::quoted(&member.key));
            let pointer = child_pointer(error, &member.key);
            let wording = Wording::new(message, "not a property of this object").help(help);
            self.report_at(error, pointer, member.key_span, wording);
        }
    }

    fn nearest_property(&mut self, error: &ValidationError<'_>, name: &str) -> Option<String> {
        let document = &self.schema.document;
        let path = error.schema_path().as_str();
        self.suggestions.nearest(path, name, || {
            lookup::holder(document, path)
                .map(|part| lookup::known_properties(document, part))
                .unwrap_or_default()
        })
    }

    fn property_name(&mut self, error: &ValidationError<'_>, node: Node<'t>, inner: &ValidationError<'_>) {
        let Some(Subject::Name(name)) = node_of(inner.instance(), self.tree) else { return };
        let Some(member) = node.members().find(|member| member.key == name) else { return };
        let part = self.holder(inner);
        let title = part.and_then(|part| part.get("title")).and_then(Value::as_str);
        let shown = phrases::quoted(name);
        let message = match title {
            Some(title) => format!("the key {shown} does not have the form of `{}`", title.to_lowercase()),
            None => format!("the key {shown} does not have the expected form"),
        };
        let help = part.and_then(example_help);
        let wording = Wording::new(message, "this key").help(help);
        self.report_at(error, child_pointer(error, name), member.key_span, wording);
    }

    fn required(&mut self, error: &ValidationError<'_>, node: Node<'t>, property: &Value) {
        let name = property.as_str().unwrap_or_default();
        let document = &self.schema.document;
        let part = self.holder(error).and_then(|part| lookup::property(document, part, name));
        let help = match part.and_then(lookup::first_sentence) {
            Some(sentence) => format!("add `{name}` to this object: {}", lower_first(sentence)),
            None => format!("add `{name}` to this object"),
        };
        let wording = Wording::new(format!("`{name}` is missing"), format!("this object has no `{name}`"));
        self.report(error, opening(node), wording.help(Some(help)));
    }

    fn repeated_item(&mut self, error: &ValidationError<'_>, node: Node<'t>) {
        let mut firsts = std::collections::HashMap::new();
        let mut reported = false;
        for item in node.items() {
            let value = to_value(item).to_string();
            let first = *firsts.entry(value).or_insert(item.span());
            if first == item.span() {
                continue;
            }
            reported = true;
            let message = format!("{} stands twice in this list", phrases::value(item));
            self.report(
                error,
                item.span(),
                Wording::new(message, "again").help(Some("remove one of them".into())),
            );
            if let Some(violation) = self.out.last_mut() {
                violation.related.push((first, "first".to_owned()));
            }
        }
        if !reported {
            let wording = Wording::new("two entries of this list are equal", "in this list");
            self.report(error, node.span(), wording);
        }
    }

    fn wording(&mut self, error: &ValidationError<'_>, node: Node<'t>, kind: &ErrorKind) -> Wording {
        let value = phrases::value(node);
        let limit = |what: &str, limit: &Value| {
            Wording::new(format!("expected {what} {limit}, found {value}"), format!("not {what} {limit}"))
        };
        match kind {
            ErrorKind::Type { kind } => wrong_type(node, branch::type_set(kind)),
            ErrorKind::Enum { options } => {
                let options: Vec<&Value> = options.as_array().into_iter().flatten().collect();
                self.wrong_option(error, node, &options)
            }
            ErrorKind::Constant { expected_value } => self.wrong_option(error, node, &[expected_value]),
            ErrorKind::Pattern { pattern } => self.wrong_form(error, node, pattern),
            ErrorKind::Format { format } => wrong_format(node, format),
            ErrorKind::Minimum { limit: bound } => limit("at least", bound),
            ErrorKind::Maximum { limit: bound } => limit("at most", bound),
            ErrorKind::ExclusiveMinimum { limit: bound } => limit("more than", bound),
            ErrorKind::ExclusiveMaximum { limit: bound } => limit("less than", bound),
            ErrorKind::MultipleOf { multiple_of } => limit("a multiple of", &Value::from(*multiple_of)),
            ErrorKind::OneOfMultipleValid { .. } => Wording::new(
                "this can be read in more than one of the ways that are allowed here",
                "more than one form fits",
            ),
            ErrorKind::Contains => {
                Wording::new("no entry of this list is of the kind that is needed", "in this list")
            }
            ErrorKind::Not { .. } | ErrorKind::FalseSchema => {
                let help = self.holder(error).and_then(lookup::first_sentence).map(str::to_owned);
                let name = node.key().map_or_else(|| "this value".to_owned(), |key| format!("`{key}`"));
                Wording::new(format!("{name} is not allowed here"), "not allowed here").help(help)
            }
            kind => size_wording(node, kind).unwrap_or_else(|| other_wording(error)),
        }
    }

    fn wrong_option(&mut self, error: &ValidationError<'_>, node: Node<'t>, options: &[&Value]) -> Wording {
        let value = phrases::value(node);
        let name = subject_name(node, error);
        if let [only] = options {
            let only = phrases::schema_value(only);
            return Wording::new(format!("expected {only}, found {value}"), format!("not {only}"));
        }
        let words = || options.iter().filter_map(|option| option.as_str()).collect();
        let near = match node.as_str() {
            Some(text) => self.suggestions.nearest(error.schema_path().as_str(), text, words),
            None => None,
        };
        let listed: Vec<String> = options.iter().map(|option| phrases::schema_value(option)).collect();
        let help = match near {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if listed.len() <= OPTIONS_SHOWN => Some(format!("use {}", phrases::join(&listed, "or"))),
            None => None,
        };
        let message = match name {
            Some(name) => format!("{value} is not one of the values allowed for `{name}`"),
            None => format!("{value} is not one of the values allowed here"),
        };
        Wording::new(message, "not an allowed value").help(help)
    }

    fn wrong_form(&self, error: &ValidationError<'_>, node: Node<'t>, pattern: &str) -> Wording {
        let value = phrases::value(node);
        let message = match subject_name(node, error) {
            Some(name) => format!("{value} does not have the form of `{name}`"),
            None => format!("{value} does not have the expected form"),
        };
        let help = self.holder(error).and_then(example_help);
        let help = help.unwrap_or_else(|| format!("it has to match `{pattern}`"));
        Wording::new(message, "not of this form").help(Some(help))
    }
}

/// Whether an error says that something is lacking, which a file that broke off may not be blamed for.
fn wants_more(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Required { .. }
            | ErrorKind::MinItems { .. }
            | ErrorKind::MinProperties { .. }
            | ErrorKind::Contains
    )
}

fn wrong_type(node: Node<'_>, set: JsonTypeSet) -> Wording {
    let message = format!("expected {}, found {}", phrases::types(set), phrases::found(node));
    let fraction = node.kind() == Kind::Number;
    let label = if fraction { "not a whole number" } else { phrases::found_short(node) };
    let label = if fraction && !set.contains(jsonschema::JsonType::Integer) {
        phrases::found_short(node)
    } else {
        label
    };
    Wording::new(message, label).help(phrases::type_help(node, set))
}

fn wrong_format(node: Node<'_>, format: &str) -> Wording {
    let (name, example) = phrases::format_name(format);
    let help = example.map(|example| format!("for example `{example}`"));
    Wording::new(format!("{} is not {name}", phrases::value(node)), format!("not {name}")).help(help)
}

/// Too short, too long, too few, too many.
fn size_wording(node: Node<'_>, kind: &ErrorKind) -> Option<Wording> {
    let length = || node.scalar_text().chars().count() as u64;
    let (bound, limit, size, one, many) = match kind {
        ErrorKind::MinLength { limit } => ("at least", *limit, length(), "character", "characters"),
        ErrorKind::MaxLength { limit } => ("at most", *limit, length(), "character", "characters"),
        ErrorKind::MinItems { limit } => ("at least", *limit, node.len() as u64, "entry", "entries"),
        ErrorKind::MaxItems { limit } => ("at most", *limit, node.len() as u64, "entry", "entries"),
        ErrorKind::AdditionalItems { limit } => {
            ("at most", *limit as u64, node.len() as u64, "entry", "entries")
        }
        ErrorKind::MinProperties { limit } => ("at least", *limit, node.len() as u64, "member", "members"),
        ErrorKind::MaxProperties { limit } => ("at most", *limit, node.len() as u64, "member", "members"),
        _ => return None,
    };
    if size == 0 {
        let name = node.key().map_or_else(|| "this".to_owned(), |key| format!("`{key}`"));
        return Some(Wording::new(format!("{name} is empty"), "empty"));
    }
    let found = phrases::count(size, one, many);
    let message = format!("expected {bound} {}, found {size}", phrases::count(limit, one, many));
    Some(Wording::new(message, found))
}

/// For keywords that candor's own schemas do not use.
fn other_wording(error: &ValidationError<'_>) -> Wording {
    Wording::new(error.masked_with("this value").to_string(), "here")
}

/// "for example `2024` or `2024-H1`".
fn example_help(part: &Value) -> Option<String> {
    let examples = lookup::examples(part);
    (!examples.is_empty()).then(|| format!("for example {}", phrases::join(&examples, "or")))
}

/// The name a value goes by: its key, or for an item of a list that of the list.
fn subject_name<'t>(node: Node<'t>, error: &ValidationError<'_>) -> Option<String> {
    if let Some(key) = node.key() {
        return Some(key.into_owned());
    }
    let path = error.instance_path().as_str();
    let named = path.rsplit('/').find(|segment| !segment.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some(named.replace("~1", "/").replace("~0", "~"))
}

/// The pointer of a member of the object an error is about.
fn child_pointer(error: &ValidationError<'_>, name: &str) -> String {
    format!("{}/{}", error.instance_path().as_str(), name.replace('~', "~0").replace('/', "~1"))
}

/// Where an object starts: its bracket, or its first key.
fn opening(node: Node<'_>) -> Span {
    let span = node.span();
    if node.source_text().starts_with(['{', '[']) {
        return Span::new(span.start, span.start + 1);
    }
    let first_key = node.members().next().map(|member| member.key_span);
    first_key.unwrap_or_else(|| Span::new(span.start, span.end.min(span.start + 1)))
}

/// A sentence that goes on after a colon: its capital goes, unless it starts an abbreviation or a name.
fn lower_first(sentence: &str) -> String {
    let mut characters = sentence.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => sentence.to_owned(),
    }
}
