//! The formats for code hosts, test reports and spreadsheets.

use std::collections::BTreeMap;

use candor::engine::Outcome;
use candor::render::{Format, render};
use candor::source::Sources;
use serde_json::Value;

use super::example::{example, outcome, plain, run_info};

fn written(outcome: &Outcome, format: Format) -> String {
    render(outcome, format, &plain(100), &run_info())
}

#[test]
fn sarif() {
    insta::assert_snapshot!(written(&example(), Format::Sarif));
}

#[test]
fn github() {
    insta::assert_snapshot!(written(&example(), Format::Github));
}

#[test]
fn gitlab() {
    insta::assert_snapshot!(written(&example(), Format::Gitlab));
}

#[test]
fn junit() {
    insta::assert_snapshot!(written(&example(), Format::Junit));
}

#[test]
fn markdown() {
    insta::assert_snapshot!(written(&example(), Format::Markdown));
}

#[test]
fn csv() {
    insta::assert_snapshot!(written(&example(), Format::Csv));
}

#[test]
fn sarif_is_as_the_standard_says() {
    let mut schema: Value = serde_json::from_str(include_str!("../data/sarif-2.1.0.schema.json")).unwrap();
    // Its pattern for languages has a bracket too many and cannot be compiled; candor states none.
    for owner in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{owner}/properties/language")).unwrap();
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    for outcome in [example(), outcome(Sources::default(), Vec::new(), Vec::new())] {
        let log = serde_json::from_str(&written(&outcome, Format::Sarif)).unwrap();
        let faults: Vec<String> =
            validator.iter_errors(&log).map(|one| format!("{} {one}", one.instance_path())).collect();
        assert_eq!(faults, Vec::<String>::new());
    }
}

/// How many findings of each level a format tells of, from what it says of single findings.
fn counts_in_csv(text: &str) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for row in reader.records().map(Result::unwrap) {
        *counts.entry((row[2].to_owned(), row[3].to_owned())).or_default() += 1;
    }
    counts
}

#[test]
fn every_format_tells_the_same_totals() {
    let outcome = super::checked_dataset();
    let json: Value = serde_json::from_str(&written(&outcome, Format::Json)).unwrap();
    let total = |name: &str| json["summary"][name].as_u64().unwrap() as usize;
    let all = ["errors", "warnings", "notes", "explained", "allowed", "baselined"].map(total);
    assert!(all[1] > 0 && all[3] > 0, "the dataset gives findings of several kinds: {all:?}");

    let counts = counts_in_csv(&written(&outcome, Format::Csv));
    let active = |level: &str| counts.get(&(level.to_owned(), "active".to_owned())).copied().unwrap_or(0);
    let in_state = |state: &str| counts.iter().filter(|one| one.0.1 == state).map(|one| one.1).sum::<usize>();
    let in_csv = [active("error"), active("warning"), active("note"), in_state("explained")];
    assert_eq!(in_csv, [all[0], all[1], all[2], all[3]]);

    let sarif: Value = serde_json::from_str(&written(&outcome, Format::Sarif)).unwrap();
    assert_eq!(sarif["runs"][0]["properties"]["summary"], json["summary"]);
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), outcome.findings.len());
    let occurrences: u64 = results.iter().map(|one| one["occurrenceCount"].as_u64().unwrap()).sum();
    assert_eq!(occurrences as usize, all.iter().sum::<usize>());

    let junit = written(&outcome, Format::Junit);
    for (name, count) in [("errors", all[0]), ("warnings", all[1]), ("notes", all[2]), ("explained", all[3])]
    {
        assert!(junit.contains(&format!("<property name=\"{name}\" value=\"{count}\"/>")), "{name} {count}");
    }
    let html = written(&outcome, Format::Html);
    for (count, word) in [(all[0], "errors"), (all[1], "warnings"), (all[2], "notes"), (all[3], "explained")]
    {
        assert!(html.contains(&format!("<b>{count}</b> {word}")), "{count} {word}");
    }
    assert_eq!(html.matches("<details class=\"finding").count(), outcome.findings.len());
    let gitlab: Value = serde_json::from_str(&written(&outcome, Format::Gitlab)).unwrap();
    let printed = outcome.findings.iter().filter(|finding| finding.is_active()).count();
    assert_eq!(gitlab.as_array().unwrap().len(), printed);
}

#[test]
fn a_label_from_an_input_upsets_no_format() {
    let mut outcome = example();
    let hostile =
        "=HYPERLINK(\"x\")\n::error::x <script>alert(1)</script> ]]> @all [x](y) \u{1b}[31m\u{202e}";
    for finding in &mut outcome.findings {
        finding.message = hostile.to_owned();
        finding.subject.category = Some(hostile.to_owned());
    }
    let github = written(&outcome, Format::Github);
    assert!(github.lines().all(|line| line.starts_with("::")), "{github}");
    assert!(!github.lines().any(|line| line.starts_with("::error::x")));
    let markdown = written(&outcome, Format::Markdown);
    for raw in ["<script>", "@all", "[x]", "\u{1b}", "\u{202e}"] {
        assert!(!markdown.contains(raw), "{raw:?}");
    }
    let mut reader = csv::Reader::from_reader(written(&outcome, Format::Csv).into_bytes().leak() as &[u8]);
    for row in reader.records().map(Result::unwrap) {
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '@'])), "{row:?}");
    }
    let html = written(&outcome, Format::Html);
    for raw in ["<script>alert", "\u{1b}", "\u{202e}"] {
        assert!(!html.contains(raw), "{raw:?}");
    }
    let junit = written(&outcome, Format::Junit);
    assert!(!junit.contains('\u{1b}') && !junit.contains("<script>"));
}

#[test]
fn a_long_list_fits_into_a_comment_and_ten_annotations_a_level() {
    let mut outcome = example();
    let one = outcome.findings[0].clone();
    outcome.findings = (0..2_000).map(|_| one.clone()).collect();
    for finding in &mut outcome.findings {
        finding.state = candor::diag::State::Active;
    }
    let markdown = written(&outcome, Format::Markdown);
    assert!(markdown.len() < 65_000, "{}", markdown.len());
    assert!(markdown.contains("more; the full report lists them"));
    let github = written(&outcome, Format::Github);
    assert_eq!(github.lines().count(), 11);
    assert!(github.contains("1,990 more findings are not shown here"), "{github}");
}
