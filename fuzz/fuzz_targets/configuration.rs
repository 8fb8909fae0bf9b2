//! The configuration, over a document and a table.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    candor_fuzz::whole(&[
        ("candor.toml", data),
        ("report.yaml", candor_fuzz::REPORT.as_bytes()),
        ("table.csv", candor_fuzz::TABLE.as_bytes()),
    ]);
});
