//! What the output formats look like, and that no input can upset them.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

#[path = "outputs/example.rs"]
mod example;
#[path = "outputs/hostile.rs"]
mod hostile;

#[path = "outputs/platforms.rs"]
mod platforms;
mod support;

use candor::render::{Format, Style, faults, render};
use candor::source::{Source, Sources};

use example::{columns, example, outcome, plain, run_info, terminal};

#[test]
fn terminal_at_100_columns() {
    insta::assert_snapshot!(terminal(&example(), plain(100)));
}

#[test]
fn terminal_at_60_columns() {
    let text = terminal(&example(), plain(60));
    for line in text.lines().filter(|line| !line.contains("://") && !line.contains("[datasets")) {
        assert!(columns(line) <= 60, "{line}");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn terminal_with_every_rule_and_every_folded_finding() {
    insta::assert_snapshot!(terminal(&example(), Style { verbose: true, all: true, ..plain(100) }));
}

#[test]
fn terminal_with_every_rule_at_60_columns() {
    let text = terminal(&example(), Style { verbose: true, ..plain(60) });
    let table: Vec<&str> = text.lines().skip_while(|line| !line.starts_with(" rule")).collect();
    assert!(!table.is_empty());
    assert!(table.iter().all(|line| columns(line) <= 60), "{text}");
}

#[test]
fn terminal_in_colour() {
    let text = terminal(&example(), Style { colour: true, ..plain(100) });
    insta::assert_snapshot!(text.replace('\u{1b}', "␛"));
}

#[test]
fn without_colour_no_escape_is_written() {
    for width in [0, 40, 60, 100, 400] {
        let text = terminal(&example(), Style { verbose: true, all: true, ..plain(width) });
        assert!(!text.contains('\u{1b}'));
    }
}

#[test]
fn colours_change_nothing_but_colours() {
    let coloured = terminal(&example(), Style { colour: true, ..plain(100) });
    let mut text = String::new();
    let mut parts = coloured.split('\u{1b}');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        text.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(trimmed(&text), trimmed(&terminal(&example(), plain(100))));
}

#[test]
fn concise() {
    insta::assert_snapshot!(render(&example(), Format::Concise, &plain(100), &run_info()));
}

#[test]
fn json() {
    insta::assert_snapshot!(render(&example(), Format::Json, &plain(100), &run_info()));
}

#[test]
fn json_is_as_its_schema_says() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../schemas/findings-v1.schema.json")).expect("the schema is JSON");
    let validator = jsonschema::draft202012::new(&schema).expect("the schema is a schema");
    let empty = outcome(Sources::default(), Vec::new(), Vec::new());
    for outcome in [example(), empty] {
        let text = render(&outcome, Format::Json, &plain(100), &run_info());
        assert!(text.ends_with("}\n"));
        let document = serde_json::from_str(&text).expect("the output is JSON");
        let faults: Vec<String> =
            validator.iter_errors(&document).map(|one| format!("{} {one}", one.instance_path())).collect();
        assert_eq!(faults, Vec::<String>::new());
    }
}

/// Every property of the schema is described, and objects take no other properties.
#[test]
fn the_schema_describes_every_property() {
    fn walk(path: &str, value: &serde_json::Value, faults: &mut Vec<String>) {
        if let Some(properties) = value.get("properties").and_then(|one| one.as_object()) {
            if value.get("additionalProperties") != Some(&serde_json::Value::Bool(false))
                && !path.contains("/if")
            {
                faults.push(format!("{path} takes other properties"));
            }
            for (name, property) in properties {
                for key in ["title", "description", "examples"] {
                    if property.get(key).is_none() && !path.contains("/if") {
                        faults.push(format!("{path}/{name} has no {key}"));
                    }
                }
            }
        }
        match value {
            serde_json::Value::Object(map) => {
                for (key, value) in map.iter().filter(|(key, _)| *key != "examples") {
                    walk(&format!("{path}/{key}"), value, faults);
                }
            }
            serde_json::Value::Array(list) => list.iter().for_each(|value| walk(path, value, faults)),
            _ => {}
        }
    }
    let schema =
        serde_json::from_str(include_str!("../schemas/findings-v1.schema.json")).expect("the schema is JSON");
    let mut faults = Vec::new();
    walk("", &schema, &mut faults);
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn the_same_check_gives_the_same_bytes() {
    for format in Format::ALL {
        let style = Style { verbose: true, all: true, ..plain(80) };
        assert_eq!(
            render(&example(), format, &style, &run_info()),
            render(&example(), format, &style, &run_info())
        );
        assert_eq!(Format::parse(format.as_str()), Some(format));
    }
    assert_eq!(Format::parse("pdf"), None);
}

#[test]
fn nothing_found() {
    let mut sources = Sources::default();
    sources.add(Source::new("a.yaml", String::new()));
    let mut outcome = outcome(sources, Vec::new(), Vec::new());
    outcome.summary.values = 1;
    outcome.summary.series = 2;
    assert_eq!(
        terminal(&outcome, plain(100)),
        "1 value in 2 series from 1 file: no findings. 0 rules checked.\n"
    );
}

#[test]
fn faults_are_written_like_findings_without_totals() {
    let outcome = example();
    let text = faults(&outcome.sources, &outcome.findings, &plain(100));
    assert!(terminal(&outcome, plain(100)).starts_with(&text));
    assert!(text.ends_with("\n\n") && !text.contains("rules checked"), "{text}");
}

/// The shipped dataset, checked.
fn checked_dataset() -> candor::engine::Outcome {
    support::outcome(&[support::project().join("fixtures/datasets/ncmec")])
}
