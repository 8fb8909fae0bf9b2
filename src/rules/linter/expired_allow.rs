use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// An entry that accepts findings until a day that has passed.
    ///
    /// What it accepted counts again. Whether a day has passed is asked of `--as-of`: candor reads no clock.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[allow]]
    /// rule = "sharp-drop"
    /// reason = "the publisher has announced a correction"
    /// until = "2024-12-31"
    /// ```
    "TR902" "expired-allow" Warning;
    needs [Need::Inputs, Need::Day];
    parameters &[];
    check check
}

/// The findings are made where findings are set aside.
fn check(context: &Context<'_>, sink: &mut Sink) {
    sink.examined(context.configured.dated_allows);
    sink.nothing_to_check("no entry accepts findings until some day");
}
