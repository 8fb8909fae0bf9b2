use super::report;
use crate::model::ProblemKind;
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// A value, key or column that the schema of its format does not allow.
    ///
    /// Documents have a JSON Schema (`candor schema` prints it), so that a misspelt key or a number in quotes is
    /// found where it stands and not later as a missing figure. Every violation is reported; of an alternative,
    /// the branch that comes closest.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - {subject: example, unit: reports, values: {2024: 100}}
    /// ```
    "TR002" "schema-violation" Error;
    needs [Need::Inputs];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    report(context, sink, ProblemKind::Schema, "schema");
    sink.examined(context.dataset.inputs_with_schema);
    sink.nothing_to_check("no document of a known format");
}
