use super::change::PARAMETERS;
use crate::rule::Need;

crate::declare_rule! {
    /// A figure that is off its neighbours by a hundred, a thousand or a million times, and would fit if it were not.
    ///
    /// A figure in thousands among figures in units, or a percentage among fractions, lies out of line with both of
    /// its neighbours by a power of ten. It must be as improbable as `sharp-drop` demands, with whose method and
    /// parameters it is measured; that it also fits a power of ten, which one in five would do by chance, counts. One digit too
    /// many or too few is told by `sharp-drop` or `sharp-rise`.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// series:
    ///   - values: {2016: 104012, 2017: 110233, 2018: 107599, 2019: 113020, 2020: 110, 2021: 116844, 2022: 112381, 2023: 115190}
    /// ```
    "TR306" "scale-slip" Warning;
    needs [Need::Periods(3)];
    parameters &PARAMETERS;
    look super::SERIES
}
