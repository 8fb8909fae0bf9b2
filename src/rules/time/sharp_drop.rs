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
    /// Quarters and months are compared with the same ones of other years where these tell something: in a series of
    /// three years or more, the median of the other changes of that part of the year (of two the smaller, none where they
    /// differ in sign), shrunk by its own uncertainty, is taken off first. This is done only where it takes away three
    /// tenths or more of all changes; since no change has a say in its own season, a season that is none makes a series more
    /// restless and is hardly ever believed. What is less than the season asks for, but no fall, is not told. Every finding
    /// on a quarter or a month states the figure of a year before where there is one.
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
