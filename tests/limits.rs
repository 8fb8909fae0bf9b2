//! Limits: each has a default, `[limits]` in candor.toml sets another, and what goes beyond is told with the figure that
//! was found and the key that raises it. What is in the same file and within the limits is checked.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::Command;

use candor::source::limits::{EXPRESSION_PARTS, NESTING_DEPTH};
use support::project;
use tempfile::TempDir;

const REPORT: &str = "candor: report-v1
publisher: example
title: Transparency report
source: {url: \"https://www.example.org/2024\", retrieved: 2025-02-01}
methodology: counted
defaults: {metric: appeals, unit: appeal}
series:
  - {category: Nudity, values: {2024: 1002}}
";

const TABLE: &str = "publisher,metric,unit,category,period,value
example,appeals,appeal,Nudity,2023,1002
example,appeals,appeal,Violence and everything like it,2023,297
example,appeals,appeal,Nudity,2024,1298
";

/// A folder with some files, and this under `[limits]` in its candor.toml.
fn folder(limits: &str, files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("candor.toml"), format!("[limits]\n{limits}\n")).unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// What the program prints of a check of a folder, and its exit code.
fn candor(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
    let output = command.current_dir(folder).arg("check").args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

/// A file is within a limit, and beyond the one that is less by one; the message names place, figure, limit and key.
#[track_caller]
fn bounds(key: &str, enough: u64, (name, bytes): (&str, &[u8]), place: &str, message: &str) {
    let within = folder(&format!("{key} = {enough}"), &[(name, bytes)]);
    let (exit, out) = candor(within.path(), &["--format", "concise"]);
    assert!(!out.contains("unreadable-input") && exit < 2, "{exit}: {out}");
    let beyond = folder(&format!("{key} = {}", enough - 1), &[(name, bytes)]);
    let (exit, out) = candor(beyond.path(), &["--no-plot"]);
    let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(exit, 3, "{out}");
    for part in [message, &format!("{name}{place}"), &format!("`{key}` under `[limits]` in candor.toml")] {
        assert!(out.contains(part), "{part} is missing in: {out}");
    }
}

#[test]
fn the_size_of_a_file() {
    let size = REPORT.len() as u64;
    let message = format!("the file has {size} bytes; the limit is {}", size - 1);
    bounds("file-size", size, ("report.yaml", REPORT.as_bytes()), "", &message);
}

#[test]
fn the_size_of_standard_input() {
    let folder = folder("file-size = 99", &[]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_candor"))
        .current_dir(folder.path())
        .args(["check", "--config", "candor.toml", "--format", "concise", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(REPORT.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("the file has more than 99 bytes; the limit is 99"), "{out}");
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn nesting() {
    let nested = format!("{REPORT}extensions: {}1{}\n", "[".repeat(20), "]".repeat(20));
    let json = "{\"candor\": \"report-v1\", \"extensions\": [[[[[[[[[1]]]]]]]]]}";
    bounds(
        "nesting-depth",
        21,
        ("report.yaml", nested.as_bytes()),
        ":9:32",
        "nested 21 levels deep; the limit is 20",
    );
    let folder = folder("nesting-depth = 9", &[("report.json", json.as_bytes())]);
    let (exit, out) = candor(folder.path(), &["--format", "concise"]);
    assert!(
        out.contains("report.json:1:47: error[unreadable-input] nested 10 levels deep; the limit is 9"),
        "{out}"
    );
    assert_eq!(exit, 3);
}

#[test]
fn the_greatest_depth_is_safe() {
    let depth = NESTING_DEPTH.range.1 as usize - 2;
    let value = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let block = format!("{REPORT}extensions:\n  x: {}1\n", "- ".repeat(depth).replacen("- ", "\n    - ", 1));
    let json = format!(
        "{{\"candor\": \"report-v1\", \"publisher\": {value}, \"extensions\": {value}, \"series\": [{value}]}}"
    );
    let package =
        format!("{{\"resources\": [{{\"name\": {value}, \"schema\": {value}, \"path\": {value}}}]}}");
    let folder = folder(
        &format!("nesting-depth = {}", NESTING_DEPTH.range.1),
        &[
            ("block.yaml", block.as_bytes()),
            ("flow.yaml", json.as_bytes()),
            ("report.json", json.as_bytes()),
            ("claims.yaml", format!("candor: claims-v1\nsources: [{value}]\n").as_bytes()),
            ("datapackage.json", package.as_bytes()),
        ],
    );
    for format in ["terminal", "json", "html"] {
        let (exit, out) = candor(folder.path(), &["--format", format]);
        // Of the package alone one level is too many.
        assert!(exit == 3 && !out.contains("candor failed"), "{exit}: {out}");
        assert_eq!(out.matches("levels deep").count() > 0, format != "none");
    }
    let (_, out) = candor(folder.path(), &["--format", "concise"]);
    assert_eq!(out.matches("unreadable-input").count(), 1, "{out}");
}

#[test]
fn values_of_aliases() {
    let text = format!("{REPORT}extensions:\n  a: &a [1, 2, 3]\n  b: [*a, *a]\n");
    let message = "the aliases up to here stand for 8 values; the limit is 7";
    bounds("alias-values", 8, ("report.yaml", text.as_bytes()), ":11:11", message);
}

#[test]
fn cells_and_rows() {
    let message = "this cell has 31 bytes; the limit is 30, and the row is not read";
    bounds("cell-length", 31, ("table.csv", TABLE.as_bytes()), ":3:24", message);
    let message = "this row has 63 bytes; the limit is 62, and the row is not read";
    bounds("row-length", 63, ("table.csv", TABLE.as_bytes()), ":3:1", message);
    // The rows around it are read.
    let folder = folder("cell-length = 30", &[("table.csv", TABLE.as_bytes())]);
    let (exit, out) = candor(folder.path(), &["--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(found["summary"]["values"], 2);
    let inputs = found["inputs"].as_array().unwrap();
    assert!(inputs.iter().any(|one| one["path"] == "table.csv" && one["read"] == "partly"), "{inputs:?}");
    assert_eq!(exit, 3);
}

#[test]
fn a_header_that_is_too_long_is_told_of_before_what_follows_from_it() {
    let folder = folder("cell-length = 8", &[("table.csv", TABLE.as_bytes())]);
    let (exit, out) = candor(folder.path(), &["--format", "concise"]);
    assert!(out.contains("this cell has 9 bytes; the limit is 8"), "{out}");
    assert_eq!(exit, 3);
}

#[test]
fn a_long_table_says_the_same_at_any_number_of_threads() {
    let mut text = TABLE.lines().next().unwrap().to_owned() + "\n";
    for row in 0..60_000_u32 {
        let category = if row % 20_000 == 7 { "a category that is too long" } else { "Nudity" };
        text.push_str(&format!(
            "example,appeals,appeal,{category} {},{},{row}\n",
            row / 100,
            1900 + row % 100
        ));
    }
    let folder = folder("cell-length = 20", &[("table.csv", text.as_bytes())]);
    let run = |threads: &str| {
        Command::new(env!("CARGO_BIN_EXE_candor"))
            .current_dir(folder.path())
            .args(["check", "--select", "unreadable-input", "--format", "concise"])
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap()
            .stdout
    };
    let (one, four) = (run("1"), run("4"));
    assert_eq!(String::from_utf8_lossy(&one), String::from_utf8_lossy(&four));
    assert_eq!(String::from_utf8_lossy(&one).matches("this cell has").count(), 3);
}

#[test]
fn workbooks() {
    let bytes = std::fs::read(project().join("fixtures/workbooks/cells.xlsx")).unwrap();
    let archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let parts = archive.len() as u64;
    let message = format!("the workbook has {parts} parts; the limit is {}", parts - 1);
    let folder_of = |limits: &str| folder(limits, &[("book.xlsx", &bytes)]);
    for (limits, message) in [
        (format!("workbook-parts = {}", parts - 1), message.as_str()),
        ("compression-ratio = 1".to_owned(), "bytes; the limit is 1 times"),
    ] {
        let (exit, out) = candor(folder_of(&limits).path(), &["--format", "concise"]);
        assert!(out.contains("book.xlsx:1:1: error[unreadable-input]") && out.contains(message), "{out}");
        assert_eq!(exit, 3);
    }
    let (_, out) = candor(folder_of(&format!("workbook-parts = {parts}")).path(), &["--format", "concise"]);
    assert!(!out.contains("unreadable-input"), "{out}");
}

/// A copy of a workbook with another part in it.
fn with_part(bytes: &[u8], name: &str, content: &[u8]) -> Vec<u8> {
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.merge_archive(archive).unwrap();
    writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap().into_inner()
}

#[test]
fn no_part_of_a_workbook_is_written_to_its_path() {
    let bytes = std::fs::read(project().join("fixtures/workbooks/cells.xlsx")).unwrap();
    let outside = tempfile::tempdir().unwrap();
    let absolute = outside.path().join("part.csv");
    for name in ["../part.csv", "part.csv", absolute.to_str().unwrap()] {
        let book = with_part(&bytes, name, TABLE.as_bytes());
        assert!(memchr::memmem::find(&book, name.as_bytes()).is_some());
        let folder = folder("", &[("book.xlsx", &book)]);
        std::fs::create_dir(folder.path().join("inner")).unwrap();
        std::fs::rename(folder.path().join("book.xlsx"), folder.path().join("inner/book.xlsx")).unwrap();
        let (exit, out) = candor(folder.path(), &["--format", "concise"]);
        assert!(exit < 2 && !out.contains("everything like it"), "{exit}: {out}");
        assert!(!folder.path().join("part.csv").exists() && !folder.path().join("inner/part.csv").exists());
        assert!(!absolute.exists());
    }
}

/// A claim of this expression beside a report.
fn claims(expression: &str) -> String {
    format!(
        "candor: claims-v1\nsources:\n  - id: article\n    publisher: Example Times\n    claims:\n      - id: A1\n        \
         says: so\n        stated: {{value: 3}}\n        expression: {expression}\n"
    )
}

#[test]
fn expressions_of_claims() {
    let run = |limits: &str, expression: &str| {
        let claims = claims(expression);
        let files = [("report.yaml", REPORT.as_bytes()), ("claims.yaml", claims.as_bytes())];
        candor(folder(limits, &files).path(), &[])
    };
    for (limits, message) in [
        ("expression-length = 8", "in an expression: it has 9 bytes; the limit is 8"),
        ("expression-parts = 2", "in an expression: part 3 stands here; the limit is 2"),
    ] {
        let (exit, out) = run(limits, "1 + 1 + 1");
        let key = limits.split(' ').next().unwrap();
        assert!(out.contains(message) && out.contains(&format!("`{key}` under `[limits]`")), "{out}");
        assert_eq!(exit, 1);
    }
    let (exit, out) = run("expression-length = 9\nexpression-parts = 3", "1 + 1 + 1");
    assert_eq!((exit, out.contains("in an expression")), (0, false), "{out}");
    // The deepest that any expression may become is safe, for each operation.
    let most = EXPRESSION_PARTS.range.1;
    for operation in [" + ", " - ", "*", " / "] {
        let parts: Vec<&str> = (0..most).map(|_| "value()").collect();
        let limits = format!("expression-length = 100000\nexpression-parts = {most}");
        let (exit, out) = run(&limits, &parts.join(operation));
        assert!(exit < 2 && !out.contains("in an expression"), "{exit}: {out}");
    }
}

#[test]
fn findings_beyond_the_limit_are_counted() {
    let mut report = REPORT.to_owned();
    for series in 0..40 {
        // Every one has a gap in its periods; two have no unit.
        report.push_str(&format!(
            "  - {{category: C{series}, values: {{2020: 10, 2021: 11, 2023: 10, 2024: 11}}}}\n"
        ));
    }
    report.push_str("  - {category: Sum, total_of: categories, values: {2020: 500, 2024: 1}}\n");
    let files = [("report.yaml", report.as_bytes())];
    let of = |limit: u64, arguments: &[&str]| {
        let folder = folder(&format!("findings = {limit}"), &files);
        let arguments = [&["--format", "json"], arguments].concat();
        let (exit, out) = candor(folder.path(), &arguments);
        (exit, serde_json::from_str::<serde_json::Value>(&out).unwrap())
    };
    fn printed(findings: &serde_json::Value) -> u64 {
        let one = |finding: &serde_json::Value| 1 + printed(&finding["folded"]["findings"]);
        findings.as_array().unwrap().iter().map(one).sum()
    }
    let total = |summary: &serde_json::Value| {
        ["errors", "warnings", "notes", "explained", "allowed", "baselined"]
            .iter()
            .map(|name| summary[name].as_u64().unwrap())
            .sum::<u64>()
    };
    let (exit, whole) = of(100_000, &[]);
    assert_eq!(exit, 1);
    let all = printed(&whole["findings"]);
    assert!(all > 30, "{all} findings");
    assert_eq!(whole["summary"]["left_out"], 0);
    for limit in [1, 2, all / 2, all - 1, all, all + 1] {
        let (exit_of_part, part) = of(limit, &[]);
        let (printed, summary) = (printed(&part["findings"]), &part["summary"]);
        assert_eq!(exit_of_part, exit);
        assert_eq!(printed, limit.min(all));
        assert_eq!(summary["left_out"], all - printed);
        assert_eq!(total(summary), all);
        let leads = part["findings"].as_array().unwrap().len() as u64;
        assert_eq!(leads + summary["folded"].as_u64().unwrap(), printed);
        assert_eq!(part["rules"], whole["rules"]);
        // What is left out is no graver than what is printed.
        assert_eq!(part["findings"][0]["level"], "error");
    }
    let folder = folder("findings = 1", &files);
    let (_, out) = candor(folder.path(), &["--format", "concise"]);
    let expected =
        format!("Left out: {} findings (`findings` under `[limits]` in candor.toml is 1).", all - 1);
    assert!(out.contains(&expected), "{out}");
    // A baseline holds all of them.
    let output = Command::new(env!("CARGO_BIN_EXE_candor"))
        .current_dir(folder.path())
        .args(["baseline", "write"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let (exit, out) = candor(folder.path(), &["--format", "concise", "--fail-on", "note"]);
    assert_eq!(exit, 0, "{out}");
}

#[test]
fn patterns_run_in_linear_time_or_not_at_all() {
    let package = |pattern: &str| {
        format!(
            r#"{{"name": "p", "resources": [{{"name": "t", "path": "t.csv", "schema": {{"fields": [{{"name": "a", "type": "string", "constraints": {{"pattern": "{pattern}"}}}}]}}}}]}}"#
        )
    };
    // An engine that goes back would take longer than the age of the universe.
    let table = format!("a\n{}b\n", "a".repeat(5_000));
    for (pattern, message) in [
        ("(a*)*(a*)*(a*)*(a*)*c", "does not match"),
        ("(?=a)a*", "look-around and back-references are none"),
        ("(a)\\\\1", "look-around and back-references are none"),
        ("((a{1000}){1000}){1000}", "this pattern is too large to be used"),
    ] {
        let files = [("datapackage.json", package(pattern)), ("t.csv", table.clone())];
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        let begun = std::time::Instant::now();
        let (_, out) = candor(folder("", &files).path(), &["--format", "concise"]);
        assert!(out.contains(message), "{pattern}: {out}");
        assert!(begun.elapsed().as_secs() < 60, "{pattern} takes {:?}", begun.elapsed());
    }
}

#[test]
fn wrong_limits_are_faults_of_the_configuration() {
    for (limits, place, words) in [
        ("file-sise = 1", "candor.toml:2:1", "`file-size`"),
        ("nesting-depth = 256", "candor.toml:2:17", "255"),
        ("nesting-depth = \"deep\"", "candor.toml:2:17", "whole number"),
        ("expression-parts = 0", "candor.toml:2:20", "1"),
        ("cell-length = 1.5", "candor.toml:2:15", "whole number"),
        ("row-length = -1", "candor.toml:2:14", "1"),
    ] {
        let folder = folder(limits, &[("report.yaml", REPORT.as_bytes())]);
        let (exit, out) = candor(folder.path(), &[]);
        assert!(exit == 2 && out.contains(place) && out.contains(words), "{limits}: {exit}: {out}");
    }
}

/// A dataset in `inside`, and a file beside it that does not belong to it.
#[cfg(unix)]
fn inside_and_outside(limits: &str, files: &[(&str, &[u8])]) -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("inside");
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(inside.join("candor.toml"), limits).unwrap();
    for (name, bytes) in files {
        std::fs::write(inside.join(name), bytes).unwrap();
    }
    std::fs::write(folder.path().join("outside.csv"), TABLE).unwrap();
    (folder, inside)
}

#[cfg(unix)]
const LEADS_OUT: &str = "this is a link that leads out of the folder of the dataset; it is not followed";

/// What of it stands in one line of the terminal.
#[cfg(unix)]
const IN_TERMINAL: &str = "this is a link that leads out of the folder of the dataset";

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_is_not_followed_unless_it_is_named() {
    use std::os::unix::fs::symlink;
    let (folder, inside) = inside_and_outside("", &[("report.yaml", REPORT.as_bytes())]);
    let outside = folder.path().join("outside.csv");
    symlink(&outside, inside.join("absolute.csv")).unwrap();
    symlink("../outside.csv", inside.join("relative.csv")).unwrap();
    symlink("report.yaml", inside.join("within.yaml")).unwrap();
    // Folders behind links are not entered.
    std::fs::create_dir(folder.path().join("other")).unwrap();
    std::fs::write(folder.path().join("other/table.csv"), TABLE).unwrap();
    symlink(folder.path().join("other"), inside.join("other")).unwrap();
    for arguments in [&["."][..], &["../inside"], &["--config", "candor.toml", "."]] {
        let (exit, out) = candor(&inside, &[arguments, &["--format", "json"]].concat());
        let found: serde_json::Value = serde_json::from_str(&out).unwrap();
        let input = |one: &serde_json::Value| {
            let name = one["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
            (name, one["read"].as_str().unwrap().to_owned())
        };
        let inputs: Vec<(String, String)> = found["inputs"].as_array().unwrap().iter().map(input).collect();
        let expected = [
            "candor.toml whole",
            "absolute.csv not",
            "relative.csv not",
            "report.yaml whole",
            "within.yaml whole",
        ];
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|one| one.split_once(' ').unwrap())
            .map(|(name, read)| (name.to_owned(), read.to_owned()))
            .collect();
        assert_eq!(inputs, expected, "{arguments:?}");
        let is_told = |one: &&serde_json::Value| one["message"] == LEADS_OUT;
        assert_eq!(found["findings"].as_array().unwrap().iter().filter(is_told).count(), 2, "{out}");
        assert_eq!(exit, 3, "{arguments:?}: {out}");
        assert!(!out.contains("everything like it"));
    }
    // A folder behind a link is what the user wants where it is named, and links that stay in it are followed.
    symlink("table.csv", folder.path().join("other/again.csv")).unwrap();
    let (exit, out) = candor(&inside, &["other/", "--format", "concise"]);
    assert!(!out.contains(LEADS_OUT) && out.contains("from 3 files"), "{exit}: {out}");
    // Left out, it is no input; named, it is what the user wants.
    std::fs::write(inside.join("candor.toml"), "exclude = [\"*.csv\", \"within.yaml\"]\n").unwrap();
    assert_eq!(candor(&inside, &[]).0, 0);
    let (exit, out) = candor(&inside, &["relative.csv", "--format", "json"]);
    assert!(exit != 3 && !out.contains(LEADS_OUT), "{exit}: {out}");
    // Without a configuration the folder that is named is the dataset.
    std::fs::remove_file(inside.join("candor.toml")).unwrap();
    let (exit, out) = candor(folder.path(), &["inside"]);
    assert_eq!((exit, out.contains(IN_TERMINAL)), (3, true), "{out}");
    // A dataset that is itself reached through a link is no link out of it.
    std::fs::remove_file(inside.join("absolute.csv")).unwrap();
    std::fs::remove_file(inside.join("relative.csv")).unwrap();
    symlink(&inside, folder.path().join("link")).unwrap();
    let (exit, out) = candor(folder.path(), &["link"]);
    assert_eq!((exit, out.contains(IN_TERMINAL)), (0, false), "{out}");
}

#[cfg(unix)]
#[test]
fn links_that_the_configuration_names_do_not_lead_out_either() {
    use std::os::unix::fs::symlink;
    let (folder, inside) =
        inside_and_outside("registries = [\"registry.yaml\"]\n", &[("report.yaml", REPORT.as_bytes())]);
    std::fs::write(
        folder.path().join("registry.yaml"),
        "candor: entities-v1\nentities: [{id: example, kind: company, name: Example}]\n",
    )
    .unwrap();
    symlink("../registry.yaml", inside.join("registry.yaml")).unwrap();
    let (exit, out) = candor(&inside, &["report.yaml", "--format", "concise"]);
    assert!(exit == 3 && out.contains(LEADS_OUT), "{exit}: {out}");
    // A path that says itself where it leads is the decision of whoever keeps the configuration.
    std::fs::write(inside.join("candor.toml"), "registries = [\"../registry.yaml\"]\n").unwrap();
    let (exit, out) = candor(&inside, &["report.yaml"]);
    assert!(exit == 0 && !out.contains(LEADS_OUT), "{exit}: {out}");
    std::fs::write(inside.join("candor.toml"), "profiles = [\"profile.toml\"]\n").unwrap();
    symlink("../outside.csv", inside.join("profile.toml")).unwrap();
    let (exit, out) = candor(&inside, &["report.yaml"]);
    assert!(exit == 2 && out.contains(IN_TERMINAL), "{exit}: {out}");
    // Neither is a baseline read nor written through such a link.
    std::fs::write(inside.join("candor.toml"), "").unwrap();
    symlink("../outside.csv", inside.join("candor-baseline.json")).unwrap();
    let (exit, out) = candor(&inside, &["."]);
    assert!(exit == 2 && out.contains(IN_TERMINAL), "{exit}: {out}");
    let write = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
        command.current_dir(&inside).args(["baseline", "write"]).args(arguments).output().unwrap()
    };
    let output = write(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains(LEADS_OUT));
    assert_eq!(std::fs::read_to_string(folder.path().join("outside.csv")).unwrap(), TABLE);
    assert!(write(&["--baseline", "candor-baseline.json"]).status.success());
    assert_ne!(std::fs::read_to_string(folder.path().join("outside.csv")).unwrap(), TABLE);
}

#[cfg(unix)]
#[test]
fn what_a_package_names_stays_in_its_folder() {
    use std::os::unix::fs::symlink;
    let (folder, inside) = inside_and_outside("", &[]);
    let schema = "{\"fields\": [{\"name\": \"publisher\", \"type\": \"integer\"}]}";
    std::fs::write(folder.path().join("schema.json"), schema).unwrap();
    symlink("../schema.json", inside.join("linked.json")).unwrap();
    symlink("..", inside.join("up")).unwrap();
    std::fs::write(inside.join("table.csv"), TABLE).unwrap();
    let outside = folder.path().join("schema.json").to_str().unwrap().to_owned();
    let resource = |name: usize, schema: &str| {
        format!("{{\"name\": \"r{name}\", \"path\": \"table.csv\", \"schema\": \"{schema}\"}}")
    };
    for schema in [
        "../schema.json",
        outside.as_str(),
        "linked.json",
        "up/schema.json",
        "inner/../../schema.json",
        "file:///etc/schema.json",
    ] {
        let package = format!("{{\"resources\": [{}]}}", resource(1, schema));
        std::fs::write(inside.join("datapackage.json"), package).unwrap();
        let (_, out) = candor(&inside, &["datapackage.json", "table.csv", "--format", "concise"]);
        let expected = format!("`{schema}` is not read, so that its table is not checked against it");
        assert!(out.contains(&expected) && !out.contains("an integer"), "{schema}: {out}");
    }
    for path in ["../outside.csv", "up/outside.csv", "/etc/passwd"] {
        let package = format!("{{\"resources\": [{{\"name\": \"r\", \"path\": \"{path}\"}}]}}");
        std::fs::write(inside.join("datapackage.json"), package).unwrap();
        let (_, out) = candor(&inside, &["datapackage.json", "--format", "json"]);
        let found: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(found["inputs"].as_array().unwrap().len(), 2, "{path}: {out}");
        assert!(
            out.contains(&format!("`{path}` leads out"))
                || out.contains(&format!("`{path}` is a link that leads out")),
            "{path}: {out}"
        );
    }
    // A package that is itself a link from elsewhere lends its schema to no table.
    let package =
        format!("{{\"resources\": [{{\"name\": \"r\", \"path\": \"table.csv\", \"schema\": {schema}}}]}}");
    std::fs::write(folder.path().join("package.json"), package).unwrap();
    std::fs::remove_file(inside.join("datapackage.json")).unwrap();
    symlink("../package.json", inside.join("datapackage.json")).unwrap();
    for arguments in [&["table.csv"][..], &["."]] {
        let (_, out) = candor(&inside, &[arguments, &["--format", "concise"]].concat());
        assert!(!out.contains("an integer"), "{arguments:?}: {out}");
    }
}
