//! Canonical numbers and periods: what is read is printed so that it is read again.
#![no_main]

use candor::model::{Period, parse_number};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(period) = Period::parse(text) {
        assert_eq!(Period::parse(&period.to_string()), Some(period));
        assert!(period.start <= period.end);
    }
    if let Ok(number) = parse_number(text) {
        assert_eq!(parse_number(&number.to_string()).ok(), Some(number));
    }
});
