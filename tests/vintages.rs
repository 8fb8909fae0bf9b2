//! Releases of one publication: which one a file is, and in which order they come.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::Path;

use candor::engine::Outcome;
use support::outcome;

/// A release in the format of a publisher whose files carry the whole history.
fn release(values: &[(&str, &str)]) -> String {
    let rows =
        values.iter().map(|(period, value)| format!("Facebook,Spam,Content Actioned,{period},\"{value}\"\n"));
    format!("app,policy_area,metric,period,value\n{}", rows.collect::<String>())
}

fn write(folder: &Path, files: &[(&str, String)]) -> Outcome {
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
    outcome(&[folder.to_path_buf()])
}

/// File and vintage of every document, in the order of publication.
fn vintages(outcome: &Outcome) -> Vec<String> {
    let mut documents: Vec<_> = outcome.dataset.documents.iter().collect();
    documents.sort_by_key(|document| document.rank);
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    documents
        .iter()
        .map(|one| format!("{} {}", name(&one.path), one.vintage.as_deref().unwrap_or("none")))
        .collect()
}

/// The latest statement of every period.
fn latest(outcome: &Outcome) -> Vec<String> {
    let dataset = &outcome.dataset;
    let points = dataset.series.iter().flat_map(|series| dataset.points(series));
    points.map(|point| format!("{} {}", point.period, point.quantity.point().unwrap())).collect()
}

#[test]
fn a_release_is_known_by_its_name_and_else_by_its_newest_period() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        (
            "a-later.csv",
            release(&[("2022Q1", "1,000,000"), ("2022Q2", "1,200,000"), ("2022Q3", "1,500,000")]),
        ),
        ("b-2022-q2.csv", release(&[("2022Q1", "1,100,000"), ("2022Q2", "1,300,000")])),
        ("c-first.csv", release(&[("2022Q1", "1,700,000")])),
    ];
    let outcome = write(folder.path(), &files);
    assert_eq!(vintages(&outcome), ["c-first.csv 2022-Q1", "b-2022-q2.csv 2022-Q2", "a-later.csv 2022-Q3"]);
    assert_eq!(latest(&outcome), ["2022-Q1 1000000", "2022-Q2 1200000", "2022-Q3 1500000"]);
    let rules = support::rule_names(&outcome);
    assert!(!rules.contains(&"conflicting-duplicate"), "{rules:?}");
}

#[test]
fn the_configuration_says_which_release_a_table_is() {
    let folder = tempfile::tempdir().unwrap();
    let table = "publisher,metric,unit,period,value\nexample,reports,report,2022,";
    let files = [
        (
            "candor.toml",
            "[[tables]]\npath = \"a.csv\"\nvintage = \"2023-Q1\"\n[[tables]]\npath = \"b.csv\"\nvintage = \"first\"\n\
             published = \"2022-11-02\"\n"
                .to_owned(),
        ),
        ("a.csv", format!("{table}120\n")),
        ("b.csv", format!("{table}100\n")),
    ];
    let outcome = write(folder.path(), &files);
    assert_eq!(vintages(&outcome), ["b.csv first", "a.csv 2023-Q1"]);
    assert_eq!(latest(&outcome), ["2022 120"]);
}

#[test]
fn a_document_comes_after_the_one_it_replaces() {
    let folder = tempfile::tempdir().unwrap();
    let document = |vintage: &str, value: u32| {
        format!(
            "candor: report-v1\npublisher: example\ntitle: Reports\nvintage: {vintage}\nseries:\n  - {{metric: reports, \
             unit: report, values: {{2022: {value}}}}}\n"
        )
    };
    let files =
        [("a.yaml", document("{id: second, supersedes: first}", 2)), ("b.yaml", document("{id: first}", 1))];
    let outcome = write(folder.path(), &files);
    assert_eq!(vintages(&outcome), ["b.yaml first", "a.yaml second"]);
    assert_eq!(latest(&outcome), ["2022 2"]);
}
