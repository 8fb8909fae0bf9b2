use super::report;
use crate::model::ProblemKind;
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// A placeholder that was left in: `{{reports}}`, `#REF!`, `TBD`, `YYYY-MM-DD`.
    ///
    /// It marks a figure that was to be filled in later, or a spreadsheet whose cell no longer exists.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {subject: example, values: {2023: 100, 2024: "TBD"}}
    /// ```
    "TR009" "unrendered-placeholder" Error;
    needs [Need::Inputs];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    report(context, sink, ProblemKind::Placeholder, "placeholder");
    sink.examined(context.dataset.values_read);
    sink.nothing_to_check("no value");
}
