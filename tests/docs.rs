//! The documentation of rules holds: it has the parts that a reader needs, and its example yields the rule. Pages that
//! are made from what the program says are as it says them; `UPDATE=1` writes them.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use candor::diag::grouped;
use candor::rule::Rule;
use candor::rules::RULES;
use candor::source::limits::{LIMITS, Limit};
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

/// Holds a file against what it is made from, or writes it.
fn hold(path: &str, made: &str) {
    let path = support::project().join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, made).unwrap();
    } else {
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == made, "{}: run the tests once with UPDATE=1", path.display());
    }
}

#[test]
fn the_schema_of_the_configuration_is_current() {
    hold("schemas/config-v1.schema.json", &candor::config::schema_text());
}

#[test]
fn every_rule_has_a_page_as_it_is_explained() {
    let mut index = "# Rules\n\n`candor explain RULE` prints the same pages.\n\n\
                     | Code | Rule | Level | Finds |\n|---|---|---|---|\n"
        .to_owned();
    let mut pages = vec!["README.md".to_owned()];
    for rule in RULES {
        let name = rule.id.name;
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_candor"))
            .args(["explain", name])
            .output()
            .unwrap();
        assert!(output.status.success(), "{name}");
        hold(&format!("docs/rules/{name}.md"), &String::from_utf8(output.stdout).unwrap());
        let text = documentation(rule);
        let summary = text.trim().split("\n\n").next().unwrap().replace('\n', " ").replace('|', "\\|");
        index +=
            &format!("| {} | [{name}]({name}.md) | {} | {summary} |\n", rule.id.code, rule.level.as_str());
        pages.push(format!("{name}.md"));
    }
    hold("docs/rules/README.md", &index);
    let folder = std::fs::read_dir(support::project().join("docs/rules")).unwrap();
    let strays: Vec<String> = folder
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !pages.contains(name))
        .collect();
    assert!(strays.is_empty(), "pages of no rule: {strays:?}");
}

#[test]
fn tables_of_keys_are_as_the_schemas_say() {
    let findings = candor::schema::SchemaName::Findings.text().to_owned();
    let schemas = [
        ("docs/configuration.md", "config-v1", candor::config::schema_text()),
        ("docs/output.md", "findings-v1", findings),
    ];
    let table = |path: &str, name: &str, head: &str, rows: &str| {
        let page = std::fs::read_to_string(support::project().join(path)).unwrap();
        let begin = format!("<!-- keys of {name} -->\n");
        let (before, rest) = page.split_once(&begin).unwrap();
        let (_, after) = rest.split_once("<!-- end -->").unwrap();
        hold(path, &format!("{before}{begin}\n{head}\n{rows}\n<!-- end -->{after}"));
    };
    for (path, name, schema) in schemas {
        let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
        let properties = schema["properties"].as_object().unwrap();
        assert!(!properties.is_empty());
        let rows: String = properties
            .iter()
            .map(|(key, property)| format!("| `{key}` | {} |\n", property["description"].as_str().unwrap()))
            .collect();
        table(path, name, "| Key | Meaning |\n|---|---|", &rows);
    }
    let row = |limit: &&Limit| {
        let [default, least, greatest] =
            [limit.default, limit.range.0, limit.range.1].map(|one| grouped(one.into()));
        let Limit { key, unit, documentation, .. } = limit;
        format!("| `{key}` | {documentation} | {default} {unit} | {least} to {greatest} |\n")
    };
    let rows: String = LIMITS.iter().map(row).collect();
    table("docs/configuration.md", "limits", "| Key | Meaning | Default | Range |\n|---|---|---|---|", &rows);
}
