//! stub
#![allow(missing_docs)]
pub mod number;
pub mod period;
