//! For test reports: JUnit XML, one suite a rule.
//!
//! A printed finding at or above the failing level is a failed case; one below it, or one that does not count, is a
//! passed case that says so. A rule that found nothing is one passed case, a rule without anything to look at a skipped
//! one. The totals stand as properties of every report, the same as in all other formats.

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::region::Region;
use super::words::clean;
use super::{RunInfo, concise, folded_count};
use crate::diag::Finding;
use crate::engine::{Outcome, RuleVerdict, Summary};
use crate::rule::Verdict;

/// Writes the report.
pub fn render(outcome: &Outcome, run: &RunInfo) -> String {
    let mut report = Report::new("candor");
    let mut totals = TestSuite::new("candor");
    for (name, count) in counts(&outcome.summary) {
        totals.add_property(Property::new(name, count.to_string()));
    }
    report.add_test_suite(totals);
    for verdict in &outcome.verdicts {
        report.add_test_suite(suite(verdict, outcome, run));
    }
    // The names of rules and cleaned texts hold nothing that XML cannot.
    report.to_string().unwrap_or_default()
}

fn counts(summary: &Summary) -> [(&'static str, usize); 9] {
    [
        ("errors", summary.errors),
        ("warnings", summary.warnings),
        ("notes", summary.notes),
        ("explained", summary.explained),
        ("allowed", summary.allowed),
        ("baselined", summary.baselined),
        ("folded", summary.folded),
        ("left_out", summary.left_out),
        ("values", summary.values),
    ]
}

fn suite(verdict: &RuleVerdict, outcome: &Outcome, run: &RunInfo) -> TestSuite {
    let id = verdict.rule.id;
    let mut suite = TestSuite::new(format!("{} {}", id.code, id.name));
    let findings: Vec<&Finding> = outcome.findings.iter().filter(|finding| finding.rule == id).collect();
    for finding in &findings {
        suite.add_test_case(case(finding, outcome, run));
    }
    let (status, name) = match &verdict.verdict {
        _ if !findings.is_empty() => return suite,
        Verdict::Checked { examined } => (TestCaseStatus::success(), format!("{examined} examined")),
        Verdict::NotApplicable(why) => (skipped(why), "not applicable".to_owned()),
        Verdict::NotRun(why) => (skipped(why), "not run".to_owned()),
    };
    let mut only = TestCase::new(name, status);
    only.set_classname(id.name);
    suite.add_test_case(only);
    suite
}

fn skipped(why: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(clean(why));
    status
}

fn case(finding: &Finding, outcome: &Outcome, run: &RunInfo) -> TestCase {
    let region = Region::new(finding.primary.location, &outcome.sources);
    let place = format!("{}{}", clean(region.path), region.suffix());
    let mut text = format!("{place}: {}{}", clean(&finding.message), concise::explained(finding));
    for note in &finding.notes {
        text.push_str(&format!("\n{}: {}", note.kind, clean(&note.text)));
    }
    let folded = folded_count(finding);
    if folded > 0 {
        text.push_str(&format!("\n+ {folded} more"));
    }
    let fails = finding.is_active() && run.fail_on.is_some_and(|level| finding.level >= level);
    let mut case = if fails {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(finding.level.as_str()).set_message(clean(&finding.message)).set_description(text);
        TestCase::new(place, status)
    } else {
        let mut case = TestCase::new(place, TestCaseStatus::success());
        case.set_system_out(text);
        case
    };
    case.set_classname(finding.rule.name);
    case
}
