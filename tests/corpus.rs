//! The shipped figures are those of the published files, where these are at hand.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;

use support::{outcome, project};

/// The folder of real files; says so where there is none.
fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("CANDOR_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: CANDOR_CORPUS names no folder of published files");
    }
    folder
}

/// Rows of a published file: year, name, number.
fn published(path: PathBuf, name: Option<usize>, number: usize) -> BTreeMap<(String, String), String> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader
        .records()
        .map(Result::unwrap)
        .filter(|row| !row[number].is_empty())
        .map(|row| {
            ((row[0].to_owned(), name.map_or("", |name| &row[name]).to_owned()), row[number].to_owned())
        })
        .collect()
}

/// What the shipped dataset states: year, label as printed, number; of providers, or of NCMEC itself.
fn shipped(of_providers: bool) -> BTreeMap<(String, String), String> {
    let outcome = outcome(&[project().join("fixtures/datasets/ncmec")]);
    let dataset = &outcome.dataset;
    let mut figures = BTreeMap::new();
    for observation in dataset.observations.iter() {
        let block = dataset.block_of(observation);
        let key = &dataset.series(block.series).key;
        if &*key.publisher == "ncmec"
            && (key.subject != key.publisher) == of_providers
            && key.category.is_none()
            && &*key.unit.to_string() == "report"
        {
            let label = block.label.as_deref().filter(|_| of_providers).unwrap_or_default().to_owned();
            let number = observation.quantity.point().unwrap().to_string();
            let before = figures.insert((observation.period.to_string(), label.clone()), number.clone());
            assert!(before.is_none_or(|before| before == number), "{label} {}", observation.period);
        }
    }
    figures
}

#[test]
fn every_figure_of_a_provider_is_as_published() {
    let Some(corpus) = corpus() else { return };
    let mut expected = published(corpus.join("ncmec/ncmec-by-esp.csv"), Some(1), 2);
    let selected = published(corpus.join("ncmec/ncmec-by-esp-2024-2025-selected.csv"), Some(1), 2);
    expected.extend(selected.into_iter().filter(|((_, name), _)| name != "Total" && name != "ESP Total"));
    assert!(expected.len() > 1_000);
    assert_eq!(shipped(true), expected);
}

#[test]
fn every_yearly_figure_is_as_published() {
    let Some(corpus) = corpus() else { return };
    let mut expected = published(corpus.join("ncmec/ocse-reports-per-year.csv"), None, 1);
    let selected = published(corpus.join("ncmec/ncmec-by-esp-2024-2025-selected.csv"), Some(1), 2);
    let totals = selected.into_iter().filter(|((_, name), _)| name == "Total");
    expected.extend(totals.map(|((year, _), number)| ((year, String::new()), number)));
    assert_eq!(expected.len(), 28);
    assert_eq!(shipped(false), expected);
}

/// Files below a folder, by their paths.
fn files_below(folder: &std::path::Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files_below(&path, found);
        } else if path
            .extension()
            .is_some_and(|one| ["csv", "json", "xlsx"].iter().any(|known| one == *known))
        {
            found.push(path);
        }
    }
}

/// What was read of a file and what was found in it, in a few lines.
fn account(corpus: &std::path::Path, file: &std::path::Path) -> String {
    let outcome = outcome(&[file.to_path_buf()]);
    let dataset = &outcome.dataset;
    let mut profiles: Vec<&str> =
        dataset.documents.iter().filter_map(|document| document.profile.as_deref()).collect();
    profiles.dedup();
    let mut missing: BTreeMap<String, usize> = BTreeMap::new();
    for one in dataset.observations.iter() {
        if let candor::model::Quantity::Absent(absence) = one.quantity {
            *missing.entry(absence.words().to_owned()).or_default() += 1;
        }
    }
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in support::every_finding(&outcome) {
        *rules.entry(finding.rule.code).or_default() += 1;
    }
    let list = |counts: Vec<String>| if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
    format!(
        "{}\n  profile   {}\n  read      {} observations in {} series; {} values looked at\n  missing   {}\n  findings  {}\n",
        file.strip_prefix(corpus).unwrap().display(),
        list(profiles.into_iter().map(str::to_owned).collect()),
        dataset.observations.len(),
        dataset.series.len(),
        dataset.values_read,
        list(missing.iter().map(|(words, count)| format!("{words} {count}")).collect()),
        list(rules.iter().map(|(code, count)| format!("{code} {count}")).collect()),
    )
}

#[test]
fn every_file_is_read_as_it_was_before() {
    let Some(corpus) = corpus() else { return };
    let mut files = Vec::new();
    files_below(&corpus, &mut files);
    let accounts: Vec<String> = files.iter().map(|file| account(&corpus, file)).collect();
    insta::assert_snapshot!("published_files", accounts.join("\n"));
}
