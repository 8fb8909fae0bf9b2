//! Profiles of publishers' formats: how they are read, recognised and applied.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let configuration = b"profiles = [\"own.toml\"]\n";
    candor_fuzz::whole(&[("own.toml", data), ("candor.toml", configuration), ("table.csv", candor_fuzz::TABLE.as_bytes())]);
});
