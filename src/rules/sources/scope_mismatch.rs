use crate::rule::Need;

crate::declare_rule! {
    /// Two sources differ because one speaks of a group and the other of one of its services.
    ///
    /// A clearinghouse that counts a company with all its services states more than one service says of itself, and a
    /// company that leaves a service out states less. The difference is then no error of either: it ends where both speak
    /// of the same. Reported where one source has the group alone and the other the service alone and both differ, and
    /// where both are equal once a service is left out. Where the service is listed apart and its figures agree, nothing
    /// is said. Sizes are those of cross-source-mismatch.
    ///
    /// ## Example
    ///
    /// ```csv
    /// publisher,subject,metric,unit,period,value
    /// pornhub,pornhub,cybertipline-reports,report,2020,4171
    /// ncmec,aylo,cybertipline-reports,report,2020,13229
    /// ```
    "TR602" "scope-mismatch" Warning;
    needs [Need::Observations];
    parameters &[];
    look super::report::PAIRS
}
