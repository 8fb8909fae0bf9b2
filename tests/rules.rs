//! Every rule has fixtures: a `fail-*` yields that rule and no other, a `pass-*` yields nothing.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use candor::rules::RULES;
use support::{WITHOUT_FIXTURES, every_finding, fixtures, lines, outcome, project, rule_names};

#[test]
fn every_rule_has_fixtures_that_behave() {
    let mut faults = Vec::new();
    for rule in RULES.iter().filter(|rule| !WITHOUT_FIXTURES.contains(&rule.id.name)) {
        let (mut fails, mut passes) = (0, 0);
        for path in fixtures(rule.id.name) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let outcome = outcome(std::slice::from_ref(&path));
            let found = rule_names(&outcome);
            let expected: &[&str] = if name.starts_with("fail-") {
                fails += 1;
                &[rule.id.name]
            } else {
                assert!(name.starts_with("pass-"), "{} is neither fail- nor pass-", path.display());
                passes += 1;
                assert!(
                    !outcome.dataset.documents.is_empty(),
                    "{} holds nothing that is checked",
                    path.display()
                );
                &[]
            };
            if found != expected {
                faults.push(format!("{}/{name}: {found:?}\n{}", rule.id.name, lines(&outcome).join("\n")));
            }
        }
        if fails == 0 || passes == 0 {
            faults.push(format!("{} needs a fail-* and a pass-*", rule.id.name));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn every_fixture_folder_belongs_to_a_rule() {
    for entry in std::fs::read_dir(project().join("fixtures/rules")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(RULES.iter().any(|rule| rule.id.name == name), "there is no rule `{name}`");
    }
}

#[test]
fn codes_and_names_are_unique_and_sorted() {
    assert!(RULES.is_sorted_by(|left, right| left.id.code < right.id.code), "by code, each once");
    let mut names: Vec<&str> = RULES.iter().map(|rule| rule.id.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RULES.len());
    for rule in RULES {
        assert!(rule.id.code.starts_with("TR") && rule.id.code.len() == 5);
        for parameter in rule.parameters {
            let (low, high) = parameter.range;
            assert!((low..=high).contains(&parameter.default), "{} {}", rule.id.name, parameter.name);
        }
    }
}

#[test]
fn the_hash_of_the_rules_is_one_of_sha_256() {
    let hash = candor::rules::rule_set_hash();
    assert_eq!(hash.len(), 64);
    assert!(hash.chars().all(|one| matches!(one, '0'..='9' | 'a'..='f')), "{hash}");
}

#[test]
fn findings_of_fail_fixtures_are_complete() {
    for rule in RULES.iter().filter(|rule| !WITHOUT_FIXTURES.contains(&rule.id.name)) {
        for path in fixtures(rule.id.name).iter().filter(|path| path.to_string_lossy().contains("fail-")) {
            let outcome = outcome(std::slice::from_ref(path));
            for finding in every_finding(&outcome) {
                let at = path.display();
                assert!(
                    !finding.message.is_empty() && !finding.message.ends_with('.'),
                    "{at}: {}",
                    finding.message
                );
                assert!(!finding.message.contains("  "), "{at}: {}", finding.message);
                assert!(
                    !finding.evidence.method.is_empty() || rule.id.name == "unmatched-path",
                    "{at}: no method"
                );
            }
        }
    }
}
