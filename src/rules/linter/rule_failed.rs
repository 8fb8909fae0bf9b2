use super::made_elsewhere;
use crate::rule::Need;

crate::declare_rule! {
    /// A rule that failed instead of finishing.
    ///
    /// A fault of candor must not look like a clean result: the rule's verdict is "not run: failed", all other rules
    /// run, and the exit code is 70.
    "TR906" "rule-failed" Error;
    needs [Need::Inputs];
    parameters &[];
    check made_elsewhere
}
