//! Names of companies, and figures that two publishers state of the same thing, in real publications.
//!
//! Each test is named after what was published; the comment names its case in the list that the project was built to.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use candor::diag::{Confidence, Entry, Finding, Level};
use candor::engine::Outcome;
use support::{every_finding, of_rule, outcome, place, published};

#[test]
fn ncmec_lists_x_under_two_names_in_2023() {
    // N07
    let Some(outcome) = published(&["ncmec/ncmec-by-esp.csv"]) else { return };
    let found = of_rule(&outcome, "TR104");
    let of_x = found.iter().find(|one| one.subject.entity.as_deref() == Some("x")).unwrap();
    assert_eq!(
        of_x.message,
        "X stands under 2 names in 2023: `Twitter, Inc. / Vine.co` and `X Corp`; together 870,503"
    );
    assert_eq!(of_x.primary.text, "`X Corp`: 273,416");
    assert_eq!(of_x.related[0].text, "`Twitter, Inc. / Vine.co`: 597,087");
    assert!(place(&outcome, of_x).starts_with("ncmec-by-esp.csv:"));
    // Services of one company are listed apart, which is no split.
    let companies: Vec<&str> = found.iter().filter_map(|one| one.subject.entity.as_deref()).collect();
    assert!(!companies.iter().any(|one| ["meta", "microsoft", "amazon"].contains(one)), "{companies:?}");
}

#[test]
fn names_of_providers_are_those_of_the_registry() {
    let Some(outcome) = published(&["ncmec/ncmec-by-esp.csv"]) else { return };
    let dataset = &outcome.dataset;
    let series = dataset.series.iter().filter(|series| series.key.subject != series.key.publisher);
    let unknown: Vec<&str> = series
        .filter(|series| dataset.registry.entity(&series.key.subject).is_none())
        .map(|series| &*series.key.subject)
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    // One name of a company until 2020 is that of a service from 2021.
    let subject = |label: &str| {
        let mut blocks = dataset.blocks.iter().filter(|block| block.label.as_deref() == Some(label));
        blocks.next().map(|block| dataset.series(block.series).key.subject.to_string())
    };
    assert_eq!(subject("Facebook*").as_deref(), Some("meta"));
    assert_eq!(subject("Facebook").as_deref(), Some("facebook"));
}

/// A row of the schedule of pairs, by the names of its columns.
type Row = std::collections::BTreeMap<&'static str, String>;

/// Rows of the schedule of pairs.
fn pairs(outcome: &Outcome) -> Vec<Row> {
    let schedule = outcome.schedules.iter().find(|one| one.name == "cross-source-pairs").unwrap();
    let words = |entry: &Entry| match entry {
        Entry::Empty => String::new(),
        Entry::Text(text) => text.clone(),
        Entry::Number(number) => number.to_string(),
    };
    let row = |row: &candor::diag::ScheduleRow| {
        assert!(row.places.len() > 1, "a pair stands in two places");
        schedule.columns.iter().copied().zip(row.entries.iter().map(words)).collect()
    };
    schedule.rows.iter().map(row).collect()
}

/// Period, both figures, percentage and verdict of the rows about a company.
fn of_company(rows: &[Row], company: &str) -> Vec<String> {
    let columns = ["period", "first", "second", "difference_percent", "verdict"];
    let about = rows.iter().filter(|row| row["subject"] == company);
    about.map(|row| columns.map(|column| row[column].clone()).join(" ")).collect()
}

const CURATED: &str = "curated/ocse-reports-per-platform.json";

#[test]
fn discord_and_ncmec_are_far_apart() {
    // P01
    let Some(outcome) = published(&[CURATED]) else { return };
    assert_eq!(
        of_company(&pairs(&outcome), "discord"),
        [
            "2021 24623 29606 18.38 cross-source-mismatch",
            "2022 58179 169800 97.92 cross-source-mismatch",
            "2023 164478 339412 69.43 cross-source-mismatch",
        ]
    );
    let found = of_rule(&outcome, "TR601");
    let of_discord = found.iter().filter(|one| one.subject.entity.as_deref() == Some("discord"));
    let levels: Vec<(Level, Confidence)> = of_discord.map(|one| (one.level, one.confidence)).collect();
    assert_eq!(levels, [(Level::Warning, Confidence::High); 3]);
}

#[test]
fn pornhub_is_compared_with_its_group_where_nothing_else_is_stated() {
    // P02
    let Some(outcome) = published(&[CURATED]) else { return };
    assert_eq!(
        of_company(&pairs(&outcome), "aylo"),
        [
            "2020 4171 13229 104.11 scope-mismatch",
            "2021 9029 9103 0.82 another scope",
            "2021 9029 9029 0 agrees",
            "2022 1996 2095 4.84 another scope",
            "2022 1996 1996 0 agrees",
            "2023 2503 2596 3.65 another scope",
            "2023 2503 2503 0 agrees",
        ]
    );
    let found = of_rule(&outcome, "TR602");
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        finding.message,
        "NCMEC states 13,229 CyberTipline reports of Aylo in 2020, Pornhub 4,171: +104.1 % of their mean"
    );
    let scopes: Vec<&str> =
        finding.notes.iter().filter(|note| note.kind == "scope").map(|note| note.text.as_str()).collect();
    assert!(scopes[1].ends_with("2023: equal for Pornhub, +3.65 % for Aylo and Pornhub"), "{scopes:?}");
}

#[test]
fn one_repeated_half_year_accounts_for_pinterest_s_difference() {
    // P03
    let Some(outcome) = published(&[CURATED]) else { return };
    let found = of_rule(&outcome, "TR603");
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    assert!(finding.message.contains("2,283") && finding.message.contains("2,684"), "{}", finding.message);
    let help: String =
        finding.notes.iter().filter(|note| note.kind == "help").map(|note| note.text.as_str()).collect();
    assert_eq!(
        help,
        "with 1,393 in place of 1,794 for 2021-H2 both would be equal; it is also the value of 2020-H2"
    );
    assert!(
        of_company(&pairs(&outcome), "pinterest")
            .contains(&"2021 2684 2283 -16.15 value-explains-gap".to_owned())
    );
    // The repeated value and the difference are one finding.
    let repeated = of_rule(&outcome, "TR304");
    assert_eq!(repeated.len(), 1);
    assert!(repeated[0].folded.iter().any(|one| one.rule.code == "TR603"));
}

#[test]
fn small_differences_are_notes_and_smaller_ones_nothing() {
    // P05, P06
    let Some(outcome) = published(&[CURATED]) else { return };
    let rows = pairs(&outcome);
    let percents = |company: &str| -> Vec<String> {
        rows.iter()
            .filter(|row| row["subject"] == company)
            .map(|row| row["difference_percent"].clone())
            .collect()
    };
    assert_eq!(percents("alphabet"), ["-0.21", "0.63", "0.01", "-0.09"]);
    assert_eq!(percents("microsoft"), ["0.42", "-0.05", "1.11", "0.34"]);
    assert_eq!(percents("amazon"), ["0", "-0.04", "4.49", "3.39"]);
    assert_eq!(percents("pinterest"), ["0", "-16.15", "4.00", "3.73"]);
    assert_eq!(percents("reddit"), ["0", "0", "0", "0", "0.01"]);
    assert_eq!(percents("snap"), ["0.06", "3.11"]);
    let notes: Vec<String> = of_rule(&outcome, "TR601")
        .into_iter()
        .filter(|one| one.level == Level::Note)
        .map(|one| format!("{} {}", one.subject.entity.clone().unwrap(), one.subject.period.clone().unwrap()))
        .collect();
    assert_eq!(notes, ["amazon 2022", "amazon 2023", "pinterest 2022", "pinterest 2023", "snap 2023"]);
}

#[test]
fn ncmec_counts_more_than_providers_do() {
    // P09, which calls 0.0033 two-sided. Of 2^24 outcomes 55,455 have 19 or more, which is 0.0033 one-sided; as many have 5
    // or fewer, so that the two-sided test gives 0.0066.
    let Some(outcome) = published(&[CURATED]) else { return };
    let found = of_rule(&outcome, "TR604");
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(finding.evidence.observed.as_deref(), Some("19 higher, 5 lower, 6 equal"));
    assert_eq!(finding.evidence.probability, Some(0.0066));
    let note = &finding.notes[0].text;
    assert!(note.ends_with("p = 0.0066 (two-sided; 0.0033 one-sided, for this direction alone)"), "{note}");
}

#[test]
fn two_tables_of_ncmec_place_reports_in_the_united_states_and_nowhere() {
    // N04
    let files = ["ncmec/ncmec-by-country.csv", "ncmec/ocse-report-contents.csv"];
    let Some(outcome) = published(&files) else { return };
    let rows = pairs(&outcome);
    let of = |breakdown: &str| -> Vec<String> {
        let rows =
            rows.iter().filter(|row| row["breakdown"] == breakdown && row["verdict"] != "another scope");
        let columns = ["period", "first", "second", "difference", "verdict"];
        rows.map(|row| columns.map(|column| row[column].clone()).join(" ")).collect()
    };
    assert_eq!(
        of("US"),
        [
            "2020 887252 506920 -380332 cross-source-mismatch",
            "2021 724503 724503 0 agrees",
            "2022 1920963 1570702 -350261 cross-source-mismatch",
            "2023 1621937 1138583 -483354 cross-source-mismatch",
        ]
    );
    assert_eq!(
        of("ZZ"),
        [
            "2020 261304 641874 380570 cross-source-mismatch",
            "2021 1193266 1193266 0 agrees",
            "2022 1312655 1662916 350261 cross-source-mismatch",
            "2023 1368404 1851762 483358 cross-source-mismatch",
        ]
    );
    let found = of_rule(&outcome, "TR403");
    assert_eq!(found.len(), 3);
    assert_eq!(
        found[0].message,
        "`ncmec-by-country.csv` states 380,332 CyberTipline reports fewer than `ocse-report-contents.csv` for United States in 2020 and 380,570 more for unknown country"
    );
    assert!(of_rule(&outcome, "TR005").is_empty());
}

#[test]
fn github_s_small_counts_are_a_note() {
    // G9: what its staff found is what NCMEC counts; what was found automatically stands beside it.
    let files = [
        "github-transparency/data/automated_detection/cseai_and_tvec_reported.csv",
        "ncmec/ncmec-by-esp.csv",
    ];
    let Some(outcome) = published(&files) else { return };
    let rows: Vec<String> = of_company(&pairs(&outcome), "microsoft");
    let stated: Vec<&str> =
        rows.iter().map(String::as_str).filter(|row| !row.ends_with("another scope")).collect();
    assert_eq!(stated, ["2021 4 4 0 agrees", "2022 6 6 0 agrees", "2023 37 1 -189.47 cross-source-mismatch"]);
    let found: Vec<&Finding> =
        every_finding(&outcome).into_iter().filter(|one| one.rule.code.starts_with("TR6")).collect();
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((finding.rule.code, finding.level), ("TR601", Level::Note));
}

#[test]
fn two_companies_have_the_same_five_numbers() {
    // R01
    let folder = support::project().join("fixtures/rules/copied-series/fail-two-companies");
    let outcome = outcome(&[folder]);
    let found = of_rule(&outcome, "TR605");
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        finding.message,
        "Medium and Automattic have the same 5 figures: 10,443, 9,130, 4,821, 5,035 and 19,591"
    );
}
