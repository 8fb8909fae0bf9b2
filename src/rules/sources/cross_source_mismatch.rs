use crate::rule::{Need, Parameter};

crate::declare_rule! {
    /// Two sources state different figures for the same thing.
    ///
    /// What a provider says it sent, the clearinghouse should have received; two tables of one publisher should agree where
    /// they overlap. Compared are figures of the same metric, unit, breakdown and period, finer periods summed where they
    /// leave nothing out, at the scope at which both sources speak of the same thing: a company with the services that
    /// either side lists, or one service where the other side lists it apart. The scope is printed, and every pair, also
    /// where it agrees, is a row of the schedule `cross-source-pairs`. A relation `same_as` declares what else is the
    /// same, at which scope, and which difference is none.
    ///
    /// The difference is relative to the mean of both, less what rounding could account for: a note from `note` on, a
    /// warning from `warning` on, with high confidence from `large` on. Two counts that could be one Poisson rate
    /// (conditional test, Przyborowski & Wilenski 1940) are passed over, and counts below `small` are no more than a note.
    ///
    /// ## Example
    ///
    /// ```csv
    /// publisher,subject,metric,unit,period,value
    /// discord,discord,cybertipline-reports,report,2021,24623
    /// ncmec,discord,cybertipline-reports,report,2021,29606
    /// ```
    "TR601" "cross-source-mismatch" Warning;
    needs [Need::Observations];
    parameters PARAMETERS;
    look super::report::PAIRS
}

const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "note",
        default: 0.01,
        range: (0.0, 2.0),
        unit: "share of the mean",
        documentation: "Smaller differences are passed over.",
    },
    Parameter {
        name: "warning",
        default: 0.05,
        range: (0.0, 2.0),
        unit: "share of the mean",
        documentation: "Differences from this on are warnings.",
    },
    Parameter {
        name: "large",
        default: 0.15,
        range: (0.0, 2.0),
        unit: "share of the mean",
        documentation: "Differences from this on are reported with high confidence.",
    },
    Parameter {
        name: "chance",
        default: 0.01,
        range: (0.0, 1.0),
        unit: "probability",
        documentation: "Two counts that would differ as much by chance with a probability above this are passed over.",
    },
    Parameter {
        name: "small",
        default: 100.0,
        range: (0.0, 1e9),
        unit: "counted things",
        documentation: "A pair of which both figures are below this is no more than a note.",
    },
];
