//! The JSON Schema of `candor.toml`, made from the rules, so that an editor completes their names and parameters.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::FailOn;
use crate::rule::Parameter;
use crate::rules::RULES;
use crate::schema::SchemaName;
use crate::source::limits::{LIMITS, Limit};

/// The schema as JSON text.
pub fn schema_text() -> String {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:candor:schema:config-v1",
        "title": "candor.toml",
        "description": "Which files belong to a dataset, what is known of them, and how rules judge.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "title": text("Title", "Title of the dataset.", json!(["CyberTipline reports"])),
            "fail-on": {
                "title": "Fail on",
                "description": "From which level on findings set exit code 1.",
                "enum": FailOn::WORDS,
                "default": "error",
                "examples": ["warning"],
            },
            "include": patterns("Include", "Only these files of a folder belong to the dataset. Patterns relative to this file.", json!([["reports/**"]])),
            "exclude": patterns("Exclude", "These files of a folder do not belong to the dataset.", json!([["drafts/**"]])),
            "registries": patterns("Registries", "Registries of entities, metrics and breaks that are read whichever files are checked: paths relative to this file, no patterns.", json!([["entities.yaml", "breaks.yaml"]])),
            "profiles": patterns("Profiles", "Profiles of publishers' formats that this dataset brings: paths relative to this file, no patterns. They are tried before those that ship with candor.", json!([["profiles/example.toml"]])),
            "tables": tables(),
            "limits": limits(),
            "rules": rules(),
            "override": overrides(),
            "allow": allows(),
            "baseline": text("Baseline", "The file that lists the findings that were there before: a path relative to this file. Where none is named, `candor-baseline.json` beside it, if it is there.", json!(["candor-baseline.json"])),
        },
    });
    // Values made of strings and numbers can always be written.
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

fn text(title: &str, description: &str, examples: Value) -> Value {
    json!({ "title": title, "description": description, "type": "string", "minLength": 1, "examples": examples })
}

fn patterns(title: &str, description: &str, examples: Value) -> Value {
    let item = json!({ "type": "string", "minLength": 1 });
    json!({ "title": title, "description": description, "type": "array", "items": item, "examples": examples })
}

fn tables() -> Value {
    json!({
        "title": "Tables",
        "description": "Facts about tables, which say less of themselves than report documents do.",
        "type": "array",
        "examples": [[{ "path": "contributions/*.csv", "columns": { "publisher": "ncmec", "unit": "report" } }]],
        "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["path"],
            "properties": {
                "path": text("Path", "The tables that this is about: a path or pattern relative to this file.", json!(["contributions/*.csv"])),
                "columns": {
                    "title": "Columns",
                    "description": "Values of columns that the table does not have, or leaves blank.",
                    "type": "object",
                    "additionalProperties": false,
                    "properties": tidy_columns(),
                    "examples": [{ "publisher": "ncmec", "metric": "cybertipline-reports", "unit": "report" }],
                },
                "published": { "title": "Published", "description": "Day, month or year of publication.", "type": ["string", "integer"], "examples": ["2024-05-08"] },
                "vintage": { "title": "Vintage", "description": "Which release of the disclosure this is, where several are checked together. A publisher's own file is taken for the release that its name states, else for that of its newest period.", "type": ["string", "integer"], "examples": ["2022-Q4"] },
                "reason": text("Reason", "Why earlier numbers were revised, as the publisher gives it.", json!(["Late decisions were added."])),
                "methodology": text("Methodology", "How the figures were counted: a text or an address.", json!(["https://www.example.org/methodology"])),
                "source": {
                    "title": "Source",
                    "description": "Where the figures come from.",
                    "type": "object",
                    "additionalProperties": false,
                    "examples": [{ "url": "https://www.example.org/report", "retrieved": "2024-06-01" }],
                    "properties": {
                        "url": text("URL", "Address of the publication.", json!(["https://www.example.org/report"])),
                        "retrieved": text("Retrieved", "Day on which it was retrieved.", json!(["2024-06-01"])),
                    },
                },
            },
        },
    })
}

/// The columns of a tidy table that hold for a whole table, as the schema of its rows describes them.
fn tidy_columns() -> Value {
    let row: Value = serde_json::from_str(SchemaName::Tidy.text()).unwrap_or_default();
    let columns = row.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let of_one_value = ["period", "value", "rounded_to", "low", "high", "kind", "note"];
    columns.into_iter().filter(|(name, _)| !of_one_value.contains(&name.as_str())).collect()
}

/// Codes, names, families and `ALL`: what names one or several rules.
fn rule_words() -> Vec<String> {
    let mut words: Vec<String> =
        RULES.iter().flat_map(|rule| [rule.id.name.to_owned(), rule.id.code.to_owned()]).collect();
    let mut families: Vec<String> = RULES.iter().map(|rule| rule.id.code[..3].to_owned()).collect();
    families.dedup();
    words.extend(families);
    words.push("ALL".to_owned());
    words
}

fn word_list(title: &str, description: &str, examples: Value) -> Value {
    // Other words are refused by the program itself, which can say which rule comes close.
    let item = json!({ "anyOf": [{ "enum": rule_words() }, { "type": "string" }] });
    json!({ "title": title, "description": description, "type": "array", "items": item, "examples": examples })
}

fn levels() -> Value {
    json!({ "enum": ["error", "warning", "note", "off"] })
}

/// The schema of a number with a default.
fn number<N: Serialize>(
    kind: &str,
    name: &str,
    documentation: &str,
    unit: &str,
    range: (N, N),
    default: N,
) -> Value {
    json!({
        "title": name,
        "description": format!("{documentation} Unit: {unit}."),
        "type": kind,
        "minimum": range.0,
        "maximum": range.1,
        "default": &default,
        "examples": [&default],
    })
}

fn limits() -> Value {
    let limit = |limit: &&Limit| {
        let schema =
            number("integer", limit.key, limit.documentation, limit.unit, limit.range, limit.default);
        (limit.key.to_owned(), schema)
    };
    json!({
        "title": "Limits",
        "description": "How much of an input is read, and of what is found printed.",
        "type": "object",
        "additionalProperties": false,
        "properties": LIMITS.iter().map(limit).collect::<Map<String, Value>>(),
        "examples": [{ "file-size": 3_000_000_000_u64 }],
    })
}

fn rules() -> Value {
    let parameters: Map<String, Value> = RULES
        .iter()
        .filter(|rule| !rule.parameters.is_empty())
        .map(|rule| (rule.id.name.to_owned(), parameters_of(rule)))
        .collect();
    let level_of: Map<String, Value> = RULES.iter().map(|rule| (rule.id.name.to_owned(), levels())).collect();
    json!({
        "title": "Rules",
        "description": "Which rules run, at which level and with which parameters.",
        "type": "object",
        "additionalProperties": false,
        "examples": [{ "ignore": ["TR8"], "levels": { "sharp-drop": "error" } }],
        "properties": {
            "select": word_list("Select", "Only these rules run: codes, names, families or ALL.", json!([["ALL"], ["TR0", "sharp-drop"]])),
            "ignore": word_list("Ignore", "These rules do not run.", json!([["methodology-missing"]])),
            "levels": {
                "title": "Levels",
                "description": "Levels of rules, by code, name or family.",
                "type": "object",
                "properties": level_of,
                "additionalProperties": levels(),
                "examples": [{ "sharp-drop": "error", "TR8": "off" }],
            },
            "parameters": {
                "title": "Parameters",
                "description": "Parameters of rules, by code or name.",
                "type": "object",
                "properties": parameters,
                "additionalProperties": { "type": "object", "additionalProperties": { "type": "number" } },
                "examples": [{ "sharp-drop": { "probability": 0.0005 } }],
            },
        },
    })
}

fn parameters_of(rule: &crate::rule::Rule) -> Value {
    let properties: Map<String, Value> = rule
        .parameters
        .iter()
        .map(|parameter| {
            let Parameter { name, documentation, unit, range, default } = *parameter;
            let schema = number("number", name, documentation, unit, range, default);
            (parameter.name.to_owned(), schema)
        })
        .collect();
    json!({
        "title": rule.id.name,
        "description": rule.summary(),
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "examples": [rule.parameters.iter().map(|one| (one.name.to_owned(), json!(one.default))).collect::<Map<String, Value>>()],
    })
}

/// What names series and periods.
fn selector() -> Map<String, Value> {
    let fields = [
        ("publisher", text("Publisher", "Who states the numbers.", json!(["ncmec"]))),
        ("entity", text("Entity", "Whose activity they are about.", json!(["omegle"]))),
        ("metric", text("Metric", "What is measured.", json!(["cybertipline-reports"]))),
        ("category", text("Category", "The publisher's category.", json!(["Spam"]))),
        ("jurisdiction", text("Jurisdiction", "Where.", json!(["DE"]))),
        (
            "period",
            text(
                "Period",
                "A period, or the first and last with `..` between.",
                json!(["2024", "2020..2023"]),
            ),
        ),
    ];
    fields.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

/// The schema of a list of entries that speak of series and periods, and of more.
fn entries(title: &str, description: &str, examples: Value, required: Value, own: Value) -> Value {
    let mut properties = selector();
    properties.extend(own.as_object().cloned().unwrap_or_default());
    let mut item = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if let (Some(item), Some(required)) = (item.as_object_mut(), required.as_object()) {
        item.extend(required.clone());
    }
    json!({ "title": title, "description": description, "type": "array", "examples": examples, "items": item })
}

fn allows() -> Value {
    entries(
        "Accepted findings",
        "Findings that are let stand, with the reason. They do not count; an entry that accepts nothing, gives no reason or has expired is itself a finding.",
        json!([[{
            "rule": "sharp-drop",
            "entity": "omegle",
            "period": "2024",
            "reason": "the service closed in November 2023",
            "source": "https://www.example.org/closure",
            "until": "2027-06-30"
        }]]),
        json!({ "anyOf": [{ "required": ["rule"] }, { "required": ["fingerprint"] }] }),
        json!({
            "rule": text("Rule", "Code, name or family.", json!(["sharp-drop"])),
            "fingerprint": { "title": "Fingerprint", "description": "Identity of one finding, as the JSON output states it.", "type": "string", "pattern": "^[0-9a-f]{16}$", "examples": ["5c3d4ea1b0f97d26"] },
            "reason": { "title": "Reason", "description": "Why the figure is let stand. Without it nothing is accepted.", "type": "string", "examples": ["the service closed in November 2023"] },
            "source": text("Source", "Address of a publication that supports the reason.", json!(["https://www.example.org/closure"])),
            "by": text("By", "Who accepted it.", json!(["A. Maintainer"])),
            "until": { "title": "Until", "description": "Last day on which it holds: YYYY-MM-DD. Compared with --as-of.", "type": "string", "examples": ["2027-06-30"] },
        }),
    )
}

fn overrides() -> Value {
    entries(
        "Overrides",
        "Levels and parameters for some series or periods only; later ones win over earlier ones.",
        json!([[{ "rule": "sharp-drop", "entity": "omegle", "period": "2024", "level": "off" }]]),
        json!({ "required": ["rule"] }),
        json!({
            "rule": text("Rule", "Code, name or family.", json!(["sharp-drop"])),
            "level": { "title": "Level", "description": "Level of the findings, or off.", "enum": ["error", "warning", "note", "off"], "examples": ["off"] },
            "parameters": {
                "title": "Parameters",
                "description": "Parameters of the rule.",
                "type": "object",
                "additionalProperties": { "type": "number" },
                "examples": [{ "probability": 0.0005 }],
            },
            "reason": text("Reason", "Why.", json!(["the service closed in 2023"])),
        }),
    )
}
