use crate::rule::Need;

crate::declare_rule! {
    /// Two claims of one source that cannot both hold.
    ///
    /// One document gives two numbers for the same thing, or the same number for two years. No other data are needed to
    /// see that. Claims contradict each other where their expressions are the same and their numbers differ beyond
    /// rounding, and where one says that it gives the figure of another again (`restates`) and names another number,
    /// unit, period or base.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// candor: claims-v1
    /// sources:
    ///   - id: article
    ///     publisher: Example Times
    ///     claims:
    ///       - id: C1
    ///         says: Users appealed 1,204 times in 2023.
    ///         stated: {value: 1204}
    ///         expression: value(metric = appeals, period = 2023)
    ///       - id: C2
    ///         says: There were 1,240 appeals in 2023.
    ///         stated: {value: 1240}
    ///         expression: value(metric = appeals, period = 2023)
    /// ---
    /// series:
    ///   - values: {2023: 1204, 2024: 1311}
    /// ```
    "TR705" "claims-contradict" Warning;
    needs [Need::Claims];
    parameters &[];
    look super::CLAIMS
}
