//! TR7xx: claims. Whether what somebody says of the figures is what the figures say.
//!
//! The five rules share one look, so that every claim ends in exactly one verdict and is computed once. The stated
//! reading is tried first; where it does not hold, the other readings of [`readings`] are, the nearest first. Each
//! verdict has a rule of its own but `consistent`, which stands in the schedule `claims` alone.

mod bounds;
mod evaluate;
mod judge;
mod readings;
mod report;
mod select;

pub mod claim_contradicted;
pub mod claim_uncheckable;
pub mod claim_wrong_period;
pub mod claim_wrong_unit;
pub mod claims_contradict;

use crate::rule::{Look, Parameter, Task};

/// Checks every claim once.
pub static CLAIMS: Look = Look { check };

/// How far from the stated period others are tried.
const NEIGHBOURS: Parameter = Parameter {
    name: "neighbours",
    unit: "periods",
    default: 1.0,
    range: (0.0, 8.0),
    documentation: "Periods before and after the stated one that are tried where that does not fit.",
};

fn check(tasks: &mut [Task<'_>]) {
    let Some(context) = tasks.first().map(|task| &task.context) else { return };
    let dataset = context.dataset;
    // The rule that speaks of periods decides how far the look goes for them.
    let period_rule = tasks.iter().find(|task| task.rule.id == claim_wrong_period::RULE.id);
    let steps = period_rule.map_or(0, |task| task.context.parameters.global(NEIGHBOURS.name) as i16);
    let judged = judge::judge(dataset, steps);
    let mut schedule = Some(report::schedule(dataset, &judged));
    for task in tasks {
        if task.is_wanted
            && let Some(schedule) = schedule.take()
        {
            task.sink.schedule(schedule);
        }
        task.sink.examined(judged.len());
        for one in judged.iter().filter(|one| one.verdict.rule() == Some(task.rule.id)) {
            if let Some(finding) = report::finding(dataset, &task.sink, one) {
                task.sink.push(finding);
            }
        }
    }
}
