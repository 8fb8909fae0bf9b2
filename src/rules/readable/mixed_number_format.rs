use std::collections::BTreeMap;

use super::report;
use crate::diag::{Level, Subject, quantity_of};
use crate::model::{Dataset, Document, Name, NumberStyle, ProblemKind};
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// Thousands separators in some numbers of a column only.
    ///
    /// Such a column was put together from several sources or edited by hand, and programs that read the other
    /// numbers may drop these or take them for text. candor reads them as what they evidently say. A file that writes
    /// all its numbers otherwise than the other files of its format is a note.
    ///
    /// ## Example
    ///
    /// ```csv
    /// publisher,metric,unit,period,value
    /// example,appeals,appeal,2022,5210
    /// example,appeals,appeal,2023,"5,477"
    /// example,appeals,appeal,2024,5544
    /// ```
    "TR008" "mixed-number-format" Warning;
    needs [Need::Table];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    report(context, sink, ProblemKind::MixedNumberFormat, "separators");
    across_files(context.dataset, sink);
    sink.examined(context.dataset.values_read);
}

/// Files of one format that write their numbers in another way than the other files do.
fn across_files(dataset: &Dataset, sink: &mut Sink) {
    let mut formats: BTreeMap<&Name, Vec<(&Document, NumberStyle)>> = BTreeMap::new();
    for document in &dataset.documents {
        if let (Some(profile), Some(style)) = (&document.profile, document.number_style) {
            formats.entry(profile).or_default().push((document, style));
        }
    }
    for files in formats.into_values() {
        let (with, without): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|(_, style)| style.has_separators);
        let (fewer, more) = if with.len() <= without.len() { (with, without) } else { (without, with) };
        let Some((other, other_style)) = more.first().filter(|_| fewer.len() < more.len()) else { continue };
        let how = if other_style.has_separators { "without" } else { "with" };
        for (document, style) in &fewer {
            let subject = Subject {
                publisher: Some(document.publisher.to_string()),
                path: Some(document.path.clone()),
                ..Subject::default()
            };
            let message = format!(
                "this file writes its numbers from 1,000 on {how} thousands separators, unlike {} of its kind",
                quantity_of(more.len(), "other file")
            );
            let mut finding = sink
                .finding(subject, message, style.first, "the first of them")
                .related(other_style.first, other.path.clone())
                .help("read here all the same; who joins the files must expect both");
            finding.level = Level::Note;
            finding.evidence.method = "separators";
            sink.push(finding);
        }
    }
}
