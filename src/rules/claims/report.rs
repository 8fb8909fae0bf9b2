//! What is said of claims: a finding for each that does not hold, and the schedule of all.

use super::bounds::Bounds;
use super::judge::{Conflict, Judged, Read, Verdict};
use crate::diag::{Finding, Location, Schedule, ScheduleRow, Subject};
use crate::model::{Claim, ClaimSource, Dataset};
use crate::rule::Sink;
use crate::rules::members::figure;

/// Figures that a finding points at.
const MOST_FIGURES: usize = 4;

/// The finding of a claim; `None` where another claim's finding speaks of it.
pub(super) fn finding(dataset: &Dataset, sink: &Sink, judged: &Judged<'_>) -> Option<Finding> {
    let Judged { claim, verdict, .. } = judged;
    let source = &dataset.claim_sources[claim.source];
    let (message, label) = match (verdict, &judged.conflict) {
        (Verdict::Consistent, _) => return None,
        (_, Some(conflict)) => {
            // Two claims that contradict each other are reported at the later one.
            if conflict.is_mutual && claim.location < conflict.with.location {
                return None;
            }
            (conflicting(claim, conflict), number(claim))
        }
        (Verdict::Uncheckable, None) => {
            let why = judged.stated.as_ref().err().map_or("", |missing| missing.reason.as_str());
            // A fault in its expression is a finding already.
            if matches!(claim.reading, crate::model::Reading::Faulty) {
                return None;
            }
            (format!("claim {} cannot be checked: {why}", claim.id), number(claim))
        }
        _ => (not_as_stated(judged), number(claim)),
    };
    let subject = Subject {
        publisher: Some(source.publisher.clone()),
        // The name of the file alone: a dataset may lie anywhere.
        path: Some(format!("{}#{}", source.path.rsplit('/').next().unwrap_or_default(), claim.id)),
        ..Subject::default()
    };
    let mut finding = sink
        .finding(subject, message, claim.value_location, label)
        .note("says", format!("{} ({})", claim.says, from(source)));
    finding = with_figures(finding, judged);
    finding = with_notes(finding, judged);
    finding.evidence.method = match verdict {
        Verdict::Conflicting => "claims-of-one-source",
        _ => "claim-expression",
    };
    finding.evidence.observed = stated(judged);
    finding.evidence.expected = judged.stated.as_ref().ok().map(|read| read.computed.result());
    Some(finding.fold(format!("claims of {}", source.id)))
}

/// The number of a claim; as a percentage where that is what it is compared with.
fn stated(judged: &Judged<'_>) -> Option<String> {
    let mut reads = judged.fits.iter().chain(judged.stated.as_ref().ok());
    let unit = if reads.any(|read| read.computed.is_percentage()) { " %" } else { "" };
    judged.claim.stated.as_ref().map(|stated| format!("{stated}{unit}"))
}

/// What stands under the number of a claim.
fn number(claim: &Claim) -> String {
    match &claim.stated {
        Some(stated) => format!("stated: {stated}"),
        None => "claim".to_owned(),
    }
}

/// The publisher of a claim, and when.
fn from(source: &ClaimSource) -> String {
    match &source.published {
        Some(published) => format!("{}, {published}", source.publisher),
        None => source.publisher.clone(),
    }
}

fn conflicting(claim: &Claim, conflict: &Conflict<'_>) -> String {
    format!(
        "claim {} and claim {} of one source cannot both hold: {}",
        claim.id,
        conflict.with.id,
        conflict.differences.join("; ")
    )
}

fn not_as_stated(judged: &Judged<'_>) -> String {
    let claim = judged.claim;
    let stated = stated(judged).unwrap_or_default();
    let id = &claim.id;
    let with_result = |read: &Read<'_>| format!("{} ({})", read.words, read.computed.result());
    match (judged.fits.first(), &judged.stated) {
        (Some(fit), Ok(read)) => {
            format!("claim {id} states {stated}, which fits {}, not {}", with_result(fit), with_result(read))
        }
        (Some(fit), Err(missing)) => {
            format!("claim {id} states {stated}, which fits {}; {}", with_result(fit), missing.reason)
        }
        (None, Ok(read)) => {
            format!("claim {id} states {stated}, while the data give {}", read.computed.arithmetic())
        }
        (None, Err(missing)) => format!("claim {id} states {stated}; {}", missing.reason),
    }
}

/// Points at the figures, first at those that fit.
fn with_figures(mut finding: Finding, judged: &Judged<'_>) -> Finding {
    if let Some(conflict) = &judged.conflict {
        finding = finding.related(conflict.with.value_location, number(conflict.with));
    }
    if let Err(missing) = &judged.stated
        && let Some(location) = missing.location
    {
        finding = finding.related(location, "this");
    }
    let reads = judged.fits.first().into_iter().chain(judged.stated.as_ref().ok());
    let mut places: Vec<Location> = Vec::new();
    for one in reads.flat_map(|read| &read.figures) {
        let place = one.origin.location();
        if places.len() < MOST_FIGURES && !places.contains(&place) {
            places.push(place);
            finding = finding.related(place, figure(one));
        }
    }
    finding
}

fn with_notes(mut finding: Finding, judged: &Judged<'_>) -> Finding {
    if let Ok(read) = &judged.stated {
        finding = finding.note("data", in_words(read));
    }
    for read in &judged.fits {
        finding = finding.note("fits", in_words(read));
    }
    if !judged.tried.is_empty() {
        finding = finding.note("tried", judged.tried.join("; "));
    }
    for remark in &judged.remarks {
        finding = finding.note("note", remark.clone());
    }
    match judged.stated.as_ref().err().and_then(|missing| missing.help.as_ref()) {
        Some(help) => finding.help(help.clone()),
        None => finding,
    }
}

fn in_words(read: &Read<'_>) -> String {
    format!("{}: {}", read.words, read.computed.arithmetic())
}

/// Every claim with its verdict, in the order of the inputs.
pub(super) fn schedule(dataset: &Dataset, judged: &[Judged<'_>]) -> Schedule {
    let rows = judged.iter().map(|one| row(&dataset.claim_sources[one.claim.source], one)).collect();
    Schedule {
        name: "claims",
        title: "Claims and what the data say of them",
        columns: &[
            "id",
            "publisher",
            "published",
            "statement",
            "stated",
            "reading",
            "computed_low",
            "computed_high",
            "arithmetic",
            "verdict",
            "fits",
            "tried",
            "remarks",
        ],
        rows,
    }
}

fn row(source: &ClaimSource, judged: &Judged<'_>) -> ScheduleRow {
    let Judged { claim, stated: outcome, .. } = judged;
    let read = outcome.as_ref().ok();
    let end = |end: fn(Bounds) -> Option<rust_decimal::Decimal>| {
        read.and_then(|read| end(read.computed.bounds)).map(|end| end.normalize())
    };
    let arithmetic = match outcome {
        Ok(read) => read.computed.arithmetic(),
        Err(missing) => missing.reason.clone(),
    };
    let fits: Vec<String> = judged.fits.iter().map(in_words).collect();
    let mut remarks = judged.remarks.clone();
    if let Some(conflict) = &judged.conflict {
        remarks.insert(0, conflicting(claim, conflict));
    }
    let joined = |parts: &[String]| (!parts.is_empty()).then(|| parts.join("; "));
    let reads = judged.fits.iter().chain(read);
    let mut places = vec![claim.value_location];
    places.extend(reads.flat_map(|read| &read.figures).map(|one| one.origin.location()));
    let mut seen = std::collections::HashSet::new();
    places.retain(|place| seen.insert(*place));
    ScheduleRow {
        entries: vec![
            claim.id.clone().into(),
            source.publisher.clone().into(),
            source.published.clone().into(),
            claim.says.clone().into(),
            stated(judged).into(),
            read.map(|read| read.words.clone()).into(),
            end(|bounds| bounds.low).into(),
            end(|bounds| bounds.high).into(),
            arithmetic.into(),
            judged.verdict.as_str().into(),
            joined(&fits).into(),
            joined(&judged.tried).into(),
            joined(&remarks).into(),
        ],
        places,
    }
}
