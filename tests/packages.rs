//! Data packages: what they say of tables is honoured, and what they must not do is not done.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::{Path, PathBuf};

use candor::engine::Outcome;
use support::{every_finding, lines, outcome, project};

/// A folder with some files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        write(folder.path(), name, text.as_bytes());
    }
    folder
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// A package with facts of its own and these resources.
fn package(resources: &str) -> String {
    format!(
        r#"{{"created": "2026-01-31", "homepage": "https://www.example.org/transparency",
"candor": {{"publisher": "example", "metric": "appeals", "unit": "appeal", "methodology": "counted"}},
"resources": [{resources}]}}"#
    )
}

/// A resource of this path and schema, and more members.
fn resource(path: &str, schema: &str, more: &str) -> String {
    format!(r#"{{"name": "{path}", "path": "{path}", "schema": {schema}{more}}}"#)
}

const SCHEMA: &str =
    r#"{"fields": [{"name": "period", "type": "year"}, {"name": "value", "type": "integer"}]}"#;
const TABLE: &str = "period,value\n2023,120\n2024,125\n";

/// All findings of a folder, folded ones included: rule and message.
fn found(folder: &Path) -> Vec<String> {
    messages(&outcome(&[folder.to_path_buf()]))
}

fn messages(outcome: &Outcome) -> Vec<String> {
    every_finding(outcome).iter().map(|one| format!("{} {}", one.rule.code, one.message)).collect()
}

/// Rules and messages where a package has one table.
fn of_table(schema: &str, more: &str, table: &[u8]) -> Vec<String> {
    let text = package(&resource("a.csv", schema, more));
    let folder = folder(&[("datapackage.json", &text)]);
    write(folder.path(), "a.csv", table);
    found(folder.path())
}

#[test]
fn cells_are_held_against_types_and_constraints() {
    let folder = project().join("fixtures/rules/schema-violation/fail-data-package-constraints");
    let expected = [
        "TR002 `0` is below 1",
        "TR002 `phishing` is none of the values allowed",
        "TR002 `2025-02-01` stands in `decided` where the table schema asks for a date (%d.%m.%Y)",
        "TR002 `31.02.2024` stands in `decided` where the table schema asks for a date (%d.%m.%Y)",
        "TR002 3 stands twice where the table schema allows it once",
        "TR002 `fra` does not match the pattern `[A-Z]{2}`",
        "TR002 `id` has no value in this row, and the table schema asks for one",
    ];
    let outcome = outcome(&[folder]);
    assert_eq!(messages(&outcome), expected);
    for finding in every_finding(&outcome) {
        let places: Vec<&str> = std::iter::once(finding.primary.location.source)
            .chain(finding.related.iter().map(|label| label.location.source))
            .map(|source| outcome.sources.get(source).path.rsplit('/').next().unwrap())
            .collect();
        assert_eq!(places[0], "appeals.csv");
        assert!(places.contains(&"datapackage.json"), "{}: {places:?}", finding.message);
    }
}

#[test]
fn keys_are_held() {
    let at = |name: &str| found(&project().join("fixtures/rules").join(name));
    assert_eq!(
        at("conflicting-duplicate/fail-primary-key"),
        ["TR005 the key 2 stands twice: `period` is 2023 and 2024 and `value` is 120 and 125"]
    );
    assert_eq!(
        at("repeated-key/fail-primary-key"),
        ["TR006 the key 2, 2023 stands twice, in rows that are the same"]
    );
    assert_eq!(
        at("schema-violation/fail-foreign-key"),
        ["TR002 `2022` stands nowhere in `period` of `appeals`"]
    );
    // The figures say it better than the key.
    let schema = SCHEMA.replace("]}", r#"], "primaryKey": "period"}"#);
    assert_eq!(
        of_table(&schema, "", b"period,value\n2023,120\n2024,125\n2024,126\n"),
        ["TR005 2024 is stated as 125 and as 126"]
    );
    let blank = of_table(&schema, "", b"period,value\n2023,120\n,125\n");
    assert!(
        blank
            .contains(&"TR002 `period` is a part of the primary key and has no value in this row".to_owned()),
        "{blank:?}"
    );
}

#[test]
fn a_fault_is_reported_once() {
    let found = of_table(SCHEMA, "", b"period,value\n2023,1x0\n2024,125,0\n2025,12O\n");
    assert_eq!(
        found,
        [
            "TR007 `1x0` stands where a number belongs",
            "TR007 `12O` stands where a number belongs",
            "TR004 row 3 has 3 cells where the header has 2",
        ]
    );
}

#[test]
fn headers_are_held_against_fields() {
    let header = |header: &str, schema: &str| {
        let found = of_table(schema, "", format!("{header}\n2023,120\n2024,125\n").as_bytes());
        found.join("; ")
    };
    assert_eq!(header("period,value", SCHEMA), "");
    assert_eq!(header("value,period", &SCHEMA.replace("year", "any")).lines().count(), 1);
    let other = SCHEMA.replace("period", "periode");
    assert_eq!(
        header("period,value", &other),
        "TR002 this column is named `period`, and the table schema has `periode` in its place"
    );
    let more = SCHEMA.replace("]}", r#", {"name": "note"}]}"#);
    assert_eq!(header("period,value", &more), "TR002 `note` of the table schema is no column of this file");
    let superset = more.replace("]}", r#"], "fieldsMatch": "superset"}"#);
    assert_eq!(header("period,value", &superset), "");
    let fewer = r#"{"fields": [{"name": "period", "type": "year"}]}"#;
    assert_eq!(header("period,value", fewer), "TR002 `value` is no field of the table schema");
    assert_eq!(header("period,value", &fewer.replace("]}", r#"], "fieldsMatch": ["subset"]}"#)), "");
}

#[test]
fn a_table_checked_alone_is_looked_up_above() {
    let text = package(&resource("data/2024/a.csv", &SCHEMA.replace("integer", "boolean"), ""));
    let folder = folder(&[("datapackage.json", &text), ("data/2024/a.csv", TABLE), ("b.csv", TABLE)]);
    let alone = outcome(&[folder.path().join("data/2024/a.csv")]);
    assert_eq!(alone.sources.len(), 2);
    assert!(
        messages(&alone)[0].contains("asks for `true`, `True`, `TRUE`, `1` or `false`"),
        "{:?}",
        messages(&alone)
    );
    // What the package says of other files does not concern this one.
    assert_eq!(outcome(&[folder.path().join("b.csv")]).sources.len(), 1);
    // The folder of the dataset ends the search.
    write(folder.path(), "data/candor.toml", b"fail-on = \"warning\"\n");
    assert_eq!(outcome(&[folder.path().join("data/2024/a.csv")]).sources.len(), 2, "with its configuration");
    assert!(
        !messages(&outcome(&[folder.path().join("data/2024/a.csv")])).iter().any(|one| one.contains("TRUE"))
    );
}

#[test]
fn a_package_named_alone_brings_its_tables() {
    let text = package(&resource("tables/a.tsv", SCHEMA, r#", "dialect": {"delimiter": "\t"}"#));
    let folder = folder(&[("datapackage.json", &text), ("tables/a.tsv", &TABLE.replace(',', "\t"))]);
    for path in [folder.path().join("datapackage.json"), folder.path().to_path_buf()] {
        let outcome = outcome(&[path]);
        assert_eq!((outcome.dataset.observations.len(), lines(&outcome)), (2, vec![]));
    }
}

#[test]
fn nothing_outside_of_the_folder_is_read() {
    let paths = ["../secret.csv", "/etc/hosts.csv", "C:/x.csv", "a\\\\b.csv", "x/../../secret.csv"];
    let resources: Vec<String> = paths.iter().map(|path| resource(path, SCHEMA, "")).collect();
    let text =
        package(&[resources.join(","), resource("https://www.example.org/a.csv", SCHEMA, "")].join(","));
    let folder = folder(&[("inner/datapackage.json", &text), ("secret.csv", TABLE), ("inner/a.csv", TABLE)]);
    let outcome = outcome(&[folder.path().join("inner/datapackage.json")]);
    assert_eq!(outcome.sources.len(), 1);
    let found = messages(&outcome);
    assert_eq!(
        found.iter().filter(|one| one.contains("leads out of the folder of the package")).count(),
        5,
        "{found:?}"
    );
    assert!(
        found.contains(&"TR002 `https://www.example.org/a.csv` is an address; it is not followed".to_owned())
    );
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_are_not_followed() {
    let text = package(&resource("a.dat", SCHEMA, r#", "format": "csv""#));
    let folder = folder(&[("inner/datapackage.json", &text), ("secret.csv", TABLE)]);
    std::os::unix::fs::symlink(folder.path().join("secret.csv"), folder.path().join("inner/a.dat")).unwrap();
    let outcome = outcome(&[folder.path().join("inner")]);
    assert_eq!(outcome.sources.len(), 1);
    assert_eq!(
        messages(&outcome),
        [
            "TR002 `a.dat` is a link that leads out of the folder of the package; it is not taken as a part of it"
        ]
    );
}

#[test]
fn files_that_are_missing_or_not_listed_are_named() {
    let text = package(&[resource("a.csv", SCHEMA, ""), resource("b.csv", SCHEMA, "")].join(","));
    let facts = "[[tables]]\npath = \"*.csv\"\ncolumns = { publisher = \"example\", metric = \"appeals\", unit = \"appeal\" }\n\
                 methodology = \"counted\"\nsource = { url = \"https://www.example.org\", retrieved = \"2026-01-31\" }\n";
    let folder =
        folder(&[("datapackage.json", &text), ("b.csv", TABLE), ("c.csv", TABLE), ("candor.toml", facts)]);
    let found = found(folder.path());
    assert!(found.contains(&"TR002 `a.csv` is not there".to_owned()), "{found:?}");
    let unlisted = "TR002 1 table in the folder of the package is not listed in it: `c.csv`";
    assert!(found.contains(&unlisted.to_owned()), "{found:?}");
}

#[test]
fn a_broken_package_leaves_its_tables_checked() {
    let text = package(&resource("a.csv", SCHEMA, ""));
    let folder =
        folder(&[("datapackage.json", &text[..text.len() - 4]), ("a.csv", "period,value\n2023,12O\n")]);
    let found = found(folder.path());
    assert!(found.iter().any(|one| one.starts_with("TR001 ")), "{found:?}");
    assert!(
        found.contains(&"TR007 `12O` stands where a number belongs".to_owned())
            || found.iter().any(|one| one.starts_with("TR002")),
        "{found:?}"
    );
}

#[test]
fn the_encoding_is_that_of_the_package() {
    let schema = r#"{"fields": [{"name": "category"}, {"name": "period", "type": "year"}, {"name": "value", "type": "integer"}]}"#;
    let latin_2 = b"category,period,value\n\xb3\xf3d\xbc,2023,120\n".as_slice();
    let text = package(&resource("a.csv", schema, r#", "encoding": "iso-8859-2""#));
    let folder = folder(&[("datapackage.json", &text)]);
    write(folder.path(), "a.csv", latin_2);
    let outcome = outcome(&[folder.path().to_path_buf()]);
    assert_eq!(lines(&outcome), Vec::<String>::new());
    assert_eq!(outcome.dataset.series[0].key.category.as_deref(), Some("łódź"));
    let utf_8 = "category,period,value\nNudité,2023,120\n";
    for (label, bytes, found) in [
        ("latin1", utf_8.as_bytes().to_vec(), "UTF-8"),
        ("utf-8", utf_8.chars().map(|one| one as u8).collect(), "windows-1252"),
    ] {
        let messages = of_table(schema, &format!(r#", "encoding": "{label}""#), &bytes);
        assert_eq!(messages.len(), 1, "{messages:?}");
        assert!(
            messages[0].starts_with(&format!("TR002 the package states `{label}`, and `")),
            "{messages:?}"
        );
        assert!(messages[0].ends_with(&format!("is in {found}")), "{messages:?}");
    }
    // What is ASCII is in nearly every encoding.
    assert_eq!(of_table(SCHEMA, r#", "encoding": "latin1""#, TABLE.as_bytes()), Vec::<String>::new());
}

#[test]
fn a_table_without_header_is_read_by_its_fields() {
    let text = package(&resource("a.csv", SCHEMA, r#", "dialect": {"header": false}"#));
    let folder = folder(&[("datapackage.json", &text), ("a.csv", "2023,120\n2024,125\n2025,x\n")]);
    let outcome = outcome(&[folder.path().to_path_buf()]);
    assert_eq!(outcome.dataset.observations.len(), 3);
    assert_eq!(messages(&outcome), ["TR007 `x` stands where a number belongs"]);
}

#[test]
fn a_schema_may_stand_in_a_file_of_its_own() {
    let text = package(
        r#"{"name": "a", "path": "a.csv", "schema": "schemas/a.json"}, {"name": "b", "path": "a.csv", "schema": "../x.json"}"#,
    );
    let schema = SCHEMA.replace("integer", "whole");
    let folder = folder(&[("datapackage.json", &text), ("schemas/a.json", &schema), ("a.csv", TABLE)]);
    let found = found(folder.path());
    assert!(
        found.contains(&"TR002 `whole` is not one of the values allowed for `type`".to_owned()),
        "{found:?}"
    );
    assert!(found.iter().any(|one| one.contains("`../x.json` is not read")), "{found:?}");
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn the_configuration_comes_before_the_package() {
    let text = package(&resource(
        "a.csv",
        SCHEMA,
        r#", "candor": {"metric": "removals", "source": {"url": "https://www.example.org/a", "retrieved": "2025-01-01"}}"#,
    ));
    let folder = folder(&[("datapackage.json", &text), ("a.csv", TABLE)]);
    let read = outcome(&[folder.path().to_path_buf()]);
    let document = &read.dataset.documents[0];
    assert_eq!(&*read.dataset.series[0].key.metric, "removals");
    assert_eq!(document.provenance.url.as_deref(), Some("https://www.example.org/a"));
    assert_eq!(document.published.as_deref(), Some("2026-01-31"));
    write(
        folder.path(),
        "candor.toml",
        b"[[tables]]\npath = \"a.csv\"\ncolumns = { metric = \"appeals\" }\n",
    );
    assert_eq!(&*outcome(&[folder.path().to_path_buf()]).dataset.series[0].key.metric, "appeals");
}

#[test]
fn figures_of_a_profile_are_read_as_the_package_says() {
    let schema = r#"{"fields": [{"name": "year", "type": "integer"}, {"name": "type"}, {"name": "count", "type": "integer", "groupChar": "."}], "missingValues": ["", "k. A."]}"#;
    let text =
        package(&resource("abuse_related_violations.csv", schema, r#", "dialect": {"delimiter": ";"}"#));
    let table = "year;type;count\n2024;projects disabled;1.204\n2023;projects disabled;k. A.\n";
    let folder = folder(&[("datapackage.json", &text), ("abuse_related_violations.csv", table)]);
    let outcome = outcome(&[folder.path().to_path_buf()]);
    let document = &outcome.dataset.documents[0];
    assert_eq!(document.profile.as_deref(), Some("github-transparency"));
    let quantities: Vec<String> =
        outcome.dataset.observations.iter().map(|one| one.quantity.to_string()).collect();
    assert_eq!(quantities, ["1,204", "not reported"]);
    assert_eq!(messages(&outcome), Vec::<String>::new());
}

#[test]
fn what_is_not_followed_is_said() {
    let found = of_table(SCHEMA, r##", "dialect": {"commentChar": "#"}"##, TABLE.as_bytes());
    assert_eq!(
        found,
        ["TR002 `commentChar` is not followed, so that `a.csv` is not checked against its schema"]
    );
    let schema = SCHEMA.replace(r#""year"}"#, r#""year", "constraints": {"pattern": "(?=2)2.*"}}"#);
    let found = of_table(&schema, "", TABLE.as_bytes());
    assert!(found[0].contains("cannot be read as a regular expression"), "{found:?}");
}

#[test]
fn the_guide_holds() {
    let guide = std::fs::read_to_string(project().join("docs/formats/datapackage.md")).unwrap();
    let block = |language: &str| {
        let (_, rest) = guide.split_once(&format!("```{language}\n")).unwrap();
        rest.split_once("```").unwrap().0.to_owned()
    };
    let folder = folder(&[("appeals.csv", &block("csv")), ("datapackage.json", &block("json"))]);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_candor"))
        .current_dir(folder.path())
        .args(["check", "--format", "concise", "."])
        .output()
        .unwrap();
    // Rules are added now and then.
    let without_count =
        |text: &str| text.split(" rules checked").next().unwrap().rsplit_once(' ').unwrap().0.to_owned();
    assert_eq!(without_count(&String::from_utf8(output.stdout).unwrap()), without_count(&block("text")));
}

#[test]
fn the_package_of_github_is_kept() {
    // H1, a count below zero, and nothing else of whether the files can be read and are well typed.
    let Some(corpus) = std::env::var_os("CANDOR_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: CANDOR_CORPUS names no folder of published files");
        return;
    };
    let package = corpus.join("github-transparency");
    for path in [package.clone(), package.join("datapackage.json")] {
        let outcome = outcome(&[path]);
        assert_eq!(outcome.sources.len(), 27);
        let found = messages(&outcome);
        let of_package: Vec<&String> =
            found.iter().filter(|one| one.starts_with("TR00") && !one.starts_with("TR010")).collect();
        let expected = ["TR004 row 106 has 5 cells where the header has 4", "TR002 `-1` is below zero"];
        assert_eq!(of_package, expected);
    }
}
