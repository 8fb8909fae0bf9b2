use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// A path or pattern in `candor.toml` that matches no file.
    ///
    /// A file was renamed or the pattern has a slip, and what it was to say of that file is said of none.
    ///
    /// ## Example
    ///
    /// ```toml
    /// exclude = ["drafts/**"]
    /// ```
    "TR905" "unmatched-path" Warning;
    needs [Need::Inputs];
    parameters &[];
    check check
}

/// The findings are made where the configuration is read.
fn check(context: &Context<'_>, sink: &mut Sink) {
    sink.examined(context.configured.paths);
    sink.nothing_to_check("no path in a candor.toml");
}
