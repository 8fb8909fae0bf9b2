//! Imports only point downward: the table of layers in `src/lib.rs`, held against the `use` paths.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::{Path, PathBuf};

/// Layers from the bottom up. A module imports from layers before its own, and from its own.
const LAYERS: [&str; 16] = [
    "source", "diag", "model", "stats", "load", "schema", "ingest", "convert", "history", "rule", "rules",
    "suppress", "engine", "config", "render", "cli",
];

/// Where the order alone would allow more than is wanted.
const FORBIDDEN: [(&str, &[&str]); 8] = [
    ("history", &["load", "schema", "ingest", "convert"]),
    ("convert", &["load", "schema", "ingest"]),
    ("stats", &["source", "diag", "model"]),
    ("model", &["load", "schema"]),
    ("rule", &["load", "schema", "ingest"]),
    ("rules", &["load", "schema", "ingest"]),
    ("engine", &["load", "schema", "ingest"]),
    ("render", &["load", "schema", "ingest", "config"]),
];

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// Layers that a text names in `crate::layer` paths, outside comments and the tests at its end.
fn imports(text: &str) -> Vec<&str> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .filter_map(|rest| rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next())
        .filter(|layer| LAYERS.contains(layer))
        .collect()
}

#[test]
fn imports_point_downward() {
    let source = support::project().join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    assert!(files.len() > 50, "only {} files found", files.len());
    let mut faults = Vec::new();
    for file in files {
        let within = file.strip_prefix(&source).unwrap();
        let layer = within.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let Some(height) = LAYERS.iter().position(|one| *one == layer) else { continue };
        let text = std::fs::read_to_string(&file).unwrap();
        for import in imports(&text) {
            let above = LAYERS.iter().position(|one| *one == import).unwrap() > height;
            let forbidden = FORBIDDEN.iter().any(|(from, to)| *from == layer && to.contains(&import));
            if above || forbidden {
                faults.push(format!("{} imports {import}", within.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_table_in_the_library_is_the_one_that_is_held() {
    let text = std::fs::read_to_string(support::project().join("src/lib.rs")).unwrap();
    let table: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.ends_with("```text"))
        .skip(1)
        .take_while(|line| !line.ends_with("```"))
        .filter_map(|line| line.trim_start_matches("//! ").split_whitespace().next())
        .collect();
    assert_eq!(table, LAYERS);
}

#[test]
fn rules_neither_read_files_nor_ask_the_clock() {
    let mut files = Vec::new();
    for folder in ["rules", "rule", "model", "stats", "history", "engine"] {
        rust_files(&support::project().join("src").join(folder), &mut files);
    }
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for word in ["std::fs", "std::env", "SystemTime", "Instant", "Zoned", "std::net"] {
            assert!(!text.contains(word), "{} uses {word}", file.display());
        }
    }
}
