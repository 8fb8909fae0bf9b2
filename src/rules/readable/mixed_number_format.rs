use super::report;
use crate::model::ProblemKind;
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// Thousands separators in some numbers of a column only.
    ///
    /// Such a column was put together from several sources or edited by hand, and programs that read the other
    /// numbers may drop these or take them for text. candor reads them as what they evidently say.
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
    sink.examined(context.dataset.values_read);
}
