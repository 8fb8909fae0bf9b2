use super::report;
use crate::model::ProblemKind;
use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// A row with more or fewer cells than the header.
    ///
    /// Every cell after the fault stands under the wrong heading. The row is left out and the others are read; where
    /// joining two cells that an unquoted thousands separator has split would mend it, the help says so.
    ///
    /// ## Example
    ///
    /// ```csv
    /// publisher,metric,unit,period,value
    /// example,appeals,appeal,2023,900
    /// example,appeals,appeal,2024,1,022
    /// ```
    "TR004" "ragged-row" Error;
    needs [Need::Table];
    parameters &[];
    check check
}

fn check(context: &Context<'_>, sink: &mut Sink) {
    report(context, sink, ProblemKind::RaggedRow, "cells");
    sink.examined(context.dataset.values_read);
}
