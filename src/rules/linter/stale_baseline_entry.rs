use crate::rule::{Context, Need, Sink};

crate::declare_rule! {
    /// A finding in the baseline that is no longer found.
    ///
    /// It has been mended: `candor baseline prune` takes it out, so that it cannot return unseen. It is only said where
    /// the whole dataset was checked and the rule ran.
    ///
    /// ## Example
    ///
    /// ```json candor-baseline.json
    /// {
    ///   "candor": "baseline-v1",
    ///   "findings": [{"fingerprint": "0123456789abcdef", "rule": "TR301", "message": "Appeals fall 60.1 % in 2024"}]
    /// }
    /// ```
    "TR904" "stale-baseline-entry" Note;
    needs [Need::Inputs];
    parameters &[];
    check check
}

/// The findings are made where findings are set aside.
fn check(context: &Context<'_>, sink: &mut Sink) {
    sink.examined(context.configured.baselined);
    sink.nothing_to_check("no baseline");
}
