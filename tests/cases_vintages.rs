//! Releases as they were published: what became of their figures, to the value.
//!
//! Each test is named after what was published; the comment names its case in the list that the project was built to.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::PathBuf;

use candor::diag::{Entry, Finding};
use candor::engine::Outcome;
use support::{of_rule, outcome, place, published};

fn messages(outcome: &Outcome, code: &str) -> Vec<String> {
    of_rule(outcome, code).iter().map(|finding| finding.message.clone()).collect()
}

fn notes(finding: &Finding, kind: &str) -> Vec<String> {
    finding.notes.iter().filter(|note| note.kind == kind).map(|note| note.text.clone()).collect()
}

#[test]
fn meta_restates_so_many_values_in_every_release() {
    // M01 to M06
    let Some(outcome) = published(&["meta"]) else { return };
    let expected = [
        "2021-Q3 states other numbers than 2021-Q2 for 71 of 1,029 values in common, back to 2020-Q1",
        "2021-Q4 states other numbers than 2021-Q3 for 27 of 1,161 values in common, back to 2021-Q2",
        "2022-Q1 states other numbers than 2021-Q4 for 96 of 1,338 values in common, back to 2020-Q2",
        "2022-Q2 states other numbers than 2022-Q1 for 102 of 1,485 values in common, back to 2020-Q3",
        "2022-Q3 states other numbers than 2022-Q2 for 113 of 1,632 values in common, back to 2020-Q4",
        "2022-Q4 states other numbers than 2022-Q3 for 203 of 1,779 values in common, back to 2020-Q2",
    ];
    assert_eq!(messages(&outcome, "TR501"), expected);
    let findings = of_rule(&outcome, "TR501");
    assert_eq!(notes(findings[2], "periods"), ["10 in 2021-Q4 and 86 in 2020-Q2"]);
    // Every change stands in the evidence.
    let changes: usize = findings.iter().map(|finding| finding.evidence.changes.len()).sum();
    assert_eq!(changes, 71 + 27 + 96 + 102 + 113 + 203);
    // The largest change comes first and is shown on both sides.
    assert_eq!(place(&outcome, findings[2]), "meta-2022-q1.csv:84:69");
    assert_eq!(findings[2].related[0].text, "9,400,000 in 2021-Q4");
    assert!(of_rule(&outcome, "TR005").is_empty());
    // M03 to M06: some of them by much.
    for finding in of_rule(&outcome, "TR502") {
        assert_eq!(finding.evidence.threshold, Some(("relative-change", 0.05)));
    }
    assert_eq!(of_rule(&outcome, "TR502").len(), 6);
}

#[test]
fn meta_puts_back_what_it_changed_in_three_releases() {
    // M09, M10
    let files =
        ["2021-q4", "2022-q1", "2022-q2", "2022-q3", "2022-q4"].map(|one| format!("meta/meta-{one}.csv"));
    let Some(outcome) = published(&files.iter().map(String::as_str).collect::<Vec<_>>()) else { return };
    let of_last = |code: &str| -> Vec<&Finding> {
        of_rule(&outcome, code)
            .into_iter()
            .filter(|one| one.subject.path.as_deref() == Some("2022-Q4"))
            .collect()
    };
    let found = of_last("TR503");
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].message,
        "185 values of 2020-Q2, 2020-Q3 and 2020-Q4 changed in 2022-Q1, 2022-Q2 and 2022-Q3 and returned in 2022-Q4"
    );
    assert_eq!(found[0].evidence.changes.len(), 185);
    let changed = ["in 2022-Q1: 67 in 2020-Q2", "in 2022-Q2: 60 in 2020-Q3", "in 2022-Q3: 58 in 2020-Q4"];
    assert_eq!(notes(found[0], "changed"), changed);
    let labels: Vec<&str> = found[0].related.iter().map(|label| label.text.as_str()).collect();
    assert_eq!(
        (found[0].primary.text.as_str(), labels[0], labels[1]),
        ("9,400,000 again", "2,800,000 in 2022-Q1", "9,400,000 in 2021-Q4")
    );
    assert!(
        notes(found[0], "largest")[0]
            .contains("Child Nudity & Sexual Exploitation), 2020-Q2: 9,400,000 → 2,800,000")
    );
    let left = of_last("TR506");
    assert_eq!(left.len(), 1);
    assert!(
        left[0].message.starts_with("57 rates and shares of 2020-Q2, 2020-Q3 and 2020-Q4"),
        "{}",
        left[0].message
    );
}

#[test]
fn meta_renames_a_metric_for_one_release_and_a_category_for_good() {
    // M11, M12
    let Some(outcome) =
        published(&["meta/meta-2021-q2.csv", "meta/meta-2021-q3.csv", "meta/meta-2021-q4.csv"])
    else {
        return;
    };
    let found = of_rule(&outcome, "TR505");
    assert_eq!(found.len(), 2);
    let there = notes(found[0], "renamed");
    assert_eq!(there.len(), 1);
    assert!(
        there[0].starts_with(
            "metric `content-actioned` → `accounts-actioned`: 15 statements in 1 series, 15 of 15"
        )
    );
    let back = notes(found[1], "renamed");
    assert_eq!(back.len(), 2);
    assert!(
        back[0].starts_with("category `Violence and Incitement` → `Violence And Incitement`: 159 statements")
    );
    assert!(
        back[1].starts_with(
            "metric `accounts-actioned` → `content-actioned`: 16 statements in 1 series, 16 of 16"
        )
    );
    assert!(!of_rule(&outcome, "TR012").is_empty());
    // What is renamed is not withdrawn.
    let gone: Vec<String> = of_rule(&outcome, "TR504")
        .iter()
        .flat_map(|finding| finding.evidence.changes.iter().map(|change| change.name.clone()))
        .collect();
    assert!(!gone.iter().any(|name| name.contains("Violence") || name.contains("actioned")), "{gone:?}");
}

#[test]
fn meta_withdraws_nine_values_in_every_release() {
    // M13; in the first release two more categories had an upper bound for their newest quarter only.
    let Some(outcome) = published(&["meta"]) else { return };
    let counts: Vec<usize> =
        of_rule(&outcome, "TR504").iter().map(|one| one.evidence.changes.len()).collect();
    assert_eq!(counts, [13, 9, 9, 9, 9, 9]);
    assert_eq!(
        messages(&outcome, "TR504")[5],
        "9 values of 2022-Q3 are not in 2022-Q4, which reports on 2022-Q3"
    );
}

#[test]
fn counts_that_cross_a_step_of_the_grid_are_compared_as_all_others() {
    // M17
    let Some(outcome) = published(&["meta"]) else { return };
    assert!(of_rule(&outcome, "TR310").is_empty() && of_rule(&outcome, "TR308").is_empty());
    for finding in of_rule(&outcome, "TR501") {
        assert!(notes(finding, "rounding").is_empty(), "{finding:?}");
    }
}

#[test]
fn float_noise_of_tiktok_is_no_restatement() {
    // TF
    let Some(outcome) =
        published(&["tiktok/tiktok-2022-q4.csv", "tiktok/tiktok-2023-q1.csv", "tiktok/tiktok-2023-q2.csv"])
    else {
        return;
    };
    assert!(of_rule(&outcome, "TR501").is_empty(), "{:?}", messages(&outcome, "TR501"));
    let verdict = outcome.verdicts.iter().find(|verdict| verdict.rule.id.code == "TR501").unwrap();
    assert!(matches!(verdict.verdict, candor::rule::Verdict::Checked { examined } if examined > 1_000));
}

#[test]
fn the_schedules_show_every_pair_and_lag() {
    let Some(outcome) = published(&["meta"]) else { return };
    let triangle = outcome.schedules.iter().find(|one| one.name == "revision-triangle").unwrap();
    let row = |vintage: &str, period: &str| {
        let is_it = |row: &&candor::diag::ScheduleRow| {
            row.entries[1] == Entry::from(vintage) && row.entries[3] == Entry::from(period)
        };
        triangle.rows.iter().find(is_it).map(|row| row.entries[5].clone())
    };
    assert_eq!(row("2022-Q1", "2020-Q2"), Some(Entry::from(86)));
    assert_eq!(row("2022-Q1", "2020-Q1"), Some(Entry::from(0)));
    assert_eq!(row("2022-Q4", "2020-Q2"), Some(Entry::from(67)));
    let revisions = outcome.schedules.iter().find(|one| one.name == "revisions").unwrap();
    // Always exactly seven quarters back.
    for vintage in ["2022-Q1", "2022-Q2", "2022-Q3"] {
        let most = revisions
            .rows
            .iter()
            .filter(|row| row.entries[1] == Entry::from(vintage))
            .max_by_key(|row| match &row.entries[5] {
                Entry::Number(count) => *count,
                _ => panic!("no number"),
            })
            .unwrap();
        assert_eq!(most.entries[3], Entry::from(7), "{vintage}");
    }
}

#[test]
fn files_that_each_report_on_their_own_quarter_are_not_compared() {
    // D03 lists another quarter's months in one of them.
    let Some(outcome) = published(&["discord"]) else { return };
    for code in ["TR501", "TR502", "TR503", "TR504", "TR505", "TR506", "TR507", "TR508"] {
        assert!(of_rule(&outcome, code).is_empty(), "{:?}", messages(&outcome, code));
    }
}

#[test]
fn a_copy_of_an_earlier_release_is_told_from_one_of_the_latest() {
    let Some(earlier) = published(&["meta/meta-2022-q3.csv"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let corpus = PathBuf::from(std::env::var_os("CANDOR_CORPUS").unwrap()).join("meta");
    for release in ["meta-2022-q3.csv", "meta-2022-q4.csv"] {
        std::fs::copy(corpus.join(release), folder.path().join(release)).unwrap();
    }
    let copy = |of: &Outcome| {
        std::fs::write(folder.path().join("copy.csv"), candor::convert::csv(&of.dataset).unwrap()).unwrap();
        outcome(&[folder.path().to_path_buf()])
    };
    let stale = copy(&earlier);
    assert_eq!(messages(&stale, "TR508"), ["203 values follow 2022-Q3 and not 2022-Q4, the latest release"]);
    assert_eq!(place(&stale, of_rule(&stale, "TR508")[0]).split(':').next(), Some("copy.csv"));
    assert!(of_rule(&stale, "TR005").is_empty(), "{:?}", messages(&stale, "TR005"));
    let latest = published(&["meta/meta-2022-q4.csv"]).unwrap();
    let current = copy(&latest);
    assert!(of_rule(&current, "TR508").is_empty() && of_rule(&current, "TR005").is_empty());
}

#[test]
fn a_single_release_says_that_there_is_no_second() {
    let Some(outcome) = published(&["meta/meta-2022-q4.csv"]) else { return };
    for code in ["TR404", "TR501", "TR502", "TR503", "TR504", "TR505", "TR506", "TR507", "TR508", "TR805"] {
        let verdict = outcome.verdicts.iter().find(|verdict| verdict.rule.id.code == code).unwrap();
        let why = "no second release of a publication (a later vintage)".to_owned();
        assert_eq!(verdict.verdict, candor::rule::Verdict::NotRun(why), "{code}");
    }
}
