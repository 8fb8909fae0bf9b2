//! What changed, and whether it was the world or the counting: real events with their figures.
//!
//! The comment of each test names its case in the list that the project was built to.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::PathBuf;

use candor::diag::Finding;
use candor::engine::Outcome;

use support::{of_rule, outcome, project};

/// What checking a file of the corpus leads to; says so where there is none.
fn published(file: &str) -> Option<Outcome> {
    let Some(folder) = std::env::var_os("CANDOR_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: CANDOR_CORPUS names no folder of published files");
        return None;
    };
    Some(outcome(&[folder.join(file)]))
}

fn note(finding: &Finding, kind: &str) -> String {
    finding.notes.iter().filter(|note| note.kind == kind).map(|note| note.text.clone()).collect()
}

#[test]
fn one_category_of_meta_gives_way_to_another() {
    // M15
    let Some(outcome) = published("meta/meta-2022-q4.csv") else { return };
    let replaced = of_rule(&outcome, "TR405");
    let says = |finding: &Finding, from: &str, to: &str| {
        finding.message.contains(from) && finding.message.contains(to) && finding.message.contains("2021-Q2")
    };
    assert!(replaced.iter().any(|one| says(one, "5,000,000", "25,600,000")), "{replaced:#?}");
    assert!(replaced.iter().any(|one| says(one, "812,400", "1,400,000")), "{replaced:#?}");
}

#[test]
fn what_gives_way_to_a_series_of_a_similar_name_went_nowhere_else() {
    let ended = project().join("fixtures/rules/transfer-suspected/fail-ending.yaml");
    let ended = std::fs::read_to_string(ended).unwrap();
    let ended = ended.replace("category: Bullying", "category: Child Nudity and Exploitation");
    let anew = "  - {category: Child Sexual Exploitation, values: {2022: 9100, 2023: 9150}}\n";
    let rules = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.yaml");
        std::fs::write(&path, text).unwrap();
        let outcome = outcome(&[path]);
        ["TR405", "TR408"].map(|code| of_rule(&outcome, code).len())
    };
    assert_eq!(rules(&ended), [0, 1]);
    assert_eq!(rules(&format!("{ended}{anew}")), [1, 0]);
    // Also when it has been stated once, before any change leads to it.
    let once = anew.replace(", 2023: 9150", "");
    assert_eq!(rules(&format!("{ended}{once}")), [1, 0]);
    // A surface of that name is no category.
    let surface = once.replace("category:", "surface:");
    assert_eq!(rules(&format!("{ended}{surface}")), [0, 1]);
}

#[test]
fn appeals_to_meta_stop_in_one_quarter_as_a_group() {
    let Some(outcome) = published("meta/meta-2022-q4.csv") else { return };
    let groups = of_rule(&outcome, "TR407");
    let appeals = groups.iter().find(|one| {
        one.subject.metric.as_deref() == Some("appeals") && one.subject.period.as_deref() == Some("2020-Q2")
    });
    assert!(appeals.is_some_and(|one| one.evidence.changes.len() >= 8), "{groups:#?}");
    // What is told of the group is not told of its members.
    let single = of_rule(&outcome, "TR301").into_iter().filter(|one| {
        one.subject.metric.as_deref() == Some("appeals")
            && one.subject.entity.as_deref() == Some("facebook")
            && one.subject.period.as_deref() == Some("2020-Q2")
    });
    assert_eq!(single.count(), 0);
}

#[test]
fn reports_bundled_in_2024_hold_more_incidents() {
    let outcome = outcome(&[project().join("fixtures/datasets/ncmec")]);
    let found = of_rule(&outcome, "TR401");
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].message,
        "CyberTipline reports fall 43.4 % in 2024 while one report holds 1.42 incidents"
    );
    assert!(note(found[0], "ratio").contains("change by −19.4 %"), "{}", note(found[0], "ratio"));
    assert!(note(found[0], "open").starts_with("encryption and bundling cannot be separated"));
    assert!(note(found[0], "members").starts_with("Meta −"), "{}", note(found[0], "members"));
    assert!(!found[0].is_active());
}

#[test]
fn rows_that_are_split_or_joined_are_no_falls() {
    // N09, with the registry that says who belongs to whom
    let split = outcome(&[project().join("fixtures/datasets/ncmec")]);
    let labels: Vec<String> = of_rule(&split, "TR406").iter().map(|one| one.message.clone()).collect();
    for row in ["`Facebook*` is one row in 2020", "`Amazon / Twitch` is one row in 2020"] {
        assert!(labels.iter().any(|message| message.starts_with(row)), "{labels:#?}");
    }
    let fall = |one: &&Finding| one.subject.entity.as_deref() == Some("meta");
    assert_eq!(of_rule(&split, "TR301").into_iter().filter(fall).count(), 0);
    // and from the labels alone
    let Some(outcome) = published("ncmec/ncmec-by-esp.csv") else { return };
    assert!(of_rule(&outcome, "TR406").iter().any(|one| one.message.starts_with("`Amazon / Twitch`")));
}

#[test]
fn falls_of_a_lone_total_are_within_its_own_spread() {
    // N12 wants the fall of 2005 (−36.82 %). Against the other changes of the file it is no more than chance. In the
    // dataset, where the providers stand beside it, it is an aggregate's, and is reported.
    let Some(outcome) = published("ncmec/ocse-reports-per-year.csv") else { return };
    assert!(of_rule(&outcome, "TR301").is_empty());
    let rises: Vec<&str> = of_rule(&outcome, "TR302").iter().map(|one| one.message.as_str()).collect();
    assert_eq!(rises, ["CyberTipline reports rise 298.1 % in 2015, from 1,106,071 to 4,403,657"]);
}

#[test]
fn ncmec_s_own_years_fall_four_times() {
    // N12: the fall of 2024 is out of the ordinary and tells of the others, which are not.
    let outcome = outcome(&[project().join("fixtures/datasets/ncmec")]);
    let total = |one: &&Finding| one.message.starts_with("CyberTipline reports fall");
    let falls: Vec<&Finding> = of_rule(&outcome, "TR301").into_iter().filter(total).collect();
    let fall = falls.iter().find(|one| one.subject.period.as_deref() == Some("2024")).expect("2024");
    assert_eq!(fall.message, "CyberTipline reports fall 43.4 % in 2024, from 36,210,368 to 20,512,803");
    assert_eq!(
        note(fall, "record"),
        "4 falls in 27 changes: 2005 −36.8 %, 2008 −3.1 %, 2019 −8.0 %, 2024 −43.4 %"
    );
}

#[test]
fn nested_periods_and_rounded_counts_are_no_events() {
    // TG: the levels of some countries do change (TR303); what is counted does not.
    let Some(outcome) = published("telegram/dataset.json") else { return };
    for code in ["TR312", "TR401", "TR405", "TR406", "TR407", "TR408"] {
        assert!(of_rule(&outcome, code).is_empty(), "{code}: {:#?}", of_rule(&outcome, code));
    }
}

#[test]
fn rounding_by_size_is_no_change_of_precision_and_quiet_tables_repeat_no_block() {
    // M17, and the same figures in a copy that does not say that they are rounded
    let meta =
        ["meta/meta-2021-q2.csv", "meta/meta-2021-q3.csv", "meta/meta-2022-q1.csv", "meta/meta-2022-q4.csv"];
    let other =
        ["curated/ocse-reports-per-platform.json", "telegram/dataset.json", "ncmec/ncmec-by-country.csv"];
    for file in meta.into_iter().chain(other) {
        let Some(outcome) = published(file) else { return };
        for code in ["TR305", "TR308", "TR310"] {
            assert!(of_rule(&outcome, code).is_empty(), "{file}: {:#?}", of_rule(&outcome, code));
        }
    }
}

#[test]
fn a_slip_of_one_digit_is_named_where_only_one_fits() {
    let help = |name: &str| {
        let outcome = outcome(&[project().join("fixtures/rules/sharp-rise").join(name)]);
        note(of_rule(&outcome, "TR302")[0], "help")
    };
    assert!(help("fail-transposed.yaml").starts_with("19,240 would be usual: two neighbouring digits"));
    assert!(
        help("fail-doubled-digit.yaml").starts_with("16,312 would be usual: a digit may stand there twice")
    );
    assert!(help("fail-added-digit.json").starts_with("1,130.20 would lie between"));
    assert_eq!(help("fail-step.yaml"), "");
}
