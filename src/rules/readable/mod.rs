//! TR0xx: readable and well typed.
//!
//! Most faults of this family are met while an input is read and arrive here as problems; a rule of the family turns
//! its kind of problem into findings.

pub mod conflicting_duplicate;
pub mod label_drift;
pub mod mixed_number_format;
mod name_drift;
pub mod period_label_mismatch;
pub mod ragged_row;
pub mod repeated_key;
pub mod schema_violation;
pub mod unknown_term;
pub mod unparsable_value;
pub mod unreadable_input;
pub mod unrecognised_format;
pub mod unrendered_placeholder;

use std::collections::{BTreeMap, HashSet};

use crate::diag::{Level, Subject};
use crate::model::{Dataset, Observation, Problem, ProblemKind};
use crate::rule::{Context, Sink};
use crate::source::SourceId;

/// Turns the problems of one kind into findings.
fn report(context: &Context<'_>, sink: &mut Sink, kind: ProblemKind, method: &'static str) {
    for problem in context.dataset.problems.iter().filter(|problem| problem.kind == kind) {
        push(sink, problem, method);
    }
}

fn push(sink: &mut Sink, problem: &Problem, method: &'static str) {
    let subject = Subject { path: Some(problem.path.clone()), ..Subject::default() };
    let mut finding = sink.finding(subject, &problem.message, problem.location, &problem.label);
    if problem.minor {
        finding.level = Level::Note;
    }
    finding.evidence.method = method;
    for (location, text) in &problem.related {
        finding = finding.related(*location, text);
    }
    if let Some(help) = &problem.help {
        finding = finding.help(help);
    }
    if let Some(group) = &problem.group {
        finding = finding.fold(format!("{} {group}", problem.location.source.0));
    }
    sink.push(finding);
}

/// The row of a table that an observation stands in.
fn row_of(observation: &Observation) -> Option<(SourceId, u32)> {
    Some((observation.origin.source, observation.origin.cell?.row))
}

/// The rows of tables that some observations stand in.
fn rows_of<'d>(observations: impl Iterator<Item = &'d Observation>) -> HashSet<(SourceId, u32)> {
    observations.filter_map(row_of).collect()
}

/// Statements of one document for the same key and period, where there are several, in their order.
fn repeated_statements(dataset: &Dataset) -> impl Iterator<Item = Vec<&Observation>> {
    dataset.series.iter().filter(|series| series.statements.len() > series.points.len()).flat_map(|series| {
        let statements: Vec<&Observation> = dataset.statements(series).collect();
        let mut repeated = Vec::new();
        for same_period in statements.chunk_by(|left, right| left.period == right.period) {
            if same_period.len() == 1 {
                continue;
            }
            let mut groups: BTreeMap<_, Vec<&Observation>> = BTreeMap::new();
            for one in same_period {
                let block = dataset.block_of(one);
                // A total may be stated once for each breakdown, and beside a figure of the publisher's own; and two
                // labels are two rows, which another rule joins.
                groups.entry((block.document, &block.total_of, &block.label)).or_default().push(one);
            }
            repeated.extend(groups.into_values().filter(|group| group.len() > 1));
        }
        repeated
    })
}
