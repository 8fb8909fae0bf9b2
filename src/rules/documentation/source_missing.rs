use crate::diag::{Location, Subject, quantity_of};
use crate::model::{Document, Format};
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// A document that names no source, or no day on which it was retrieved.
    ///
    /// Publishers replace files without changing their address. Without address and day nobody can say later which
    /// version a figure was taken from, or check it. A data package that names its sources needs no day: it is kept with
    /// its files.
    /// Neither does a publisher's own file that is read by a profile: the address that the profile knows is enough.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// candor: report-v1
    /// publisher: example
    /// title: Transparency report 2024
    /// methodology: https://www.example.org/how-we-count
    /// defaults: {metric: appeals, unit: appeal}
    /// series:
    ///   - values: {2024: 100}
    /// ```
    "TR801" "source-missing" Warning;
    needs [Need::Observations];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    for document in &dataset.documents {
        let values = document.values;
        // What is missing from a document that was not read to its end may stand in the rest.
        if values == 0 || (!document.complete && document.provenance.url.is_none()) {
            continue;
        }
        sink.examined(1);
        let missing = match (&document.provenance.url, &document.provenance.retrieved) {
            (None, _) => "no source with an address",
            // The publisher's own file, whose address the profile knows: it cannot say when it was fetched.
            (_, None) if document.provenance.is_packaged || document.format == Format::Publisher => continue,
            (_, None) => "a source but no day on which it was retrieved",
            _ => continue,
        };
        report(sink, document, missing, values);
    }
}

fn report(sink: &mut Sink, document: &Document, missing: &str, values: usize) {
    let subject = Subject {
        publisher: Some(document.publisher.to_string()),
        path: Some(document.path.clone()),
        ..Subject::default()
    };
    let message =
        format!("{} {} {missing}", quantity_of(values, "value"), if values == 1 { "has" } else { "have" });
    let place = Location { source: document.source, span: document.header, cell: None };
    let mut finding = sink
        .finding(subject, message, place, "this document")
        .help("add `source: {url: …, retrieved: YYYY-MM-DD}`; for a table, in candor.toml")
        .fold(missing);
    finding.evidence.method = "provenance";
    sink.push(finding);
}
