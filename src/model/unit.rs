//! The unit of count: what one of the counted things is.
//!
//! The unit is part of the number. Two numbers in different units are never one series, and only units that add up
//! are ever summed.

use std::fmt;

/// Whether numbers in a unit may be summed over parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Additivity {
    /// Parts add up to the whole: requests, pieces.
    Additive,
    /// Parts may overlap, so the whole is at most their sum: distinct accounts, users, addresses.
    SubAdditive,
    /// Sums mean nothing: rates, medians, staff at a date.
    None,
}

macro_rules! units {
    ($($variant:ident $name:literal $additivity:ident $doc:literal,)*) => {
        /// What one of the counted things is: a closed list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Unit { $(#[doc = $doc] $variant,)* }

        impl Unit {
            /// Every unit.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word that documents use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Whether parts in this unit add up.
            pub const fn additivity(self) -> Additivity {
                match self { $(Self::$variant => Additivity::$additivity,)* }
            }
        }
    };
}

units! {
    Report "report" Additive "A report sent or received; one may carry several incidents and files.",
    Incident "incident" Additive "One event, however many reports speak of it.",
    Referral "referral" Additive "A case passed on to an authority.",
    File "file" Additive "An attached file, duplicates counted.",
    Piece "piece" Additive "A piece of content, duplicates counted.",
    DistinctPiece "distinct_piece" SubAdditive "A piece of content, each counted once.",
    Url "url" SubAdditive "A web address, each counted once.",
    Account "account" Additive "An account, once for each action on it.",
    DistinctAccount "distinct_account" SubAdditive "An account, each counted once.",
    User "user" SubAdditive "A person who uses a service.",
    ViewShare "view_share" None "A share of views.",
    Notice "notice" Additive "A notice by a user, an authority or a right holder.",
    Order "order" Additive "An order by an authority or a court.",
    Decision "decision" Additive "A decision by the service.",
    Request "request" Additive "A request by an authority.",
    Item "item" Additive "An item named in a notice or an order.",
    Complaint "complaint" Additive "A complaint about a decision.",
    Appeal "appeal" Additive "An appeal against a decision.",
    Restoration "restoration" Additive "Something put back.",
    Suspension "suspension" Additive "A suspension of a service to somebody.",
    Staff "staff" None "A person who works on it, at a date.",
    ActiveRecipient "active_recipient" None "An average monthly active recipient of a service.",
    Rate "rate" None "A quotient of two counts.",
    Minutes "minutes" None "A duration in minutes.",
    Hours "hours" None "A duration in hours.",
    Days "days" None "A duration in days.",
}

impl Unit {
    /// The unit that a word stands for.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|unit| unit.as_str() == text)
    }

    /// The noun for several: `reports`, `distinct accounts`.
    pub fn plural(self) -> String {
        let noun = self.as_str().replace('_', " ");
        match noun.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None if noun.ends_with('s') || self == Self::Staff => noun,
            None => format!("{noun}s"),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
