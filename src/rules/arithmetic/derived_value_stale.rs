use crate::diag::{grouped, listing, quantity_of, signed};
use crate::model::Dataset;
use crate::rule::{Context, Need, Parameter, Sink};
use crate::rules::derived::{Derived, LEAST_DERIVED, Recomputed, derived};

crate::declare_rule! {
    /// A figure of a derived table that no longer follows from its inputs.
    ///
    /// A comparison that is computed from the reports of several publishers goes stale where one of these is mended or
    /// gets a member and the comparison is not made anew. Nobody need declare that a table is derived: it states figures of three
    /// publishers or more, at least so many of which are sums of what the other documents state (of half-years, quarters
    /// or months, of a company and what belongs to it by the registry of entities), and four in five follow exactly. Of a series
    /// of which half or more follow, the others are
    /// reported, with their inputs, and with the member whose figure is missing where there is one.
    ///
    /// ## Example
    ///
    /// ```csv
    /// # file: reports.csv
    /// publisher,metric,unit,period,value
    /// a,appeals,appeal,2022-H1,310
    /// a,appeals,appeal,2022-H2,402
    /// a,appeals,appeal,2023-H1,512
    /// a,appeals,appeal,2023-H2,498
    /// b,appeals,appeal,2022-H1,91
    /// b,appeals,appeal,2022-H2,122
    /// b,appeals,appeal,2023-H1,133
    /// b,appeals,appeal,2023-H2,147
    /// c,appeals,appeal,2022-H1,611
    /// c,appeals,appeal,2022-H2,640
    /// c,appeals,appeal,2023-H1,655
    /// c,appeals,appeal,2023-H2,702
    /// # file: comparison.csv
    /// publisher,metric,unit,period,value
    /// a,appeals,appeal,2022,712
    /// a,appeals,appeal,2023,1010
    /// b,appeals,appeal,2022,213
    /// b,appeals,appeal,2023,280
    /// c,appeals,appeal,2022,1251
    /// c,appeals,appeal,2023,1348
    /// ```
    "TR207" "derived-value-stale" Warning;
    needs [Need::Observations];
    parameters &[Parameter {
        name: "values",
        default: LEAST_DERIVED as f64,
        range: (2.0, 1_000_000.0),
        unit: "values",
        documentation: "Figures of a table that must be sums of what other documents state before it counts as derived.",
    }];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    for table in derived(context.dataset, context.parameters.global("values") as usize) {
        sink.examined(table.follows + table.stale.len());
        for recomputed in &table.stale {
            report(context.dataset, sink, &table, recomputed);
        }
    }
    sink.nothing_to_check("no table that is computed from the other documents");
}

fn report(dataset: &Dataset, sink: &mut Sink, table: &Derived<'_>, recomputed: &Recomputed<'_>) {
    let Recomputed { stated, key, inputs, sum } = recomputed;
    let subject = dataset.registry.entity_name(&key.subject);
    let metric = dataset.registry.metric_name(&key.metric);
    let message = format!(
        "{metric} of {subject} in {} are stated as {}, while the figures that the table is computed from give {}",
        stated.period,
        stated.quantity,
        grouped(*sum)
    );
    let place = stated.origin.location();
    let mut finding = sink
        .finding(key.finding_subject(Some(stated.period)), message, place, stated.quantity.to_string())
        .cause(place);
    for (name, figures) in inputs {
        for figure in figures {
            let label =
                format!("{}, {}: {}", dataset.registry.entity_name(name), figure.period, figure.quantity);
            finding = finding.related(figure.origin.location(), label);
        }
    }
    if let Some(value) = stated.quantity.point() {
        finding = finding.note("differs", format!("by {}", signed(value - *sum)));
    }
    finding = finding.note(
        "derived",
        format!("{} of the table follow exactly", quantity_of(table.follows, "other figure")),
    );
    let lacking: Vec<String> =
        recomputed.lacking().into_iter().map(|name| dataset.registry.entity_name(name).to_owned()).collect();
    finding = if lacking.is_empty() {
        finding.help("compute the table anew, or say what it was computed from")
    } else {
        finding.help(format!("without {} it would follow: compute the table anew", listing(&lacking, 3)))
    };
    finding.evidence.method = "recomputed";
    finding.evidence.observed = Some(stated.quantity.to_string());
    finding.evidence.expected = Some(sum.to_string());
    sink.push(finding);
}
