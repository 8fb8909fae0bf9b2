//! `[[override]]`: levels and parameters that hold for some series and periods only.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use candor::cli::CheckRequest;
use candor::diag::Finding;
use candor::engine::Outcome;
use support::{of_rule, outcome_of};

/// What the figures of both publishers are about, but for those.
const SERIES: [&str; 5] = [
    "metric: appeals",
    "metric: appeals, subject: service-a",
    "metric: notices, unit: notice",
    "metric: appeals, category: Spam",
    "metric: appeals, jurisdiction: DE",
];

/// A release of a publisher. The second restates the last year of every series by a tenth, and the year before of the
/// first.
fn release(publisher: &str, is_second: bool) -> String {
    let (id, published, last) = match is_second {
        false => ("{id: 2023-Q4}", "2024-02-01", 6013),
        true => {
            ("{id: 2024-Q4, supersedes: 2023-Q4, reason: Another system was connected.}", "2025-02-01", 6614)
        }
    };
    let series = SERIES.iter().enumerate().map(|(place, key)| {
        let before = if is_second && place == 0 { 5523 } else { 5021 };
        format!("  - {{{key}, values: {{2022: {before}, 2023: {last}}}}}\n")
    });
    format!(
        "{}vintage: {id}\npublished: {published}\nseries:\n{}",
        head(publisher),
        series.collect::<String>()
    )
}

/// Shares of which all are above one.
fn shares(publisher: &str) -> String {
    let series = SERIES.iter().map(|key| {
        let key = key.replace("appeals", "prevalence").replace("notices, unit: notice", "proactive-rate");
        format!("  - {{{key}, unit: rate, values: {{2023: 1.25}}}}\n")
    });
    format!(
        "{}series:\n{}  - {{metric: prevalence, unit: rate, values: {{2022: 1.5}}}}\n",
        head(publisher),
        series.collect::<String>()
    )
}

fn head(publisher: &str) -> String {
    format!(
        "candor: report-v1\npublisher: {publisher}\ntitle: Transparency report\n\
         source: {{url: \"https://www.example.org/{publisher}\", retrieved: 2026-01-31}}\n\
         methodology: https://www.example.org/how-we-count\ndefaults: {{unit: appeal}}\n"
    )
}

fn check(files: &[(&str, String)], configuration: &str) -> Outcome {
    let files = files.iter().map(|(name, text)| (*name, text.as_str()));
    outcome_of(&files.chain([("candor.toml", configuration)]).collect::<Vec<_>>())
}

/// Which of a publisher's figures some words are about: what tells it from the first of them.
fn figure(publisher: Option<&String>, words: &str) -> String {
    let known = ["DE", "Spam", "service-a", "2022", "Notices", "proactive-rate"];
    let about = known.into_iter().find(|one| words.contains(one)).unwrap_or("first");
    let about = if about == "proactive-rate" { "Notices" } else { about };
    format!("{} {about}", publisher.map_or("", |one| one))
}

/// The figures that are materially restated under a configuration.
fn restated(configuration: &str) -> BTreeSet<String> {
    let files = [
        ("example-2023-q4.yaml", release("example", false)),
        ("example-2024-q4.yaml", release("example", true)),
        ("other-2023-q4.yaml", release("other", false)),
        ("other-2024-q4.yaml", release("other", true)),
    ];
    let outcome = check(&files, configuration);
    let listed = |finding: &&Finding| -> Vec<String> {
        let publisher = finding.subject.publisher.as_ref();
        finding.evidence.changes.iter().map(|one| figure(publisher, &one.name)).collect()
    };
    of_rule(&outcome, "TR502").iter().flat_map(listed).collect()
}

/// The shares above one, and the level that each is told at.
fn above_one(configuration: &str) -> BTreeMap<String, &'static str> {
    let outcome =
        check(&[("example.yaml", shares("example")), ("other.yaml", shares("other"))], configuration);
    let told = |finding: &&Finding| {
        let subject = &finding.subject;
        let parts =
            [&subject.entity, &subject.metric, &subject.category, &subject.jurisdiction, &subject.period];
        let words: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        (figure(subject.publisher.as_ref(), &words.join(" ")), finding.level.as_str())
    };
    of_rule(&outcome, "TR204").iter().map(told).collect()
}

const ALL: [&str; 6] = ["first", "2022", "DE", "Notices", "Spam", "service-a"];

/// What an override names, and which figures of which publishers it is about.
const CASES: [(&str, &[&str], &[&str]); 11] = [
    ("publisher = \"other\"", &["other"], &ALL),
    ("entity = \"service-a\"", &["example", "other"], &["service-a"]),
    ("metric = \"METRIC\"", &["example", "other"], &["Notices"]),
    ("category = \"Spam\"", &["example", "other"], &["Spam"]),
    ("jurisdiction = \"DE\"", &["example", "other"], &["DE"]),
    (
        "jurisdiction = \"worldwide\"",
        &["example", "other"],
        &["first", "2022", "Notices", "Spam", "service-a"],
    ),
    ("period = \"2022\"", &["example", "other"], &["2022"]),
    ("period = \"2022..2023\"", &["example", "other"], &ALL),
    // No year lies within a quarter, nor in what begins or ends within it.
    ("period = \"2023-Q1\"", &[], &[]),
    ("period = \"2022-H2..2023-H1\"", &[], &[]),
    ("publisher = \"example\"\nmetric = \"METRIC\"\nperiod = \"2023\"", &["example"], &["Notices"]),
];

fn figures(publishers: &[&str], about: &[&str]) -> BTreeSet<String> {
    publishers.iter().flat_map(|one| about.iter().map(move |about| format!("{one} {about}"))).collect()
}

#[test]
fn a_parameter_holds_for_what_the_override_names() {
    let all = figures(&["example", "other"], &ALL);
    assert_eq!(restated(""), all);
    for (names, publishers, about) in CASES {
        let names = names.replace("METRIC", "notices");
        let text = format!(
            "[[override]]\nrule = \"restated-materially\"\n{names}\nparameters = {{relative-change = 0.5}}\n"
        );
        let left: BTreeSet<String> = &all - &figures(publishers, about);
        assert_eq!(restated(&text), left, "{names}");
    }
}

#[test]
fn a_level_holds_for_what_the_override_names() {
    let all: BTreeMap<String, &str> =
        figures(&["example", "other"], &ALL).into_iter().map(|one| (one, "error")).collect();
    assert_eq!(above_one(""), all);
    for (names, publishers, about) in CASES {
        let names = names.replace("METRIC", "proactive-rate");
        let about = figures(publishers, about);
        let text = |level: &str| {
            format!("[[override]]\nrule = \"rate-out-of-range\"\n{names}\nlevel = \"{level}\"\n")
        };
        let mut left = all.clone();
        left.retain(|one, _| !about.contains(one));
        assert_eq!(above_one(&text("off")), left, "{names}");
        left.extend(about.into_iter().map(|one| (one, "note")));
        assert_eq!(above_one(&text("note")), left, "{names}");
    }
}

/// What the command line selects runs, whatever the configuration leaves out.
#[test]
fn a_selected_rule_runs_where_the_configuration_ignores_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("example.yaml"), shares("example")).unwrap();
    std::fs::write(folder.path().join("candor.toml"), "[rules]\nignore = [\"TR2\"]\n").unwrap();
    for (select, expected) in [(&[][..], 0), (&["rate-out-of-range"], 6), (&["sharp-drop"], 0)] {
        let request = CheckRequest {
            paths: vec![folder.path().to_path_buf()],
            select: select.iter().map(ToString::to_string).collect(),
            ..CheckRequest::default()
        };
        let candor::cli::Checked::Done(outcome, _) = candor::cli::check(&request) else {
            panic!("not checked")
        };
        assert_eq!(of_rule(&outcome, "TR204").len(), expected, "{select:?}");
    }
}

#[test]
fn the_last_override_wins() {
    let all = figures(&["example", "other"], &ALL);
    let of_example = figures(&["example"], &ALL);
    let one = |publisher: &str, share: &str| {
        format!(
            "[[override]]\nrule = \"TR502\"\npublisher = \"{publisher}\"\n\
             parameters = {{relative-change = {share}}}\n"
        )
    };
    assert_eq!(restated(&(one("other", "0.01") + &one("other", "0.5"))), of_example);
    assert_eq!(restated(&(one("other", "0.5") + &one("other", "0.01"))), all);
    // One for another publisher leaves the value for all as it is.
    let for_all = "[rules.parameters.restated-materially]\nrelative-change = 0.5\n";
    assert_eq!(restated(&(for_all.to_owned() + &one("example", "0.01"))), of_example);
}
