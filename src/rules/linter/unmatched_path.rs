use super::made_elsewhere;
use crate::rule::Need;

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
    check made_elsewhere
}
