//! The documentation of rules holds: it has the parts that a reader needs, and its example yields the rule.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use candor::rule::Rule;
use candor::rules::RULES;
use support::{lines, outcome, rule_names};

/// A header for examples that show series alone.
const HEADER: &str = "candor: report-v1
publisher: example
title: Transparency report
source: {url: \"https://www.example.org/transparency\", retrieved: 2026-01-31}
methodology: https://www.example.org/how-we-count
defaults: {metric: appeals, unit: appeal}
";

/// What begins each table of an example that needs several.
const FILE: &str = "# file: ";

/// Facts that a table does not state of itself.
const FACTS: &str =
    "source = { url = \"https://www.example.org\", retrieved = \"2026-01-31\" }\nmethodology = \"counted\"\n";

/// Writes the tables of an example, and a configuration for them.
fn write_tables(code: &str, write: impl Fn(&str, &str)) {
    for (name, text) in code.split(FILE).skip(1).filter_map(|file| file.split_once('\n')) {
        write(name, text);
    }
    write("candor.toml", &format!("[[tables]]\npath = \"*.csv\"\n{FACTS}"));
}

/// A document beside which a configuration has something to check.
const SERIES: &str = "series: [{values: {2024: 100}}]\n";

fn documentation(rule: &Rule) -> String {
    rule.documentation.lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
}

/// Language and text of the first block of code.
fn example(rule: &Rule) -> Option<(String, String)> {
    let text = documentation(rule);
    let (_, rest) = text.split_once("```")?;
    let (language, rest) = rest.split_once('\n')?;
    let (code, _) = rest.split_once("```")?;
    Some((language.to_owned(), code.to_owned()))
}

#[test]
fn examples_yield_their_rule() {
    let mut faults = Vec::new();
    for rule in RULES.iter().filter(|rule| rule.id.name != "rule-failed") {
        let Some((language, code)) = example(rule) else {
            faults.push(format!("{} has no example", rule.id.name));
            continue;
        };
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        // The name of the file may stand after the language.
        let (language, name) = language.split_once(' ').unwrap_or((&language, "example.csv"));
        match language {
            _ if code.starts_with(FILE) => write_tables(&code, write),
            // Several documents stand in one block, as YAML has it; the rules named after `without` do not run.
            "yaml" => {
                for (index, part) in code.split("---\n").enumerate() {
                    let header = if part.contains("candor: ") { "" } else { HEADER };
                    write(&format!("example-{index}.yaml"), &format!("{header}{part}"));
                }
                if let Some(rules) = name.strip_prefix("without ") {
                    let rules: Vec<&str> = rules.split(' ').collect();
                    write("candor.toml", &format!("[rules]\nignore = {rules:?}\n"));
                }
            }
            "csv" => {
                write(name, &code);
                write(
                    "candor.toml",
                    &format!(
                        "include = [\"*.csv\"]\n[[tables]]\npath = \"*.csv\"\ncolumns = {{ subject = \"example\" }}\n{FACTS}"
                    ),
                );
            }
            "toml" => {
                write("candor.toml", &code);
                write("example.yaml", &format!("{HEADER}{SERIES}"));
            }
            "json" => {
                write(name, &code);
                write("candor.toml", "");
                write("example.yaml", &format!("{HEADER}{SERIES}"));
            }
            other => faults.push(format!("{}: no example can be in {other}", rule.id.name)),
        }
        let outcome = outcome(&[folder.path().to_path_buf()]);
        if rule_names(&outcome) != [rule.id.name] {
            faults.push(format!(
                "{}: {:?}\n{}",
                rule.id.name,
                rule_names(&outcome),
                lines(&outcome).join("\n")
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn documentation_has_its_parts() {
    for rule in RULES {
        let text = documentation(rule);
        let mut paragraphs = text.trim().split("\n\n");
        let summary = paragraphs.next().unwrap();
        assert!(summary.ends_with('.') && summary.len() < 200, "{}: {summary}", rule.id.name);
        assert!(
            paragraphs.next().is_some_and(|why| why.len() > 60),
            "{} does not say why it matters",
            rule.id.name
        );
    }
}

#[test]
fn the_schema_of_the_configuration_is_current() {
    let path = support::project().join("schemas/config-v1.schema.json");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let made = candor::config::schema_text();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).unwrap();
    } else {
        assert!(kept == made, "run the tests once with UPDATE=1");
    }
}
