use crate::rule::Need;

crate::declare_rule! {
    /// A claim that cannot be checked, and what is missing for it.
    ///
    /// A share without a base, a change without the figure it starts from, a count that nobody publishes: whoever reads
    /// such a claim cannot tell whether it holds. The finding says what is missing: the figure, the period, the metric,
    /// or what the claims file gives as the reason. A figure that was suppressed or not reported is missing; it is no 0.
    /// Where other figures set a bound that the claims file states, the finding says whether the number is within it.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// candor: claims-v1
    /// sources:
    ///   - id: survey
    ///     publisher: Example Institute
    ///     claims:
    ///       - id: C1
    ///         says: A third of all investigators had seen such a case.
    ///         stated: {value: 34, rounded_to: 1}
    ///         not_expressible: no base is given
    /// ---
    /// series:
    ///   - values: {2023: 1204, 2024: 1311}
    /// ```
    "TR704" "claim-uncheckable" Note;
    needs [Need::Claims];
    parameters &[];
    look super::CLAIMS
}
