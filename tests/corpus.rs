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
    for observation in &dataset.observations {
        let block = dataset.block_of(observation);
        let key = &dataset.series(block.series).key;
        if (key.subject != key.publisher) == of_providers
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
