//! Tables: tidy ones and those of publishers.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| candor_fuzz::whole(&[("table.csv", data)]));
