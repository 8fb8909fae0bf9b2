//! The command line and the blocks of the README, as printed.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use candor::config::schema_text;
use candor::schema::SchemaName;

#[test]
fn command_line_and_readme() {
    trycmd::TestCases::new()
        .case("tests/cli/*.trycmd")
        .case("README.md")
        .case("docs/auditors.md")
        .case("docs/claims.md")
        .case("docs/configuration.md")
        .case("docs/contributors.md")
        .case("docs/exit-codes.md")
        .case("docs/output.md")
        .case("docs/relations.md");
}

#[test]
fn the_configuration_of_the_readme_is_valid() {
    let readme = std::fs::read_to_string(support::project().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let tree = candor::load::toml::parse(text);
    assert!(tree.failure.is_none());
    let violations = candor::schema::validate_with(&schema_text(), tree.root().unwrap()).unwrap();
    assert!(violations.is_empty(), "{violations:?}");
}

#[test]
fn every_property_of_every_schema_is_documented() {
    fn check(name: &str, at: &str, schema: &serde_json::Value) {
        for (key, property) in schema.get("properties").and_then(|one| one.as_object()).into_iter().flatten()
        {
            let at = format!("{at}/{key}");
            if property.get("$ref").is_none()
                && property.get("description").is_some_and(|text| text.as_str() != Some(""))
            {
                for word in ["title", "examples"] {
                    assert!(property.get(word).is_some(), "{name}{at} has no {word}");
                }
            }
            check(name, &at, property);
        }
        for part in ["items", "additionalProperties"] {
            schema.get(part).into_iter().for_each(|part| check(name, at, part));
        }
    }
    for name in SchemaName::ALL {
        check(name.id(), "", &serde_json::from_str(name.text()).unwrap());
    }
    check("config-v1", "", &serde_json::from_str(&schema_text()).unwrap());
}

#[test]
fn the_report_of_the_shipped_dataset_follows_its_schema() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_candor"))
        .current_dir(support::project())
        .args(["check", "fixtures/datasets/ncmec", "--format", "json"])
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let schema: serde_json::Value = serde_json::from_str(SchemaName::Findings.text()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(report["summary"]["values"], 1160);
    assert_eq!(report["inputs"].as_array().unwrap().len(), 16);
}

#[test]
fn every_format_ends_in_the_same_exit_code() {
    let broken =
        std::fs::read_dir(support::project().join("fixtures/broken")).unwrap().next().unwrap().unwrap();
    let broken = broken.path().display().to_string();
    let cases = [("fixtures/datasets/ncmec", 0), ("examples/contribution", 1), (broken.as_str(), 3)];
    for format in candor::render::Format::ALL {
        for (path, code) in cases {
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_candor"))
                .current_dir(support::project())
                .args(["check", path, "--format", format.as_str()])
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(code), "{path} as {}", format.as_str());
        }
    }
}
