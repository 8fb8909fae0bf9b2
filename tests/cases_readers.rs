//! What publishers' own files say is read for what it is: each test names the file, or the kind of notation.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::PathBuf;

use candor::engine::Outcome;
use candor::model::{Block, Observation, SeriesKey};

use support::{every_finding, outcome};

/// What checking some files of the corpus leads to; says so where there is none.
fn published(files: &[&str]) -> Option<Outcome> {
    let Some(folder) = std::env::var_os("CANDOR_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: CANDOR_CORPUS names no folder of published files");
        return None;
    };
    Some(outcome(&files.iter().map(|file| folder.join(file)).collect::<Vec<_>>()))
}

/// Codes of the findings, folded ones included, that begin with one of these.
fn codes<'o>(outcome: &'o Outcome, families: &[&str]) -> Vec<&'o str> {
    let all = every_finding(outcome).into_iter().map(|finding| finding.rule.code);
    all.filter(|code| families.iter().any(|family| code.starts_with(family))).collect()
}

/// The figures of a series as printed, by publisher, subject, metric and period; those of no part.
fn figures(outcome: &Outcome, publisher: &str, subject: &str, metric: &str, period: &str) -> Vec<String> {
    let is_wanted = |key: &SeriesKey| {
        *key.publisher == *publisher
            && *key.subject == *subject
            && *key.metric == *metric
            && key.category.is_none()
            && key.surface.is_none()
            && key.detection.is_none()
    };
    let all =
        observations(outcome).filter(|(key, _, one)| is_wanted(key) && one.period.to_string() == period);
    all.map(|(_, _, one)| one.quantity.to_string()).collect()
}

fn observations(outcome: &Outcome) -> impl Iterator<Item = (&SeriesKey, &Block, &Observation)> {
    let dataset = &outcome.dataset;
    dataset.observations.iter().map(|one| {
        let block = dataset.block_of(one);
        (&dataset.series(block.series).key, block, one)
    })
}

const CURATED: &str = "curated/ocse-reports-per-platform.json";

#[test]
fn rows_of_one_period_add_up() {
    let Some(outcome) = published(&[CURATED]) else { return };
    let reports =
        |subject: &str, year: &str| figures(&outcome, "ncmec", subject, "cybertipline-reports", year);
    // 99 + 4 + 27,101; 16 + 21 + 6 + 31; 16 + 2,487.
    assert_eq!(reports("amazon", "2021"), ["27,204"]);
    // The row of the later name is blank.
    assert_eq!(reports("aylo", "2021"), ["not reported", "74"]);
    assert_eq!(reports("pornhub", "2023"), ["2,503"]);
    let pieces = figures(&outcome, "microsoft", "microsoft", "content-actioned", "2020-H1");
    assert_eq!(pieces, ["803,489"], "718,908 + 84,581");
    // The sum stands where its parts stand.
    let sum = observations(&outcome).find(|(_, _, one)| one.quantity.to_string() == "27,204").unwrap().2;
    let text = outcome.sources.get(sum.origin.source).slice(sum.origin.value);
    assert!(text.starts_with("99,") && text.ends_with("27101"), "{text}");
}

#[test]
fn rates_of_unnamed_parts_stay_apart() {
    let Some(outcome) = published(&[CURATED]) else { return };
    let rates = observations(&outcome).filter(|(key, _, one)| {
        (&*key.publisher, &*key.metric) == ("microsoft", "proactive-rate")
            && one.period.to_string() == "2023-H2"
    });
    let rates: Vec<(String, String)> = rates
        .map(|(key, _, one)| {
            (key.surface.as_deref().unwrap_or_default().to_owned(), one.quantity.to_string())
        })
        .collect();
    let expected = [
        ("", "not reported"),
        ("part 1 of 2", "0.99100 (to the nearest 0.00001)"),
        ("part 2 of 2", "0.99200 (to the nearest 0.00001)"),
    ];
    assert_eq!(rates, expected.map(|(part, rate)| (part.to_owned(), rate.to_owned())));
}

#[test]
fn totals_that_a_table_names_are_read() {
    let Some(outcome) = published(&[CURATED]) else { return };
    let own = |subject: &str, metric: &str, period: &str| figures(&outcome, subject, subject, metric, period);
    assert_eq!(own("discord", "cybertipline-reports", "2021-H1"), ["9,497"], "9,347 + 150");
    assert_eq!(own("x", "accounts-disabled", "2024-H1"), ["2,781,634"], "2,388,683 + 392,951");
    assert_eq!(own("twitter", "accounts-disabled", "2022-H1"), ["691,704"], "stated, not a sum");
    // One part is not stated.
    assert!(own("facebook", "content-actioned", "2021-Q1").is_empty());
}

#[test]
fn a_percentage_of_a_number_stands_beside_the_count() {
    // P13: 2.51 % of 1,355,163 is 34,015, against 34,830.
    let Some(outcome) = published(&[CURATED]) else { return };
    let own = |metric: &str, period: &str| figures(&outcome, "snap", "snap", metric, period);
    for (period, share, base, count) in [
        ("2019-H2", "0.0251", "1,355,163", "34,830"),
        ("2020-H1", "0.0299", "1,578,985", "47,136"),
        ("2020-H2", "0.0299", "2,100,124", "47,550"),
        ("2021-H1", "0.0543", "2,510,798", "119,134"),
    ] {
        assert_eq!(own("disabled-account-share", period), [format!("{share} (to the nearest 0.0001)")]);
        assert_eq!(own("accounts-disabled-for-any-reason", period), [base]);
        assert_eq!(own("accounts-disabled", period), [count]);
    }
    let share = observations(&outcome).find(|(key, ..)| &*key.metric == "disabled-account-share").unwrap().2;
    assert_eq!(outcome.sources.get(share.origin.source).slice(share.origin.value), "5.43");
}

#[test]
fn figures_that_repeat_others_say_so() {
    let Some(outcome) = published(&[CURATED]) else { return };
    let redundant = |publisher: &str, period: &str| -> Vec<bool> {
        let all = observations(&outcome).filter(|(key, _, one)| {
            (&*key.publisher, &*key.metric) == (publisher, "cybertipline-reports")
                && one.period.to_string() == period
        });
        all.map(|(_, block, _)| block.redundant).collect()
    };
    assert_eq!(redundant("twitch", "2021-H1"), [true]);
    assert_eq!(redundant("reddit", "2022-H2"), [true]);
    assert_eq!(redundant("reddit", "2022"), [false]);
}

#[test]
fn the_curated_disclosures_are_sound() {
    // P03, and no other repeated value. NCMEC lists X and Aylo under two names each in 2023.
    let Some(outcome) = published(&[CURATED]) else { return };
    assert_eq!(codes(&outcome, &["TR0", "TR1", "TR304"]), ["TR304", "TR104", "TR104"]);
}
