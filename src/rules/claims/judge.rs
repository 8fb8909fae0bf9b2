//! The verdict of every claim.

use std::collections::BTreeSet;

use super::bounds::Bounds;
use super::evaluate::{Computed, Evaluation};
use super::readings::{Departure, alternatives, in_metric, metrics, words};
use super::select::{Index, Missing};
use crate::diag::{RuleId, listing};
use crate::model::{Claim, Dataset, Expression, Observation, Reading, Stated};
use crate::rules::linked::are_linked;

/// Readings that do not fit and are shown all the same.
const MOST_TRIED: usize = 4;

/// What a claim comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The data give the stated number.
    Consistent,
    /// They give another one, however the claim is read.
    Contradicted,
    /// They give it in another unit.
    WrongUnit,
    /// They give it for another period, and perhaps in another unit.
    WrongPeriod,
    /// They do not allow to say.
    Uncheckable,
    /// Another claim of the same source says something else of the same thing.
    Conflicting,
}

impl Verdict {
    /// The word in the schedule.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consistent => "consistent",
            Self::Contradicted => "contradicted",
            Self::WrongUnit => "wrong unit",
            Self::WrongPeriod => "wrong period",
            Self::Uncheckable => "uncheckable",
            Self::Conflicting => "contradicts another claim",
        }
    }

    /// The rule that reports it.
    pub fn rule(self) -> Option<RuleId> {
        match self {
            Self::Consistent => None,
            Self::Contradicted => Some(super::claim_contradicted::RULE.id),
            Self::WrongUnit => Some(super::claim_wrong_unit::RULE.id),
            Self::WrongPeriod => Some(super::claim_wrong_period::RULE.id),
            Self::Uncheckable => Some(super::claim_uncheckable::RULE.id),
            Self::Conflicting => Some(super::claims_contradict::RULE.id),
        }
    }
}

/// A number that the data give, by what reading, and from which figures.
#[derive(Debug, Clone)]
pub(super) struct Read<'d> {
    pub words: String,
    pub computed: Computed,
    pub figures: Vec<&'d Observation>,
}

/// The claim that another one contradicts, and in what.
#[derive(Debug, Clone)]
pub(super) struct Conflict<'d> {
    pub with: &'d Claim,
    pub differences: Vec<String>,
    /// Whether the other claim has the same verdict for the same reason, so that it is reported once.
    pub is_mutual: bool,
}

/// A claim and what came of it.
#[derive(Debug, Clone)]
pub(super) struct Judged<'d> {
    pub claim: &'d Claim,
    pub verdict: Verdict,
    /// By the stated reading, or why there is no number.
    pub stated: Result<Read<'d>, Missing>,
    /// The nearest other reading that the stated number fits, and all further ones that depart from it no more.
    pub fits: Vec<Read<'d>>,
    /// What the readings next to the stated one give, where they do not fit either.
    pub tried: Vec<String>,
    pub conflict: Option<Conflict<'d>>,
    /// What a reader ought to know besides.
    pub remarks: Vec<String>,
    /// Metrics of the reading that holds, or else of the stated one.
    metrics: BTreeSet<String>,
}

/// Judges every claim, in the order of the inputs.
pub(super) fn judge(dataset: &Dataset, steps: i16) -> Vec<Judged<'_>> {
    let index = Index::new(dataset);
    let mut judged: Vec<Judged<'_>> =
        dataset.claims.iter().map(|claim| judge_one(&index, claim, steps)).collect();
    for one in &mut judged {
        if let Some(conflict) = conflict(dataset, one.claim) {
            one.verdict = Verdict::Conflicting;
            one.conflict = Some(conflict);
        }
    }
    let neighbours: Vec<Option<String>> =
        judged.iter().map(|one| counted_by_neighbours(dataset, &judged, one)).collect();
    for (one, remark) in judged.iter_mut().zip(neighbours) {
        one.remarks.extend(remark);
    }
    judged
}

fn read<'d>(index: &Index<'d>, expression: &Expression) -> Result<Read<'d>, Missing> {
    let mut evaluation = Evaluation::new(index);
    let computed = evaluation.compute(expression)?;
    Ok(Read { words: words(index, expression), computed, figures: evaluation.figures })
}

fn judge_one<'d>(index: &Index<'d>, claim: &'d Claim, steps: i16) -> Judged<'d> {
    let mut judged = Judged {
        claim,
        verdict: Verdict::Uncheckable,
        stated: Err(Missing::new("")),
        fits: Vec::new(),
        tried: Vec::new(),
        conflict: None,
        remarks: Vec::new(),
        metrics: BTreeSet::new(),
    };
    let expression = match &claim.reading {
        Reading::Expression(expression) => expression,
        Reading::Faulty => {
            judged.stated = Err(Missing::new("its expression could not be read"));
            return judged;
        }
        Reading::Inexpressible(why) => {
            judged.stated = Err(Missing::new(why.clone()));
            return judged;
        }
    };
    judged.metrics = metrics(expression).into_iter().map(str::to_owned).collect();
    judged.stated = read(index, expression);
    let Some(stated) = &claim.stated else {
        judged.stated = judged.stated.and(Err(Missing::new("it states no number")));
        return judged;
    };
    let holds = judged.stated.as_ref().ok().map(|read| read.computed.bounds.allows(stated));
    judged.verdict = match holds {
        Some(true) => Verdict::Consistent,
        Some(false) => Verdict::Contradicted,
        None => Verdict::Uncheckable,
    };
    // A bound is met too easily by some reading or other.
    if holds != Some(true) && matches!(stated, Stated::About(_)) {
        // Where the stated period has no figure, nothing is known of it, whatever another one says.
        let steps = if holds.is_some() { steps } else { 0 };
        fit(index, &mut judged, expression, stated, steps);
    }
    judged.remarks.extend(across_units(index, expression));
    for (name, other) in &claim.other_readings {
        judged.remarks.push(match read(index, other) {
            Ok(read) if read.computed.bounds.allows(stated) => {
                format!("read as {name} it holds as well: {}", read.computed.arithmetic())
            }
            Ok(read) => format!("read as {name} it does not hold: {}", read.computed.arithmetic()),
            Err(missing) => format!("read as {name} it cannot be checked: {}", missing.reason),
        });
    }
    judged.remarks.extend(beyond_bound(index, claim, stated));
    judged
}

/// Looks for the nearest other readings that fit; the first of them gives the verdict.
fn fit<'d>(index: &Index<'d>, judged: &mut Judged<'d>, expression: &Expression, stated: &Stated, steps: i16) {
    let mut nearest: Option<Departure> = None;
    for one in alternatives(index, expression, steps) {
        let Ok(read) = read(index, &one.expression) else { continue };
        if !read.computed.bounds.allows(stated) {
            if one.departure.size() == 1 && judged.tried.len() < MOST_TRIED {
                judged.tried.push(format!("{}: {}", read.words, read.computed.arithmetic()));
            }
            continue;
        }
        if nearest.is_some_and(|nearest| nearest.size() < one.departure.size()) {
            continue;
        }
        if nearest.is_none() {
            nearest = Some(one.departure);
            judged.verdict = match one.departure {
                Departure { period: true, .. } => Verdict::WrongPeriod,
                Departure { unit: true, .. } => Verdict::WrongUnit,
                // The number is of something else than the claim says, in its own unit and period.
                _ => Verdict::Contradicted,
            };
            judged.metrics = metrics(&one.expression).into_iter().map(str::to_owned).collect();
        }
        // Two departures may lead to one reading.
        if judged.fits.iter().all(|other| other.words != read.words) {
            judged.fits.push(read);
        }
    }
}

/// What comes out in one unit, where a claim goes from one to another.
fn across_units(index: &Index<'_>, expression: &Expression) -> Option<String> {
    let used = metrics(expression);
    let registry = &index.dataset.registry;
    if used.len() < 2 || !matches!(expression, Expression::Operands(..)) {
        return None;
    }
    let alone = |metric: &&str| {
        let computed = Evaluation::new(index).compute(&in_metric(index, expression, metric)).ok()?;
        Some(format!("in {} alone: {}", registry.metric_name(metric), computed.arithmetic()))
    };
    let names: Vec<String> = used.iter().map(|metric| registry.metric_name(metric).to_owned()).collect();
    let alone: Vec<String> = used.iter().filter_map(alone).collect();
    let alone = if alone.is_empty() { String::new() } else { format!("; {}", alone.join("; ")) };
    Some(format!("it goes across units: {}{alone}", listing(&names, 4)))
}

/// What other figures allow, where the stated number is outside.
fn beyond_bound(index: &Index<'_>, claim: &Claim, stated: &Stated) -> Option<String> {
    let bound = claim.bound.as_ref()?;
    let computed = match Evaluation::new(index).compute(&bound.expression) {
        Ok(computed) => computed,
        Err(missing) => return Some(format!("its bound cannot be computed: {}", missing.reason)),
    };
    let bounds = if bound.is_least {
        Bounds { high: None, ..computed.bounds }
    } else {
        Bounds { low: None, ..computed.bounds }
    };
    let limit = computed.within(bounds);
    let outcome = if bounds.allows(stated) { "is within" } else { "is outside" };
    Some(format!("{stated} {outcome} what other figures allow: {}; {}", limit.arithmetic(), bound.because))
}

/// A claim of the same source that cannot hold beside this one.
fn conflict<'d>(dataset: &'d Dataset, claim: &'d Claim) -> Option<Conflict<'d>> {
    let mut others =
        dataset.claims.iter().filter(|other| other.source == claim.source && other.id != claim.id);
    if let Some(restated) = &claim.restates {
        let with = others.find(|other| other.id == restated.text)?;
        let differences = differences(claim, with);
        return (!differences.is_empty()).then_some(Conflict { with, differences, is_mutual: false });
    }
    let Reading::Expression(expression) = &claim.reading else { return None };
    let is_same = |other: &&Claim| {
        !numbers_meet(claim, other) && matches!(&other.reading, Reading::Expression(one) if one == expression)
    };
    let with = others.find(is_same)?;
    Some(Conflict { with, differences: differences(claim, with), is_mutual: true })
}

fn numbers_meet(one: &Claim, other: &Claim) -> bool {
    let bounds = |claim: &Claim| claim.stated.as_ref().and_then(Bounds::of);
    match (bounds(one), bounds(other)) {
        (Some(one), Some(other)) => one.meets(other),
        _ => true,
    }
}

/// In what two claims about one thing differ.
fn differences(one: &Claim, other: &Claim) -> Vec<String> {
    let mut found = Vec::new();
    let mut differ = |what: &str, one: Option<String>, other: Option<String>| {
        if let (Some(one), Some(other)) = (one, other)
            && one != other
        {
            found.push(format!("{what} {one} against {other}"));
        }
    };
    if !numbers_meet(one, other) {
        let number = |claim: &Claim| claim.stated.as_ref().map(ToString::to_string);
        differ("number", number(one), number(other));
    }
    differ("unit", one.unit.map(|unit| unit.to_string()), other.unit.map(|unit| unit.to_string()));
    differ("period", one.periods.map(|one| one.to_string()), other.periods.map(|one| one.to_string()));
    differ("base", one.base.clone(), other.base.clone());
    found
}

/// Which claims of the same source count the same events in another unit than this one, which holds.
fn counted_by_neighbours(dataset: &Dataset, judged: &[Judged<'_>], one: &Judged<'_>) -> Option<String> {
    let registry = &dataset.registry;
    let [own] = one.metrics.iter().map(String::as_str).collect::<Vec<_>>()[..] else { return None };
    if one.verdict != Verdict::Consistent {
        return None;
    }
    let mut ids = Vec::new();
    let mut others: BTreeSet<&str> = BTreeSet::new();
    for other in judged.iter().filter(|other| other.claim.source == one.claim.source) {
        let linked: Vec<&str> = other
            .metrics
            .iter()
            .map(String::as_str)
            .filter(|metric| are_linked(registry, metric, own))
            .collect();
        if !linked.is_empty() {
            ids.push(other.claim.id.clone());
            others.extend(linked);
        }
    }
    let others: Vec<String> =
        others.into_iter().map(|metric| registry.metric_name(metric).to_owned()).collect();
    (!ids.is_empty()).then(|| {
        format!(
            "it counts {}, while {} of the same source {} {}",
            registry.metric_name(own),
            listing(&ids, ids.len()),
            if ids.len() == 1 { "counts" } else { "count" },
            listing(&others, 4)
        )
    })
}
