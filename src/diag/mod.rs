//! What a finding is.
//!
//! A [`Finding`] owns everything that a reader or another program may want to know of it: which rule, how grave, about
//! whom and when, the places in the input, the numbers that led to it and what would explain or mend it. It knows
//! neither how it is drawn nor which data model it came from, so that every output format tells the same story.

mod finding;
mod number;
mod schedule;
mod score;
mod suggest;

pub use finding::{
    Allowance, Change, Confidence, Evidence, ExpectedRange, Explanation, Finding, Label, Level, Location,
    Note, RuleId, State, Subject,
};
pub use number::{grouped, grouped_float, listing, percent, percent_change, quantity_of, signed, to_digits};
pub use schedule::{Entry, Schedule, ScheduleRow};
pub use score::Score;
pub use suggest::closest;
