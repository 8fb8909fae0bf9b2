use std::collections::HashSet;
use std::sync::OnceLock;

use super::{Nested, names, nested};
use crate::diag::{Level, listing};
use crate::model::{Dataset, DocumentId, Name, Period, Series};
use crate::rule::{Context, Need, Sink};
use crate::rules::arithmetic::sum_mismatch::improbable;
use crate::rules::derived::{LEAST_DERIVED, derived};
use crate::rules::explanations::{self, Misfit};
use crate::rules::sums::{Agreement, Judge, Sum, total_in_words};

crate::declare_rule! {
    /// Finer periods that do not add up to the coarser one.
    ///
    /// Where all quarters of a year are stated in a unit that adds up, their sum is the year's figure, in one file or
    /// across files of one publisher. Sums are made of intervals of printed precision: an error where no rounding and no
    /// cutting off makes the figures agree, a warning where rounding is an improbable cause (as in sum-mismatch). Where some quarters are missing, the
    /// others cannot sum to more than the year; and where the table that states them lists others for the missing
    /// quarter, and so leaves this one out, that their sum is less than the year is a warning. Distinct counts
    /// (accounts, users) are not summed.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {subject: example, values: {2024-H1: 331, 2024-H2: 70, 2024: 402}}
    /// ```
    "TR102" "periods-disagree" Error;
    needs [Need::Periods(2)];
    parameters &[];
    check check
}

/// Periods for which a document states some figure of a metric.
type Listed<'d> = HashSet<(DocumentId, &'d Name, &'d Name, Period)>;

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    let judge = Judge::new(dataset);
    let (listed, derived_documents) = (OnceLock::new(), OnceLock::new());
    for series in &dataset.series {
        for nested in &nested(dataset, series) {
            let sum = Sum { whole: nested.whole, parts: nested.parts.clone() };
            let Some(agreement) = judge.agreement(&sum) else { continue };
            sink.examined(1);
            let own_rule = || derived_documents.get_or_init(|| derived_of(dataset));
            let agreement = match agreement {
                Agreement::Holds => continue,
                // What is computed from several publishers has a rule of its own.
                _ if own_rule().contains(&dataset.block_of(nested.whole).document) => continue,
                _ if nested.complete => agreement,
                _ if exceeds(nested) => agreement,
                _ if leaves_out(dataset, series, nested, listed.get_or_init(|| all_listed(dataset))) => {
                    report_left_out(sink, series, nested);
                    continue;
                }
                _ => continue,
            };
            report(dataset, sink, series, nested, &sum, agreement);
        }
    }
    sink.nothing_to_check("no period beside finer periods of it in a unit that adds up");
}

fn derived_of(dataset: &Dataset) -> HashSet<DocumentId> {
    derived(dataset, LEAST_DERIVED).iter().map(|table| table.document).collect()
}

/// Whether some of the periods alone are more than the whole.
fn exceeds(nested: &Nested<'_>) -> bool {
    let sum = super::sum(&nested.parts);
    sum.zip(nested.whole.quantity.interval()).is_some_and(|(sum, whole)| whole.is_below(sum))
}

fn all_listed(dataset: &Dataset) -> Listed<'_> {
    let runs = dataset.runs().flat_map(|(block, run)| {
        let key = &dataset.series(block.series).key;
        run.iter().map(move |one| (block.document, &key.publisher, &key.metric, one.period))
    });
    runs.collect()
}

/// Whether the documents that state the finer periods list others for those that are missing here.
fn leaves_out(dataset: &Dataset, series: &Series, nested: &Nested<'_>, listed: &Listed<'_>) -> bool {
    let document = |one: &&crate::model::Observation| dataset.block_of(one).document;
    let Some(first) = nested.parts.first() else { return false };
    let own = document(first);
    let is_apart = nested.parts.iter().all(|part| document(part) == own) && document(&nested.whole) != own;
    let key = &series.key;
    let is_stated = |period: Period| nested.parts.iter().any(|part| part.period == period);
    is_apart
        && dataset.document(own).complete
        && !dataset.document(own).lists_selection
        && slots(nested.whole.period, first.period).into_iter().all(|period| {
            is_stated(period)
                || (dataset.point_at(series, period).is_none()
                    && listed.contains(&(own, &key.publisher, &key.metric, period)))
        })
}

/// The periods of one length that make up a longer one.
fn slots(whole: Period, part: Period) -> Vec<Period> {
    let Some(months) = part.frequency().months() else { return Vec::new() };
    let mut slots: Vec<Period> = Vec::new();
    let mut next = Period::months(whole.start.year(), whole.start.month(), months);
    while let Some(period) = next.filter(|period| whole.contains(*period)) {
        slots.push(period);
        next = period.next();
    }
    slots
}

fn report_left_out(sink: &mut Sink, series: &Series, nested: &Nested<'_>) {
    let period = nested.whole.period;
    let parts = names(nested.parts.iter().map(|part| part.period));
    let noun = nested.parts[0].period.frequency().noun();
    let verb = if parts.len() == 1 { "is" } else { "sum to" };
    let message = format!(
        "{} {verb} {}, and no other {noun} is listed, while {period} is stated as {}",
        listing(&parts, 12),
        total_in_words(&nested.parts),
        nested.whole.quantity
    );
    let mut finding = sink
        .finding(
            series.key.finding_subject(Some(period)),
            message,
            nested.whole.origin.location(),
            format!("{period}: {}", nested.whole.quantity),
        )
        .help(format!(
            "the table by {noun} lists others for the rest of {period}: a row may be missing there"
        ));
    for part in &nested.parts {
        finding = finding.related(part.origin.location(), part.quantity.to_string());
    }
    // One row that is not there leaves out every column.
    let key = &series.key;
    let whom = (&key.publisher, &key.subject, &key.category, &key.jurisdiction);
    finding = finding.fold(format!("{whom:?} {period} {noun}"));
    finding.level = Level::Warning;
    finding = finding.cause(nested.whole.origin.location());
    finding.evidence.method = "sum-of-listed-periods";
    finding.evidence.observed = Some(nested.whole.quantity.to_string());
    finding.evidence.expected = Some(total_in_words(&nested.parts));
    sink.push(finding);
}

fn report(
    dataset: &Dataset,
    sink: &mut Sink,
    series: &Series,
    nested: &Nested<'_>,
    sum: &Sum<'_>,
    agreement: Agreement,
) {
    let period = nested.whole.period;
    let parts = names(nested.parts.iter().map(|part| part.period));
    let total = total_in_words(&nested.parts);
    let message = format!(
        "{} sum to {total}, while {period} is stated as {}",
        listing(&parts, 12),
        nested.whole.quantity
    );
    let mut finding = sink.finding(
        series.key.finding_subject(Some(period)),
        message,
        nested.whole.origin.location(),
        format!("{period}: {}", nested.whole.quantity),
    );
    for part in &nested.parts {
        finding = finding.related(part.origin.location(), part.quantity.to_string());
    }
    if let Agreement::Improbable { deviations } = agreement {
        finding.level = Level::Warning;
        finding = finding.note("rounding", improbable(deviations));
    }
    // One wrong year may disagree with its halves and with its quarters.
    finding = finding.cause(nested.whole.origin.location());
    if let Some(misfit) = Misfit::of(sum, |one| one.period.to_string()) {
        finding = finding.note("differs", explanations::differs(misfit.residual));
        for possibility in misfit.possibilities(dataset) {
            finding = finding.help(possibility);
        }
    }
    finding.evidence.method = "sum-of-periods";
    finding.evidence.observed = Some(nested.whole.quantity.to_string());
    finding.evidence.expected = Some(total);
    sink.push(finding);
}
