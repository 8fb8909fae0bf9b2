use crate::diag::quantity_of;
use crate::model::Observation;
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// A period inside a file that lies outside the period of the file's name.
    ///
    /// A report on the fourth quarter that lists January to March was put together from a template, or with figures of
    /// another quarter: readers who trust the file's name assign them to the wrong one. Periods that go back further,
    /// such as the history that many publishers repeat in each release, are no fault; what is reported are figures of the
    /// file's own year that overlap its period nowhere, in a file most of whose figures lie in it.
    ///
    /// ## Example
    ///
    /// ```csv example-2022-q4.csv
    /// publisher,metric,unit,category,period,value
    /// example,notices,notice,Nudity,2022-Q4,3712
    /// example,notices,notice,Violence,2022-Q4,815
    /// example,cybertipline-reports,report,,2022-01,118
    /// ```
    "TR011" "period-label-mismatch" Warning;
    needs [Need::Table];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    let dataset = context.dataset;
    for (document, own) in
        dataset.documents.iter().enumerate().filter_map(|(id, one)| Some((id, one.period?)))
    {
        let observations: Vec<&Observation> = dataset
            .runs()
            .filter(|(block, _)| block.document.0 as usize == document)
            .flat_map(|(_, run)| run)
            .collect();
        sink.examined(observations.len());
        let is_outside = |one: &&&Observation| {
            let period = one.period;
            (period.end < own.start || own.end < period.start) && period.year() == own.year()
        };
        let outside: Vec<&Observation> = observations.iter().filter(is_outside).copied().collect();
        let inside = observations.iter().filter(|one| own.contains(one.period)).count();
        // A file that holds a whole year, or a history, is named by its newest period.
        if outside.is_empty() || inside * 2 <= observations.len() {
            continue;
        }
        for one in &outside {
            let key = &dataset.series(dataset.block_of(one).series).key;
            let message = format!("a figure for {} stands in a file on {own}", one.period);
            let mut finding = sink
                .finding(
                    key.finding_subject(Some(one.period)),
                    message,
                    one.origin.location(),
                    one.period.to_string(),
                )
                .help(format!(
                    "{} of the file's {} are of another period of its year: correct the label, or the file's name",
                    outside.len(),
                    quantity_of(observations.len(), "figure")
                ))
                .fold(format!("{document} outside"));
            finding.evidence.method = "file-name";
            finding.evidence.expected = Some(own.to_string());
            finding.evidence.observed = Some(one.period.to_string());
            sink.push(finding);
        }
    }
    sink.nothing_to_check("no table in a file whose name states a period");
}
