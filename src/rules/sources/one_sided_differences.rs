use std::collections::BTreeMap;

use super::comparison::{Comparison, Pair, Source};
use super::verdict::{difference, is_equal, relative};
use crate::diag::quantity_of;
use crate::model::Name;
use crate::rule::{Context, Need, Parameter, Sink};
use crate::stats::counts::sign_test;

crate::declare_rule! {
    /// Over many pairs of figures, one source states more than the others nearly always.
    ///
    /// Slips and late reports lead to differences in either direction. Where a clearinghouse counts more than providers
    /// do in most of the pairs, they count something else: the sign test says how likely so one-sided a result is where
    /// either direction is as likely (two-sided, equal pairs left out). Pairs of one company in successive years are not
    /// independent, so that the probability is a measure and no proof. Each company and period counts once, at the
    /// widest scope.
    ///
    /// ## Example
    ///
    /// ```csv
    /// publisher,subject,metric,unit,period,value
    /// a,a,cybertipline-reports,report,2019,10000
    /// a,a,cybertipline-reports,report,2020,11000
    /// a,a,cybertipline-reports,report,2021,12000
    /// a,a,cybertipline-reports,report,2022,13000
    /// a,a,cybertipline-reports,report,2023,14000
    /// b,b,cybertipline-reports,report,2019,20000
    /// b,b,cybertipline-reports,report,2020,21000
    /// b,b,cybertipline-reports,report,2021,22000
    /// b,b,cybertipline-reports,report,2022,23000
    /// b,b,cybertipline-reports,report,2023,24000
    /// ncmec,a,cybertipline-reports,report,2019,10011
    /// ncmec,a,cybertipline-reports,report,2020,11012
    /// ncmec,a,cybertipline-reports,report,2021,12013
    /// ncmec,a,cybertipline-reports,report,2022,13014
    /// ncmec,a,cybertipline-reports,report,2023,14015
    /// ncmec,b,cybertipline-reports,report,2019,20016
    /// ncmec,b,cybertipline-reports,report,2020,21017
    /// ncmec,b,cybertipline-reports,report,2021,22018
    /// ncmec,b,cybertipline-reports,report,2022,23019
    /// ncmec,b,cybertipline-reports,report,2023,24020
    /// ```
    "TR604" "one-sided-differences" Note;
    needs [Need::Observations];
    parameters PARAMETERS;
    look super::report::PAIRS
}

const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "pairs",
        default: 10.0,
        range: (1.0, 1e6),
        unit: "pairs",
        documentation: "Fewer pairs that differ say nothing.",
    },
    Parameter {
        name: "probability",
        default: 0.01,
        range: (0.0, 1.0),
        unit: "probability",
        documentation: "A result that is more likely than this by chance is passed over.",
    },
];

/// Reports sources whose figures lie on one side of those of many others.
pub fn report(context: &Context<'_>, sink: &mut Sink, comparisons: &[Comparison<'_>]) {
    let mut by_source: BTreeMap<(&Name, &Name), Vec<(&Comparison<'_>, &Pair<'_>)>> = BTreeMap::new();
    for comparison in comparisons {
        if let (Source::Own, Source::Publisher(publisher)) = (&comparison.first, &comparison.second) {
            let pairs = by_source.entry((publisher, &comparison.matter.metric)).or_default();
            pairs.extend(comparison.pairs.iter().map(|pair| (comparison, pair)));
        }
    }
    for ((publisher, metric), pairs) in by_source {
        report_source(context, sink, (publisher, metric), &pairs);
    }
}

fn report_source(
    context: &Context<'_>,
    sink: &mut Sink,
    (publisher, metric): (&Name, &Name),
    pairs: &[(&Comparison<'_>, &Pair<'_>)],
) {
    let (mut higher, mut lower, mut equal) = (0, 0, 0);
    let mut largest = None;
    for (comparison, pair) in pairs {
        let Some(reading) = pair.readings.first() else { continue };
        if is_equal(reading) {
            equal += 1;
            continue;
        }
        let is_higher = difference(reading).is_sign_positive();
        (higher, lower) = if is_higher { (higher + 1, lower) } else { (higher, lower + 1) };
        if largest.is_none_or(|(_, other)| relative(reading).abs() > relative(other).abs()) {
            largest = Some((*comparison, reading));
        }
    }
    let Some((comparison, reading)) = largest else { return };
    let Some(at) = reading.second.parts.first() else { return };
    let limit = |name| context.parameters.get(name, &comparison.matter, None);
    let probability = sign_test(higher, lower);
    if ((higher + lower) as f64) < limit("pairs") || probability > limit("probability") {
        return;
    }
    let registry = &context.dataset.registry;
    let (name, metric) = (registry.entity_name(publisher), registry.metric_name(metric));
    let (count, word) = if higher > lower { (higher, "more") } else { (lower, "less") };
    let all = quantity_of(higher + lower, "pair");
    let message =
        format!("{name} states {word} {metric} than those that it speaks of in {count} of {all} that differ");
    let key = &context.dataset.series(context.dataset.block_of(at).series).key;
    let are = if equal == 1 { "is" } else { "are" };
    let mut subject = key.finding_subject(None);
    subject.entity = None;
    let mut finding = sink
        .finding(subject, message, at.origin.location(), format!("{}: the largest difference", at.period))
        .note(
            "usual",
            format!(
                "{equal} more {are} equal; were either direction as likely, so one-sided a result would have p = \
                 {probability:.4} (two-sided; {:.4} one-sided, for this direction alone)",
                probability / 2.0
            ),
        )
        .help("ask what either side counts: the moment, the services, what is sent in another way");
    finding.evidence.method = "sign-test";
    finding.evidence.observed = Some(format!("{higher} higher, {lower} lower, {equal} equal"));
    finding.evidence.threshold = Some(("probability", limit("probability")));
    finding.evidence.probability = format!("{probability:.4}").parse().ok();
    sink.push(finding);
}
