use crate::rule::Need;

crate::declare_rule! {
    /// One value accounts for the whole difference between two sources, and looks as if it belonged elsewhere.
    ///
    /// Any difference can be mended by changing some value. One is named only where it repeats another period of its
    /// series, is the figure of a part of its period, would fit as another period's value or as an increase on it, or is
    /// one digit or two swapped digits away from the value that makes both sources equal. That is a possibility, not a
    /// correction. Sizes are those of cross-source-mismatch, whose place it takes.
    ///
    /// ## Example
    ///
    /// ```csv
    /// publisher,subject,metric,unit,period,value
    /// discord,discord,cybertipline-reports,report,2021,26906
    /// ncmec,discord,cybertipline-reports,report,2021,29606
    /// ```
    "TR603" "value-explains-gap" Warning;
    needs [Need::Observations];
    parameters &[];
    look super::report::PAIRS
}
