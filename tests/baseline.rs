//! Taking up candor on a dataset that has findings already, and reporting only what a change brings.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

const HEADER: &str = "candor: report-v1
publisher: example
title: Transparency report
source: {url: \"https://www.example.org/transparency\", retrieved: 2026-01-31}
methodology: https://www.example.org/how-we-count
defaults: {metric: appeals, unit: appeal}
series:
";
/// A series without 2022.
const GAP: &str = "  - {subject: one, values: {2021: 97, 2023: 98, 2024: 120}}\n";
/// The same, mended.
const MENDED: &str = "  - {subject: one, values: {2021: 97, 2022: 95, 2023: 98, 2024: 120}}\n";
/// Another series without 2022.
const OTHER_GAP: &str = "  - {subject: two, values: {2021: 97, 2023: 98, 2024: 120}}\n";

fn write(folder: &Path, series: &str) {
    std::fs::write(folder.join("candor.toml"), "fail-on = \"warning\"\n").unwrap();
    std::fs::write(folder.join("report.yaml"), format!("{HEADER}{series}")).unwrap();
}

/// What candor prints in a folder, and its exit code.
fn candor(folder: &Path, arguments: &[&str]) -> (String, i32) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_candor")).current_dir(folder).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).unwrap(), output.status.code().unwrap())
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
    let status =
        Command::new("git").current_dir(folder).args(identity).args(arguments).output().unwrap().status;
    assert!(status.success(), "{arguments:?}");
}

#[test]
fn a_baseline_leaves_what_is_new_and_pays_off() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let check = ["check", ".", "--format", "concise"];
    write(folder, GAP);
    assert_eq!(candor(folder, &check).1, 1);
    assert!(candor(folder, &["baseline", "write"]).0.starts_with("wrote 1 finding to candor-baseline.json"));
    let (text, code) = candor(folder, &check);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("1 baselined") && !text.contains("warning["), "{text}");

    // Other lines, another order: the same finding.
    write(
        folder,
        &format!("{MENDED}{GAP}").replace("one, values: {2021: 97, 2022", "three, values: {2021: 97, 2022"),
    );
    assert_eq!(candor(folder, &check).1, 0);

    write(folder, &format!("{OTHER_GAP}{GAP}"));
    let (text, code) = candor(folder, &check);
    assert_eq!((code, text.matches("warning[").count()), (1, 1), "{text}");
    assert!(text.contains("report.yaml:8:"), "{text}");

    write(folder, MENDED);
    let (text, _) = candor(folder, &check);
    assert!(text.contains("note[stale-baseline-entry]"), "{text}");
    // A rule that does not run cannot tell that its finding is mended.
    std::fs::write(folder.join("candor.toml"), "[rules]\nignore = [\"period-gap\"]\n").unwrap();
    let (text, code) = candor(folder, &["baseline", "prune"]);
    assert_eq!(code, 2, "{text}");
    write(folder, MENDED);
    assert!(candor(folder, &["baseline", "prune"]).0.starts_with("took 1 finding out, 0 left in"));
    assert_eq!(candor(folder, &["baseline", "show"]).0, "0 findings set aside\n");
}

#[test]
fn a_part_of_the_dataset_makes_no_baseline() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), GAP);
    let (text, code) = candor(folder.path(), &["baseline", "write", "report.yaml"]);
    assert_eq!(code, 2, "{text}");
    assert!(!folder.path().join("candor-baseline.json").exists());
}

#[test]
fn a_change_answers_for_what_it_brings() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, GAP);
    git(folder, &["init", "--quiet"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "-m", "Begin"]);
    let check = ["check", ".", "--format", "concise", "--diff-base", "HEAD"];
    assert_eq!(candor(folder, &check).1, 0);
    write(folder, &format!("{OTHER_GAP}{GAP}"));
    let (text, code) = candor(folder, &check);
    assert_eq!((code, text.matches("warning[").count()), (1, 1), "{text}");
    // A folder that the revision does not have is new as a whole.
    let added = folder.join("added");
    std::fs::create_dir(&added).unwrap();
    std::fs::write(added.join("more.yaml"), format!("{HEADER}{}", OTHER_GAP.replace("two", "four"))).unwrap();
    let (text, code) = candor(folder, &["check", "added", "--format", "concise", "--diff-base", "HEAD"]);
    assert_eq!((code, text.matches("warning[").count()), (1, 1), "{text}");
    assert_eq!(candor(folder, &["check", ".", "--diff-base", "nonsense"]).1, 2);
}

#[test]
fn a_baseline_survives_another_indentation_and_json() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, GAP);
    assert_eq!(candor(folder, &["baseline", "write"]).1, 0);
    let indented =
        "  -   subject: one\n      values:\n        2024: 120\n        2023: 98\n        2021: 97\n";
    std::fs::write(folder.join("report.yaml"), format!("# Indented anew.\n{HEADER}{indented}")).unwrap();
    let (text, code) = candor(folder, &["check", ".", "--format", "concise"]);
    assert!(code == 0 && text.contains("no findings, 1 baselined"), "{text}");

    std::fs::remove_file(folder.join("report.yaml")).unwrap();
    let json = r#"{"candor": "report-v1", "publisher": "example", "title": "Transparency report",
        "source": {"url": "https://www.example.org/transparency", "retrieved": "2026-01-31"},
        "methodology": "https://www.example.org/how-we-count", "defaults": {"metric": "appeals", "unit": "appeal"},
        "series": [{"subject": "one", "values": {"2021": 97, "2023": 98, "2024": 120}}]}"#;
    std::fs::write(folder.join("report.json"), json).unwrap();
    let (text, code) = candor(folder, &["check", ".", "--format", "concise"]);
    assert!(code == 0 && text.contains("no findings, 1 baselined"), "{text}");
}

#[test]
fn hundreds_of_findings_are_set_aside_and_paid_off_one_by_one() {
    let Some(corpus) = std::env::var_os("CANDOR_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: CANDOR_CORPUS names no folder of published files");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for part in ["dsa-template", "curated"] {
        support::copy_folder(&corpus.join(part), &folder.join(part));
    }
    std::fs::write(folder.join("candor.toml"), "fail-on = \"note\"\n").unwrap();
    std::fs::write(folder.join("report.yaml"), format!("{HEADER}{GAP}")).unwrap();
    let check = ["check", ".", "--format", "concise"];
    let (text, code) = candor(folder, &["baseline", "write"]);
    let count = |text: &str| text.split(' ').nth(1).unwrap().parse::<usize>().unwrap();
    assert!(code == 0 && count(&text) >= 400, "{text}");
    let all = count(&text);
    let (text, code) = candor(folder, &check);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains(&format!("no findings, {all} baselined")), "{text}");

    // One is mended, and a new table brings one of its own.
    let report = folder.join("report.yaml");
    std::fs::write(&report, format!("{HEADER}{MENDED}")).unwrap();
    let (text, _) = candor(folder, &["baseline", "prune"]);
    assert!(text.starts_with("took 1 finding out"), "{text}");
    assert_eq!(candor(folder, &check).1, 0);
    std::fs::write(folder.join("new.yaml"), format!("{HEADER}{OTHER_GAP}")).unwrap();
    let (text, code) = candor(folder, &check);
    assert_eq!((code, text.lines().count()), (1, 2), "{text}");
    assert!(text.starts_with("new.yaml:8:") && text.contains("period-gap"), "{text}");
}
