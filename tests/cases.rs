//! Faults that real publications have, with their figures, and files in which nothing is wrong.
//!
//! Each test is named after what was published; the comment names its case in the list that the project was built to.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use candor::diag::Finding;
use candor::engine::Outcome;
use candor::model::{Absence, Quantity};

use support::{every_finding, of_rule, place, published};

/// Findings on whether files can be read and are well typed.
fn faults(outcome: &Outcome) -> Vec<String> {
    let all = every_finding(outcome).into_iter().filter(|finding| finding.rule.code.starts_with("TR0"));
    all.map(|finding| format!("{} {}", finding.rule.code, finding.message)).collect()
}

fn help(finding: &Finding) -> String {
    finding.notes.iter().filter(|note| note.kind == "help").map(|note| note.text.clone()).collect()
}

#[test]
fn github_september_2023_has_a_cell_too_many() {
    // H1
    let file = "github-transparency/data/dmca/dmca_notices_and_projects_taken_down_by_month.csv";
    let Some(outcome) = published(&[file]) else { return };
    let found = of_rule(&outcome, "TR004");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message, "row 106 has 5 cells where the header has 4");
    assert!(help(found[0]).contains("2023,9,147,1022"), "{}", help(found[0]));
}

#[test]
fn tiktok_states_sixteen_keys_with_two_values() {
    // T02
    let Some(outcome) = published(&["tiktok/tiktok-2023-q2.csv"]) else { return };
    assert_eq!(of_rule(&outcome, "TR005").len(), 16);
    assert_eq!(faults(&outcome).len(), 16);
}

#[test]
fn tiktok_writes_three_values_with_separators() {
    // T04
    let Some(outcome) = published(&["tiktok/tiktok-2022-q4.csv"]) else { return };
    let found = of_rule(&outcome, "TR008");
    assert_eq!(found.len(), 1);
    assert!(found[0].message.starts_with("3 of "), "{}", found[0].message);
    assert_eq!(place(&outcome, found[0]), "tiktok-2022-q4.csv:908:64");
    assert_eq!(faults(&outcome).len(), 1);
    let values: Vec<String> =
        outcome.dataset.observations.iter().map(|one| one.quantity.to_string()).collect();
    for value in ["5,477,549", "85,680,819", "46,836,047"] {
        assert!(values.iter().any(|one| one == value), "{value}");
    }
}

#[test]
fn float_noise_is_no_other_value() {
    // TF
    let Some(outcome) = published(&["tiktok/tiktok-2022-q4.csv", "tiktok/tiktok-2023-q1.csv"]) else {
        return;
    };
    assert!(of_rule(&outcome, "TR005").is_empty(), "{:?}", faults(&outcome));
}

#[test]
fn discord_lists_january_to_march_in_the_fourth_quarter() {
    // D03
    let Some(outcome) = published(&["discord/discord-2022-q4.csv"]) else { return };
    let found = of_rule(&outcome, "TR011");
    assert_eq!(found.len(), 9);
    assert_eq!(found[0].message, "a figure for 2022-01 stands in a file on 2022-Q4");
    assert_eq!(place(&outcome, found[0]), "discord-2022-q4.csv:40:9");
}

#[test]
fn microsoft_marks_a_restated_number() {
    // S01
    let Some(outcome) = published(&["microsoft/microsoft-2020-h1.xlsx"]) else { return };
    let found = of_rule(&outcome, "TR007");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message, "`15,935*` carries a footnote mark");
    assert_eq!(found[0].level, candor::diag::Level::Note);
    assert_eq!(faults(&outcome).len(), 1);
    assert!(outcome.dataset.observations.iter().any(|one| one.quantity.to_string() == "15,935"));
}

#[test]
fn meta_prints_ranges_absences_and_rounded_counts() {
    // M14, M17
    let Some(outcome) = published(&["meta/meta-2022-q4.csv"]) else { return };
    assert!(faults(&outcome).is_empty(), "{:?}", faults(&outcome));
    let quantities = || outcome.dataset.observations.iter().map(|one| &one.quantity);
    let ranges: Vec<String> =
        quantities().filter(|one| matches!(one, Quantity::Range(_))).map(ToString::to_string).collect();
    assert_eq!(ranges, ["0.04 to 0.05"]);
    let absent = quantities().filter(|one| **one == Quantity::Absent(Absence::NotReported)).count();
    assert_eq!(absent, 992);
    assert!(quantities().any(|one| one.to_string() == "20,800,000 (to the nearest 100,000)"));
}

#[test]
fn telegram_s_periods_nest_and_add_up() {
    // TG: requests of quarters add up to those of years; users of quarters may be the same people.
    let Some(outcome) = published(&["telegram/dataset.json"]) else { return };
    assert!(faults(&outcome).is_empty(), "{:?}", faults(&outcome));
    assert!(of_rule(&outcome, "TR102").is_empty());
    assert_eq!((outcome.summary.values, outcome.summary.series), (598, 166));
}

#[test]
fn names_of_no_country_stand_among_countries() {
    // N10
    let Some(outcome) = published(&["ncmec/ncmec-by-country.csv"]) else { return };
    let unknown: Vec<String> =
        of_rule(&outcome, "TR010").iter().map(|finding| finding.message.clone()).collect();
    for name in ["Europe", "Netherlands Antilles", "Yemen Arab Republic"] {
        let message = format!("unknown jurisdiction `{name}`");
        assert!(unknown.contains(&message), "{message}: {unknown:?}");
    }
}
