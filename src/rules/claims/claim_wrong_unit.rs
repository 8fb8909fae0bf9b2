use crate::rule::Need;

crate::declare_rule! {
    /// A claim whose number fits in another unit of count than the one it names.
    ///
    /// 29.2 million incidents are no 29.2 million reports, and 69 million files are no 69 million images. The stated
    /// reading does not hold, and the same in a metric that the registry links to it does, or in the same metric
    /// without the category. The finding gives the figure in both.
    ///
    /// Where the data hold no figure for the stated reading at all, a fit in another unit is reported too, and what is
    /// missing is said.
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
    ///         says: The hotline received 29.2 million reports in 2024.
    ///         stated: {value: 29200000, rounded_to: 100000}
    ///         expression: value(metric = cybertipline-reports, period = 2024)
    /// ---
    /// series:
    ///   - {metric: cybertipline-reports, unit: report, values: {2024: 20512803}}
    ///   - {metric: cybertipline-incidents, unit: incident, values: {2024: 29187412}}
    /// ```
    "TR702" "claim-wrong-unit" Warning;
    needs [Need::Claims];
    parameters &[];
    look super::CLAIMS
}
