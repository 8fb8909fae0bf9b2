use super::change::PARAMETERS;
use crate::rule::Need;

crate::declare_rule! {
    /// A count that rises further than this series and its peers usually do.
    ///
    /// The method and its parameters are those of `sharp-drop`. A rise may be the return from a fall, which is one
    /// finding there, or a period counted twice, a number in thousands, or the world.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - values: {2016: 1040, 2017: 1102, 2018: 1075, 2019: 1130, 2020: 1099, 2021: 1168, 2022: 1123, 2023: 1151, 2024: 3391}
    /// ```
    "TR302" "sharp-rise" Warning;
    needs [Need::Periods(2)];
    parameters &PARAMETERS;
    look super::SERIES
}
