//! Unreadable and hostile input: a message with a position where there is one, exit code 3, and the rest is checked.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use candor::cli::{CheckRequest, Checked, check};
use support::{every_finding, outcome, project};

/// Runs the program itself on a path: exit code, standard output, standard error.
fn candor(paths: &[&Path]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_candor"))
        .args(["check", "--format", "concise"])
        .args(paths)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A readable document, to lie beside a broken one.
const READABLE: &str = "candor: report-v1
publisher: example
title: Transparency report
source: {url: \"https://www.example.org/2024\", retrieved: 2025-02-01}
methodology: counted
defaults: {metric: appeals, unit: appeal}
series:
  - {category: Nudity, values: {2024: 1002}}
  - {category: Violence, values: {2024: 297}}
  - {category: All, total_of: categories, values: {2024: 1298}}
";

#[test]
fn every_broken_file_ends_in_a_message_and_exit_code_3() {
    let folder = project().join("fixtures/broken");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 20);
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending != "md")) {
        let (exit, out, err) = candor(&[file]);
        assert_eq!(exit, 3, "{}: {out}{err}", file.display());
        let name = file.file_name().unwrap().to_string_lossy();
        assert!(out.contains(&*name) || err.contains(&*name), "{name} is not named: {out}{err}");
    }
}

#[test]
fn messages_and_places() {
    let expected = [
        (
            "truncated.json",
            "2:118",
            "expected `,` or `}` after this value; the object opened at line 2 is not closed",
        ),
        ("truncated.yaml", "9:13", "the `{` that opens here is never closed"),
        (
            "unclosed-quote.csv",
            "3:33",
            "the quote that opens here is never closed; the rest of its line is not read",
        ),
        ("invalid-utf-8.csv", "3:31", "byte 119 (0xE9) is not UTF-8; what stands before it was read"),
        (
            "cut-inside-a-character.csv",
            "2:27",
            "the file ends inside a character (byte 70): it was probably cut off",
        ),
        (
            "cut-inside-utf-16.csv",
            "2:31",
            "the file ends inside a character (byte 134): it was probably cut off",
        ),
        ("binary.csv", "1:1", "the file is binary, not text: byte 8 is zero"),
        (
            "archive.json",
            "1:1",
            "the file is binary, not text: it begins like a ZIP archive or a spreadsheet",
        ),
        ("text.xlsx", "1:1", "the file is no XLSX workbook: it does not begin like one"),
        ("blank.xlsx", "1:1", "no cell of the workbook holds anything"),
        (
            "promised-texts.xlsx",
            "1:1",
            "the workbook is damaged or cut off: its table of texts is shorter than it says",
        ),
        (
            "far-cell.xlsx!Sheet",
            "1:1",
            "the sheets of the workbook span more than 20000000 cells up to here; this one is not read",
        ),
        (
            "beyond-the-sheet.xlsx!Sheet",
            "1:1",
            "the sheet states a cell in row 4294967290 and column 475254; no sheet is that large",
        ),
        ("deeply-nested.json", "1:157", "nested 129 levels deep; the limit is 128"),
        ("deeply-nested.yaml", "2:131", "nested 129 levels deep; the limit is 128"),
        ("alias-bomb.yaml", "8:36", "the aliases up to here stand for 101218 values; the limit is 100000"),
        ("two-documents.yaml", "3:1", "a second document starts here"),
        ("empty.yaml", "1:1", "the file is empty"),
        ("dangling.yaml", "1:1", "this is a link to `missing.yaml`, which does not exist"),
    ];
    for (name, place, message) in expected {
        let outcome = outcome(&[project().join("fixtures/broken").join(name.split('!').next().unwrap())]);
        let finding = every_finding(&outcome).into_iter().find(|one| one.rule.name == "unreadable-input");
        let finding = finding.unwrap_or_else(|| panic!("{name} is read"));
        assert_eq!(finding.message, message, "{name}");
        assert_eq!(support::place(&outcome, finding), format!("{name}:{place}"));
    }
}

#[test]
fn readable_files_beside_broken_ones_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    support::copy_folder(&project().join("fixtures/broken"), folder.path());
    std::fs::write(folder.path().join("readable.yaml"), READABLE).unwrap();
    let outcome = outcome(&[folder.path().to_path_buf()]);
    assert!(outcome.summary.inputs > 15);
    let sums: Vec<_> =
        outcome.findings.iter().filter(|finding| finding.rule.name == "sum-mismatch").collect();
    assert_eq!(sums.len(), 1, "{:?}", support::lines(&outcome));
    assert_eq!(outcome.exit_code(None), 3);
}

#[test]
fn what_stands_before_a_fault_is_checked() {
    let outcome = outcome(&[project().join("fixtures/broken/truncated.json")]);
    // Two of three values: the third may be cut in half.
    assert_eq!(outcome.dataset.observations.len(), 2);
    assert_eq!(outcome.findings.len(), 1, "{:?}", support::lines(&outcome));
}

#[test]
fn fifty_megabytes_on_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.json");
    let mut text = String::with_capacity(52_000_000);
    text.push_str("{\"candor\":\"report-v1\",\"publisher\":\"example\",\"title\":\"");
    while text.len() < 50_000_000 {
        text.push_str("one line without an end ");
    }
    text.push_str(
        "\",\"series\":[{\"metric\":\"appeals\",\"unit\":\"appeal\",\"values\":{\"2024\":\"10\"}}]}",
    );
    std::fs::write(&path, &text).unwrap();
    let begun = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_candor")).arg("check").arg(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("expected a number or an object, found text `\"10\"`"), "{out}");
    assert!(out.len() < 20_000, "{} bytes are printed", out.len());
    // No figure is claimed: this is what "does not hang" means.
    assert!(begun.elapsed() < Duration::from_secs(120));
    // The same, broken off.
    std::fs::write(&path, &text[..text.len() - 2]).unwrap();
    let (exit, out, _) = candor(&[&path]);
    assert_eq!(exit, 3, "{out}");
}

#[test]
fn a_file_beyond_the_limit_is_refused_by_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.csv");
    // Ten gigabytes without a byte on the disk.
    std::fs::File::create(&path).unwrap().set_len(10_000_000_000).unwrap();
    let (exit, out, _) = candor(&[&path]);
    assert_eq!(exit, 3);
    assert!(out.contains("the file has 10000000000 bytes; the limit is 2000000000"), "{out}");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_opened_says_so() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret.yaml");
    std::fs::write(&path, READABLE).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        eprintln!("skipped: this user may read everything");
        return;
    }
    let (exit, out, _) = candor(&[&path]);
    assert_eq!(exit, 3);
    assert!(out.contains("the file cannot be opened: permission denied"), "{out}");
}

#[test]
fn nothing_to_check_is_exit_code_3() {
    let folder = tempfile::tempdir().unwrap();
    let (exit, _, err) = candor(&[folder.path()]);
    assert_eq!(exit, 3);
    assert!(err.contains("no input matched"), "{err}");
    let (exit, out, _) = candor(&[&folder.path().join("missing.csv")]);
    assert_eq!(exit, 3);
    assert!(out.contains("there is no such file"), "{out}");
}

#[test]
fn a_wrong_configuration_is_exit_code_2_and_points_into_the_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("readable.yaml"), READABLE).unwrap();
    let cases = [
        ("[rules]\nselect = [\"sharp-dorp\"]\n", "candor.toml:2:11", "did you mean `sharp-drop` (TR301)?"),
        (
            "[rules.parameters.sharp-drop]\nprobabilty = 0.1\n",
            "candor.toml:2:1",
            "did you mean `probability`?",
        ),
        ("[rules.parameters.sharp-drop]\nprobability = 2\n", "candor.toml:2:15", ""),
        ("[rules.parameters.ragged-row]\ncells = 2\n", "candor.toml:2:1", "`ragged-row` has no parameters"),
        ("exclude = [\"a\"\nfail-on = \"error\"\n", "candor.toml:", ""),
        ("fail-on = \"fatal\"\n", "candor.toml:1:11", ""),
        ("[[override]]\nrule = \"sharp-drop\"\nperiod = \"lately\"\n", "candor.toml:3:10", "2020..2023"),
    ];
    for (text, place, help) in cases {
        std::fs::write(folder.path().join("candor.toml"), text).unwrap();
        let (exit, out, err) = candor(&[folder.path()]);
        assert_eq!((exit, out.as_str()), (2, ""), "{text}: {err}");
        assert!(err.contains(place) && err.contains(help), "{text}: {err}");
    }
}

#[test]
fn standard_input_is_read() {
    use std::io::Write as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_candor"))
        .args(["check", "--format", "concise", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(READABLE.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.starts_with("-:10:58: error[sum-mismatch]"), "{out}");
}

#[test]
fn paths_of_two_datasets_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one", "two"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        std::fs::write(folder.path().join(name).join("candor.toml"), "").unwrap();
        std::fs::write(folder.path().join(name).join("report.yaml"), READABLE).unwrap();
    }
    let paths = ["one", "two"].map(|name| folder.path().join(name));
    let checked = check(&CheckRequest { paths: paths.to_vec(), ..CheckRequest::default() });
    let Checked::BadRequest(why) = checked else { panic!("{checked:?}") };
    assert!(why.contains("different configurations"), "{why}");
}
