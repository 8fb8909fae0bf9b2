use crate::rule::Need;

crate::declare_rule! {
    /// A claim whose number the data contradict, however it is read.
    ///
    /// An article, a headline or a press release says something of published figures, and the figures say something
    /// else. The claim stands in a claims file, with the expression over series that its number should equal. That is
    /// computed by interval arithmetic, so that rounding on either side is no difference. Where it does not hold, the
    /// same is tried in linked units, for neighbouring periods and of other totals; where one of these fits in another
    /// unit or period, that has a rule of its own. Every claim, also one that holds, stands with its arithmetic in the
    /// schedule `claims` of the JSON output, and its verdict in the terminal under `--verbose`.
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
    ///         says: Appeals fell in two years only.
    ///         stated: {value: 2}
    ///         expression: declines(publisher = example, metric = appeals, period = 2019..2024)
    /// ---
    /// series:
    ///   - values: {2019: 120, 2020: 110, 2021: 131, 2022: 125, 2023: 140, 2024: 139}
    /// ```
    "TR701" "claim-contradicted" Warning;
    needs [Need::Claims];
    parameters &[];
    look super::CLAIMS
}
