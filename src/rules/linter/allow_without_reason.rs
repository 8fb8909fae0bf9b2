use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// An entry that accepts findings and does not say why.
    ///
    /// It accepts nothing until it does: whoever audits the dataset has to know on what grounds a figure was let stand.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[allow]]
    /// rule = "sharp-drop"
    /// entity = "omegle"
    /// ```
    "TR903" "allow-without-reason" Warning;
    needs [Need::Inputs];
    parameters &[];
    check check
}

/// The findings are made where findings are set aside.
fn check(context: &Context<'_>, sink: &mut Sink) {
    sink.examined(context.configured.allows);
    sink.nothing_to_check("no entry accepts findings");
}
