//! Baselines.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    candor_fuzz::whole(&[("candor-baseline.json", data), ("candor.toml", b""), ("report.yaml", candor_fuzz::REPORT.as_bytes())]);
});
