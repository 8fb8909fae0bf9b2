//! What several tests need: checking paths and texts through the public surface.

#![allow(dead_code)]

use std::path::{Path, PathBuf};

use candor::cli::{CheckRequest, Checked, check};
use candor::diag::{Finding, Location};
use candor::engine::Outcome;

/// The folder of the project.
pub fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Checks some paths with the configuration that holds for them, as of a day in 2026.
pub fn outcome(paths: &[PathBuf]) -> Outcome {
    let as_of = Some("2026-01-31".parse().unwrap());
    match check(&CheckRequest { paths: paths.to_vec(), as_of, ..CheckRequest::default() }) {
        Checked::Done(outcome, _) => *outcome,
        other => panic!("{paths:?} cannot be checked: {other:?}"),
    }
}

/// What checking a folder of these files, each with its name, leads to.
pub fn outcome_of(files: &[(&str, &str)]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    outcome(&[folder.path().to_path_buf()])
}

/// Rules without fixtures: this one speaks only where a rule panics, which `tests/engine.rs` makes one do.
pub const WITHOUT_FIXTURES: [&str; 1] = ["rule-failed"];

/// The fixtures of a rule, in the order of their names.
pub fn fixtures(rule: &str) -> Vec<PathBuf> {
    let folder = project().join("fixtures/rules").join(rule);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Names of the rules of all findings that are not set aside, folded ones included, sorted and without repeats.
pub fn rule_names(outcome: &Outcome) -> Vec<&'static str> {
    let all = every_finding(outcome).into_iter().filter(|finding| !finding.is_set_aside());
    let mut names: Vec<&'static str> = all.map(|finding| finding.rule.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Every finding, folded ones included.
pub fn every_finding(outcome: &Outcome) -> Vec<&Finding> {
    fn add<'f>(findings: &'f [Finding], all: &mut Vec<&'f Finding>) {
        for finding in findings {
            all.push(finding);
            add(&finding.folded, all);
        }
    }
    let mut all = Vec::new();
    add(&outcome.findings, &mut all);
    all
}

/// `file:line:column` of a finding.
pub fn place(outcome: &Outcome, finding: &Finding) -> String {
    place_of(outcome, finding.primary.location)
}

/// `file:line:column` of a place, with the file's name alone.
pub fn place_of(outcome: &Outcome, location: Location) -> String {
    let source = outcome.sources.get(location.source);
    let place = source.place(location.span);
    let name = source.path.rsplit('/').next().unwrap_or_default();
    format!("{name}:{}:{}", place.line, place.column)
}

/// One line a finding: place, level, rule, message.
pub fn lines(outcome: &Outcome) -> Vec<String> {
    outcome
        .findings
        .iter()
        .map(|finding| {
            format!(
                "{} {}[{}] {}",
                place(outcome, finding),
                finding.level.as_str(),
                finding.rule.name,
                finding.message
            )
        })
        .collect()
}

/// Copies a folder and everything in it but links.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else if !entry.path().is_symlink() {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What checking some files of the corpus leads to; says so where there is none.
pub fn published(files: &[&str]) -> Option<Outcome> {
    let Some(folder) = std::env::var_os("CANDOR_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: CANDOR_CORPUS names no folder of published files");
        return None;
    };
    Some(outcome(&files.iter().map(|file| folder.join(file)).collect::<Vec<_>>()))
}

/// Findings of one rule, folded ones included.
pub fn of_rule<'o>(outcome: &'o Outcome, code: &str) -> Vec<&'o Finding> {
    every_finding(outcome).into_iter().filter(|finding| finding.rule.code == code).collect()
}
