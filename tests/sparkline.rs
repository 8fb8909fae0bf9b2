//! The line that draws the series of a finding.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use candor::render::{Format, RunInfo, Style, render};
use support::{outcome, project};

fn drawn(fixture: &str, style: Style) -> String {
    let outcome = outcome(&[project().join("fixtures/rules").join(fixture)]);
    let run = RunInfo {
        version: String::new(),
        rule_set_hash: String::new(),
        fail_on: None,
        exit_code: 0,
        command: String::new(),
    };
    let text = render(&outcome, Format::Terminal, &style, &run);
    text.lines().filter(|line| line.starts_with("  plot")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_period_is_marked() {
    insta::assert_snapshot!(drawn("sharp-drop/fail-step.yaml", Style::default()), @"  plot    ▇█▇█████[▃] 2016 to 2024, up to 1,168");
    insta::assert_snapshot!(drawn("imputed-value/fail-mean.yaml", Style::default()), @"  plot    ▇▅▆▄▇[▆]▅█ 2015 to 2022, up to 58,128");
}

#[test]
fn only_where_there_is_room_and_it_is_wanted() {
    assert_eq!(drawn("sharp-drop/fail-step.yaml", Style { width: 79, ..Style::default() }), "");
    assert_eq!(drawn("sharp-drop/fail-step.yaml", Style { plot: false, ..Style::default() }), "");
}

#[test]
fn a_sum_has_none() {
    assert_eq!(drawn("sum-mismatch/fail-accounts-removed.yaml", Style::default()), "");
}
