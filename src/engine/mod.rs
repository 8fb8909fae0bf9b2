//! Runs the rules over a dataset and orders what they find.
//!
//! [`run`] plans the rules from what the data offer, runs them in parallel, keeps one that panics from taking others
//! with it but those that share its look at the data, folds what says the same thing again, and sorts, so that the [`Outcome`] is the same at any number of
//! threads and for any order of the inputs.

mod difference;
mod fold;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::civil::Date;
use rayon::prelude::*;

pub use difference::{CheckedSide, FindingChanges, Step};

use crate::diag::{Finding, Label, Level, Location, RuleId, Schedule, State, Subject};
use crate::model::Dataset;
use crate::rule::{Check, Configured, Context, Policy, Rule, Settings, Sink, Task, Verdict};
use crate::source::{SourceId, Sources, Span};
use crate::suppress::{Baseline, Suppression};

/// How a check is made.
#[derive(Debug, Default)]
pub struct Plan {
    /// Which rules run and at which level.
    pub policy: Policy,
    /// Parameters of rules.
    pub settings: Settings,
    /// The day on which the check is made.
    pub as_of: Option<Date>,
    /// Findings of the engine's own, such as paths in the configuration that match nothing.
    pub own_findings: Vec<Finding>,
    /// How many paths and patterns the configuration names.
    pub configured_paths: usize,
    /// What sets findings aside.
    pub suppression: Suppression,
}

/// What one rule did.
#[derive(Debug, Clone)]
pub struct RuleVerdict {
    /// The rule.
    pub rule: &'static Rule,
    /// What it did.
    pub verdict: Verdict,
    /// How many findings it made, folded ones included.
    pub findings: usize,
}

/// Exact totals of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Inputs.
    pub inputs: usize,
    /// Values that were looked at, readable or not.
    pub values: usize,
    /// Series that they form.
    pub series: usize,
    /// Findings at level error that count, folded ones included.
    pub errors: usize,
    /// Likewise warnings.
    pub warnings: usize,
    /// Likewise notes.
    pub notes: usize,
    /// Findings that a documented break explains, folded ones included.
    pub explained: usize,
    /// Findings that somebody has accepted, folded ones included.
    pub allowed: usize,
    /// Findings that the baseline holds, folded ones included.
    pub baselined: usize,
    /// Findings that are printed as part of another one; they are in the totals above.
    pub folded: usize,
    /// Findings that are not printed because there are too many; they are in the totals above.
    pub left_out: usize,
    /// Rules that looked at something.
    pub rules_checked: usize,
    /// Rules that the data hold nothing for.
    pub rules_not_applicable: usize,
    /// Rules that could not run.
    pub rules_not_run: usize,
}

/// Everything that a check leads to.
#[derive(Debug)]
pub struct Outcome {
    /// What was read.
    pub dataset: Dataset,
    /// The inputs themselves.
    pub sources: Sources,
    /// What was found, in the order of the inputs, repeats folded.
    pub findings: Vec<Finding>,
    /// What rules compared, as tables, by the code of the rule.
    pub schedules: Vec<Schedule>,
    /// What every rule did, by code.
    pub verdicts: Vec<RuleVerdict>,
    /// Totals.
    pub summary: Summary,
    /// Parameters that differ from their defaults.
    pub settings: Settings,
    /// The day on which the check was made, where the user named one.
    pub as_of: Option<Date>,
    /// The baseline that was held against it.
    pub baseline: Option<Baseline>,
    /// Whether the whole dataset was checked.
    pub is_whole_dataset: bool,
    /// Whether a rule failed.
    pub failed: bool,
}

impl Outcome {
    /// Leaves out the findings beyond the limit, those that weigh least. Totals and exit code stay as they are.
    pub fn leave_out_beyond_limit(&mut self) {
        let count = |findings: &[Finding]| findings.iter().map(|one| 1 + fold::count(one)).sum::<usize>();
        let all = count(&self.findings);
        fold::keep(&mut self.findings, usize::try_from(self.sources.limits.findings).unwrap_or(usize::MAX));
        self.summary.folded = self.findings.iter().map(fold::count).sum();
        self.summary.left_out = all - count(&self.findings);
    }

    /// Exit code, whatever the output format: 70 a rule failed, 3 an input was not read, 1 findings at or above
    /// `fail_on`, else 0.
    pub fn exit_code(&self, fail_on: Option<Level>) -> u8 {
        let summary = &self.summary;
        let counted = match fail_on {
            Some(Level::Error) => summary.errors,
            Some(Level::Warning) => summary.errors + summary.warnings,
            Some(Level::Note) => summary.errors + summary.warnings + summary.notes,
            None => 0,
        };
        if self.failed {
            70
        } else if self.dataset.unread_inputs > 0 {
            3
        } else {
            u8::from(counted > 0)
        }
    }
}

/// Checks a dataset with some rules.
pub fn run(dataset: Dataset, sources: Sources, rules: &[&'static Rule], plan: Plan) -> Outcome {
    let jobs = jobs(rules);
    let configured = configured(&dataset, &plan);
    // One by one: two slow jobs that stand side by side must not wait for each other.
    let each = jobs.par_iter().with_max_len(1);
    let mut results: Vec<RuleResult> =
        each.flat_map_iter(|job| run_job(job, &dataset, &plan, configured)).collect();
    results.sort_by_key(|result| rules.iter().position(|rule| rule.id == result.rule.id));
    let failed = results.iter().any(|result| result.failed);
    let mut verdicts: Vec<RuleVerdict> = Vec::with_capacity(results.len());
    let runs = |finding: &Finding| rules.iter().all(|rule| rule.id != finding.rule || plan.policy.runs(rule));
    let mut findings: Vec<Finding> = plan.own_findings.into_iter().filter(runs).collect();
    let mut schedules = Vec::new();
    for result in results {
        schedules.extend(result.schedules);
        verdicts.push(RuleVerdict { rule: result.rule, verdict: result.verdict, findings: 0 });
        findings.extend(result.findings);
    }
    let at_level = |mut finding: Finding| {
        finding.level = plan.policy.level(finding.rule, &finding.subject, finding.level)?;
        Some(finding)
    };
    let mut findings: Vec<Finding> = findings.into_iter().filter_map(at_level).collect();
    // A baseline that holds one of two alike sets the first aside, whatever the order in which rules go through the data.
    fold::sort(&mut findings, &sources);
    let ran = |id: RuleId| {
        verdicts.iter().any(|one| one.rule.id == id && !matches!(one.verdict, Verdict::NotRun(_)))
    };
    let of_entries = plan.suppression.apply(&dataset, &mut findings, plan.as_of, ran);
    findings.extend(of_entries.into_iter().filter(runs).filter_map(at_level));
    let mut counts: BTreeMap<RuleId, usize> = BTreeMap::new();
    findings.iter().for_each(|finding| *counts.entry(finding.rule).or_default() += 1);
    for verdict in &mut verdicts {
        verdict.findings = counts.get(&verdict.rule.id).copied().unwrap_or_default();
    }
    let summary = summarise(&dataset, &sources, &findings, &verdicts);
    findings = fold::fold(findings, &sources);
    let folded = findings.iter().map(fold::count).sum();
    Outcome {
        summary: Summary { folded, ..summary },
        dataset,
        sources,
        findings,
        schedules,
        verdicts,
        settings: plan.settings,
        as_of: plan.as_of,
        baseline: plan.suppression.baseline,
        is_whole_dataset: plan.suppression.is_whole_dataset,
        failed,
    }
}

/// What the configuration holds of what the linter's own rules look at.
fn configured(dataset: &Dataset, plan: &Plan) -> Configured {
    let (allows, dated_allows) = plan.suppression.entries(dataset);
    let baselined = plan.suppression.baseline.as_ref().map_or(0, |baseline| baseline.entries.len());
    Configured { paths: plan.configured_paths, allows, dated_allows, baselined }
}

/// What one rule came to, before levels are applied.
struct RuleResult {
    rule: &'static Rule,
    verdict: Verdict,
    findings: Vec<Finding>,
    schedules: Vec<Schedule>,
    failed: bool,
}

/// Rules that share a look at the data together, all others alone.
fn jobs(rules: &[&'static Rule]) -> Vec<Vec<&'static Rule>> {
    let mut jobs: Vec<Vec<&'static Rule>> = Vec::new();
    for rule in rules {
        match jobs.iter_mut().find(|job| job[0].check.is_shared_with(rule.check)) {
            Some(job) => job.push(rule),
            None => jobs.push(vec![rule]),
        }
    }
    jobs
}

/// Runs one rule, or all that share a look at the data.
fn run_job(
    rules: &[&'static Rule],
    dataset: &Dataset,
    plan: &Plan,
    configured: Configured,
) -> Vec<RuleResult> {
    let context = |rule: &'static Rule| Context {
        dataset,
        parameters: plan.settings.parameters(rule),
        as_of: plan.as_of,
        configured,
    };
    let obstacles: Vec<Option<Verdict>> =
        rules.iter().map(|rule| obstacle(rule, &context(rule), plan)).collect();
    let task = |(rule, obstacle): (&&'static Rule, &Option<Verdict>)| Task {
        rule,
        is_wanted: obstacle.is_none(),
        context: context(rule),
        sink: Sink::new(rule),
    };
    let mut tasks: Vec<Task<'_>> = rules.iter().zip(&obstacles).map(task).collect();
    let failure = if obstacles.contains(&None) { run_tasks(&mut tasks).err() } else { None };
    let result = |(Task { rule, sink, .. }, obstacle): (Task<'_>, Option<Verdict>)| {
        let empty = |verdict| RuleResult {
            rule,
            verdict,
            findings: Vec::new(),
            schedules: Vec::new(),
            failed: false,
        };
        match (obstacle, &failure) {
            (Some(obstacle), _) => empty(obstacle),
            (None, Some(why)) => RuleResult {
                findings: vec![failure_of(rule, rules, why)],
                failed: true,
                ..empty(Verdict::NotRun(format!("failed: {why}")))
            },
            (None, None) => RuleResult {
                verdict: sink.verdict(),
                findings: sink.findings,
                schedules: sink.schedules,
                rule,
                failed: false,
            },
        }
    };
    tasks.into_iter().zip(obstacles).map(result).collect()
}

/// Why a rule does not run; `None` where it does.
fn obstacle(rule: &Rule, context: &Context<'_>, plan: &Plan) -> Option<Verdict> {
    if !plan.policy.runs(rule) {
        return Some(Verdict::NotRun("turned off in candor.toml or on the command line".to_owned()));
    }
    rule.needs.iter().find_map(|need| need.missing_in(context))
}

/// Runs some tasks of one look; the error is what a panic said.
fn run_tasks(tasks: &mut [Task<'_>]) -> Result<(), String> {
    let check = AssertUnwindSafe(|| match tasks {
        [Task { rule: Rule { check: Check::Together(look), .. }, .. }, ..] => (look.check)(tasks),
        [Task { rule: Rule { check: Check::Alone(check), .. }, context, sink, .. }] => check(context, sink),
        _ => {}
    });
    catch_unwind(check).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message").to_owned()
    })
}

/// The finding that a rule failed. It has no place of its own; it points at the beginning of the first input.
fn failure_of(rule: &Rule, job: &[&Rule], why: &str) -> Finding {
    let place = Location { source: SourceId(0), span: Span::new(0, 0), cell: None };
    let subject = Subject { path: Some(rule.id.code.to_owned()), ..Subject::default() };
    let codes: Vec<&str> = job.iter().map(|rule| rule.id.code).filter(|code| *code != rule.id.code).collect();
    let others = if codes.is_empty() {
        String::new()
    } else {
        format!(" but {}, with which it looks", codes.join(", "))
    };
    let RuleId { code, name } = rule.id;
    let message = format!("the rule {code} ({name}) failed and found nothing; all others{others} ran");
    Finding::new(
        crate::rules::RULE_FAILED.id,
        Level::Error,
        subject,
        message,
        Label::new(place, "first input"),
    )
    .note("reason", why)
    .help("this is a fault of candor: please report it with the input")
}

fn summarise(
    dataset: &Dataset,
    sources: &Sources,
    findings: &[Finding],
    verdicts: &[RuleVerdict],
) -> Summary {
    let active = |level: Level| findings.iter().filter(|one| one.is_active() && one.level == level).count();
    let in_state = |is: fn(&State) -> bool| findings.iter().filter(|one| is(&one.state)).count();
    let rules = |kind: fn(&Verdict) -> bool| verdicts.iter().filter(|one| kind(&one.verdict)).count();
    Summary {
        inputs: sources.len(),
        values: dataset.values_read,
        series: dataset.series.len(),
        errors: active(Level::Error),
        warnings: active(Level::Warning),
        notes: active(Level::Note),
        explained: in_state(|state| matches!(state, State::Explained { .. })),
        allowed: in_state(|state| matches!(state, State::Allowed { .. })),
        baselined: in_state(|state| matches!(state, State::Baselined)),
        folded: 0,
        left_out: 0,
        rules_checked: rules(|verdict| matches!(verdict, Verdict::Checked { .. })),
        rules_not_applicable: rules(|verdict| matches!(verdict, Verdict::NotApplicable(_))),
        rules_not_run: rules(|verdict| matches!(verdict, Verdict::NotRun(_))),
    }
}
