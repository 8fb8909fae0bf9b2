//! TR4xx: what is being counted changed.

mod basis_change;
pub mod bundling_suspected;
pub mod declared_break;
pub mod definition_changed;
pub mod granularity_changed;
pub mod reclassification_suspected;
pub mod series_replaced;
pub mod transfer_suspected;
pub mod undeclared_break;
pub mod units_compared;
