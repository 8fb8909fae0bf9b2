//! What a finding states as expected is what the rule would have taken: a figure well inside the range is no
//! finding, one just outside is, but in the fixtures of `TOLD_OTHERWISE`. Every `fail-*` fixture whose findings state a
//! range is written anew with such figures.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::{Path, PathBuf};

use candor::diag::Finding;
use candor::engine::Outcome;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use support::{copy_folder, every_finding, fixtures, outcome};

/// Rules whose findings state which figures would have been none.
const RULES: [&str; 6] =
    ["cross-source-mismatch", "rate-mismatch", "scale-slip", "sharp-drop", "sharp-rise", "sum-mismatch"];
/// Rules that share one judgement, of a change or of two sources, and part what it finds among them.
const ALIKE: [&[&str]; 2] =
    [&["scale-slip", "sharp-drop", "sharp-rise"], &["cross-source-mismatch", "value-explains-gap"]];
/// Fixtures in which a figure outside the range may be told in another way: as a step of the next period, by a rule on groups, or
/// not at all, since a rule is off, a break is declared or only the least likely changes are told.
const TOLD_OTHERWISE: [&str; 6] = [
    "scale-slip/fail-where-no-fall-is-told",
    "sharp-drop/fail-all-discoveries",
    "sharp-drop/fail-documented",
    "sharp-drop/fail-six-categories-beside-three-that-stay.yaml",
    "sharp-rise/fail-documented",
    "sharp-rise/fail-step-that-looks-like-a-doubled-digit.yaml",
];
/// How far outside an end figures are tried: ends of estimated ranges have three digits.
const OUTSIDE: f64 = 0.04;

/// Checks a copy of a fixture in which the figure of a finding is another.
fn with_figure(fixture: &Path, outcome: &Outcome, finding: &Finding, figure: &str) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join(fixture.file_name().unwrap());
    let source = outcome.sources.get(finding.primary.location.source);
    let file = if fixture.is_dir() {
        copy_folder(fixture, &copy);
        copy.join(Path::new(&source.path).strip_prefix(fixture).unwrap())
    } else {
        copy.clone()
    };
    let span = finding.primary.location.span;
    let mut text = source.text.to_string();
    text.replace_range(span.start as usize..span.end as usize, figure);
    std::fs::write(file, text).unwrap();
    support::outcome(&[copy])
}

/// Whether the rule of a finding, or one that judges figures in the same way, still says something of its period.
fn is_told(outcome: &Outcome, finding: &Finding) -> bool {
    let alike = |rule: &str| {
        let both = |rules: &&[&str]| rules.contains(&rule) && rules.contains(&finding.rule.name);
        rule == finding.rule.name || ALIKE.iter().any(both)
    };
    every_finding(outcome).iter().any(|one| alike(one.rule.name) && one.subject == finding.subject)
}

/// Figures inside a range, and outside of it. What is inside is told of the series by all figures, the one in question
/// among them, so that the range is a little narrower once that one is no longer out of line.
fn figures(low: Option<f64>, high: Option<f64>) -> (Vec<f64>, Vec<f64>) {
    let inside = match (low, high) {
        (Some(low), Some(high)) if low > 0.0 => {
            [0.25, 0.75].map(|share| low * (high / low).powf(share)).to_vec()
        }
        (low, high) => low.or(high).into_iter().collect(),
    };
    let outside = [low.map(|low| low * (1.0 - OUTSIDE)), high.map(|high| high * (1.0 + OUTSIDE))];
    (inside, outside.into_iter().flatten().collect())
}

#[test]
fn figures_within_the_expected_range_are_no_finding_and_others_are() {
    let (mut tried, mut faults) = (0, Vec::new());
    for rule in RULES {
        let fails = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with("fail-");
        for fixture in fixtures(rule).into_iter().filter(fails) {
            let outcome = outcome(std::slice::from_ref(&fixture));
            for finding in every_finding(&outcome) {
                let Some(range) = finding.evidence.expected_range else { continue };
                let source = outcome.sources.get(finding.primary.location.source);
                let text = source.slice(finding.primary.location.span);
                // Other notations would have to be written as they are; one is enough.
                let Ok(printed) = text.parse::<Decimal>() else { continue };
                let end = |end: Option<Decimal>| end.and_then(|end| end.to_f64());
                let (inside, mut outside) = figures(end(range.low), end(range.high));
                if TOLD_OTHERWISE.iter().any(|one| fixture.ends_with(one)) {
                    outside.clear();
                }
                let write = |figure: f64| {
                    // A count is whole; a rate of 0 or 1 has no decimals either.
                    if printed.scale() == 0 && figure >= 100.0 {
                        format!("{figure:.0}")
                    } else {
                        format!("{figure}")
                    }
                };
                for (figures, is_finding) in [(inside, false), (outside, true)] {
                    for figure in figures {
                        // A whole number may come to lie on the other side of an end.
                        let written: Decimal = write(figure).parse().unwrap();
                        let is_inside = range.low.is_none_or(|low| written >= low)
                            && range.high.is_none_or(|high| written <= high);
                        if is_inside == is_finding {
                            continue;
                        }
                        let other = with_figure(&fixture, &outcome, finding, &write(figure));
                        if is_told(&other, finding) != is_finding {
                            let (at, figure) = (fixture.display(), write(figure));
                            faults.push(format!(
                                "{at}: {}: {figure} where {range} is expected",
                                finding.message
                            ));
                        }
                        tried += 1;
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(tried > 20, "{tried}");
}
