use crate::diag::{Location, Subject};
use crate::model::{DocumentId, Format};
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// Series without a definition or a methodology note.
    ///
    /// What a "report" or an "action" is differs between publishers and changes over time. A note, or the address of
    /// one, on the document or on the series lets a reader compare like with like. A publisher's own file has no place for
    /// either and is not asked for one.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// candor: report-v1
    /// publisher: example
    /// title: Transparency report 2024
    /// source: {url: "https://www.example.org/2024", retrieved: 2025-02-01}
    /// defaults: {metric: appeals, unit: appeal}
    /// series:
    ///   - values: {2024: 100}
    /// ```
    "TR802" "methodology-missing" Note;
    needs [Need::Observations];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    for (index, document) in dataset.documents.iter().enumerate() {
        let blocks = dataset.blocks_of(DocumentId(index as u32));
        let (total, missing) = (blocks.len(), blocks.iter().filter(|block| !block.has_methodology).count());
        sink.examined(total);
        // A publisher's own file has no place for it.
        let has_place = document.format != Format::Publisher;
        if document.has_methodology || missing == 0 || !document.complete || !has_place {
            continue;
        }
        let subject = Subject {
            publisher: Some(document.publisher.to_string()),
            path: Some(document.path.clone()),
            ..Subject::default()
        };
        let message = if total == 1 {
            "the series has neither definition nor methodology note".to_owned()
        } else {
            format!("{missing} of {total} series have neither definition nor methodology note")
        };
        let place = Location { source: document.source, span: document.header, cell: None };
        let mut finding = sink
            .finding(subject, message, place, "this document")
            .help("add `methodology:` to the document, or `definition:` to the series: a text or an address; for a table, in candor.toml")
            .fold("methodology");
        finding.evidence.method = "methodology";
        sink.push(finding);
    }
}
