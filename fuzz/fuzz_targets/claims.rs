//! Expressions of claims.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|expression: &str| {
    // As a quoted scalar, so that the bytes are spent on expressions and not on YAML.
    let quoted = expression.replace('\'', "''").replace(['\n', '\r'], " ");
    let claims = format!(
        "candor: claims-v1\ndefaults: {{publisher: example, metric: appeals}}\nsources:\n  - id: report\n    \
         publisher: Somebody\n    published: 2024\n    claims:\n      - id: C1\n        says: Something.\n        \
         stated: {{value: 97}}\n        unit: appeal\n        period: 2021\n        expression: '{quoted}'\n"
    );
    candor_fuzz::whole(&[("claims.yaml", claims.as_bytes()), ("report.yaml", candor_fuzz::REPORT.as_bytes())]);
});
