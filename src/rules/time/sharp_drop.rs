use super::change::PARAMETERS;
use crate::rule::Need;

crate::declare_rule! {
    /// A count that falls further than this series and its peers usually do.
    ///
    /// Every change from one period to the next is compared, as a logarithm of the ratio, with the other changes of
    /// the series, itself left out. The spread of a short series is taken together with that of its peers (same
    /// metric, unit and frequency; aggregates with aggregates), Poisson and rounding noise are added, and Student's t
    /// gives the probability of so large a change (after Smyth 2004). Where the members of an aggregate are in the
    /// data, the finding says who accounts for the change: plain arithmetic.
    ///
    /// A fixed threshold is useless on such figures: many series halve or double in an ordinary year. A documented
    /// break that covers the fall makes it *explained*. A period that falls and returns is one finding, at that period.
    /// Where exactly one figure that a slip of one digit (two neighbours transposed, one doubled, one of two equal ones
    /// dropped) turns into this one lies in the range of eight changes in ten, it is named (TR307).
    ///
    /// Exceptions: rates, prices and durations are left alone; zero has its own rule; two counts that could be one
    /// Poisson rate are no evidence.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - values: {2016: 1040, 2017: 1102, 2018: 1075, 2019: 1130, 2020: 1099, 2021: 1168, 2022: 1123, 2023: 1151, 2024: 391}
    /// ```
    "TR301" "sharp-drop" Warning;
    needs [Need::Periods(2)];
    parameters &PARAMETERS;
    look super::SERIES
}
