use super::NEIGHBOURS;
use crate::rule::Need;

crate::declare_rule! {
    /// A claim whose number fits another period than the one it names.
    ///
    /// A figure of one year is easily quoted for the next, above all where the report came out in that year. The stated
    /// reading does not hold, and the same one or more periods earlier or later does, perhaps in another unit as well.
    /// Only numbers are looked for in this way, not bounds such as "more than a million", and no record over many
    /// periods.
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
    ///         says: Users appealed 1,204 times in 2024.
    ///         stated: {value: 1204}
    ///         expression: value(metric = appeals, period = 2024)
    /// ---
    /// series:
    ///   - values: {2022: 1090, 2023: 1204, 2024: 1311}
    /// ```
    "TR703" "claim-wrong-period" Warning;
    needs [Need::Claims];
    parameters &[NEIGHBOURS];
    look super::CLAIMS
}
