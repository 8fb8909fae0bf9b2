use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// An entry that accepts findings and accepts none.
    ///
    /// The figure was mended, or the entry has a slip; left where it is, it would accept the next fault at that place
    /// unseen. It is only said where the whole dataset was checked and the rule ran.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[allow]]
    /// rule = "sharp-drop"
    /// entity = "omegle"
    /// reason = "the service closed in November 2023"
    /// ```
    "TR901" "unused-allow" Warning;
    needs [Need::Inputs];
    parameters &[];
    check check
}

/// The findings are made where findings are set aside.
fn check(context: &Context<'_>, sink: &mut Sink) {
    sink.examined(context.configured.allows);
    sink.nothing_to_check("no entry accepts findings");
}
