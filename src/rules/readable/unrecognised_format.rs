use super::report;
use crate::model::ProblemKind;
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// A file of a kind that candor does not know.
    ///
    /// A file that was named and cannot be checked is an error. One that merely lies in a folder is a note, so that
    /// nobody believes it was checked; `exclude` in `candor.toml` leaves it out.
    ///
    /// ## Example
    ///
    /// ```csv
    /// year,reports
    /// 2023,100
    /// ```
    "TR003" "unrecognised-format" Error;
    needs [Need::Inputs];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    report(context, sink, ProblemKind::UnrecognisedFormat, "format");
    sink.examined(context.dataset.inputs);
    sink.nothing_to_check("no input");
}
