use super::report;
use crate::model::ProblemKind;
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// Text where a number belongs.
    ///
    /// A footnote mark, a unit, a percent sign or a word for "nothing" makes a figure unreadable for every program
    /// that comes after. The value counts as unreadable, so that no sum or comparison uses it.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {subject: example, values: {2023: 14200, 2024: "15,935*"}}
    /// ```
    "TR007" "unparsable-value" Error;
    needs [Need::Inputs];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    report(context, sink, ProblemKind::UnparsableValue, "number");
    sink.examined(context.dataset.values_read);
    sink.nothing_to_check("no value");
}
