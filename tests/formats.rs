//! The guide to formats does what it says: its example is written out as it stands there, and followed.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::project;

/// The text of the first block in a language, without the indentation of the list that it stands in.
fn block(guide: &str, language: &str) -> String {
    let opening = format!("```{language}\n");
    let start = guide.find(&opening).unwrap() + opening.len();
    let text = guide[start..].split("```").next().unwrap();
    text.lines()
        .map(|line| line.strip_prefix("   ").unwrap_or(line))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Standard output and exit code.
fn candor(folder: &Path, arguments: &[&str]) -> (String, i32) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_candor")).current_dir(folder).args(arguments).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

/// A dataset with the file of the guide and, where wanted, its profile.
fn dataset(with_profile: bool) -> tempfile::TempDir {
    let guide = std::fs::read_to_string(project().join("docs/formats/profiles.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("example-2024-h1.csv", &block(&guide, "csv"));
    if with_profile {
        std::fs::create_dir(folder.path().join("profiles")).unwrap();
        write("profiles/example.toml", &block(&guide, "toml"));
        write("candor.toml", "profiles = [\"profiles/example.toml\"]\n");
    }
    folder
}

#[test]
fn a_made_up_publisher_takes_one_file() {
    let folder = dataset(true);
    let file = "example-2024-h1.csv";
    let (text, code) = candor(folder.path(), &["profiles", file]);
    assert!(
        text.starts_with("example-2024-h1.csv: example-safety-report (Example: safety report (CSV))"),
        "{text}"
    );
    assert_eq!(code, 0);
    let (text, code) = candor(folder.path(), &["check", file, "--select", "TR0,TR2"]);
    assert!(text.starts_with("6 values in 6 series from 3 files: no findings"), "{text}");
    assert_eq!(code, 0);
    let (text, code) = candor(folder.path(), &["convert", file, "--to", "csv"]);
    assert_eq!(code, 0, "{text}");
    let expected = "\
publisher,subject,label,metric,unit,category,total_of,period,value,rounded_to,kind
example,chat,Chat,content-removed,piece,Harassment,,2024-H1,12345,,
example,chat,Chat,proactive-rate,rate,Harassment,,2024-H1,0.812,0.001,
example,chat,Chat,content-removed,piece,Spam,,2024-H1,1203400,,
example,chat,Chat,proactive-rate,rate,Spam,,2024-H1,0.994,0.001,
example,chat,Chat,content-removed,piece,,categories,2024-H1,1215745,,
example,chat,Chat,proactive-rate,rate,,categories,2024-H1,,,not_reported
";
    assert_eq!(text, expected);
}

#[test]
fn rows_sums_and_parts_are_read_as_the_guide_says() {
    let guide = std::fs::read_to_string(project().join("docs/formats/profiles.md")).unwrap();
    let (_, section) = guide.split_once("## Rows that add up").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("example.json", &block(section, "json"));
    write("profile.toml", &block(section, "toml"));
    write("candor.toml", "profiles = [\"profile.toml\"]\n");
    let (text, code) = candor(folder.path(), &["convert", "example.json", "--to", "csv"]);
    assert_eq!((text, code), (block(section, "text"), 0));
    let (text, code) = candor(folder.path(), &["check", "example.json", "--select", "TR0,TR1,TR2"]);
    assert!(text.contains("no findings") && code == 0, "{text}");
}

#[test]
fn a_file_that_no_profile_fits_gets_a_beginning_of_one() {
    let folder = dataset(false);
    let (text, code) = candor(folder.path(), &["check", "example-2024-h1.csv"]);
    assert!(text.contains("no profile matches this table") && code == 3, "{text}");
    let (draft, code) = candor(folder.path(), &["profiles", "--draft", "example-2024-h1.csv"]);
    assert_eq!(code, 0, "{draft}");
    std::fs::write(folder.path().join("draft.toml"), draft.replace("# metric", "metric")).unwrap();
    std::fs::write(folder.path().join("candor.toml"), "profiles = [\"draft.toml\"]\n").unwrap();
    let (text, code) = candor(folder.path(), &["profiles", "example-2024-h1.csv"]);
    assert!(text.contains("4 headings found") && code == 0, "{text}\n{draft}");
    let (text, _) = candor(folder.path(), &["check", "example-2024-h1.csv", "--select", "TR001,TR003,TR007"]);
    assert!(text.contains("the column `Abuse type`") && text.contains("\n6 values in"), "{text}\n{draft}");
}

/// Files of the project in each canonical format, and one in a publisher's own.
fn files() -> Vec<PathBuf> {
    let names = [
        "fixtures/datasets/ncmec/reports-by-provider-2023.yaml",
        "fixtures/datasets/ncmec/reports-per-year.yaml",
        "fixtures/rules/ragged-row/fail-stray-cell/monthly.csv",
    ];
    names.map(|name| project().join(name)).to_vec()
}

#[test]
fn converting_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("candor.toml"), "").unwrap();
    for file in files() {
        for format in ["csv", "json", "yaml"] {
            let first = candor(folder.path(), &["convert", &file.to_string_lossy(), "--to", format]);
            let name = format!("copy.{format}");
            std::fs::write(folder.path().join(&name), &first.0).unwrap();
            let (checked, code) =
                candor(folder.path(), &["check", &name, "--select", "TR0", "--fail-on", "error"]);
            assert_eq!(code, 0, "{} as {format}: {checked}", file.display());
            for other in ["csv", "json", "yaml"] {
                let (again, code) = candor(folder.path(), &["convert", &name, "--to", other]);
                assert_eq!(code, 0, "{again}");
                if other == format {
                    // The title of a report document is the name of its file.
                    let without_title = |text: &str| -> Vec<String> {
                        text.lines().filter(|line| !line.contains("title")).map(str::to_owned).collect()
                    };
                    assert_eq!(without_title(&again), without_title(&first.0));
                }
            }
        }
    }
}
