use jsonschema::json::conformance;

use super::instance::{Instance, TreeJson, is_whole};
use super::{Schema, SchemaName, Violation, validate, validate_with};
use crate::load::{json, yaml};

const SCHEMA: &str = r##"{
  "type": "object",
  "required": ["metric"],
  "properties": {
    "metric": {"type": "string", "description": "What is counted. By whom."},
    "value": {"type": "integer", "minimum": 0},
    "unit": {"enum": ["report", "incident", "account"]},
    "flag": {"type": "boolean"},
    "period": {"type": "string", "pattern": "^[0-9]{4}$", "examples": ["2024"]},
    "day": {"type": "string", "format": "date"},
    "kind": {"const": "x"},
    "list": {"type": "array", "items": {"$ref": "#/$defs/word"}, "minItems": 1, "uniqueItems": true},
    "years": {"type": "object", "propertyNames": {"title": "Year", "pattern": "^[0-9]{4}$", "examples": ["2024"]}, "minProperties": 1},
    "any": {"oneOf": [
      {"type": "object", "properties": {"t": {"const": "a"}, "x": {"type": "integer"}}, "required": ["t", "x"]},
      {"type": "object", "properties": {"t": {"const": "b"}, "y": {"type": "string"}}, "required": ["t", "y"]},
      {"type": "string"}
    ]}
  },
  "additionalProperties": false,
  "$defs": {"word": {"type": "string", "minLength": 1}}
}"##;

fn check(text: &str) -> Vec<Violation> {
    let tree = yaml::parse(text);
    validate_with(SCHEMA, tree.root().unwrap()).unwrap()
}

/// The only violation: erring text, message, help.
fn only(text: &str) -> (String, String, String) {
    let mut found = check(text);
    assert_eq!(found.len(), 1, "{found:#?}");
    let found = found.remove(0);
    (text[found.span.range()].to_owned(), found.message, found.help.unwrap_or_default())
}

fn says(text: &str, at: &str, message: &str, help: &str) {
    assert_eq!(only(text), (at.to_owned(), message.to_owned(), help.to_owned()));
}

#[test]
fn the_representation_keeps_the_contract() {
    let text = conformance::document().to_string();
    let tree = json::parse(&text);
    conformance::assert_conformance::<TreeJson>(&Instance::Node(tree.root().unwrap()));
    let text = serde_json::to_string_pretty(&conformance::document()).unwrap();
    let tree = yaml::parse(&text);
    conformance::assert_conformance::<TreeJson>(&Instance::Node(tree.root().unwrap()));
}

#[test]
fn every_schema_of_the_catalogue_compiles() {
    for name in SchemaName::ALL {
        assert!(name.schema().is_ok(), "{name:?}: {:?}", name.schema().err());
        assert_eq!(SchemaName::from_id(name.id()), Some(name));
        let tree = json::parse("{}");
        assert!(!validate(name, tree.root().unwrap()).is_empty());
    }
}

#[test]
fn wrong_types() {
    let whole = "expected a whole number, found";
    says(
        "metric: m\nvalue: \"20512803\"\n",
        "\"20512803\"",
        &format!("{whole} text `\"20512803\"`"),
        "remove the quotes",
    );
    says(
        "metric: m\nvalue: 20,512\n",
        "20,512",
        &format!("{whole} text `20,512`"),
        "write it without separators and quotes: `20512`",
    );
    says("metric: m\nvalue: 3.5\n", "3.5", &format!("{whole} the number `3.5`"), "");
    says("metric: m\nvalue:\n", "", &format!("{whole} nothing"), "give `value` a value, or leave it out");
    says("metric: m\nvalue: [1]\n", "[1]", &format!("{whole} a list"), "");
    says("metric: 12\n", "12", "expected text, found the number `12`", "put it in quotes: `\"12\"`");
    says("metric: m\nflag: NO\n", "NO", "expected true or false, found text `NO`", "write `false`");
    says("metric: m\nlist: a\n", "a", "expected a list, found text `a`", "write a list, even of one entry");
}

#[test]
fn whole_numbers_may_be_written_in_many_ways() {
    for text in ["3", "3.0", "3.50e1", "1e400", "0.0e-5", "30e-1", "123456789012345678901234567890"] {
        assert!(is_whole(text), "{text}");
    }
    for text in ["3.5", "3.55e1", "3e-1", "1e-400", "30e-2"] {
        assert!(!is_whole(text), "{text}");
    }
    assert_eq!(check("metric: m\nvalue: 123456789012345678901234567890\n"), []);
}

#[test]
fn wrong_values() {
    says(
        "metric: m\nunit: reports\n",
        "reports",
        "`reports` is not one of the values allowed for `unit`",
        "did you mean `report`?",
    );
    says(
        "metric: m\nunit: zzz\n",
        "zzz",
        "`zzz` is not one of the values allowed for `unit`",
        "use `report`, `incident` or `account`",
    );
    says("metric: m\nkind: y\n", "y", "expected `x`, found `y`", "");
    says(
        "metric: m\nperiod: \"24\"\n",
        "\"24\"",
        "`24` does not have the form of `period`",
        "for example `2024`",
    );
    says(
        "metric: m\nday: 2024-13-01\n",
        "2024-13-01",
        "`2024-13-01` is not a date",
        "for example `2024-03-31`",
    );
    says("metric: m\nvalue: -3\n", "-3", "expected at least 0, found `-3`", "");
    says("metric: m\nlist: []\n", "[]", "`list` is empty", "");
    says("metric: m\nlist: [a, '']\n", "''", "this is empty", "");
    says("metric: m\nyears: {}\n", "{}", "`years` is empty", "");
    says(
        "metric: m\nyears: {24: 1}\n",
        "24",
        "the key `24` does not have the form of `year`",
        "for example `2024`",
    );
}

#[test]
fn repeated_entries_point_at_both() {
    let text = "metric: m\nlist: [a, b, a]\n";
    let found = check(text);
    assert_eq!((found[0].message.as_str(), found.len()), ("`a` stands twice in this list", 1));
    assert_eq!((found[0].span.start, found[0].related[0].0.start), (23, 17));
}

#[test]
fn unknown_and_missing_properties() {
    says("metric: m\nvalu: 1\n", "valu", "unknown property `valu`", "did you mean `value`?");
    says("metric: m\nzzz: 1\n", "zzz", "unknown property `zzz`", "");
    says("value: 1\n", "value", "`metric` is missing", "add `metric` to this object: what is counted");
    says("{value: 1}\n", "{", "`metric` is missing", "add `metric` to this object: what is counted");
    let found = check("a~b/c: 1\nmetric: m\n");
    assert_eq!((found[0].pointer.as_str(), found[0].keyword.as_str()), ("/a~0b~1c", "additionalProperties"));
}

#[test]
fn the_closest_branch_is_reported() {
    says(
        "metric: m\nany: 3\n",
        "3",
        "expected text or an object, found the number `3`",
        "put it in quotes: `\"3\"`",
    );
    says(
        "metric: m\nany: {t: b, y: 4}\n",
        "4",
        "expected text, found the number `4`",
        "put it in quotes: `\"4\"`",
    );
    says("metric: m\nany: {t: a}\n", "{", "`x` is missing", "add `x` to this object");
    says(
        "metric: m\nany: {t: c, x: 1}\n",
        "c",
        "`c` is not one of the values allowed for `t`",
        "use `a` or `b`",
    );
}

#[test]
fn a_file_that_broke_off_is_not_blamed_for_what_it_lacks() {
    for text in ["{\"value\": 1, ", "{\"any\": {\"t\": \"a\"", "{\"list\": [", "{\"years\": {"] {
        let tree = json::parse(text);
        assert_eq!(validate_with(SCHEMA, tree.root().unwrap()).unwrap(), [], "{text}");
    }
    let tree = json::parse("{\"value\": -1, \"x");
    assert_eq!(validate_with(SCHEMA, tree.root().unwrap()).unwrap().len(), 1);
}

#[test]
fn violations_come_in_the_order_of_the_file_and_once() {
    let found = check("zzz: 1\nvalue: &x -1\nflag: 1\nunit: 2\n");
    let starts: Vec<_> = found.iter().map(|violation| violation.span.start).collect();
    assert!(starts.is_sorted());
    assert_eq!(found.len(), 5);
    let schema = r#"{"items": {"properties": {"v": {"type": "string"}}}}"#;
    let tree = yaml::parse("- &x {v: 1}\n- *x\n- *x\n");
    assert_eq!(validate_with(schema, tree.root().unwrap()).unwrap().len(), 1);
}

#[test]
fn a_million_violations_are_all_returned() {
    let schema = r#"{"items": {"enum": ["alpha", "beta"]}}"#;
    let items: Vec<_> = (0..100_000).map(|number| format!("\"alph{number}\"")).collect();
    let text = format!("[{}]", items.join(","));
    let tree = json::parse(&text);
    assert_eq!(validate_with(schema, tree.root().unwrap()).unwrap().len(), 100_000);
}

#[test]
fn schemas_may_refer_to_the_catalogue_and_to_nothing_else() {
    assert!(Schema::compile(r#"{"$ref": "urn:candor:schema:report-v1"}"#).is_ok());
    let error = Schema::compile(r#"{"$ref": "https://example.org/s.json"}"#).unwrap_err();
    assert!(error.message.contains("not a schema that ships"), "{error}");
    assert!(Schema::compile("{").is_err());
    assert!(Schema::compile(r#"{"type": 3}"#).is_err());
}

#[test]
fn a_report_with_mistakes_is_explained() {
    let text =
        "candor: report-v1\npublisher: NCMEC\ntitle: T\nseries:\n  - metric: reports\n    valus: {2023: 1}\n";
    let tree = yaml::parse(text);
    let found = validate(SchemaName::Report, tree.root().unwrap());
    let messages: Vec<_> = found.iter().map(|violation| violation.message.as_str()).collect();
    assert!(messages.contains(&"`NCMEC` does not have the form of `publisher`"), "{messages:?}");
    assert!(messages.contains(&"unknown property `valus`"), "{messages:?}");
    let unknown = found.iter().find(|violation| violation.keyword == "additionalProperties").unwrap();
    assert_eq!(unknown.help.as_deref(), Some("did you mean `values`?"));
}
