//! What was read of each input, so that no output passes over a file in silence.

use crate::engine::Outcome;
use crate::model::{Problem, ProblemKind};
use crate::source::Source;

/// How much of an input was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// Not to its end, or not in every row.
    Partly,
    /// Nothing.
    Not,
}

impl Extent {
    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Partly => "partly",
            Self::Not => "not",
        }
    }
}

/// What was read of one input.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    /// The input.
    pub source: &'a Source,
    /// What it was read as.
    pub format: &'static str,
    /// How much was read.
    pub extent: Extent,
    /// Published numbers that stand in it.
    pub values: usize,
    /// Why it was not read whole.
    pub reason: Option<String>,
}

impl Reading<'_> {
    /// What was assumed of its bytes, where that is not what most inputs are: the encoding, and what separates cells.
    pub fn assumptions(&self) -> Option<String> {
        let separator = unusual_separator(self.source).map(|separator| match separator {
            '\t' => "separated by tabs".to_owned(),
            other => format!("separated by `{other}`"),
        });
        let parts: Vec<String> =
            self.source.encoding.map(str::to_owned).into_iter().chain(separator).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// What separates the cells of a table, where that is no comma.
pub fn unusual_separator(source: &Source) -> Option<char> {
    source.separator().map(char::from).filter(|separator| *separator != ',')
}

/// What the dataset holds of one input.
#[derive(Debug, Default, Clone)]
struct Facts<'a> {
    format: Option<&'static str>,
    incomplete: bool,
    values: usize,
    unreadable: Option<&'a Problem>,
    unrecognised: Option<&'a Problem>,
}

/// What was read of every input, in their order.
pub fn readings(outcome: &Outcome) -> Vec<Reading<'_>> {
    let facts = facts(outcome);
    outcome.sources.iter().zip(&facts).map(|((_, source), facts)| reading(source, facts)).collect()
}

fn facts(outcome: &Outcome) -> Vec<Facts<'_>> {
    let mut all = vec![Facts::default(); outcome.sources.len()];
    for document in &outcome.dataset.documents {
        if let Some(facts) = all.get_mut(document.source.0 as usize) {
            facts.format.get_or_insert(document.format.as_str());
            facts.incomplete |= !document.complete;
            facts.values += document.values;
        }
    }
    for problem in &outcome.dataset.problems {
        let Some(facts) = all.get_mut(problem.location.source.0 as usize) else { continue };
        match problem.kind {
            ProblemKind::Unreadable => facts.unreadable = facts.unreadable.or(Some(problem)),
            ProblemKind::UnrecognisedFormat => facts.unrecognised = facts.unrecognised.or(Some(problem)),
            _ => {}
        }
    }
    all
}

fn reading<'a>(source: &'a Source, facts: &Facts<'_>) -> Reading<'a> {
    let failed = source.failure.is_some() || facts.unreadable.is_some();
    let extent = match facts.format {
        Some(_) if failed || facts.incomplete => Extent::Partly,
        None if failed || facts.unrecognised.is_some() => Extent::Not,
        _ => Extent::Whole,
    };
    let format = match facts.format {
        Some("tidy table (CSV)") if source.sheet.is_some() => "tidy table (XLSX)",
        Some(format) => format,
        None if facts.unrecognised.is_some() => "not recognised",
        None if failed => "not readable",
        None => "registry or configuration",
    };
    let reason = (extent != Extent::Whole).then(|| reason(source, facts));
    Reading { source, format, extent, values: facts.values, reason }
}

fn reason(source: &Source, facts: &Facts<'_>) -> String {
    match (&source.failure, facts.unreadable.or(facts.unrecognised)) {
        (Some(failure), _) => failure.message.clone(),
        (None, Some(problem)) => problem.message.clone(),
        (None, None) => "not every row or series could be read".to_owned(),
    }
}
