use crate::rule::{Need, Parameter};

crate::declare_rule! {
    /// What one table counts under one heading, another counts under a second one.
    ///
    /// Two sources differ in two categories or countries of one metric and period, and both differences are the same
    /// number with opposite signs: nothing is missing, something was put elsewhere. The scope is that of
    /// cross-source-mismatch; the more headings differ, the closer two differences must be to cancelling out.
    ///
    /// ## Example
    ///
    /// ```csv
    /// publisher,subject,metric,unit,category,period,value
    /// a,service,content-actioned,piece,Spam,2023,1207000
    /// a,service,content-actioned,piece,Scams,2023,1400300
    /// b,service,content-actioned,piece,Spam,2023,1198310
    /// b,service,content-actioned,piece,Scams,2023,1408990
    /// ```
    "TR403" "reclassification-suspected" Warning;
    needs [Need::Observations];
    parameters PARAMETERS;
    look crate::rules::sources::report::PAIRS
}

const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "tolerance",
        default: 0.01,
        range: (0.0, 1.0),
        unit: "share of the larger difference",
        documentation: "Two opposite differences that are further from cancelling out are two differences.",
    },
    Parameter {
        name: "least",
        default: 100.0,
        range: (0.0, 1e12),
        unit: "counted things",
        documentation: "Smaller differences cancel out too easily.",
    },
];
