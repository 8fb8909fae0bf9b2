use super::report;
use crate::model::ProblemKind;
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// A file that does not parse, or not to its end.
    ///
    /// A figure that was not read cannot be checked, and a file that is silently left out makes a clean result
    /// worthless. The finding says where reading stopped and why; what stands before that place is checked.
    ///
    /// An input that was not read to its end sets exit code 3, whatever the level of this rule.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {subject: example, values: {2023: 100, 2024: 120}
    /// ```
    "TR001" "unreadable-input" Error;
    needs [Need::Inputs];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    report(context, sink, ProblemKind::Unreadable, "syntax");
    sink.examined(context.dataset.inputs);
    sink.nothing_to_check("no input");
}
