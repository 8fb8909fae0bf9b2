use super::learned::{self, Identity};
use super::name_of;
use crate::diag::{ExpectedRange, Finding, Level, Location, quantity_of};
use crate::model::{Dataset, Observation, RelationKind, SeriesKey};
use crate::rule::{Look, Need, Parameter, Rule, Sink, Task};
use crate::rules::breakdown::{Total, totals};
use crate::rules::coverage::entity_missing_from_total;
use crate::rules::explanations::{self, Misfit};
use crate::rules::missing_member::Lists;
use crate::rules::relations::{Related, related};
use crate::rules::sums::{Agreement, Judge, Sum, total_of};

crate::declare_rule! {
    /// A total outside the sum of its parts.
    ///
    /// Every printed number stands for the interval that rounds to it; the total and the sum of its parts disagree
    /// where the two intervals have no number in common, neither if figures were rounded nor if they were cut off (XBRL
    /// Calculations 1.1, 2023). That is an error. A warning, where they have and the difference is yet more than 3.29
    /// standard deviations of what rounding does. Where no precision is stated, all figures of a size that are
    /// multiples of one power of ten tell it. A part that is not reported only bounds the sum from below.
    ///
    /// Totals are those that say what they are the total of, and the sums that a registry of relations or a profile
    /// declares. Beyond these, sums are learned: where one series is exactly the sum of others beside it (all others,
    /// all but one, or some that stand together) in at least so many periods, and in one out of ten or fewer it is
    /// not, these are warnings that say how often it held.
    ///
    /// Where changing one digit of one cell would make the sum hold, and of no other, the finding points at that
    /// cell: possibly, not certainly, the one to mend. A figure that equals the difference, repeats another period or
    /// changed places with another is named likewise.
    ///
    /// Where a known part is not listed and the total is more than the others, entity-missing-from-total says so in place
    /// of this rule, unless it is turned off.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {category: Nudity, values: {2024: 1002}}
    ///   - {category: Violence, values: {2024: 297}}
    ///   - {category: All, total_of: categories, values: {2024: 1298}}
    /// ```
    "TR201" "sum-mismatch" Error;
    needs [Need::Observations];
    parameters &[Parameter {
        name: "periods",
        default: 5.0,
        range: (3.0, 1000.0),
        unit: "periods",
        documentation: "Periods in which a sum that nobody declares must hold exactly before it counts as one.",
    }];
    look SUMS
}

/// Totals and their parts, for which a part that is not listed is the better explanation where there is one.
pub static SUMS: Look = Look { check };

/// Why a figure should be the sum of others.
enum Ground<'a> {
    /// It says that it is their total.
    Stated,
    /// A relation says so.
    Relation(&'a str),
    /// It is in so many other periods.
    Learned(&'a Identity<'a>),
}

/// A sum that does not hold.
struct Broken<'d, 'a> {
    sum: Sum<'d>,
    key: &'d SeriesKey,
    agreement: Agreement,
    ground: Ground<'a>,
    misfit: Option<Misfit<'d>>,
}

/// Why there is nothing to check.
const NO_TOTAL: &str = "no total whose parts are all stated and add up";

/// Sums that do not hold among which cells that changed places are looked for.
const MOST_SWAPS: usize = 200;

fn check(tasks: &mut [Task<'_>]) {
    let task_of = |rule: &Rule| tasks.iter().position(|task| std::ptr::eq(task.rule, rule));
    let (Some(own), Some(coverage)) = (task_of(&RULE), task_of(&entity_missing_from_total::RULE)) else {
        return;
    };
    let dataset = tasks[own].context.dataset;
    let judge = Judge::new(dataset);
    let lists = Lists::new(dataset);
    let mut broken = Vec::new();
    let totals = totals(dataset);
    for Total { whole, key, parts, .. } in totals.iter().filter(|total| adds_up(total)) {
        let sum = Sum { whole, parts: parts.clone() };
        tasks[coverage].sink.examined(1);
        let Some(one) = look((dataset, &judge), &mut tasks[own].sink, key, sum, Ground::Stated) else {
            continue;
        };
        match lists.missing(&one.sum, key).filter(|_| tasks[coverage].is_wanted) {
            Some(missing) => {
                entity_missing_from_total::report(
                    dataset,
                    &mut tasks[coverage].sink,
                    key,
                    &one.sum,
                    &missing,
                );
            }
            None => broken.push(one),
        }
    }
    tasks[coverage].sink.nothing_to_check(NO_TOTAL);
    let Task { context, sink, .. } = &mut tasks[own];
    let with = (dataset, &judge);
    for Related { relation, members } in &related(dataset, |kind| matches!(kind, RelationKind::Sum { .. })) {
        for whole in dataset.points(members[0]) {
            let parts = members[1..].iter().map(|part| dataset.point_at(part, whole.period));
            let Some(parts) = parts.collect::<Option<Vec<_>>>() else { continue };
            broken.extend(look(
                with,
                sink,
                &members[0].key,
                Sum { whole, parts },
                Ground::Relation(&relation.title),
            ));
        }
    }
    let identities = learned::identities(dataset, context.parameters.global("periods") as usize);
    for identity in &identities {
        sink.examined(identity.held);
        for sum in &identity.breaks {
            let ground = Ground::Learned(identity);
            broken.extend(look(with, sink, &identity.whole.key, sum.clone(), ground));
        }
    }
    for one in &broken {
        report(dataset, sink, one, &broken);
    }
    sink.nothing_to_check(NO_TOTAL);
}

/// Judges one sum; `None` where it holds, or where that cannot be said.
fn look<'d, 'a>(
    (dataset, judge): (&'d Dataset, &Judge<'d>),
    sink: &mut Sink,
    key: &'d SeriesKey,
    sum: Sum<'d>,
    ground: Ground<'a>,
) -> Option<Broken<'d, 'a>> {
    // A part that cannot be read could be anything.
    let agreement = judge.agreement(&sum)?;
    sink.examined(1);
    if agreement == Agreement::Holds {
        return None;
    }
    let misfit = Misfit::of(&sum, |one| name_of(dataset, one));
    Some(Broken { sum, key, agreement, ground, misfit })
}

fn adds_up(total: &Total<'_>) -> bool {
    total.is_additive() && total.all_parts && !total.parts.is_empty()
}

fn report(dataset: &Dataset, sink: &mut Sink, broken: &Broken<'_, '_>, all: &[Broken<'_, '_>]) {
    let Sum { whole, parts } = &broken.sum;
    let count = quantity_of(parts.len(), "part");
    let verb = if parts.len() == 1 { "sums" } else { "sum" };
    let is = match broken.ground {
        Ground::Learned(_) => "the figure that they otherwise make up",
        Ground::Stated | Ground::Relation(_) => "the total",
    };
    let total = total_of(parts);
    let sum = total.map(|sum| sum.to_string()).unwrap_or_default();
    let message =
        format!("{count} of {} {verb} to {sum}, while {is} is stated as {}", whole.period, whole.quantity);
    let label = format!("total: {}", whole.quantity);
    let subject = broken.key.finding_subject(Some(whole.period));
    let mut finding = match broken.misfit.as_ref().and_then(Misfit::suspect) {
        Some(part) => sink
            .finding(subject, message, part.at.origin.location(), part.at.quantity.to_string())
            .related(whole.origin.location(), label)
            .cause(part.at.origin.location()),
        None => sink.finding(subject, message, whole.origin.location(), label).cause(cause(&broken.sum)),
    };
    if let Some(misfit) = &broken.misfit {
        finding = finding.note("differs", explanations::differs(misfit.residual));
    }
    finding = with_ground(dataset, finding, broken);
    if let Agreement::Improbable { deviations } = broken.agreement {
        finding.level = Level::Warning;
        finding = finding.note("rounding", improbable(deviations));
    }
    for possibility in possibilities(dataset, broken, all) {
        finding = finding.help(possibility);
    }
    finding.evidence.method = match broken.ground {
        Ground::Learned(_) => "learned-sum",
        Ground::Stated | Ground::Relation(_) => "interval-sum",
    };
    finding.evidence.observed = Some(whole.quantity.to_string());
    finding.evidence.expected = Some(sum);
    let is_of_whole = finding.primary.location == whole.origin.location();
    finding.evidence.expected_range =
        total.filter(|_| is_of_whole).map(|sum| ExpectedRange { low: Some(sum.low), high: sum.high });
    sink.push(finding);
}

fn with_ground(dataset: &Dataset, mut finding: Finding, broken: &Broken<'_, '_>) -> Finding {
    match broken.ground {
        Ground::Stated => finding,
        Ground::Relation(title) => finding.note("relation", title),
        Ground::Learned(Identity { held, breaks, .. }) => {
            finding.level = Level::Warning;
            let parts: Vec<String> = broken.sum.parts.iter().map(|part| name_of(dataset, part)).collect();
            let names = crate::diag::listing(&parts, 6);
            let periods = held + breaks.len();
            finding.note("learned", format!("{names} make it up exactly in {held} of {periods} periods"))
        }
    }
}

/// That rounding hardly explains a difference, in words.
pub fn improbable(deviations: Option<f64>) -> String {
    match deviations {
        Some(deviations) => format!("differs by {deviations:.1} standard deviations of what rounding does"),
        None => "holds only if digits were cut off instead of rounded".to_owned(),
    }
}

fn possibilities(dataset: &Dataset, broken: &Broken<'_, '_>, all: &[Broken<'_, '_>]) -> Vec<String> {
    let Some(misfit) = &broken.misfit else { return Vec::new() };
    // Where nothing adds up, nothing is explained by two cells.
    let swapped = all
        .iter()
        .take(if all.len() > MOST_SWAPS { 0 } else { all.len() })
        .filter(|other| !std::ptr::eq(*other, broken))
        .find_map(|other| misfit.swapped_with(other.misfit.as_ref()?));
    swapped.map_or_else(|| misfit.possibilities(dataset), |swapped| vec![swapped])
}

/// The cell to mend where no digit gives it away: a part that alone exceeds the total, else the total.
fn cause(sum: &Sum<'_>) -> Location {
    let whole = sum.whole.quantity.interval();
    let exceeds = |part: &&&Observation| {
        part.quantity.interval().zip(whole).is_some_and(|(part, whole)| whole.is_below(part))
    };
    sum.parts.iter().find(exceeds).unwrap_or(&sum.whole).origin.location()
}
