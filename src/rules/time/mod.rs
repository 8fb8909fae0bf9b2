//! TR3xx: a series over time. Whether a figure fits what came before and after, and what peers do.

pub mod change;
pub mod explanation;
pub mod family;
pub mod report;
pub mod survey;

pub mod implausibly_low;
pub mod imputed_value;
pub mod level_shift;
pub mod precision_change;
pub mod repeated_block;
pub mod repeated_value;
pub mod round_among_exact;
pub mod scale_slip;
pub mod sharp_drop;
pub mod sharp_rise;

use std::collections::HashSet;

use rayon::prelude::*;

use crate::rule::{Look, Task};
use crate::rules::counting::{declared_break, series_replaced, transfer_suspected, undeclared_break};
use crate::rules::members::Members;
use crate::rules::time::family::{Moves, families};
use crate::rules::time::report::Causes;
use crate::rules::time::survey::Survey;

/// Looks at all series once for all rules on changes over time: a fall and the rise after it may be one excursion, a
/// fall beside a rise one transfer, many falls one break.
pub static SERIES: Look = Look { check: check_series };

fn check_series(tasks: &mut [Task<'_>]) {
    let Some(dataset) = tasks.first().map(|task| task.context.dataset) else { return };
    let members = &Members::new(dataset);
    let survey = &Survey::new(dataset, members);
    let families = &families(survey);
    let moves: Vec<Moves<'_, '_>> = families.par_iter().map(|family| Moves::new(survey, family)).collect();
    let mut causes = Causes::default();
    if let Some(task) = task_of(tasks, &undeclared_break::RULE) {
        let least = task.context.parameters.global("evidence");
        let (breaks, examined) = undeclared_break::find(survey, families, &moves, least);
        task.sink.examined(examined);
        task.sink.nothing_to_check("no group of four series or more in two neighbouring periods");
        undeclared_break::report(task, survey, members, families, &breaks);
        declared_break::check(task, survey);
        causes.add_breaks(&breaks);
    }
    let words = task_of(tasks, &series_replaced::RULE).map(|task| task.context.parameters.global("words"));
    let replaced = words.map_or_else(Vec::new, |words| series_replaced::find(survey, families, words));
    if let Some(task) = task_of(tasks, &transfer_suspected::RULE) {
        let (least, fit) =
            (task.context.parameters.global("evidence"), task.context.parameters.global("fit"));
        let found = transfer_suspected::find(survey, families, &moves, &replaced, least, fit);
        task.sink.examined(families.iter().map(|family| family.runs.len()).sum());
        task.sink.nothing_to_check("no group of four series or more in two neighbouring periods");
        transfer_suspected::report(task, survey, families, &found);
        causes.add_transfers(&found);
    }
    drop(moves);
    let told = report::check_changes(tasks, survey, members, &causes);
    if let Some(task) = task_of(tasks, &series_replaced::RULE) {
        task.sink.examined(families.iter().map(|family| family.runs.len()).sum());
        task.sink.nothing_to_check("no group of four series or more");
        series_replaced::report(task, survey, families, &replaced);
    }
    if let Some(task) = task_of(tasks, &level_shift::RULE) {
        level_shift::check(task, survey, &replaced, &told);
    }
    let blocks = task_of(tasks, &repeated_block::RULE);
    let in_blocks = &blocks.map_or_else(HashSet::new, |task| repeated_block::check(task, survey));
    if let Some(task) = task_of(tasks, &repeated_value::RULE) {
        repeated_value::check(task, in_blocks);
    }
    if let Some(task) = task_of(tasks, &imputed_value::RULE) {
        imputed_value::check(task, survey, in_blocks);
    }
}

fn task_of<'t, 'a>(tasks: &'t mut [Task<'a>], rule: &crate::rule::Rule) -> Option<&'t mut Task<'a>> {
    tasks.iter_mut().find(|task| task.rule.id == rule.id && task.is_wanted)
}
