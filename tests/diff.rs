//! `candor diff`, as a user runs it.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Runs the program in a folder.
fn candor(folder: &Path, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_candor");
    Command::new(program)
        .current_dir(folder)
        .args(arguments)
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS")
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complaint(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The folder of Meta's releases; says so where there is none.
fn meta() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("CANDOR_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: CANDOR_CORPUS names no folder of published files");
        return None;
    };
    Some(folder.join("meta"))
}

const RELEASES: [&str; 7] = [
    "meta-2021-q2.csv",
    "meta-2021-q3.csv",
    "meta-2021-q4.csv",
    "meta-2022-q1.csv",
    "meta-2022-q2.csv",
    "meta-2022-q3.csv",
    "meta-2022-q4.csv",
];

#[test]
fn two_releases_fit_on_a_screen_with_the_largest_restatement_on_top() {
    let Some(folder) = meta() else { return };
    let output = candor(&folder, &["diff", RELEASES[2], RELEASES[3]]);
    assert_eq!(output.status.code(), Some(0));
    let text = text(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() <= 45, "{} lines", lines.len());
    assert!(lines.iter().all(|line| line.chars().count() <= 100), "{text}");
    assert_eq!(lines[0], "meta-2021-q4.csv → meta-2022-q1.csv");
    assert_eq!(lines[1], "  = 1,242 unchanged · ~ 96 restated · + 156 added · - 9 removed");
    assert!(lines[3].starts_with("~ 96 of 1,338 values in common restated:"), "{}", lines[3]);
    let first = lines[4..8].join(" ");
    assert!(first.contains("2020-Q2: 9,400,000 → 2,800,000"), "{first}");
    assert!(
        first.contains("- meta-2021-q4.csv:80:69") && first.contains("Content Actioned,2020Q2,\"9,400,000\"")
    );
    assert!(
        first.contains("+ meta-2022-q1.csv:84:69") && first.contains("Content Actioned,2020Q2,\"2,800,000\"")
    );
    assert!(text.contains("+ 89 more changes (--all lists them)"), "{text}");
}

#[test]
fn everything_is_listed_on_request() {
    let Some(folder) = meta() else { return };
    let text = text(&candor(&folder, &["diff", "--all", RELEASES[2], RELEASES[3]]));
    assert_eq!(text.lines().filter(|line| line.trim_start().starts_with("+ meta-2022-q1.csv:")).count(), 96);
    assert!(!text.contains("--all lists them"));
}

#[test]
fn the_markdown_of_seven_releases_fits_into_a_comment() {
    let Some(folder) = meta() else { return };
    let output = candor(&folder, &[&["diff", "--format", "markdown"][..], &RELEASES].concat());
    let text = text(&output);
    assert!(text.chars().count() < 60_000, "{} characters", text.chars().count());
    for (pair, counts) in RELEASES.windows(2).zip([
        "973 | 71 | 156 | 13",
        "1,164 | 27 | 156 | 9",
        "1,242 | 96 | 156 | 9",
        "1,383 | 102 | 156 | 9",
        "1,519 | 113 | 156 | 9",
        "1,576 | 203 | 156 | 9",
    ]) {
        let row = format!("| {} | {} | {counts} |", pair[0], pair[1]);
        assert!(text.contains(&row), "{row}\n{}", &text[..1000]);
    }
    assert!(text.contains("<details><summary>25 of 203 changes</summary>"));
}

#[test]
fn json_follows_its_schema_and_holds_everything() {
    let Some(folder) = meta() else { return };
    let output =
        candor(&folder, &[&["diff", "--format", "json", "--fail-on", "warning"][..], &RELEASES].concat());
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_str(&text(&output)).unwrap();
    let schema: Value = serde_json::from_str(include_str!("../schemas/diff-v1.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let restated: Vec<usize> = document["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            assert_eq!(
                step["summary"]["restated"].as_u64().unwrap() as usize,
                step["restated"].as_array().unwrap().len()
            );
            step["restated"].as_array().unwrap().len()
        })
        .collect();
    assert_eq!(restated, [71, 27, 96, 102, 113, 203]);
    assert_eq!(document["steps"][1]["renamed"][0]["statements"], 159);
}

#[test]
fn csv_has_a_row_for_every_change() {
    let Some(folder) = meta() else { return };
    let output = candor(&folder, &["diff", "--format", "csv", RELEASES[2], RELEASES[3]]);
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let mut counts = std::collections::BTreeMap::new();
    for record in reader.records() {
        *counts.entry(record.unwrap()[2].to_owned()).or_insert(0) += 1;
    }
    let expected = [("added".to_owned(), 156), ("removed".to_owned(), 9), ("restated".to_owned(), 96)];
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_patch_makes_a_copy_follow_the_latest_release() {
    let Some(folder) = meta() else { return };
    let place = tempfile::tempdir().unwrap();
    for release in [RELEASES[2], RELEASES[3]] {
        std::fs::copy(folder.join(release), place.path().join(release)).unwrap();
    }
    let patch = candor(place.path(), &["diff", "--patch", RELEASES[2], RELEASES[3]]);
    assert_eq!(complaint(&patch), "");
    std::fs::write(place.path().join("change.patch"), &patch.stdout).unwrap();
    let applied = Command::new("git").current_dir(place.path()).args(["apply", "change.patch"]).output();
    if !applied.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: the patch is not applied, for want of git");
        return;
    }
    let text = text(&candor(place.path(), &["diff", RELEASES[2], RELEASES[3]]));
    assert!(text.contains("= 1,338 unchanged · ~ 0 restated"), "{text}");
}

/// A document with one series.
fn document(values: &str) -> String {
    format!(
        "candor: report-v1\npublisher: example\ntitle: Reports\nsource: {{url: \"https://www.example.org\", retrieved: \
         2026-01-31}}\nmethodology: counted\nseries:\n  - {{metric: appeals, unit: appeal, values: {{{values}}}}}\n"
    )
}

#[test]
fn findings_are_matched_by_what_they_are_about() {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(place.path().join(name), text).unwrap();
    // A gap that stays, and a contradiction that is new.
    write("old.yaml", &document("2019: 100, 2021: 120"));
    write(
        "new.yaml",
        &format!("# Another line.\n{}", document("2019: 100, 2021: 120, 2022: 121, 2022: 211")),
    );
    let output = candor(place.path(), &["diff", "old.yaml", "new.yaml", "--format", "json"]);
    let report: Value = serde_json::from_str(&text(&output)).unwrap();
    let names = |list: &str| -> Vec<String> {
        let findings = report["steps"][0]["findings"][list].as_array().unwrap();
        findings.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("still"), ["period-gap"]);
    assert_eq!(names("new"), ["conflicting-duplicate"]);
    assert!(names("resolved").is_empty());
    assert_eq!(output.status.code(), Some(1), "a new error counts by default");
    let back = candor(place.path(), &["diff", "new.yaml", "old.yaml"]);
    assert_eq!(back.status.code(), Some(0));
    assert!(text(&back).contains("0 new, 1 still there, 1 resolved"), "{}", text(&back));
    // One of the same rule about another period is another finding.
    write("new.yaml", &document("2019: 100, 2020: 110, 2022: 121"));
    let other = candor(place.path(), &["diff", "old.yaml", "new.yaml"]);
    assert!(text(&other).contains("1 new (1 warning), 0 still there, 1 resolved"), "{}", text(&other));
}

#[test]
fn revisions_are_read_through_git_without_touching_the_work_tree() {
    let place = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command
            .current_dir(place.path())
            .args(["-c", "user.name=a", "-c", "user.email=a@example.org"])
            .args(arguments);
        command.output().is_ok_and(|output| output.status.success())
    };
    if !git(&["init", "--quiet"]) {
        eprintln!("skipped: there is no git");
        return;
    }
    let file = place.path().join("data/report.yaml");
    std::fs::create_dir(place.path().join("data")).unwrap();
    for (values, message) in [("2022: 100, 2023: 120", "first"), ("2022: 100, 2023: 90, 2024: 95", "second")]
    {
        std::fs::write(&file, document(values)).unwrap();
        assert!(git(&["add", "."]) && git(&["commit", "--quiet", "-m", message]));
    }
    std::fs::write(&file, document("2022: 100, 2023: 90, 2024: 96")).unwrap();
    let output = candor(place.path(), &["diff", "--rev", "HEAD~1..HEAD", "data"]);
    let text_of = text(&output);
    assert!(text_of.starts_with("HEAD~1:data → HEAD:data\n"), "{text_of}\n{}", complaint(&output));
    assert!(text_of.contains("~ 1 restated") && text_of.contains("2023: 120 → 90 (−25.0 %)"), "{text_of}");
    assert!(
        text_of.contains("- HEAD~1:data/report.yaml:7:") && text_of.contains("+ HEAD:data/report.yaml:7:"),
        "{text_of}"
    );
    // A alone: against the files as they are.
    let output = candor(place.path(), &["diff", "--rev", "HEAD", "data/report.yaml"]);
    assert!(text(&output).contains("2024: 95 → 96 (+1.1 %)"), "{}", text(&output));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), document("2022: 100, 2023: 90, 2024: 96"));
    let unknown = candor(place.path(), &["diff", "--rev", "nonsense..HEAD", "data"]);
    assert_eq!(
        (unknown.status.code(), complaint(&unknown).as_str()),
        (Some(3), "candor: git knows no revision `nonsense`\n")
    );
    let absent = candor(place.path(), &["diff", "--rev", "HEAD~1..HEAD", "."]);
    assert_eq!(absent.status.code(), Some(0), "{}", complaint(&absent));
}

/// A release of a publisher with these series.
fn release(id: &str, series: &str) -> String {
    format!(
        "candor: report-v1\npublisher: example\ntitle: Transparency report\nvintage: {id}\n\
         source: {{url: \"https://www.example.org/transparency\", retrieved: 2026-01-31}}\n\
         methodology: https://www.example.org/how-we-count\ndefaults: {{metric: appeals, unit: appeal}}\n\
         series:\n  - {{{series}}}\n"
    )
}

/// What a step brings counts as a warning, or as a note, whether or not a finding comes with it.
#[test]
fn the_exit_code_tells_what_a_step_brings() {
    let old = "category: Hate speech, values: {2019: 3811, 2020: 4007, 2021: 4120, 2022: 5100, 2023: 5300}";
    // What the new side says, and the exit code under each `--fail-on`.
    let values = |category: &str, values: &str| format!("category: {category}, values: {{{values}}}");
    let before = "2019: 3811, 2020: 4007, 2021: 4120";
    let cases = [
        (old.to_owned(), [0, 0, 0]),
        (values("Hate speech", &format!("{before}, 2022: 5100, 2023: 5300, 2024: 5710")), [0, 0, 0]),
        (values("Hate speech", &format!("{before}, 2022: 5100, 2023: 5390")), [0, 1, 1]),
        (values("Hate speech", &format!("{before}, 2023: 5300")), [0, 1, 1]),
        (values("Hate speech", &format!("{before}, 2022: 5100, 2023: {{kind: not_reported}}")), [0, 1, 1]),
        // A table that begins later no longer covers the years before.
        (values("Hate speech", "2022: 5100, 2023: 5300"), [0, 0, 0]),
        (values("Hateful speech", &format!("{before}, 2022: 5100, 2023: 5300")), [0, 0, 1]),
        (values("Hateful speech", &format!("{before}, 2022: 5100, 2023: 5390")), [0, 1, 1]),
    ];
    for (new, codes) in cases {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("old.yaml"), release("{id: 2023-Q4}", old)).unwrap();
        std::fs::write(
            folder.path().join("new.yaml"),
            release("{id: 2024-Q4, supersedes: 2023-Q4, reason: Late decisions.}", &new),
        )
        .unwrap();
        for (level, code) in ["error", "warning", "note"].iter().zip(codes) {
            let output = candor(folder.path(), &["diff", "old.yaml", "new.yaml", "--fail-on", level]);
            assert_eq!(output.status.code(), Some(code), "{new} at {level}\n{}", text(&output));
        }
    }
}

#[test]
fn a_missing_git_is_said_clearly() {
    let place = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_candor"))
        .current_dir(place.path())
        .args(["diff", "--rev", "HEAD~1..HEAD", "."])
        .env("PATH", place.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(
        complaint(&output),
        "candor: revisions are read by the `git` program, which is not installed or not in PATH\n"
    );
}
